"""What dncsync hands out as evidence holds before tools that dncsync did not write, and a lie in it does not."""

import base64
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from pymerkle import InmemoryTree

from house import LIST, ROOT, House
from inputs import made, numbers, plain
from tenants import Tenant

CHECK_PACK = ROOT / "docs" / "check_pack.py"
OUTSIDE = ROOT / "tests" / "outside"
GO = shutil.which("go")
# Where Debian's golang-golang-x-mod-dev puts its source. Elsewhere Go fetches the version that go.mod pins.
GO_SOURCE = pathlib.Path("/usr/share/gocode")
# Go's tiles have 256 hashes: a tree of more has a full one, and a second level.
TILE = 256


class Outside(House):
    """Three runs, a change of keys after the second, and what somebody takes away from that."""

    def setUp(self):
        super().setUp()
        self.tenant = Tenant(self)
        self.chosen = numbers(40, seed=81)
        self.assertReport(self.ingest(self.path("a.csv", plain(self.chosen)), server=self.tenant), 0)
        dirty = self.path("b.csv", made(60, 0.1, 0.1, seed=82).content)
        self.assertReport(self.ingest(dirty, server=self.tenant), 3, rejected=6)
        self.assertExit(self.dncsync("audit", "rotate"), 0)
        few = self.path("c.csv", plain(numbers(3, seed=83), "CUSTOMER_REQUEST"))
        self.assertReport(self.ingest(few, server=self.tenant), 0, successes=3)
        self.sealed, self.shown = self.export("sealed"), self.export("shown", "--with-numbers")
        self.keys = (self.sealed / "key.txt").read_text().split()
        self.key = self.keys[-1]

    def dncsync(self, *arguments):
        return self.run_command(*arguments, "--state", self.state)

    def export(self, name, *how):
        pack = self.path(name)
        self.assertExit(self.dncsync("audit", "export", pack, *how), 0)
        return pack

    def prove(self, name, number):
        """The file that a proof of a number, or a statement, was written to."""
        outcome = self.dncsync("prove", number, "--list", LIST)
        self.assertExit(outcome, 0)
        return self.path(name, outcome.stdout)

    def verify(self, pack, key=None):
        return self.dncsync("audit", "verify", "--from", pack, "--key", key or self.key, "--json")

    def check_pack(self, pack, key=None):
        command = [sys.executable, CHECK_PACK, pack, key or self.key]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def go(self, pack, proof):
        command = [built(), pack, proof, *self.keys]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def tell(self, pack, file, lie):
        """A copy of a pack in which this file is what the lie makes of it, or missing."""
        told = self.path(f"told-{len(list(self.directory.glob('told-*')))}")
        shutil.copytree(pack, told)
        if lie is None:
            (told / file).unlink()
            return told
        content = (told / file).read_bytes()
        (told / file).write_bytes(lie(content))
        self.assertNotEqual((told / file).read_bytes(), content)
        return told

    def assertHolds(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)


