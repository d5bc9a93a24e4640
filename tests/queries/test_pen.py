"""Since when somebody has the pen."""
import pytest

from negotiation.choices import Action, State
from negotiation.queries import pen, tasks
from negotiation.workflow import steps
from negotiation.workflow.journal import fingerprint_of, record

from .. import factories

pytestmark = pytest.mark.django_db


def test_the_pen_is_held_since_the_act_that_gave_it(dossier, manager, examiner):
    """And not since what was last written in the step."""
    step = factories.put(dossier, "A1", State.RETURNED, by=manager)
    entry = record(Action.STEP_RETURN, step.step, by=examiner, negotiation=dossier, progress=step,
                   from_state=State.SUBMITTED, to_state=State.RETURNED)
    question = step.step.questions.first()
    steps.save_answers(step, {question: "Oui."}, {question.pk: fingerprint_of("")}, by=manager)
    step.refresh_from_db()
    assert step.changed_at > entry.at
    [holding] = pen.of(dossier).holdings
    [group] = [group for group in tasks.tasks(manager) if group.title == "Étapes à corriger"]
    assert (holding.codes, holding.since, group.tasks[0].since) == (("A1",), entry.at, entry.at)
