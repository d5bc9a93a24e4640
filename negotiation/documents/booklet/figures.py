"""The money of the livret, as plain frozen values (see content.py): projects, plan, shares and pictures."""
from dataclasses import dataclass

from ..drawing import Drawing

# How many characters a card may hold undivided: more might fill a page.
LONG_CARD = 2500
# From ten milliards on in all, or one a year over six columns, amounts side by side need the length of a page.
NARROW, NARROW_YEAR = 10**10, 10**9
# How many printed lines of a group of the plan stay on one page, and how many characters of a name make one of them.
LONG_GROUP, LABEL = 12, 45


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Share:
    """One financier's part of the plan."""
    name: str
    amount: int
    percent: str


@dataclass(frozen=True)
class Project:
    """facts: what is known of it; blanks: the labels of what is not."""
    number: int
    name: str
    whole_contract: bool
    cost: int | None
    facts: tuple[Fact, ...]
    blanks: tuple[str, ...]
    source: str

    @property
    def is_long(self):
        return sum(len(fact.value) for fact in self.facts) > LONG_CARD


@dataclass(frozen=True)
class PlanLine:
    label: str
    cells: tuple[int | None, ...]


@dataclass(frozen=True)
class PlanGroup:
    """A project (or the whole), a line per financier, and their sum when there are several."""
    title: str
    lines: tuple[PlanLine, ...]
    total: PlanLine | None

    @property
    def is_long(self):
        """Would it take most of a page, printed?"""
        return sum(1 + len(line.label) // LABEL for line in self.lines) > LONG_GROUP


@dataclass(frozen=True)
class PlanTable:
    """caption: which table it is, when there are several; head: of its first column."""
    caption: str
    head: str
    columns: tuple[str, ...]
    groups: tuple[PlanGroup, ...]

    @property
    def runs(self):
        """[(title, groups)], each printed as a table: a long group has its own, whose headings say its title again on
        each page; the others follow one another, and say it themselves."""
        found = []
        for group in self.groups:
            if group.is_long or not found or found[-1][0]:
                found.append((group.title if group.is_long else "", [group]))
            else:
                found[-1][1].append(group)
        return found


@dataclass(frozen=True)
class Rule:
    """A financing rule, and how the plan stands to it: a verdict, then one line for each breach. An older edition has
    one line for all of it."""
    label: str
    measure: str
    severity: str
    standing: str
    source: str

    @property
    def verdict(self):
        return self.standing.partition("\n")[0]

    @property
    def breaches(self):
        return self.standing.split("\n")[1:]


@dataclass(frozen=True)
class Plan:
    """spelt: the totals in words."""
    tables: tuple[PlanTable, ...]
    chart: Drawing | None
    total: int
    announced: int | None
    announced_source: str
    sentence: str
    without_amount: tuple[str, ...]
    spelt: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def is_upright(self):
        """Is its only table small enough for the width of a page that stands?"""
        if len(self.tables) != 1:
            return False
        (table,) = self.tables
        lines = [line for group in table.groups for line in (*group.lines, group.total) if line]
        widest = max((amount or 0 for line in lines for amount in line.cells[:-1]), default=0)
        fits = len(table.columns) <= 5 or (len(table.columns) <= 7 and widest < NARROW_YEAR)
        return fits and sum(len(group.lines) + 2 for group in table.groups) <= 12 and self.total < NARROW


@dataclass(frozen=True)
class Position:
    """What a party put on the table. gap: from the position before it, signed, in words; state: a PositionState;
    said: what the thread adds to it, « le 3 mars 2027 » or « suivie d’un accord (n° 4) »; proof: with whom it was
    agreed, and where that is written."""
    number: int
    date: str
    kind: str
    party: str
    spokesperson: str
    total: int
    gap: str
    state: str
    said: str
    withdrawn_because: str
    justification: str
    session: str
    minutes: str
    proof: str = ""


@dataclass(frozen=True)
class Rounds:
    """The positions on one project, in order; tables: their amounts, and the plan before each agreement;
    drawing: how the parties came closer."""
    project: str
    positions: tuple[Position, ...]
    tables: tuple[PlanTable, ...]
    drawing: Drawing | None


@dataclass(frozen=True)
class SheetFinancier:
    """label: its usual name; declared: does it finance as a rule?"""
    label: str
    name: str
    declared: bool


@dataclass(frozen=True)
class Sheet:
    """The plan as the files that the PDF carries say it: names as they were typed, amounts to the franc.

    A cell is (place of the project, place of the financier, year, amount); year 0: not shared between years.
    """
    title: str
    years: tuple[int, ...]
    projects: tuple[str, ...]
    financiers: tuple[SheetFinancier, ...]
    cells: tuple[tuple[int, int, int, int], ...]
