"""A scenario put on the table, on its pages: what is told before, what the plan did since, what is refused and kept."""
import re

import pytest
from django.urls import reverse

from negotiation.models import Contribution, Position, Scenario
from negotiation.scenarios import Delay, Drop, Percent, Scope
from tests import factories

from .conftest import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère", acronym="État", side="state", financier=True)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Conseil de Kayes", side="authority", financier=True)


def url(name, dossier, *more):
    return reverse(name, args=[dossier.slug, *more])


def test_an_adoption_lists_what_it_puts_on_the_table_then_does_it(sign_in, editor, dossier, make, road, market, region):
    met = factories.event(dossier.steps.get(step__code="A1"))
    met.save()
    one, client = make("Essai", Drop(market.pk), Percent(1_000)), sign_in(editor)
    address = url("scenario_adopt", dossier, one.pk)
    response = client.get(address)
    page = words(response)
    assert ("Projet Position Plan Écart Dernière position Piste 176 000 160 000 + 16 000 aucune Marché mise en liste "
            "de réserve 40 000 − 40 000 aucune") in page
    assert '<option value="request" selected>' in response.content.decode()
    typed = hidden(response) | {"kind": "counter", "party": region.pk, "held_on": "24/11/2025", "key": "k",
                                "spokesperson": "Président", "justification": "Pour tenir.", "event": met.pk}
    refused = client.post(address, typed | {"spokesperson": ""})
    assert (refused.status_code, "Pour tenir." in refused.content.decode()) == (422, True)
    stale = hidden(client.get(address)) | {name: typed[name] for name in typed if name not in hidden(response)}
    assert client.post(address, typed).status_code == 302
    assert [(one.project, one.kind, one.party, one.scenario, one.justification, one.event,
             sum(line.amount for line in one.amounts.all())) for one in Position.objects.order_by("pk")] == [
        (road, "counter", region, "Essai", "Pour tenir.", met, 176_000),
        (market, "counter", region, "Essai", "Pour tenir.", met, 0)]
    assert "Mis sur la table 24 novembre 2025 : Piste (n° 1); Marché (n° 1)" in words(client.get(
        url("scenario", dossier, one.pk)))
    again = client.get(address)
    assert "Tout ce que ce scénario change est déjà sur la table" in words(again)
    assert 'name="spokesperson"' not in again.content.decode()
    # A tab left open before: nothing is left to confirm.
    late = client.post(address, stale | {"key": "other"})
    assert "Tout ce que ce scénario change est déjà sur la table" in words(late)
    assert "puis confirmez" not in words(late)
    assert 'name="spokesperson"' not in late.content.decode()
    assert Position.objects.count() == 2


def test_what_the_plan_did_since_the_copy_is_told_on_every_page(sign_in, editor, dossier, make, road, market, state):
    one, client = make("Essai", Percent(-1_000, Scope(project=market.pk))), sign_in(editor)
    page, adoption = url("scenario", dossier, one.pk), url("scenario_adopt", dossier, one.pk)
    compare = f"{url('scenario_compare', dossier)}?avec={one.pk}"
    for address in (url("scenarios", dossier), page, adoption, compare):
        assert "le plan a changé depuis" not in words(client.get(address)).lower()
    Contribution.objects.filter(project=road, year=2027, financier=state).update(amount=123_000)
    assert "Essai le plan a changé depuis" in words(client.get(url("scenarios", dossier)))
    assert "copie Essai : les écarts sur Piste viennent du plan, et non du scénario." in words(client.get(compare))
    assert "Une partie des écarts" not in words(client.get(compare))
    told = words(client.get(adoption))
    assert "Ce scénario ne touche pas Piste : ses écarts viennent du plan" in told
    assert "Dernière position Marché 36 000 40 000 − 4 000 aucune" in told
    assert "Piste 150 000" not in told
    # The plan of the market changes too: first the plan, then the table.
    Contribution.objects.create(project=market, financier=state, year=2030, amount=7_000)
    assert ("viennent du plan, et non du scénario. Une partie des écarts sur Marché vient du plan, l’autre du scénario."
            ) in words(client.get(compare))
    response = client.get(adoption)
    assert "Ce scénario change aussi Marché : pour ne pas défaire" in words(response)
    assert 'name="spokesperson"' not in response.content.decode()
    told = words(client.get(page))
    assert "Ce scénario change aussi Marché" in told
    assert "Mettre sur la table" not in told
    assert "Les montants entrés depuis au plan ne portent pas les changements du scénario" in told
    done = words(client.post(url("scenario_catch_up", dossier, one.pk), {"version": 2}, follow=True))
    assert "les montants entrés depuis ne les portent pas" in done
    assert "les montants entrés depuis dans « Marché » ne portent pas les changements du scénario" in done
    assert "Le plan a changé" not in done
    assert "Marché 43 000 47 000 − 4 000" in words(client.get(adoption))


