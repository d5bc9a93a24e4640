"""What a step still lacks, during a correction and before: the same count everywhere, and where it is added."""
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import Check, RemarkState, State
from negotiation.models import Event, Remark, Step
from negotiation.workflow import moves, records, remarks, steps
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.transitions import NotAllowed
from tests import factories

from .conftest import go, remark, words

pytestmark = pytest.mark.django_db
NOTHING_MORE = ("Pendant la correction, seuls les éléments qui portent une observation se modifient : rien ne "
                "s’ajoute dans « {} ».")


def returned(dossier, manager, examiner, check="", target="", reason=""):
    """D2, which asks for this check alone, returned with a remark or a reason."""
    Step.objects.update(checks=[])
    Step.objects.filter(code="D2").update(checks=[check] if check else [])
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    factories.complete(step, manager)
    if target:
        remark(step, examiner, target)
    return moves.move(step, "return", by=examiner, version=step.version, reason=reason)


def page_of(client, dossier, code="D2"):
    return client.get(reverse("step", args=[dossier.slug, code]))


@pytest.mark.parametrize("code", ["A1", "D1", "E1", "F1", "G4"])
def test_the_list_of_steps_and_the_page_of_one_count_the_same_points(sign_in, manager, dossier, code):
    client = sign_in(manager)
    listed = re.search(rf"etapes/{code}/.*?il reste ([0-9]+) point",
                       client.get(reverse("negotiation", args=[dossier.slug])).content.decode(), re.S)
    page = page_of(client, dossier, code)
    left = re.search(r'#reste">Il reste ([0-9]+) points?(.*?)</a>', page.content.decode())
    gates = len(page.context["page"].gates)
    assert (left[1], left[2]) == (listed[1], "" if not gates else " et 1 étape antérieure à faire approuver" if
                                  gates == 1 else f" et {gates} étapes antérieures à faire approuver")
    assert page.content.decode().count("<li><a href=") >= int(left[1]) + gates


def test_what_remains_names_apart_what_is_not_asked_by_the_grid(sign_in, manager, examiner, dossier):
    step = returned(dossier, manager, examiner, target="answer:D2.Q1")
    step.answers.filter(question__code="D2.Q2").delete()
    client = sign_in(manager)
    assert "Il reste 1 point, 1 observation sans réponse et " in words(page_of(client, dossier))
    remarks.answer(Remark.objects.get(), "C’est fait.", by=manager)
    assert "Il reste 1 point et " in words(page_of(client, dossier))


def test_what_a_correction_emptied_is_offered_to_add(sign_in, manager, examiner, dossier):
    step = dossier.steps.get(step__code="D2")
    one = records.save(factories.event(step), dossier, by=manager)
    returned(dossier, manager, examiner, "events", f"event:{one.pk}")
    client = sign_in(manager)
    add = reverse("record_add", args=[dossier.slug, "evenements"])
    assert add not in page_of(client, dossier).content.decode()
    records.remove(one, dossier, by=manager)
    page = page_of(client, dossier)
    assert add in page.content.decode()
    assert "et ce qui manque encore à l’étape s’y ajoute" in words(page)
    data = {"title": "Atelier", "kind": "meeting", "date": "01/03/2026", "precision": "day",
            "progress": str(step.pk), "key": "k", "base": ""}
    assert client.post(add, data).status_code == 302
    assert (Event.objects.get().title, add in page_of(client, dossier).content.decode()) == ("Atelier", False)


@pytest.mark.parametrize(("check", "target", "page", "kind"), [
    ("obligations", "obligation", "commitments", "obligations"), ("projects", "project", "commitments", "projets")])
def test_a_list_offers_to_add_what_its_last_record_left_lacking(sign_in, manager, examiner, dossier, check, target,
                                                                page, kind):
    belongs = {"party": dossier.actors.first(), "what": "Réunir le comité."} if kind == "obligations" else {
        "name": "Piste"}
    one = getattr(dossier, kind if kind == "obligations" else "projects").create(**belongs)
    returned(dossier, manager, examiner, check, f"{target}:{one.pk}")
    client = sign_in(manager)
    add = reverse("record_add", args=[dossier.slug, kind])
    found = [add in client.get(reverse(page, args=[dossier.slug])).content.decode()]
    records.remove(one, dossier, by=manager)
    found.append(add in client.get(reverse(page, args=[dossier.slug])).content.decode())
    assert (found, "seuls les éléments" in words(client.get(add))) == ([False, True], False)


