"""Acts on a step: every action × every state, conflicts, one-time keys, the journal."""
import pytest
from django.db import IntegrityError, transaction

from negotiation.choices import State
from negotiation.models import DocumentVersion, JournalEntry, Project, Step, StepProgress
from negotiation.workflow import documents, moves, records, steps
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.obstacles import to_submit
from negotiation.workflow.transitions import STEP, NotAllowed

from .. import factories


@pytest.fixture
def progress(dossier):
    return dossier.steps.select_related("step", "negotiation").get(step__code="A4")


def fill(progress, by):
    factories.fill_step(progress, by)
    progress.refresh_from_db()
    return progress


def in_state(progress, state):
    StepProgress.objects.filter(pk=progress.pk).update(state=state)
    progress.refresh_from_db()
    return progress


# Who carries out each act, on a step that its manager submitted.
ACTORS = {"submit": "manager", "recall": "manager", "approve": "examiner", "return": "examiner",
          "cancel_return": "examiner", "reopen": "director"}


@pytest.fixture
def people(manager, examiner, director):
    return {"manager": manager, "examiner": examiner, "director": director}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", ACTORS)
def test_every_action_in_every_state(dossier, people, action, state):
    """A1: one level, one voice, so that approving or returning there is the last word."""
    Step.objects.update(checks=[])
    progress = factories.put(dossier, "A1", state, by=people["manager"])
    factories.complete(progress, people["manager"])
    by, entries = people[ACTORS[action]], JournalEntry.objects.count()
    if state not in STEP[action].sources:
        with pytest.raises(NotAllowed, match="n’est plus possible"):
            moves.move(progress, action, by=by, version=progress.version, reason="Il manque l’avis.")
        assert JournalEntry.objects.count() == entries
        return
    moved = moves.move(progress, action, by=by, version=progress.version, reason="Il manque l’avis.")
    assert moved.state == STEP[action].target
    entry = JournalEntry.objects.first()
    told = "" if action in ("submit", "recall", "approve") else "Il manque l’avis."
    assert (entry.action, entry.from_state, entry.to_state, entry.by, entry.reason) == (
        f"step.{action}", state, moved.state, by, told)


def test_submission_is_refused_with_the_sentences_of_the_page(progress, manager):
    with pytest.raises(NotAllowed) as refusal:
        moves.move(progress, "submit", by=manager, version=0)
    assert refusal.value.reasons == to_submit(progress)
    assert refusal.value.reasons[0].startswith("Répondez à la question 1 : « ")
    assert refusal.value.reasons[-1].startswith("Déposez la pièce exigée « ")


@pytest.mark.parametrize(("action", "state"), [("return", State.SUBMITTED), ("reopen", State.APPROVED)])
def test_a_return_without_reason_is_refused(dossier, people, action, state):
    progress = factories.put(dossier, "A1", state, by=people["manager"])
    with pytest.raises(NotAllowed, match="Écrivez le motif"):
        moves.move(progress, action, by=people[ACTORS[action]], version=progress.version, reason="  \n ")


def test_the_database_refuses_a_return_without_reason(progress):
    with pytest.raises(IntegrityError), transaction.atomic():
        StepProgress.objects.filter(pk=progress.pk).update(state=State.RETURNED, return_reason="")


def test_an_old_version_is_refused(progress, manager, examiner):
    fill(progress, manager)
    moves.move(progress, "submit", by=manager, version=progress.version)
    with pytest.raises(NotAllowed, match="L’étape a changé"):
        moves.move(progress, "approve", by=examiner, version=progress.version)


def test_the_same_form_twice_is_one_act_and_two_successes(progress, manager):
    fill(progress, manager)
    for _ in range(2):
        moved = moves.move(progress, "submit", by=manager, version=progress.version, key="une-fois")
        assert moved.state == State.SUBMITTED
    assert JournalEntry.objects.filter(action="step.submit").count() == 1


def test_one_form_key_never_swallows_another_act(progress, manager, examiner):
    """All the forms of a page carry one key: each act is still its own."""
    first, second = progress.step.documents.all()[:2]
    for expected, content in ((first, "un"), (second, "deux")):
        assert documents.deposit(progress, factories.stored_pdf(content), by=manager, expected=expected, key="k")
    fill(progress, manager)
    moves.move(progress, "submit", by=manager, version=progress.version, key="k")
    progress.refresh_from_db()
    moves.move(progress, "approve", by=examiner, version=progress.version, key="k")
    with pytest.raises(NotAllowed, match="n’est plus possible"):
        moves.move(progress, "return", by=examiner, version=progress.version, key="k", reason="Trop tard.")


def test_an_approval_is_refused_on_a_plan_that_was_not_read(dossier, manager, examiner):
    progress = factories.put(dossier, "D4", State.SUBMITTED, by=manager)
    seen = steps.last_act(dossier)
    records.save(Project(negotiation=dossier, name="Piste"), dossier, by=manager)
    with pytest.raises(NotAllowed, match="a changé depuis que vous avez ouvert"):
        moves.move(progress, "approve", by=examiner, version=progress.version, seen=seen)
    # D4 is decided by the direction: the examination hands it over.
    moved = moves.move(progress, "approve", by=examiner, version=progress.version, seen=steps.last_act(dossier))
    assert (moved.state, moved.version) == (State.SUBMITTED, progress.version + 1)


