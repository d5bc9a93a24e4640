"""Which mails are due: immediate notifications alone, the others in one digest for each person. Sends nothing.

A daily digest leaves on a working day with what is older than that day; a weekly one, on Monday (the next working day
when it is closed) with what is older than it: so a day has one of each, without keeping any account of them.
"""
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from ..choices import USUAL_FREQUENCY, Frequency, NoticeKind
from ..dates import is_working_day, working_days_after
from ..models import Holiday, Notification, NotificationChoice, User


@dataclass(frozen=True)
class Parcel:
    """One mail to one person: the notifications that it tells."""
    user: User
    rows: list


def due(now):
    """[Parcel] of what should leave at this moment, oldest first."""
    choices = {(choice.user_id, choice.kind): choice for choice in NotificationChoice.objects.all()}
    today = timezone.localdate(now)
    ends = limits(today)
    alone, gathered = [], defaultdict(list)
    for row in Notification.objects.unsent().select_related("user", "negotiation").order_by("pk"):
        choice = choices.get((row.user_id, row.kind))
        if choice and choice.mails_since and row.created_at < choice.mails_since:
            continue
        frequency = choice.frequency if choice else USUAL_FREQUENCY[row.kind]
        if frequency == Frequency.IMMEDIATE:
            alone.append(Parcel(row.user, [row]))
        elif frequency in ends and is_due(row, ends[frequency], start_of(today)):
            gathered[row.user].append(row)
    return [*alone, *(Parcel(user, rows) for user, rows in gathered.items())]


def limits(today):
    """{frequency: the first instant of the day whose digest leaves today}; none on a closed day."""
    closed = Holiday.objects.dates(today - timedelta(days=30), today + timedelta(days=30))
    if not is_working_day(today, closed):
        return {}
    monday = today - timedelta(days=today.weekday())
    # A Monday that is closed gives its digest to the next working day, which a whole week closed puts off.
    weekly = working_days_after(monday, 0, closed)
    return {Frequency.DAILY: start_of(today), Frequency.WEEKLY: start_of(weekly)}


def start_of(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def is_due(row, end, morning):
    """Older than the day of the digest. A reminder is written by the very run that opens the day: it leaves with it."""
    return row.created_at < end or row.kind == NoticeKind.REMINDER and end == morning
