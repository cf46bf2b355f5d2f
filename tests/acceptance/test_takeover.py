"""Shown by 8, and what a crash leaves: another tenant, another process, the same truth."""

import random
import signal
import time

from house import CAMPAIGN, House, Sandbox, finish, until
from inputs import made, numbers, plain
from profiles import alike, by_profile, is_items
from tenants import Tenant


def enforced(rate):
    """What the tenant refuses: of the Admin API no limit is known, and dncsync spreads its requests."""
    return by_profile(v2=rate, admin=0)


class Takeover(House):
    def test_the_embedded_sandbox_is_another_tenant(self):
        chosen = numbers(12_000, seed=31)
        file = self.path("a.csv", plain(chosen))
        self.assertReport(self.ingest(file, "--sandbox"), 0, successes=12_000)
        sandbox = Sandbox(self)
        self.assertReport(self.ingest(file, server=sandbox), 0, successes=12_000, alreadyListed=0)
        self.assertEqual(sum(call.items for call in sandbox.tap.calls.posts()), 12_000)
        self.assertEqual(set(sandbox.listed()), set(chosen))

    def test_killed_halfway_and_started_again(self):
        for seen in (1, 4, 8):
            with self.subTest(killed_after_posts=seen):
                self.state = self.directory / f"killed-{seen}"
                self.check_killed(seen)

    def check_killed(self, seen):
        rows = alike(80_000)
        made_up = made(rows, 0.01, 0.02, seed=13)
        file = self.path("a.csv", made_up.content)
        sandbox = Sandbox(self, rate=0)
        command = ("ingest", file, "--campaign", CAMPAIGN, "--state", self.state, "--rate", "0", "--json")
        process = self.start(*command, server=sandbox)
        until(lambda: sandbox.tap.arrived_posts >= seen or process.poll() is not None, 60, "the posts")
        process.send_signal(signal.SIGKILL)
        finish(process, None, 10)
        begun = [run for (run,) in self.database().execute("SELECT id FROM run")]
        self.assertEqual(len(begun), 1)
        report = self.assertReport(
            self.run_command(*command, server=sandbox, deadline=120),
            3,
            totalItems=rows,
            successes=len(made_up.numbers),
            duplicatesInInput=made_up.repeated,
            alreadyListed=0,
            rejected=len(made_up.bad),
        )
        self.assertEqual(report["runId"], begun[0])
        self.assertEqual(self.database().execute("SELECT count(*) FROM run").fetchone(), (1,))
        listed = sandbox.listed()
        self.assertEqual(len(listed), len(set(listed)))
        self.assertEqual(set(listed), made_up.numbers)

    def test_killed_while_reading(self):
        made_up = made(80_000, 0.01, 0.02, seed=14)
        file = self.path("a.csv", made_up.content)
        tenant = Tenant(self)
        process = self.start("ingest", file, "--campaign", CAMPAIGN, "--state", self.state, server=tenant)
        until(lambda: (self.state / "dncsync.db").exists(), 20, "the store")
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        finish(process, None, 10)
        self.assertReport(self.ingest(file, server=tenant), 3, totalItems=80_000, successes=len(made_up.numbers))
        self.assertEqual(set(tenant.lists[0].items), made_up.numbers)

    def test_another_command_finishes_what_is_pending(self):
        first, second = numbers(15_000, seed=32), numbers(5_000, seed=33)
        tenant = Tenant(self, interrupt=lambda method, path: (503, [], b"") if is_items(path) else None)
        stopped = self.ingest(self.path("a.csv", plain(first)), "--patience", "1s", server=tenant, deadline=30)
        self.assertReport(stopped, 5, pending=15_000)
        tenant.interrupt = None
        outcome = self.ingest(self.path("b.csv", plain(second)), server=tenant)
        report = self.assertReport(outcome, 0, totalItems=5_000)
        self.assertNotEqual(report["runId"], stopped.report["runId"])
        self.assertEqual(set(tenant.lists[0].items), set(first) | set(second))
        finished = self.database().execute("SELECT count(*) FROM run WHERE stage = 'finished'").fetchone()
        self.assertEqual(finished, (2,))
        self.assertIn(stopped.report["runId"], self.audit().read_text())

    def test_two_processes_share_the_rate(self):
        rate = by_profile(v2=12, admin=30)
        chance = random.Random(40)
        tenant = Tenant(self, rate=enforced(rate), page_cap=2_000, delay=lambda: chance.uniform(0, 2))
        files = {name: numbers(9_000, seed=seed) for name, seed in (("ONE", 41), ("TWO", 42))}
        processes = {}
        for name, chosen in files.items():
            file = self.path(f"{name}.csv", plain(chosen))
            command = ("ingest", file, "--campaign", name, "--state", self.state, "--rate", rate, "--json")
            processes[name] = self.start(*command, server=tenant)
        for name, process in processes.items():
            self.assertReport(finish(process, None, 240), 0, totalItems=9_000, successes=9_000)
            self.assertEqual(set(tenant.named(f"CAMPAIGN_DNC_{name}").items), set(files[name]))
        self.assertNotIn(429, tenant.calls.statuses())
        self.assertTrue(tenant.calls.keep_to(rate), tenant.calls)

    def test_the_rate_outlives_the_process(self):
        rate = by_profile(v2=8, admin=30)
        tenant = Tenant(self, rate=enforced(rate))
        for name in ("ONE", "TWO", "THREE"):
            file = self.path(f"{name}.csv", plain(numbers(20, seed=len(name))))
            outcome = self.ingest(file, "--rate", rate, server=tenant, campaign=name, deadline=240)
            self.assertReport(outcome, 0, successes=20)
        self.assertNotIn(429, tenant.calls.statuses())
        self.assertTrue(tenant.calls.keep_to(rate), tenant.calls)
