"""Crash anywhere, fail anyhow: nothing is lost, and what cannot be confirmed is named."""

import json
import random
import signal
import sqlite3
import time

from house import CAMPAIGN, LIST, House, Sandbox, finish, until
from inputs import made, numbers, plain
from profiles import BATCH, alike, is_items, only
from tenants import Tenant

# Requests under way at once, and items in each: what a kill may make go out twice.
IN_FLIGHT = 4 * BATCH


class NothingLost(House):
    def command(self, file, *options):
        return ("ingest", file, "--campaign", CAMPAIGN, "--state", self.state, "--rate", "0", *options, "--json")

    def test_killed_at_twenty_random_moments(self):
        rows = alike(100_000)
        made_up = made(rows, 0.01, 0.02, seed=61)
        file = self.path("a.csv", made_up.content)
        sandbox = Sandbox(self, rate=0)
        chance = random.Random(62)
        kills = 0
        for _ in range(20):
            process = self.start(*self.command(file), server=sandbox)
            time.sleep(chance.uniform(0.02, 1.5))
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            finish(process, None, 10)
        outcome = self.run_command(*self.command(file), server=sandbox, deadline=120)
        report = self.assertReport(outcome, 3, totalItems=rows, rejected=len(made_up.bad), pending=0, unconfirmed=0)
        self.assertEqual(report["successes"] + report["alreadyListed"], len(made_up.numbers))
        listed = sandbox.listed()
        self.assertEqual(len(listed), len(set(listed)))
        self.assertEqual(set(listed), made_up.numbers)
        sent = sum(call.items for call in sandbox.tap.calls.posts())
        self.assertLessEqual(sent, len(made_up.numbers) + kills * IN_FLIGHT)
        self.assertGreater(kills, 0)

    def test_resume_finishes_without_the_file(self):
        chosen = numbers(alike(30_000), seed=63)
        file = self.path("a.csv", plain(chosen))
        sandbox = Sandbox(self, rate=0)
        process = self.start(*self.command(file), server=sandbox)
        until(lambda: sandbox.tap.arrived_posts >= 1 or process.poll() is not None, 60, "a post")
        process.send_signal(signal.SIGKILL)
        finish(process, None, 10)
        file.unlink()
        outcome = self.run_command("resume", "--state", self.state, "--rate", "0", "--json", server=sandbox)
        self.assertExit(outcome, 0)
        runs = outcome.report["runs"]
        self.assertEqual([(run["successes"], run["pending"]) for run in runs], [(len(chosen), 0)])
        self.assertEqual(set(sandbox.listed()), set(chosen))
        again = self.run_command("resume", "--state", self.state, "--rate", "0", "--json", server=sandbox)
        self.assertExit(again, 0)
        self.assertEqual(again.report["runs"], [])

    def test_what_the_index_loses_is_sent_again(self):
        chosen = numbers(5_000, seed=64)
        sandbox = Sandbox(self, "--fault", "lose-once:*:0.01", rate=0)
        outcome = self.ingest(self.path("a.csv", plain(chosen)), "--rate", "0", server=sandbox, deadline=120)
        report = self.assertReport(outcome, 0, successes=5_000)
        self.assertGreater(report["resent"], 10)
        self.assertLess(report["resent"], 200)
        self.assertEqual(sum(call.items for call in sandbox.tap.calls.posts()), 5_000 + report["resent"])
        self.assertEqual(set(sandbox.listed()), set(chosen))

    @only("v2", "the Admin API takes the other records of a batch")
    def test_one_poisoned_item_is_found_within_the_budget(self):
        chosen = numbers(30_000, seed=65)
        tenant = Tenant(self, refused={chosen[17_321]}, name_refused=False)
        outcome = self.ingest(self.path("a.csv", plain(chosen)), "--rate", "0", server=tenant, deadline=120)
        report = self.assertReport(outcome, 3, successes=29_999, refused=1)
        self.assertEqual(set(tenant.lists[0].items), set(chosen) - {chosen[17_321]})
        self.assertLessEqual(report["requests"]["halving"], 28)
        self.assertLessEqual(report["requests"]["halving"], report["requests"]["halvingBudget"])
        with open(report["rejects"], encoding="utf-8") as rejects:
            rows = rejects.read().splitlines()[1:]
        self.assertEqual([row.split(",")[0] for row in rows], [chosen[17_321]])
        self.assertIn("server.refused", rows[0])

    def test_what_never_shows_up_is_named_and_first_in_the_next_run(self):
        chosen = numbers(200, seed=66)
        lost = set(chosen[50:53])
        tenant = Tenant(self, never_indexed=lost)
        options = ("--rate", "0", "--confirm-within", "2s")
        first = self.assertReport(self.ingest(self.path("a.csv", plain(chosen)), *options, server=tenant), 4, unconfirmed=3)
        named = (self.state / "unconfirmed" / f"{first['runId']}.csv").read_text().splitlines()
        self.assertEqual({row.split(",")[0] for row in named[1:]}, lost)
        # The index finds itself again: what it lost may be sent anew.
        tenant.never_indexed = set()
        for number in lost:
            del tenant.lists[0].items[number]
        later = numbers(20, seed=67)
        before = len(self.audit().read_text().splitlines())
        outcome = self.ingest(self.path("b.csv", plain(later)), "--rate", "0", server=tenant)
        self.assertReport(outcome, 0, totalItems=20, successes=20)
        # By the log: two requests that leave one after another may arrive the other way round.
        events = [json.loads(line) for line in self.audit().read_text().splitlines()[before:]]
        sent = [event["items"] for event in events if event["eventType"] == "batch.sending"]
        self.assertEqual(sent, [3, 20], "what was never confirmed goes first")
        self.assertEqual(set(tenant.lists[0].items), set(chosen) | set(later))


