"""What only the Admin API has: ways to sign in, failures of single records, expired ones, skills, a measure of records."""

import csv
import itertools
import stat

from feeding import Feeding, changes, column
from house import CAMPAIGN, LIST, House, Sandbox
from inputs import human, numbers, plain
from profiles import CLIENT_ID, CLIENT_SECRET, batches
from strangers import Stranger
from tenants import Tenant
from test_privacy import seen

WRONG = "not-the-secret-5d2e"
SANDBOX = ("--sandbox", "--rate", "0")
QUIRKS = (
    *("any-accept", "header-errors", "strings", "unwrapped", "wrapped", "no-linger", "top-100", "top-refused", "no-order"),
    *("busy-sign-in", "search-lag", "duplicate-errors", "failures-only", "shuffled-results", "basic-only", "form-only"),
    "no-formatted",
)


class HundredThousand(House):
    ROWS = 100_000
    # One post in a hundred is taken and never answered. Of 23 posts most seeds strike none; this one strikes the tenth.
    FAULTS = ("--fault", "close-after:POST*records:0.01", "--fault", "refuse:POST*records:0.01", "--seed", "49")

    def test_lost_answers_and_refused_records(self):
        chosen = numbers(self.ROWS, seed=701)
        file, rejects = self.path("a.csv", plain(chosen)), self.directory / "rejects.csv"
        sandbox = Sandbox(self, *self.FAULTS, rate=0)
        first = self.ingest(file, "--rejects", rejects, server=sandbox, deadline=240)
        report = self.assertReport(first, 3, totalItems=self.ROWS, batches=batches(self.ROWS), unconfirmed=0, pending=0)
        refused = self.refused(rejects, chosen)
        self.assertEqual((report["refused"], report["successes"]), (len(refused), self.ROWS - len(refused)))
        self.assertTrue(0.8 < len(refused) / (self.ROWS * 0.01) < 1.2, report)
        self.assertEqual(set(sandbox.listed()), set(chosen) - refused)
        # By the tap: answers that never came, each of a batch that is settled all the same.
        lost = [call for call in sandbox.tap.calls.posts() if call.status == 0]
        self.assertGreater(len(lost), 0)
        self.assertEqual(max(call.items for call in sandbox.tap.calls.posts()), 4_500)

        before = len(sandbox.tap.calls.posts())
        second = self.ingest(file, server=sandbox, deadline=240)
        # What was refused is not in the list, and is tried again; nothing else is sent.
        self.assertReport(second, 3, successes=0, alreadyListed=report["successes"], refused=len(refused), batches=1)
        again = sandbox.tap.calls.posts()[before:]
        self.assertEqual({call.items for call in again}, {len(refused)})
        print(
            f"\n  {self.ROWS:,} numbers: {report['requests']}, {report['batches']} batches, {len(lost)} answers lost, "
            f"{len(refused)} refused, {first.seconds:.0f} s; second run {second.seconds:.0f} s",
            flush=True,
        )

    def refused(self, rejects, chosen):
        """The numbers of the rejects file, each with its line, its code and the server's words."""
        with rejects.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.assertEqual({row["code"] for row in rows}, {"server.refused"})
        self.assertEqual([row for row in rows if "The number is not accepted" not in row["reason"]], [])
        self.assertEqual([row for row in rows if chosen[int(row["line"]) - 2] != row["phone_number"]], [])
        refused = {row["phone_number"] for row in rows}
        self.assertEqual(len(refused), len(rows))
        return refused


class Nameless(House):
    def test_a_failure_that_names_nobody(self):
        """Which record it was only the group can tell: what is not seen there is unconfirmed, and named."""
        chosen = numbers(2_500, seed=710)
        tenant = Tenant(self, refused={chosen[1_321]}, name_refused=False)
        outcome = self.ingest(self.path("a.csv", plain(chosen)), "--confirm-within", "2s", server=tenant)
        report = self.assertReport(outcome, 4, successes=2_499, unconfirmed=1, refused=0)
        self.assertEqual(set(tenant.listed(LIST)), set(chosen) - {chosen[1_321]})
        with open(report["unconfirmedFile"], newline="") as stream:
            self.assertEqual([row["phone_number"] for row in csv.DictReader(stream)], [chosen[1_321]])
        self.assertIn("a record is not taken", self.audit().read_text())


