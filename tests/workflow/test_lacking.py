"""A correction never ends where nobody can act: what the step lacks may be added, whatever carried a remark."""
import pytest

from negotiation import checklist
from negotiation.choices import Check, State
from negotiation.elements import Scopes
from negotiation.models import (
    Actor,
    Contribution,
    Difficulty,
    Event,
    FundingLimit,
    Obligation,
    Project,
    Representative,
    Step,
)
from negotiation.workflow import commitments, documents, moves, records, remarks, steps
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.transitions import NotAllowed

from .. import factories
from .conftest import open_gates

REFUSED = "seuls les éléments qui portent une observation"


@pytest.fixture
def corrected(dossier, manager, examiner, dgct):
    """corrected(checks, *records): D2 asks for this check, or these, alone; it was submitted, and returned with remarks
    on each record (or key)."""
    def go(checks, *observed):
        open_gates()
        Step.objects.update(checks=[])
        Step.objects.filter(code="D2").update(checks=[checks] if isinstance(checks, Check) else checks)
        progress = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
        factories.complete(progress, manager)
        for one in observed:
            key = one if isinstance(one, str) else records.key_of(one)
            remarks.write(progress, key, problem="Ce n’est pas bon.", request="Retirez-le.", by=examiner)
        return moves.move(progress, "return", by=examiner, version=progress.version)
    return go


@pytest.fixture
def step(dossier):
    return dossier.steps.get(step__code="D2")


def lacks(progress):
    progress.refresh_from_db()
    items = checklist.items(progress.negotiation, [progress])[progress.step_id]
    return [item.sentence for item in items if not item.done]


def submittable(progress, manager):
    """After an answer to each remark."""
    progress.refresh_from_db()
    for one in progress.remarks.all():
        remarks.answer(one, "C’est fait.", by=manager)
    progress.refresh_from_db()
    return moves.move(progress, "submit", by=manager, version=progress.version).state == State.SUBMITTED


# What a check asks for, and what brings it back.
RECORDS = {Check.ACTORS: Representative, Check.EVENTS: Event, Check.PROJECTS: Project, Check.COSTS: Project,
           Check.OBLIGATIONS: Obligation, Check.DIFFICULTIES: Difficulty, Check.LESSONS: Difficulty}


def test_each_check_is_proved_here():
    assert {*RECORDS, Check.PLAN, Check.BALANCED} == set(checklist.CHECKS) == set(Check)


@pytest.mark.parametrize("check", RECORDS)
def test_what_a_correction_removed_may_be_added_again(dossier, manager, held, corrected, step, check):
    one = held(RECORDS[check])
    progress = corrected(check, one.actor if check == Check.ACTORS else one)
    with pytest.raises(NotAllowed, match=REFUSED):
        held(Actor if check == Check.ACTORS else RECORDS[check], **{"name": "Autre"} if check in (
            Check.PROJECTS, Check.COSTS, Check.ACTORS) else {})
    if check == Check.ACTORS:
        records.remove(one.actor, dossier, by=manager)
        held(Representative, actor=held(Actor))
    else:
        records.remove(one, dossier, by=manager)
        assert len(lacks(progress)) == 1
        held(RECORDS[check])
    assert (lacks(progress), submittable(progress, manager)) == ([], True)


def test_what_is_not_lacking_any_more_closes_again(dossier, manager, held, corrected):
    one = held(Event)
    corrected(Check.EVENTS, one)
    records.remove(one, dossier, by=manager)
    held(Event)
    with pytest.raises(NotAllowed, match=REFUSED):
        held(Event, title="Une autre")


def test_an_event_that_was_moved_away_may_come_back(dossier, manager, held, corrected, step):
    one = held(Event)
    progress = corrected(Check.EVENTS, one)
    one.progress = dossier.steps.get(step__code="B1")
    records.save(one, dossier, by=manager)
    assert len(lacks(progress)) == 1
    one.progress = step
    records.save(one, dossier, by=manager)
    assert submittable(progress, manager)


def test_a_record_of_another_step_does_not_enter_a_correction(dossier, manager, held, corrected, step):
    corrected([], "answer:D2.Q1")
    one = held(Event, progress=dossier.steps.get(step__code="B1"))
    one.progress = step
    with pytest.raises(NotAllowed, match=REFUSED):
        records.save(one, dossier, by=manager)


