"""A return is taken back until the Region has begun to correct, whatever it corrects."""
import pytest

from negotiation.choices import Check, Side, State
from negotiation.models import (
    Actor,
    Difficulty,
    Event,
    FundingLimit,
    Obligation,
    Phase,
    Position,
    Project,
    Representative,
    Step,
)
from negotiation.permissions import moves as moves_of
from negotiation.queries.examinations import of_step
from negotiation.workflow import actors, commitments, documents, moves, positions, records
from negotiation.workflow.transitions import NotAllowed

from .. import factories

RECORDS = {"actor": Actor, "representative": Representative, "project": Project, "obligation": Obligation,
           "rule": FundingLimit, "event": Event, "difficulty": Difficulty}
CHANGED = {"actor": "name", "representative": "function", "project": "name", "obligation": "what", "rule": "source",
           "event": "title", "difficulty": "what"}


def put_amount(dossier, amount, before, by):
    cell = (dossier.projects.get().pk, dossier.actors.first().pk, 2027)
    commitments.save_plan(dossier, {cell: amount}, {cell: before}, by=by)


def put_position(dossier, by):
    region = dossier.actors.filter(side=Side.AUTHORITY).first()
    return factories.position(dossier, by=by, party=region, project=dossier.projects.get())


def deposit(dossier, by):
    step = dossier.steps.get(step__code="D2")
    documents.deposit(step, factories.stored_pdf("autre"), by=by, title="Une autre")


EDITS = {
    **{f"add {name}": lambda dossier, held, by, model=model: held(model, **(
        {"name": "Autre"} if model in (Actor, Project) else {"kind": "state_year"} if model is FundingLimit else {}))
       for name, model in RECORDS.items()},
    "amount": lambda dossier, held, by: put_amount(dossier, 7, 1000, by),
    "no amount": lambda dossier, held, by: put_amount(dossier, 0, 1000, by),
    "total": lambda dossier, held, by: commitments.announce_total(dossier, 1000, "Lettre", by=by),
    "roles": lambda dossier, held, by: actors.save_roles(
        dossier, {(dossier.actors.first().pk, Phase.objects.first().pk): "R"},
        {(dossier.actors.first().pk, Phase.objects.first().pk): ""}, by=by),
    "position": lambda dossier, held, by: put_position(dossier, by),
    "withdrawal": lambda dossier, held, by: positions.withdraw(Position.objects.get(), reason="Erreur.", by=by),
    "document": lambda dossier, held, by: deposit(dossier, by),
}


@pytest.fixture
def there(dossier, held, manager):
    """{name: a record of each kind} that D2 examines, with an amount in the plan and a position."""
    dossier.actors.update(side=Side.AUTHORITY)
    found = {name: held(model) for name, model in RECORDS.items()}
    put_amount(dossier, 1000, 0, manager)
    put_position(dossier, manager)
    return found


@pytest.fixture
def returned(dossier, there, manager, examiner, dgct):
    """D2, which examines everything, returned with a reason: the whole of it is open."""
    Step.objects.update(checks=[])
    Step.objects.filter(code="D2").update(checks=[check.value for check in Check])
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    return moves.move(step, "return", by=examiner, version=step.version, reason="Tout est à revoir.")


def offered(step, user):
    step.refresh_from_db()
    return "cancel_return" in {one.action for one in moves_of(user, step, of_step(step))}


def is_cancelled(step, by):
    """Is the return taken back from an up-to-date page? The page offers what the act accepts."""
    if offered(step, by):
        return moves.move(step, "cancel_return", by=by, version=step.version).state == State.SUBMITTED
    with pytest.raises(NotAllowed, match="La Région a commencé à corriger : le renvoi ne s’annule plus"):
        moves.move(step, "cancel_return", by=by, version=step.version)
    return False


@pytest.mark.parametrize("edit", EDITS)
def test_a_return_is_not_cancelled_once_anything_is_corrected(dossier, returned, held, manager, examiner, edit):
    EDITS[edit](dossier, held, manager)
    assert is_cancelled(returned, examiner) is False


@pytest.mark.parametrize("name", CHANGED)
def test_a_return_is_not_cancelled_once_a_record_is_changed(dossier, returned, there, manager, examiner, name):
    one = there[name]
    one.refresh_from_db()
    setattr(one, CHANGED[name], "Autrement")
    records.save(one, dossier, by=manager)
    assert is_cancelled(returned, examiner) is False


@pytest.mark.parametrize("name", [name for name in RECORDS if name != "project"])
def test_a_return_is_not_cancelled_once_a_record_is_removed(dossier, returned, there, held, manager, examiner, name):
    records.remove(RECORDS[name].objects.get(pk=there[name].pk), dossier, by=manager)
    assert is_cancelled(returned, examiner) is False


def test_a_return_is_not_cancelled_once_an_event_is_moved_away(dossier, returned, there, manager, examiner):
    one = Event.objects.get()
    one.progress = dossier.steps.get(step__code="B1")
    records.save(one, dossier, by=manager)
    assert is_cancelled(returned, examiner) is False


def test_what_the_step_does_not_examine_lets_its_return_be_cancelled(dossier, returned, held, manager, examiner):
    """Another step's event, an actor that nobody examines, a save that changes nothing."""
    Step.objects.filter(code="D2").update(checks=[])
    held(Event, progress=dossier.steps.get(step__code="B1"))
    held(Actor, name="Autre")
    records.save(Event.objects.first(), dossier, by=manager)
    assert is_cancelled(returned, examiner) is True


@pytest.mark.parametrize(("name", "check"), [
    ("project", Check.BALANCED), ("actor", Check.PLAN), ("actor", Check.OBLIGATIONS), ("event", Check.BALANCED)])
def test_a_return_is_not_cancelled_once_what_it_names_has_another_name(dossier, there, manager, examiner, dgct, name,
                                                                       check):
    """The amounts, the parties and the sessions of the step are told by the names of other records."""
    Step.objects.update(checks=[])
    Step.objects.filter(code="D2").update(checks=[check])
    Event.objects.update(progress=None)
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    step = moves.move(step, "return", by=examiner, version=step.version, reason="À revoir.")
    one = there[name]
    one.refresh_from_db()
    setattr(one, CHANGED[name], "Autrement")
    records.save(one, dossier, by=manager)
    assert is_cancelled(step, examiner) is False


def test_a_position_of_the_state_is_no_correction(dossier, returned, there, examiner):
    state = dossier.actors.create(name="Ministère", side=Side.STATE)
    factories.position(dossier, by=examiner, party=state, project=there["project"])
    assert is_cancelled(returned, examiner) is True
