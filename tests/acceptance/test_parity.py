"""Validation as the tutorial's: the verdicts of Python phonenumbers on numbers as people write them."""

import csv
import io

from house import House, Sandbox
from inputs import dirty_forms, verdict
from profiles import ADMIN


def fate(form, region=None):
    """The verdict; the Admin API's groups take numbers of calling code 1 only."""
    found = verdict(form, region)
    return "profile.country" if ADMIN and found.startswith("+") and not found.startswith("+1") else found


class Parity(House):
    def setUp(self):
        super().setUp()
        self.forms = dirty_forms(20_000)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["phone_number", "source_type", "notes"])
        # A source in every row: one without any value would be an empty line and no row.
        writer.writerows([form, "SYSTEM", ""] for form in self.forms)
        self.file = self.path("forms.csv", out.getvalue())
        self.rejects = self.directory / "rejects.csv"

    def refused(self):
        with self.rejects.open(newline="", encoding="utf-8") as stream:
            return {int(row["line"]): row["code"] for row in csv.DictReader(stream)}

    def lines(self):
        """The line that each form begins on."""
        line = 2
        for form in self.forms:
            yield line, form
            line += 1 + form.count("\n")

    def test_verdicts_and_texts(self):
        outcome = self.ingest(self.file, "--rejects", self.rejects, "--dry-run", "--sandbox", deadline=120)
        self.assertReport(outcome, 3, totalItems=len(self.forms), dryRun=True)
        expected = {line: fate(form) for line, form in self.lines()}
        refused = {line: code for line, code in expected.items() if not code.startswith("+")}
        self.assertSameCodes(refused)
        numbers = {code for code in expected.values() if code.startswith("+")}
        self.assertEqual(outcome.report["pending"], len(numbers))
        sandbox = Sandbox(self)
        self.assertReport(self.ingest(self.file, server=sandbox, deadline=120), 3, successes=len(numbers))
        self.assertEqual(set(sandbox.listed()), numbers)

    def test_verdicts_in_a_country(self):
        arguments = ("--rejects", self.rejects, "--dry-run", "--sandbox", "--country", "US")
        self.assertReport(self.ingest(self.file, *arguments, deadline=120), 3)
        expected = {line: fate(form, "US") for line, form in self.lines()}
        refused = {line: code.split(".")[0] for line, code in expected.items() if not code.startswith("+")}
        found = {line: code.split(".")[0] for line, code in self.refused().items()}
        self.assertEqual(self.different(found, refused), [])

    def assertSameCodes(self, refused):
        self.assertEqual(self.different(self.refused(), refused), [])

    def different(self, found, refused):
        forms = dict(self.lines())
        lines = sorted(line for line in found.keys() | refused.keys() if found.get(line) != refused.get(line))
        return [(line, forms[line], found.get(line), refused.get(line)) for line in lines[:20]]
