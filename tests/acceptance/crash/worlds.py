"""Small worlds: an input of which every row's fate is known, a list, an aggregator, a state directory.

All worlds of a test have one address, because what dncsync believes of a list hangs on the address: a world that is
built again must be met at the same one. The client's secret tells them apart.
"""

import base64
import copy
import csv
import hashlib
import itertools
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time

from house import BINARY, CAMPAIGN, LIST, Outcome, Server, hang_up, respond
from inputs import numbers
from profiles import TOKEN, account, is_items
from tenants import Tenant

from crash import shim

ACCEPTED = numbers(25, seed=71)
REFUSED = numbers(26, seed=72)[-1]
LISTED_BEFORE = ACCEPTED[:7] + numbers(9, seed=73)
BAD = ("hello", "+999123456789")
ROWS = len(ACCEPTED) + 1 + 1 + len(BAD)
# The store keeps the path of a rejects file: a state directory that is built again must lie at the same path. This one
# means another directory in each process.
STATE = "/proc/self/cwd/disk/state"
SECRET = "acceptance-secret-"
# Nothing else may be left in a state directory once a run is finished.
KNOWN = {"dncsync.db", "dncsync.db-wal", "dncsync.db-shm", "dnc_ingestion_audit.jsonl", "opening.lock", "rejects", "token"}
KNOWN |= {"audit.key", "checkpoint"}
KEPT_TOKEN = re.compile(r"token-[0-9a-f]{16}")
# The ways of going on after a crash: what is said to dncsync.
SAME_COMMAND, RESUME = "the same command", "resume"
WAYS = (SAME_COMMAND, RESUME)


def content():
    """Good rows, a repeated one, bad ones, and one that the server will not take."""
    rows = [(number, "MANUAL", "") for number in ACCEPTED]
    rows[3:3] = [(BAD[0], "MANUAL", ""), (REFUSED, "REGULATORY", "not wanted")]
    rows[20:20] = [(ACCEPTED[0], "SYSTEM", "again"), (BAD[1], "MANUAL", "")]
    return "phone_number,source_type,notes\n" + "".join(",".join(row) + "\n" for row in rows)


def note(checkpoint):
    """Size and root."""
    _, size, root, *_ = checkpoint.split("\n")
    return int(size), base64.b64decode(root)


