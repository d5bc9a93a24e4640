"""The timeline of a calendar as plain frozen values: where each bar stands. No HTML, no query.

Drawn without a style, for the page and for the livret; each kind of bar has its own outline or pattern, so that it is
read in black and white. The table beside it says the same.
"""
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from ..dates import NBSP, number, spoken

WIDTH, LEFT, RIGHT = 1000, 52, 10
HEAD, PHASE, ROW, FOOT = 84, 24, 20, 26
# kind: (what it means, how far below the top of its row, height)
KINDS = {"planned": ("prévu", 1, 8), "real": ("réel", 10, 8), "late": ("retard", 10, 8),
         "pushed": ("attendu, repoussé", 10, 8)}
MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
# Months from one mark of the axis to the next, and how many marks hold side by side.
STEPS, MOST = (1, 3, 6, 12, 24, 60, 120), 13


@dataclass(frozen=True)
class Tick:
    x: int
    label: str
    year: str


@dataclass(frozen=True)
class Bar:
    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Key:
    kind: str
    label: str
    x: int

    @property
    def text_x(self):
        return self.x + 46


@dataclass(frozen=True)
class Row:
    """A step (its code and its bars), or the head of a phase (its title and no bar)."""
    label: str
    y: int
    is_phase: bool
    bars: tuple[Bar, ...] = ()

    @property
    def base(self):
        return self.y + (17 if self.is_phase else 15)


@dataclass(frozen=True)
class Timeline:
    """today: where its line stands, None when it is outside; words: title and description for those who see nothing."""
    title: str
    words: str
    height: int
    keys: tuple[Key, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    today: int | None
    today_label: str
    name: str = "frise"

    @property
    def parts(self):
        """{code of a phase: its own lines alone, under the same axis}; without a bar, a phase has no drawing."""
        found = {}
        for row in self.rows:
            if row.is_phase:
                phase = found.setdefault(row.label.partition(NBSP)[0], [])
            else:
                phase.append(row)
        return {code: self.only(code, rows) for code, rows in found.items() if any(row.bars for row in rows)}

    def only(self, code, rows):
        up = rows[0].y - HEAD - 4
        shown = tuple(replace(row, y=row.y - up, bars=tuple(replace(bar, y=bar.y - up) for bar in row.bars))
                      for row in rows)
        return replace(self, name=f"{self.name}-{code}", title=f"{self.title}, phase {code}", rows=shown,
                       words="Une ligne par étape de la phase ; le tableau qui précède dit la même chose.",
                       height=shown[-1].y + ROW + FOOT + 4)

    @property
    def foot(self):
        return self.height - FOOT

    @property
    def stripes(self):
        """[(top, bottom)] of what the vertical lines cross: the steps of each phase, and not its title."""
        groups = [list(rows) for is_phase, rows in groupby(self.rows, lambda row: row.is_phase) if not is_phase]
        return [(rows[0].y, rows[-1].y + ROW) for rows in groups]

    @property
    def today_anchor(self):
        return "start" if (self.today or 0) < 120 else "end" if (self.today or 0) > WIDTH - 120 else "middle"


def draw(calendar, today_label):
    """The timeline of a calendar (queries/calendar.py), or None when it has no date at all."""
    spans = {line.code: spans_of(line, calendar.today) for line in calendar.lines}
    days = [day for found in spans.values() for _, start, end in found for day in (start, end)]
    if not days:
        return None
    scale = Scale(min(days), max(days) + timedelta(days=1))
    rows, y = [], HEAD
    for phase, lines in groupby(calendar.lines, key=lambda line: line.progress.step.phase):
        rows.append(Row(f"{phase.code}{NBSP}—{NBSP}{phase.title}", y, True))
        y += PHASE
        for line in lines:
            rows.append(Row(line.code, y, False, tuple(scale.bar(kind, start, end, y)
                                                       for kind, start, end in spans[line.code])))
            y += ROW
    kinds = [kind for kind in KINDS if any(kind == found for one in spans.values() for found, *_ in one)]
    return Timeline(
        f"Calendrier du {spoken(min(days))} au {spoken(max(days))}", words_of(calendar), y + FOOT + 4,
        tuple(Key(kind, KINDS[kind][0], LEFT + place * 130) for place, kind in enumerate(kinds)), scale.ticks(),
        tuple(rows), scale.x(calendar.today) if scale.holds(calendar.today) else None, today_label)


def words_of(calendar):
    steps = f"{len(calendar.lines)}{NBSP}étape{'s' if len(calendar.lines) > 1 else ''}"
    return " ".join([f"Une ligne par étape ({steps}) ; le tableau qui suit dit la même chose.", *calendar.sentences])


def spans_of(line, today):
    """[(kind, first day, last day)] of a step: what was planned above, what happened or is expected below."""
    found = [("planned", *line.planned)] if line.planned else []
    if not line.real:
        return [*found, ("pushed", *line.expected)] if line.delay else found
    end = line.real.end or max(today, line.real.start)
    late_from = max(line.real.start, line.planned[1] + timedelta(days=1)) if line.delay else None
    if not late_from:
        return [*found, ("real", line.real.start, end)]
    if line.real.start < late_from:
        found.append(("real", line.real.start, min(end, line.planned[1])))
    return [*found, ("late", late_from, max(line.expected[1], late_from))]


class Scale:
    """From days to thousandths of the width."""

    def __init__(self, first, last):
        margin = timedelta(days=max(3, (last - first).days // 60))
        self.start = first
        self.first, self.last = first - margin, last + margin
        self.days = (self.last - self.first).days

    def x(self, day):
        return LEFT + (day - self.first).days * (WIDTH - LEFT - RIGHT) // self.days

    def holds(self, day):
        return self.first <= day <= self.last

    def bar(self, kind, start, end, y):
        """At least five thousandths wide: one day of ten years is still seen."""
        x, below, height = self.x(start), *KINDS[kind][1:]
        return Bar(kind, x, y + below, max(5, self.x(end + timedelta(days=1)) - x), height)

    def ticks(self):
        """The first day of every month, quarter or year, as many as can be read; the first day of all without any."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next((step for step in STEPS if months // step <= MOST), STEPS[-1])
        found, said = [], ""
        for place in range(0, months + 12, step):
            year, month = divmod(self.first.year * 12 + (self.first.month - 1) // step % 12 * step + place, 12)
            if not self.holds(day := date(year, month + 1, 1)):
                continue
            label = str(year) if step >= 12 else MONTHS[month]
            found.append(Tick(self.x(day), label, str(year) if step < 12 and str(year) != said else ""))
            said = str(year)
        return tuple(found) or (self.first_tick,)

    @property
    def first_tick(self):
        label = f"{number(self.start)}{NBSP}{MONTHS[self.start.month - 1]}"
        return Tick(self.x(self.start), label, str(self.start.year))
