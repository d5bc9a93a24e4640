"""What differs between two editions: as sentences, as a table of amounts, on a page and as a PDF."""
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation.choices import Nature, OrganisationKind, Role
from negotiation.dates import spoken
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.booklet.comparison import Row, compare
from negotiation.models import (
    Actor,
    Booklet,
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Event,
    FundingLimit,
    Negotiation,
    Obligation,
    Project,
)
from negotiation.templatetags.components import state_of
from negotiation.workflow import booklets
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.steps import save_answers

from .. import factories
from .conftest import text_of

pytestmark = pytest.mark.django_db
N = "\u00a0"


def content(dossier):
    return json.loads(assemble(dossier).text)


def told(dossier, before):
    return {section.title: list(section.sentences) for section in compare(before, content(dossier))}


@pytest.fixture
def state(dossier):
    return dossier.actors.get(name="État")


@pytest.fixture
def road(dossier, state):
    road = Project.objects.create(negotiation=dossier, name="Route")
    Contribution.objects.create(project=road, financier=state, year=dossier.first_year, amount=400_000_000)
    return road


def test_two_equal_contents_differ_in_nothing(dossier, road):
    assert compare(content(dossier), content(dossier)) == []


def test_a_changed_amount_is_a_sentence_and_a_line_of_the_table(dossier, road):
    before = content(dossier)
    Contribution.objects.update(amount=350_000_000)
    first, *_ = compare(before, content(dossier))
    change = f"400{N}000{N}000 → 350{N}000{N}000{N}FCFA"
    assert first.sentences == (f"Route, engagement {dossier.first_year} de l’État : {change}",
                               f"Total du plan de financement : {change}")
    assert first.rows == tuple(Row(name, f"400{N}000{N}000", f"350{N}000{N}000", f"−50{N}000{N}000")
                               for name in ("État", "Total"))


def test_records_added_changed_and_removed_are_told(dossier, road):
    gone = Difficulty.objects.create(negotiation=dossier, family="human", what="Agents absents", remedy="Recruter")
    event = Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion", place="Kayes")
    before = content(dossier)
    gone.delete()
    event.place = "Bamako"
    event.save()
    Project.objects.create(negotiation=dossier, name="Pont")
    found = told(dossier, before)
    assert found["Chronologie"] == ["« Réunion », lieu : « Kayes » → « Bamako »"]
    assert found["Difficultés"] == ["Difficulté « Agents absents » : suppression (état : « signalée » ; famille : "
                                    "« difficulté humaine » ; remède : « Recruter »)"]
    assert found["Projets"][0].startswith("Projet « Pont » : ajout")


def test_an_answer_is_told_with_its_code(dossier, manager):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="A1")
    question = progress.step.questions.get(code="A1.Q1")
    before = content(dossier)
    save_answers(progress, {question: "Oui,\nà Kayes"}, {question.pk: fingerprint_of("")}, by=manager)
    assert "Réponse A1.Q1 : ajout (« Oui, à Kayes »)" in told(dossier, before)["Étapes, réponses et pièces"]


def test_a_changed_rule_is_a_sentence(dossier, road):
    rule = FundingLimit.objects.create(negotiation=dossier, kind="region_share", share=200, severity="warning",
                                       source="Délibération")
    before = content(dossier)
    rule.share = 450
    rule.save()
    first, *_ = told(dossier, before)["Règles de financement"]
    assert first == f"Part minimale de la Région : 20,0{N}% → 45,0{N}%"


def test_a_new_position_and_its_agreement_are_told(dossier, road, state, manager):
    factories.position(dossier, by=manager, project=road, party=dossier.actors.filter(side="authority").first())
    nothing = content(dossier)
    position = factories.position(dossier, by=manager, project=road, party=state,
                                  amounts={(state.pk, dossier.first_year): 400})
    tabled = content(dossier)
    added, amount = told(dossier, nothing)["Positions de négociation"]
    assert added.startswith("Route, position n° 2 : ajout (")
    assert f"montant : 400{N}FCFA" in added
    assert "état : « sur la table »" in added
    assert amount == f"Route, position n° 2, {dossier.first_year}, État : ajout (400{N}FCFA)"
    factories.agree(position, by=manager)
    assert "Route, position n° 2, état : « sur la table » → « convenue »" in told(
        dossier, tabled)["Positions de négociation"]