class Evidence(Outside):
    def test_both_kinds_of_pack_hold_under_each_key(self):
        for pack in (self.sealed, self.shown, self.export("run", "--run", self.last_run())):
            for key in self.keys:
                with self.subTest(pack=pack.name, key=key):
                    self.assertExit(self.verify(pack, key), 0)
                    done = self.check_pack(pack, key)
                    self.assertHolds(done)
                    self.assertEqual(len(done.stdout.splitlines()), 1, done.stdout)

    def test_some_items_shown_and_some_not(self):
        # As after an erasure: what is left of an item is its hash.
        for file in (self.shown / "items").iterdir():
            hashes = (self.sealed / "items" / file.name).read_text().splitlines(keepends=True)
            file.write_text("".join([hashes[0], *file.read_text().splitlines(keepends=True)[1:]]))
        self.assertExit(self.verify(self.shown), 0)
        self.assertHolds(self.check_pack(self.shown))

    def last_run(self):
        return self.database().execute("SELECT id FROM run ORDER BY rowid DESC").fetchone()[0]

    def test_a_key_of_somebody_else_is_not_taken(self):
        self.state = self.directory / "other"
        self.assertExit(self.dncsync("load", self.path("a.csv"), "--feed", "house"), 0)
        key = self.dncsync("audit", "key").stdout.strip()
        self.assertExit(self.verify(self.sealed, key), 7)
        self.assertEqual(self.check_pack(self.sealed, key).returncode, 1)

    def test_lies(self):
        item = sorted((self.sealed / "items").iterdir())[0].name
        tile, bundle = (sorted((self.sealed / "tile" / kind).rglob("*"))[-1] for kind in ("0", "entries"))
        tile, bundle = tile.relative_to(self.sealed), bundle.relative_to(self.sealed)
        first, second, *_, newest = notes(self.sealed)
        root = first.split(b"\n")[2]
        # The file is named; where a lie shows in another one only, that one says what is wrong.
        lies = {
            "a figure changed": (self.sealed, "log.jsonl", put(b'"rows":60', b'"rows":61')),
            "a byte changed that no sum knows": (self.sealed, "log.jsonl", put(b'"latencyMs":', b'"latencyMs":1'), "of the log"),
            "a line dropped": (self.sealed, "log.jsonl", lines(lambda rows: rows.pop(4))),
            "the last line dropped": (self.sealed, "log.jsonl", lines(list.pop), "lines were cut off"),
            "a line twice": (self.sealed, "log.jsonl", lines(lambda rows: rows.append(rows[-1]))),
            "two lines swapped": (self.sealed, "log.jsonl", lines(lambda rows: rows.insert(4, rows.pop(5)))),
            "a number changed": (self.shown, f"items/{item}", put(b" +1", b" +2")),
            "a space moved": (self.shown, f"items/{item}", move_space),
            "an item dropped": (self.sealed, f"items/{item}", lines(list.pop)),
            "an item's hash changed": (self.sealed, f"items/{item}", put(b"a", b"b")),
            "a batch left out": (self.sealed, f"items/{item}", None),
            "a checkpoint dropped": (self.sealed, "checkpoints.txt", put(second, b""), "none that is here"),
            "the newest checkpoint dropped": (self.sealed, "checkpoints.txt", put(newest, b"")),
            "a root changed": (self.sealed, "checkpoints.txt", put(root, base64.b64encode(bytes(32)))),
            "an older one as the newest": (self.sealed, "checkpoint", lambda _: second[:-1]),
        }
        # What the forty lines of Python leave to others.
        unseen = {
            "a key added": (self.sealed, "key.txt", lines(lambda rows: rows.append(rows[0]))),
            "a proof changed": (self.sealed, "consistency.jsonl", put(b'"from":', b'"from":1')),
            "a tile changed": (self.sealed, str(tile), flip),
            "a bundle changed": (self.sealed, str(bundle), flip),
        }
        for name, (pack, file, lie, *words) in (lies | unseen).items():
            with self.subTest(name):
                told = self.tell(pack, file, lie)
                outcome = self.verify(told)
                self.assertExit(outcome, 7)
                for word in words or [file]:
                    self.assertIn(word, outcome.stdout)
                done = self.check_pack(told)
                if name in unseen:
                    self.assertHolds(done)
                else:
                    self.assertEqual(done.returncode, 1, done.stdout)
                    self.assertRegex(done.stderr, r"\Adoes not hold: .+\n\Z")

    def test_a_proof_holds_and_a_changed_one_does_not(self):
        said = {
            "proof.json": (self.chosen[7], [b'"salt":"', b'"root":"', b'"path":["', b'{\\"seq\\":', b'"checkpoint":"dncsync-']),
            "statement.json": ("+12025550199", [b"not a proof\\ndncsync-", b'{\\"seq\\":', b'"path":["', b'"checkpoint":"dncsync-']),
        }
        for name, (number, parts) in said.items():
            file = self.prove(name, number)
            content = file.read_bytes()
            self.assertLess(len(content), 10_000)
            for key in self.keys:
                self.assertExit(self.dncsync("audit", "check", file, "--key", key), 0)
            # A byte after each of these, and one of the last signature.
            places = [content.index(part) + len(part) for part in [number[:-1].encode(), *parts]]
            for at in (*places, len(content) - 10):
                with self.subTest(file=name, byte=at):
                    file.write_bytes(flip(content, at))
                    self.assertExit(self.dncsync("audit", "check", file, "--key", self.key), 7)

    def test_pymerkle_comes_to_the_same_roots(self):
        log = tree((self.sealed / "log.jsonl").read_bytes().splitlines())
        for note in notes(self.sealed):
            _, size, root, *_ = note.decode().split("\n")
            self.assertEqual(base64.b64encode(log.get_state(int(size))).decode(), root)
        for file in (self.shown / "items").iterdir():
            items = [line.split() for line in file.read_text().splitlines()]
            root = tree(bytes.fromhex(salt) + (number + source).encode() for salt, number, source in items).get_state()
            self.assertEqual(root.hex(), file.name)


