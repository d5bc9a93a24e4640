"""What the two opening pages of a phase say, drawn from the content alone: steps, dates, roles, what is agreed."""
from collections import Counter
from dataclasses import dataclass, replace

from ...choices import State
from ..timeline import Timeline
from .figures import Fact
from .stages import Phase, Step
from .words import count, plural


@dataclass(frozen=True)
class StepRow:
    """answered, given: « 3 sur 5 », nothing when the grid asks nothing."""
    step: Step
    answered: str
    given: str
    planned: str
    real: str


@dataclass(frozen=True)
class Opening:
    """sentence: where the phase stands; roles: what each letter of the matrix says here; agreed: the steps decided."""
    phase: Phase
    sentence: str
    rows: tuple[StepRow, ...]
    timeline: Timeline | None
    roles: tuple[Fact, ...]
    agreed: tuple[Step, ...]

    @property
    def events(self):
        return [link for row in self.rows for link in row.step.events]

    @property
    def difficulties(self):
        return [link for row in self.rows for link in row.step.difficulties]


def openings(body):
    """[Opening, …] in the order of the phases."""
    dates = {line.code: line for line in body.calendar.lines}
    drawn = body.calendar.timeline.parts if body.calendar.timeline else {}
    return [Opening(phase, sentence(phase), tuple(row_of(step, dates.get(step.code)) for step in phase.steps),
                    drawn.get(phase.code), tuple(roles(body.roles, phase.code)),
                    tuple(step for step in phase.steps if step.decided)) for phase in body.phases]


def row_of(step, dates):
    asked = [one for one in step.answers if not one.reserved]
    required = [one for one in step.pieces if one.required and not one.reserved]
    return StepRow(step, among(len(step.answered), len(asked)),
                   among(sum(bool(one.versions or one.waiver) for one in required), len(required)),
                   dates.planned if dates else "", dates.real if dates else "")


def among(done, total):
    return f"{done} sur {total}" if total else ""


def sentence(phase):
    """« 4 étapes : 1 approuvée, 3 à commencer. »"""
    states = Counter(step.state for step in phase.steps)
    told = ", ".join(f"{states[state]} {plural(state.label) if states[state] > 1 else state.label}" for state in State
                     if states[state])
    return f"{count(len(phase.steps), 'étape', 'étapes')} : {told}."


def roles(matrix, code):
    """« A, approuve : DGCT, Conseil régional » for each letter that somebody has in this phase."""
    place = [phase.label for phase in matrix.phases].index(code)
    for letter in matrix.letters:
        names = [row.name for row in matrix.rows if row.roles[place] == letter.label]
        if names:
            yield replace(letter, value=f"{letter.value} : {', '.join(names)}")