class Drift(House):
    def verify(self, tenant, *options):
        command = ("verify", "--campaign", CAMPAIGN, "--state", self.state, *options, "--json")
        return self.run_command(*command, server=tenant)

    def test_deleted_and_added_behind_our_back(self):
        chosen, added = numbers(12_000, seed=71), numbers(12_300, seed=71)[12_000:]
        tenant = Tenant(self)
        self.assertReport(self.ingest(self.path("a.csv", plain(chosen)), server=tenant), 0, successes=12_000)
        for number in chosen[1_000:1_500]:
            del tenant.lists[0].items[number]
        tenant.lists[0].items |= dict.fromkeys(added, 0.0)
        found = self.verify(tenant)
        self.assertExit(found, 4)
        counts = {name: found.report[name] for name in ("right", "missing", "foreign", "pending")}
        self.assertEqual(counts, {"right": 11_500, "missing": 500, "foreign": 300, "pending": 0})
        with open(found.report["missingFile"], encoding="utf-8") as missing:
            self.assertEqual({row.split(",")[0] for row in missing.read().splitlines()[1:]}, set(chosen[1_000:1_500]))
        repaired = self.verify(tenant, "--repair")
        self.assertExit(repaired, 0)
        self.assertEqual((repaired.report["missing"], repaired.report["repair"]["successes"]), (500, 500))
        self.assertEqual(set(tenant.lists[0].items), set(chosen) | set(added))
        good = self.verify(tenant)
        self.assertExit(good, 0)
        self.assertEqual((good.report["missing"], good.report["foreign"]), (0, 300))

    def test_doubtful_numbers_are_looked_for(self):
        chosen = numbers(3_000, seed=73)
        file = self.path("a.csv", plain(chosen))
        tenant = Tenant(self)
        self.assertReport(self.ingest(file, server=tenant), 0, successes=3_000)
        for number in chosen[:7]:
            del tenant.lists[0].items[number]
        self.assertReport(self.ingest(file, server=tenant), 0, successes=0, alreadyListed=3_000)
        doubted = self.assertReport(self.ingest(file, "--trust", "0", server=tenant), 0, successes=7, alreadyListed=2_993)
        self.assertEqual(doubted["resent"], 7)
        self.assertEqual(set(tenant.lists[0].items), set(chosen))


class HandOver(House):
    def test_a_customer_request_handed_over_goes_out_within_two_requests(self):
        bulk, urgent = numbers(alike(120_000), seed=81), numbers(1, seed=82)
        tenant = Tenant(self, delay=lambda: 0.4)
        command = ("--campaign", CAMPAIGN, "--state", self.state, "--rate", "0", "--json")
        sender = self.start("ingest", self.path("bulk.csv", plain(bulk)), *command, server=tenant)
        until(lambda: len(tenant.calls.posts()) >= 1 or sender.poll() is not None, 60, "a post")
        file = self.path("urgent.csv", plain(urgent, "CUSTOMER_REQUEST"))
        handed = self.run_command("ingest", file, *command, "--no-wait", server=tenant)
        arrived = len(tenant.calls.posts())
        self.assertTrouble(handed, 5, "sending", str(sender.pid))
        self.assertEqual((handed.report["error"]["code"], handed.report["pending"]), ("handed.over", 1))
        outcome = finish(sender, None, 120)
        self.assertReport(outcome, 0, successes=len(bulk))
        sizes = [call.items for call in tenant.calls.posts()]
        self.assertIn(1, sizes[arrived : arrived + 4 + 2], "the four under way, and two more")
        self.assertEqual(set(tenant.lists[0].items), set(bulk) | set(urgent))
        stages = self.database().execute("SELECT DISTINCT stage FROM run").fetchall()
        self.assertEqual(stages, [("finished",)], "the sender finished what nobody waits for")

    def test_a_waiting_process_takes_over_when_the_sender_dies(self):
        first, second = numbers(alike(60_000), seed=83), numbers(500, seed=84)
        tenant = Tenant(self, delay=lambda: 0.3)
        command = ("--campaign", CAMPAIGN, "--state", self.state, "--rate", "0", "--json")
        sender = self.start("ingest", self.path("a.csv", plain(first)), *command, server=tenant)
        until(lambda: len(tenant.calls.posts()) >= 1 or sender.poll() is not None, 60, "a post")
        waiting = self.start("ingest", self.path("b.csv", plain(second)), *command, server=tenant)
        until(lambda: self.database().execute("SELECT count(*) FROM run").fetchone() == (2,), 30, "the second load")
        sender.send_signal(signal.SIGKILL)
        finish(sender, None, 10)
        self.assertReport(finish(waiting, None, 120), 0, totalItems=500)
        self.assertEqual(set(tenant.lists[0].items), set(first) | set(second))

    def test_a_signal_stops_politely_and_a_second_one_at_once(self):
        chosen = numbers(alike(60_000), seed=85)
        file = self.path("a.csv", plain(chosen))
        tenant = Tenant(self, delay=lambda: 1.0)
        command = ("ingest", file, "--campaign", CAMPAIGN, "--state", self.state, "--rate", "0", "--json")
        for sent in (signal.SIGTERM, signal.SIGINT):
            process = self.start(*command, server=tenant)
            posts = len(tenant.calls.posts())
            until(lambda: len(tenant.calls.posts()) > posts or process.poll() is not None, 60, "a post")
            began = time.monotonic()
            process.send_signal(sent)
            outcome = finish(process, None, 10)
            self.assertLess(time.monotonic() - began, 5)
            self.assertReport(outcome, 5)
            self.assertEqual(outcome.report["error"]["code"], "stopped")
        tenant.delay = lambda: 30.0
        process = self.start(*command, server=tenant)
        # Until it listens for signals nothing of it is there to be seen but its lease.
        until(lambda: any(path.read_text() == str(process.pid) for path in self.state.glob("sender-*.lock")), 30, "the lease")
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(finish(process, None, 10).code, 143)
        self.assertLess(time.monotonic() - began, 2)
        tenant.delay = None
        self.assertReport(self.run_command(*command, server=tenant, deadline=120), 0, successes=len(chosen))
        self.assertEqual(set(tenant.lists[0].items), set(chosen))


