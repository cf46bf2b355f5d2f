"""One opt-out at a time: what it costs in requests, and the token that one process leaves to the next."""

import stat

from house import House, Sandbox
from inputs import numbers, plain
from profiles import ADMIN, CLIENT_SECRET


class Urgent(House):
    def setUp(self):
        super().setUp()
        self.server = Sandbox(self, rate=0)
        self.rows = iter(numbers(40, seed=61))
        self.send()
        if ADMIN:
            # A group that scrubs no skill is asked for its skills each time.
            self.assertExit(self.run_command("target", "skills", "--campaign", "Q4_OUTBOUND_2024", "--scrub", "7",
                                             "--state", self.state, server=self.server), 0)
            self.send()

    def send(self, **env):
        """Confirms one more number; the calls that this took, and how many of them were about a token."""
        before = len(self.server.tap.calls)
        file = self.path("one.csv", plain([next(self.rows)]))
        self.assertReport(self.ingest(file, server=self.server, env=env), 0, successes=1)
        calls = self.server.tap.calls[before:]
        return len(calls), sum("token" in call.path for call in calls)

    def kept(self):
        return [path for path in self.state.glob("token-*") if not path.suffix]

    def test_three_requests_with_a_kept_token(self):
        # The list by its name, the batch, a look. The index lags 100 ms, and the first look comes later than that.
        self.assertEqual([self.send() for _ in range(3)], [(3, 0)] * 3)

    def test_no_token_is_kept_where_nobody_wants_it(self):
        [path] = self.kept()
        path.unlink()
        for _ in range(2):
            self.assertEqual(self.send(CXONE_KEEP_TOKEN="0"), (4, 1))
        self.assertEqual(self.kept(), [])
        (self.state / "dncsync.toml").write_text("keep_token = false\n")
        self.assertEqual(self.send(), (4, 1))
        self.assertEqual(self.kept(), [])

    def test_what_is_kept_is_private_and_holds_no_secret(self):
        [path] = self.kept()
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertNotIn(CLIENT_SECRET.encode(), path.read_bytes())
        self.assertNotIn(b"Bearer", path.read_bytes())

    def test_another_secret_asks_anew(self):
        name = "CXONE_ACCESS_KEY_SECRET" if ADMIN else "CXONE_CLIENT_SECRET"
        self.assertEqual(self.send(**{name: "another secret"}), (4, 1))
        self.assertEqual(self.send(**{name: "another secret"}), (3, 0))

    def test_a_damaged_or_loose_one_is_replaced(self):
        [path] = self.kept()
        path.write_bytes(path.read_bytes()[:-1])
        self.assertEqual(self.send(), (4, 1))
        path.chmod(0o644)
        self.assertEqual(self.send(), (4, 1))
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(self.send(), (3, 0))

    def test_doctor_asks_for_a_new_one(self):
        before = len(self.server.tap.calls)
        self.assertExit(self.run_command("doctor", "--state", self.state, server=self.server), 0)
        self.assertEqual(sum("token" in call.path for call in self.server.tap.calls[before:]), 1)
