"""The examination: two levels, separation of duties, gates, snapshots, recall."""
import datetime

import pytest
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import JournalEntry, Membership, ReviewLevel, Step, StepProgress, Submission, User
from negotiation.queries import inbox
from negotiation.queries.examinations import of_step
from negotiation.workflow import moves, remarks, reviews, steps
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.negotiations import share
from negotiation.workflow.transitions import NotAllowed

from .. import factories
from .conftest import open_gates, remark, returned, states


def test_two_levels_approve_one_after_the_other(step, go, examiner, director):
    go("approve", examiner)
    assert states(step) == (State.SUBMITTED, [""])
    go("approve", director)
    assert states(step) == (State.APPROVED, ["approved"])
    assert list(JournalEntry.objects.filter(progress=step).order_by("pk").values_list("action", flat=True)) == [
        "review.open", "step.pass", "step.approve"]
    assert JournalEntry.objects.get(action="step.approve").details == {"submission": 1, "voices": [
        {"level": "examen", "organisation": "DGCT", "voice": "approuve", "reasons": ""},
        {"level": "décision", "organisation": "DGCT", "voice": "approuve", "reasons": ""}]}


@pytest.mark.parametrize("how", ["speaks", "a colleague speaks", "leaves", "is closed"])
def test_who_has_no_more_to_say_follows_no_more(step, go, examiner, director, dgct, how):
    """The next level is followed by who takes it in charge, and not by who only reads before their turn."""
    remarks.discard(remark(step, director), by=director)
    assert step.submissions.get().opened_by is None
    reviews.open_review(step, by=examiner)
    assert reviews.open_review(step, by=director).opened_by == of_step(step).last.follower == examiner
    if how in ("speaks", "a colleague speaks"):
        go("approve", examiner if how == "speaks" else factories.member(dgct, Role.EXAMINER))
    elif how == "leaves":
        examiner.memberships.update(ends_on=timezone.localdate() - datetime.timedelta(1))
    else:
        User.objects.filter(pk=examiner.pk).update(is_active=False)
    assert of_step(step).last.follower is None
    assert [line.is_followed for line in inbox.lines(director, inbox.Filters())] == [False]
    if how in ("leaves", "is closed"):
        colleague = factories.member(dgct, Role.EXAMINER)
        remarks.discard(remark(step, colleague), by=colleague)
        assert of_step(step).last.follower == colleague
        go("approve", colleague)
    assert reviews.open_review(step, by=director).opened_by == of_step(step).last.follower == director
    assert [line.is_followed for line in inbox.lines(director, inbox.Filters())] == [True]
    go("return", director, "Précisez le coût.")
    assert of_step(step).last.follower is None
    acts = ["review.open", "review.open", "step.pass", "review.open", "step.return"]
    assert list(JournalEntry.objects.filter(progress=step).order_by("pk").values_list("action", flat=True)) == (
        ["review.open"] * (how in ("leaves", "is closed")) + acts)


def test_one_person_speaks_once(step, go, examiner, dgct):
    Membership.objects.create(user=examiner, organisation=dgct, role=Role.DIRECTOR, starts_on="2020-01-01")
    both = User.objects.get(pk=examiner.pk)
    go("approve", both)
    with pytest.raises(NotAllowed, match="Vous vous êtes déjà prononcé"):
        go("approve", both)


def test_who_submitted_never_decides_whatever_their_role(step, go, manager, dgct):
    """Moved to the DGCT since: they are still the one who submitted."""
    manager.memberships.all().delete()
    Membership.objects.create(user=manager, organisation=dgct, role=Role.EXAMINER, starts_on="2020-01-01")
    moved = User.objects.get(pk=manager.pk)
    for action in ("approve", "return"):
        with pytest.raises(NotAllowed, match="Vous avez soumis cette étape"):
            go(action, moved, "Motif.")


@pytest.mark.parametrize("role", [Role.DIRECTOR])
def test_the_other_level_is_not_theirs_yet(step, go, dgct, role):
    with pytest.raises(NotAllowed, match="Ce n’est pas, ou plus, à votre organisation"):
        go("approve", factories.member(dgct, role))