def test_each_kind_of_thing_has_its_own_words_for_its_state(dossier, state):
    promise = Obligation.objects.create(negotiation=dossier, party=state, what="Publier", state="todo")
    before = content(dossier)
    Obligation.objects.update(state="ongoing")
    assert told(dossier, before)["Obligations"] == ["État : « Publier », état : « à faire » → « en cours »"]
    promise.delete()
    removal, = told(dossier, before)["Obligations"]
    assert "état : « à faire »" in removal
    Difficulty.objects.create(negotiation=dossier, family="human", what="Agents absents", state="ongoing")
    assert "état : « en traitement »" in told(dossier, before)["Difficultés"][0]


def test_a_free_document_is_told_by_its_title(dossier, manager):
    before = content(dossier)
    document = Document.objects.create(progress=dossier.steps.get(step__code="A1"), title="Carte des pistes")
    DocumentVersion.objects.create(document=document, number=1, sha256="f" * 64, size=1, kind="pdf",
                                   file_name="carte.pdf", uploaded_by=manager)
    sentence, = (one for one in told(dossier, before)["Étapes, réponses et pièces"] if "version" in one)
    assert sentence.startswith("Étape A1, pièce Carte des pistes, version 1 : ajout (« carte.pdf, PDF, ")


def test_a_renamed_project_is_told_as_one_and_its_amounts_are_not(dossier, road):
    road.site = "Kayes"
    road.save()
    before = content(dossier)
    road.name, road.site = "Route de Kita", "Kita"
    road.save()
    found = told(dossier, before)
    assert found["Projets"] == ["Projet renommé : « Route » → « Route de Kita »",
                                "Projet « Route de Kita », site : « Kayes » → « Kita »"]
    assert "Financement" not in found
    road.delete()
    Project.objects.create(negotiation=dossier, name="Pont", site="Nioro")
    assert [one.split(" (")[0] for one in told(dossier, before)["Projets"]] == [
        "Projet « Pont » : ajout", "Projet « Route » : suppression"]


def test_a_renamed_actor_is_told_as_one_wherever_it_is_named(dossier, road):
    actor = dossier.actors.create(name="Fonds routier", side="funder", order=99)
    actor.representatives.create(function="Directrice", name="Awa Traoré")
    actor.representatives.create(function="Suppléant", name="Modibo Keïta")
    Contribution.objects.create(project=road, financier=actor, year=dossier.first_year, amount=1)
    Obligation.objects.create(negotiation=dossier, party=actor, what="Publier")
    before = content(dossier)
    actor.name = "Fonds d’entretien"
    actor.save()
    found = told(dossier, before)
    assert found == {"Acteurs et représentants": ["Acteur renommé : « Fonds routier » → « Fonds d’entretien »"]}


def test_a_reworded_commitment_is_compared_and_another_one_is_not(dossier, state):
    Obligation.objects.create(negotiation=dossier, party=state, what="Publier", indicator="Bulletin", due_text="2028")
    before = content(dossier)
    Obligation.objects.update(what="Publier chaque mois", due_text="2027")
    assert told(dossier, before)["Obligations"] == [
        "Autre rédaction : État : « Publier » → « Publier chaque mois »",
        "État : « Publier chaque mois », échéance : 2028 → 2027"]
    Obligation.objects.update(what="Recruter", indicator="", due_text="")
    assert [one.split(" (")[0] for one in told(dossier, before)["Obligations"]] == [
        "État : « Recruter » : ajout", "État : « Publier » : suppression"]


def test_the_page_and_the_command_tell_the_same(sign_in, editor, manager, dossier, road, tmp_path):
    client, url = sign_in(editor), f"/negociations/{dossier.slug}/livret/comparer/"
    assert "Aucune édition" in client.get(url).content.decode()
    factories.established(dossier, manager)
    assert "Il n’y a qu’une édition dont le contenu soit gardé" in client.get(url).content.decode()
    Contribution.objects.update(amount=350_000_000)
    factories.established(dossier, manager)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url).content.decode()
    assert len(queries) == 9
    sentence = f"engagement {dossier.first_year} de l’État{N}: 400{N}000{N}000 → 350{N}000{N}000{N}FCFA"
    assert sentence in page
    assert "De l’édition 1 à l’édition 2" in page
    assert client.get(url, {"avant": "1", "apres": "9"}).status_code == 422
    same = client.get(url, {"avant": "1", "apres": "1"})
    assert (same.status_code, "C’est la même édition" in same.content.decode()) == (422, True)
    with pytest.raises(CommandError, match="C’est la même édition"):
        call_command("compare_booklets", dossier.slug, "1", "1", output=str(tmp_path / "ecarts.pdf"))
    assert client.get(f"{url}1-9.pdf").status_code == 404
    assert client.get(f"{url}1-2.pdf")["Content-Type"] == "application/pdf"
    call_command("compare_booklets", dossier.slug, "1", "2", output=str(tmp_path / "ecarts.pdf"))
    written = " ".join(text_of(tmp_path / "ecarts.pdf", "-raw").split())
    assert " ".join(sentence.split()) in written


