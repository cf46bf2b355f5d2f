"""Shown by 9: nobody but the user sees a number, and nobody at all a secret."""

import re
import stat

from house import CLIENT_SECRET, House
from inputs import human, numbers, plain
from tenant import Aggregator, Tenant

WEBHOOK_SECRET = "webhook-secret-in-plain-text-24"
DIGITS = re.compile(r"\d[\d\s().\-]{5,}\d")


class Privacy(House):
    def test_state_is_private(self):
        file = self.path("a.csv", plain(numbers(20)) + b"nonsense,,\n")
        self.assertReport(self.ingest(file, "--sandbox", env=Aggregator(self).environment()), 3)
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o700)
        paths = list(self.state.rglob("*"))
        self.assertGreaterEqual(len(paths), 3)
        modes = {str(path.relative_to(self.state)): stat.S_IMODE(path.stat().st_mode) for path in paths}
        loose = {path: oct(mode) for path, mode in modes.items() if mode & 0o077}
        self.assertEqual(loose, {})

    def test_an_open_directory_is_closed(self):
        self.state.mkdir(mode=0o755)
        self.state.chmod(0o755)
        self.assertReport(self.ingest(self.path("a.csv", plain(numbers(3))), "--sandbox"), 0)
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o700)

    def test_no_number_and_no_secret_in_clear(self):
        chosen = numbers(12_000, seed=51)
        refused, lost = set(chosen[5:9]), set(chosen[20:25])
        bad = ["+15555551234", "(202) 555-0143", "+1202555014399"]
        content = plain(chosen).decode() + "".join(f"{human(n, i)},MANUAL,x\n" for i, n in enumerate(chosen[:50]))
        content += "".join(f"{number},MANUAL,\n" for number in bad) + f'"{chosen[0]},MANUAL,unclosed\n'
        secret_values = [CLIENT_SECRET, WEBHOOK_SECRET, "token-of-the-tenant"]
        once = iter([(503, [], b""), (401, [], b""), (500, [], f"cannot take {chosen[3]}".encode())])
        interrupt = lambda method, path: next(once, None) if method == "POST" and path.endswith("/items") else None
        tenant = Tenant(self, refused=refused, never_indexed=lost, interrupt=interrupt)
        aggregator = Aggregator(self, WEBHOOK_SECRET, status=500)
        file = self.path("a.csv", content)
        outcome = self.ingest(file, "-vvv", "--confirm-within", "1s", server=tenant, env=aggregator.environment())
        self.assertReport(outcome, 4, refused=4, unconfirmed=5, rejected=4, successes=12_000 - 9)
        self.assertGreater(len(outcome.stderr.splitlines()), 3, "the most verbose level says next to nothing")
        again = self.ingest(file, "-vvv", "--confirm-within", "1s", server=tenant, env=aggregator.environment())
        doctor = self.run_command("doctor", "-vvv", "--state", self.state, server=tenant, env=aggregator.environment())
        status = self.run_command("status", "-vvv", "--state", self.state)
        trail = self.run_command("audit", "-vvv", "--state", self.state)
        events = [" ".join(map(str, row)) for row in self.database().execute("SELECT * FROM event")]
        self.assertGreater(len(events), 5)
        places = {
            "standard error": outcome.stderr + again.stderr + doctor.stderr + status.stderr + trail.stderr,
            "the report": outcome.stdout + again.stdout,
            "doctor": doctor.stdout,
            "status": status.stdout,
            "the shown trail": trail.stdout,
            "the audit file": self.audit().read_text(),
            "the store's events": "\n".join(events),
            "the webhooks": "".join(str(body) for _, body in aggregator.taken),
        }
        known = {number[-10:] for number in chosen} | {re.sub(r"\D", "", number)[-10:] for number in bad}
        for place, text in places.items():
            with self.subTest(place):
                runs = {re.sub(r"\D", "", run) for run in DIGITS.findall(text)}
                seen = [run for run in runs if any(run[at : at + 10] in known for at in range(len(run) - 9))]
                self.assertEqual(seen, [])
                for secret in secret_values:
                    self.assertNotIn(secret, text)
        for path in self.state.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                for secret in secret_values:
                    self.assertNotIn(secret.encode(), content, path.name)
