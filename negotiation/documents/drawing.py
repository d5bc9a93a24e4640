"""A picture of amounts as plain frozen values, drawn without a style: the same on a page, in the livret and on paper.

Measures are in thousandths of the width. Each party has a colour and a pattern of its own, so that it is recognised in
black and white. No HTML, no query.
"""
from dataclasses import dataclass

WIDTH, LINE, SIZE = 1000, 24, 15
# Patterns 1 to 5 for the parties that count most, the last one for all the others: the ground of each, under the lines
# that templates/documents/drawing.html draws on it. The first has none. (A drawing does not read tokens.css.)
GROUNDS = ("#272f66", "#b0621b", "#1c6843", "#e9ebf5", "#e6a855", "#ffffff")
PATTERNS = len(GROUNDS)
INK, TITLE = "#1e2140", "#272f66"


@dataclass(frozen=True)
class Rect:
    x: int
    y: int
    width: int
    height: int
    pattern: int

    @property
    def ground(self):
        return GROUNDS[self.pattern - 1]


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: str
    anchor: str = "start"
    bold: bool = False
    size: int = SIZE


@dataclass(frozen=True)
class Path:
    """points: what goes in the attribute d. dash: how the line is broken, "" for a whole one."""
    points: str
    colour: str = "#767287"
    dash: str = ""
    fill: str = "none"
    width: int = 2


@dataclass(frozen=True)
class Drawing:
    """words: what it shows, to the franc, for those who do not see it; name: prefix of the ids it defines."""
    name: str
    title: str
    words: str
    height: int
    rects: tuple[Rect, ...] = ()
    labels: tuple[Label, ...] = ()
    paths: tuple[Path, ...] = ()

    @property
    def patterns(self):
        return sorted({rect.pattern for rect in self.rects} - {1})


def pattern(position):
    """The number of a pattern. Each party has its own, in the order of the shares; the last one is for the rest."""
    return min(position, PATTERNS - 1) + 1


def keys(names):
    """The names beside the patterns."""
    return tuple(names) if len(names) <= PATTERNS else (*names[:PATTERNS - 1], "autres financeurs")


def legend(names, top):
    """Two names a line, under a drawing: (its rects, its labels, where it ends)."""
    shown = keys(names)
    spots = [(place % 2 * WIDTH // 2, top + place // 2 * LINE) for place in range(len(shown))]
    rects = tuple(Rect(x, y, 34, 16, pattern(place)) for place, (x, y) in enumerate(spots))
    labels = tuple(Label(x + 44, y + 14, cut(name, 55)) for name, (x, y) in zip(shown, spots, strict=True))
    return rects, labels, top + (len(shown) + 1) // 2 * LINE


def cut(text, most):
    return text if len(text) <= most else f"{text[:most - 1].rstrip()}…"
