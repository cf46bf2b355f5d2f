"""Shown by 1 and 2: what a newcomer types first."""

import json
import shlex
import unittest

from house import CAMPAIGN, LIST, ROOT, House, Sandbox, until
from profiles import PROFILE, by_profile
from tenants import Tenant

# The tutorial's own three items.
TUTORIAL = [
    {"phone_number": "+12025551234", "source_type": "REGULATORY", "notes": "State DNC registry sync"},
    {"phone_number": "+12025555678", "source_type": "CUSTOMER_REQUEST", "notes": "Opt-out via IVR"},
    {"phone_number": "+12025559999", "source_type": "MANUAL", "notes": "Agent flagged"},
]
KEYS = {
    *("eventType", "runId", "campaignId", "listId", "listName", "scope", "totalItems", "successes", "duplicates"),
    *("duplicatesInInput", "alreadyListed", "rejected", "refused", "unconfirmed", "pending", "hitRate", "batches"),
    *("requests", "warnings", "averageLatencyMs", "latencyMs", "durationMs", "timestamp", "webhooks", "rejects"),
    *("state", "dryRun"),
}


class FirstMinutes(House):
    def tutorial(self):
        return self.path("tutorial.jsonl", "".join(json.dumps(item) + "\n" for item in TUTORIAL))

    def test_demo(self):
        outcome = self.run_command("demo", "--profile", PROFILE, deadline=120)
        self.assertExit(outcome, 0)
        as_json = self.run_command("demo", "--profile", PROFILE, "--json", deadline=120)
        self.assertExit(as_json, 0)
        self.assertAddsUp(as_json.report["report"])
        self.assertTrue(all(figure["foretold"] == figure["came"] for figure in as_json.report["figures"]))

    def test_tutorial(self):
        example = ROOT / "examples" / "tutorial.jsonl"
        self.assertTrue(example.is_file(), "examples/tutorial.jsonl is missing")
        report = self.assertReport(self.ingest(example, "--sandbox"), 0, totalItems=3, successes=3, duplicates=0, hitRate=0)
        self.assertEqual(set(report), KEYS)
        expected = {"eventType": "DNC_INGESTION", "campaignId": CAMPAIGN, "listName": LIST, "scope": "CAMPAIGN", "dryRun": False}
        self.assertEqual({key: report[key] for key in expected}, expected)
        self.assertEqual(set(report["requests"]), {"total", "list", "post", "get", "retried", "throttled"})
        self.assertEqual(set(report["latencyMs"]), {"p50", "p95", "p99", "max"})
        self.assertEqual(set(report["webhooks"]), {"delivered", "pending"})
        self.assertEqual(report["state"], str(self.state))

    def test_second_run_finds_what_the_first_left(self):
        self.assertReport(self.ingest(self.tutorial(), "--sandbox"), 0, successes=3)
        report = self.assertReport(self.ingest(self.tutorial(), "--sandbox"), 0, successes=0, alreadyListed=3, hitRate=1.0)
        self.assertEqual(report["requests"]["post"], 0)

    def test_report_for_people(self):
        outcome = self.run_command("ingest", self.tutorial(), "--campaign", CAMPAIGN, "--sandbox", "--state", self.state)
        self.assertExit(outcome, 0)
        self.assertIn(LIST, outcome.stdout)
        self.assertIn(str(self.state), outcome.stdout)

    def test_state_from_the_environment_and_by_default(self):
        variables = {"DNCSYNC_STATE": self.directory / "elsewhere"}
        command = ("ingest", self.tutorial(), "--campaign", CAMPAIGN, "--sandbox", "--json")
        self.assertEqual(self.run_command(*command, env=variables).report["state"], str(self.directory / "elsewhere"))
        self.assertEqual(self.run_command(*command).report["state"], str(self.directory / "dncsync"))

    def test_dry_run_sends_nothing(self):
        sandbox = Sandbox(self)
        file = self.path("mixed.csv", "phone_number,source_type\n+12025551234,MANUAL\n+12025551234,\nnonsense,\n")
        counts = {"totalItems": 3, "pending": 1, "duplicatesInInput": 1, "rejected": 1, "successes": 0, "dryRun": True}
        report = self.assertReport(self.ingest(file, "--dry-run", server=sandbox), 3, **counts)
        self.assertEqual(sandbox.tap.calls.posts(), [])
        self.assertEqual(report["requests"]["post"], 0)
        self.assertIsNone(sandbox.listed())

    def test_several_formats_are_one_run(self):
        files = [
            self.path("a.csv", "Phone,Source,Notes,Date\r\n+12025551234,regulatory,\"a, b\",2026-01-02\r\n".encode("utf-16")),
            self.path("b.txt", b"\xef\xbb\xbf+12025555678\n+12025551234\n"),
            self.path("c.jsonl", '{"phoneNumber": "+12025559999", "sourceType": "SYSTEM"}\n'),
            self.path("d.csv", "+13025550100,MANUAL,no header\n"),
        ]
        sandbox = Sandbox(self)
        self.assertReport(self.ingest(*files, server=sandbox), 0, totalItems=5, successes=4, duplicatesInInput=1)
        self.assertEqual(len(sandbox.listed()), 4)

    def test_standard_input(self):
        lines = ("".join(f"+1202555{last:04d}\n" for last in range(n, n + 100)).encode() for n in range(0, 1000, 100))
        self.assertReport(self.ingest("-", "--sandbox", stdin=lines), 0, totalItems=1000, successes=1000)

    def test_country_reads_national_formats(self):
        file = self.path("national.txt", "(202) 555-1234\n202-555-5678\n")
        self.assertReport(self.ingest(file, "--sandbox"), 3, rejected=2)
        self.assertReport(self.ingest(file, "--sandbox", "--country", "US"), 0, successes=2)

    def test_named_list_and_scope(self):
        file = self.path("one.txt", "+12025551234\n")
        scope = by_profile(v2=("--scope", "GLOBAL"), admin=())
        report = self.assertReport(self.ingest(file, "--sandbox", "--list", "Everybody", *scope), 0, successes=1)
        self.assertEqual((report["listName"], report["scope"], report["campaignId"]), ("Everybody", "GLOBAL", None))

    def test_status_audit_and_doctor(self):
        tenant = Tenant(self)
        report = self.assertReport(self.ingest(self.tutorial(), server=tenant), 0)
        for command in ("status", "audit", "doctor"):
            with self.subTest(command):
                outcome = self.run_command(command, "--state", self.state, "--json", server=tenant)
                self.assertExit(outcome, 0)
                json.loads(outcome.stdout)
                people = self.run_command(command, "--state", self.state, server=tenant)
                self.assertExit(people, 0)
                self.assertTrue(people.stdout.strip())
        trail = [json.loads(line) for line in self.audit().read_text().splitlines()]
        records = [line for line in trail if line["eventType"] == "DNC_INGESTION"]
        self.assertEqual([record["runId"] for record in records], [report["runId"]])
        self.assertEqual({key: records[0][key] for key in ("totalItems", "successes")}, {"totalItems": 3, "successes": 3})
        self.assertGreater(len(trail), 3)

    def test_sandbox_says_how_to_reach_it(self):
        sandbox = Sandbox(self)
        secret = by_profile(v2="CXONE_CLIENT_SECRET", admin="CXONE_ACCESS_KEY_SECRET")
        until(lambda: any(secret in line for line in sandbox.lines), 10, "the export lines")
        exports = [shlex.split(line)[1:] for line in sandbox.lines if line.strip().startswith("export ")]
        variables = dict(word.split("=", 1) for words in exports for word in words)
        self.assertReport(self.ingest(self.tutorial(), env=variables), 0, successes=3)


if __name__ == "__main__":
    unittest.main()
