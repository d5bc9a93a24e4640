"""Returns: the bundle of remarks, what a correction opens, answers, cancelled returns."""
import pytest
from django.db import IntegrityError, transaction

from negotiation.choices import RemarkState, State
from negotiation.models import Answer, JournalEntry, Project, Remark, Step, StepProgress
from negotiation.permissions import moves as moves_of
from negotiation.queries import remarks as read
from negotiation.queries.examinations import of_step
from negotiation.workflow import documents, moves, records, remarks, steps
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.transitions import NotAllowed

from .. import factories
from .conftest import open_gates, remark, returned, states


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


def test_a_recalled_correction_is_a_correction_again(step, go, examiner, manager):
    open_gates()
    remarks.answer(returned(step, go, examiner), "Voilà.", by=manager)
    go("submit", manager)
    go("recall", manager)
    assert states(step) == (State.RETURNED, ["returned", "recalled"])


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


def test_a_return_is_not_cancelled_from_the_page_of_an_earlier_one(step, go, examiner):
    """The Region has done nothing; another reason was written since."""
    go("return", examiner, "Précisez.")
    step.refresh_from_db()
    read = step.version
    go("cancel_return", examiner)
    go("return", examiner, "Datez.")
    with pytest.raises(NotAllowed, match="renvoyée de nouveau depuis que vous avez ouvert cette page"):
        moves.move(step, "cancel_return", by=examiner, version=read)
    step.refresh_from_db()
    assert (states(step), step.return_reason) == ((State.RETURNED, ["returned"]), "Datez.")


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


def test_a_representative_does_not_move_to_an_actor_that_is_closed(dossier, examiner, manager):
    Step.objects.update(checks=[])
    Step.objects.filter(code="D2").update(checks=["actors"])
    observed, closed = list(dossier.actors.order_by("pk")[:2])
    person = observed.representatives.create(function="Président")
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    remark(step, examiner, f"actor:{observed.pk}")
    moves.move(step, "return", by=examiner, version=step.version)
    person.actor = closed
    with pytest.raises(NotAllowed, match="seuls les éléments qui portent une observation"):
        records.save(person, dossier, by=manager)
    person.refresh_from_db()
    assert person.actor == observed


def test_a_verdict_that_a_cancelled_return_takes_back_is_not_told(step, go, examiner, manager):
    remark(step, examiner, "answer:D2.Q1")
    go("return", examiner)
    one = Remark.objects.get()
    remarks.answer(one, "Précisé.", by=manager)
    open_gates()
    go("submit", manager)
    remarks.settle(one, by=examiner)
    go("return", examiner, "Encore.")

    def told():
        step.refresh_from_db()
        return [thread.remark.state for thread in read.threads(step, reviewer=False)]
    assert told() == [RemarkState.SETTLED]
    go("cancel_return", examiner)
    assert (told(), step.state) == ([RemarkState.ANSWERED], State.SUBMITTED)
