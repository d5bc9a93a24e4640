"""Dates in French words, alone and in pairs; working days counted forth and back."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import dates

N = "\u00a0"


def day(written):
    return date.fromisoformat(written)


@pytest.mark.parametrize(("first", "precision", "last", "said"), [
    ("2013-10-21", "day", None, f"21{N}octobre 2013"),
    ("2013-10-21", "day", "2013-10-21", f"21{N}octobre 2013"),
    ("2013-10-21", "day", "2013-10-23", f"du 21 au 23{N}octobre 2013"),
    ("2013-10-01", "day", "2013-10-03", f"du 1er au 3{N}octobre 2013"),
    ("2013-09-28", "day", "2013-10-02", f"du 28{N}septembre au 2{N}octobre 2013"),
    ("2013-09-28", "day", "2013-10-01", f"du 28{N}septembre au 1er{N}octobre 2013"),
    ("2013-12-28", "day", "2014-01-03", f"du 28{N}décembre 2013 au 3{N}janvier 2014"),
    ("2013-10-21", "day", "2014-10-23", f"du 21{N}octobre 2013 au 23{N}octobre 2014"),
    ("2014-03-01", "month", "2014-03-31", "mars 2014"),
    ("2014-03-01", "month", "2014-04-01", "de mars à avril 2014"),
    ("2014-10-01", "month", "2014-12-01", "d’octobre à décembre 2014"),
    ("2014-08-01", "month", "2015-03-01", "d’août 2014 à mars 2015"),
    ("2014-01-01", "year", "2014-12-31", "2014"),
    ("2014-01-01", "year", "2016-01-01", "2014-2016"),
])
def test_a_period_says_once_what_its_dates_share(first, precision, last, said):
    assert dates.period(day(first), precision, last and day(last)) == said


DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31))
CLOSED = st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=60)
NEAR = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@given(DAYS, CLOSED)
def test_a_working_day_is_no_week_end_and_not_closed(one, closed):
    assert dates.is_working_day(one, closed) == (one.strftime("%w") not in "06" and one not in closed)


@given(NEAR, st.integers(-60, 60), CLOSED)
def test_counting_working_days_lands_on_one_and_counts_them_all(start, count, closed):
    end = dates.working_days_after(start, count, closed)
    assert dates.is_working_day(end, closed)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    before = [start - timedelta(days=n) for n in range(1, (start - end).days + 1)]
    worked = sum(dates.is_working_day(one, closed) for one in between or before)
    starts_closed = not dates.is_working_day(start, closed)
    assert worked == (abs(count) if count else int(starts_closed))


@given(NEAR, st.integers(-60, 60), CLOSED)
def test_counting_back_as_many_working_days_returns_to_the_start(start, count, closed):
    start = dates.working_days_after(start, 0, closed)
    assert dates.working_days_after(dates.working_days_after(start, count, closed), -count, closed) == start


@pytest.mark.parametrize(("start", "count", "landed"), [
    ("2026-03-20", 0, "2026-03-23"),    # the end of Ramadan, a Friday: the Monday after
    ("2026-03-19", 1, "2026-03-23"),
    ("2026-03-25", 1, "2026-03-27"),    # 26 March is closed
    ("2026-03-27", -1, "2026-03-25"),
    ("2026-03-25", 5, "2026-04-02"),
])
def test_working_days_by_hand(start, count, landed):
    closed = {day("2026-03-20"), day("2026-03-26"), day("2026-04-06")}
    assert dates.working_days_after(day(start), count, closed) == day(landed)
