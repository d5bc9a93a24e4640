"""What the page of the difficulties reads: those met, by phase and step, and those that the grid knows."""
from dataclasses import dataclass, field

from ..choices import DifficultyState, Family
from ..models import Difficulty, Phase, StepDifficulty
from .records import blanks


@dataclass(frozen=True)
class DifficultyLine:
    """A difficulty met, and the labels of what it leaves empty."""
    difficulty: Difficulty
    blanks: str


@dataclass
class PhaseDifficulties:
    """phase is None for what belongs to no step in particular."""
    phase: Phase | None
    met: list = field(default_factory=list)
    known: list = field(default_factory=list)


@dataclass(frozen=True)
class DifficultiesPage:
    phases: list
    lessons: list
    family: str
    state: str
    total: int

    @property
    def shown(self):
        return sum(len(phase.met) for phase in self.phases)

    @property
    def filtered(self):
        return bool(self.family or self.state)

    families, states = Family.choices, DifficultyState.choices


def page(dossier, family="", state=""):
    """In three queries. A family or a state that does not exist filters nothing."""
    family, state = family if family in Family else "", state if state in DifficultyState else ""
    met = list(Difficulty.objects.filter(negotiation=dossier).select_related("progress__step"))
    met.sort(key=lambda one: (one.progress.step.code if one.progress else "~", one.pk))
    taken = {one.known_id for one in met}
    shown = [one for one in met if (not family or one.family == family) and (not state or one.state == state)]
    phases = {phase.pk: PhaseDifficulties(phase) for phase in Phase.objects.filter(grid=dossier.grid_id)}
    phases[None] = PhaseDifficulties(None)
    for one in shown:
        phases[one.progress.step.phase_id if one.progress else None].met.append(
            DifficultyLine(one, blanks(one, "effect", "remedy", "owner", "lesson", "perspective")))
    for known in known_of(dossier):
        if known.pk not in taken and (not family or known.family == family):
            phases[known.step.phase_id].known.append(known)
    lessons = [one for one in shown if one.lesson or one.perspective]
    return DifficultiesPage([p for p in phases.values() if p.met or p.known], lessons, family, state, len(met))


def known_of(dossier):
    """The difficulties that the dossier's own edition of the grid knows, step by step."""
    return (StepDifficulty.objects.filter(step__phase__grid=dossier.grid_id).select_related("step__phase")
            .order_by("step__code", "pk"))