def test_first_answer_starts_the_step(progress, manager):
    question = progress.step.questions.first()
    assert steps.save_answers(progress, {question: "Trois."}, {question.pk: fingerprint_of("")}, by=manager) == []
    progress.refresh_from_db()
    assert (progress.state, progress.version) == (State.DRAFT, 1)
    assert list(JournalEntry.objects.filter(subject=str(progress.step)).values_list("action", flat=True)) == [
        "step.answer", "step.start"]
    assert JournalEntry.objects.first().details == {
        "answers": {question.code: {"before": "", "after": "Trois."}}}


def test_two_people_on_different_answers_lose_nothing(progress, manager, editor):
    first, second = progress.step.questions.all()[:2]
    empty = {q.pk: fingerprint_of("") for q in (first, second)}
    assert steps.save_answers(progress, {first: "De l’une", second: ""}, empty, by=manager) == []
    assert steps.save_answers(progress, {first: "", second: "De l’autre"}, empty, by=editor) == []
    assert dict(progress.answers.values_list("question", "text")) == {first.pk: "De l’une", second.pk: "De l’autre"}


def test_two_people_on_one_answer_see_both_texts(progress, manager, editor):
    question = progress.step.questions.first()
    empty = {question.pk: fingerprint_of("")}
    steps.save_answers(progress, {question: "La mienne"}, empty, by=manager)
    [conflict] = steps.save_answers(progress, {question: "L’autre"}, empty, by=editor)
    assert (conflict.mine, conflict.theirs, conflict.by) == ("L’autre", "La mienne", str(manager))
    assert progress.answers.get().text == "La mienne"
    assert steps.save_answers(progress, {question: "L’autre"}, {question.pk: fingerprint_of("La mienne")},
                              by=editor) == []
    assert progress.answers.get().text == "L’autre"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_a_step_under_examination_does_not_change(progress, manager, state):
    in_state(progress, state)
    question, expected = progress.step.questions.first(), progress.step.documents.first()
    with pytest.raises(NotAllowed, match="ne se modifie plus"):
        steps.save_answers(progress, {question: "x"}, {question.pk: fingerprint_of("")}, by=manager)
    with pytest.raises(NotAllowed, match="ne se modifie plus"):
        documents.deposit(progress, factories.stored_pdf(), by=manager, expected=expected)
    with pytest.raises(NotAllowed, match="ne se modifie plus"):
        documents.waive(progress, expected, "Sans objet", by=manager)


def test_a_replacement_keeps_the_earlier_version(progress, manager):
    expected = progress.step.documents.first()
    for content in ("un", "deux"):
        documents.deposit(progress, factories.stored_pdf(content), by=manager, expected=expected)
    assert list(DocumentVersion.objects.order_by("number").values_list("number", "sha256")) == [
        (1, factories.stored_pdf("un").sha256), (2, factories.stored_pdf("deux").sha256)]
    with pytest.raises(NotAllowed, match="déjà déposé"):
        documents.deposit(progress, factories.stored_pdf("deux"), by=manager, expected=expected)


def test_a_reason_written_meanwhile_is_not_overwritten_unseen(progress, manager, editor):
    expected = progress.step.documents.first()
    documents.waive(progress, expected, "La première raison", by=manager, base="")
    with pytest.raises(NotAllowed, match="La première raison"):
        documents.waive(progress, expected, "La seconde", by=editor, base="")
    again = documents.waive(progress, expected, "La seconde", by=editor, base="La première raison")
    assert again.waiver == "La seconde"


def test_an_empty_reason_on_a_closed_step_writes_nothing(progress, manager):
    in_state(progress, State.APPROVED)
    assert documents.waive(progress, progress.step.documents.first(), "", by=manager) is None
    assert not progress.documents.exists()


def test_the_reason_of_a_reserved_document_is_not_in_the_journal(dossier, manager):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D1")
    documents.waive(progress, progress.step.documents.get(code="D1.P1"), "Secret", by=manager)
    assert JournalEntry.objects.get(action="document.waive").reason == ""


def test_a_reserved_answer_is_not_in_the_journal(dossier, manager):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D1")
    floor, who = (progress.step.questions.get(code=f"D1.Q{number}") for number in (2, 4))
    steps.save_answers(progress, {floor: "Secret", who: "Le président"},
                       dict.fromkeys((floor.pk, who.pk), fingerprint_of("")), by=manager)
    assert JournalEntry.objects.get(action="step.answer").details == {"answers": {
        "D1.Q2": {"reserved": True}, "D1.Q4": {"before": "", "after": "Le président"}}}
    assert progress.answers.get(question=floor).text == "Secret"


def test_a_waiver_counts_until_the_document_comes(progress, manager):
    expected = progress.step.documents.filter(required=True).first()
    before = len(to_submit(progress))
    documents.waive(progress, expected, "La Région n’a pas eu de contrat antérieur.", by=manager)
    assert len(to_submit(progress)) == before - 1
    documents.deposit(progress, factories.stored_pdf(), by=manager, expected=expected)
    assert progress.documents.get().waiver == ""
    with pytest.raises(NotAllowed, match="déjà déposée"):
        documents.waive(progress, expected, "Trop tard", by=manager)
