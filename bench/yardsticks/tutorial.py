"""The tutorial's pipeline: rows into a pydantic model whose validator asks phonenumbers, minus what is listed, as the
bodies of batches. Prints what it came to as JSON.

    python tutorial.py FILE LISTED

FILE: CSV or JSON Lines. LISTED: the numbers of the list, one a line; reading them is not timed.
"""

import csv
import json
import sys
import time
from typing import Literal

import phonenumbers
from pydantic import BaseModel, ValidationError, field_validator

BATCH = 10_000


class Item(BaseModel):
    phone_number: str
    source_type: Literal["MANUAL", "REGULATORY", "CUSTOMER_REQUEST", "SYSTEM"]
    notes: str | None = None

    @field_validator("phone_number")
    @classmethod
    def e164(cls, value):
        try:
            number = phonenumbers.parse(value, None)
        except phonenumbers.NumberParseException as error:
            raise ValueError(str(error)) from error
        if not phonenumbers.is_valid_number(number):
            raise ValueError("not a valid number")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def rows(stream, name):
    return csv.DictReader(stream) if name.endswith(".csv") else map(json.loads, stream)


def main(name, listed):
    with open(listed, encoding="utf-8") as stream:
        listed = set(stream.read().split())
    began = time.perf_counter()
    read, rejected, missing = 0, 0, {}
    with open(name, newline="", encoding="utf-8") as stream:
        for row in rows(stream, name):
            read += 1
            try:
                item = Item(**row)
            except ValidationError:
                rejected += 1
                continue
            if item.phone_number not in listed:
                missing.setdefault(item.phone_number, item)
    items = [
        {"phoneNumber": item.phone_number, "source": item.source_type, "notes": item.notes or ""}
        for item in missing.values()
    ]
    bodies = [json.dumps(items[at : at + BATCH]) for at in range(0, len(items), BATCH)]
    seconds = time.perf_counter() - began
    assert bodies
    print(json.dumps({"rows": read, "rejected": rejected, "toSend": len(items), "seconds": seconds}))


main(*sys.argv[1:])