class SignIn(House):
    def setUp(self):
        super().setUp()
        self.tenant = Tenant(self)
        self.file = self.path("a.csv", plain(numbers(5, seed=702)))
        self.key = {"CXONE_ACCESS_KEY_ID": CLIENT_ID, "CXONE_ACCESS_KEY_SECRET": CLIENT_SECRET, "CXONE_RATE": 0}
        self.client = dict(zip(("CXONE_CLIENT_ID", "CXONE_CLIENT_SECRET"), self.tenant.client))
        self.alone = {"CXONE_TOKEN_URL": self.tenant.url + "/authentication/v1/token/access-key"}
        self.found = {"CXONE_DISCOVERY_URL": self.tenant.url}

    def ways(self):
        """Which requests said who we are, and how each showed it."""
        signs = [call.path for call in self.tenant.calls if "token" in call.path or "well-known" in call.path]
        return signs, self.tenant.granted

    def succeeds(self, *options, state="state", **env):
        state = self.directory / state
        self.assertReport(self.ingest(self.file, *options, env=self.key | env, state=state), 0, totalItems=5, unconfirmed=0)

    def test_everything_is_found(self):
        self.succeeds(**self.found, **self.client)
        openid, config = "/.well-known/openid-configuration", "/.well-known/cxone-configuration"
        self.assertEqual(self.ways(), ([openid, "/auth/token", config], ["basic"]))
        self.assertEqual(set(self.tenant.listed(LIST)), set(numbers(5, seed=702)))

    def test_the_key_alone(self):
        self.succeeds(**self.found, **self.alone)
        self.assertEqual(self.ways()[1], ["key"])

    def test_a_registered_client_shows_its_secret_in_either_way(self):
        for shows, env, statuses in (
            ("basic", {}, [200]),
            ("form", {}, [401, 200]),  # tried in the other way by itself
            ("form", {"CXONE_CLIENT_AUTH": "form"}, [200]),
        ):
            with self.subTest(shows, **env):
                self.tenant.shows = shows
                self.tenant.calls.clear()
                self.succeeds(state="-".join([shows, *env]), **self.found, **self.client, **env)
                self.assertEqual([call.status for call in self.tenant.calls if call.path == "/auth/token"], statuses)
                self.assertEqual(self.tenant.granted[-1], shows)

    def test_secrets_in_files(self):
        key, client = (self.path(name, f"{secret}\n") for name, secret in (("key", CLIENT_SECRET), ("client", self.tenant.client[1])))
        for file in (key, client):
            file.chmod(stat.S_IRUSR)
        files = {"CXONE_ACCESS_KEY_ID_FILE": self.path("id", CLIENT_ID + "\n"), "CXONE_ACCESS_KEY_SECRET_FILE": key}
        files |= {"CXONE_CLIENT_ID": self.tenant.client[0], "CXONE_CLIENT_SECRET_FILE": client, "CXONE_RATE": 0}
        self.assertReport(self.ingest(self.file, env=files | self.found), 0, successes=5)

    def test_what_is_wrong_is_said(self):
        wrong_key, wrong_client = {"CXONE_ACCESS_KEY_SECRET": WRONG}, {**self.client, "CXONE_CLIENT_SECRET": WRONG}
        for name, env, code, words in (
            ("the key alone", self.alone | wrong_key, "credentials.refused", ("access key", "unknown access key")),
            ("the key of a grant", self.client | wrong_key, "credentials.refused", ("access key", "unknown access key")),
            ("the client", wrong_client, "credentials.refused", ("client id or its secret", "unknown client")),
            ("another tenant's key", self.alone | {"CXONE_TENANT_ID": "11ec-bbbb"}, "tenant.other", ("11ec-aaaa", "11ec-bbbb")),
        ):
            with self.subTest(name):
                outcome = self.ingest(self.file, env=self.key | self.found | env, deadline=20)
                found = self.assertTrouble(outcome, 7, *words)
                self.assertEqual(found["error"]["code"], code)
                self.assertNotIn(WRONG, outcome.stdout + outcome.stderr)
        self.assertEqual(self.tenant.lists, [])

    def test_a_role_that_may_not(self):
        self.tenant.scopes = ("dnc:read",)
        self.assertTrouble(self.ingest(self.file, server=self.tenant), 7, "security profile", "role")