class LocalFaults(House):
    def test_a_damaged_piece_is_nothing_known(self):
        chosen = numbers(3_000, seed=91)
        file = self.path("a.csv", plain(chosen))
        tenant = Tenant(self)
        self.assertReport(self.ingest(file, server=tenant), 0, successes=3_000)
        with sqlite3.connect(self.state / "dncsync.db") as store:
            key, bits = store.execute("SELECT key, bits FROM chunk ORDER BY key LIMIT 1").fetchone()
            store.execute("UPDATE chunk SET bits = ? WHERE key = ?", (bits[:-1] + bytes([bits[-1] ^ 255]), key))
        store.close()
        outcome = self.ingest(file, server=tenant)
        report = self.assertReport(outcome, 0, unconfirmed=0)
        self.assertIn("damaged", outcome.stderr)
        self.assertGreater(report["requests"]["post"], 0, "what is not known any more is sent again")
        self.assertIn('"state.damaged"', self.audit().read_text())
        self.assertReport(self.ingest(file, server=tenant), 0, alreadyListed=3_000)

    def test_damaged_rows_of_a_stopped_run(self):
        chosen = numbers(3_000, seed=92)
        file = self.path("a.csv", plain(chosen))
        for table, column in (("body", "items"), ("segment", "entries")):
            with self.subTest(table):
                self.state = self.directory / table
                tenant = Tenant(self, interrupt=lambda method, path: (503, [], b"") if is_items(path) else None)
                self.assertReport(self.ingest(file, "--patience", "1s", server=tenant), 5, pending=3_000)
                with sqlite3.connect(self.state / "dncsync.db") as store:
                    store.execute(f"UPDATE {table} SET {column} = x'00'")
                store.close()
                tenant.interrupt = None
                self.assertReport(self.ingest(file, server=tenant), 0, successes=3_000)
                self.assertEqual(set(tenant.lists[0].items), set(chosen))

    def test_no_room_is_said_before_anything_is_sent(self):
        tenant = Tenant(self)
        file = self.path("a.csv", plain(numbers(50_000, seed=93)))
        prefix = ("bash", "-c", 'trap "" XFSZ; ulimit -f 256; exec "$0" "$@"')
        outcome = self.run_command("ingest", file, "--campaign", CAMPAIGN, "--state", self.state, "--json", server=tenant, prefix=prefix)
        self.assertTrouble(outcome, 5, "disk")
        self.assertEqual(tenant.calls.posts(), [])
        self.assertReport(self.ingest(file, server=tenant), 0, successes=50_000)

    def test_an_old_copy_of_the_state_goes_on_correctly(self):
        first, second = numbers(500, seed=94), numbers(700, seed=95)
        tenant = Tenant(self)
        self.assertReport(self.ingest(self.path("a.csv", plain(first)), server=tenant), 0, successes=500)
        copy = self.directory / "copy"
        copy.mkdir(mode=0o700)
        for path in self.state.iterdir():
            if path.is_file():
                (copy / path.name).write_bytes(path.read_bytes())
        self.assertReport(self.ingest(self.path("b.csv", plain(second)), server=tenant), 0, successes=700)
        outcome = self.ingest(self.path("b.csv", plain(second)), server=tenant, state=copy)
        self.assertReport(outcome, 0, successes=700)
        self.assertEqual(set(tenant.named(LIST).items), set(first) | set(second))