@pytest.mark.parametrize("check", [Check.PLAN, Check.BALANCED])
def test_a_plan_that_a_correction_emptied_may_be_filled_elsewhere(dossier, manager, held, corrected, check):
    """Its only row and its project are gone: the amounts go to another project."""
    actor, project = dossier.actors.first(), held(Project)
    cell = (project.pk, actor.pk, 2027)
    commitments.save_plan(dossier, {cell: 1000}, {}, by=manager)
    commitments.announce_total(dossier, 1000, "Lettre", by=manager)
    dossier.refresh_from_db()
    progress = corrected(check, f"row:{project.pk}:{actor.pk}")
    other = held(Project, name="Marché")
    with pytest.raises(NotAllowed, match=REFUSED):
        commitments.save_plan(dossier, {(other.pk, actor.pk, 2027): 5}, {}, by=manager)
    commitments.save_plan(dossier, {cell: 0}, {cell: 1000}, by=manager)
    records.remove(project, dossier, by=manager)
    assert len(lacks(progress)) == 1
    assert Scopes(dossier, "plan").restricts("plan") is False
    commitments.save_plan(dossier, {(other.pk, actor.pk, 2027): 1000}, {}, by=manager)
    assert Contribution.objects.get().amount == 1000
    assert submittable(progress, manager)


def test_a_rule_that_a_correction_made_blocking_may_be_met(dossier, manager, held, corrected):
    actor, project, rule = held(Actor), held(Project), held(FundingLimit)
    cell = (project.pk, actor.pk, 2027)
    commitments.save_plan(dossier, {cell: 1000}, {}, by=manager)
    progress = corrected(Check.PLAN, rule)
    rule.severity = "blocking"
    records.save(rule, dossier, by=manager)
    assert len(lacks(progress)) == 1
    commitments.save_plan(dossier, {cell: 10}, {cell: 1000}, by=manager)
    assert submittable(progress, manager)


def test_a_question_that_the_grid_came_to_ask_may_be_answered(manager, corrected, step):
    progress = corrected([], "answer:D2.Q1")
    second = step.step.questions.all()[1]
    step.answers.filter(question=second).delete()
    steps.save_answers(progress, {second: "Oui."}, {second.pk: fingerprint_of("")}, by=manager)
    expected = step.step.documents.filter(required=True).first()
    step.documents.filter(expected=expected).delete()
    documents.deposit(progress, factories.stored_pdf("x"), by=manager, expected=expected)
    assert submittable(progress, manager)


EDITED = {Representative: "function", Event: "title", Project: "site", Obligation: "what", Difficulty: "effect"}


@pytest.mark.parametrize("check", RECORDS)
def test_what_a_correction_added_stays_open_until_it_is_sent(dossier, manager, examiner, held, corrected, step, check):
    """What was added by mistake is mended, or withdrawn and added anew: nobody has examined it yet."""
    first = held(RECORDS[check])
    progress = corrected(check, first.actor if check == Check.ACTORS else first)
    records.remove(first.actor if check == Check.ACTORS else first, dossier, by=manager)
    added = held(Representative, actor=held(Actor)) if check == Check.ACTORS else held(RECORDS[check])

    def edit(value):
        setattr(added, EDITED[type(added)], value)
        return records.save(added, dossier, by=manager)
    assert (lacks(progress), edit("Corrigé").pk) == ([], added.pk)
    assert submittable(progress, manager)
    progress.refresh_from_db()
    remarks.write(progress, "answer:D2.Q1", problem="Flou.", request="Précisez.", by=examiner)
    progress.refresh_from_db()
    moves.move(progress, "return", by=examiner, version=progress.version)
    with pytest.raises(NotAllowed, match=REFUSED):
        edit("Encore")


def test_the_amounts_of_a_project_that_a_correction_added_are_open(dossier, manager, held, corrected):
    actor, project = dossier.actors.first(), held(Project)
    cell = (project.pk, actor.pk, 2027)
    commitments.save_plan(dossier, {cell: 1000}, {}, by=manager)
    progress = corrected([Check.PROJECTS, Check.PLAN], f"row:{project.pk}:{actor.pk}", project)
    commitments.save_plan(dossier, {cell: 0}, {cell: 1000}, by=manager)
    records.remove(project, dossier, by=manager)
    added = (held(Project, name="Marché").pk, actor.pk, 2028)
    commitments.save_plan(dossier, {added: 1000}, {}, by=manager)
    commitments.save_plan(dossier, {added: 900}, {added: 1000}, by=manager)
    assert ([one.amount for one in Contribution.objects.all()], lacks(progress)) == ([900], [])
    assert submittable(progress, manager)