class Numbers(House):
    def test_scope_is_refused_and_a_name_is_enough(self):
        file = self.path("a.txt", "+12025551234\n")
        self.assertTrouble(self.ingest(file, *SANDBOX, "--list", "HOUSE", "--scope", "GLOBAL"), 2, "scope")
        self.assertReport(self.ingest(file, *SANDBOX, "--list", "HOUSE"), 0, listName="HOUSE", successes=1)

    def test_numbers_outside_calling_code_1(self):
        london, singapore, home = "+442071838750", "+6581234567", "+12025551234"
        file, sandbox, rejects = self.path("a.txt", f"{london}\n{singapore}\n{home}\n"), Sandbox(self), self.directory / "r.csv"
        outcome = self.ingest(file, "--rejects", rejects, server=sandbox)
        self.assertReport(outcome, 3, totalItems=3, successes=1, rejected=2)
        self.assertEqual(self.codes(rejects), {london: "profile.country", singapore: "profile.country"})
        self.assertEqual(sandbox.listed(), [home])
        # Ten digits with its calling code: CXone would block somebody in Jamaica.
        outcome = self.ingest(file, "--rejects", rejects, "--allow-international", server=sandbox)
        self.assertReport(outcome, 3, successes=1, alreadyListed=1, rejected=1)
        self.assertEqual(self.codes(rejects), {singapore: "profile.country"})
        self.assertEqual(set(sandbox.listed()), {home, london})

    @staticmethod
    def codes(rejects):
        with rejects.open(newline="") as stream:
            return {row["phone_number"]: row["code"] for row in csv.DictReader(stream)}


class Measure(Feeding):
    def test_more_than_the_tenant_holds(self):
        self.server = Tenant(self)
        chosen = numbers(31, seed=703)
        self.loaded(column(chosen), "crm")
        self.take("crm")
        stopped = self.apply("--capacity", "10")
        found = self.assertTrouble(stopped, 7, "hold 0", "31 more", "10 in all", "--only")
        self.assertEqual(found["error"]["code"], "tenant.capacity")
        self.assertEqual(self.server.calls.posts(), [])
        self.take("crm", "--only", self.path("leads.csv", column(chosen[:10])))
        self.assertApplied(self.apply("--capacity", "10"), successes=10)
        self.assertSame(self.listed(), chosen[:10])

    def test_an_ingest_of_too_many(self):
        self.server = Tenant(self)
        file = self.path("a.csv", plain(numbers(31, seed=703)))
        found = self.assertTrouble(self.ingest(file, "--capacity", "10", server=self.server), 7, "21 too many", "--only")
        self.assertEqual((found["error"]["code"], found["pending"], self.server.calls.posts()), ("tenant.capacity", 31, []))
        self.assertReport(self.ingest(file, "--capacity", "0", server=self.server), 0, successes=31)