def test_nothing_is_approved_over_a_remark(step, go, examiner):
    one = remark(step, examiner)
    with pytest.raises(NotAllowed, match="Il reste 1 observation non levée"):
        go("approve", examiner)
    remarks.discard(one, by=examiner)
    go("approve", examiner)


def test_a_gate_waits_for_an_earlier_step(dossier, manager, dgct):
    Step.objects.update(checks=[])
    ReviewLevel.objects.exclude(kind="examination").delete()
    step = dossier.steps.select_related("step__phase", "negotiation").get(step__code="B1")
    factories.complete(step, manager)
    with pytest.raises(NotAllowed) as refusal:
        moves.move(step, "submit", by=manager, version=step.version)
    assert refusal.value.reasons == [
        "Une étape de la phase B se soumet quand l’étape A1 « S’approprier le dispositif et décider de s’engager » est "
        "approuvée."]
    factories.put(dossier, "A1", State.APPROVED, by=manager)
    assert moves.move(step, "submit", by=manager, version=step.version).state == State.SUBMITTED


def test_each_submission_freezes_its_content(step, go, examiner, manager):
    open_gates()
    go("return", examiner, "Précisez.")
    question = step.step.questions.first()
    steps.save_answers(step, {question: "Nouvelle réponse."}, {question.pk: fingerprint_of("Oui.")}, by=manager)
    go("submit", manager)
    old, new = Submission.objects.order_by("number")
    assert old.sha256 != new.sha256
    assert [row["fields"] for row in new.content if row["key"] == f"answer:{question.code}"] == [
        [["Réponse", "Nouvelle réponse."]]]


def test_a_step_submitted_before_submissions_were_kept_gets_one(dossier, manager, examiner):
    step = dossier.steps.get(step__code="A1")
    StepProgress.objects.filter(pk=step.pk).update(state=State.SUBMITTED)
    assert [steps.freeze_submitted() for _ in range(2)] == [1, 0]
    step.refresh_from_db()
    assert moves.move(step, "approve", by=examiner, version=step.version).state == State.APPROVED


def test_a_submission_nobody_opened_is_recalled(step, go, manager):
    go("recall", manager)
    assert states(step) == (State.DRAFT, ["recalled"])


def test_a_submission_that_was_opened_is_not_recalled(step, go, examiner, manager):
    reviews.open_review(step, by=examiner)
    with pytest.raises(NotAllowed, match="Un examinateur a déjà ouvert"):
        go("recall", manager)


def test_who_submitted_writes_settles_and_cancels_nothing(step, go, examiner, manager, dgct):
    """They would examine their own work without being the one who approves it."""
    open_gates()
    sent = returned(step, go, examiner)
    remarks.answer(sent, "C’est précisé.", by=manager)
    go("submit", manager)
    draft = remark(step, examiner, "answer:D2.Q1")
    manager.memberships.all().delete()
    Membership.objects.create(user=manager, organisation=dgct, role=Role.EXAMINER, starts_on="2020-01-01")
    moved = User.objects.get(pk=manager.pk)
    acts = [lambda: remark(step, moved), lambda: remarks.discard(draft, by=moved),
            lambda: remarks.write(step, "step", problem="Autre.", request="Rien.", by=moved, remark=draft),
            lambda: remarks.settle(sent, by=moved), lambda: remarks.maintain(sent, "Non.", by=moved),
            lambda: reviews.open_review(step, by=moved)]
    for act in acts:
        with pytest.raises(NotAllowed, match="Vous avez soumis cette étape"):
            act()
    go("return", examiner)
    with pytest.raises(NotAllowed, match="Vous avez soumis cette étape"):
        go("cancel_return", moved)


def test_a_service_without_a_seat_reads_and_writes_nothing(step, go, manager):
    service = factories.organisation("DNAT", OrganisationKind.SERVICE)
    share(step.negotiation, service, by=manager)
    adviser = factories.member(service, Role.ADVISER)
    for act in (lambda: remark(step, adviser), lambda: reviews.open_review(step, by=adviser)):
        with pytest.raises(NotAllowed, match="ne se prononce pas sur cette étape"):
            act()
    go("recall", manager)
