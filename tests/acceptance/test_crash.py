"""Killed at each write, sync and send in turn, and started again: nothing is lost, nothing is counted twice.

DNCSYNC_LONG=1 takes every point in every way; without it every call of a first ingestion is one, and the other ways are
samples, always the same ones.
"""

import os
import random
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import NamedTuple

from house import House
from profiles import ADMIN

from crash import shim
from crash.worlds import LISTED_BEFORE, WAYS, Crossroads

LONG = os.environ.get("DNCSYNC_LONG") == "1"
# Most of the time of a world is waiting for the first look at a list.
AT_ONCE = 16
# How many of each other way the short form takes.
SAMPLE = 16


class Case(NamedTuple):
    """Where the first process dies, and maybe the second."""

    listed: tuple
    deaths: tuple  # (call, half)
    way: str
    again: bool  # whether a third run must find nothing to do

    def __str__(self):
        deaths = ", then ".join(f"{'half of' if half else 'before'} call {at}" for at, half in self.deaths)
        return f"{'a list met first' if self.listed else 'a new list'}, killed {deaths}, went on by {self.way}"


class Crash(House):
    @classmethod
    def setUpClass(cls):
        cls.library = shim.build(cls)

    def setUp(self):
        super().setUp()
        self.crossroads = Crossroads(self, self.library)

    def test_killed_at_every_call(self):
        began = time.monotonic()
        calls = {listed: self.count(listed) for listed in ((), tuple(LISTED_BEFORE))}
        cases = self.cases(calls)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            came = list(pool.map(self.one, cases))
        wrong = [told for told, _ in came if told]
        if wrong:
            self.fail(f"{len(wrong)} of {len(cases)} went wrong:\n" + "\n".join(wrong[:3]))
        killed = sum(sum(deaths) for _, deaths in came)
        # How many calls there are depends a little on what came when; the second process often has fewer.
        self.assertGreater(sum(deaths[0] for _, deaths in came), 0.95 * len(cases))
        halves = sum(any(half for _, half in case.deaths) for case in cases)
        first = sum(not case.listed and case.deaths[0][1] is False and len(case.deaths) == 1 for case in cases)
        met = sum(bool(case.listed) for case in cases)
        pairs = sum(len(case.deaths) > 1 for case in cases)
        print(
            f"\ncrash: {len(cases)} kill points ({first} of {len(calls[()])} calls of a first ingestion, {halves} half-written, "
            f"{met} on a list met first, {pairs} killed twice): {killed} processes killed, {len(wrong)} wrong, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )

    def count(self, listed):
        """The calls of a run that nobody kills."""
        world = self.crossroads.world(listed=listed)
        journal = world.directory / "journal"
        world.check(world.run(shimmed=True, journal=journal))
        world.check_again()
        return shim.read(journal)

    @staticmethod
    def cases(calls):
        chance, found = random.Random(7), []

        def some(cases):
            return cases if LONG else chance.sample(cases, min(SAMPLE, len(cases)))

        for listed, seen in calls.items():
            points = range(1, len(seen) + 1)
            before = [((at, False),) for at in points]
            halves = [((at, True),) for at in points if seen[at - 1].op in shim.WRITES]
            twice = [((chance.choice(points), chance.random() < 0.5), (chance.choice(points), chance.random() < 0.5)) for _ in points]
            deaths = [*(some(before) if listed or ADMIN else before), *some(halves), *some(twice)]
            ways = [(way, of) for of in deaths for way in WAYS] if LONG else zip(cycle(WAYS), deaths)
            found += [Case(listed, of, way, LONG or at % 4 == 0) for at, (way, of) in enumerate(ways)]
        # The long ones shall not all come last.
        chance.shuffle(found)
        return found

    def one(self, case):
        """What went wrong, and which processes died."""
        world, deaths, told = self.crossroads.world(listed=case.listed), [], []
        try:
            for at, half in case.deaths:
                outcome = world.run(shimmed=True, kill_at=at, half=half)
                told.append(outcome.stderr)
                self.assertIn(outcome.code, (-9, 3), outcome)
                deaths.append(outcome.code == -9)
            world.go_on(case.way, case.again)
            world.forget()
            return None, deaths
        except Exception:
            return f"{case}\n{''.join(told)}\n{traceback.format_exc()}", deaths or [False]
