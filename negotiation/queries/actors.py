"""What the page of the actors reads: the actors by side with who speaks for them, and the matrix of roles."""
from dataclasses import dataclass

from django.utils import timezone

from ..choices import Raci, Side
from ..models import Actor, ActorRole, Phase, Representative


@dataclass(frozen=True)
class Mandate:
    representative: Representative
    ended: bool


@dataclass(frozen=True)
class ActorLine:
    actor: Actor
    mandates: list


@dataclass(frozen=True)
class SideLines:
    label: str
    lines: list


@dataclass(frozen=True)
class Cell:
    """What an actor does in one phase; role and label are "" when nothing is said."""
    phase: Phase
    role: str

    @property
    def label(self):
        return Raci(self.role).label if self.role else ""


@dataclass(frozen=True)
class ActorsPage:
    """matrix: (actor, its cell in each phase), for those who have a role; `without_role` are the others."""
    sides: list
    phases: list
    matrix: list
    without_role: list

    @property
    def count(self):
        return sum(len(side.lines) for side in self.sides)


def page(dossier):
    """In four queries: actors, representatives, roles, phases."""
    actors, phases, roles = matrix_of(dossier)
    lines = [ActorLine(actor, mandates(actor)) for actor in actors.prefetch_related("representatives")]
    sides = [SideLines(side.label, [line for line in lines if line.actor.side == side]) for side in Side]
    matrix = [(line.actor, [Cell(phase, roles.get((line.actor.pk, phase.pk), "")) for phase in phases])
              for line in lines]
    active = [row for row in matrix if any(cell.role for cell in row[1])]
    return ActorsPage([side for side in sides if side.lines], phases, active,
                      [actor for actor, cells in matrix if not any(cell.role for cell in cells)])


def mandates(actor):
    """Current mandates first, in the order of their beginning."""
    today = timezone.localdate()
    found = [Mandate(one, bool(one.ends_on and one.ends_on < today)) for one in actor.representatives.all()]
    return sorted(found, key=lambda mandate: mandate.ended)


def matrix_of(dossier):
    """(actors, phases, {(actor pk, phase pk): role}): what the form of the roles starts from."""
    roles = ActorRole.objects.filter(actor__negotiation=dossier).values_list("actor_id", "phase_id", "role")
    actors = dossier.actors.select_related("written_commitment__progress__step", "written_commitment__expected")
    return (actors, list(Phase.objects.filter(grid=dossier.grid_id)),
            {(actor, phase): role for actor, phase, role in roles})
