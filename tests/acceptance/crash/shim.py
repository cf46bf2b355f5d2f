"""shim.c, built and loaded: the binary itself is not changed."""

import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from typing import NamedTuple

SOURCE = pathlib.Path(__file__).with_name("shim.c")
HEAD = struct.Struct("<IiQqIIII")
WRITES = ("W", "N")


class Call(NamedTuple):
    """One call that changed something outside of the process. `end`: where its record ends in the journal."""

    op: str
    failed: bool
    inode: int
    offset: int
    path: str
    other: str
    data: bytes
    end: int


def build(house):
    """The shim's path. Skips the tests of the class where it cannot be had."""
    if not sys.platform.startswith("linux"):
        raise unittest.SkipTest("killing at every call needs LD_PRELOAD as Linux has it")
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise unittest.SkipTest("killing at every call needs a C compiler")
    directory = tempfile.mkdtemp(prefix="dncsync-shim-")
    house.addClassCleanup(shutil.rmtree, directory, ignore_errors=True)
    library = pathlib.Path(directory, "shim.so")
    # What a distribution fortifies by default would go past the names that the shim takes over.
    flags = ("-shared", "-fPIC", "-O1", "-U_FORTIFY_SOURCE", "-o")
    subprocess.run([compiler, *flags, library, SOURCE, "-ldl", "-lpthread"], check=True)
    return library


def environment(library, root, kill_at=0, half=False, journal=None):
    """What makes a process count, die and tell."""
    ours = {"LD_PRELOAD": library, "CRASH_ROOT": root, "CRASH_KILL_AT": kill_at, "CRASH_HALF": int(half)}
    if journal is not None:
        ours["CRASH_JOURNAL"] = journal
    return {name: str(value) for name, value in ours.items()}


def read(journal):
    """The calls of a journal, in their order."""
    found, content, at = [], pathlib.Path(journal).read_bytes(), 0
    while at < len(content):
        op, failed, inode, offset, path, other, data, _ = HEAD.unpack_from(content, at)
        at += HEAD.size
        pieces = []
        for length in (path, other, data):
            pieces.append(content[at : at + length])
            at += length
        path, other = (os.fsdecode(piece) for piece in pieces[:2])
        found.append(Call(chr(op), bool(failed), inode, offset, path, other, pieces[2], at))
    return found