@pytest.mark.parametrize(("kind", "check", "target", "part"), [
    ("obligations", "obligations", "obligations", "Obligations de faire"),
    ("regles", "plan", "plan", "Plan de financement"), ("projets", "projects", "projects", "Projets structurants"),
    ("acteurs", "actors", "actors", "Acteurs")])
def test_what_a_correction_does_not_let_add_is_named(sign_in, manager, examiner, dossier, kind, check, target, part):
    """The form is empty: it has no name yet to be refused by."""
    actor, project = dossier.actors.first(), dossier.projects.create(name="Piste", cost=1)
    actor.representatives.create(function="Président")
    dossier.obligations.create(party=actor, what="Réunir le comité.")
    project.contributions.create(financier=actor, year=2027, amount=5)
    returned(dossier, manager, examiner, check, target)
    Remark.objects.update(target="answer:D2.Q1")
    page = sign_in(manager).get(reverse("record_add", args=[dossier.slug, kind]))
    assert NOTHING_MORE.format(part) in words(page)


def test_an_event_of_a_closed_part_is_refused_without_an_empty_name(manager, examiner, dossier):
    step = returned(dossier, manager, examiner, target="answer:D2.Q1")
    with pytest.raises(NotAllowed) as refusal:
        records.save(factories.event(step), dossier, by=manager)
    assert refusal.value.reasons == [NOTHING_MORE.format("Chronologie de l’étape")]


def test_a_representative_may_be_added_to_an_actor_that_is_open(sign_in, manager, examiner, dossier):
    one, other = dossier.actors.order_by("pk")[:2]
    one.representatives.create(function="Président")
    returned(dossier, manager, examiner, "actors", f"actor:{one.pk}")
    client, add = sign_in(manager), reverse("record_add", args=[dossier.slug, "representants"])
    page = client.get(f"{add}?acteur={one.pk}")
    assert "seuls les éléments" not in words(page)
    assert [str(value) for value, _ in page.context["form"].fields["actor"].widget.choices] == ["", str(one.pk)]
    data = {"function": "Secrétaire général", "key": "k", "base": ""}
    refused = client.post(add, data | {"actor": other.pk})
    assert (refused.status_code, f"« {other} » n’en porte pas" in words(refused)) == (422, True)
    assert client.post(add, data | {"actor": one.pk}).status_code == 302
    Remark.objects.update(target="answer:D2.Q1")
    assert NOTHING_MORE.format("Acteurs") in words(client.get(add))


def test_the_matrix_opens_the_roles_of_the_actors_that_a_correction_opens(sign_in, manager, examiner, dossier):
    one, other = dossier.actors.order_by("pk")[:2]
    one.representatives.create(function="Président")
    returned(dossier, manager, examiner, "actors", f"actor:{one.pk}")
    client, url = sign_in(manager), reverse("actor_roles", args=[dossier.slug])
    page = client.get(url)
    form, phase = page.context["form"], page.context["form"].phases[0].pk
    closed = {name for name, field in form.fields.items() if field.widget.attrs.get("disabled")}
    assert closed == {name for name, (actor, _) in form.cells.items() if actor != one.pk}
    assert "Pendant la correction, seuls" in words(page)
    bases = form.fields["bases"].initial
    mine, theirs = ({f"role-{actor.pk}-{phase}": "C"} for actor in (one, other))
    refused = client.post(url, {"bases": bases} | mine | theirs)
    assert (refused.status_code, f"« {other} » n’en porte pas" in words(refused)) == (422, True)
    assert refused.context["form"][f"role-{one.pk}-{phase}"].value() == "C"
    assert client.post(url, {"bases": bases} | mine).status_code == 302
    assert one.roles.get(phase=phase).role == "C"


