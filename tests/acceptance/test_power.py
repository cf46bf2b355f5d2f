"""The power goes: of what was written since the last sync anything may be there, and the next run makes it good.

One ingestion is recorded, call by call; then the state directory is built as it may be after power loss at many points of
the record, with the tenant as it was at that point, and the same command is run on it. What survives is said in
crash/disk.py. DNCSYNC_LONG=1 takes every point.
"""

import os
import random
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import NamedTuple

from house import House

from crash import shim
from crash.disk import Disk
from crash.worlds import LISTED_BEFORE, SAME_COMMAND, WAYS, Crossroads, World

LONG = os.environ.get("DNCSYNC_LONG") == "1"
AT_ONCE = 16


class Case(NamedTuple):
    """A state directory as the power left it."""

    world: World
    after: int  # calls
    length: int  # of the journal by then
    left: dict
    what: str
    way: str
    again: int  # not 0: the power goes a second time, by this seed
    reported: str | None  # the run, where the process had told what became of it

    def __str__(self):
        where = "a list met first" if self.world.listed else "a new list"
        return f"{where}, power lost after call {self.after}, {self.what}{self.again and ', and lost again' or ''}, went on by {self.way}"


class Power(House):
    @classmethod
    def setUpClass(cls):
        cls.library = shim.build(cls)

    def setUp(self):
        super().setUp()
        self.crossroads = Crossroads(self, self.library)

    def test_power_lost_at_every_sync(self):
        began = time.monotonic()
        cases, syncs, calls = [], 0, 0
        for listed in ((), tuple(LISTED_BEFORE)):
            world = self.crossroads.world(listed=listed)
            journal = world.directory / "journal"
            outcome = world.run(shimmed=True, journal=journal)
            world.check(outcome)
            seen = shim.read(journal)
            calls, syncs = calls + len(seen), syncs + sum(call.op == "S" for call in seen)
            cases += self.cases(world, seen, outcome.report["runId"])
        random.Random(5).shuffle(cases)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            wrong = [told for told in pool.map(self.one, cases) if told]
        twice = sum(case.again > 0 for case in cases)
        if wrong:
            self.fail(f"{len(wrong)} of {len(cases)} went wrong:\n" + "\n".join(wrong[:3]))
        dropped = sum(case.what == "nothing unsynced kept" for case in cases)
        print(
            f"\npower: {len(cases)} states after power loss ({dropped} without and {len(cases) - dropped} with parts of what "
            f"was not synced; {twice} lost it twice) at {calls} calls, {syncs} of them syncs: {len(wrong)} wrong, {time.monotonic() - began:.0f} s",
            flush=True,
        )

    @staticmethod
    def cases(world, calls, run):
        chance, disk, found, known = random.Random(3), Disk(world.root), [], set()
        turns = cycle(WAYS)

        def add(after, what, left):
            length = calls[after - 1].end if after else 0
            # What nothing has changed since is tried once.
            state = (tuple(sorted(left.items())), str(world.tenant.as_it_was(length)))
            if state not in known:
                known.add(state)
                again = len(found) + 1 if len(found) % 5 == 0 else 0
                ways = WAYS if LONG else [next(turns)]
                reported = run if after == len(calls) else None
                found.extend(Case(world, after, length, left, what, way, again, reported) for way in ways)

        for after in range(len(calls) + 1):
            if after:
                disk.take(calls[after - 1])
            add(after, "nothing unsynced kept", disk.after_power_loss())
            # Most is at stake just before a sync.
            at_stake = after < len(calls) and calls[after].op == "S"
            some = 1 if LONG else chance.random() < (0.1 if world.listed else 0.3)
            times = 3 if at_stake and LONG else 2 if at_stake and not world.listed else int(some)
            for seed in range(times):
                left = disk.after_power_loss(random.Random(after * 10 + seed))
                add(after, f"parts of the unsynced kept, seed {seed}", left)
        return found

    def one(self, case):
        """What went wrong."""
        world = self.crossroads.world(listed=case.world.listed)
        try:
            self.build(world, case)
            world.check_left(case.reported)
            if case.again:
                world = self.lose_again(world, case)
            world.go_on(case.way, again=LONG or case.after % 4 == 0)
            world.forget()
            return None
        except Exception:
            return f"{case}\n{traceback.format_exc()}"

    @staticmethod
    def build(world, case):
        for path, content in case.left.items():
            here = world.root / os.path.relpath(path, case.world.root)
            if content is None:
                here.mkdir(mode=0o700)
            else:
                here.write_bytes(content)
        world.tenant.lists = case.world.tenant.as_it_was(case.length)
        world.tenant.past = [(0, case.world.tenant.as_it_was(case.length))]
        world.hooks = [(0, *hook[1:]) for hook in case.world.hooks if hook[0] <= case.length]

    def lose_again(self, world, case):
        """The run that makes it good loses the power, too; the world that is left then."""
        disk, chance, journal = Disk(world.root), random.Random(case.again), world.directory / "journal"
        disk.begin({str(world.root / os.path.relpath(path, case.world.root)): left for path, left in case.left.items()})
        outcome = world.run(case.way, shimmed=True, journal=journal)
        # Resuming finds nothing where the rows were not durable yet.
        self.assertIn(outcome.code, (3,) if case.way == SAME_COMMAND else (0, 3), outcome)
        calls = shim.read(journal)
        after = chance.randint(1, len(calls))
        for call in calls[:after]:
            disk.take(call)
        left = disk.after_power_loss(chance)
        second = self.crossroads.world(listed=world.listed)
        self.build(second, Case(world, after, calls[after - 1].end, left, "lost again", case.way, 0, None))
        second.check_left()
        world.forget()
        return second
