"""Opening a negotiation, the list, the task list and « Mes tâches »."""
import html

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from negotiation.choices import Nature, State
from negotiation.models import Contribution, Event, Grid, JournalEntry, Negotiation, Project
from negotiation.workflow import moves

from .. import factories


def opening(council, **data):
    return {"owner": council.pk, "title": "Contrat-Plan État-Région de Kayes 2027-2031", "first_year": 2027,
            "last_year": 2031, "grid": Grid.objects.get().pk, **data}


def test_a_manager_opens_a_negotiation(sign_in, manager, kayes):
    page = sign_in(manager).post(reverse("negotiation_open"), opening(kayes), follow=True)
    dossier = Negotiation.objects.get()
    assert page.redirect_chain == [("/negociations/kayes-2027-2031/", 302)]
    assert (dossier.owner, dossier.region.slug, dossier.nature, dossier.opened_by) == (
        kayes, "kayes", Nature.REAL, manager)
    assert (dossier.steps.count(), dossier.actors.count()) == (28, 18)
    assert JournalEntry.objects.get().action == "negotiation.open"


@pytest.mark.parametrize(("data", "sentence"), [
    ({"first_year": 2029, "last_year": 2033}, "a déjà une négociation sur la période 2027-2031"),
    ({"first_year": 2031, "last_year": 2031}, "a déjà une négociation sur la période 2027-2031"),
    ({"first_year": 2040, "last_year": 2036}, "La dernière année précède la première."),
    ({"first_year": 2040, "last_year": 2080}, "15 au plus"),
    ({"first_year": 1999, "last_year": 2003}, "Écrivez 2014 au moins."),
    ({"first_year": "20e"}, "Écrivez l’année en quatre chiffres"),
    ({"title": " "}, "obligatoire"),
    ({"title": "x" * 201}, "Ce texte compte 201 caractères"),
])
def test_a_bad_opening_is_refused_in_words_and_loses_nothing(sign_in, manager, kayes, dossier, data, sentence):
    page = sign_in(manager).post(reverse("negotiation_open"), opening(kayes, **data))
    text = html.unescape(page.content.decode()).replace("\xa0", " ").replace("\u202f", " ")
    assert (page.status_code, sentence in text) == (422, True)
    assert data.get("title", "Contrat-Plan État-Région de Kayes 2027-2031") in text
    assert Negotiation.objects.count() == 1


@pytest.mark.parametrize(("years", "field"), [((2029, 2033), "first_year"), ((2025, 2028), "last_year"),
                                              ((2026, 2033), "last_year")])
def test_a_period_already_taken_is_told_beside_a_year(sign_in, manager, kayes, dossier, years, field):
    page = sign_in(manager).post(reverse("negotiation_open"), opening(kayes, first_year=years[0], last_year=years[1]))
    assert page.context["form"].errors == {field: [
        "La Région de Kayes a déjà une négociation sur la période 2027-2031 (« Contrat-plan 2027-2031 ») : choisissez "
        "des années qui ne la recoupent pas."]}
    said = html.unescape(page.content.decode())
    assert (f'<a href="#id_{field}">' in said, f'id="id_{field}_error"' in said) == (True, True)


def test_nobody_opens_for_another_region(sign_in, manager):
    other = factories.council("mopti")
    assert sign_in(manager).post(reverse("negotiation_open"), opening(other)).status_code == 422
    assert not Negotiation.objects.exists()


def test_an_exercise_is_marked_on_every_page(sign_in, kayes, manager):
    kayes.is_training = True
    kayes.save()
    client = sign_in(manager)
    client.post(reverse("negotiation_open"), opening(kayes))
    dossier = Negotiation.objects.get()
    assert (dossier.nature, dossier.slug) == (Nature.FICTIONAL, "exercice-kayes-2027-2031")
    for name in ("negotiation", "chronology", "actors", "commitments", "difficulties", "booklet", "openings",
                 "journal"):
        assert "Exercice fictif" in client.get(reverse(name, args=[dossier.slug])).content.decode(), name


def test_progress_is_computed_from_the_checklists(sign_in, manager, dossier):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="A4")
    client, url = sign_in(manager), reverse("negotiation", args=[dossier.slug])
    before = client.get(url).context
    factories.fill_step(progress, manager)
    after = client.get(url).context
    assert after["done"] - before["done"] == 7
    assert after["total"] == before["total"]
    assert after["next"].sentence == "Soumettre l’étape A4 : il n’y manque plus rien."


TODO_A1 = "Commencer l’étape A1 : S’approprier le dispositif et décider de s’engager."
DRAFT_A2 = "Poursuivre l’étape A2 : Constituer l’équipe régionale et la feuille de route."
DRAFT_G4 = "Poursuivre l’étape G4 : Clôturer, évaluer, capitaliser."
RETURNED_B1 = "Corriger l’étape B1."