class Skills(Feeding):
    def setUp(self):
        super().setUp()
        self.server = Tenant(self)
        self.loaded(column(numbers(3, seed=704)), "crm")
        self.take("crm")
        self.assertEqual(self.assertApplied(self.apply(), successes=3)["warnings"], {"skills.none": 1})

    def skills(self, *options, code=0):
        outcome = self.dncsync("target", "skills", "--campaign", CAMPAIGN, *options)
        self.assertExit(outcome, code)
        report = outcome.report
        self.assertEqual({skill["skillId"] for skill in report["scrubbedSkills"]}, set(self.server.named(LIST).skills))
        return [report[name] for name in ("added", "removed", "withheld")]

    def test_shown_and_set(self):
        self.assertEqual(self.skills(), [[], [], []])
        self.assertEqual(self.skills("--scrub", "4,5"), [["4", "5"], [], []])
        # Fewer of them block fewer calls.
        self.assertEqual(self.skills("--scrub", "5,6", code=6), [["6"], [], ["4"]])
        self.assertEqual(self.skills("--scrub", "5,6", "--approve"), [[], ["4"], []])
        self.assertEqual(self.server.named(LIST).skills, ["5", "6"])
        self.loaded(column(numbers(4, seed=704)), "crm", "add")
        self.assertEqual(self.assertApplied(self.apply(), successes=1)["warnings"], {})

    def test_doctor_warns_and_probes(self):
        points = self.points()
        self.assertEqual([point["verdict"] for point in points if point["point"] == "skills"], ["warning"])
        self.assertNotIn("probe", {point["point"] for point in points})
        self.server.named(LIST).skills.append("4")
        self.server.calls.clear()
        points = self.points("--probe")
        self.assertEqual({point["verdict"] for point in points}, {"ok"}, points)
        probed = " ".join(point["found"] for point in points if point["point"] == "probe")
        for word in ("3 of 3 records", "search finds", "not asked"):
            self.assertIn(word, probed)
        written = [call for call in self.server.calls if call.method != "GET" and "token" not in call.path and "search" not in call.path]
        self.assertEqual(written, [])

    def points(self, *options):
        outcome = self.dncsync("doctor", *options)
        self.assertExit(outcome, 0)
        return outcome.report["points"]


class Removal(Feeding):
    def test_what_a_feed_lets_go_expires(self):
        self.server = Sandbox(self, rate=0, lag="0s")
        chosen = numbers(6_000, seed=705)
        gone, kept = chosen[:500], chosen[500:]
        self.loaded(column(chosen), "crm")
        self.take("crm")
        self.assertApplied(self.apply(), successes=6_000)
        self.loaded(changes((number, "D") for number in gone), "crm", "changes", withdrawn=500)
        self.assertPlan(self.plan(), removals=500, right=5_500)
        self.assertApplied(self.apply("--approve"), removals={"planned": 500, "removed": 500})
        self.assertEqual([call.items for call in self.server.tap.calls.removals()], [500])
        self.assertSame(self.listed(), kept)
        # Expired records linger, and count for nobody.
        with Stranger(self.server.url) as stranger:
            self.assertEqual(len(stranger.rows(LIST)), 6_000)
        self.assertPlan(self.plan("--trust", "0s"), additions=0, removals=0, right=5_500, foreign=0)
        verified = self.dncsync("verify", "--campaign", CAMPAIGN)
        self.assertExit(verified, 0)
        self.assertEqual([verified.report[name] for name in ("right", "missing", "foreign")], [5_500, 0, 0])
        # Claimed again, they are sent again, and seen.
        self.loaded(column(gone[:100]), "crm", "add", name="again.txt", claimed=100)
        self.assertApplied(self.apply(), successes=100)
        self.assertSame(self.listed(), [*kept, *gone[:100]])


