"""Taking over a difficulty of the grid: its own edition only, once, attached when the step is open."""
import pytest

from negotiation.choices import State
from negotiation.models import Difficulty, JournalEntry, Phase, Step, StepDifficulty
from negotiation.models.grid import Grid
from negotiation.workflow.difficulties import take_over
from negotiation.workflow.transitions import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(dossier):
    return StepDifficulty.objects.select_related("step__phase").filter(step__phase__grid=dossier.grid).first()


def test_the_difficulty_carries_what_the_grid_says(dossier, editor, known):
    taken = take_over(dossier, known, by=editor)
    assert (taken.known, taken.family, taken.what, taken.remedy, taken.progress.step, taken.state) == (
        known, known.family, known.difficulty, known.measure, known.step, "open")
    assert JournalEntry.objects.filter(negotiation=dossier, action="record.add").count() == 1


def test_taking_over_twice_gives_the_same_difficulty(dossier, editor, manager, known):
    assert take_over(dossier, known, by=editor) == take_over(dossier, known, by=manager)
    assert Difficulty.objects.count() == JournalEntry.objects.filter(action="record.add").count() == 1


def test_it_is_not_attached_to_a_closed_step(dossier, editor, known):
    dossier.steps.filter(step=known.step).update(state=State.APPROVED)
    assert take_over(dossier, known, by=editor).progress is None


def test_another_edition_of_the_grid_is_refused(dossier, editor, known):
    grid = Grid.objects.create(code="autre", title="Autre édition")
    phase = Phase.objects.create(grid=grid, code="A", title="Phase", min_days=1, max_days=2)
    step = Step.objects.create(phase=phase, code="A1", title="Étape", min_days=1, max_days=2)
    other = StepDifficulty.objects.create(step=step, code="A1.D1", family="human", difficulty="x", measure="y")
    with pytest.raises(NotAllowed) as refusal:
        take_over(dossier, other, by=editor)
    assert refusal.value.reasons == ["Cette difficulté n’est pas de l’édition de la grille que suit ce dossier."]
    assert not Difficulty.objects.exists()
