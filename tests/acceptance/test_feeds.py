"""Feeds from outside: registries and opt-outs side by side, full lists that replace each other."""

from feeding import Feeding, changes, column, registry
from house import LIST, Sandbox
from inputs import numbers
from profiles import batches
from tenants import Tenant

REGISTRY = 200_000


class TwoFeeds(Feeding):
    """A number is blocked while any feed claims it."""

    def test_a_registry_deletes_what_an_opt_out_still_blocks(self):
        self.server = Sandbox(self, rate=0, lag="0s")
        chosen = numbers(REGISTRY + 900, seed=301)
        listed, own = chosen[:REGISTRY], chosen[REGISTRY - 100 :]
        both = chosen[REGISTRY - 100 : REGISTRY]
        self.loaded(registry(listed), "ftc", "replace", "--source", "REGULATORY", rows=REGISTRY, claimed=REGISTRY)
        self.loaded(column(own), "optouts", "add", "--source", "CUSTOMER_REQUEST", claimed=1000)
        self.take("ftc,optouts")
        self.assertPlan(self.plan(), additions=len(chosen), removals=0)
        self.assertApplied(self.apply(), successes=len(chosen), pending=0)
        self.assertSame(self.listed(), chosen)

        deleted = changes((number, "D") for number in both)
        self.loaded(deleted, "ftc", "changes", withdrawn=100, numbers=REGISTRY - 100)
        plan = self.assertPlan(self.plan(), additions=0, removals=0, leftOut=0, right=len(chosen), foreign=0)
        self.assertEqual(plan["reasons"], [])
        for number in both[:3]:
            told = self.explain(number)
            self.assertEqual((told["blocked"], told["claimed"]), (True, True))
            self.assertEqual([word["feed"] for word in told["feeds"] if word["claims"]], ["optouts"])
            self.assertEqual([word["feed"] for word in told["feeds"] if not word["claims"]], ["ftc"])
            shown = self.dncsync("explain", number, json=False)
            self.assertIn(f"blocked in {LIST}; claimed by optouts", shown.stdout)
        self.assertApplied(self.apply(), successes=0, totalItems=0)
        self.assertSame(self.listed(), chosen)
        self.assertEqual(self.server.tap.calls.removals(), [])

        # And once the person says so, too, it goes.
        self.assertLoad(self.dncsync("remove", both[0], "--feed", "optouts", "--reason", "opted in"), 0, withdrawn=1)
        self.assertPlan(self.plan(), removals=1)
        self.assertApplied(self.apply(), removals={"planned": 1, "removed": 1})
        self.assertSame(self.listed(), set(chosen) - {both[0]})


class Replacing(Feeding):
    def test_half_a_file_stops_and_changes_nothing(self):
        chosen = numbers(4000, seed=302)
        self.loaded(registry(chosen), "ftc", "replace", numbers=4000)
        before = self.export("ftc")
        half = self.path("half.txt", registry(chosen[:2000]))
        self.assertTrouble(self.load(half, "ftc", "replace"), 6, "shrink", "approve")
        self.assertEqual(self.export("ftc"), before)
        self.assertEqual(self.feeds()["ftc"]["lastLoad"]["files"], ["ftc-replace.txt"])
        # A file that lost the end of each line, as well.
        cut = self.path("cut.txt", b"".join(line[:-2] + b"\n" for line in registry(chosen).splitlines()))
        outcome = self.load(cut, "ftc", "replace")
        self.assertIn(outcome.code, (2, 6), outcome)
        self.assertEqual(self.export("ftc"), before)
        self.assertLoad(self.load(half, "ftc", "replace", "--approve"), 0, numbers=2000, absent=2000)
        self.assertFeed("ftc", chosen[:2000])

    def test_additions_come_before_removals(self):
        self.server = Tenant(self)
        chosen = numbers(5000, seed=303)
        first, second = chosen[:4000], chosen[2000:]
        self.loaded(registry(first), "ftc", "replace")
        self.take("ftc")
        self.assertApplied(self.apply(), successes=4000)
        self.assertExit(self.load(self.path("b.txt", registry(second)), "ftc", "replace"), 6)
        self.loaded(registry(second), "ftc", "replace", "--approve", name="b.txt", claimed=1000, absent=2000)
        self.assertPlan(self.plan(), additions=1000, removals=2000, right=2000)
        stopped = self.apply()
        self.assertExit(stopped, 6)
        self.assertSame(self.listed(), chosen)  # What protects was not stopped.
        self.assertEqual(self.server.calls.removals(), [])
        self.assertApplied(self.apply("--approve"), removals={"planned": 2000, "removed": 2000})
        self.assertSame(self.listed(), second)

    def test_additions_come_before_removals_in_one_run(self):
        self.server = Tenant(self)
        chosen = numbers(60_000, seed=304)
        first, second = chosen[:30_000], chosen[25_000:]
        self.loaded(registry(first), "ftc", "replace")
        self.take("ftc")
        self.assertApplied(self.apply(), successes=30_000)
        self.loaded(registry(second), "ftc", "replace", "--approve")
        asked = len(self.server.named(LIST).changes)
        self.assertApplied(self.apply("--approve"), successes=30_000, removals={"removed": 25_000})
        # The tenant's own record: each addition was taken before the first removal.
        record = self.server.named(LIST).changes[asked:]
        methods = [method for method, _ in record]
        self.assertEqual(methods, sorted(methods, reverse=True), "a removal was taken before an addition")
        self.assertEqual((methods.count("POST"), methods.count("DELETE")), (batches(30_000), batches(25_000)))
        self.assertSame(self.server.named(LIST).removed(), chosen[:25_000])
        self.assertSame(self.listed(), second)

    def test_a_then_b_then_a_ends_at_a(self):
        self.server = Tenant(self)
        chosen = numbers(3000, seed=305)
        a, b = chosen[:2000], chosen[1000:]
        self.loaded(registry(a), "ftc", "replace")
        self.take("ftc")
        self.loaded(registry(b), "ftc", "replace", "--approve", name="b.txt", claimed=1000, absent=1000)
        self.assertFeed("ftc", b)
        report = self.loaded(registry(a), "ftc", "replace", "--approve", claimed=1000, absent=1000)
        self.assertFalse(report["unchanged"])
        self.assertFeed("ftc", a)
        self.assertApplied(self.apply(), successes=2000)
        self.assertSame(self.listed(), a)
        # The same file once more moves nothing and counts as a load: the copy is fresh again.
        report = self.loaded(registry(a), "ftc", "replace", claimed=0, alreadyClaimed=2000, absent=0)
        self.assertTrue(report["unchanged"])
        self.assertPlan(self.plan(), additions=0, removals=0)
        self.assertEqual(self.feeds()["ftc"]["lastLoad"]["runId"], report["runId"])
