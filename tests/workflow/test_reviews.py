"""The examination: two levels, bundles, correction, recall, cancelled returns, ways out, separation of duties."""
import datetime

import pytest
from django.db import IntegrityError, transaction

from negotiation.choices import OrganisationKind, RemarkState, Role, State
from negotiation.models import (
    Answer,
    JournalEntry,
    Membership,
    Project,
    Remark,
    ReviewLevel,
    Seat,
    Step,
    StepProgress,
    Submission,
    User,
)
from negotiation.permissions import moves as moves_of
from negotiation.queries.examinations import of_step
from negotiation.workflow import documents, moves, records, remarks, reviews, steps
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.negotiations import share
from negotiation.workflow.transitions import NotAllowed

from .. import factories


@pytest.fixture
def step(dossier, manager, dgct):
    """D2, submitted: examined, then decided."""
    Step.objects.update(checks=[])
    progress = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    factories.complete(progress, manager)
    return progress


@pytest.fixture
def go(step):
    """go(action, by, reason) carries out an act on the step as it stands now."""
    def act(action, by, reason="", **more):
        step.refresh_from_db()
        return moves.move(step, action, by=by, version=step.version, reason=reason, **more)
    return act


def remark(step, by, target="step"):
    return remarks.write(step, target, problem="C’est flou.", request="Précisez.", by=by)


def states(step):
    step.refresh_from_db()
    return (step.state, [one.outcome for one in step.submissions.order_by("number")])


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


def test_a_return_sends_the_whole_bundle(step, go, examiner):
    remark(step, examiner)
    remark(step, examiner, "answer:D2.Q1")
    go("return", examiner)
    assert states(step) == (State.RETURNED, ["returned"])
    assert (step.return_reason, step.return_remarks) == ("", 2)
    assert set(Remark.objects.values_list("state", flat=True)) == {RemarkState.OPEN}
    sent = JournalEntry.objects.get(action="step.return").details["remarks"]
    assert [(one["place"].partition(" :")[0], one["problem"], one["request"]) for one in sent] == [
        ("L’étape entière", "C’est flou.", "Précisez."), ("Question 1", "C’est flou.", "Précisez.")]


def test_the_database_refuses_a_return_without_reason_or_remark(step):
    with pytest.raises(IntegrityError), transaction.atomic():
        StepProgress.objects.filter(pk=step.pk).update(state=State.RETURNED)
    StepProgress.objects.filter(pk=step.pk).update(state=State.RETURNED, return_remarks=1)


def test_nothing_is_approved_over_a_remark(step, go, examiner):
    one = remark(step, examiner)
    with pytest.raises(NotAllowed, match="Il reste 1 observation non levée"):
        go("approve", examiner)
    remarks.discard(one, by=examiner)
    go("approve", examiner)


def test_correction_opens_what_carries_a_remark_and_nothing_else(step, go, examiner, manager):
    remark(step, examiner, "answer:D2.Q1")
    remark(step, examiner, "document:D2.P1")
    go("return", examiner)
    first, second = step.step.questions.all()[:2]

    def save(question, text):
        was = Answer.objects.get(progress=step, question=question).text
        return steps.save_answers(step, {question: text}, {question.pk: fingerprint_of(was)}, by=manager)
    assert save(first, "Autre réponse.") == []
    with pytest.raises(NotAllowed, match="seuls les éléments qui portent une observation"):
        save(second, "Autre réponse.")
    expected = list(step.step.documents.all())
    assert documents.deposit(step, factories.stored_pdf("corrigée"), by=manager, expected=expected[0])
    for refused in ({"expected": expected[1]}, {"title": "Une autre"}):
        with pytest.raises(NotAllowed, match="seuls les éléments"):
            documents.deposit(step, factories.stored_pdf("x"), by=manager, **refused)
    with pytest.raises(NotAllowed, match="seuls les éléments"):
        records.save(factories.event(step), step.negotiation, by=manager)


def test_a_return_without_remark_opens_the_whole_step(step, go, examiner, manager):
    go("return", examiner, "Tout est à revoir.")
    assert records.save(factories.event(step), step.negotiation, by=manager).pk


