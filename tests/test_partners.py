"""A partner sees the dossiers opened to its organisation, and nothing else, at every address."""
import pytest
from django.test import Client
from django.urls import reverse

from negotiation.choices import OrganisationKind, Role
from negotiation.models import JournalEntry, Opening
from negotiation.workflow.negotiations import unshare

from . import factories
from .test_urls import OPEN, POSTED, met


def of_a_dossier(places):
    """Every address that names a dossier and is not public, with its arguments."""
    return {name: places[name] for name in {*OPEN, *POSTED} if "slug" in places.get(name, {})
            and not name.startswith("published_")}


def answers(user, addresses):
    client = Client()
    client.force_login(user)
    found = {(name, method): getattr(client, method)(reverse(name, kwargs=arguments))
             for name, arguments in addresses.items() for method in ("get", "post")
             if method == "post" or name not in POSTED}
    # A page that takes no form refuses it before it looks for the dossier.
    return {place: met(response) for place, response in found.items() if response.status_code != 405}


@pytest.mark.parametrize("kind", ["another", "closed"])
def test_a_dossier_that_is_not_open_to_a_partner_does_not_exist_for_it(people, places, dossier, manager, kind):
    addresses = of_a_dossier(places)
    if kind == "closed":
        partner = people["partner"]
        unshare(Opening.objects.get(negotiation=dossier, organisation=partner.memberships.get().organisation),
                by=manager)
    else:
        partner = factories.member(factories.organisation("GIZ", OrganisationKind.PARTNER), Role.PARTNER)
    assert len(addresses) > 60
    assert {place: status for place, status in answers(partner, addresses).items() if status != 404} == {}
    client = Client()
    client.force_login(partner)
    for page in ("tasks", "negotiations"):
        html = client.get(reverse(page)).content.decode()
        assert dossier.slug not in html
        assert dossier.title not in html


def test_a_partner_writes_nothing_in_a_dossier_open_to_it(people, places, dossier):
    """The addresses that only receive forms refuse it; what it may open takes nothing from it."""
    found = answers(people["partner"], of_a_dossier(places))
    assert {place: status for place, status in found.items() if place[0] in POSTED and status != 403} == {}
    assert not JournalEntry.objects.filter(by=people["partner"]).exists()
