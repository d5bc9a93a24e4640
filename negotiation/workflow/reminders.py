"""What time alone brings: late seats are escalated, and reminders told before and after a due date, in working days.

To the person who has the pen only; once before the date, then the day after it passed and weekly at most.
"""
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ..choices import Nature, NoticeKind, State
from ..dates import NBSP, is_working_day, working_days_after
from ..models import Holiday, Notification, Seat, StepProgress
from . import audience, vacancies
from .notices import ASKED, day, headed, of_step, page_of, seat_topic, step_topic, tell
from .reviews import escalate, late
from .steps import locked

BEFORE, WEEK = 2, 7
# Two working days before a date, whatever the holidays between, are within so many days.
HORIZON = timedelta(days=30)
HELD = {State.DRAFT, State.RETURNED}


@dataclass(frozen=True)
class Reminder:
    """One reminder of one due date: `late` says on which side of it today is; `cause` makes it unique."""
    cause: str
    late: bool


def sweep(today):
    """Escalate and remind for this day; nothing on a closed one. (number of escalations, number of reminders)"""
    closed = Holiday.objects.dates(today - timedelta(days=400), today + HORIZON)
    if not is_working_day(today, closed):
        return 0, 0
    vacancies.of_dates(today)
    escalated = sum(escalate(seat) for seat in late(today))
    before = Notification.objects.filter(kind=NoticeKind.REMINDER).count()
    for seat in seats(today):
        remind_seat(seat, today, closed)
    for progress in planned(today):
        remind_step(progress, today, closed)
    return escalated, Notification.objects.filter(kind=NoticeKind.REMINDER).count() - before


def reminder(due, today, closed, *, since=None):
    """The Reminder that this day calls for, or None. since: when the person was asked; somebody asked on the very day
    of the reminder has just been told."""
    first_late = working_days_after(due, 1, closed)
    if today >= first_late:
        return Reminder(f"after:{due}:{(today - first_late).days // WEEK}", late=True)
    early = working_days_after(due, -BEFORE, closed)
    return Reminder(f"before:{due}", late=False) if early <= today <= due and (not since or since < early) else None


def seats(today):
    """The seats awaited whose date is near or past."""
    return Seat.objects.awaited().filter(due_on__lte=today + HORIZON).select_related(
        "passage__submission__progress").order_by("due_on", "pk")


@transaction.atomic
def remind_seat(seat, today, closed):
    found = reminder(seat.due_on, today, closed, since=timezone.localdate(seat.asked_at))
    if not found or is_told(seat_topic(seat), found):
        return
    progress = locked(seat.passage.submission.progress)
    # Read again under lock: somebody may have spoken meanwhile.
    seat = seats(today).filter(pk=seat.pk).select_related("passage__submission", "organisation").first()
    if seat:
        words = f"{ASKED[seat.passage.kind]} le {day(seat.due_on)} ({seat.organisation})"
        remind(audience.at_seat(seat, progress, roles=audience.usual(seat)), found, seat_topic(seat), progress,
               seat.due_on, words, page_of(progress, "review"))


def planned(today):
    """The steps that a Region has in hand, or is about to begin, whose planned end is near or past.

    In a real negotiation only: the time of the others is invented, or over.
    """
    steps = StepProgress.objects.filter(negotiation__nature=Nature.REAL)
    near = steps.filter(planned_end__lte=today + HORIZON)
    todo = near.filter(state=State.TODO).exclude(negotiation__in=steps.filter(state__in=HELD).values("negotiation"))
    first = {}
    for progress in steps.filter(state=State.TODO, negotiation__in=todo.values("negotiation")).order_by("step__code"):
        first.setdefault(progress.negotiation_id, progress)
    return [*near.filter(state__in=HELD).order_by("pk"), *todo.filter(pk__in=[p.pk for p in first.values()])]


@transaction.atomic
def remind_step(progress, today, closed):
    found = reminder(progress.planned_end, today, closed)
    if not found or is_told(step_topic(progress), found):
        return
    planned_end, progress = progress.planned_end, locked(progress)
    if progress.is_editable and progress.planned_end == planned_end:
        remind(audience.team(progress.negotiation), found, step_topic(progress), progress, planned_end,
               f"Fin prévue le {day(planned_end)}", page_of(progress))


def is_told(topic, found):
    return Notification.objects.filter(topic=topic, cause=f"{topic}:{found.cause}").exists()


def remind(users, found, topic, progress, due, words, link):
    title = "Échéance passée, étape" if found.late else f"Échéance le {day(due)}, étape"
    tell(users, NoticeKind.REMINDER, f"{topic}:{found.cause}", headed(title, progress),
         f"{words}{', toujours en attente' if found.late else ''}{NBSP}: {of_step(progress)}.", link, topic=topic,
         progress=progress)
