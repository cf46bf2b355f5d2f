"""Shown by 4: a bad hour at the other end changes nothing but the time it takes."""

from house import House, Sandbox
from inputs import made, numbers, plain
from profiles import alike, by_profile, is_items
from tenants import Tenant

FAULTS = {
    "429 without Retry-After": ["--fault", "429-bare:items:0.3:3"],
    "502 in HTML": ["--fault", "502:items:0.4:3"],
    "closed after applying": ["--fault", "close-after:POST*items:0.5:3"],
    "closed before applying": ["--fault", "close-before:items:0.3:3"],
    "truncated answers": ["--fault", "truncate:items:0.3:3"],
    "500 and 503": ["--fault", "500:items:0.2:2", "--fault", "503:*:0.2:2"],
    "token expiry": ["--token-ttl", "1s", "--fault", "401:POST*items:1:1", "--fault", "401:GET*items:1:1"],
    "slow answers": ["--fault", "slow=700:items:0.3:3"],
}
ALL = [
    *("--fault", "429-bare:items:0.2:2", "--fault", "502:items:0.2:2", "--fault", "close-after:POST*items:0.3:2"),
    *("--fault", "401:POST*items:1:1", "--fault", "401:GET*items:1:1", "--token-ttl", "2s"),
]


class Faults(House):
    def check(self, faults, rows):
        made_up = made(rows, 0.01, 0.02, seed=5)
        file = self.path("updates.csv", made_up.content)
        sandbox = Sandbox(self, *faults, rate=0)
        counts = {
            "totalItems": rows,
            "successes": len(made_up.numbers),
            "duplicatesInInput": made_up.repeated,
            "alreadyListed": 0,
            "rejected": len(made_up.bad),
            "unconfirmed": 0,
            "pending": 0,
        }
        options = ("--rate", "0", "--confirm-within", "2s", "--patience", "60s")
        report = self.assertReport(self.ingest(file, *options, server=sandbox, deadline=180), 3, **counts)
        listed = sandbox.listed()
        self.assertEqual(len(listed), len(set(listed)))
        self.assertEqual(set(listed), made_up.numbers)
        return sandbox, report

    def test_each_fault(self):
        for name, faults in FAULTS.items():
            with self.subTest(name):
                self.state = self.directory / name.replace(" ", "-")
                self.check(faults, alike(45_000))

    def test_all_together_on_a_large_file(self):
        sandbox, report = self.check(ALL, alike(250_000))
        self.assertGreater(report["requests"]["retried"], 0)
        self.assertGreaterEqual(sandbox.tap.calls.statuses(), {0, 401, 429, 502})

    def test_refused_items_are_set_aside(self):
        chosen = numbers(2500, seed=3)
        # Where the Admin API names nobody, nobody is refused: test_admin.
        for name_refused in by_profile(v2=(True, False), admin=(True,)):
            with self.subTest(named_by_the_server=name_refused):
                self.state = self.directory / f"named-{name_refused}"
                refused = set(chosen[100:103])
                tenant = Tenant(self, refused=refused, name_refused=name_refused)
                rejects = self.directory / f"rejects-{name_refused}.csv"
                outcome = self.ingest(self.path("a.csv", plain(chosen)), "--rejects", rejects, server=tenant)
                self.assertReport(outcome, 3, successes=2497, refused=3, rejected=0)
                rows = [row.split(",") for row in rejects.read_text().splitlines()[1:]]
                self.assertEqual({row[0] for row in rows}, refused)
                self.assertEqual({(row[4], row[6]) for row in rows}, {(str(line), "server.refused") for line in (102, 103, 104)})

    def test_never_indexed_is_unconfirmed(self):
        chosen = numbers(50, seed=4)
        tenant = Tenant(self, never_indexed=set(chosen[:2]))
        file = self.path("a.csv", plain(chosen) + b"nonsense,MANUAL,\n")
        outcome = self.ingest(file, "--confirm-within", "1s", server=tenant)
        self.assertReport(outcome, 4, successes=48, unconfirmed=2, rejected=1)

    def test_what_was_lost_is_sent_by_the_next_run(self):
        sandbox = Sandbox(self, "--fault", "lose-once:POST*items:1:5", rate=0)
        file = self.path("a.csv", plain(numbers(500)))
        first = self.ingest(file, "--confirm-within", "1s", server=sandbox)
        report = self.assertReport(first, 4, totalItems=500)
        self.assertEqual(report["successes"] + report["unconfirmed"], 500)
        lost = report["unconfirmed"]
        second = self.ingest(file, "--confirm-within", "1s", server=sandbox)
        self.assertReport(second, 0, successes=lost, alreadyListed=500 - lost, unconfirmed=0)
        self.assertEqual(sum(call.items for call in sandbox.tap.calls.posts()), 500 + lost)

    def test_longer_away_than_patience(self):
        blocked = lambda method, path: (429, [("Retry-After", "3600")], b"") if is_items(path) else None
        tenant = Tenant(self, interrupt=blocked)
        file = self.path("a.csv", plain(numbers(20)))
        first = self.ingest(file, "--patience", "5m", server=tenant, deadline=20)
        self.assertReport(first, 5, totalItems=20, pending=20)
        asked = len(tenant.calls.api())
        tenant.interrupt = None
        second = self.ingest(file, "--patience", "5m", server=tenant, deadline=20)
        self.assertExit(second, 5)
        self.assertEqual(len(tenant.calls.api()), asked, "the time that the server asked for was not kept")

    def test_patience_ends(self):
        tenant = Tenant(self, interrupt=lambda method, path: (503, [], b"") if is_items(path) else None)
        file = self.path("a.csv", plain(numbers(20)))
        outcome = self.ingest(file, "--patience", "2s", server=tenant, deadline=30)
        first = self.assertReport(outcome, 5, totalItems=20, pending=20)
        tenant.interrupt = None
        second = self.assertReport(self.ingest(file, server=tenant), 0, totalItems=20, successes=20)
        self.assertEqual(second["runId"], first["runId"], "the same input did not continue its run")