def test_an_edition_that_is_withdrawn_is_said_to_be_where_it_is_compared(sign_in, manager, dossier, road, tmp_path):
    first = factories.published(dossier, manager)
    factories.established(dossier, manager)
    booklets.withdraw(first, "Erreur", by=manager)
    html = sign_in(manager).get(f"/negociations/{dossier.slug}/livret/comparer/").content.decode()
    state, day = state_of(Booklet.objects.get(number=1)), spoken(timezone.localdate())
    assert state == f"retirée le {day}"
    assert f"<dt>Édition 1</dt><dd><strong>{state}</strong></dd>" in html
    assert f"<dt>Édition 2</dt><dd>établie le {day}, non publiée</dd>" in html
    assert re.findall(r">(édition \d[^<]*)</option>", html) == ["édition 1, retirée", "édition 2, établie"] * 2
    call_command("compare_booklets", dossier.slug, "1", "2", output=str(tmp_path / "ecarts.pdf"))
    written = " ".join(text_of(tmp_path / "ecarts.pdf", "-raw").split())
    day = " ".join(day.split())
    assert f"Édition 1, établie le {day}, retirée le {day}, code" in written
    assert f"Édition 2, établie le {day}, code" in written


def test_an_edition_that_is_withdrawn_is_compared_by_the_parties_alone(sign_in, manager, dossier):
    """Its figures are no longer offered to who reads the dossier only."""
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    dossier.openings.create(organisation=partner)
    editions = [factories.published(dossier, manager) for _ in range(3)]
    booklets.withdraw(editions[0], "Erreur", by=manager)
    url = f"/negociations/{dossier.slug}/livret/comparer/"

    def read(client):
        offered = set(re.findall(r'<option value="(\d)"', client.get(url).content.decode()))
        return (offered, [client.get(f"{url}{pair}.pdf").status_code for pair in ("1-2", "2-1", "2-3")],
                client.get(url, {"avant": "1", "apres": "2"}).status_code)
    assert read(sign_in(manager)) == ({"1", "2", "3"}, [200, 200, 200], 200)
    assert read(sign_in(factories.member(partner, Role.PARTNER))) == ({"2", "3"}, [404, 404, 200], 422)


def test_the_name_of_a_financier_is_not_cut_where_there_is_room(manager, dossier, road, tmp_path):
    factories.established(dossier, manager)
    financier = Actor.objects.create(negotiation=dossier, side="authority", name="Conseil régional de l’exercice")
    Contribution.objects.create(project=road, financier=financier, year=dossier.first_year, amount=1_000_000_000)
    factories.established(dossier, manager)
    call_command("compare_booklets", dossier.slug, "1", "2", output=str(tmp_path / "ecarts.pdf"))
    assert "Conseil régional de l’exercice — 1" in " ".join(text_of(tmp_path / "ecarts.pdf", "-layout").split())


def test_each_page_of_the_comparison_says_that_its_contract_is_no_real_one(manager, dossier, road, tmp_path):
    Negotiation.objects.update(nature=Nature.FICTIONAL)
    factories.established(dossier, manager)
    for number in range(90):
        Difficulty.objects.create(negotiation=dossier, family="financial", what=f"{number}. " + "Un retard. " * 20)
    factories.established(dossier, manager)
    call_command("compare_booklets", dossier.slug, "1", "2", output=str(tmp_path / "ecarts.pdf"))
    pages = text_of(tmp_path / "ecarts.pdf", "-layout").split("\f")[:-1]
    assert len(pages) > 2
    assert all("Comparaison de deux éditions · Exercice fictif" in page for page in pages)
