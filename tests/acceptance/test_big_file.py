"""Shown by 3: a large file with bad and repeated rows, within the rate."""

import csv

from house import House, Sandbox
from inputs import made
from profiles import batches, by_profile

ROWS = by_profile(v2=250_000, admin=100_000)
# Each profile's own: 100 in any minute, 5 in any second.
RATE = by_profile(v2=100, admin=300)
HEADER = ["phone_number", "source_type", "notes", "file", "line", "column", "code", "reason"]


class BigFile(House):
    def check(self, bad_share):
        made_up = made(ROWS, bad_share, 0.02)
        file, rejects = self.path("updates.csv", made_up.content), self.directory / "rejects.csv"
        sandbox = Sandbox(self, rate=RATE)
        good = len(made_up.numbers)
        counts = {
            "totalItems": ROWS,
            "successes": good,
            "duplicatesInInput": made_up.repeated,
            "alreadyListed": 0,
            "rejected": len(made_up.bad),
            "refused": 0,
            "unconfirmed": 0,
            "pending": 0,
            "batches": batches(good),
        }
        first = self.ingest(file, "--rejects", rejects, "--rate", RATE, server=sandbox, deadline=400)
        report = self.assertReport(first, 3, **counts)
        self.assertEqual(report["rejects"], str(rejects))
        self.assertEqual(report["requests"]["throttled"], 0)
        self.assertEqual(report["requests"]["post"], len(sandbox.tap.calls.posts()))
        self.assertEqual(report["requests"]["total"], len(sandbox.tap.calls.api()))
        self.assertEqual(sum(call.items for call in sandbox.tap.calls.posts()), good)
        self.assertRejects(rejects, file.name, made_up.bad)

        posted = len(sandbox.tap.calls.posts())
        second = self.ingest(file, "--rate", RATE, server=sandbox, deadline=400)
        counts |= {"successes": 0, "alreadyListed": good, "hitRate": 1.0, "batches": 0}
        self.assertReport(second, 3, **counts)
        self.assertEqual(len(sandbox.tap.calls.posts()), posted, "the second run posted items")

        self.assertNotIn(429, sandbox.tap.calls.statuses())
        listed = sandbox.listed()
        self.assertEqual(len(listed), len(set(listed)))
        self.assertEqual(set(listed), made_up.numbers)
        print(f"\n  {bad_share:.0%} bad: first {first.seconds:.0f} s, {first.peak_mib:.0f} MiB; second {second.seconds:.0f} s")

    def assertRejects(self, path, name, bad):
        with path.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
        self.assertEqual(rows[0], HEADER)
        found = {int(row[4]): (row[0], row[6]) for row in rows[1:]}
        self.assertEqual(len(found), len(rows) - 1, "a line is there twice")
        different = {line for line in found.keys() | bad.keys() if found.get(line) != bad.get(line)}
        self.assertEqual(different, set(), [(line, found.get(line), bad.get(line)) for line in sorted(different)[:5]])
        self.assertEqual({row[3] for row in rows[1:]}, {name})
        self.assertTrue(all(row[7] for row in rows[1:]))

    def test_one_percent_bad(self):
        self.check(0.01)

    def test_sixty_percent_bad(self):
        self.check(0.60)
