"""Dates in French words, said no more precisely than they are known, and working days.

No-break space between the day and its month.
"""
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from .choices import Precision

NBSP = "\u00a0"


def spoken(date, precision=Precision.DAY, *, year=True):
    """« 1er octobre 2013 », « octobre 2013 », « 2013 »; without `year`: « 1er octobre », « octobre »."""
    if precision == Precision.YEAR:
        return date_format(date, "Y")
    month = date_format(date, "F Y" if year else "F")
    return month if precision == Precision.MONTH else f"{number(date)}{NBSP}{month}"


def moment(at):
    """« 12 mars 2026, 14 h 05 », at the time of Mali."""
    local = timezone.localtime(at)
    return f"{spoken(local)}, {local:%H}{NBSP}h{NBSP}{local:%M}"


def number(date):
    return "1er" if date.day == 1 else str(date.day)


def period(first, precision, last=None):
    """« du 21 au 23 octobre 2013 », « de mars à avril 2014 », « 2013-2015 »; the first date alone without another.

    What both dates share is said once: the year, then the month.
    """
    start, end = spoken(first, precision), spoken(last, precision) if last else ""
    if not end or start == end:
        return start
    if precision == Precision.YEAR:
        return f"{start}-{end}"
    if first.year == last.year:
        start = spoken(first, precision, year=False)
    if precision == Precision.MONTH:
        return f"{'d’' if start[0] in 'ao' else 'de '}{start} à {end}"
    return f"du {number(first) if (first.year, first.month) == (last.year, last.month) else start} au {end}"


def is_working_day(date, closed):
    """Neither a Saturday, nor a Sunday, nor one of the `closed` dates (a set: Holiday.objects.dates)."""
    return date.weekday() < 5 and date not in closed


def working_days_after(start, count, closed):
    """The working day that stands `count` working days after `start`, or before it when `count` is negative.

    0 gives `start` itself when it is worked, else the next working day.
    """
    day, step = start, timedelta(days=-1 if count < 0 else 1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, closed):
            day += step
    while not is_working_day(day, closed):
        day += step
    return day
