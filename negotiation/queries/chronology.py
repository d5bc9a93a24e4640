"""What the chronology reads: the events in order, year by year."""
from dataclasses import dataclass
from itertools import groupby

from ..choices import EventKind
from ..models import Event, Phase
from .records import blanks


@dataclass(frozen=True)
class EventLine:
    """An event, and the labels of what it leaves empty."""
    event: Event
    blanks: str


@dataclass(frozen=True)
class Chronology:
    """years: [(year, [EventLine, …])]; phase and kind are the filters in force, "" when none."""
    years: list
    phases: list
    phase: str
    kind: str
    total: int

    @property
    def shown(self):
        return sum(len(events) for _, events in self.years)

    @property
    def filtered(self):
        return bool(self.phase or self.kind)

    kinds = EventKind.choices


def page(dossier, phase="", kind=""):
    """In two queries. A phase or a kind that does not exist filters nothing."""
    phases = list(Phase.objects.filter(grid=dossier.grid_id))
    phase = phase if phase in {one.code for one in phases} else ""
    kind = kind if kind in EventKind else ""
    events = list(Event.objects.filter(negotiation=dossier).select_related("progress__step__phase"))
    shown = [one for one in events if (not kind or one.kind == kind)
             and (not phase or (one.progress and one.progress.step.phase.code == phase))]
    years = [(year, [EventLine(one, blanks(one, "place", "participants", "decisions", "source")) for one in found])
             for year, found in groupby(shown, key=lambda one: one.date.year)]
    return Chronology(years, phases, phase, kind, len(events))
