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


def agreed(positions):
    """[(project, the last position agreed on it), …]"""
    for rounds in positions:
        found = [one for one in rounds.positions if one.state == PositionState.AGREED]
        if found:
            yield rounds.project, found[-1]


def agreements(positions):
    """« Route : position n° 3, Conseil régional, 1 200 FCFA, convenue le 3 mars 2027. », the last of each project."""
    for project, last in agreed(positions):
        asked = money.format(last.total) if last.total else "mise en liste de réserve"
        yield f"{project} : position n° {last.number}, {last.party}, {asked}, convenue {last.said}."


def reserved(body):
    """The projects without an amount that the parties agreed to put in the reserve list."""
    return [project for project, last in agreed(body.positions)
            if not last.total and project in body.plan.without_amount]
