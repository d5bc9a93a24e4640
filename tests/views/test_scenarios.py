"""The pages of the scenarios: what the team reads, types and compares; what is refused and kept; nobody else."""
import gzip
import html
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from negotiation.models import Contribution, FundingLimit, Project, Scenario
from negotiation.scenarios import Delay, Drop, Percent, Scope, Withdraw
from negotiation.workflow import scenarios
from tests.pdf_files import text_of
from tests.test_embargo import JOURNAL, addresses, told

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


def sent(client, address, kind, **typed):
    """Send a form of the page of a scenario, with the hidden values that the page gave it."""
    body = client.get(address).content.decode()
    given = {name: html.unescape(value) for name, value in
             re.findall(rf'name="({kind}-(?:version|key))" value="([^"]*)"', body)}
    return client.post(address, given | {"change": kind} | {f"{kind}-{name}": value for name, value in typed.items()})


def test_the_list_tells_each_scenario_beside_the_plan(sign_in, editor, dossier, make, state):
    client = sign_in(editor)
    make("Prudent", Percent(-1_000, Scope(financier=state.pk)))
    late = make("Tardif", Delay(1, Scope(financier=state.pk)), Percent(10_000))
    page = words(client.get(url("scenarios", dossier)))
    assert "Prudent 181 000 FCFA − 19 000 − 29 000 1" in page
    assert "Tardif sort du contrat 400 000 FCFA + 200 000 + 190 000 2" in page
    assert late.name in page


def test_an_empty_list_says_what_a_scenario_is(sign_in, editor, dossier):
    page = words(sign_in(editor).get(url("scenarios", dossier)))
    assert "Aucun scénario n’est essayé." in page
    assert "Un scénario est une copie du plan de financement" in page


def test_a_scenario_without_a_plan_nor_project_says_so(sign_in, editor, dossier):
    one = scenarios.add(Scenario(negotiation=dossier, name="Vide"), by=editor)
    page = words(sign_in(editor).get(url("scenario", dossier, one.pk)))
    assert "Aucun changement : le scénario est la copie du plan." in page
    assert "Aucun montant." in page
    assert "aucun total n’est annoncé" in page


def test_a_scenario_is_created_from_the_plan_or_from_another(sign_in, editor, dossier, make):
    client = sign_in(editor)
    first = make("Prudent", Percent(1_000))
    client.post(url("scenario_add", dossier), {"name": "Du plan", "note": "Essai.", "key": "k"})
    client.post(url("scenario_add", dossier), {"name": "De l’autre", "source": first.pk, "key": "k"})
    assert [(one.name, one.note, sum(amount for *_, amount in one.cells)) for one in Scenario.objects.all()[1:]] == [
        ("Du plan", "Essai.", 200_000), ("De l’autre", "", 220_000)]
    again = client.post(url("scenario_add", dossier), {"name": "Du plan", "note": "Ma note."})
    assert again.status_code == 422
    assert "Un scénario de ce nom existe déjà." in words(again)
    assert 'value="Ma note."' in again.content.decode()


def test_one_scenario_is_read_beside_the_plan_by_sign_and_words(sign_in, editor, dossier, make, road, market, state,
                                                                region):
    one = make("Retrait", Withdraw(region.pk), Drop(market.pk), Percent(1_000, Scope(project=road.pk)))
    page = words(sign_in(editor).get(url("scenario", dossier, one.pk)))
    assert "Total du scénario 165 000 FCFA Écart avec le plan − 35 000 FCFA Écart avec le total annoncé − 45 000 FCFA" \
        in page
    assert "Liste de réserve Marché" in page
    assert ("Année Scénario Plan 2027 110 000 110 000 2028 — − 40 000 40 000 2029 — — 2030 — — "
            "2031 55 000 + 5 000 50 000 Total 165 000 − 35 000 200 000") in page
    assert "Financeur Scénario Plan État 165 000 − 25 000 190 000 Conseil de Kayes — − 10 000 10 000" in page
    assert ("Piste 110 000 — — — 55 000 + 5 000 165 000 + 5 000 État 110 000 + 10 000 — — — 55 000 + 5 000 165 000 "
            "+ 15 000 Conseil de Kayes retiré — − 10 000 — — — — — − 10 000") in page
    assert "Marché en réserve" in page


