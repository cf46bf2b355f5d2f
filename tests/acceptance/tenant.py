"""A scriptable CXone of profile v2 in pure Python, written from the wire contract alone, and an aggregator that takes webhooks."""

import collections
import itertools
import json
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

import standardwebhooks

from house import Call, Calls, Server, hang_up, respond
from profiles import CLIENT_SECRET, account, is_items, items_of

SCOPES = ("dnc:write", "dnc:read", "compliance:read")


@dataclass
class List:
    id: str
    name: str
    scope: str
    items: dict = field(default_factory=dict)  # number -> when reads see it, or None for never
    changes: list = field(default_factory=list)  # ("POST" or "DELETE", numbers that were asked for), as they were taken

    def removed(self):
        """Every number that anybody ever removed, whatever became of it later."""
        return {number for method, numbers in self.changes if method == "DELETE" for number in numbers}

    def about(self):
        return {"id": self.id, "listName": self.name, "scope": self.scope, "sourceType": "SYSTEM"}


class V2Tenant(Server):
    """The knobs are attributes; tests turn them before the first call, or between two runs.

    rate            most API calls in 60 s, 0 = no limit; what is over gets 429
    page_cap        most entities on a page, whatever was asked
    tell_totals     False: pages tell neither total nor pageCount nor pageSize, and an empty one has no entities
    odd             True: figures are strings, fields that nobody knows come along, optional ones are missing
    lag             seconds until an accepted item is seen
    never_indexed   numbers that are accepted and never seen
    refused         numbers that are refused with 400, named by index where `name_refused`
    scopes          what a token is granted
    delay           called before each answer leaves: seconds to wait
    interrupt       called with (method, path); returns (status, headers, body) to answer that instead
    """

    def __init__(self, house, **knobs):
        self.rate, self.page_cap, self.tell_totals, self.odd, self.lag = 0, 10_000, True, False, 0.05
        self.never_indexed, self.refused, self.name_refused = set(), set(), True
        self.secret, self.scopes, self.interrupt, self.delay = CLIENT_SECRET, SCOPES, None, None
        for name, value in knobs.items():
            if not hasattr(self, name):
                raise AttributeError(name)
            setattr(self, name, value)
        self.lists, self.calls, self.tokens = [], Calls(), {}
        self._ids = itertools.count(1)
        self._window = collections.deque()
        self._lock = threading.Lock()
        super().__init__()
        house.addCleanup(self.stop)

    def environment(self):
        return account(self.url)

    def add_list(self, name, scope="CAMPAIGN", numbers=()):
        made = List(f"list-{next(self._ids)}", name, scope, dict.fromkeys(numbers, 0.0))
        self.lists.append(made)
        return made

    def named(self, name):
        return next((one for one in self.lists if one.name == name), None)

    def listed(self, name):
        """The numbers in the list of that name, seen by reads or not yet."""
        return list(self.named(name).items)

    def answer(self, request, body):
        at = time.monotonic()
        url = urllib.parse.urlsplit(request.path)
        with self._lock:
            status, headers, content = self._decide(request, url, body, at)
            changes = request.command in ("POST", "DELETE") and is_items(url.path)
            self.calls.append(Call(at, request.command, url.path, status, len(items_of(body)) if changes else 0))
        if self.delay:
            time.sleep(self.delay())
        if status == 0:
            hang_up(request)
        else:
            respond(request, status, content, headers)

    def _decide(self, request, url, body, at):
        interrupted = self.interrupt and self.interrupt(request.command, url.path)
        if interrupted:
            return interrupted
        signed_in = self._sign_in(request, url, body)
        if signed_in:
            return signed_in
        while self._window and self._window[0] <= at - 60:
            self._window.popleft()
        if self.rate and len(self._window) >= self.rate:
            return 429, [], error("too.many", "more than the rate")
        self._window.append(at)
        granted = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if granted is None:
            return 401, [], error("token", "unknown token")
        return self._authorized(request, url, body, at, granted)

    def _authorized(self, request, url, body, at, granted):
        query = {"pageNumber": "1", "pageSize": "100"} | dict(urllib.parse.parse_qsl(url.query))
        parts = url.path.strip("/").split("/")[3:]
        needed = {"POST": {"dnc:write"}, "DELETE": {"dnc:write"}, "GET": {"dnc:read"}}[request.command]
        if parts[-1] == "items" and request.command == "GET":
            needed = needed | {"compliance:read"}
        if not needed <= set(granted):
            return 403, [], error("scope", "insufficient scope")
        return self._call(request.command, parts, query, body, at)

    def _call(self, method, parts, query, body, at):
        if parts == ["lists"] and method == "POST":
            return self._make(json.loads(body))
        if parts == ["lists"]:
            found = [one.about() for one in self.lists if query.get("query", "").lower() in one.name.lower()]
            return 200, [], self._page(found, query)
        found = next((one for one in self.lists if one.id == parts[1]), None)
        if found is None:
            return 404, [], error("list", "no such list")
        if parts[2:] == ["items"] and method == "POST":
            return self._take(found, json.loads(body), at)
        if parts[2:] == ["items"] and method == "DELETE":
            return self._remove(found, [item["phoneNumber"] for item in json.loads(body)])
        if parts[2:] == ["items"]:
            seen = sorted((when, number) for number, when in found.items.items() if when is not None and when <= at)
            return 200, [], self._page([{"phoneNumber": number, "source": "MANUAL"} for _, number in seen], query)
        return 200, [], found.about()

    def _sign_in(self, request, url, body):
        """The answer, where it is a call for a token."""
        if url.path != "/oauth/token":
            return None
        form = dict(urllib.parse.parse_qsl(body.decode()))
        if form.get("grant_type") != "client_credentials":
            return 400, [], {"error": "unsupported_grant_type", "error_description": "client_credentials only"}
        if form.get("client_secret") != self.secret:
            return 401, [], {"error": "invalid_client", "error_description": "unknown client or wrong secret"}
        token = f"token-of-the-tenant-{next(self._ids):06d}"
        self.tokens[token] = self.scopes
        about = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(self.scopes)}
        if self.odd:
            about |= {"expires_in": "3600", "token_type": "bearer", "issued_by": {"a": [1]}}
            del about["scope"]
        return 200, [], about

    def _make(self, wanted):
        if self.named(wanted["listName"]) is not None:
            return 409, [], error("exists", "a list of that name exists")
        return (200 if self.odd else 201), [], self.add_list(wanted["listName"], wanted["scope"]).about()

    def _take(self, found, items, at):
        if not 1 <= len(items) <= 10_000:
            return 400, [], error("batch.size", "1 to 10,000 items")
        bad = [at_ for at_, item in enumerate(items) if item["phoneNumber"] in self.refused]
        if bad:
            told = error("bad.request", "an item is not taken")
            if self.name_refused:
                # A server may well repeat the number that it will not take.
                told["errors"] = [
                    {"index": at_, "field": "phoneNumber", "message": f"not taken: {items[at_]['phoneNumber']}"} for at_ in bad
                ]
            return 400, [], told
        before = len(found.items)
        found.changes.append(("POST", [item["phoneNumber"] for item in items]))
        for item in items:
            number = item["phoneNumber"]
            found.items.setdefault(number, None if number in self.never_indexed else at + self.lag)
        added = len(found.items) - before
        if self.odd:
            return 202, [], b""
        return 200, [], {"received": len(items), "added": added, "duplicates": len(items) - added}

    def _remove(self, found, numbers):
        if not 1 <= len(numbers) <= 10_000:
            return 400, [], error("batch.size", "1 to 10,000 items")
        found.changes.append(("DELETE", numbers))
        removed = sum(found.items.pop(number, self) is not self for number in numbers)
        return 200, [], {"received": len(numbers), "removed": removed, "missing": len(numbers) - removed}

    def _page(self, entities, query):
        number, size = int(query["pageNumber"]), min(int(query["pageSize"]), self.page_cap)
        page = entities[(number - 1) * size : number * size]
        if not self.tell_totals:
            return {"entities": page} if page else {}
        total = len(entities)
        if self.odd:
            entities = [entity | {"extra": None} for entity in page]
            return {"entities": entities, "total": str(total), "pageSize": str(size), "links": {"next": "/"}} if page else {"total": str(total)}
        return {"entities": page, "pageNumber": number, "pageSize": size, "pageCount": -(-total // size), "total": total}


def error(code, message):
    return {"code": code, "message": message, "correlationId": "c-1"}


class Aggregator(Server):
    """Takes webhooks, and keeps every one that came: headers, body, whether the reference library accepts it."""

    def __init__(self, house, secret=None, status=204, silent=False):
        self.secret, self.status, self.silent = secret, status, silent
        self.taken, self.strange = [], []
        super().__init__()
        house.addCleanup(self.stop)

    def environment(self):
        ours = {"AGGREGATOR_WEBHOOK": self.url + "/webhooks/dnc"}
        return ours | ({"AGGREGATOR_WEBHOOK_SECRET": self.secret} if self.secret else {})

    def answer(self, request, body):
        headers = {name.lower(): value for name, value in request.headers.items()}
        if self.secret:
            # Plain text is taken as the key itself; whsec_ is base64 of it.
            key = self.secret if self.secret.startswith("whsec_") else self.secret.encode()
            try:
                standardwebhooks.Webhook(key).verify(body, headers)
            except standardwebhooks.WebhookVerificationError as problem:
                self.strange.append(str(problem))
        self.taken.append((headers, json.loads(body)))
        if self.silent:
            time.sleep(30)
        respond(request, self.status, b"")
