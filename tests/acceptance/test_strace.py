"""The same by other means: the kernel's own list of calls says that the shim misses none, and kills a few times itself."""

import collections
import re
import shutil
import subprocess
import unittest

from house import House

from crash import shim
from crash.worlds import Crossroads

# Everything that could change a file or leave by a socket, but making one, whether the shim knows it or not.
TRACED = {
    "W": "write pwrite64 writev pwritev pwritev2",
    "N": "sendto sendmsg sendmmsg",
    "S": "fsync fdatasync sync_file_range",
    "T": "ftruncate truncate fallocate",
    "R": "rename renameat renameat2",
    "L": "link linkat",
    "U": "unlink unlinkat rmdir",
    "M": "mkdir mkdirat",
    "P": "chmod fchmod fchmodat",
    "?": "copy_file_range sendfile splice io_uring_enter",
}
KINDS = {call: op for op, calls in TRACED.items() for call in calls.split()}
SAMPLE = (("pwrite64", 40), ("pwrite64", 110), ("pwrite64", 170), ("fsync", 15), ("fsync", 25), ("writev", 2), ("unlink", 2), ("rename", 1))


class Strace(House):
    @classmethod
    def setUpClass(cls):
        cls.library = shim.build(cls)
        cls.strace = shutil.which("strace")
        # Some machines have it and forbid it.
        if cls.strace is None or subprocess.run([cls.strace, "-o", "/dev/null", "true"], capture_output=True).returncode:
            raise unittest.SkipTest("strace is not there, or not allowed")

    def setUp(self):
        super().setUp()
        self.crossroads = Crossroads(self, self.library)

    def test_the_shim_sees_every_call(self):
        world = self.crossroads.world()
        seen, journal = world.directory / "strace", world.directory / "journal"
        under = (self.strace, "-f", "-y", "-o", seen, "-e", "trace=" + ",".join(KINDS))
        world.check(world.run(shimmed=True, journal=journal, under=under))
        # Opening a file that is there is no change, and strace cannot tell: what is made is left out.
        self.assertEqual(
            collections.Counter(call.op for call in shim.read(journal) if call.op != "C"),
            collections.Counter(filter(None, map(self.kind, seen.read_text().splitlines()))),
        )

    @staticmethod
    def kind(line):
        """What a line of strace's is, where it is below the root or goes to a socket."""
        found = re.match(r"\d+ +(\w+)\((.*)", line)
        if found is None or found[1] not in KINDS:
            return None
        op, target = KINDS[found[1]], found[2].split(", ")[0]
        if op == "W" and re.search(r"<(socket|TCP|UNIX)", target):
            return "N"
        return op if op == "N" or "/disk" in found[2] else None

    def test_killed_by_strace(self):
        for call, number in SAMPLE:
            with self.subTest(call=call, number=number):
                world = self.crossroads.world()
                under = (self.strace, "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}")
                self.assertEqual(world.run(under=under).code, -9)
                world.go_on()
                world.forget()
