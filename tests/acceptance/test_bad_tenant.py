"""Shown by 7, the other end: credentials, scopes, hosts."""

import socket

from house import House, Sandbox
from inputs import numbers, plain
from profiles import account, by_profile, is_api, only
from tenants import Tenant


class BadTenant(House):
    def setUp(self):
        super().setUp()
        self.file = self.path("a.csv", plain(numbers(10)))

    def test_wrong_secret(self):
        tenant, sandbox = Tenant(self), Sandbox(self)
        # The sandbox lets everybody in but the secret `wrong`.
        for url, secret in ((tenant.url, "not-the-secret-5d2e"), (sandbox.tap.url, "wrong")):
            with self.subTest(secret):
                outcome = self.ingest(self.file, env=account(url, secret), deadline=20)
                self.assertTrouble(outcome, 7, "secret")
                self.assertNotIn("not-the-secret", outcome.stderr + outcome.stdout)
        doctor = self.run_command("doctor", "--state", self.state, env=account(tenant.url, "not-the-secret-5d2e"))
        self.assertExit(doctor, 7)

    @only("v2", "tokens of the Admin API tell no scopes; test_admin has a role that may not")
    def test_missing_scope(self):
        lacking = {"dnc:write": ("dnc:read", "compliance:read"), "compliance:read": ("dnc:read", "dnc:write")}
        for missing, scopes in lacking.items():
            with self.subTest(missing):
                self.state = self.directory / missing.replace(":", "-")
                tenant = Tenant(self, scopes=scopes)
                self.assertTrouble(self.ingest(self.file, server=tenant, deadline=20), 7, missing)
                doctor = self.run_command("doctor", "--state", self.state, server=tenant)
                self.assertExit(doctor, 7)
                self.assertIn(missing, doctor.stdout + doctor.stderr)

    def test_forbidden_without_a_word_in_the_token(self):
        tenant = Tenant(self, interrupt=lambda method, path: (403, [], b"") if is_api(path) else None)
        self.assertTrouble(self.ingest(self.file, server=tenant, deadline=20), 7)

    def test_a_second_401_ends_the_run(self):
        tenant = Tenant(self, interrupt=lambda method, path: (401, [], b"") if is_api(path) else None)
        self.assertTrouble(self.ingest(self.file, server=tenant, deadline=20), 7)
        self.assertEqual(len(tenant.calls.api()), 2)
        self.assertEqual(len(tenant.calls), 4)

    def test_unreachable_host(self):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            nowhere = account(f"http://127.0.0.1:{reserved.getsockname()[1]}")
            outcome = self.ingest(self.file, env=nowhere, deadline=50)
            self.assertTrouble(outcome, 5, "reach")
            self.assertGreater(outcome.seconds, 10)
            self.assertLess(outcome.seconds, 35, "a host that never answered gets 20 s")
            quick = self.ingest(self.file, "--patience", "1s", env=nowhere, deadline=20)
            self.assertTrouble(quick, 5, "reach")
            self.assertReport(quick, 5, totalItems=10, pending=10)
        # What was loaded meanwhile is not lost.
        self.assertReport(self.ingest(self.file, server=Tenant(self)), 0, totalItems=10, successes=10)

    def test_no_credentials(self):
        self.assertTrouble(self.ingest(self.file), 2, by_profile(v2="CXONE_CLIENT_ID", admin="CXONE_ACCESS_KEY_ID"))

    def test_plain_http_is_for_loopback_only(self):
        for name in ("CXONE_API_URL", "CXONE_TOKEN_URL"):
            with self.subTest(name):
                environment = account("http://127.0.0.1:9") | {name: "http://example.com/"}
                self.assertTrouble(self.ingest(self.file, env=environment), 2, name)

    def test_html_where_json_should_be(self):
        page = (200, [("Content-Type", "text/html")], b"<html>Sign in</html>")
        tenant = Tenant(self, interrupt=lambda method, path: page if is_api(path) else None)
        outcome = self.ingest(self.file, "--patience", "2s", server=tenant, deadline=30)
        self.assertIn(outcome.code, (5, 7), outcome.stderr)
        self.assertNotIn("panicked", outcome.stderr)