class Secrecy(Feeding):
    def test_no_number_and_no_secret_in_clear(self):
        chosen = numbers(5_000, seed=706)
        once = iter([(503, [], b""), (401, [], b""), (500, [("icStatusDescription", f"cannot take {chosen[3]}")], b"")])
        interrupt = lambda method, path: next(once, None) if method == "POST" and path.endswith("/records") else None
        self.server = Tenant(self, refused=set(chosen[5:9]), never_indexed=set(chosen[20:25]), interrupt=interrupt)
        key = {"CXONE_API_URL": self.server.url, "CXONE_TOKEN_URL": self.server.url + "/auth/token"}
        key |= dict(zip(("CXONE_CLIENT_ID", "CXONE_CLIENT_SECRET"), self.server.client))
        secrets = [CLIENT_SECRET, self.server.client[1], "token-of-the-tenant", "never used"]
        content = plain(chosen).decode() + "".join(f"{human(number, 1)},MANUAL,x\n" for number in chosen[:50]) + "+442071838750,,\n"
        file, told = self.path("a.csv", content), []
        outcome = self.ingest(file, "-vvv", "--confirm-within", "1s", server=self.server, env=key)
        self.assertReport(outcome, 4, refused=4, unconfirmed=5, rejected=1, successes=5_000 - 9)
        told.append(outcome)
        for command in (["doctor", "--probe"], ["status"], ["audit"], ["resume", "--confirm-within", "1s"]):
            told.append(self.dncsync(*command, "-vvv", env=key))
        events = self.database().execute("SELECT * FROM event")
        places = [one.stdout + one.stderr for one in told] + [self.audit().read_text()] + [str(list(events))]
        for text in places:
            self.assertEqual(seen(text, [*chosen, "+442071838750"]), [])
        kept = [path.read_bytes() for path in self.state.rglob("*") if path.is_file()]
        for secret in secrets:
            self.assertFalse([text[:200] for text in places if secret in text], secret)
            self.assertFalse(any(secret.encode() in content for content in kept), secret)


class Quirks(Feeding):
    """Nobody knows which of these a tenant has. With each of them a small list comes about, shrinks and grows again."""

    def test_each_quirk(self):
        chosen = numbers(260, seed=707)
        for quirk, at in zip(QUIRKS, itertools.count()):
            with self.subTest(quirk):
                self.state = self.directory / str(at)
                self.server = Sandbox(self, "--quirk", quirk, rate=0, lag="50ms")
                file, env = self.path("a.csv", plain(chosen)), self.needed(quirk)
                if quirk == "no-order":
                    self.assertTrouble(self.ingest(file, server=self.server), 7, "invalid orderby", "CXONE_ORDER_BY")
                self.assertReport(self.ingest(file, server=self.server, env=env), 0, totalItems=260, successes=260)
                with Stranger(self.server.url) as stranger:
                    stranger.top = 100
                    self.assertEqual(sorted(stranger.read(LIST)), sorted(chosen))
                self.server.stop()

    def needed(self, quirk):
        """What a person must say to a tenant with that quirk; of most of them nothing."""
        if quirk == "no-order":
            return {"CXONE_ORDER_BY": "none"}
        if quirk in ("basic-only", "form-only"):
            client = {"CXONE_CLIENT_ID": "registered", "CXONE_CLIENT_SECRET": "a secret: 100%"}
            return client | {"CXONE_TOKEN_URL": self.server.tap.url + "/auth/token"}
        return {}

    def test_all_that_can_be_together(self):
        chosen = numbers(260, seed=708)
        apart = ("any-accept", "wrapped", "no-linger", "no-order", "basic-only", "form-only")
        together = [quirk for quirk in QUIRKS if quirk not in apart]
        self.server = Sandbox(self, *itertools.chain(*(("--quirk", quirk) for quirk in together)), rate=0, lag="0s")
        self.loaded(column(chosen), "crm")
        self.take("crm")
        self.assertApplied(self.apply(), successes=260)
        self.assertLoad(self.dncsync("remove", *chosen[:3], "--feed", "crm", "--reason", "asked"), 0, withdrawn=3)
        self.assertApplied(self.apply(), removals={"removed": 3})
        with Stranger(self.server.url) as stranger:
            stranger.top = 100
            self.assertSame(stranger.read(LIST), chosen[3:])


class EvenPace(House):
    def test_requests_leave_evenly(self):
        """120 a minute are two in any second, not 120 at once."""
        tenant = Tenant(self, page_cap=50)
        tenant.add_list(LIST, numbers=numbers(300, seed=709))
        outcome = self.ingest(self.path("a.csv", plain(numbers(300, seed=709))), "--rate", "120", server=tenant)
        self.assertReport(outcome, 0, alreadyListed=300)
        times = [call.at for call in tenant.calls.api()]
        self.assertGreater(len(times), 6)
        self.assertGreater(min(third - first for first, third in zip(times, times[2:])), 0.8, times)
