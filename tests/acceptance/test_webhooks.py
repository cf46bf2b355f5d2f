"""Shown by 6: the aggregator is told, whatever state it is in."""

import base64
import socket

from house import CAMPAIGN, LIST, House
from inputs import numbers, plain
from profiles import batches
from tenants import Aggregator, Tenant

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of a test's key").decode()
PLAIN = "a plain text of more than 24 bytes"
BODY = {
    "timestamp",
    "listId",
    "batchSize",
    "indexed",
    "duplicates",
    "latencyMs",
    "runId",
    "listName",
    "campaignId",
    "checkpoint",
}


class Webhooks(House):
    def setUp(self):
        super().setUp()
        self.numbers = numbers(23_000, seed=6)
        self.file = self.path("a.csv", plain(self.numbers))

    def send(self, aggregator, tenant, *options, **more):
        return self.ingest(self.file, *options, server=tenant, env=aggregator.environment(), **more)

    def test_the_reference_library_accepts_every_webhook(self):
        for secret in (SECRET, PLAIN):
            with self.subTest(secret=secret[:6]):
                self.state = self.directory / secret[:6]
                tenant, aggregator = Tenant(self), Aggregator(self, secret)
                report = self.assertReport(self.send(aggregator, tenant), 0, successes=23_000)
                self.assertEqual(report["webhooks"], {"delivered": batches(23_000), "pending": 0})
                self.assertEqual(aggregator.strange, [])
                self.assertWebhooks(aggregator.taken, report)

    def assertWebhooks(self, taken, report):
        bodies = [body for _, body in taken]
        self.assertEqual(len({headers["webhook-id"] for headers, _ in taken}), len(taken))
        self.assertEqual({headers["x-event-type"] for headers, _ in taken}, {"dnc.ingestion.complete"})
        self.assertEqual({headers["content-type"] for headers, _ in taken}, {"application/json"})
        self.assertEqual(len(bodies), report["batches"])
        self.assertEqual(set(bodies[0]), BODY)
        self.assertEqual(sum(body["batchSize"] for body in bodies), len(self.numbers))
        self.assertEqual(sum(body["indexed"] for body in bodies), report["successes"])
        for body in bodies:
            expected = {"runId": report["runId"], "listId": report["listId"], "listName": LIST, "campaignId": CAMPAIGN}
            self.assertEqual({key: body[key] for key in expected}, expected)

    def test_unsigned_with_a_warning(self):
        tenant, aggregator = Tenant(self), Aggregator(self)
        report = self.assertReport(self.send(aggregator, tenant), 0)
        self.assertEqual(len(aggregator.taken), batches(23_000))
        self.assertTrue(all("webhook-signature" not in headers for headers, _ in aggregator.taken))
        self.assertTrue(any("unsigned" in name.lower() for name in report["warnings"]), report["warnings"])
        doctor = self.run_command("doctor", "--state", self.state, server=tenant, env=aggregator.environment())
        self.assertIn("sign", (doctor.stdout + doctor.stderr).lower())

    def test_one_that_fails_changes_nothing_and_is_told_later(self):
        tenant, failing = Tenant(self), Aggregator(self, SECRET, status=500)
        report = self.assertReport(self.send(failing, tenant), 0, successes=23_000)
        self.assertEqual(report["webhooks"], {"delivered": 0, "pending": batches(23_000)})
        other = Aggregator(self, PLAIN)
        self.assertReport(self.send(other, tenant), 0, successes=0)
        self.assertEqual(other.strange, [])
        self.assertEqual(
            {headers["webhook-id"] for headers, _ in other.taken}, {headers["webhook-id"] for headers, _ in failing.taken}
        )
        self.assertWebhooks(other.taken, report)
        told = len(other.taken)
        self.assertReport(self.send(other, tenant), 0)
        self.assertEqual(len(other.taken), told, "a webhook was delivered twice")

    def test_pending_ones_are_tried_once_by_every_run(self):
        tenant, failing = Tenant(self), Aggregator(self, SECRET, status=503)
        self.assertReport(self.send(failing, tenant), 0)
        before = len(failing.taken)
        self.assertReport(self.send(failing, tenant), 0)
        self.assertEqual(len(failing.taken) - before, batches(23_000))

    def test_one_that_never_answers_costs_three_seconds(self):
        tenant, silent = Tenant(self), Aggregator(self, SECRET, silent=True)
        quick = Tenant(self)
        without = self.ingest(self.file, server=quick, state=self.directory / "without")
        outcome = self.send(silent, tenant)
        report = self.assertReport(outcome, 0, successes=23_000)
        self.assertEqual(report["webhooks"], {"delivered": 0, "pending": batches(23_000)})
        self.assertLess(outcome.seconds, without.seconds + 6)

    def test_one_that_is_not_there(self):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            address = {"AGGREGATOR_WEBHOOK": f"http://127.0.0.1:{reserved.getsockname()[1]}/", "AGGREGATOR_WEBHOOK_SECRET": SECRET}
            report = self.assertReport(self.ingest(self.file, server=Tenant(self), env=address), 0, successes=23_000)
        self.assertEqual(report["webhooks"], {"delivered": 0, "pending": batches(23_000)})

    def test_a_secret_that_is_too_short(self):
        environment = {"AGGREGATOR_WEBHOOK": "http://127.0.0.1:9/", "AGGREGATOR_WEBHOOK_SECRET": "short"}
        tenant = Tenant(self)
        self.assertTrouble(self.ingest(self.file, server=tenant, env=environment), 2)
        self.assertEqual(tenant.calls, [])
