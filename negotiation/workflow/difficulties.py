"""Taking over a difficulty that the grid knows, with its measure."""
from django.db import transaction

from ..models import Difficulty
from . import records
from .transitions import NotAllowed


@transaction.atomic
def take_over(negotiation, known, *, by):
    """The difficulty of the dossier made from a StepDifficulty; taking it over twice gives the same one.

    It is attached to its step unless the step is under examination or approved. Raises NotAllowed.
    """
    records.lock(negotiation)
    if known.step.phase.grid_id != negotiation.grid_id:
        raise NotAllowed("Cette difficulté n’est pas de l’édition de la grille que suit ce dossier.")
    if taken := Difficulty.objects.filter(negotiation=negotiation, known=known).first():
        return taken
    progress = negotiation.steps.filter(step=known.step).first()
    return records.save(
        Difficulty(negotiation=negotiation, known=known, family=known.family, what=known.difficulty,
                   remedy=known.measure, progress=progress if progress and progress.is_editable else None),
        negotiation, by=by)
