"""What home-made importers of registries get wrong, one test for each way."""

import datetime
import os
import random
import shutil
import sqlite3

from feeding import Feeding, changes, column, registry
from house import CAMPAIGN, LIST, finish
from inputs import numbers
from profiles import is_api
from tenants import Tenant

LONG = os.environ.get("DNCSYNC_LONG") == "1"
VERIFY = ("verify", "--campaign", CAMPAIGN)


class Defects(Feeding):
    def setUp(self):
        super().setUp()
        self.server = Tenant(self)

    def listed_feed(self, chosen, feed="ftc"):
        """A feed of these numbers, all of them in the campaign's list."""
        self.loaded(registry(chosen), feed, "replace")
        self.take(feed)
        self.assertApplied(self.apply(), successes=len(chosen))

    def test_a_takes_the_first_field_and_calls_it_done(self):
        """`801,5551234` became `801`, every row was dropped, the job was completed and the file's date moved."""
        chosen = numbers(500, seed=501)
        self.loaded(registry(chosen), "ftc", "replace", rows=500, claimed=500, rejected=0)
        self.assertFeed("ftc", chosen)
        # Where every row is dropped, nothing was loaded, and the feed is no fresher for it.
        fresh = self.feeds()["ftc"]
        areas = "".join(f"{number[2:5]}\n" for number in chosen)
        actions = "".join(f"{number[2:5]},A\n" for number in chosen)
        tries = [("add", areas), ("replace", "phone_number\n" + areas), ("changes", "phone_number,action\n" + actions)]
        for mode, content in tries:
            with self.subTest(mode):
                outcome = self.load(self.path("areas.csv", content), "ftc", mode)
                if mode == "replace":
                    self.assertTrouble(outcome, 6, "500 of 500", "as it was")
                else:
                    self.assertLoad(outcome, 3, claimed=0, rejected=500)
                self.assertEqual(self.feeds()["ftc"], fresh)
        # Taken for opt-outs, the registry's file is refused with the way to go.
        self.assertTrouble(self.ingest(self.directory / "ftc-replace.txt", server=self.server), 2, "dncsync load")

    def test_b_strips_all_that_is_no_digit_from_the_line(self):
        """A row of a change list became its number and its time in one, which is no number, and was gone."""
        chosen = numbers(300, seed=502)
        added, kept, deleted = chosen[:100], chosen[100:200], chosen[200:]
        rows = [*((number, "A") for number in added), *((number, "D") for number in deleted)]
        header = "phone_number,changed_at,action\n"
        layouts = {
            "one field": changes(rows),
            "a day": changes(rows, at="2026-08-29"),
            "two fields": b"".join(line[:3] + b"," + line[3:] + b"\n" for line in changes(rows).splitlines()),
            "a header": header + "".join(f"{number},2026-08-29T08:00:00Z,{action}\n" for number, action in rows),
        }
        for name, content in layouts.items():
            with self.subTest(name):
                feed = name.replace(" ", "-")
                self.loaded(registry([*kept, *deleted]), feed, "replace")
                self.loaded(content, feed, "changes", rows=200, claimed=100, withdrawn=100, rejected=0)
                self.assertFeed(feed, [*added, *kept])

    def test_c_treats_a_mixed_file_as_all_adds_or_all_deletes(self):
        chosen = numbers(200, seed=503)
        stay, go = chosen[:100], chosen[100:]
        mixed = self.path("mixed.txt", changes((number, "A" if number in stay else "D") for number in chosen))
        self.loaded(registry(go), "ftc", "replace")
        # Told the wrong way to read it, it never deletes what it adds, nor adds what it deletes.
        self.assertTrouble(self.load(mixed, "ftc", "replace", "--approve"), 2, "change list", "changes")
        self.assertFeed("ftc", go)
        self.assertLoad(self.load(mixed, "other"), 3, claimed=100, rejected=100)
        self.assertFeed("other", stay)
        self.assertLoad(self.load(mixed, "ftc", "changes"), 0, claimed=100, withdrawn=100)
        self.assertFeed("ftc", stay)
        # A number twice: the later change stands, wherever its row is; at one time the one that blocks.
        day, later = "2026-08-29T08:00:00", "2026-08-29T09:00:00"
        one, two, three = (number[2:] for number in go[:3])
        rows = [f"{one},{later},A", f"{one},{day},D", f"{two},{day},A", f"{two},{later},D", f"{three},{day},A", f"{three},{day},D"]
        self.loaded("\n".join(rows) + "\n", "ftc", "changes", name="twice.txt", claimed=2, duplicatesInInput=3)
        self.assertFeed("ftc", [*stay, go[0], go[2]])

    def test_d_deletes_first_and_inserts_in_chunks(self):
        """A crash in between left an area code unprotected. Here no number of both files ever leaves."""
        chosen = numbers(3000, seed=504)
        gone, both, fresh = chosen[:500], chosen[500:2500], chosen[2500:]
        self.listed_feed([*gone, *both])
        self.loaded(registry([*both, *fresh]), "ftc", "replace", "--approve")
        deaths = 0
        for call in range(1, 40):
            if self.apply_killed_at(call) == 0:
                break
            deaths += 1
            self.assertSame(set(self.listed()) & set(both), both)
        self.assertGreaterEqual(deaths, 3)
        self.assertSame(self.listed(), [*both, *fresh])
        self.assertSame(self.server.named(LIST).removed(), gone)
        first_out = next(at for at, (method, _) in enumerate(self.server.named(LIST).changes) if method == "DELETE")
        came = {number for _, numbers_ in self.server.named(LIST).changes[:first_out] for number in numbers_}
        self.assertSame(came & set(fresh), fresh)

    def apply_killed_at(self, call):
        """Kills `apply` when that call of it was just applied, the first being 1; its exit status."""
        words = ("apply", "--campaign", CAMPAIGN, "--approve", "--state", self.state, "--rate", "0")
        process, calls = self.start(*words, server=self.server), len(self.server.calls.api()) + call

        def delay():
            if len(self.server.calls.api()) >= calls:
                process.kill()
            return 0

        self.server.delay = delay
        outcome = finish(process, None, 60)
        self.server.delay = None
        self.assertIn(outcome.code, (0, -9), outcome.stderr)
        return outcome.code

    def test_e_holds_that_a_part_is_better_than_nothing(self):
        """A batch failed, a line was logged, the rest went on. Here a load is whole or not at all."""
        before, more = numbers(1000, seed=505), numbers(300_000, seed=506)
        self.loaded(registry(before), "ftc", "replace")
        fresh, file = self.feeds()["ftc"], self.path("more.txt", registry(more))

        def unchanged():
            self.assertEqual(self.feeds()["ftc"], fresh)
            self.assertEqual(self.export("ftc"), sorted(before))

        load = ("load", "--feed", "ftc", "--mode", "add", "--state", self.state, "--json")
        for name, second in self.unreadable().items():
            with self.subTest(name):
                self.assertTrouble(self.dncsync("load", file, second, "--feed", "ftc"), 2, second.name)
                unchanged()
        with self.subTest("a full disk"):
            prefix = ("bash", "-c", 'trap "" XFSZ; ulimit -f 400; exec "$0" "$@"')
            self.assertTrouble(self.run_command(*load, file, prefix=prefix), 5)
            unchanged()
        with self.subTest("a file that changes while it is read"):
            process = self.start(*(word for word in load if word != "--json"), file)
            self.assertIn(b"reading", process.stderr.readline())
            with file.open("ab") as end:
                end.write(registry(numbers(1, seed=507)))
            outcome = finish(process, None, 60)
            self.assertExit(outcome, 5)
            self.assertIn("changed while it was read", outcome.stderr)
            unchanged()
        with self.subTest("a tail that is no text"):
            tail = self.path("tail.txt", registry(more[:1000]) + bytes(range(256)).replace(b",", b"") * 40 + b"\n" * 2)
            whole = self.load(tail, "ftc", "replace")
            self.assertNotEqual(whole.code, 0)
            self.assertLoad(self.load(file, "ftc", "add"), 0, rows=300_001, rejected=0)

    def unreadable(self):
        folder = self.directory / "folder"
        folder.mkdir()
        return {
            "missing": self.directory / "missing.txt",
            "a directory": folder,
            "an archive": self.path("registry.zip", b"PK\x03\x04" + bytes(200)),
            "a page that says to log in": self.path("page.txt", "<html><body>Please log in</body></html>\n"),
        }

    def test_f_keeps_all_sources_in_one_table(self):
        """A federal D erased a number that the house's own list still blocked."""
        chosen = numbers(50, seed=508)
        theirs, ours = chosen[:30], chosen[20:]
        self.loaded(registry(theirs), "federal", "replace")
        self.loaded(column(ours), "internal")
        self.take("federal,internal")
        self.assertApplied(self.apply(), successes=50)
        self.loaded(changes((number, "D") for number in chosen), "federal", "changes", withdrawn=30, notClaimed=20)
        self.assertFeed("internal", ours)
        self.assertPlan(self.plan(), removals=20)
        self.assertApplied(self.apply(), removals={"removed": 20})
        self.assertSame(self.server.named(LIST).removed(), chosen[:20])
        self.assertSame(self.listed(), ours)
        word = self.explain(chosen[25])
        self.assertTrue(word["blocked"])
        self.assertEqual([feed["feed"] for feed in word["feeds"] if feed["claims"]], ["internal"])

    def test_g_logs_a_warning_and_goes_ahead(self):
        """A check threw, a warning was logged, and the call was made all the same."""
        chosen = numbers(400, seed=509)
        self.listed_feed(chosen)
        self.loaded(registry(chosen[:390]), "ftc", "replace", name="less.txt")
        with self.subTest("the tenant cannot be reached"):
            down = {"CXONE_API_URL": "http://127.0.0.1:9", "DNCSYNC_PATIENCE": "1s"}
            for command in (("plan", "--campaign", CAMPAIGN), ("apply", "--campaign", CAMPAIGN), VERIFY):
                self.assertIn(self.dncsync(*command, env=down).code, (5, 7), command)
        with self.subTest("the tenant answers nonsense"):
            self.server.interrupt = lambda method, path: (200, [], b"<html>") if is_api(path) else None
            for command in (("plan", "--campaign", CAMPAIGN), ("apply", "--campaign", CAMPAIGN), VERIFY):
                self.assertIn(self.dncsync(*command, env={"DNCSYNC_PATIENCE": "1s"}).code, (5, 7), command)
            self.server.interrupt = None
        self.assertEqual(self.server.named(LIST).removed(), set())

    def test_g_with_a_damaged_store(self):
        chosen = numbers(400, seed=510)
        self.listed_feed(chosen)
        connection = sqlite3.connect(self.state / "dncsync.db")
        sets = "SELECT id FROM number_set WHERE what IN ('feed', 'load')"
        hurt = connection.execute(f"UPDATE chunk SET bits = randomblob(length(bits)) WHERE number_set IN ({sets})")
        self.assertGreater(hurt.rowcount, 0)
        connection.commit()
        connection.close()
        for approve in ((), ("--approve",)):
            self.assertEqual(self.plan().code, 10)
            self.assertApplied(self.apply(*approve), 6, removals={"removed": 0})
        self.assertTrue(self.feeds()["ftc"]["damaged"])
        # What is left of it is not handed out as the whole.
        exported = self.dncsync("export", "--feed", "ftc", json=False)
        self.assertExit(exported, 7)
        self.assertIn("not all of it", exported.stderr)
        self.assertSame(self.listed(), chosen)
        self.assertEqual(self.server.named(LIST).removed(), set())
        # The file once more, and all is well.
        self.assertExit(self.load(self.directory / "ftc-replace.txt", "ftc", "replace"), 0)
        self.assertPlan(self.plan(), additions=0, removals=0)
        self.assertFeed("ftc", chosen)

    def test_g_with_a_store_damaged_anywhere(self):
        """Whatever bytes of the store are wrong: nothing leaves but what was withdrawn, and no half is handed out."""
        chosen, chance = numbers(3000, seed=511), random.Random(512)
        own, gone = chosen[2900:], chosen[:20]
        self.loaded(column(own), "own")
        self.loaded(registry(chosen), "ftc", "replace")
        self.take("ftc,own")
        self.assertApplied(self.apply(), successes=3000)
        self.loaded(changes((number, "D") for number in gone), "ftc", "changes")
        sound, there = (self.state / "dncsync.db").read_bytes(), self.server.named(LIST)
        for turn in range(200 if LONG else 6):
            damaged, at = bytearray(sound), chance.randrange(100, len(sound) - 300)
            damaged[at : at + 200] = chance.randbytes(200)
            shutil.rmtree(self.state)
            self.state.mkdir()
            self.path("state/dncsync.db", damaged)
            there.changes.clear()
            there.items.update(dict.fromkeys(chosen, 0.0))
            with self.subTest(turn=turn, at=at):
                for command in ("plan", "apply"):
                    outcome = self.dncsync(command, "--campaign", CAMPAIGN)
                    self.assertIn(outcome.code, (0, 6, 7, 10), outcome)
                self.assertEqual(there.removed() - set(gone), set())
                exported = self.dncsync("export", "--feed", "ftc", "--format", "txt", json=False)
                if exported.code == 0:
                    self.assertSame(exported.stdout.splitlines(), chosen[20:])