CHANGES = {
    "delay": ({"years": "1", "scope": "tout"}, "Retard d’un an : tout le plan; 50 000 FCFA sortent du contrat"),
    "percent": ({"percent": "+ 7,5 %", "scope": "y2027"},
                "Hausse de 7,5 % : année 2027, de 110 000 FCFA à 118 250 FCFA"),
    "fix": ({"amount": "60 000", "scope": "f{state}y2028"},
            "Nouveau montant : « État » en 2028, de 40 000 FCFA à 60 000 FCFA"),
    "withdraw": ({"financier": "{region}", "heir": "{state}"},
                 "Retrait du financeur « Conseil de Kayes » : 10 000 FCFA, repris par « État »"),
    "add": ({"project": "{market}", "financier": "{region}", "amount": "1 000 003", "year": "evenly"},
            "Ajout du financeur « Conseil de Kayes » au projet « Marché » : 1 000 003 FCFA, répartis également de 2027 "
            "à 2031"),
    "drop": ({"project": "{market}"}, "Mise en réserve du projet « Marché » : 40 000 FCFA"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_each_form_applies_its_change(sign_in, editor, dossier, make, market, state, region, kind):
    one, client = make("Essai"), sign_in(editor)
    typed, told = CHANGES[kind]
    named = {"market": market.pk, "state": state.pk, "region": region.pk}
    response = sent(client, url("scenario", dossier, one.pk), kind, **{k: v.format(**named) for k, v in typed.items()})
    assert response.url == url("scenario", dossier, one.pk)
    page = client.get(response.url)
    assert told in words(page)
    assert "Le changement est fait." in words(page)


def test_a_project_comes_back_from_the_reserve(sign_in, editor, dossier, make, market):
    one, client = make("Essai", Drop(market.pk)), sign_in(editor)
    sent(client, url("scenario", dossier, one.pk), "restore", project=market.pk)
    assert "Retour du projet « Marché » avec 40 000 FCFA, comme au plan" in words(client.get(
        url("scenario", dossier, one.pk)))


@pytest.mark.parametrize(("kind", "typed", "sentence"), [
    ("percent", {"percent": "7,555", "scope": "tout"}, "« 7,555 » n’est pas un pourcentage"),
    ("percent", {"percent": "", "scope": "tout"}, "obligatoire"),
    ("percent", {"percent": "0,00", "scope": "tout"}, "0 % ne change rien."),
    ("percent", {"percent": "-100,01", "scope": "tout"}, "Une variation va de -100 % à 1000 %."),
    ("percent", {"percent": "5", "scope": "p999"}, "p999"),
    ("delay", {"years": "un", "scope": "tout"}, "Écrivez un nombre d’années en chiffres, par exemple 1."),
    ("add", {"amount": "12,5", "year": "2050"}, "« 12,5 » contient un point ou une virgule"),
])
def test_what_cannot_be_read_is_refused_and_kept(sign_in, editor, dossier, make, kind, typed, sentence):
    one, client = make("Essai"), sign_in(editor)
    response = sent(client, url("scenario", dossier, one.pk), kind, **typed)
    assert (response.status_code, sentence in words(response)) == (422, True)
    field, value = next(iter(typed.items()))
    assert not value or f'value="{value}"' in response.content.decode()
    one.refresh_from_db()
    assert one.version == 1


def test_an_amount_is_fixed_at_nothing(sign_in, editor, dossier, make, state):
    one, client = make("Essai"), sign_in(editor)
    assert sent(client, url("scenario", dossier, one.pk), "fix", amount="0", scope=f"f{state.pk}").status_code == 302
    page = words(client.get(url("scenario", dossier, one.pk)))
    assert "Total du scénario 10 000 FCFA" in page


@pytest.mark.parametrize("text", ["-10", "−10", "– 10 %", "-10,0", "-10.00"])
def test_a_fall_is_typed_in_many_ways(sign_in, editor, dossier, make, text):
    one = make("Essai")
    sent(sign_in(editor), url("scenario", dossier, one.pk), "percent", percent=text, scope="tout")
    one.refresh_from_db()
    assert sum(amount for *_, amount in one.cells) == 180_000


def test_a_stale_page_keeps_what_was_typed_and_can_be_sent_again(sign_in, editor, manager, dossier, make):
    one, client = make("Essai"), sign_in(editor)
    address = url("scenario", dossier, one.pk)
    stale = {"change": "percent", "percent-version": "1", "percent-key": "k", "percent-percent": "5",
             "percent-scope": "tout"}
    scenarios.change(one, Percent(1_000), version=1, by=manager)
    response = client.post(address, stale)
    assert response.status_code == 409
    page = words(response)
    assert f"Ce scénario a été modifié par {manager.name} depuis que vous l’avez ouvert." in page
    assert "Total du scénario 220 000 FCFA" in page
    assert 'value="5"' in response.content.decode()
    assert client.post(address, stale | {"percent-version": "2"}).status_code == 302
    one.refresh_from_db()
    assert sum(amount for *_, amount in one.cells) == 231_000


def test_the_last_change_is_undone_once_even_on_a_double_click(sign_in, editor, dossier, make):
    one, client = make("Essai", Percent(1_000), Percent(1_000)), sign_in(editor)
    for _ in range(2):
        client.post(url("scenario_undo", dossier, one.pk), {"version": "3", "key": "k"})
    one.refresh_from_db()
    assert len(one.changes) == 1
    page = client.post(url("scenario_undo", dossier, one.pk), {"version": "3", "key": "autre"}, follow=True)
    assert "Ce scénario a été modifié par vous-même dans une autre page" in words(page)
    assert client.post(url("scenario_undo", dossier, one.pk), {"version": "x"}).status_code == 404
    assert client.post(url("scenario", dossier, one.pk), {"change": "rien"}).status_code == 404


def test_a_name_a_note_and_a_removal(sign_in, editor, dossier, make):
    one, client = make("Essai"), sign_in(editor)
    client.post(url("scenario_sheet", dossier, one.pk), {"name": "Prudent", "note": "N", "version": "1"})
    stale = client.post(url("scenario_sheet", dossier, one.pk), {"name": "Tardif", "note": "Ma note", "version": "1"})
    assert (stale.status_code, 'value="Ma note"' in stale.content.decode()) == (409, True)
    client.post(url("scenario_remove", dossier, one.pk), {"version": "1"})
    assert Scenario.objects.get().name == "Prudent"
    assert client.post(url("scenario_remove", dossier, one.pk), {"version": "2"}).url == url("scenarios", dossier)
    assert Scenario.objects.count() == 0


def test_up_to_three_are_compared_with_the_plan(sign_in, editor, dossier, make, state, region):
    client = sign_in(editor)
    many = [make("A", Percent(1_000)), make("B", Delay(1)), make("C", Withdraw(region.pk)), make("D")]
    query = "&".join(f"avec={one.pk}" for one in many)
    page = words(client.get(f"{url('scenario_compare', dossier)}?{query}"))
    assert "On compare 3 scénarios au plus" in page
    assert "Par année Plan A B C 2027 110 000 121 000 + 11 000 — − 110 000 100 000 − 10 000" in page
    assert "2032 (hors du contrat) — — 50 000 + 50 000 —" in page
    assert "État 190 000 209 000 + 19 000 190 000 190 000" in page
    assert "Total 200 000 220 000 + 20 000 200 000 190 000 − 10 000" in page
    assert "Par projet Plan A B C Piste 160 000 176 000 + 16 000 160 000 150 000 − 10 000 Marché 40 000" in page
    aside = make("E", Drop(Project.objects.get(name="Marché").pk))
    page = words(client.get(f"{url('scenario_compare', dossier)}?avec={aside.pk}&avec={many[0].pk}"))
    assert "Liste de réserve E : Marché A : aucun projet" in page
    gone = words(client.get(f"{url('scenario_compare', dossier)}?avec={many[0].pk}&avec=999999&avec=x"))
    assert "Un scénario demandé n’existe plus." in gone
    assert "Choisissez d’abord" in words(client.get(url("scenario_compare", dossier)))


def test_a_scenario_and_its_adoption_say_what_the_rules_would_say(sign_in, editor, dossier, make):
    FundingLimit.objects.create(negotiation=dossier, kind="state_total", severity="blocking", amount=200_000)
    one, client = make("Essai", Percent(1_000)), sign_in(editor)
    for name, when in (("scenario", "Si ce scénario devenait le plan"),
                       ("scenario_adopt", "Une fois ces positions convenues")):
        page = words(client.get(url(name, dossier, one.pk)))
        assert f"{when}, le plan aurait 2 points bloquants" in page
        assert "bloquant nouveau L’État apporte 209 000 FCFA pour tout le contrat" in page


def test_what_was_removed_is_told_and_taken_out(sign_in, editor, dossier, make, market):
    one, client = make("Essai"), sign_in(editor)
    Contribution.objects.filter(project=market).delete()
    market.delete()
    address = url("scenario", dossier, one.pk)
    page = words(client.get(address))
    assert "40 000 FCFA portent sur un projet ou un financeur supprimé depuis." in page
    assert "Total du scénario 160 000 FCFA" in page
    sentence = "40 000 FCFA portent sur un projet ou un financeur supprimé depuis. Ils ne sont dans aucun total de " \
               "cette page."
    assert f"Essai {sentence} 160 000 FCFA" in words(client.get(url("scenarios", dossier)))
    compared = words(client.get(f"{url('scenario_compare', dossier)}?avec={one.pk}"))
    assert f"Des montants ne sont pas comptés Essai : {sentence}" in compared
    client.post(url("scenario_forget", dossier, one.pk), {"version": "1"})
    for now in (address, url("scenarios", dossier), f"{url('scenario_compare', dossier)}?avec={one.pk}"):
        assert "supprimé depuis" not in words(client.get(now))


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_whatever_the_number_of_rows(sign_in, editor, dossier, make, rows,
                                                         django_assert_num_queries):
    client = sign_in(editor)
    many = [make(f"Essai {n}", *[Percent(1_000)] * rows) for n in range(rows)]
    for n in range(rows):
        Project.objects.create(negotiation=dossier, name=f"Autre {n}")
    query = "&".join(f"avec={one.pk}" for one in many)
    for address, queries in ((url("scenarios", dossier), 11), (url("scenario", dossier, many[0].pk), 12),
                             (f"{url('scenario_compare', dossier)}?{query}", 11),
                             (url("scenario_adopt", dossier, many[0].pk), 15)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_a_large_scenario_shows_sums_then_one_project(sign_in, editor, dossier, make, road):
    actors = [dossier.actors.create(name=f"Financeur {n}", side="funder", financier=True) for n in range(8)]
    projects = [Project.objects.create(negotiation=dossier, name=f"Projet {n}") for n in range(40)]
    Contribution.objects.bulk_create(
        Contribution(project=project, financier=actor, year=year, amount=10**6 + 977 * project.pk * year + actor.pk)
        for project in projects for actor in actors for year in dossier.years)
    one, client = make("Grand", Percent(333)), sign_in(editor)
    response = client.get(url("scenario", dossier, one.pk))
    assert "Les montants sont trop nombreux pour une seule page" in words(response)
    assert len(gzip.compress(response.content, 6)) < 14_000
    alone = client.get(url("scenario", dossier, one.pk) + f"?projet={projects[3].pk}")
    assert "Tous les projets ensemble" in words(alone)
    assert len(gzip.compress(alone.content, 6)) < 14_000
    assert client.get(url("scenario", dossier, one.pk) + "?projet=999999").status_code == 404


def test_nobody_but_the_team_reads_of_a_scenario_anywhere(people, places, dossier, road, state, tmp_path):
    """Neither its name nor what was tried with it: on no page, in no file, and not in the journal."""
    scenario = Scenario.objects.get(name="Scénario secret")
    Contribution.objects.create(project=road, financier=state, year=2027, amount=123_456)
    scenarios.change(scenarios.add(Scenario(negotiation=dossier, name="Autre secret"), by=people["manager"]),
                     Percent(-777), version=1, by=people["manager"])
    texts = {scenario.name, "Autre secret", "7,77"}
    everyone = [who for who in people if who not in ("editor", "manager")]
    assert {who: told(who, people, places, dossier, texts) for who in everyone} == dict.fromkeys(everyone, set())
    read = {place for place, _ in told("editor", people, places, dossier, texts)}
    assert read - JOURNAL == {"scenarios", "scenario", "scenario_sheet", "scenario_remove", "scenario_adopt",
                              "scenario_add"}
    assert "scenario" in {name for name, _ in addresses(places, dossier)}
    call_command("booklet", dossier.slug, output=str(tmp_path / "livret.pdf"))
    printed = " ".join(text_of(tmp_path / "livret.pdf").split())
    assert [text for text in texts if text in printed] == []


def test_the_day_of_the_livret_is_not_that_of_a_scenario(dossier, make):
    from negotiation.queries.booklet import rows
    before = rows(dossier).changed_at
    make("Essai", Percent(1_000))
    assert rows(dossier).changed_at >= before
    last = dossier.journal.exclude(action__startswith="scenario").order_by("-number").first()
    assert rows(dossier).changed_at == last.at


@pytest.mark.parametrize(("who", "status"), [("examiner", 403), ("director", 403), ("stranger", 404)])
def test_others_are_refused_before_anything_is_read(request, dossier, make, who, status):
    one, client = make("Essai"), Client()
    client.force_login(request.getfixturevalue(who))
    assert {client.get(url("scenario", dossier, pk)).status_code for pk in (one.pk, one.pk + 999)} == {status}
    assert "Scénarios" not in client.get(url("commitments", dossier)).content.decode()
