"""Shown by 9: nobody but the user sees a number, and nobody at all a secret."""

import re
import stat

from feeding import Feeding, changes, column, registry
from house import CAMPAIGN, LIST, House, put_into_list
from inputs import human, numbers, plain
from profiles import CLIENT_SECRET, is_items
from tenants import Aggregator, Tenant

WEBHOOK_SECRET = "webhook-secret-in-plain-text-24"
DIGITS = re.compile(r"\d[\d\s().\-]{5,}\d")


def seen(text, numbers_):
    """What of these numbers stands in a text, however it is written."""
    known = {re.sub(r"\D", "", number)[-10:] for number in numbers_}
    runs = {re.sub(r"\D", "", run) for run in DIGITS.findall(text)}
    return [run for run in runs if any(run[at : at + 10] in known for at in range(len(run) - 9))]


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
        interrupt = lambda method, path: next(once, None) if method == "POST" and is_items(path) else None
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
        for place, text in places.items():
            with self.subTest(place):
                self.assertEqual(seen(text, [*chosen, *bad]), [])
                for secret in secret_values:
                    self.assertNotIn(secret, text)
        for path in self.state.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                for secret in secret_values:
                    self.assertNotIn(secret.encode(), content, path.name)


class PrivacyOfFeeds(Feeding):
    def test_no_number_in_clear(self):
        self.server = Tenant(self, refused=set(numbers(2000, seed=52)[5:7]), never_indexed=set(numbers(2000, seed=52)[20:22]))
        chosen = numbers(2000, seed=52)
        bad = ["(202) 555-0143", "+1202555014399"]
        self.told = []
        ftc, crm = self.path("ftc.txt", registry(chosen[:1500])), self.path("crm.csv", column([*chosen[1000:], *bad]))
        change = self.path("change.txt", changes((number, "D") for number in chosen[:30]))
        half, gone = self.path("half.txt", registry(chosen[:700])), self.path("gone.csv", column(chosen[1900:1990]))
        lines = "".join(f"{number[2:5]},{number[5:]},x\n" for number in chosen)
        columns = self.path("columns.txt", f"{chosen[0]}\t{chosen[1]}\n")
        plan, here = self.directory / "plan.json", ("--campaign", CAMPAIGN)
        strange = self.path("strange.json", f'{{"dncsyncPlan": 1, "listName": "{chosen[0]}", "add": "{chosen[1]}"}}')
        short = ("--confirm-within", "1s", "--patience", "2s")
        for code, *command in [
            (0, "load", ftc, "--feed", "ftc", "--mode", "replace", "--source", "REGULATORY", "--account", "12345"),
            (3, "load", crm, "--feed", "crm", "--source", "CUSTOMER_REQUEST"),
            (0, "target", "set", *here, "--feeds", "ftc,crm"),
            (10, "plan", *here),
            (4, "apply", *here, *short),
            (0, "load", change, "--feed", "ftc", "--mode", "changes"),
            (6, "load", half, "--feed", "ftc", "--mode", "replace"),
            (2, "load", change, "--feed", "ftc", "--mode", "replace"),
            (2, "load", self.path("lines.txt", lines), "--feed", "ftc", "--mode", "replace"),
            (2, "load", columns, "--feed", "ftc"),
            (2, "load", ftc, "--feed", "ftc", "--mode", "changes"),
            (0, "remove", gone, "--feed", "crm", "--reason", "opted in"),
            (10, "plan", *here, "--save", plan),
            (6, "apply", *here, *short),
            (6, "apply", plan, *short),
            (2, "apply", strange),
            (0, "apply", *here, "--approve", *short),
            (2, "apply", plan, *short),
        ]:
            self.tell(code, *command)
        put_into_list(self.server.url, LIST, numbers(40, seed=53))
        self.tell(None, "verify", *here)
        self.tell(None, "target", "adopt", *here, "--feed", "agents")
        run = self.feeds()["ftc"]["lastLoad"]["runId"]
        self.tell(0, "rollback", run)
        for command in (["feeds"], ["status"], ["audit", "--last", "0"], ["plan", *here], ["resume", *short], ["doctor"]):
            self.tell(None, *command)
        # Who lifts claims is told who else claims these very numbers, and knows which they are.
        still = self.dncsync("remove", chosen[1200], "--feed", "crm", "--reason", f"{chosen[1200]} opted in", "-vvv")
        self.assertEqual([said["feeds"] for said in still.report["stillClaimedBy"]], [["ftc"]])
        self.told.append(("remove", still.stdout + still.stderr))
        self.told.append(("the audit file", self.audit().read_text()))
        events = self.database().execute("SELECT * FROM event")
        self.told.append(("the store's events", "\n".join(" ".join(map(str, row)) for row in events)))
        for place, text in self.told:
            with self.subTest(place):
                self.assertEqual(seen(text, [*chosen, *bad, *numbers(40, seed=53)]), [])
        self.assertNotEqual(seen("\n".join(self.export("crm")), chosen), [], "a number in clear is not noticed")

    def tell(self, code, *command):
        """Keeps what a command tells, for people and for programs."""
        for json in (False, True):
            outcome = self.dncsync(*command, "-vvv", json=json)
            if code is not None and not json:
                self.assertExit(outcome, code)
            self.told.append((" ".join(map(str, command)), outcome.stdout + outcome.stderr))
