"""The money of the livret, as plain frozen values (see content.py): projects, plan, shares and chart."""
from dataclasses import dataclass

# How many characters a card may hold undivided: more might fill a page.
LONG_CARD = 2500


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Share:
    """One financier's part of the plan; start and width of its piece of the bar, in thousandths, which add up.

    key: the number of its colour in the stylesheet.
    """
    name: str
    key: int
    colour: str
    amount: int
    percent: str
    start: int
    width: int


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
class BarPiece:
    y: int
    height: int
    colour: str


@dataclass(frozen=True)
class Bar:
    """One year of the chart; measures in thousandths of its width, from the top left corner."""
    label: str
    amount: str
    x: int
    width: int
    top: int
    pieces: tuple[BarPiece, ...]

    @property
    def middle(self):
        return self.x + self.width // 2


@dataclass(frozen=True)
class Chart:
    """words: what the chart shows, to the franc, for those who do not see it; size: of its letters.

    base: where the bars stand; foot: their labels.
    """
    title: str
    words: str
    keys: tuple[str, ...]
    bars: tuple[Bar, ...]
    size: int
    base: int
    foot: int
    height: int


@dataclass(frozen=True)
class Plan:
    tables: tuple[PlanTable, ...]
    chart: Chart
    total: int
    announced: int | None
    announced_source: str
    sentence: str
    without_amount: tuple[str, ...]

    @property
    def is_short(self):
        """Does the chart hold under the table, on the same landscape page?"""
        return len(self.tables) == 1 and sum(len(group.lines) + 2 for group in self.tables[0].groups) <= 9


@dataclass(frozen=True)
class Position:
    """What a party put on the table. gap: from the position before it, signed, in words; state: a PositionState;
    said: what the thread adds to it, « le 3 mars 2027 » or « suivie d’un accord (n° 4) »."""
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


@dataclass(frozen=True)
class Rounds:
    """The positions on one project, in order; tables: their amounts, and the plan before each agreement."""
    project: str
    positions: tuple[Position, ...]
    tables: tuple[PlanTable, ...]
