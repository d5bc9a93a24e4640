"""The calendar of a dossier as it stands on a day: what was planned, what happened, what is late and what that pushes.

Nothing of it is stored but the planned dates. The page and the livret read the same lines.
"""
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min, Q
from django.utils import timezone

from ..choices import Action, Nature, Precision, State
from ..dates import NBSP, period, spoken, working_days_after
from ..models import Event, Holiday, JournalEntry, StepProgress

SOURCES = {
    Nature.REAL: "Les dates réelles viennent du journal : une étape commence la première fois qu’on y travaille, et "
                 "finit quand elle est approuvée.",
    Nature.FICTIONAL: "Dans un exercice, le temps est inventé : les dates réelles d’une étape sont celles de ses "
                      "événements dans la chronologie, ou du journal si elle n’en a pas.",
    Nature.RECONSTITUTED: "Le journal d’un dossier reconstitué ne dit que le jour où il a été saisi : les dates "
                          "réelles sont celles des événements documentés de chaque étape, du premier au dernier. "
                          "L’étape a pu commencer avant ou finir après ; aucun retard n’en est déduit.",
}


@dataclass(frozen=True)
class Real:
    """What happened: `end` is None while the step goes on; `said` is as precise as what is known."""
    start: date
    end: date | None
    said: str


@dataclass
class Line:
    """One step. delay: its days behind the plan, its own or those of `cause`; expected: its dates as they look now."""
    progress: StepProgress
    real: Real | None
    finished: bool
    delay: int = 0
    cause: str = ""
    expected: tuple | None = None

    @property
    def code(self):
        return self.progress.step.code

    @property
    def planned(self):
        return (self.progress.planned_start, self.progress.planned_end) if self.progress.planned_start else None

    @property
    def is_pushed(self):
        return bool(self.delay) and self.cause != self.code

    @property
    def planned_said(self):
        return period(self.planned[0], Precision.DAY, self.planned[1]) if self.planned else ""

    @property
    def delay_said(self):
        """« 12 jours de retard », « repoussée de 12 jours par A3 : du 4 mai au 12 juin 2026 », or nothing."""
        if not self.delay:
            return ""
        if self.is_pushed:
            now = period(self.expected[0], Precision.DAY, self.expected[1])
            return f"repoussée de {days(self.delay)} par {self.cause} : {now}"
        return f"{days(self.delay)} de retard"


@dataclass(frozen=True)
class Calendar:
    """lines: the steps with a date; silent: the codes of the others; sentences: what is late and what it pushes."""
    today: date
    starts_on: date | None
    source: str
    lines: list
    silent: list
    sentences: list

    @property
    def is_planned(self):
        return any(line.planned for line in self.lines)


def days(number):
    return f"{number}{NBSP}jour{'s' if number > 1 else ''}"


def page(dossier):
    """In four queries: steps, the journal's dates, events, holidays."""
    events = Event.objects.filter(negotiation=dossier, progress__isnull=False)
    return calendar_of(dossier, steps(dossier), moves(dossier), events, holidays(), timezone.localdate())


def steps(dossier):
    """The steps of a dossier in order, each with its phase."""
    return list(dossier.steps.select_related("step__phase").order_by("step__code"))


def moves(dossier):
    """{progress pk: (the first time it left « à commencer », its last approval)}, as days; None when it never was."""
    found = JournalEntry.objects.filter(negotiation=dossier, progress__isnull=False).order_by().values_list(
        "progress_id").annotate(first=Min("at", filter=Q(from_state=State.TODO)),
                                last=Max("at", filter=Q(action=Action.STEP_APPROVE)))
    return {pk: tuple(at and timezone.localtime(at).date() for at in (first, last)) for pk, first, last in found}


def holidays():
    return Holiday.objects.dates(date.min, date.max)


def calendar_of(dossier, progresses, moved, events, closed, today):
    """The calendar on the day `today`; events to come prove nothing."""
    by_step = defaultdict(list)
    for event in events:
        if event.date <= today:
            by_step[event.progress_id].append(event)
    lines = [line_of(dossier, progress, moved.get(progress.pk, (None, None)), by_step[progress.pk])
             for progress in progresses]
    if dossier.nature != Nature.RECONSTITUTED:
        measure(lines, closed, today)
    return Calendar(today, dossier.starts_on, SOURCES[Nature(dossier.nature)],
                    [line for line in lines if line.planned or line.real],
                    [line.code for line in lines if not line.planned and not line.real], sentences(lines))


