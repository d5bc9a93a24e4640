"""The money of the livret, as plain frozen values (see content.py): projects, plan, shares and pictures."""
from dataclasses import dataclass

from ..drawing import Drawing

# How many characters a card may hold undivided: more might fill a page.
LONG_CARD = 2500


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
        return len(self.lines) > 10


@dataclass(frozen=True)
class PlanTable:
    """caption: which table it is, when there are several; head: of its first column."""
    caption: str
    head: str
    columns: tuple[str, ...]
    groups: tuple[PlanGroup, ...]


@dataclass(frozen=True)
class Rule:
    """A financing rule, and how the plan stands to it, in whole sentences."""
    label: str
    measure: str
    severity: str
    standing: str
    source: str


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
    def is_short(self):
        """Does the chart hold under the table, on the same landscape page?"""
        lines = sum(len(group.lines) + 2 for table in self.tables for group in table.groups)
        return len(self.tables) == 1 and lines + 2 * len(self.rules) <= 9


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