def test_a_scenario_from_which_only_the_plan_moved_says_whose_gaps(sign_in, editor, dossier, make, road, state):
    one, client = make("Pareil"), sign_in(editor)
    Contribution.objects.filter(project=road, year=2027, financier=state).update(amount=123_000)
    page = words(client.get(url("scenario", dossier, one.pk)))
    moved = "les écarts de ce scénario viennent tous du plan, qui a changé depuis la copie"
    assert f"Rien à mettre sur la table : {moved}." in page
    assert "ne donne à aucun projet d’autres montants" not in page
    adoption = words(client.get(url("scenario_adopt", dossier, one.pk)))
    assert f"L{moved[1:]} : il n’y a rien à mettre sur la table." in adoption
    assert "ne donne à aucun projet d’autres montants" not in adoption


def test_a_comparison_goes_on_in_lower_case_when_both_changed_the_only_project(sign_in, editor, dossier, make, market,
                                                                               state):
    one = make("Essai", Percent(-1_000, Scope(project=market.pk)))
    Contribution.objects.create(project=market, financier=state, year=2030, amount=7_000)
    page = words(sign_in(editor).get(f"{url('scenario_compare', dossier)}?avec={one.pk}"))
    assert "Essai : une partie des écarts sur Marché vient du plan, l’autre du scénario." in page


def test_a_scenario_whose_copy_is_unknown_says_so(sign_in, editor, dossier, make):
    one, client = make("Essai", Percent(1_000)), sign_in(editor)
    Scenario.objects.update(base=None)
    for name in ("scenario", "scenario_adopt"):
        assert "On ne sait plus quel plan ce scénario a copié" in words(client.get(url(name, dossier, one.pk)))


def hidden(response):
    """What the form of an adoption sends back unseen."""
    body = response.content.decode()
    return {name: re.search(rf'name="{name}"(?: value="([^"]*)")?', body)[1] or "" for name in ("base", "after")}


def test_an_adoption_shows_what_came_meanwhile_and_keeps_what_was_typed(sign_in, editor, dossier, make, road, state,
                                                                       region):
    one, client = make("Essai", Percent(1_000)), sign_in(editor)
    address = url("scenario_adopt", dossier, one.pk)
    typed = {"kind": "request", "party": region.pk, "held_on": f"{factories.TODAY:%d/%m/%Y}", "key": "k",
             "spokesperson": "Président"}
    seen = hidden(client.get(address))
    factories.position(dossier, by=editor, project=road, party=state, amounts={(state.pk, 2027): 90_000})
    page = client.post(address, seen | typed)
    assert (page.status_code, Position.objects.count()) == (422, 1)
    told = words(page)
    assert "Piste : entre-temps, une autre position a été inscrite sur ce projet" in told
    assert "176 000 160 000 + 16 000 90 000 proposition, Ministère (n° 1)" in told
    assert 'value="Président"' in page.content.decode()
    assert client.post(address, hidden(page) | typed).status_code == 302
    # The State has spoken: what answers it is a counter-proposal.
    factories.position(dossier, by=editor, project=road, party=state, amounts={(state.pk, 2027): 95_000})
    other = make("Autre", Percent(2_000))
    assert '<option value="counter" selected>' in client.get(
        url("scenario_adopt", dossier, other.pk)).content.decode()


def test_an_adoption_that_cannot_be_says_why_and_offers_no_form(sign_in, editor, dossier, make):
    client = sign_in(editor)
    late, same = make("Tardif", Delay(1)), make("Pareil")
    assert "Rien à mettre sur la table : ce scénario" in words(client.get(url("scenario", dossier, same.pk)))
    for one, sentence in ((late, "50 000 FCFA sortent du contrat (2027-2031)"),
                          (same, "il n’y a rien à mettre sur la table")):
        response = client.get(url("scenario_adopt", dossier, one.pk))
        assert sentence in words(response)
        assert 'name="spokesperson"' not in response.content.decode()
    dossier.actors.filter(side="authority", contributions__isnull=True).delete()
    Contribution.objects.filter(financier__side="authority").delete()
    dossier.actors.filter(side="authority").delete()
    alone = make("Sans acteur", Percent(1_000))
    assert "ajouter un acteur du côté de la Région" in words(client.get(url("scenario_adopt", dossier, alone.pk)))
