"""Killed while a large file is read and while it is taken into its feed, and while numbers leave a list.

DNCSYNC_LONG=1 takes five million rows and more moments.
"""

import os
import random
import re
import signal
import time

from feeding import Feeding, column, registry
from house import CAMPAIGN, LIST, finish
from inputs import blocks, numbers, verdict
from profiles import alike, is_items, only
from tenants import Tenant

LONG = os.environ.get("DNCSYNC_LONG") == "1"
ROWS = 5_000_000 if LONG else 400_000
MOMENTS = 5 if LONG else 2
# What each row of these is no number: they make a rejects file, which a killed load leaves half written.
BAD = [f"{area},5551234\n" for area in ("000", "111")] * 200


def large(rows):
    """A registry's file with that many rows, all of different numbers and 400 of none; and its numbers."""
    areas = sorted({block[:3] for block in blocks()})
    pairs = [area + exchange for exchange in map(str, range(200, 999)) for area in areas]
    sound = (pair for pair in pairs if verdict(f"+1{pair}0000").startswith("+") and verdict(f"+1{pair}9999").startswith("+"))
    chosen = []
    for pair in sound:
        if len(chosen) >= rows - len(BAD):
            break
        chosen += [f"+1{pair}{last:04d}" for last in range(min(10_000, rows - len(BAD) - len(chosen)))]
    third = len(chosen) // 3
    return registry(chosen[:third]) + "".join(BAD).encode() + registry(chosen[third:]), chosen


class LoadKilled(Feeding):
    @only("v2", "a load speaks to no tenant")
    def test_killed_while_a_large_file_is_loaded(self):
        content, chosen = large(ROWS)
        file = self.path("large.txt", content)
        del content
        phases = self.undisturbed(file)
        # A feed that the file replaces: some of it stays, some of it goes.
        old = sorted({*chosen[:20_000], *numbers(5_000, seed=401)})
        self.loaded(column(old), "ftc", "replace")
        before, newest = self.export("ftc"), self.feeds()["ftc"]["lastLoad"]["runId"]
        chance = random.Random(402)
        for phase in ("reading", "taking") * MOMENTS:
            share = chance.random()
            while not self.kill_at(file, phase, share * phases[phase]):
                # Done sooner than the undisturbed one: back to what was there, and killed earlier.
                newest = self.loaded(column(old), "ftc", "replace", "--approve")["runId"]
                share /= 2
            with self.subTest(phase=phase):
                self.assertSame(self.export("ftc"), before)
                told = self.feeds()["ftc"]
                self.assertEqual((told["numbers"], told["lastLoad"]["runId"]), (len(before), newest))
        whole = self.load(file, "ftc", "replace", "--source", "REGULATORY", deadline=1800)
        counts = {"rows": ROWS, "rejected": len(BAD), "numbers": len(chosen), "before": len(before), "unchanged": False}
        self.assertLoad(whole, 3, **counts)
        self.assertSame(self.export("ftc"), chosen)
        self.assertEqual(self.kinds(self.state), self.kinds(self.directory / "other"), "something was left behind")
        # Of a load that was killed when its rejects were whole the file stays: it is whole.
        for rejects in (self.state / "rejects").iterdir():
            self.assertEqual(len(rejects.read_bytes().splitlines()), 1 + len(BAD), rejects)
        size, undisturbed = self.bytes(self.state), self.bytes(self.directory / "other")
        self.assertLess(size, 1.5 * undisturbed + 2_000_000)
        print(f"\nload: {ROWS:,} rows, killed {2 * MOMENTS} times; {phases}; {size:,} bytes, undisturbed {undisturbed:,}", flush=True)

    def undisturbed(self, file):
        """How long each phase of the load takes, from a state directory of its own."""
        process = self.begin(file, self.directory / "other")
        marks = {}
        for line in process.stderr:
            for phase in ("reading", "taking"):
                if line.startswith(phase.encode()):
                    marks.setdefault(phase, time.monotonic())
        process.stdout.read()
        self.assertEqual(process.wait(), 3)
        return {"reading": marks["taking"] - marks["reading"], "taking": time.monotonic() - marks["taking"]}

    def begin(self, file, state):
        words = ("load", file, "--feed", "ftc", "--mode", "replace", "--source", "REGULATORY", "--state", state)
        process = self.start(*words)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def kill_at(self, file, phase, seconds):
        """Kills a load so long after it began this phase; whether it was alive until then."""
        process = self.begin(file, self.state)
        while line := process.stderr.readline():
            if line.startswith(phase.encode()):
                break
        self.assertTrue(line, f"never came to {phase}")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL

    @staticmethod
    def kinds(state):
        """The files of a state directory, all rejects files being one."""
        names = {str(path.relative_to(state)) for path in state.rglob("*") if path.is_file()}
        return {re.sub(r"^rejects/\d+T\d+Z-[0-9a-f]{8}\.csv$", "rejects/RUN.csv", name) for name in names}

    @staticmethod
    def bytes(state):
        return sum(path.stat().st_size for path in state.rglob("*") if path.is_file())