def test_a_shared_part_follows_the_correction_when_no_other_step_writes_it(dossier, manager, examiner, dgct):
    first, second = (records.save(Project(negotiation=dossier, name=name), dossier, by=manager)
                     for name in ("Piste", "Marché"))
    Step.objects.exclude(code="B2").update(checks=[])
    step = factories.put(dossier, "B2", State.SUBMITTED, by=manager)
    remark(step, examiner, f"project:{first.pk}")
    moves.move(step, "return", by=examiner, version=step.version)
    first.site = "Kita"
    records.save(first, dossier, by=manager)
    second.site = "Kayes"
    with pytest.raises(NotAllowed, match="projet structurant|Marché"):
        records.save(second, dossier, by=manager)
    with pytest.raises(NotAllowed, match="seuls les éléments"):
        records.save(Project(negotiation=dossier, name="Troisième"), dossier, by=manager)
    Step.objects.filter(code="B3").update(checks=["projects"])
    with pytest.raises(NotAllowed, match="seuls les éléments"):
        records.save(second, dossier, by=manager)
    factories.put(dossier, "B3", State.DRAFT, by=manager)
    assert records.save(second, dossier, by=manager).site == "Kayes"


def test_resubmission_waits_for_an_answer_to_each_remark(step, go, examiner, manager):
    one, other = remark(step, examiner), remark(step, examiner, "answer:D2.Q1")
    go("return", examiner)
    open_gates()
    with pytest.raises(NotAllowed) as refusal:
        go("submit", manager)
    assert [reason.partition(" :")[0] for reason in refusal.value.reasons] == [
        "Répondez à l’observation sur « L’étape entière ».", "Répondez à l’observation sur « Question 1"]
    for each in (one, other):
        remarks.answer(each, "C’est précisé.", by=manager)
    go("submit", manager)
    assert states(step) == (State.SUBMITTED, ["returned", ""])
    assert set(Remark.objects.values_list("state", flat=True)) == {RemarkState.ANSWERED}


def open_gates():
    for phase in {row.phase for row in Step.objects.select_related("phase")}:
        phase.gate = []
        phase.save()


def test_a_remark_is_settled_or_maintained_by_its_side(step, go, examiner, manager):
    open_gates()
    one, other = remark(step, examiner), remark(step, examiner, "answer:D2.Q1")
    go("return", examiner)
    for each in (one, other):
        remarks.answer(each, "C’est précisé.", by=manager)
    go("submit", manager)
    remarks.settle(one, by=examiner)
    remarks.maintain(other, "Pas encore.", by=examiner)
    assert [(each.state, [(reply.text, bool(reply.sent_at)) for reply in each.replies.all()])
            for each in Remark.objects.order_by("pk")] == [
        ("settled", [("C’est précisé.", True)]), ("open", [("C’est précisé.", True), ("Pas encore.", False)])]
    go("return", examiner)
    assert all(reply.sent_at for reply in other.replies.all())


def test_a_submission_nobody_opened_is_recalled(step, go, manager):
    go("recall", manager)
    assert states(step) == (State.DRAFT, ["recalled"])


def test_a_recalled_correction_is_a_correction_again(step, go, examiner, manager):
    open_gates()
    remarks.answer(returned(step, go, examiner), "Voilà.", by=manager)
    go("submit", manager)
    go("recall", manager)
    assert states(step) == (State.RETURNED, ["returned", "recalled"])


def returned(step, go, examiner):
    one = remark(step, examiner)
    go("return", examiner)
    one.refresh_from_db()
    return one


def test_a_submission_that_was_opened_is_not_recalled(step, go, examiner, manager):
    reviews.open_review(step, by=examiner)
    with pytest.raises(NotAllowed, match="Un examinateur a déjà ouvert"):
        go("recall", manager)


def test_a_cancelled_return_loses_nothing(step, go, examiner):
    one = remark(step, examiner)
    go("return", examiner, "Motif du renvoi.")
    go("cancel_return", examiner)
    one.refresh_from_db()
    assert states(step) == (State.SUBMITTED, [""])
    assert (one.state, one.sent_at, one.problem, step.return_reason) == (
        RemarkState.DRAFT, None, "C’est flou.", "Motif du renvoi.")
    go("return", examiner)
    assert states(step) == (State.RETURNED, ["returned"])


def test_a_return_is_not_cancelled_once_the_region_corrects(step, go, examiner, manager):
    one = returned(step, go, examiner)
    remarks.answer(one, "Voilà.", by=manager)
    with pytest.raises(NotAllowed, match="a commencé à corriger"):
        go("cancel_return", examiner)


def test_a_return_is_not_cancelled_once_an_answer_is_corrected(step, go, examiner, manager):
    """Even from a page that is up to date."""
    go("return", examiner, "Précisez.")
    question = step.step.questions.first()
    steps.save_answers(step, {question: "Mieux."}, {question.pk: fingerprint_of("Oui.")}, by=manager)
    with pytest.raises(NotAllowed, match="a commencé à corriger"):
        go("cancel_return", examiner)