def line_of(dossier, progress, moved, events):
    approved = progress.state == State.APPROVED
    if dossier.nature == Nature.RECONSTITUTED:
        return Line(progress, documented(events, ended=True) if events else None, finished=bool(events))
    if dossier.nature == Nature.FICTIONAL and events:
        return Line(progress, documented(events, ended=approved), approved)
    start, end = moved[0], moved[1] if approved else None
    if not start:
        return Line(progress, None, approved)
    return Line(progress, Real(start, end, period(start, Precision.DAY, end) if end else f"depuis le {spoken(start)}"),
                approved)


def documented(events, *, ended):
    """What the events of a step say: from the first to the last, no more precisely than they are dated."""
    first = min(events, key=lambda event: (event.date, event.pk))
    last = max(events, key=lambda event: (last_day(event), event.pk))
    start = spoken(first.date, first.precision)
    if not ended:
        day = "le " if first.precision == Precision.DAY else ""
        return Real(first.date, None, f"depuis {day}{start}")
    end = last.end_date or last.date
    if first.precision == last.precision:
        said = period(first.date, first.precision, end)
    else:
        said = f"{start} à {spoken(end, last.precision)}"
    return Real(first.date, last_day(last), said)


def last_day(event):
    """The last day that an event may have taken, as precisely as it is dated."""
    end = event.end_date or event.date
    if event.precision == Precision.DAY:
        return end
    after = date(end.year + 1, 1, 1) if event.precision == Precision.YEAR or end.month == 12 else date(
        end.year, end.month + 1, 1)
    return after - timedelta(days=1)


def measure(lines, closed, today):
    """Set delay, cause and expected of the planned steps, in the order of the plan."""
    planned = sorted((line for line in lines if line.planned), key=lambda line: (*line.planned, line.code))
    for line in planned:
        line.expected = expected(line, today)
        own = max(0, (line.expected[1] - line.planned[1]).days)
        pushing = None if line.real or line.finished else last_before(line, planned)
        pushed = pushing and shifted(line.planned, pushing.expected[1], closed)
        delay = (pushed[0] - line.planned[0]).days if pushed else 0
        if delay and delay >= own:
            line.delay, line.cause, line.expected = delay, pushing.cause, pushed
        elif own:
            line.delay, line.cause = own, line.code


def expected(line, today):
    """(first day, last day) as they look on that day: a step that goes on cannot end before it."""
    start, end = line.planned
    if line.finished:
        return (line.real.start, line.real.end or end) if line.real else line.planned
    begun = line.real.start if line.real else max(start, today)
    return begun, max(end, today, begun + (end - start))


def last_before(line, planned):
    """Of the steps planned to end before this one starts, the one that now ends last; None when it still ends before:
    the days left free between the two absorb its delay."""
    earlier = [other for other in planned if other.planned[1] < line.planned[0]]
    last = max(earlier, key=lambda other: other.expected[1], default=None)
    return last if last and last.expected[1] >= line.planned[0] else None


def shifted(span, last, closed):
    """The span once it begins on the first working day after `last`, and ends as many days later."""
    start = working_days_after(last + timedelta(days=1), 0, closed)
    return start, working_days_after(span[1] + (start - span[0]), 0, closed)


def sentences(lines):
    """What is late and not over, or pushes something: « A3 a 12 jours de retard : B1 est repoussée au 4 mai 2026. »"""
    found = []
    for line in sorted((one for one in lines if one.delay and not one.is_pushed), key=lambda one: one.planned):
        pushed = sorted((one for one in lines if one.is_pushed and one.cause == line.code),
                        key=lambda one: (*one.planned, one.code))
        if line.finished and not pushed:
            continue
        said = f"{line.code} {'s’est terminée avec' if line.finished else 'a'} {days(line.delay)} de retard"
        if pushed:
            said += f" : {pushed[0].code} est repoussée au {spoken(pushed[0].expected[0])}{others(len(pushed) - 1)}"
        found.append(f"{said}.")
    return found


def others(number):
    if not number:
        return ""
    return f", {number}{NBSP}autre{'s' if number > 1 else ''} étape{'s' if number > 1 else ''} aussi"