class ApplyKilled(Feeding):
    """35,000 numbers, of which 30,000 are replaced by 5,000 others: four calls remove. Under admin as many, of fewer numbers."""

    def setUp(self):
        super().setUp()
        self.server = Tenant(self)
        chosen, some = numbers(alike(40_000), seed=403), alike(5_000)
        self.gone, self.both, self.fresh = chosen[: -2 * some], chosen[-2 * some : -some], chosen[-some:]
        self.loaded(registry([*self.gone, *self.both]), "ftc", "replace")
        self.take("ftc")
        self.assertApplied(self.apply(), successes=len(self.gone) + len(self.both))
        self.loaded(registry([*self.both, *self.fresh]), "ftc", "replace", "--approve", absent=len(self.gone))

    def kill_in_removal(self, call, applied):
        """Kills `apply` in the call that removes, the first being 1: before it is applied, or when it just was."""
        process = self.start("apply", "--campaign", CAMPAIGN, "--approve", "--state", self.state, server=self.server)
        seen = 0

        def interrupt(method, path):
            nonlocal seen
            seen += method == "DELETE" and is_items(path)
            if seen == call and not applied:
                process.kill()
                return 0, [], b""
            return None

        def delay():
            # Or a later one, where several were taken before the first answer left.
            if seen >= call and applied:
                process.kill()
            return 0

        self.server.interrupt, self.server.delay = interrupt, delay
        outcome = finish(process, None, 60)
        self.server.interrupt = self.server.delay = None
        # Several calls are on their way at a time: a killed run may have left fewer of them to the next one.
        ended = outcome.code == 0 and seen < call
        self.assertTrue(outcome.code == -signal.SIGKILL or ended, (outcome.code, seen, outcome.stderr))

    def test_killed_while_numbers_leave_and_resumed(self):
        for call, applied in ((1, False), (1, True), (2, True)):
            self.kill_in_removal(call, applied)
            self.assertSafe()
        resumed = self.dncsync("resume")
        self.assertExit(resumed, 0)
        self.assertDone()

    def test_killed_while_numbers_leave_and_applied_again(self):
        self.kill_in_removal(2, False)
        self.assertSafe()
        self.assertExit(self.apply("--approve"), 0)
        self.assertDone()

    def test_claimed_again_before_numbers_leave(self):
        report = self.claimed_again_at("POST")
        self.assertEqual(report["removals"]["kept"], len(self.gone), report)
        self.assertEqual(self.server.calls.removals(), [])

    def test_claimed_again_while_numbers_leave(self):
        """What is on its way leaves, and is listed again by the next run."""
        self.claimed_again_at("DELETE")

    def claimed_again_at(self, call):
        """All numbers that leave are claimed again, by another feed, in the first such call of the run that removes them."""
        again, loads = self.path("again.csv", column(self.gone)), []
        self.loaded(column(self.both[:1]), "optouts")
        self.take("ftc,optouts")

        def interrupt(method, path):
            if method == call and is_items(path) and not loads:
                loads.append(self.load(again, "optouts"))
            return None

        self.server.interrupt = interrupt
        report = self.assertApplied(self.apply("--approve"), removals={"planned": len(self.gone), "pending": 0})
        self.server.interrupt = None
        self.assertLoad(loads[0], 0, claimed=len(self.gone))
        self.assertSame({*self.listed(), *self.server.named(LIST).removed()}, [*self.gone, *self.both, *self.fresh])
        self.assertExit(self.apply(), 0)
        self.assertSame(self.listed(), [*self.gone, *self.both, *self.fresh])
        self.assertPlan(self.plan(), additions=0, removals=0)
        return report

    def assertSafe(self):
        """What both files name never left, and what is new came before anything left."""
        listed = set(self.listed())
        self.assertSame(listed & {*self.both, *self.fresh}, [*self.both, *self.fresh])
        self.assertEqual(self.server.named(LIST).removed() - set(self.gone), set())

    def assertDone(self):
        self.assertSafe()
        self.assertSame(self.listed(), [*self.both, *self.fresh])
        self.assertPlan(self.plan(), additions=0, removals=0, underWay=0, foreign=0)
        self.assertExit(self.dncsync("verify", "--campaign", CAMPAIGN), 0)
        self.assertFeed("ftc", [*self.both, *self.fresh])
