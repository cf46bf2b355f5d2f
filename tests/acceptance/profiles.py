"""The profile under test, one for each process: what tests must know of the API that their tenant speaks."""

import json
import os
import unittest

PROFILE = os.environ.get("ACCEPTANCE_PROFILE", "v2")
ADMIN = PROFILE == "admin"


def by_profile(v2, admin):
    """What is so under one profile and so under the other."""
    return admin if ADMIN else v2


# Most items of a request.
BATCH = by_profile(v2=10_000, admin=4_500)
ITEMS = by_profile(v2="/items", admin="/records")
API = by_profile(v2="/api/", admin="/incontactapi/")
TOKEN = by_profile(v2="/oauth/token", admin="/authentication/v1/token/access-key")
CLIENT_ID = "acceptance"
# Access keys end in padding, which a form must encode.
CLIENT_SECRET = "acceptance-secret-8c1f" + by_profile(v2="", admin="==")


def batches(items):
    """How many requests so many items fill."""
    return -(-items // BATCH)


def alike(items):
    """So many items as fill as many requests as these do under v2."""
    return items * BATCH // 10_000


def is_items(path):
    """Whether a call is about a list's items, which the Admin API calls records."""
    return path.endswith(ITEMS)


def is_api(path):
    """Whether a call counts against the rate."""
    return path.lower().startswith(API)


def items_of(body):
    """The items in the body of a request that adds or removes them."""
    body = json.loads(body)
    return body["dncGroupRecords"] if ADMIN else body


def account(url, secret=CLIENT_SECRET):
    """The variables that lead to a tenant. Tests that are about the rate say one: no other waits for it."""
    if ADMIN:
        key = {"CXONE_ACCESS_KEY_ID": CLIENT_ID, "CXONE_ACCESS_KEY_SECRET": secret, "CXONE_RATE": "0"}
        return {"CXONE_PROFILE": "admin", "CXONE_API_URL": url, "CXONE_TOKEN_URL": url + TOKEN} | key
    return {
        "CXONE_API_URL": url,
        "CXONE_TOKEN_URL": url + TOKEN,
        "CXONE_CLIENT_ID": CLIENT_ID,
        "CXONE_CLIENT_SECRET": secret,
    }


def only(profile, why):
    """A test that says nothing under the other profile."""
    return unittest.skipUnless(profile == PROFILE, why)
