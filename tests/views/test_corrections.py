"""Pages during a correction: which cells of the plan and which records are open, and what is asked of each."""
import re

import pytest
from django.urls import reverse

from negotiation.choices import State
from negotiation.models import Contribution, Project, Remark, Step
from negotiation.workflow import commitments as acts
from negotiation.workflow import moves, remarks
from tests import factories

from .conftest import amounts, go, hidden, inputs, name, remark, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère de l’Économie", side="state", financier=True, order=1)


@pytest.fixture
def urls(dossier):
    return {name: reverse(name, args=[dossier.slug]) for name in ("plan", "announced_total")}


@pytest.fixture
def corrected(dossier, project, state, region, manager, examiner):
    """The plan of two financiers, examined by one step and returned with a remark on one cell of the State's row."""
    acts.save_plan(dossier, {(project.pk, state.pk, 2027): 700, (project.pk, state.pk, 2028): 800,
                             (project.pk, region.pk, 2027): 300}, {}, by=manager)
    Step.objects.exclude(code="D2").update(checks=[])
    Step.objects.filter(code="D2").update(checks=["plan"])
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    remarks.write(step, f"cell:{project.pk}:{state.pk}:2028", problem="Montant trop fort.", request="Revoyez-le.",
                  by=examiner)
    moves.move(step, "return", by=examiner, version=step.version)
    return Remark.objects.get()


def readonly(response):
    return set(re.findall(r'<input name="(p[^"]+)"[^>]* readonly', response.content.decode()))


@pytest.mark.parametrize("asked", ["", "?projet={project}", "?annee=2028", "?annee=2027"])
def test_a_correction_shows_which_cells_are_open(sign_in, manager, dossier, project, state, urls, corrected, asked):
    response = sign_in(manager).get(urls["plan"] + asked.format(project=project.pk))
    opened, body = name(project, state, 2028), response.content.decode()
    assert set(inputs(response)) - readonly(response) == ({opened} if "2027" not in asked else set())
    assert ("Pendant la correction, seules les cases observées se modifient; les autres restent telles qu’elles ont "
            "été soumises.") in words(response).replace("\u00a0", " ")
    assert "Montant trop fort. Demandé : Revoyez-le." in words(response).replace("\u00a0", " ")
    assert f'href="{f"?projet={project.pk}" if "2027" in asked else f"#{opened}"}"' in body
    assert body.count(f'id="{opened}"') == ("2027" not in asked)
    assert [button for button in ("ajouter", "ensemble", "allonger") if f'name="{button}"' in body] == []
    assert ("Enregistrer le plan" in body) == ("2027" not in asked)


def test_a_cell_that_left_what_was_submitted_may_go_back_to_it(sign_in, manager, dossier, project, state, urls,
                                                               corrected):
    """Changed while the step was examined: the correction opens it, for the amount that was submitted."""
    Contribution.objects.filter(year=2027, financier=state).update(amount=3)
    client = sign_in(manager)
    page = client.get(urls["plan"])
    assert set(inputs(page)) - readonly(page) == {name(project, state, 2027), name(project, state, 2028)}
    refused = client.post(urls["plan"], hidden(page) | inputs(page) | {name(project, state, 2027): "4"})
    assert (refused.status_code, "n’en porte pas" in words(refused)) == (422, True)
    assert client.post(urls["plan"], hidden(page) | inputs(page) | {name(project, state, 2027): "700"}
                       ).status_code == 302
    assert Contribution.objects.get(year=2027, financier=state).amount == 700


def test_an_observed_line_that_was_emptied_may_be_filled_again(sign_in, manager, dossier, project, state, urls,
                                                               corrected):
    cell = (project.pk, state.pk, 2028)
    Contribution.objects.filter(financier=state).exclude(year=2028).delete()
    acts.save_plan(dossier, {cell: 0}, {cell: 800}, by=manager)
    client = sign_in(manager)
    page = client.get(urls["plan"])
    assert set(inputs(page)) - readonly(page) == {name(project, state, 2027), name(project, state, 2028)}
    client.post(urls["plan"], hidden(page) | inputs(page) | {name(project, state, 2028): "750"})
    assert amounts(dossier) == [("Piste de Kléla", "Ministère de l’Économie", 2028, 750),
                                ("Piste de Kléla", "Région de Kayes", 2027, 300)]


def test_a_correction_elsewhere_closes_the_whole_plan(sign_in, manager, urls, corrected):
    Remark.objects.update(target="answer:D2.Q1")
    page = sign_in(manager).get(urls["plan"])
    assert set(inputs(page)) == readonly(page)
    assert "Enregistrer le plan" not in words(page)
    assert "aucune case du plan ne porte d’observation" in words(page)


def test_the_whole_plan_under_correction_is_open(sign_in, manager, urls, corrected):
    Remark.objects.update(target="plan")
    page = sign_in(manager).get(urls["plan"])
    assert (readonly(page), 'name="ajouter"' in page.content.decode()) == (set(), True)
    assert "Pendant la correction" not in words(page)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_plan_under_correction_costs_the_same_for_any_number_of_remarks(
        sign_in, manager, urls, corrected, rows, django_assert_num_queries):
    for _ in range(rows - 1):
        corrected.pk = None
        corrected.save(force_insert=True)
    client = sign_in(manager)
    with django_assert_num_queries(14):
        client.get(urls["plan"])


def test_pages_that_list_records_offer_to_edit_what_is_open_alone(sign_in, manager, examiner, dossier, project):
    """A2 shares the actors, B2 the projects, A1 has its own events: each returned with one remark."""
    other = Project.objects.create(negotiation=dossier, name="Marché")
    one, two = list(dossier.actors.order_by("pk")[:2])
    one.representatives.create(function="Président")
    first = dossier.steps.get(step__code="A1")
    observed, plain = (factories.event(first, title) for title in ("Atelier", "Réunion"))
    observed.save()
    plain.save()
    Step.objects.exclude(code__in=["A2", "B2"]).update(checks=[])
    client = sign_in(manager)

    def offered():
        pages = [client.get(reverse(name, args=[dossier.slug])).content.decode()
                 for name in ("actors", "commitments", "chronology")]
        kinds = {"acteurs": [one, two], "projets": [project, other], "evenements": [observed, plain]}
        return [[f"/fiches/{kind}/{row.pk}/" in page for row in rows] for page, (kind, rows) in zip(
            pages, kinds.items(), strict=True)], [page.count("Pendant la correction, seuls") for page in pages]
    assert offered() == ([[True, True]] * 3, [0, 0, 0])
    for code, target in (("A1", f"event:{observed.pk}"), ("A2", f"actor:{one.pk}"), ("B2", f"project:{project.pk}")):
        step = factories.put(dossier, code, State.SUBMITTED, by=manager)
        remark(step, examiner, target)
        go(step, "return", examiner)
    assert offered() == ([[True, False]] * 3, [1, 1, 0])
