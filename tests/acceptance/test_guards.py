"""What takes protection away, from outside: guards and exit codes, numbers of others, ends, a campaign's own numbers."""

import csv
import datetime
import json

from feeding import Feeding, column, registry
from house import CAMPAIGN, LIST, Sandbox, put_into_list
from inputs import numbers
from tenants import Tenant


class Guards(Feeding):
    def setUp(self):
        super().setUp()
        self.server = Tenant(self)
        self.chosen = numbers(300, seed=306)
        self.loaded(column(self.chosen), "crm")
        self.take("crm")
        self.assertApplied(self.apply(), successes=300)
        self.assertPlan(self.plan(), additions=0, removals=0)

    def test_many_removals_stop_until_they_are_approved(self):
        self.loaded(column(self.chosen[:230]), "crm", "replace", "--approve")
        plan = self.assertPlan(self.plan(), removals=70)
        self.assertIn("70", plan["guard"])
        stopped = self.apply()
        self.assertApplied(stopped, 6, removals={"withheld": 70, "removed": 0})
        self.assertIn("--approve", stopped.stderr)
        self.assertEqual(self.server.calls.removals(), [])
        self.assertApplied(self.apply("--approve"), removals={"removed": 70})
        self.assertSame(self.listed(), self.chosen[:230])

    def test_one_number_leaves_without_approval(self):
        gone = self.chosen[7]
        self.assertLoad(self.dncsync("remove", gone, "--feed", "crm", "--reason", "ticket 4711"), 0, withdrawn=1)
        self.assertEqual(self.assertPlan(self.plan(), removals=1)["guard"], None)
        self.assertApplied(self.apply(), removals={"planned": 1, "removed": 1})
        self.assertSame(self.server.named(LIST).removed(), [gone])
        self.assertFalse(self.explain(gone)["blocked"])
        # By hand a second time: not claimed, and not an error.
        self.assertLoad(self.dncsync("remove", gone, "--feed", "crm", "--reason", "again"), 0, withdrawn=0, notClaimed=1)

    def test_a_saved_plan_that_does_not_hold_any_more(self):
        saved = self.directory / "plan.json"
        self.dncsync("remove", self.chosen[0], "--feed", "crm", "--reason", "x")
        self.assertPlan(self.plan("--save", saved), removals=1)
        self.assertEqual(json.loads(saved.read_text())["remove"], [self.chosen[0]])
        self.assertEqual(saved.stat().st_mode & 0o077, 0)
        self.dncsync("remove", self.chosen[1], "--feed", "crm", "--reason", "y")
        self.assertTrouble(self.dncsync("apply", saved), 2, "plan")
        self.assertEqual(self.server.calls.removals(), [])
        self.assertSame(self.listed(), self.chosen)
        self.assertPlan(self.plan("--save", saved), removals=2)
        self.assertApplied(self.dncsync("apply", saved), removals={"removed": 2})
        self.assertTrouble(self.dncsync("apply", saved), 2, "plan")
        self.assertSame(self.listed(), self.chosen[2:])
        self.assertTrouble(self.dncsync("apply", self.path("no.json", "{}")), 2, "no.json")

    def test_rollback_claims_again_what_a_load_withdrew(self):
        report = self.loaded(column(self.chosen[:290]), "crm", "replace")
        self.assertPlan(self.plan(), removals=10)
        undone = self.dncsync("rollback", report["runId"])
        self.assertExit(undone, 0)
        self.assertFeed("crm", self.chosen)
        self.assertPlan(self.plan(), removals=0)
        self.assertTrouble(self.dncsync("rollback", "20200101T000000000Z-00000000"), 2, "run")


