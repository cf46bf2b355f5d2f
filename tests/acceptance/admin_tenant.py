"""A scriptable Admin API of CXone in pure Python, written from the portal's documents alone: DNC groups and who signs in."""

import base64
import json
import random
import re
import time
import urllib.parse

from profiles import CLIENT_ID, TOKEN, account
from strangers import digits, e164
from tenant import V2Tenant

GROUPS = re.compile(r"/incontactapi/services/v\d+\.0/dnc-groups(?:/(.+))?", re.IGNORECASE)
GRANT = "/auth/token"
MOST = 4_500
FIELDS = {"recordId", "phoneNumber", "formattedPhone", "expiredDate", "dateCollected", "lastUpdateTime", "createdBy"}


class AdminTenant(V2Tenant):
    """Has the knobs of the other one, and these:

    client          (id, secret) of the client that NICE registered
    shows           how that client shows its secret: "basic", "form", or None for either
    tenant_id       what the token tells

    `refused` numbers fail alone, inside an answer of status 200. Removed records stay visible, expired.
    """

    def __init__(self, house, **knobs):
        self.client, self.shows, self.tenant_id = ("registered", "the client's own:secret%"), None, "11ec-aaaa"
        self.granted = []  # how each token was asked for
        super().__init__(house, **knobs)

    def environment(self):
        return account(self.url)

    def add_list(self, name, scope="CAMPAIGN", numbers=()):
        made = super().add_list(name, scope, numbers)
        made.id = made.id.removeprefix("list-")
        # Ids of records, when removed ones ended, the skills that are scrubbed.
        made.ids, made.ended, made.skills = {}, {}, []
        return made

    def _sign_in(self, request, url, body):
        if url.path == "/.well-known/openid-configuration":
            return 200, [], {"issuer": self.url, "token_endpoint": self.url + GRANT, "scopes_supported": ["openid"]}
        if url.path == "/.well-known/cxone-configuration":
            asked = dict(urllib.parse.parse_qsl(url.query)).get("tenantId")
            found = {"api_endpoint": self.url + "/", "area": "na1", "cluster": "c42", "tenantId": self.tenant_id}
            return (200, [], found) if asked == self.tenant_id else (404, [], error("NotFound", "no such tenant"))
        if url.path == TOKEN:
            key = json.loads(body)
            right = (key["accessKeyId"], key["accessKeySecret"]) == (CLIENT_ID, self.secret)
            return self._token("key") if right else (401, [], error("invalid_grant", "unknown access key or wrong secret"))
        return self._grant(request, body) if url.path == GRANT else None

    def _grant(self, request, body):
        form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        if form.get("grant_type") != "password":
            return 400, [], error("unsupported_grant_type", "password only")
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic ") and self.shows != "form":
            shown = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")[::2]
            way, client = "basic", tuple(urllib.parse.unquote_plus(part) for part in shown)
        else:
            way, client = "form", (form.get("client_id"), form.get("client_secret"))
        if client != self.client or self.shows not in (None, way):
            return 401, [], error("invalid_client", "unknown client")
        if (form.get("username"), form.get("password")) != (CLIENT_ID, self.secret):
            return 400, [], error("invalid_grant", "unknown access key or wrong secret")
        return self._token(way)

    def _token(self, way):
        self.granted.append(way)
        claims = base64.urlsafe_b64encode(json.dumps({"tenantId": self.tenant_id, "icBUId": 4597}).encode())
        token = f"eyJhbGciOiJSUzI1NiJ9.{claims.decode().rstrip('=')}.token-of-the-tenant-{next(self._ids):06d}"
        self.tokens[token] = self.scopes
        about = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "refresh_token": "never used", "id_token": token}
        return 200, [], spelled(about | {"issued_token_type": None}) if self.odd else about

    def _authorized(self, request, url, body, at, granted):
        found = GROUPS.fullmatch(url.path)
        if not found:
            return 404, [], b""
        if (request.command == "GET" and "dnc:read" not in granted) or (request.command != "GET" and "dnc:write" not in granted):
            return 403, [], error("Forbidden", "check security profile permissions")
        if body and request.headers.get("Content-Type", "").split(";")[0] != "application/json":
            return 415, [], b""
        query = dict(urllib.parse.parse_qsl(url.query))
        status, headers, told = self._group_call(request.command, (found[1] or "").split("/"), query, body, at)
        if told and "application/json" not in request.headers.get("Accept", ""):
            return status, [("Content-Type", "text/plain")], b"No known way to render data"
        if self.odd and told:
            told = spelled(told.get("resultSet", told)) | {"icServer": {"a": [None]}}
        return status, headers, told

    def _group_call(self, method, parts, query, body, at):
        if parts == [""]:
            return self._make(json.loads(body)) if method == "POST" else self._groups()
        if parts == ["search"] and method == "POST":
            return self._search(query["phoneNumber"], at)
        found = next((one for one in self.lists if one.id == parts[0]), None)
        if found is None:
            return 404, [], error("NotFound", "InvalidGroupId")
        if parts[1:] == ["records"]:
            if method == "GET":
                return self._records(found, query, at)
            return (self._take if method == "POST" else self._expire)(found, json.loads(body)["dncGroupRecords"], at)
        if parts[1] == "scrubbed-skills":
            return self._skills(found, method, parts[2:])
        return 404, [], b""

    def _groups(self):
        told = [group(one) for one in self.lists]
        return (200, [], {"resultSet": {"totalGroups": len(told), "dncGroups": told}}) if told else (204, [], b"")

    def _make(self, wanted):
        if self.named(wanted["dncGroupName"]) is not None:
            return 400, [], error("BadRequest", "A group of that name exists")
        made = self.add_list(wanted["dncGroupName"])
        # Both are documented.
        return (204, [], b"") if self.odd else (200, [], {"dncGroups": [group(made)]})

    def _records(self, found, query, at):
        order = query.get("orderBy", "recordId").split()[0]
        if order not in FIELDS:
            return 400, [], error("BadRequest", "Invalid orderby")
        rows = self._rows(found, at)
        skip = int(query.get("skip", 0))
        page = [record(found, number) for number in rows[skip : skip + min(int(query.get("top", 50)), self.page_cap)]]
        if not rows or not page:
            return 204, [], b""
        told = {"totalRecords": len(rows), "dncRecords": page} if self.tell_totals else {"dncRecords": page}
        return 200, [], {"resultSet": told}

    def _rows(self, found, at):
        """What reads show, in the order of record ids: a record keeps its place when it ends."""
        for number in found.items:
            found.ids.setdefault(number, len(found.ids) + 1)
            found.ended.pop(number, None)
        seen = {number for number, when in found.items.items() if when is not None and when <= at}
        return [number for number in found.ids if number in seen or number in found.ended]

    def _search(self, text, at):
        number = e164(re.sub(r"\D", "", text).removeprefix("1") if text.startswith("+1") else re.sub(r"\D", "", text))
        hits = [one for one in self.lists if number in self._rows(one, at)]
        results = [{"dncGroupId": int(one.id), "dncGroupName": one.name} | record(one, number) for one in hits]
        for result in results:
            del result["recordId"], result["createdBy"], result["phoneNumber"]
        return (200, [], {"searchResults": results}) if results else (204, [], b"")

    def _take(self, found, records, at):
        if not 1 <= len(records) <= MOST:
            return 400, [], error("BadRequest", "Maximum of 4,500 records per upload exceeded")
        numbers, results = [], []
        for one in records:
            number = e164(one["phoneNumber"])
            if type(one["phoneNumber"]) is not int:
                results.append({"success": False, "error": "phoneNumber is no integer", "phoneNumber": str(one["phoneNumber"])})
            elif number in self.refused:
                # A server may well repeat the number that it will not take.
                named = {"formattedPhone": formatted(number)} if self.name_refused else {}
                results.append({"success": False, "error": f"not taken: {number}" if named else "a record is not taken"} | named)
            else:
                numbers.append(number)
                results.append({"success": True, "formattedPhone": formatted(number)})
        if numbers:
            found.changes.append(("POST", numbers))
        for number in numbers:
            found.items.setdefault(number, None if number in self.never_indexed else at + self.lag)
        return 200, [], {"resultSet": self._told(results)}

    def _expire(self, found, records, at):
        if not 1 <= len(records) <= MOST:
            return 400, [], error("BadRequest", "Maximum of 4,500 records per upload exceeded")
        numbers = [e164(one["phoneNumber"]) for one in records if type(one["phoneNumber"]) is str]
        if len(numbers) < len(records):
            return 400, [], error("BadRequest", "phoneNumber is no string")
        found.changes.append(("DELETE", numbers))
        self._rows(found, at)
        results = []
        for number in numbers:
            there = found.items.pop(number, self) is not self
            if there:
                found.ended[number] = time.time()
            failure = {} if there else {"error": "Record not found"}
            results.append({"success": there, "formattedPhone": formatted(number)} | failure)
        return 200, [], self._told(results)

    def _told(self, results):
        """Nothing says in which order results stand, nor that successes are among them."""
        failures = [result for result in results if not result["success"]]
        results = failures if self.odd else random.Random(1).sample(results, len(results))
        return {"errorCount": len(failures), "recordResults": results}

    def _skills(self, found, method, skill):
        if method == "GET":
            told = [{"skillId": int(one), "skillName": f"Skill {one}"} for one in found.skills]
            return (200, [], {"scrubbedSkills": told, "totalRecords": len(told)}) if told else (204, [], b"")
        if method == "DELETE" and skill[0] not in found.skills:
            return 404, [], error("NotFound", "InvalidSkillId")
        found.skills = [one for one in found.skills if one != skill[0]] + (skill if method == "POST" else [])
        return 200, [], b""


def formatted(number):
    """How CXone shows it."""
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}" if len(number) == 12 and number.startswith("+1") else number


def record(found, number):
    about = {"recordId": found.ids[number], "createdBy": 1, "phoneNumber": str(digits(number)), "formattedPhone": formatted(number)}
    ended = found.ended.get(number)
    return about | ({"expiredDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ended))} if ended else {})


def group(made):
    about = {"dncGroupId": int(made.id), "dncGroupName": made.name, "dncGroupDescription": "", "validRecords": len(made.items)}
    return about | {"isActive": True, "isRemoved": False}


def spelled(told):
    """The same with all numbers as strings."""
    if isinstance(told, dict):
        return {name: spelled(value) for name, value in told.items()}
    if isinstance(told, list):
        return [spelled(value) for value in told]
    return str(told) if type(told) is int else told


def error(code, description):
    return {"error": code, "error_description": description}
