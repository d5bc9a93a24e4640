"""What changed in an approved step since its approval: said on its pages and on the commitments, told once."""
import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import Action, State
from negotiation.dates import spoken
from negotiation.models import Notification, Obligation, Passage, Project, Seat, Step
from negotiation.queries import afterwards
from negotiation.workflow import commitments, records
from negotiation.workflow.notices import NBSP
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(dossier, manager, examiner, director):
    """D2, which examines the plan and the projects, approved by both; C1, which examines nothing shared."""
    Step.objects.update(checks=[])
    Step.objects.filter(code="D2").update(checks=["plan", "projects"])
    factories.put(dossier, "C1", State.APPROVED, by=manager)
    step = factories.put(dossier, "D2", State.APPROVED, by=manager)
    for passage, user, voice in zip(Passage.objects.filter(submission__progress=step), [examiner, director],
                                    ["approve", "approve"], strict=False):
        Seat.objects.filter(passage=passage).update(given_by=user, voice=voice, given_at=timezone.now())
    return step


@pytest.fixture
def change(dossier, manager):
    """change(amount) adds a project and an amount to it: one act on the projects, one on the plan."""
    def act(amount):
        project = records.save(Project(negotiation=dossier, name=f"Projet {amount}"), dossier, by=manager)
        commitments.save_plan(dossier, {(project.pk, dossier.actors.first().pk, 2027): amount}, {}, by=manager)
    return act


def words(response):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", response.content.decode())))


def pages(dossier, step):
    code = step.step.code
    return (reverse("step", args=[dossier.slug, code]), reverse("review", args=[dossier.slug, code]),
            reverse("commitments", args=[dossier.slug]))


def test_a_change_after_the_approval_is_said_where_it_matters(sign_in, examiner, dossier, approved, change):
    client = sign_in(examiner)
    assert ["Depuis l’approbation" in words(client.get(page)) for page in pages(dossier, approved)] == [False] * 3
    change(700)
    change(800)
    commitments.announce_total(dossier, 1_500, "L’Essor", by=dossier.owner.memberships.first().user)
    records.save(Obligation(negotiation=dossier, party=dossier.actors.first(), what="Voter."), dossier,
                 by=dossier.owner.memberships.first().user)
    day = spoken(timezone.localdate()).replace(NBSP, " ")
    told = ("la Région a modifié les projets structurants (2 actes) : voir le journal, les projets structurants ; le "
            "plan de financement (3 actes) : voir le journal, le plan de financement.")
    for page, beginning in zip(pages(dossier, approved), [f"du {day}", f"du {day}", f"de l’étape D2, le {day}"],
                               strict=True):
        assert f"Depuis l’approbation {beginning}, {told}" in words(client.get(page))
    other = client.get(reverse("step", args=[dossier.slug, "C1"]))
    assert "Depuis l’approbation" not in words(other)
    link = f'{reverse("journal", args=[dossier.slug])}?famille=financement&amp;du={timezone.localdate().isoformat()}'
    body = client.get(pages(dossier, approved)[0]).content.decode()
    assert f'href="{link}"' in body
    assert "change le total annoncé" in words(client.get(html.unescape(link)))


def test_those_who_approved_are_told_once(dossier, manager, editor, examiner, director, approved, change):
    change(700)
    change(800)
    told = Notification.objects.filter(cause__startswith="after:").order_by("user__name")
    assert [(one.user, one.kind, one.cause) for one in told] == [
        (user, "changed", f"after:{approved.submissions.get().pk}") for user in (examiner, director)]
    assert told[0].title == "Dossier modifié depuis l’approbation, étape D2 — Région de Kayes"
    assert told[0].text.startswith(f"La Région modifie les projets structurants depuis l’approbation du "
                                   f"{spoken(timezone.localdate())}{NBSP}: étape D2 (")


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RETURNED])
def test_nobody_is_told_of_a_step_that_is_not_approved(dossier, manager, examiner, change, state):
    Step.objects.update(checks=[])
    Step.objects.filter(code="D2").update(checks=["plan", "projects"])
    step = factories.put(dossier, "D2", state, by=manager)
    change(700)
    assert not Notification.objects.filter(cause__startswith="after:").exists()
    found = afterwards.of_step(step)
    assert found == afterwards.of_dossier(dossier, tuple(afterwards.ACTS))
    # While it is examined, the reviewer sees on the page what has changed since.
    assert bool(found) == (state == State.SUBMITTED)


def test_every_kind_of_record_is_told_by_the_name_that_the_journal_gives_it(dossier, manager):
    """The subject of an act says of which kind of record it is."""
    actor = dossier.actors.first()
    for record in (Project(negotiation=dossier, name="Piste"), actor.representatives.model(
            actor=actor, function="Directeur"), Obligation(negotiation=dossier, party=actor, what="Voter.")):
        records.save(record, dossier, by=manager)
    found = {part: dossier.journal.filter(acts).exclude(action=Action.NEGOTIATION_OPEN).count()
             for part, acts in afterwards.ACTS.items()}
    assert found == {"actors": 1, "projects": 1, "plan": 0, "obligations": 1}


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_for_any_number_of_acts_and_steps(dossier, manager, approved, change, rows,
                                                            django_assert_num_queries):
    Step.objects.filter(code__in=["D3", "E1"][:rows - 1]).update(checks=["plan", "obligations"])
    for code in ["D3", "E1"][:rows - 1]:
        factories.put(dossier, code, State.APPROVED, by=manager)
    for number in range(rows):
        change(number + 1)
    with django_assert_num_queries(2):
        found = afterwards.of_dossier(dossier, ("plan",))
    assert [(one.progress.step.code, [part.acts for part in one.parts]) for one in found] == [
        (code, [rows]) for code in ["D2", "D3", "E1"][:rows]]
    approved = dossier.steps.select_related("step", "negotiation").get(pk=approved.pk)
    with django_assert_num_queries(1):
        afterwards.of_step(approved)


def test_the_page_of_an_approved_step_stays_within_its_budget(sign_in, examiner, manager, dossier, approved, change,
                                                              django_assert_max_num_queries):
    change(700)
    for user in (examiner, manager):
        client = sign_in(user)
        for page in pages(dossier, approved):
            with django_assert_max_num_queries(15):
                client.get(page)