class Foreign(Feeding):
    def test_what_others_put_there_is_theirs(self):
        self.server = Sandbox(self, rate=0, lag="0s")
        chosen = numbers(250, seed=307)
        ours, theirs = chosen[:200], chosen[200:]
        self.loaded(column(ours), "crm")
        self.take("crm")
        self.assertApplied(self.apply(), successes=200)
        put_into_list(self.server.url, LIST, theirs)

        verified = self.dncsync("verify", "--campaign", CAMPAIGN)
        self.assertExit(verified, 0)
        self.assertEqual((verified.report["foreign"], verified.report["right"]), (50, 200))
        self.assertPlan(self.plan("--trust", "0s"), foreign=50, removals=0, right=200)
        status = self.dncsync("status")
        self.assertEqual([target["foreign"] for target in status.report["targets"]], [50])
        standings = self.standings()
        self.assertEqual({n for n, standing in standings.items() if standing == "foreign"}, set(theirs))
        self.assertEqual({n for n, standing in standings.items() if standing == "desired"}, set(ours))

        # Even where the feed is emptied, theirs stay.
        self.loaded(column(ours[:1]), "crm", "replace", "--approve")
        self.assertPlan(self.plan(), removals=199, foreign=50)
        self.assertApplied(self.apply("--approve"), removals={"removed": 199})
        self.assertSame(self.listed(), [*ours[:1], *theirs])

        adopted = self.dncsync("target", "adopt", "--campaign", CAMPAIGN, "--feed", "agents")
        self.assertLoad(adopted, 0, claimed=50)
        self.assertFeed("agents", theirs)
        self.assertPlan(self.plan(), removals=0, foreign=0, right=51)
        self.assertLoad(self.dncsync("remove", theirs[0], "--feed", "agents", "--reason", "asked"), 0, withdrawn=1)
        self.assertApplied(self.apply(), removals={"removed": 1})
        self.assertSame(self.listed(), [*ours[:1], *theirs[1:]])

    def test_what_others_put_there_first_stays_when_a_feed_lets_it_go(self):
        self.server = Tenant(self)
        chosen = numbers(60, seed=311)
        theirs, both, ours = chosen[:20], chosen[20:40], chosen[40:]
        self.server.add_list(LIST, numbers=[*theirs, *both])
        self.loaded(column([*both, *ours]), "crm")
        self.take("crm")
        self.assertPlan(self.plan(), additions=20, right=20, foreign=20)
        self.assertApplied(self.apply(), successes=20)
        self.loaded(column(ours[:1]), "crm", "replace", "--approve")
        self.assertPlan(self.plan(), removals=19, foreign=40)
        self.assertApplied(self.apply(), removals={"removed": 19})
        self.assertSame(self.server.named(LIST).removed(), ours[1:])

    def standings(self):
        outcome = self.dncsync("export", "--campaign", CAMPAIGN, json=False)
        self.assertExit(outcome, 0)
        return {row["phone_number"]: row["standing"] for row in csv.DictReader(outcome.stdout.splitlines())}


class Ends(Feeding):
    def test_a_claim_ends_after_its_last_day(self):
        self.server = Tenant(self)
        yesterday, today, bad, none = numbers(4, seed=308)
        day = datetime.datetime.now(datetime.timezone.utc).date()
        before = day - datetime.timedelta(days=1)
        rows = [f"{yesterday},{before}", f"{today},{day}", f"{bad},soon", f"{none},"]
        content = "\n".join(["phone_number,expires", *rows]) + "\n"
        report = self.loaded(content, "crm", "add", "--expires-column", "expires", rejected=0, claimed=4)
        self.assertEqual(sum(report["warnings"].values()), 1, report["warnings"])
        self.take("crm")
        self.assertPlan(self.plan(), additions=3, removals=0)
        self.assertFeed("crm", [today, bad, none])
        self.assertApplied(self.apply(), successes=3)
        self.assertSame(self.listed(), [today, bad, none])
        word = self.explain(today)["feeds"][0]
        self.assertEqual((word["claims"], word["ends"]), (True, str(day)))
        self.assertIsNone(self.explain(bad)["feeds"][0]["ends"])
        self.assertFalse(self.explain(yesterday)["claimed"])
        # Of two ends the later stands, unless the file is the whole truth. Then what is listed leaves in the same way.
        shorter = f"phone_number,until\n{none},{before}\n{today},\n{bad},\n"
        self.loaded(shorter, "crm", "add", "--expires-column", "until")
        self.assertPlan(self.plan(), additions=0, removals=0)
        self.loaded(shorter, "crm", "replace", "--expires-column", "until", absent=0)
        self.assertPlan(self.plan(), additions=0, removals=1)
        self.assertApplied(self.apply(), removals={"removed": 1})
        self.assertSame(self.listed(), [today, bad])


class Only(Feeding):
    def test_a_campaign_keeps_to_its_own_numbers(self):
        self.server = Tenant(self)
        chosen = numbers(1000, seed=309)
        self.loaded(registry(chosen), "ftc", "replace")
        leads = self.path("leads.csv", column([*chosen[:100], *numbers(50, seed=310)]))
        self.take("ftc", "--only", leads)
        self.assertPlan(self.plan(), additions=100)
        self.assertApplied(self.apply(), successes=100)
        self.assertSame(self.listed(), chosen[:100])
        # Fewer leads: what left them is told apart from what no feed claims, and has a guard of its own.
        self.take("ftc", "--only", self.path("fewer.csv", column(chosen[:40])))
        plan = self.assertPlan(self.plan(), additions=0, removals=0, leftOut=60)
        self.assertIsNotNone(plan["guard"])
        self.assertExit(self.apply(), 6)
        self.assertSame(self.listed(), chosen[:100])
        self.take("ftc", "--only", self.path("fewer.csv", column(chosen[:60])))
        self.assertApplied(self.apply(), removals={"removed": 40})
        self.assertSame(self.listed(), chosen[:60])
        self.take("ftc")
        self.assertPlan(self.plan(), additions=940)
