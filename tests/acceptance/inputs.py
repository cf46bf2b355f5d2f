"""Inputs made to order: seeded, with the fate of every row known."""

import csv
import functools
import io
import random
import re
from dataclasses import dataclass, field

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

# Python keeps 512 patterns; the world needs more, and compiling them again and again is thirty times slower.
re._MAXCACHE = 100_000

SOURCES = ("MANUAL", "REGULATORY", "CUSTOMER_REQUEST", "SYSTEM")
NOTES = ("", "Opt-out via IVR", "State DNC registry sync", "said \"never again\", twice", "r\u00e9clamation", "Agent flagged")


def verdict(text, region=None):
    """The E.164 text, or the code of the rejection: the tutorial's validator."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return "phone.unparsable"
    if not phonenumbers.is_valid_number(parsed):
        return "phone.invalid"
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


@functools.cache
def blocks():
    """Area code and exchange pairs whose numbers are valid. The last four digits do not matter there: both ends are tried."""
    chance = random.Random(20240101)
    found = []
    while len(found) < 300:
        block = f"{chance.randint(201, 989)}{chance.randint(200, 999)}"
        if all(verdict(f"+1{block}{last}").startswith("+") for last in ("0000", "5555", "9999")):
            found.append(block)
    return tuple(sorted(set(found)))


def numbers(count, seed=1):
    """Different valid numbers of the North American plan, in no order."""
    chance = random.Random(seed)
    known = blocks()
    # A number is its block and its last four digits: sampling the indices gives no number twice.
    return [f"+1{known[at // 10_000]}{at % 10_000:04d}" for at in chance.sample(range(len(known) * 10_000), count)]


@functools.cache
def bad_rows():
    """Rows that must be refused, and with which code: (phone, source, code)."""
    phones = ["", "hello", "+", "n/a", "202-555-1234", "2025551234", "+999123456789", "+1", "(202) 555-1234", "++"]
    phones += [f"+1{npa}5551234" for npa in (100, 111, 555, 911, 999)]
    phones += [f"+1202555123{tail}" for tail in ("", "45678", "x99")]
    phones += [f"+44{digits}" for digits in ("1", "99999", "00000000000")]
    bad = [(text, "MANUAL", verdict(text)) for text in phones]
    bad = [row for row in bad if row[2].startswith("phone.")]
    strange = ("PARTNER", "manual list", "REGULATORY;MANUAL", "0")
    return tuple(bad + [(number, source, "source.unknown") for number, source in zip(numbers(4, seed=99), strange)])


@dataclass
class Made:
    """A file and what must come of it."""

    rows: int
    numbers: set
    repeated: int
    bad: dict = field(default_factory=dict)  # line -> (raw number, code)
    content: bytes = b""


def made(rows, bad_share, repeated_share, seed=7):
    """A CSV with that many rows, of which these shares are bad or repeat a number of an earlier row."""
    chance = random.Random(seed)
    bad, repeated = round(rows * bad_share), round(rows * repeated_share)
    fates = ["good"] * (rows - bad - repeated) + ["bad"] * bad + ["repeated"] * repeated
    chance.shuffle(fates)
    # Something must be there to repeat.
    first = fates.index("good")
    fates[0], fates[first] = fates[first], fates[0]
    fresh = [number for number in numbers(rows - bad - repeated, seed)]
    faults = bad_rows()
    result = Made(rows, set(fresh), repeated)
    used, out = 0, io.StringIO()
    # Carriage returns too, as spreadsheets write them.
    writer = csv.writer(out, lineterminator="\r\n" if seed % 2 else "\n")
    writer.writerow(["phone_number", "source_type", "notes"])
    for line, fate in enumerate(fates, start=2):
        if fate == "good":
            writer.writerow([fresh[used], SOURCES[line % 4], NOTES[line % len(NOTES)]])
            used += 1
        elif fate == "repeated":
            writer.writerow([human(fresh[chance.randrange(used)], line), SOURCES[line % 4], "again"])
        else:
            phone, source, code = faults[chance.randrange(len(faults))]
            writer.writerow([phone, source, "bad"])
            result.bad[line] = (phone, code)
    result.content = out.getvalue().encode()
    return result


def human(number, turn):
    """The same number as somebody would type it."""
    digits = number[2:]
    shapes = ("+1{}{}{}", "+1 ({}) {}-{}", "+1-{}-{}-{}", "+1.{}.{}.{}", "tel:+1-{}-{}-{}", " +1 {} {} {} ")
    return shapes[turn % len(shapes)].format(digits[:3], digits[3:6], digits[6:])


def plain(numbers_, source="MANUAL", notes=""):
    """A CSV of good rows."""
    rows = "".join(f"{number},{source},{notes}\n" for number in numbers_)
    return f"phone_number,source_type,notes\n{rows}".encode()


def dirty_forms(count, seed=11):
    """Numbers of all the world as people write them, and much that is none."""
    chance = random.Random(seed)
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE)
    examples = [
        example
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in kinds
        if (example := phonenumbers.example_number_for_type(region, kind)) is not None
    ]
    return [dirty(chance, examples) for _ in range(count)]


def dirty(chance, examples):
    example = chance.choice(examples)
    if chance.random() < 0.4:
        # Half of the world's dirt is American here, as in the files that come.
        example = phonenumbers.parse(f"+1{chance.choice(blocks())}{chance.randint(0, 9999):04d}", None)
    shape = chance.choice((PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966, PhoneNumberFormat.NATIONAL))
    text = phonenumbers.format_number(example, shape)
    digits = [at for at, letter in enumerate(text) if letter.isdigit()]
    if chance.random() < 0.5:
        for at in digits[-chance.randint(1, 5):]:
            text = text[:at] + str(chance.randint(0, 9)) + text[at + 1 :]
    for _ in range(chance.randint(0, 2)):
        text = chance.choice(DIRT)(chance, text)
    return text


def _insert(chance, text, piece):
    at = chance.randint(0, len(text))
    return text[:at] + piece + text[at:]


DIRT = (
    lambda c, t: _insert(c, t, c.choice([" ", "  ", "\u00a0", "\u2009", "\u3000", "\u200b"])),
    lambda c, t: _insert(c, t, c.choice(["-", "\u2010", "\u2013", "\u2212", "/", ".", "~", "\u30fc"])),
    lambda c, t: t.replace(" ", c.choice(["-", ".", "", "\u00a0", "/"])),
    lambda c, t: t + c.choice([" ext. 5", " x123", ";ext=42", "#9", ",,77#", " extension 1234567", " anexo 3"]),
    lambda c, t: c.choice(["tel:", "Tel. ", "00", "0", "+", "++", "(+", "phone: ", "\uff0b", "'", "=", "\""]) + t,
    lambda c, t: t + c.choice([" (home)", "?", " or +12025551234", "/1", ";", ",", ")", " a", "\u200f"]),
    lambda c, t: t.translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
    lambda c, t: t.translate({ord("0") + n: 0x0660 + n for n in range(10)}),
    lambda c, t: t.translate({ord("0") + n: 0x0966 + n for n in range(10)}),
    lambda c, t: t[: c.randint(0, len(t))],
    lambda c, t: t + "".join(c.choice("0123456789") for _ in range(c.randint(1, 12))),
    lambda c, t: t[:-4] + c.choice(["CALL", "taxi", "2ABC", "\u0416\u0416\u0416\u0416"]),
    lambda c, t: _insert(c, t, "(0)"),
    lambda c, t: t[::-1],
    lambda c, t: t * 20 if c.random() < 0.1 else t,
)
