"""Shown by 5: the right list, read whole."""

from house import CAMPAIGN, LIST, House
from inputs import numbers, plain
from profiles import only
from tenants import Tenant


class Lists(House):
    def test_a_similar_name_first_is_not_taken(self):
        tenant = Tenant(self, page_cap=2)
        others = [tenant.add_list(name) for name in (LIST + "_OLD", "OLD_" + LIST, LIST.lower(), LIST + " ", "X" + LIST)]
        right = tenant.add_list(LIST)
        self.assertReport(self.ingest(self.path("a.csv", plain(numbers(20))), server=tenant), 0, successes=20)
        self.assertEqual(len(right.items), 20)
        self.assertEqual([len(other.items) for other in others], [0] * 5)

    @only("v2", "groups have no scope")
    def test_another_scope_stops(self):
        for tell_totals in (True, False):
            with self.subTest(tell_totals=tell_totals):
                tenant = Tenant(self, tell_totals=tell_totals)
                wrong = tenant.add_list(LIST, "GLOBAL")
                outcome = self.ingest(self.path("a.csv", plain(numbers(20))), server=tenant)
                self.assertTrouble(outcome, 7, "scope")
                self.assertEqual((tenant.calls.posts(), len(wrong.items)), ([], 0))

    def test_pages_that_tell_nothing_are_read_whole(self):
        chosen = numbers(6000, seed=8)
        for name, knobs in {"nothing told": {"tell_totals": False}, "all told": {}}.items():
            with self.subTest(name):
                self.state = self.directory / name.replace(" ", "-")
                tenant = Tenant(self, page_cap=700, **knobs)
                tenant.add_list(LIST, numbers=chosen[:4000])
                file = self.path("a.csv", plain(chosen[1000:]))
                counts = {"totalItems": 5000, "alreadyListed": 3000, "successes": 2000}
                self.assertReport(self.ingest(file, server=tenant, deadline=120), 0, **counts)
                self.assertEqual(sum(call.items for call in tenant.calls.posts()), 2000)

    def test_odd_answers_are_understood(self):
        chosen = numbers(3000, seed=9)
        for known in (0, 1000):
            with self.subTest(listed_before=known):
                self.state = self.directory / str(known)
                tenant = Tenant(self, page_cap=700, odd=True)
                if known:
                    tenant.add_list(LIST, numbers=chosen[:known])
                outcome = self.ingest(self.path("a.csv", plain(chosen)), server=tenant, deadline=60)
                self.assertReport(outcome, 0, alreadyListed=known, successes=3000 - known)

    def test_another_list_of_the_name_is_a_first_contact(self):
        tenant = Tenant(self)
        file = self.path("a.csv", plain(numbers(20)))
        self.assertReport(self.ingest(file, server=tenant), 0, successes=20)
        tenant.lists.clear()
        self.assertReport(self.ingest(file, server=tenant), 0, successes=20, alreadyListed=0)
        self.assertEqual(len(tenant.named(LIST).items), 20)

    def test_longest_name(self):
        file = self.path("a.csv", plain(numbers(2)))
        fits = "X" * (255 - len("CAMPAIGN_DNC_"))
        self.assertReport(self.ingest(file, "--sandbox", campaign=fits), 0, successes=2)
        self.assertTrouble(self.ingest(file, "--sandbox", campaign=fits + "X"), 2, "255")

    def test_two_campaigns_of_one_state_directory(self):
        tenant = Tenant(self)
        file = self.path("a.csv", plain(numbers(30)))
        self.assertReport(self.ingest(file, server=tenant), 0, successes=30)
        self.assertReport(self.ingest(file, server=tenant, campaign="OTHER"), 0, successes=30)
        self.assertEqual(len(tenant.named("CAMPAIGN_DNC_OTHER").items), 30)
        self.assertEqual(len(tenant.named("CAMPAIGN_DNC_" + CAMPAIGN).items), 30)
