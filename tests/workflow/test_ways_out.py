"""When nobody speaks: escalation, opinions passed over, unblocking."""
import datetime

import pytest
from django.utils import timezone

from negotiation.choices import RemarkState, Role, State
from negotiation.models import JournalEntry, Notification, Remark, Seat
from negotiation.queries import journal
from negotiation.queries.remarks import threads
from negotiation.workflow import notices, records, remarks, reviews
from negotiation.workflow.transitions import NotAllowed

from .. import factories
from .conftest import open_gates, remark, returned, states


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


def test_only_a_late_opinion_is_passed_over(step, go, examiner):
    with pytest.raises(NotAllowed, match="Seul un avis peut être passé outre"):
        go("skip", examiner, "Trop long.")


def test_going_on_without_somebody_opens_the_examination(step, go, administrator, manager):
    go("unblock", administrator, "L’examinateur est absent.")
    submission = step.submissions.get()
    assert (bool(submission.opened_at), submission.opened_by) == (True, None)
    with pytest.raises(NotAllowed, match="a déjà ouvert cette soumission"):
        go("recall", manager)


def test_an_administrator_unblocks_with_a_reason(step, go, administrator):
    for action in ("unblock", "unblock_return"):
        with pytest.raises(NotAllowed, match="Écrivez le motif"):
            go(action, administrator)
    go("unblock", administrator, "L’examinateur est absent.")
    go("unblock", administrator, "La direction est absente.")
    assert states(step) == (State.APPROVED, ["approved"])
    assert list(JournalEntry.objects.filter(action="step.unblock").values_list("reason", "to_state", "details")) == [
        ("La direction est absente.", "", {"silent": "DGCT"}), ("L’examinateur est absent.", "", {"silent": "DGCT"})]
    assert JournalEntry.objects.get(action="step.approve").reason == "La direction est absente."


def test_an_administrator_returns_a_blocked_step(step, go, administrator):
    go("unblock_return", administrator, "Dossier déposé par erreur.")
    assert (states(step), step.return_reason) == ((State.RETURNED, ["returned"]), "Dossier déposé par erreur.")
    line = next(line for line in journal.page(step.negotiation, {}, team=True).lines
                if line.entry.action == "step.unblock")
    assert [(change.label, change.after) for change in line.changes] == [("Sans la position de", "DGCT")]


@pytest.mark.parametrize(("action", "told"), [
    (["unblock"], "L’examen continue"), (["unblock", "unblock"], "L’étape est approuvée"),
    (["unblock_return"], "L’étape est renvoyée")])
def test_who_was_awaited_is_told_what_came_of_it(step, go, administrator, examiner, director, action, told):
    notices.moved(step, step.submissions.get(), by=administrator)
    for one in action:
        Notification.objects.update(mailed_at=timezone.now())
        go(one, administrator, "Personne ne répond.")
    last = Notification.objects.filter(title__startswith="Votre position n’est plus attendue").first()
    assert last.text.partition(" sans votre position")[0] == told


def test_a_cancelled_unblocking_is_not_recalled(step, go, administrator, examiner, manager):
    """The Region would be shown the reason of a return that was cancelled."""
    go("unblock_return", administrator, "Par erreur.")
    with pytest.raises(NotAllowed, match="écrivez pourquoi vous l’annulez"):
        go("cancel_return", examiner)
    go("cancel_return", examiner, "Ce n’était pas utile.")
    with pytest.raises(NotAllowed, match="Un examinateur a déjà ouvert"):
        go("recall", manager)


def test_an_unblocked_step_keeps_what_reviewers_had_not_sent(step, go, examiner, administrator, director, manager):
    """Read by the administrator first, kept as a draft that the Region does not read, told to its author."""
    one = remark(step, examiner)
    other = remarks.write(step, "step", problem="C’est long.", request="Précisez.", by=examiner)
    go("unblock", administrator, "L’examinateur est absent.")
    with pytest.raises(NotAllowed, match="a écrit, depuis que vous avez ouvert cette page"):
        go("unblock", administrator, "La direction est absente.", drafts="")
    assert states(step) == (State.SUBMITTED, [""])
    go("unblock", administrator, "La direction est absente.", drafts=f"{one.mark} {other.mark}")
    assert (states(step), list(Remark.objects.values_list("state", "problem", "request"))) == (
        (State.APPROVED, ["approved"]), [("draft", "C’est flou.", "Précisez."), ("draft", "C’est long.", "Précisez.")])
    told = Notification.objects.filter(cause__startswith="overruled:")
    assert [(row.user, row.title) for row in told] == [
        (examiner, "Approuvée malgré vos observations, étape D2 — Région de Kayes")]
    assert told[0].text.count("n’est pas envoyée à la Région et reste en brouillon") == 2
    # It waits for the examiner at the next examination.
    open_gates()
    go("reopen", director, "À revoir.")
    assert [thread.remark for thread in threads(step, reviewer=False)] == []
    go("submit", manager)
    with pytest.raises(NotAllowed, match="Il reste 2 observations"):
        go("approve", examiner)


def test_who_wrote_a_remark_keeps_the_words_that_a_colleague_removes(step, go, examiner, dgct, administrator):
    one, colleague = remark(step, examiner), factories.member(dgct, Role.EXAMINER)
    remarks.discard(one, by=colleague)
    told = Notification.objects.get(cause__startswith="set-aside:")
    assert (told.user, "C’est flou." in told.text, "Précisez." in told.text) == (examiner, True, True)
    remarks.discard(remark(step, examiner), by=examiner)
    # The end of the examination, which often follows at once, is no reason not to write it to them.
    for _ in range(2):
        go("unblock", administrator, "Personne.")
    told = Notification.objects.get(cause__startswith="set-aside:")
    assert (states(step), told.settled_at) == ((State.APPROVED, ["approved"]), None)


def test_a_step_approved_over_a_remark_reopens_whole(step, go, administrator, examiner, director, manager):
    open_gates()
    remarks.answer(returned(step, go, examiner), "Voilà.", by=manager)
    go("submit", manager)
    go("unblock", administrator, "Personne.")
    go("unblock", administrator, "Personne.")
    assert Remark.objects.get().state == RemarkState.SETTLED
    go("reopen", director, "Tout est à revoir.")
    assert records.save(factories.event(step), step.negotiation, by=manager).pk