@unittest.skipUnless(GO, "go is not installed: Go's own checks are left out (apt-get install golang-go golang-golang-x-mod-dev)")
class GoChecks(Outside):
    def test_go_takes_pack_and_proof(self):
        # More than a tile of events, with a checkpoint after each: proofs of all shapes.
        file = self.path("few.txt", "\n".join(numbers(3, seed=84)))
        for _ in range(TILE + 20 - len(self.audit().read_bytes().splitlines())):
            self.assertExit(self.dncsync("load", file, "--feed", "house"), 0)
        pack, proof = self.export("tall"), self.prove("proof.json", self.chosen[7])
        done = self.go(pack, proof)
        self.assertHolds(done)
        self.assertIn(f"{TILE + 20} records", done.stdout)
        self.assertExit(self.verify(pack), 0)
        self.assertHolds(self.check_pack(pack))
        for file in ("tile/0/000", "tile/0/001.p/20", "tile/1/000.p/1", "tile/entries/000", "consistency.jsonl", "checkpoint"):
            with self.subTest(changed=file):
                self.assertEqual(self.go(self.tell(pack, file, flip), proof).returncode, 1)
        proof.write_text(proof.read_text().replace(self.chosen[7], self.chosen[8]))
        self.assertEqual(self.go(pack, proof).returncode, 1)


@functools.cache
def built():
    """The Go program, built where builds lie."""
    target = ROOT / "target" / "go"
    program = target / "outside"
    env = os.environ | {"GOCACHE": str(target / "cache"), "GOPATH": str(target / "path"), "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local"}
    if (GO_SOURCE / "src" / "golang.org" / "x" / "mod").is_dir():
        env |= {"GO111MODULE": "off", "GOPATH": str(GO_SOURCE)}
    subprocess.run([GO, "build", "-o", program, "main.go"], cwd=OUTSIDE, env=env, check=True)
    return program


def tree(leaves):
    """The tree of RFC 6962 as pymerkle has it."""
    made_of = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        made_of.append_entry(leaf)
    return made_of


def notes(pack):
    """The checkpoints of a pack, each with the empty line after it."""
    return re.findall(rb"(?:.+\n){3}\n.+\n\n", (pack / "checkpoints.txt").read_bytes())


def put(old, new):
    """A lie: something else, the first time that it stands there."""
    return lambda content: content.replace(old, new, 1)


def lines(change):
    """A lie about whole lines."""

    def lie(content):
        rows = content.splitlines(keepends=True)
        change(rows)
        return b"".join(rows)

    return lie


def move_space(content):
    """A lie: what is hashed stays the same, and the number is another one."""
    return re.sub(rb"(\d) ([A-Z])", rb" \1\2", content, count=1)


def flip(content, at=20):
    """A lie: one bit."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