def test_a_cancelled_return_leaves_answered_and_maintained_remarks_as_they_were(step, go, examiner, manager):
    open_gates()
    one, other = remark(step, examiner), remark(step, examiner, "answer:D2.Q1")
    go("return", examiner)
    for each in (one, other):
        remarks.answer(each, "C’est précisé.", by=manager)
    go("submit", manager)
    remarks.maintain(other, "Pas encore.", by=examiner)
    go("return", examiner)
    go("cancel_return", examiner)
    assert list(Remark.objects.order_by("pk").values_list("state", flat=True)) == ["answered", "open"]
    assert [(reply.text, bool(reply.sent_at)) for reply in other.replies.all()] == [
        ("C’est précisé.", True), ("Pas encore.", False)]


def test_a_cancelled_unblocking_is_not_recalled(step, go, administrator, examiner, manager):
    """The Region would be shown the reason of a return that was cancelled."""
    go("unblock_return", administrator, "Par erreur.")
    go("cancel_return", examiner)
    with pytest.raises(NotAllowed, match="Un examinateur a déjà ouvert"):
        go("recall", manager)


def test_a_step_approved_over_a_remark_reopens_whole(step, go, administrator, examiner, director, manager):
    open_gates()
    remarks.answer(returned(step, go, examiner), "Voilà.", by=manager)
    go("submit", manager)
    go("unblock", administrator, "Personne.")
    go("unblock", administrator, "Personne.")
    assert Remark.objects.get().state == RemarkState.SETTLED
    go("reopen", director, "Tout est à revoir.")
    assert records.save(factories.event(step), step.negotiation, by=manager).pk


def test_a_late_seat_escalates_once_and_the_next_person_may_act(step, go, director):
    seat = Seat.objects.get(passage__submission__progress=step, passage__kind="examination")
    today = seat.due_on + datetime.timedelta(days=1)
    assert list(reviews.late(seat.due_on)) == []
    assert [reviews.escalate(one) for one in reviews.late(today)] == [True]
    assert (list(reviews.late(today)), reviews.escalate(seat)) == ([], False)
    entry = JournalEntry.objects.get(action="step.escalate")
    assert (entry.by, entry.by_name, entry.details) == (
        None, "L’application", {"organisation": "DGCT", "level": "examen"})
    go("approve", director)
    assert states(step) == (State.SUBMITTED, [""])


@pytest.fixture
def administrator(db):
    return factories.member(factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR)


def test_an_administrator_unblocks_with_a_reason(step, go, administrator):
    for action in ("unblock", "unblock_return"):
        with pytest.raises(NotAllowed, match="Écrivez le motif"):
            go(action, administrator)
    go("unblock", administrator, "L’examinateur est absent.")
    go("unblock", administrator, "La direction est absente.")
    assert states(step) == (State.APPROVED, ["approved"])
    assert list(JournalEntry.objects.filter(action="step.unblock").values_list("reason", "to_state")) == [
        ("La direction est absente.", ""), ("L’examinateur est absent.", "")]
    assert JournalEntry.objects.get(action="step.approve").reason == "La direction est absente."


def test_an_administrator_returns_a_blocked_step(step, go, administrator):
    go("unblock_return", administrator, "Dossier déposé par erreur.")
    assert (states(step), step.return_reason) == ((State.RETURNED, ["returned"]), "Dossier déposé par erreur.")


def test_only_a_late_opinion_is_passed_over(step, go, examiner):
    with pytest.raises(NotAllowed, match="Seul un avis peut être passé outre"):
        go("skip", examiner, "Trop long.")


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


def test_an_unblocked_step_leaves_no_remark_waiting(step, go, examiner, administrator):
    remark(step, examiner)
    go("unblock", administrator, "L’examinateur est absent.")
    go("unblock", administrator, "La direction est absente.")
    assert (states(step), Remark.objects.count()) == ((State.APPROVED, ["approved"]), 0)


def test_a_cancelled_return_offers_its_reason_again_and_no_older_one(step, go, examiner, manager):
    open_gates()
    go("return", examiner, "Premier motif.")

    def offered():
        step.refresh_from_db()
        found = moves_of(examiner, step, of_step(step))
        return [offer.text for offer in found if offer.action == "return"]
    go("cancel_return", examiner)
    assert offered() == ["Premier motif."]
    go("return", examiner, "Premier motif.")
    go("submit", manager)
    assert offered() == [""]


def test_a_service_without_a_seat_reads_and_writes_nothing(step, go, manager):
    service = factories.organisation("DNAT", OrganisationKind.SERVICE)
    share(step.negotiation, service, by=manager)
    adviser = factories.member(service, Role.ADVISER)
    for act in (lambda: remark(step, adviser), lambda: reviews.open_review(step, by=adviser)):
        with pytest.raises(NotAllowed, match="ne se prononce pas sur cette étape"):
            act()
    go("recall", manager)
