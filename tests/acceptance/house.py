"""Where a test lives: a private directory, the command as a user starts it, and the servers around it."""

import functools
import http.client
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from profiles import ADMIN, PROFILE, account, is_api, is_items, items_of
from strangers import Stranger

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("DNCSYNC_BIN", ROOT / "target" / "release" / "dncsync"))
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
CAMPAIGN = "Q4_OUTBOUND_2024"
LIST = "CAMPAIGN_DNC_" + CAMPAIGN
OUTCOMES = ("successes", "duplicates", "rejected", "refused", "unconfirmed", "pending")


class Outcome(NamedTuple):
    """What a command came to."""

    code: int
    stdout: str
    stderr: str
    seconds: float
    peak_mib: float

    @property
    def report(self):
        """The one JSON object on standard output."""
        return json.loads(self.stdout)


class House(unittest.TestCase):
    """A test with a directory of its own."""

    maxDiff = 2000

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="dncsync-acceptance-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.state = self.directory / "state"

    def path(self, name, content=None):
        """A file of this test, written where there is a content."""
        path = self.directory / name
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def environment(self, server=None, extra=None):
        # Nothing of the developer's own configuration comes in.
        ours = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("CXONE_", "DNCSYNC_", "AGGREGATOR_", "XDG_"))
        }
        ours["HOME"] = ours["XDG_STATE_HOME"] = str(self.directory)
        if ADMIN:
            ours["CXONE_PROFILE"] = PROFILE
        if server is not None:
            ours |= server.environment()
        return ours | {key: str(value) for key, value in (extra or {}).items()}

    def start(self, *arguments, server=None, env=None, stdin=subprocess.DEVNULL, prefix=()):
        return subprocess.Popen(
            [*prefix, str(BINARY), *map(str, arguments)],
            cwd=self.directory,
            env=self.environment(server, env),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run_command(self, *arguments, server=None, env=None, stdin=None, deadline=60, prefix=()):
        """Runs dncsync to its end. `stdin`: bytes, or an iterable of them."""
        began = time.monotonic()
        pipe = subprocess.DEVNULL if stdin is None else subprocess.PIPE
        process = self.start(*arguments, server=server, env=env, stdin=pipe, prefix=prefix)
        return finish(process, stdin, deadline, began)

    def ingest(self, *arguments, server=None, env=None, stdin=None, deadline=60, state=None, campaign=CAMPAIGN):
        """`dncsync ingest … --json`, into the campaign's list where no list is named."""
        target = [] if "--list" in arguments or campaign is None else ["--campaign", campaign]
        state = ["--state", state or self.state]
        return self.run_command(
            "ingest", *arguments, *target, *state, "--json", server=server, env=env, stdin=stdin, deadline=deadline
        )

    def database(self):
        """The store, to look at. Closed with the test."""
        connection = sqlite3.connect(f"file:{self.state / 'dncsync.db'}?mode=ro", uri=True)
        self.addCleanup(connection.close)
        return connection

    def audit(self):
        return self.state / "dnc_ingestion_audit.jsonl"

    def assertExit(self, outcome, code):
        self.assertEqual(outcome.code, code, f"\nstdout: {outcome.stdout[-1500:]}\nstderr: {outcome.stderr[-1500:]}")
        self.assertNotIn("panicked", outcome.stderr)

    def assertAddsUp(self, report):
        self.assertEqual(report["totalItems"], sum(report[name] for name in OUTCOMES), report)
        self.assertEqual(report["duplicates"], report["duplicatesInInput"] + report["alreadyListed"], report)
        told = report["duplicates"] + report["successes"]
        self.assertAlmostEqual(report["hitRate"], report["duplicates"] / told if told else 0, places=4)
        requests = report["requests"]
        self.assertEqual(requests["total"], requests["list"] + requests["post"] + requests["get"], report)

    def assertReport(self, outcome, code, **expected):
        """The exit status, a report that adds up, and these figures in it."""
        self.assertExit(outcome, code)
        report = outcome.report
        self.assertEqual("error" in report, code in (5, 7), report)
        self.assertAddsUp(report)
        self.assertEqual({name: report[name] for name in expected}, expected, report)
        return report

    def assertTrouble(self, outcome, code, *words):
        """One line for people on standard error, one object for programs; both say what is wrong."""
        self.assertExit(outcome, code)
        found = outcome.report
        self.assertEqual(set(found["error"]), {"code", "message", "todo"})
        self.assertTrue(all(found["error"].values()), found)
        if "totalItems" in found:
            self.assertAddsUp(found)
        lines = [line for line in outcome.stderr.splitlines() if line.strip()]
        self.assertTrue(lines, "nothing on standard error")
        for word in words:
            self.assertIn(word.lower(), lines[-1].lower(), outcome.stderr)
        return found


def finish(process, stdin, deadline, began=None):
    """Feeds, drains and waits, watching the memory."""
    began = began or time.monotonic()
    outputs = {}

    def feed():
        chunks = [stdin] if isinstance(stdin, bytes) else stdin
        try:
            for chunk in chunks:
                process.stdin.write(chunk)
            process.stdin.close()
        except BrokenPipeError:
            pass

    def drain(name, stream):
        outputs[name] = stream.read().decode(errors="replace")
        stream.close()

    threads = [
        threading.Thread(target=drain, args=("stdout", process.stdout)),
        threading.Thread(target=drain, args=("stderr", process.stderr)),
    ]
    if stdin is not None:
        threads.append(threading.Thread(target=feed))
    for thread in threads:
        thread.daemon = True
        thread.start()
    peak = 0.0
    while process.poll() is None:
        if time.monotonic() - began > deadline:
            process.kill()
            process.wait()
            threads[1].join(5)
            raise AssertionError(f"not done after {deadline} s: {process.args}\n{outputs.get('stderr', '')[-3000:]}")
        peak = max(peak, peak_mib(process.pid))
        time.sleep(0.01)
    for thread in threads:
        thread.join(10)
    return Outcome(process.returncode, outputs["stdout"], outputs["stderr"], time.monotonic() - began, peak)


def peak_mib(pid):
    """The most memory a living process ever held. Linux only; elsewhere 0."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def until(condition, deadline=30, what="it"):
    """Waits for another process. The only place that sleeps for one."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"{what} did not happen within {deadline} s")


class Sandbox:
    """`dncsync sandbox`, with a tap in front of it that sees every call."""

    def __init__(self, house, *arguments, rate=100, lag="100ms"):
        command = ["sandbox", "--profile", PROFILE, "--port", 0, "--rate", rate, "--lag", lag, *arguments]
        self.process = house.start(*command)
        self.lines = []
        house.addCleanup(self.stop)
        threading.Thread(target=self._read, args=(self.process.stdout, self.lines), daemon=True).start()
        self.errors = []
        threading.Thread(target=self._read, args=(self.process.stderr, self.errors), daemon=True).start()
        self.url = until(self._address, 20, "the sandbox's address on standard output")
        self.tap = Tap(self.url)
        house.addCleanup(self.tap.stop)

    @staticmethod
    def _read(stream, lines):
        with stream:
            for line in stream:
                lines.append(line.decode(errors="replace").rstrip("\n"))

    def _address(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the sandbox ended with {self.process.returncode}: {self.errors}")
        found = ADDRESS.search("\n".join(self.lines))
        return found and found[0]

    def environment(self):
        return account(self.tap.url)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def listed(self, name=LIST):
        """The numbers that reads of the list see, read past the tap."""
        return read_list(self.url, name)


def read_list(url, name):
    """All numbers of the list of that name, as any other client of CXone reads them."""
    with Stranger(url) as stranger:
        return stranger.read(name)


def put_into_list(url, name, numbers):
    """Numbers that somebody else puts into the list of that name, past dncsync."""
    with Stranger(url) as stranger:
        stranger.put(name, numbers)


class Call(NamedTuple):
    """One request that a server saw."""

    at: float
    method: str
    path: str
    status: int
    items: int


class Calls(list):
    """All of them, in the order of their answers."""

    def posts(self):
        return [call for call in self if call.method == "POST" and is_items(call.path)]

    def removals(self):
        return [call for call in self if call.method == "DELETE" and is_items(call.path)]

    def api(self):
        return [call for call in self if is_api(call.path)]

    def statuses(self):
        return {call.status for call in self}

    def keep_to(self, rate):
        """Whether they came as their profile has it: so many in any minute, or evenly."""
        if ADMIN:
            # One more: requests that left one after another may arrive closer together.
            return self.most_in(10) <= rate / 6 + 1
        return self.most_in(60) <= rate

    def most_in(self, seconds):
        arrivals = sorted(call.at for call in self.api())
        first = most = 0
        for last, at in enumerate(arrivals):
            while arrivals[first] <= at - seconds:
                first += 1
            most = max(most, last - first + 1)
        return most


class Server:
    """An HTTP server on a port of its own, in threads of its own. Subclasses answer."""

    def __init__(self):
        self.listen()

    def listen(self):
        house = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _handle(self):
                length = int(self.headers.get("Content-Length") or 0)
                house.answer(self, self.rfile.read(length))

            do_GET = do_POST = do_DELETE = do_PUT = _handle

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=functools.partial(self._server.serve_forever, 0.05), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request, body):
        raise NotImplementedError


def respond(request, status, body=b"", headers=()):
    """The whole answer in one write."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), *headers]
    request.send_response_only(status)
    for name, value in [*headers, ("Content-Length", len(body))]:
        request.send_header(name, str(value))
    request._headers_buffer.append(b"\r\n" + body)
    request.flush_headers()


def hang_up(request):
    request.close_connection = True
    request.connection.close()


class Tap(Server):
    """Passes everything on, as it is, and keeps count."""

    def __init__(self, upstream):
        self._upstream = urllib.parse.urlsplit(upstream).netloc
        self._local = threading.local()
        self.calls = Calls()
        self.arrived_posts = 0
        self._lock = threading.Lock()
        super().__init__()

    def answer(self, request, body):
        at = time.monotonic()
        path = request.path.split("?")[0]
        changes = request.command in ("POST", "DELETE") and is_items(path)
        with self._lock:
            self.arrived_posts += changes and request.command == "POST"
        status, headers, content, whole = self._pass_on(request, body)
        items = len(items_of(body)) if changes else 0
        with self._lock:
            self.calls.append(Call(at, request.command, path, status, items))
        if status == 0:
            return hang_up(request)
        if whole:
            return respond(request, status, content, headers)
        request.send_response_only(status)
        for name, value in [*headers, ("Content-Length", len(content) + 1000)]:
            request.send_header(name, value)
        request._headers_buffer.append(b"\r\n" + content)
        request.flush_headers()
        return hang_up(request)

    def _pass_on(self, request, body):
        connection = http.client.HTTPConnection(self._upstream, timeout=120)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
        try:
            connection.request(request.command, request.path, body or None, headers)
            answer = connection.getresponse()
            kept = [(n, v) for n, v in answer.getheaders() if n.lower() not in ("content-length", "connection", "transfer-encoding")]
            try:
                return answer.status, kept, answer.read(), True
            except http.client.IncompleteRead as cut:
                return answer.status, kept, cut.partial, False
        except (http.client.HTTPException, OSError):
            return 0, [], b"", True
        finally:
            connection.close()
