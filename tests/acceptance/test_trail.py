"""The audit trail is the store's log, written out: mended where it is short, refused where it was changed."""

import json

from house import House
from inputs import numbers, plain
from tenants import Tenant


class Trail(House):
    def setUp(self):
        super().setUp()
        self.tenant = Tenant(self)
        self.file = self.path("a.csv", plain(numbers(20)))
        self.assertReport(self.ingest(self.file, server=self.tenant), 0, successes=20)
        self.whole = self.audit().read_bytes()

    def test_a_torn_last_line_is_completed(self):
        self.audit().write_bytes(self.whole[:-15])
        self.assertReport(self.ingest(self.file, server=self.tenant), 0)
        self.assertWhole()

    def test_missing_lines_are_appended(self):
        lines = self.whole.splitlines(keepends=True)
        for kept in (len(lines) - 2, 1, 0):
            with self.subTest(lines_kept=kept):
                self.audit().write_bytes(b"".join(lines[:kept]))
                self.assertReport(self.ingest(self.file, server=self.tenant), 0)
                self.assertWhole()
        self.audit().unlink()
        self.assertReport(self.ingest(self.file, server=self.tenant), 0)
        self.assertWhole()

    def test_what_a_power_cut_left_empty_is_written_again(self):
        # Blocks that never reached the disk read as zeros, before others that did.
        for begin, end in ((0, 512), (512, 1024), (700, len(self.whole))):
            with self.subTest(zeros=(begin, end)):
                self.audit().write_bytes(self.whole[:begin] + bytes(end - begin) + self.whole[end:])
                self.assertReport(self.ingest(self.file, server=self.tenant), 0)
                self.assertWhole()

    def test_any_other_difference_stops(self):
        lines = self.whole.splitlines(keepends=True)
        changes = {
            "a figure changed": self.whole.replace(b'"rows":20', b'"rows":19'),
            "a line removed": b"".join([lines[0], *lines[2:]]),
            "a line added": self.whole + b'{"eventType":"made.up"}\n',
            "a hole, and a figure changed": bytes(9) + self.whole[9:].replace(b'"rows":20', b'"rows":19'),
            "lines swapped": b"".join([lines[1], lines[0], *lines[2:]]),
            "the last line changed": b"".join(lines[:-1]) + lines[-1].replace(b"20", b"21", 1),
        }
        for name, changed in changes.items():
            with self.subTest(name):
                self.assertNotEqual(changed, self.whole)
                self.audit().write_bytes(changed)
                asked = len(self.tenant.calls)
                self.assertTrouble(self.ingest(self.file, server=self.tenant), 7)
                self.assertEqual(len(self.tenant.calls), asked)
                self.assertEqual(self.audit().read_bytes(), changed, "the evidence was overwritten")

    def assertWhole(self):
        text = self.audit().read_bytes()
        self.assertTrue(text.startswith(self.whole))
        self.assertTrue(text.endswith(b"\n"))
        stored = [line for (line,) in self.database().execute("SELECT line FROM event ORDER BY seq")]
        self.assertEqual(text.decode().splitlines(), stored)
        for line in stored:
            json.loads(line)
