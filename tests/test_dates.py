"""Dates in French words, alone and in pairs."""
from datetime import date

import pytest

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
