"""Who has the pen on a dossier: who acts now, on which steps, since when, and what comes next."""
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from ..choices import LevelKind, State
from ..elements import steps_of
from ..models import JournalEntry, Seat, StepProgress
from .seats import answerable

REGION = "Région"
# What each kind of level does to a step, and what it leads to.
DOES = {LevelKind.OPINION: "donner un avis sur", LevelKind.EXAMINATION: "examiner", LevelKind.DECISION: "décider de"}

# Since when a step is in its state: since the act that put it there, whatever was written in it afterwards.
SINCE = Coalesce(Subquery(JournalEntry.objects.filter(progress=OuterRef("pk"), to_state=OuterRef("state")).exclude(
    from_state=F("to_state")).order_by("-number").values("at")[:1]), F("changed_at"))

IN_HAND = {State.DRAFT, State.SUBMITTED, State.RETURNED}


@dataclass(frozen=True)
class Holding:
    """One party and what it does: « DGCT : examiner B2, C1, depuis le 3 mai »."""
    holder: str
    verb: str
    codes: tuple
    since: object


@dataclass(frozen=True)
class Pen:
    holdings: list
    next: str


def of(dossier, steps=None):
    """The Pen of a dossier. Corrections first, then examinations, then what is being written.

    steps: [(pk, state, since, code)] in the order of the grid, when the page has read them already.
    """
    rows = list(steps or StepProgress.objects.filter(negotiation=dossier).annotate(
        since=SINCE).order_by("step__code").values_list("pk", "state", "since", "step__code"))
    awaited = waiting(dossier)
    found = defaultdict(list)
    for pk, state, entered, code in rows:
        for key, since in held(state, entered, awaited.get(pk, [])):
            found[key].append((code, since))
    holdings = [Holding(holder, verb, tuple(code for code, _ in steps), min(since for _, since in steps))
                for (_, holder, verb), steps in sorted(found.items())]
    # Nothing is in hand: the Region is awaited all the same, to begin the next step.
    first = next(((code, since) for _, state, since, code in rows if state == State.TODO), None)
    if first and not holdings:
        holdings = [Holding(REGION, "commencer", first[:1], first[1])]
        rows = [row for row in rows if row[3] != first[0]]
    return Pen(holdings, what_next([(code, state) for _, state, _, code in rows]))


def with_steps(dossier):
    """The Pen of a dossier and its steps, as elements.Scopes reads them: one query for both."""
    steps = list(steps_of(dossier).annotate(since=SINCE).order_by("step__code"))
    return of(dossier, [(one.pk, one.state, one.since, one.step.code) for one in steps]), steps


def waiting(dossier):
    """{step of the dossier: [(kind of level, organisation, since)]} of those whose turn it is, and who can act: as
    « Mes tâches » counts them."""
    found = defaultdict(list)
    seats = answerable(Seat.objects.awaited().filter(
        passage__submission__progress__negotiation=dossier,
        passage__submission__progress__state=State.SUBMITTED)).order_by("order")
    for pk, kind, acronym, name, since in seats.values_list(
            "passage__submission__progress", "passage__kind", "organisation__acronym", "organisation__name",
            "asked_at"):
        found[pk].append((kind, acronym or name, since))
    return found


def held(state, entered, awaited):
    """[((rank, holder, verb), since)] of one step."""
    if state == State.RETURNED:
        return [((0, REGION, "corriger"), entered)]
    if state == State.SUBMITTED:
        return [((1, name, DOES[kind]), since) for kind, name, since in awaited] or [
            ((1, "Administrateur", "débloquer"), entered)]
    return [((2, REGION, "terminer"), entered)] if state == State.DRAFT else []


def what_next(steps):
    """The first step to begin after the first in hand; when there is none, one that was left behind."""
    todo = [code for code, state in steps if state == State.TODO]
    first = next((code for code, state in steps if state in IN_HAND), "")
    if after := next((code for code in todo if code > first), ""):
        return f"commencer l’étape {after}"
    if todo:
        return f"commencer l’étape {todo[0]}, laissée de côté"
    left = sum(state != State.APPROVED for _, state in steps)
    return "" if not left else f"faire approuver {'la dernière étape' if left == 1 else f'les {left} dernières étapes'}"
