"""Tests of feeds: loads, plans and what is applied, as a user types them."""

import json

from house import CAMPAIGN, LIST, House

ROW_OUTCOMES = ("claimed", "alreadyClaimed", "withdrawn", "notClaimed", "duplicatesInInput", "rejected")
REMOVAL_OUTCOMES = ("removed", "kept", "refused", "unconfirmed", "pending")
DAY = "2026-08-29T08:00:00"


def registry(numbers):
    """A registry's full list: area code and number, no header."""
    return "".join(f"{number[2:5]},{number[5:]}\n" for number in numbers).encode()


def changes(rows, at=DAY):
    """A registry's change list of (number, A or D)."""
    return "".join(f"{number[2:]},{at},{action}\n" for number, action in rows).encode()


def column(numbers):
    """A list of numbers, one a line, under a header."""
    return "".join(f"{line}\n" for line in ["phone_number", *numbers]).encode()


class Feeding(House):
    """A test with a state directory that has feeds. `server`: the tenant that all its commands speak to."""

    server = None

    def dncsync(self, *arguments, deadline=120, env=None, json=True, state=None):
        """A command against the test's own tenant, without a limit of requests."""
        options = ["--state", state or self.state, *(["--json"] if json else [])]
        env = {"CXONE_RATE": "0"} | (env or {})
        return self.run_command(*arguments, *options, server=self.server, env=env, deadline=deadline)

    def load(self, file, feed, mode="add", *arguments, **more):
        return self.dncsync("load", file, "--feed", feed, "--mode", mode, *arguments, **more)

    def take(self, feeds, *arguments, campaign=CAMPAIGN):
        """Says which feeds the campaign's list takes."""
        self.assertExit(self.dncsync("target", "set", "--campaign", campaign, "--feeds", feeds, *arguments), 0)

    def plan(self, *arguments, campaign=CAMPAIGN, **more):
        return self.dncsync("plan", "--campaign", campaign, *arguments, **more)

    def apply(self, *arguments, campaign=CAMPAIGN, **more):
        return self.dncsync("apply", "--campaign", campaign, *arguments, **more)

    def loaded(self, content, feed, mode="add", *arguments, code=0, name=None, **expected):
        """Loads this content, expects it to be taken with these figures; its report."""
        file = self.path(name or f"{feed}-{mode}.txt", content)
        return self.assertLoad(self.load(file, feed, mode, *arguments), code, **expected)

    def export(self, feed, **more):
        """What a feed claims, in order."""
        outcome = self.dncsync("export", "--feed", feed, "--format", "txt", json=False, **more)
        self.assertExit(outcome, 0)
        return outcome.stdout.splitlines()

    def feeds(self):
        outcome = self.dncsync("feeds")
        self.assertExit(outcome, 0)
        return {feed["feed"]: feed for feed in outcome.report["feeds"]}

    def explain(self, number, *arguments):
        outcome = self.dncsync("explain", number, *arguments)
        self.assertExit(outcome, 0)
        return outcome.report

    def assertLoad(self, outcome, code, **expected):
        """The exit status, a report in which every row has one outcome, and these figures in it."""
        self.assertExit(outcome, code)
        report = outcome.report
        self.assertEqual(report["rows"], sum(report[name] for name in ROW_OUTCOMES), report)
        if report["mode"] != "replace":
            self.assertEqual(report["absent"], 0, report)
        gone = report["withdrawn"] + report["absent"]
        self.assertEqual(report["numbers"], report["before"] + report["claimed"] - gone, report)
        self.assertEqual({name: report[name] for name in expected}, expected, report)
        return report

    def assertPlan(self, outcome, **expected):
        """Exit status 10 where there is something to do, 0 where not, and these figures."""
        report = json.loads(outcome.stdout)
        todo = report["additions"] + report["removals"] + report["leftOut"]
        self.assertExit(outcome, 10 if todo else 0)
        self.assertEqual({name: report[name] for name in expected}, expected, report)
        return report

    def assertApplied(self, outcome, code=0, removals=None, **expected):
        """As a run is reported, and with the removals adding up: `removals` are figures among them."""
        self.assertExit(outcome, code)
        report = outcome.report
        told = report.get("removals", {})
        if told:
            self.assertEqual(told["planned"], sum(told[name] for name in REMOVAL_OUTCOMES), told)
        self.assertEqual({name: told.get(name, 0) for name in removals or {}}, removals or {}, report)
        self.assertEqual({name: report[name] for name in expected}, expected, report)
        return report

    def assertFeed(self, feed, numbers):
        """The feed claims exactly these, in its export and by its count."""
        exported = self.export(feed)
        self.assertEqual(len(exported), len(set(exported)), "a number is exported twice")
        self.assertSame(exported, numbers)
        self.assertEqual(self.feeds()[feed]["numbers"], len(set(numbers)))

    def assertSame(self, found, expected):
        """The same numbers; tells a few of those that are not."""
        found, expected = set(found), set(expected)
        surplus, missing = sorted(found - expected), sorted(expected - found)
        if surplus or missing:
            self.fail(f"{len(surplus)} too many: {surplus[:3]}; {len(missing)} missing: {missing[:3]}")

    def listed(self, name=LIST):
        """What the tenant holds in a list."""
        return self.server.listed(name)