def tree(leaves):
    """RFC 6962, 2.1: the root over these lines."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:left]) + tree(leaves[left:])).digest()


class Crossroads(Server):
    """One address for all worlds."""

    def __init__(self, house, library):
        self.house, self.library, self.worlds = house, library, {}
        self._ids = itertools.count(1)
        # In memory where it can be: a killed process loses nothing of what it wrote, on whatever disk.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="dncsync-crash-", dir=memory))
        house.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.file = self.directory / "input.csv"
        self.file.write_text(content())
        super().__init__()
        house.addCleanup(self.stop)

    def world(self, **more):
        made = World(self, next(self._ids), **more)
        self.worlds[made.key] = made
        return made

    def answer(self, request, body):
        path = request.path
        if request.command == "POST" and len(body) != int(request.headers.get("Content-Length", -1)):
            # Who sent it died halfway.
            hang_up(request)
        elif path.startswith("/webhooks/"):
            self.worlds[int(path.rsplit("/", 1)[1])].told(request, body)
        elif path == TOKEN:
            world = re.search(rf"{SECRET}(\d+)", body.decode())[1]
            self.worlds[int(world)].tenant.answer(request, body)
        else:
            # Tokens are numbered, a thousand to each world.
            token = request.headers["Authorization"].rsplit("-", 1)[1]
            self.worlds[int(token) // 1_000].tenant.answer(request, body)


class Remote(Tenant):
    """The tenant of one world. Keeps what it held after each change, and how long the journal was just before."""

    def __init__(self, world, house):
        self.world, self.past = world, []
        super().__init__(house, lag=0.0, refused={REFUSED}, secret=world.secret)
        self._ids = itertools.count(world.key * 1_000)

    def listen(self):
        """The crossroads do."""

    def stop(self):
        pass

    def _decide(self, request, url, body, at):
        before = self.world.journal_length()
        decided = super()._decide(request, url, body, at)
        if request.command == "POST" and url.path != TOKEN:
            self.past.append((before, copy.deepcopy(self.lists)))
        return decided

    def as_it_was(self, length):
        """The lists when the journal was that long."""
        kept = [lists for before, lists in self.past if before <= length]
        return copy.deepcopy(kept[-1] if kept else [])


class World:
    """One input on its way into one list, as often as it takes."""

    def __init__(self, crossroads, key, listed=()):
        self.crossroads, self.key, self.house = crossroads, key, crossroads.house
        self.secret = f"{SECRET}{key}"
        self.directory = crossroads.directory / f"world-{key}"
        # A directory that is not there yet, either: making it is part of the story.
        self.root = self.directory / "disk"
        self.root.mkdir(parents=True)
        self.state = self.root / "state"
        self.journal, self.hooks, self.listed = None, [], set(listed)
        self.tenant = Remote(self, self.house)
        if listed:
            self.tenant.add_list(LIST, numbers=listed)
            self.tenant.past.append((0, copy.deepcopy(self.tenant.lists)))

    def journal_length(self):
        return os.path.getsize(self.journal) if self.journal and self.journal.exists() else 0

    def told(self, request, body):
        self.hooks.append((self.journal_length(), request.headers["webhook-id"], body))
        respond(request, 204)

    def run(self, way=SAME_COMMAND, shimmed=False, kill_at=0, half=False, journal=None, under=(), deadline=60):
        """One process, to its end or to its death. `under`: a command that starts it."""
        if journal:
            self.journal = journal
        command = {SAME_COMMAND: ["ingest", self.crossroads.file, "--campaign", CAMPAIGN], RESUME: ["resume"]}[way]
        words = [*command, "--state", STATE, "--rate", 0, "--json"]
        url = self.crossroads.url
        environment = account(url, self.secret) | {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.directory),
            "AGGREGATOR_WEBHOOK": f"{url}/webhooks/{self.key}",
            "AGGREGATOR_WEBHOOK_SECRET": "a plain text of more than 24 bytes",
        }
        if shimmed:
            environment |= shim.environment(self.crossroads.library, self.root, kill_at, half, journal)
        began = time.monotonic()
        done = subprocess.run(
            [str(word) for word in (*under, BINARY, *words)],
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=deadline,
        )
        return Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - began, 0.0)

    def forget(self):
        """A world that was good is not kept."""
        shutil.rmtree(self.directory, ignore_errors=True)
        del self.crossroads.worlds[self.key]

    def go_on(self, way=SAME_COMMAND, again=True):
        """What a person does after a crash, and all that must be true afterwards."""
        outcome = self.run(way)
        if way == RESUME:
            # Where it died before its rows were durable, nothing is unfinished; only the command knows the file.
            runs = json.loads(outcome.stdout)["runs"]
            outcome = outcome._replace(stdout=json.dumps(runs[0])) if runs else self.run()
        self.check(outcome)
        if again:
            self.check_again()

    def check(self, outcome):
        """The whole visible result of a run that nothing interrupted."""
        house, lists = self.house, self.tenant.lists
        report = house.assertReport(outcome, 3, totalItems=ROWS, rejected=len(BAD), refused=1, duplicatesInInput=1)
        house.assertEqual(report["successes"] + report["alreadyListed"], len(ACCEPTED), report)
        house.assertEqual([one.name for one in lists], [LIST])
        house.assertEqual(set(lists[0].items), set(ACCEPTED) | self.listed)
        house.assertEqual(report["webhooks"]["pending"], 0, report)
        database = sqlite3.connect(self.state / "dncsync.db")
        try:
            self._check_store(database, report)
        finally:
            database.close()
        self._verify()
        names = (path.name for path in self.state.iterdir() if path.suffix != ".lock")
        house.assertLessEqual({"token" if KEPT_TOKEN.fullmatch(name) else name for name in names}, KNOWN)
        house.assertEqual([path.name for path in self.state.rglob("*.part")], [])

    def _check_store(self, database, report):
        house = self.house
        house.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        runs = dict(database.execute("SELECT id, stage FROM run"))
        house.assertIn(report["runId"], runs)
        house.assertEqual(set(runs.values()), {"finished"})
        stored = [tuple(row) for row in database.execute("SELECT seq, line FROM event ORDER BY seq")]
        house.assertEqual((self.state / "dnc_ingestion_audit.jsonl").read_text(), "".join(line + "\n" for _, line in stored))
        events = [json.loads(line) for _, line in stored]
        house.assertEqual([seq for seq, _ in stored], list(range(1, len(stored) + 1)))
        house.assertEqual([event["seq"] for event in events], list(range(1, len(stored) + 1)))
        ends = [event for event in events if event["eventType"] == "DNC_INGESTION"]
        house.assertEqual(sorted(end["runId"] for end in ends), sorted(runs), "one record of each run")
        new = set(ACCEPTED) - self.listed
        house.assertEqual(sum(end["successes"] for end in ends), len(new), "each number is a success once")
        batches = sorted(database.execute("SELECT run, seq FROM batch"))
        house.assertEqual(database.execute("SELECT count(*) FROM batch WHERE settled_at IS NULL").fetchone(), (0,))
        settled = sorted((event["runId"], event["batch"]) for event in events if event["eventType"] == "batch.settled")
        house.assertEqual(settled, batches, "each batch is settled once")
        self._check_hooks(database, batches)
        self._check_shown(database)
        newest = self._check_end(database, report["runId"])
        house.assertEqual((self.state / "checkpoint").read_text(), newest)
        for run in runs:
            self._check_rejects(run)

    def _check_hooks(self, database, batches):
        house = self.house
        hooks = list(database.execute("SELECT run, batch, id, body, delivered_at FROM webhook"))
        house.assertEqual(sorted(hook[:2] for hook in hooks), batches, "one webhook for each batch")
        house.assertTrue(all(hook[4] for hook in hooks), hooks)
        # As often as it takes, but always the same: who keeps ids takes each once.
        house.assertEqual({(id_, body.encode()) for _, _, id_, body, _ in hooks}, {hook[1:] for hook in self.hooks})

    def check_left(self, reported=None):
        """What a power cut left, before anything makes it good: all that was shown of the log is still there; and where a run was
        reported, its end."""
        if not self.hooks and not reported:
            return
        copy = self.directory / "copy"
        shutil.copytree(self.state, copy)
        database = sqlite3.connect(copy / "dncsync.db")
        try:
            self._check_shown(database)
            if reported:
                self._check_end(database, reported)
        finally:
            database.close()
            shutil.rmtree(copy)

    def _check_shown(self, database):
        """A webhook carries a checkpoint: the log begins as it says, and has settled the batch by then."""
        lines = [line for line, in database.execute("SELECT line FROM event ORDER BY seq")]
        for _, id_, body in self.hooks:
            told = json.loads(body)
            size, root = note(told["checkpoint"])
            self.house.assertLessEqual(size, len(lines), "events are gone that somebody was shown a checkpoint of")
            self.house.assertEqual(tree([line.encode() for line in lines[:size]]), root)
            [(run, batch)] = database.execute("SELECT run, batch FROM webhook WHERE id = ?", (id_,))
            settled = [
                event["seq"]
                for event in map(json.loads, lines)
                if event["eventType"] == "batch.settled" and (event["runId"], event["batch"]) == (run, batch)
            ]
            self.house.assertTrue(settled and settled[0] <= size, (settled, size))

    def _check_end(self, database, run):
        """What was reported as finished is in the log, under a checkpoint."""
        events = [json.loads(line) for line, in database.execute("SELECT line FROM event ORDER BY seq")]
        [end] = [event["seq"] for event in events if event["eventType"] == "DNC_INGESTION" and event["runId"] == run]
        [(newest,)] = database.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        self.house.assertGreaterEqual(note(newest)[0], end)
        return newest

    def _verify(self):
        """The record is checked by the code that did not write it."""
        command = [BINARY, "audit", "verify", "--state", STATE]
        done = subprocess.run(command, cwd=self.directory, env={}, capture_output=True, text=True, timeout=60)
        self.house.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def _check_rejects(self, run):
        with open(self.state / "rejects" / f"{run}.csv", newline="") as file:
            rows = [(row["phone_number"], row["code"]) for row in csv.DictReader(file)]
        phones = [phone for phone, _ in rows]
        self.house.assertEqual(sorted(phones), sorted([*BAD, REFUSED]), rows)
        self.house.assertEqual([phone for phone, code in rows if code == "server.refused"], [REFUSED], rows)

    def check_again(self):
        """Once more: all is known, nothing is sent but what was refused."""
        before, held = len(self.tenant.calls), dict(self.tenant.lists[0].items)
        outcome = self.run()
        self.house.assertReport(outcome, 3, successes=0, alreadyListed=len(ACCEPTED), refused=1)
        sent = [call.items for call in self.tenant.calls[before:] if call.method == "POST" and is_items(call.path)]
        self.house.assertEqual(sent, [1])
        self.house.assertEqual(self.tenant.lists[0].items, held)