@pytest.mark.parametrize(("target", "warned"), [("event", True), ("events", False), ("step", False)])
def test_removing_what_nothing_may_replace_is_warned_of(sign_in, manager, examiner, dossier, target, warned):
    one = factories.event(dossier.steps.get(step__code="D2"))
    one.save()
    returned(dossier, manager, examiner, target=f"event:{one.pk}" if target == "event" else target)
    page = sign_in(manager).get(reverse("record_remove", args=[dossier.slug, "evenements", one.pk]))
    assert ("Rien ne la remplacera peut-être" in words(page), "Garder la fiche" in words(page)) == (warned, True)


def test_a_closed_question_is_named_as_its_page_numbers_it(manager, examiner, dossier):
    step = returned(dossier, manager, examiner, target="answer:D2.Q1")
    second = step.step.questions.get(code="D2.Q2")
    with pytest.raises(NotAllowed) as refusal:
        steps.save_answers(step, {second: "Autre."}, {second.pk: fingerprint_of("Oui.")}, by=manager)
    assert refusal.value.reasons == ["Pendant la correction, seuls les éléments qui portent une observation se "
                                     "modifient : « Question 2 » n’en porte pas."]


def test_a_step_as_it_was_returned_says_so_beside_the_act(sign_in, manager, examiner, dossier):
    step = returned(dossier, manager, examiner, reason="Tout est à revoir.")
    for phase in {row.phase for row in Step.objects.select_related("phase")}:
        phase.gate = []
        phase.save()
    client = sign_in(manager)

    def said():
        page = html.unescape(page_of(client, dossier).content.decode())
        assert ">Soumettre à la DGCT</button>" in page
        return ["Tout est rempli, mais rien n’a été corrigé depuis le renvoi" in page,
                "Rien n’a été corrigé dans cette étape depuis le renvoi" in page]
    assert said() == [True, True]
    records.save(factories.event(step), dossier, by=manager)
    assert said() == [False, False]
    step.refresh_from_db()
    assert go(step, "submit", manager).state == State.SUBMITTED


@pytest.mark.parametrize(("many", "sentence"), [
    (1, "Il reste 1 observation non levée : levez-la ou supprimez-la, ou renvoyez l’étape à la Région."),
    (2, "Il reste 2 observations non levées : levez-les ou supprimez-les, ou renvoyez l’étape à la Région.")])
def test_remarks_that_are_not_settled_are_counted_in_a_whole_sentence(manager, examiner, dossier, many, sentence):
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    for number in range(many):
        remarks.write(step, "step", problem=f"Point {number}.", request="Précisez.", by=examiner)
    assert set(Remark.objects.values_list("state", flat=True)) == {RemarkState.DRAFT}
    with pytest.raises(NotAllowed) as refusal:
        moves.move(step, "approve", by=examiner, version=step.version)
    assert refusal.value.reasons == [sentence]


def test_no_page_costs_more_while_corrections_are_narrow(sign_in, manager, examiner, dossier):
    """Five steps with every check, each returned with a remark on one answer: what they lack is read once."""
    factories.position(dossier, by=manager)
    codes = ["A1", "A2", "B2", "C4", "D4"]
    Step.objects.filter(code__in=codes[1:]).update(checks=list(Check))
    for code in codes:
        remarks.write(factories.put(dossier, code, State.SUBMITTED, by=manager), f"answer:{code}.Q1", problem="Flou.",
                      request="Précisez.", by=examiner)
    dossier.steps.filter(step__code__in=codes).update(state=State.RETURNED, return_reason="À revoir.")
    Remark.objects.update(state=RemarkState.OPEN, sent_at=timezone.now())
    client, counts = sign_in(manager), {}
    for page in ("acteurs", "engagements", "engagements/plan", "engagements/positions", "difficultes", "chronologie",
                 "etapes/A1"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/negociations/{dossier.slug}/{page}/")
        counts[page] = len(queries)
    assert counts == {"acteurs": 13, "engagements": 15, "engagements/plan": 13, "engagements/positions": 13,
                      "difficultes": 12, "chronologie": 11, "etapes/A1": 14}
