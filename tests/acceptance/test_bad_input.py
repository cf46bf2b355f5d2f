"""Shown by 7, the input: every file that can go wrong."""

import itertools
import os
import unittest

from house import House, Sandbox
from inputs import numbers, plain
from profiles import by_profile

GIB = 1 << 30
MOST_MIB = 300


class BadInput(House):
    def test_what_is_no_input_at_all(self):
        (self.directory / "folder").mkdir()
        self.path("empty.csv", "")
        self.path("header.csv", "phone_number,source_type,notes\n")
        self.path("blank.txt", "\n\n  \n")
        self.path("registry.csv", "801,5551234\n801,5551235\n")
        self.path("columns.csv", "name,city\nAnna,Bonn\n")
        cases = {
            "missing.csv": "missing.csv",
            "folder": "directory",
            "empty.csv": "no rows",
            "header.csv": "no rows",
            "blank.txt": "no rows",
            "registry.csv": "registry.csv",
            "columns.csv": "columns.csv",
        }
        if os.path.exists("/proc/self/mem"):
            # A file that opens and cannot be read, for root too.
            cases["/proc/self/mem"] = "mem"
        for name, word in cases.items():
            with self.subTest(name):
                self.assertTrouble(self.ingest(name, "--sandbox"), 2, word)
        self.assertEqual(self.ingest("empty.csv", "--sandbox").report["error"]["code"], "input.empty")
        found = self.ingest("registry.csv", "--sandbox")
        # What was found is named without telling the number.
        self.assertIn("first row", found.stderr)
        self.assertNotIn("5551234", found.stderr + found.stdout)

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_no_permission(self):
        self.path("secret.csv", plain(numbers(3))).chmod(0)
        self.assertTrouble(self.ingest("secret.csv", "--sandbox"), 2, "permission")

    def test_an_empty_input_that_is_in_order(self):
        file = self.path("empty.csv", "")
        self.assertReport(self.ingest(file, "--sandbox", "--allow-empty"), 0, totalItems=0, hitRate=0)

    def test_wrong_use(self):
        file = self.path("a.csv", plain(numbers(3)))
        wrong = [
            ("--sandbox", "--format", "xml"),
            ("--sandbox", "--country", "ZZ"),
            ("--sandbox", "--source", "PARTNER"),
            ("--sandbox", "--rate", "many"),
            ("--sandbox", "--confirm-within", "soon"),
            ("--sandbox", "--nonsense"),
            ("--sandbox", "--list", "A", "--scope", "WORLD"),
            by_profile(v2=("--sandbox", "--list", "A"), admin=("--sandbox", "--list", "A", "--scope", "GLOBAL")),
        ]
        for options in wrong:
            with self.subTest(options):
                outcome = self.ingest(file, *options)
                self.assertExit(outcome, 2)
                self.assertIn("error", outcome.report)
                self.assertTrue(outcome.stderr.strip())

    def test_unknown_configuration_keys(self):
        file = self.path("a.csv", plain(numbers(3)))
        self.path("odd.toml", "rates = 3\n")
        self.assertTrouble(self.ingest(file, "--sandbox", "--config", "odd.toml"), 2, "rates")
        self.path("dncsync.toml", "colour = 'blue'\n")
        self.assertTrouble(self.ingest(file, "--sandbox"), 2, "colour")

    def test_a_line_of_two_gigabytes(self):
        first, last = numbers(30_000, seed=21), numbers(50, seed=22)
        file = self.path("huge.csv", plain(first))
        with file.open("r+b") as stream:
            stream.seek(0, os.SEEK_END)
            stream.write(b"+1")
            # A hole: two gigabytes of zeros that take no room on the disk.
            stream.seek(2 * GIB, os.SEEK_CUR)
            stream.write(b"\n" + "".join(f"{number},MANUAL,\n" for number in last).encode())
        sandbox, rejects = Sandbox(self), self.directory / "rejects.csv"
        outcome = self.ingest(file, "--rejects", rejects, server=sandbox, deadline=180)
        good = len(set(first) | set(last))
        self.assertReport(outcome, 3, totalItems=30_051, successes=good, rejected=1, duplicatesInInput=30_050 - good)
        self.assertLess(outcome.peak_mib, MOST_MIB)
        self.assertLess(rejects.stat().st_size, 1 << 20)
        self.assertIn(",30002,1,row.malformed,", rejects.read_text(errors="replace"))

    def test_a_long_line_through_a_pipe(self):
        for name, before, after in (("csv", plain(numbers(30)), b"MANUAL,\n"), ("jsonl", b"", b'"}\n')):
            with self.subTest(name):
                self.state = self.directory / name
                chunk = b"x" * (1 << 20)
                head = before if name == "csv" else b'{"phone_number": "+12025551234"}\n{"phone_number": "'
                tail = after + (b"+13025550100,MANUAL,\n" if name == "csv" else b'{"phone_number": "+13025550100"}\n')
                stdin = itertools.chain([head], itertools.repeat(chunk, 300), [tail])
                outcome = self.ingest("-", "--sandbox", stdin=stdin, deadline=120)
                self.assertReport(outcome, 3, rejected=1, totalItems=32 if name == "csv" else 3)
                self.assertLess(outcome.peak_mib, MOST_MIB)

    def test_nothing_but_one_endless_line(self):
        stdin = itertools.repeat(b"5" * (1 << 20), 200)
        outcome = self.ingest("-", "--sandbox", stdin=stdin, deadline=120)
        self.assertIn(outcome.code, (2, 3), outcome.stderr)
        self.assertNotIn("panicked", outcome.stderr)
        self.assertLess(outcome.peak_mib, MOST_MIB)

    def test_an_unclosed_quote_costs_one_row(self):
        chosen = numbers(10_000, seed=23)
        rows = [f"{number},MANUAL,note {line}" for line, number in enumerate(chosen, start=2)]
        for name, broken in {"number": '"' + rows[0], "notes": f'{chosen[0]},MANUAL,"he said no'}.items():
            with self.subTest(where=name):
                self.state = self.directory / name
                content = "\n".join(["phone_number,source_type,notes", broken, *rows[1:], ""])
                rejects = self.directory / f"{name}-rejects.csv"
                outcome = self.ingest(self.path("quote.csv", content), "--sandbox", "--rejects", rejects)
                self.assertReport(outcome, 3, totalItems=10_000, rejected=1, successes=9_999)
                self.assertIn(",2,1,row.malformed,", rejects.read_text())

    def test_notes_never_keep_a_number_from_being_blocked(self):
        sandbox = Sandbox(self)
        notes = b"\xe9\xe8 opted out \x07" * 385
        self.assertGreater(len(notes), 5000)
        file = self.path("latin.csv", b"phone_number,source_type,notes\n+12025551234,CUSTOMER_REQUEST," + notes + b"\n")
        report = self.assertReport(self.ingest(file, server=sandbox), 0, successes=1)
        self.assertEqual(sandbox.listed(), ["+12025551234"])
        self.assertIn("notes.cut", report["warnings"])
        self.assertGreaterEqual(len(report["warnings"]), 3, report["warnings"])

    def test_a_control_character_in_the_notes_stops_nothing(self):
        for name, control in {"NUL": b"\0", "BEL": b"\a", "a C1 control": "\x85".encode()}.items():
            with self.subTest(name):
                self.state = self.directory / name.replace(" ", "-")
                rows = plain(numbers(100)) + b"+12025551234,MANUAL,a" + control + b"b\n"
                report = self.assertReport(self.ingest(self.path("a.csv", rows), "--sandbox"), 0, successes=101)
                self.assertEqual(report["warnings"].pop("skills.none", None), by_profile(v2=None, admin=1))
                self.assertEqual(report["warnings"], {"notes.controls": 1})

    def test_rejects_can_be_mended_and_fed_back(self):
        good, rejects = numbers(5, seed=24), self.directory / "rejects.csv"
        content = plain(good).decode() + f'nonsense,MANUAL,"kept, ""as is"""\n{good[0]},PARTNER,x\n'
        self.assertReport(self.ingest(self.path("a.csv", content), "--sandbox", "--rejects", rejects), 3, rejected=2)
        text = rejects.read_text()
        self.assertIn('nonsense,MANUAL,"kept, ""as is""",a.csv,7,1,phone.unparsable,', text)
        mended = text.replace("nonsense", "+13025550100").replace("PARTNER", "SYSTEM")
        report = self.ingest(self.path("mended.csv", mended), "--sandbox")
        self.assertReport(report, 0, totalItems=2, successes=1, alreadyListed=1)
