"""Dates in French words, said no more precisely than they are known. No-break space between the day and its month."""
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
