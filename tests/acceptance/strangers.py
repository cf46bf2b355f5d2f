"""Another client of CXone, that knows nothing of dncsync."""

import http.client
import json
import time
import urllib.parse

from profiles import CLIENT_ID, CLIENT_SECRET, TOKEN, by_profile

PAGE = 10_000


class Client:
    """What both profiles have in common: a token, calls, answers."""

    def __init__(self, url):
        self._connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def _token(self, body, kind):
        self._connection.request("POST", TOKEN, body, {"Content-Type": kind})
        return json.loads(self._connection.getresponse().read())["access_token"]

    def _call(self, method, path, body=None):
        # A token of its own for each call: some tests let tokens live for a second.
        headers = {"Authorization": "Bearer " + self._sign_in(), "Accept": "application/json"}
        headers |= {"Content-Type": "application/json"} if body else {}
        self._connection.request(method, path, body and json.dumps(body), headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201, 204):
            raise AssertionError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return json.loads(content) if content else {}


class V2Client(Client):
    def _sign_in(self):
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return self._token(urllib.parse.urlencode(form), "application/x-www-form-urlencoded")

    def _get(self, path, **query):
        return self._call("GET", f"{path}?{urllib.parse.urlencode(query)}").get("entities", [])

    def _id(self, name):
        lists = [one for one in self._get("/api/v2/dnc/lists", query=name, pageSize=100) if one["listName"] == name]
        return lists[0]["id"] if lists else None

    def read(self, name):
        list_id = self._id(name)
        if list_id is None:
            return None
        numbers, page = [], 1
        while entities := self._get(f"/api/v2/dnc/lists/{list_id}/items", pageNumber=page, pageSize=PAGE):
            numbers += [entity["phoneNumber"] for entity in entities]
            page += 1
        return numbers

    def put(self, name, numbers):
        items = [{"phoneNumber": number, "source": "MANUAL"} for number in numbers]
        self._call("POST", f"/api/v2/dnc/lists/{self._id(name)}/items", items)


class AdminClient(Client):
    GROUPS = "/inContactAPI/services/v33.0/dnc-groups"
    top = PAGE

    def _sign_in(self):
        return self._token(json.dumps({"accessKeyId": CLIENT_ID, "accessKeySecret": CLIENT_SECRET}), "application/json")

    def _get(self, path):
        told = self._call("GET", path)
        return told.get("resultSet", told)

    def _id(self, name):
        groups = [one for one in self._get(self.GROUPS).get("dncGroups", []) if one["dncGroupName"] == name]
        return groups[0]["dncGroupId"] if groups else None

    def rows(self, name):
        """All records, expired ones, too."""
        path, rows = f"{self.GROUPS}/{self._id(name)}/records", []
        while page := self._get(f"{path}?skip={len(rows)}&top={self.top}").get("dncRecords"):
            rows += page
        return rows

    def read(self, name):
        if self._id(name) is None:
            return None
        now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        return [e164(row["phoneNumber"]) for row in self.rows(name) if row.get("expiredDate", "9999") > now]

    def put(self, name, numbers):
        records = [{"phoneNumber": digits(one)} for one in numbers]
        self._call("POST", f"{self.GROUPS}/{self._id(name)}/records", {"dncGroupRecords": records})


def digits(number):
    """As the Admin API takes numbers: calling code 1 is left out."""
    return int(number[2:] if number.startswith("+1") and len(number) == 12 else number[1:])


def e164(told):
    """The number behind digits."""
    told = str(told)
    return f"+1{told}" if len(told) == 10 else f"+{told}"


Stranger = by_profile(v2=V2Client, admin=AdminClient)
