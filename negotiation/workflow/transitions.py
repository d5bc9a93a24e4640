"""The tables of moves, of a step, of a position and of an edition: which act leads from which states to which.

Pure data, and one question to them.
"""
from dataclasses import dataclass

from ..choices import EditionState, PositionState, State


class NotAllowed(Exception):
    """An act is refused; `reasons` are whole French sentences for the person who asked."""

    def __init__(self, *reasons):
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


@dataclass(frozen=True)
class Move:
    label: str
    sources: frozenset
    target: State | PositionState | EditionState
    needs_reason: bool = False


# « approve » and « return » are the last word of the chain of approval: reviews.py says when a level has spoken.
STEP = {
    "start": Move("Commencer", frozenset({State.TODO}), State.DRAFT),
    "submit": Move("Soumettre à la DGCT", frozenset({State.TODO, State.DRAFT, State.RETURNED}), State.SUBMITTED),
    "recall": Move("Reprendre la soumission", frozenset({State.SUBMITTED}), State.DRAFT),
    "recall_correction": Move("Reprendre la correction", frozenset({State.SUBMITTED}), State.RETURNED),
    "approve": Move("Approuver", frozenset({State.SUBMITTED}), State.APPROVED),
    "return": Move("Renvoyer pour correction", frozenset({State.SUBMITTED}), State.RETURNED),
    "cancel_return": Move("Annuler le renvoi", frozenset({State.RETURNED}), State.SUBMITTED),
    "reopen": Move("Rouvrir l’étape", frozenset({State.APPROVED}), State.RETURNED, needs_reason=True),
}
POSITION = {
    "agree": Move("Convenir de cette position", frozenset({PositionState.TABLED}), PositionState.AGREED),
    "withdraw": Move("Retirer cette position", frozenset({PositionState.TABLED}), PositionState.WITHDRAWN,
                     needs_reason=True),
}


# An edition is established by its creation; « replace » happens to the one in force when another is published.
EDITION = {
    "publish": Move("Publier", frozenset({EditionState.ESTABLISHED}), EditionState.PUBLISHED),
    "replace": Move("Remplacer", frozenset({EditionState.PUBLISHED}), EditionState.REPLACED),
    "withdraw": Move("Retirer", frozenset({EditionState.PUBLISHED, EditionState.REPLACED}), EditionState.WITHDRAWN,
                     needs_reason=True),
}


def subject_of(table):
    """What a table is about, and its states."""
    if table is EDITION:
        return "L’édition", EditionState
    return ("L’étape", State) if table is STEP else ("La position", PositionState)


def next_state(action, state, table=STEP):
    """The state that `action` leads to. Raises NotAllowed when the table has no such move."""
    move = table[action]
    if state not in move.sources:
        what, states = subject_of(table)
        raise NotAllowed(
            f"{what} est « {states(state).label} » : l’acte « {move.label} » n’est plus possible. "
            "Quelqu’un a agi avant vous ; relisez la page.")
    return move.target
