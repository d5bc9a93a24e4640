"""Commitments word for word, drawn from the content alone: what each financier brings, in letters; what was agreed."""
from collections import Counter
from dataclasses import dataclass

from ... import money
from ...choices import PositionState, Unallocated
from ...dates import NBSP
from .words import line


@dataclass(frozen=True)
class Pledge:
    """years: « 2027 : 400 000 000 FCFA », one a year."""
    party: str
    total: int
    spelt: str
    years: tuple[str, ...]


def pledges(sheet):
    """[Pledge, …] of those who bring something, largest first."""
    found = {}
    for _, financier, year, amount in sheet.cells:
        found.setdefault(financier, Counter())[year] += amount
    made = [pledge_of(line(sheet.financiers[place].label), by_year) for place, by_year in found.items()]
    return sorted(made, key=lambda one: (-one.total, one.party))


def pledge_of(party, by_year):
    total = sum(by_year.values())
    years = sorted(by_year, key=lambda year: (year == Unallocated.YEAR, year))
    told = (Unallocated(year).label if year == Unallocated.YEAR else str(year) for year in years)
    return Pledge(party, total, money.in_words(total), tuple(
        f"{said} :{NBSP}{money.format(by_year[year])}" for said, year in zip(told, years, strict=True)))


def agreements(positions):
    """« Route : position n° 3, Conseil régional, 1 200 FCFA, convenue le 3 mars 2027. », the last of each project."""
    for rounds in positions:
        agreed = [one for one in rounds.positions if one.state == PositionState.AGREED]
        if agreed:
            last = agreed[-1]
            yield (f"{rounds.project} : position n° {last.number}, {last.party}, {money.format(last.total)}, convenue "
                   f"{last.said}.")
