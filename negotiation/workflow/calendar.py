"""The calendar of a negotiation: proposed from the durations of the grid, then corrected step by step.

Only what is planned is written here: what really happened is read from the journal and the chronology.
"""
import json
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import transaction

from ..choices import Action
from ..dates import NBSP, period, spoken, working_days_after
from ..models import Holiday, StepProgress
from . import notices
from .journal import fingerprint_of, is_done, one_time, record
from .records import lock
from .transitions import NotAllowed

# A phase that takes a year at least is the life of the contract.
YEAR, ONE_DAY = 365, timedelta(days=1)
STALE = "Quelqu’un d’autre a changé le calendrier depuis que vous avez ouvert cette page : relisez-le, puis proposez " \
        "de nouveau si vous voulez le remplacer."


@dataclass(frozen=True)
class Conflict:
    """Somebody changed the dates of this step after the page was read."""
    code: str
    mine: str
    theirs: str

    @property
    def sentence(self):
        return (f"{self.code} : quelqu’un d’autre vient de prévoir « {self.theirs} », vous aviez écrit "
                f"« {self.mine} ».")


def told(start, end):
    return period(start, "day", end) if start else "aucune date"


def proposed(phases, start, contract_end, closed):
    """{step pk: (first day, last day)}, all of them working days. A rule of this application, « proposé » as the grid.

    phases: [(phase, [its steps])] in order. Phases follow one another, and so do the steps of a phase, which share
    its longest duration. A phase of a year or more is the execution: it lasts until the contract ends. A phase whose
    steps do not fit in its own duration is the follow-up: it accompanies the execution, its last step comes after.
    """
    plan, day, life = {}, start, None
    for phase, steps in phases:
        room, lasts = phase.max_days, phase.min_days >= YEAR
        if lasts:
            room = (contract_end - day).days + 1
        elif life and sum(step.min_days for step in steps) > phase.max_days:
            plan |= {step.pk: worked(*life, closed) for step in steps[:-1]}
            day, steps = max(day, life[1] + ONE_DAY), steps[-1:]
        first = day
        for step, days in zip(steps, shares(steps, room, fill=lasts), strict=True):
            plan[step.pk] = worked(day, day + timedelta(days=days - 1), closed)
            day = max(day + timedelta(days=days), plan[step.pk][1] + ONE_DAY)
        if lasts:
            life = first, max(first, day - ONE_DAY)
    return plan


def shares(steps, room, *, fill=False):
    """Days of each step, from its shortest to its longest duration, so that they hold in `room` as far as they can.

    fill: what is left of the room goes to the longest step.
    """
    # A step takes a day at least.
    spans = [(max(1, step.min_days), max(1, step.max_days)) for step in steps]
    low, high = sum(least for least, _ in spans), sum(most for _, most in spans)
    spread = min(max(room, low), high) - low
    days = [least + (most - least) * spread // ((high - low) or 1) for least, most in spans]
    if fill and days and room > sum(days):
        days[days.index(max(days))] += room - sum(days)
    return days


def worked(first, last, closed):
    """From the first working day to the last one of a span; a span without any gives the next one."""
    first = working_days_after(first, 0, closed)
    return first, max(first, working_days_after(last + ONE_DAY, -1, closed))


def fingerprint(negotiation):
    """Of the whole plan as a page showed it."""
    rows = negotiation.steps.order_by("pk").values_list("pk", "planned_start", "planned_end")
    return fingerprint_of(json.dumps(list(rows), default=str))


def steps_of(negotiation):
    return list(negotiation.steps.select_related("step__phase").order_by("step__phase__code", "step__code"))


def proposal(negotiation, progresses, start):
    """{progress pk: (first day, last day)} of what the grid proposes from `start` on."""
    phases = [(phase, [p.step for p in found])
              for phase, found in groupby(progresses, key=lambda p: p.step.phase)]
    dates = proposed(phases, start, date(negotiation.last_year, 12, 31), Holiday.objects.dates(start, date.max))
    return {p.pk: dates[p.step_id] for p in progresses}


@transaction.atomic
def propose(negotiation, start, *, by, base=None, key=""):
    """Fill the whole plan from the grid, from `start` on. Raises NotAllowed when the plan moved since `base`."""
    negotiation = lock(negotiation)
    key = one_time(key, Action.CALENDAR_PROPOSE, start)
    if is_done(negotiation, key):
        return negotiation
    if base is not None and base != fingerprint(negotiation):
        raise NotAllowed(STALE)
    progresses = steps_of(negotiation)
    changes = write(progresses, proposal(negotiation, progresses, start))
    before, negotiation.starts_on = negotiation.starts_on, start
    negotiation.save(update_fields=["starts_on"])
    record(Action.CALENDAR_PROPOSE, f"à partir du {spoken(start)}", by=by, negotiation=negotiation, key=key,
           details={"starts_on": [before and str(before), str(start)]} | changes)
    return negotiation


@transaction.atomic
def plan(negotiation, typed, bases, *, by):
    """Save the dates that the person changed; return the list of Conflict for those somebody else changed too.

    typed: {progress pk: (first day, last day)}, both or neither; bases: {progress pk: what the page showed, `shown`}.
    """
    negotiation = lock(negotiation)
    conflicts, changes = [], {}
    progresses = steps_of(negotiation)
    for progress in progresses:
        mine = typed.get(progress.pk)
        current, base = (progress.planned_start, progress.planned_end), bases.get(progress.pk, shown(None, None))
        if mine is None or mine == current or shown(*mine) == base:
            continue
        if (mine[0] is None) != (mine[1] is None) or (mine[0] and mine[0] > mine[1]):
            raise NotAllowed(f"{progress.step.code} : une étape prévue a un début et une fin, dans cet ordre.")
        if shown(*current) != base:
            conflicts.append(Conflict(progress.step.code, told(*mine), told(*current)))
        else:
            changes[progress.pk] = mine
    if changes:
        details = write([p for p in progresses if p.pk in changes], changes)
        record(Action.CALENDAR_CHANGE, named(list(details)), by=by, negotiation=negotiation, details=details)
    return conflicts


def shown(start, end):
    """The dates of a step as a form remembers them: « 2026-01-12/2026-02-04 », « / »."""
    return f"{start or ''}/{end or ''}"


def write(progresses, dates):
    """Put the dates of these steps; {code: [before, after]} of those that change."""
    changes, moved = {}, []
    for progress in progresses:
        before = shown(progress.planned_start, progress.planned_end)
        progress.planned_start, progress.planned_end = dates[progress.pk]
        after = shown(progress.planned_start, progress.planned_end)
        if before != after:
            changes[progress.step.code] = [before, after]
            moved.append(progress)
    StepProgress.objects.bulk_update(progresses, ["planned_start", "planned_end"])
    notices.replanned(moved)
    return changes


def named(codes):
    """« étape A3 », « étapes A3, A4 et B1 », « 12 étapes »."""
    if len(codes) > 5:
        return f"{len(codes)}{NBSP}étapes"
    if len(codes) == 1:
        return f"étape {codes[0]}"
    return f"étapes {', '.join(codes[:-1])} et {codes[-1]}"