@pytest.mark.parametrize(("states", "theirs", "reviewers", "holdings", "then"), [
    ({}, TODO_A1, "Attendre la Région : commencer l’étape A1.",
     [("Région", "commencer", ("A1",))], "commencer l’étape A2"),
    ({"A2": State.DRAFT}, DRAFT_A2, "Attendre la Région : poursuivre l’étape A2.",
     [("Région", "terminer", ("A2",))], "commencer l’étape A3"),
    ({"A1": State.SUBMITTED, "A2": State.DRAFT}, DRAFT_A2, "Examiner l’étape A1.",
     [("DGCT", "examiner", ("A1",)), ("Région", "terminer", ("A2",))], "commencer l’étape A3"),
    ({"A1": State.SUBMITTED, "B1": State.RETURNED}, RETURNED_B1, "Examiner l’étape A1.",
     [("Région", "corriger", ("B1",)), ("DGCT", "examiner", ("A1",))], "commencer l’étape A2"),
    ({"G4": State.DRAFT}, DRAFT_G4, "Attendre la Région : poursuivre l’étape G4.",
     [("Région", "terminer", ("G4",))],
     "commencer l’étape A1, laissée de côté"),
    (None, "Toutes les étapes sont approuvées.", "Toutes les étapes sont approuvées.", [], ""),
])
def test_the_page_says_who_has_the_pen_and_what_comes_next(sign_in, manager, examiner, dossier, states, theirs,
                                                           reviewers, holdings, then):
    if states is None:
        dossier.steps.update(state=State.APPROVED)
    for code, state in (states or {}).items():
        factories.put(dossier, code, state, by=manager)
    pages = [sign_in(user).get(reverse("negotiation", args=[dossier.slug])) for user in (manager, examiner)]
    assert [page.context["next"].sentence for page in pages] == [theirs, reviewers]
    pen = pages[0].context["dossier"].pen
    assert ([(one.holder, one.verb, one.codes) for one in pen.holdings], pen.next) == (holdings, then)


def test_the_next_action_of_a_reader_is_one_that_the_reader_may_do(sign_in, manager, examiner, director, dossier):
    """The decision comes after the examination: until then the direction waits."""
    for code in ("A1", "D2"):
        factories.put(dossier, code, State.SUBMITTED, by=manager)
    step = dossier.steps.get(step__code="D2")

    def told():
        return [sign_in(user).get(reverse("negotiation", args=[dossier.slug])).context["next"].sentence
                for user in (examiner, director)]
    assert told() == ["Examiner l’étape A1.", "Attendre l’examen de l’étape A1."]
    moves.move(step, "approve", by=examiner, version=step.version)
    assert told() == ["Examiner l’étape A1.", "Examiner l’étape D2."]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three_dossiers(sign_in, manager, kayes, count):
    for number in range(count):
        dossier = factories.negotiation(kayes, manager, first_year=2030 + 10 * number, last_year=2034 + 10 * number)
        dossier.steps.filter(step__code="A1").update(state=State.DRAFT)
    client = sign_in(manager)
    counts = {}
    for name, args in [("negotiations", []), ("tasks", []), ("negotiation", [dossier.slug])]:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name, args=args)).status_code == 200
        counts[name] = len(queries)
    assert counts == {"negotiations": 4, "tasks": 6, "negotiation": 14}


def test_tasks_list_what_waits_for_me(sign_in, dossier, manager, examiner):
    for code, state in [("A1", State.SUBMITTED), ("A2", State.RETURNED), ("A3", State.DRAFT)]:
        factories.put(dossier, code, state, by=manager)

    def codes(user):
        groups = sign_in(user).get(reverse("tasks")).context["groups"]
        return {group.title: [task.progress.step.code for task in group.tasks] for group in groups}
    assert codes(manager) == {"Étapes à corriger": ["A2"], "Étapes à poursuivre": ["A3"],
                              "Prochaine étape à commencer": []}
    assert codes(examiner) == {"Étapes à examiner": ["A1"]}


def test_a_fresh_dossier_is_a_task(sign_in, dossier, editor):
    groups = sign_in(editor).get(reverse("tasks")).context["groups"]
    assert [(group.title, [task.progress.step.code for task in group.tasks]) for group in groups
            if group.tasks] == [
        ("Prochaine étape à commencer", ["A1"])]


def test_a_council_without_a_dossier_is_told_so(sign_in, manager):
    groups = sign_in(manager).get(reverse("tasks")).context["groups"]
    assert [group.empty for group in groups] == [
        "Aucune étape n’est renvoyée pour correction.", "Aucune étape n’est en cours.",
        "Votre collectivité n’a pas encore de dossier de négociation."]


def test_the_manager_corrects_the_title_and_the_years(sign_in, manager, dossier):
    client, url = sign_in(manager), reverse("negotiation_sheet", args=[dossier.slug])
    page = client.post(url, {"title": "Contrat-Plan corrigé", "first_year": 2028, "last_year": 2032}, follow=True)
    dossier.refresh_from_db()
    assert (dossier.title, dossier.first_year, dossier.last_year) == ("Contrat-Plan corrigé", 2028, 2032)
    assert "Contrat-Plan corrigé" in page.content.decode()
    assert JournalEntry.objects.first().details == {
        "title": ["Contrat-plan 2027-2031", "Contrat-Plan corrigé"], "first_year": [2027, 2028],
        "last_year": [2031, 2032]}


def test_years_are_not_shortened_over_amounts(sign_in, manager, dossier):
    project = Project.objects.create(negotiation=dossier, name="Piste")
    Contribution.objects.create(project=project, financier=dossier.actors.first(), year=2031, amount=5)
    page = sign_in(manager).post(reverse("negotiation_sheet", args=[dossier.slug]),
                                 {"title": "Autre", "first_year": 2027, "last_year": 2030})
    assert page.status_code == 422
    assert "Le plan de financement porte des montants en 2031" in page.content.decode()
    dossier.refresh_from_db()
    assert (dossier.title, dossier.last_year) == ("Contrat-plan 2027-2031", 2031)


def test_a_planned_event_proves_nothing_yet(sign_in, manager, dossier):
    progress = dossier.steps.get(step__code="A1")
    client, url = sign_in(manager), reverse("step", args=[dossier.slug, "A1"])
    before = client.get(url).context["page"].done
    event = Event.objects.create(negotiation=dossier, progress=progress, date="2099-01-01", kind="meeting", title="x")
    page = client.get(url)
    assert (page.context["page"].done, "prévu" in page.content.decode()) == (before, True)
    Event.objects.filter(pk=event.pk).update(date="2026-01-01")
    assert client.get(url).context["page"].done == before + 1
