"""The chart of the financing plan: a bar per year, a piece per financier, in the order of their shares."""
from collections import Counter

from ... import money
from ...choices import Unallocated
from . import figures
from .words import line

# The indigo, ochre, green and greys of tokens.css: a drawing does not read custom properties.
COLOURS = ("#272f66", "#b0621b", "#1c6843", "#767287", "#e6a855", "#4c5070")
HEIGHT, LABELS, FOOT = 170, 26, 32
MOST, FEW = 12, 8
# What one franc, or a million of them, is called in the title; the widest amount decides.
UNITS = ((1, "en FCFA"), (10**6, "en millions de FCFA"), (10**9, "en milliards de FCFA"))


def key(position):
    """The number of a colour. Each financier has its own, in the order of the shares; the last one is for the rest."""
    return min(position, len(COLOURS) - 1) + 1


def colour(position):
    return COLOURS[key(position) - 1]


def keys(names):
    """The names beside the colours."""
    return tuple(names) if len(names) <= len(COLOURS) else (*names[:len(COLOURS) - 1], "autres financeurs")


def chart(rows):
    """No bar when nothing is planned, or when there are too many years to be read."""
    by_year, by_financier = Counter(), Counter()
    cells = Counter()
    for row in rows.contributions:
        by_year[row.year] += row.amount
        by_financier[row.financier_id] += row.amount
        cells[row.year, row.financier_id] += row.amount
    names = {actor.pk: line(actor) for actor in rows.actors}
    order = sorted(by_financier, key=lambda pk: (-by_financier[pk], names[pk]))
    years = sorted(by_year, key=lambda year: (year == Unallocated.YEAR, year))
    if not years or len(years) > MOST:
        return figures.Chart("", "", (), (), 0, 0, 0, 0)
    highest, place = max(by_year.values()), 1000 // len(years)
    size = 15 if len(years) <= FEW else 12
    unit, said_unit = unit_of(highest, place, size)
    bars = tuple(bar(year, number * place, place, [cells[year, pk] for pk in order], highest, unit)
                 for number, year in enumerate(years))
    said = " ; ".join(f"{label(year)} : {money.format(by_year[year])}" for year in years)
    return figures.Chart(f"Financement par année, {said_unit}", f"Financement par année. {said}",
                         keys([names[pk] for pk in order]), bars, size,
                         HEIGHT + LABELS, HEIGHT + LABELS + 22, HEIGHT + LABELS + FOOT)


def unit_of(highest, place, size):
    """The first unit in which the widest label holds above its bar, with a space beside it."""
    fitting = [unit for unit in UNITS if width(short(highest, unit[0]), size) <= place - 8]
    return (fitting or UNITS[-1:])[0]


def width(label, size):
    """In thousandths of the chart: a digit takes 0,58 of the size of the letters, a space or a comma half of that."""
    return sum(29 if sign in f"{money.NBSP}," else 58 for sign in label) * size // 100


def short(amount, unit):
    """To the franc, or rounded to a tenth of a larger unit: the table holds the francs."""
    if unit == 1:
        return money.digits(amount)
    tenths = (amount * 20 + unit) // (2 * unit)
    return f"{money.digits(tenths // 10)},{tenths % 10}"


def label(year):
    return Unallocated(year).label if year == Unallocated.YEAR else str(year)


def bar(year, x, place, amounts, highest, unit):
    """Bars stand on the same base; the smallest amount keeps a visible height."""
    wide = min(place * 6 // 10, 120)
    y, pieces = HEIGHT + LABELS, []
    for position, amount in enumerate(amounts):
        height = max(2, amount * HEIGHT // highest) if amount else 0
        y -= height
        if height:
            pieces.append(figures.BarPiece(y, height, colour(position)))
    return figures.Bar(label(year), short(sum(amounts), unit), x + (place - wide) // 2, wide, y - 7, tuple(pieces))
