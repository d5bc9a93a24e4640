"""What the list of negotiations, the page of one and « Mes tâches » read, at a constant number of queries."""
from dataclasses import dataclass

from django.db.models import Count, Q, Subquery
from django.utils import timezone

from .. import checklist
from ..choices import NOT_DONE, State
from ..models import Negotiation, Obligation, Phase, StepProgress
from .pen import SINCE


@dataclass(frozen=True)
class StepLine:
    """One line of the task list; done and total count the items of its checklist."""
    progress: StepProgress
    done: int
    total: int
    remaining: tuple
    # Is something else than its contents in the way: a correction to answer, an earlier step to approve?
    is_held: bool = False



@dataclass(frozen=True)
class PhaseLines:
    phase: Phase
    lines: list

    @property
    def done(self):
        return sum(line.done for line in self.lines)

    @property
    def total(self):
        return sum(line.total for line in self.lines)

    @property
    def approved(self):
        return sum(line.progress.state == State.APPROVED for line in self.lines)


@dataclass(frozen=True)
class Next:
    """The most useful thing to do now, and on which step."""
    sentence: str
    line: StepLine | None


def listing(user):
    """The negotiations that the person may see, with the number of steps approved and in each other state."""
    counts = {f"n_{state.value}": Count("steps", filter=Q(steps__state=state)) for state in State}
    return (Negotiation.objects.visible_to(user).select_related("region", "owner")
            .annotate(n_steps=Count("steps"), **counts).order_by("region__code_ct", "-first_year"))


def task_list(dossier):
    """The phases of a dossier with their steps, what is done and what remains of each."""
    progresses = list(dossier.steps.select_related("step__phase").annotate(
        since=SINCE, late_obligations=Subquery(late_of(dossier))).order_by("step__code"))
    items = checklist.items(dossier, progresses)
    gates = [(progress.step.phase.code, code) for progress in progresses for code in progress.step.phase.gate]
    approved = {progress.step.code for progress in progresses if progress.state == State.APPROVED}
    phases = {}
    for progress in progresses:
        found = items[progress.step_id]
        phase = progress.step.phase
        phases.setdefault(phase.pk, PhaseLines(phase, [])).lines.append(StepLine(
            progress, sum(item.done for item in found), len(found),
            tuple(item for item in found if not item.done),
            progress.state == State.RETURNED or any(
                of < phase.code and code not in approved for of, code in gates)))
    return list(phases.values())


def late_of(dossier):
    """How many obligations are not done and past their day, as a subquery."""
    late = Obligation.objects.filter(negotiation=dossier, due_on__lt=timezone.localdate(), state__in=NOT_DONE)
    return late.order_by().values("negotiation").annotate(n=Count("pk")).values("n")


def late_obligations(phases):
    """The same, read with the steps."""
    return next((line.progress.late_obligations or 0 for phase in phases for line in phase.lines), 0)


def next_action(phases, *, team, awaited=()):
    """The most useful thing to do now. For the Region's team: corrections first, then what can be submitted, then the
    first step that is not finished. For the others, and for a team that only waits: the examination. awaited: the steps
    (pk) at which the reader may speak now.
    """
    lines = [line for phase in phases for line in phase.lines]
    by_state = {state: [line for line in lines if line.progress.state == state] for state in State}
    own = own_action(by_state)
    if by_state[State.SUBMITTED] and not (team and own):
        mine = next((line for line in by_state[State.SUBMITTED] if line.progress.pk in awaited), None)
        line = mine or by_state[State.SUBMITTED][0]
        verb = "Examiner" if mine else "Attendre l’examen de"
        return Next(f"{verb} l’étape {line.progress.step.code}.", line)
    if own and not team:
        act = own.sentence.partition(" : ")[0].rstrip(".")
        return Next(f"Attendre la Région : {act[0].lower()}{act[1:]}.", own.line)
    return own or Next("Toutes les étapes sont approuvées.", None)


def own_action(by_state):
    """What the Region's team does next, None when nothing is left to it."""
    if line := next(iter(by_state[State.RETURNED]), None):
        return Next(f"Corriger l’étape {line.progress.step.code}.", line)
    if line := next((line for line in by_state[State.DRAFT] if not (line.remaining or line.is_held)), None):
        return Next(f"Soumettre l’étape {line.progress.step.code} : il n’y manque plus rien.", line)
    if line := next(iter([*by_state[State.DRAFT], *by_state[State.TODO]]), None):
        verb = "Poursuivre" if line.progress.state == State.DRAFT else "Commencer"
        return Next(f"{verb} l’étape {line.progress.step.code} : {line.progress.step.title}.", line)
    return None
