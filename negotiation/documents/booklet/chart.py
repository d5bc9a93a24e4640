"""The chart of the financing plan: a bar per year, a piece per financier, in the order of their shares."""
from collections import Counter

from ... import money
from ...choices import Unallocated
from . import figures
from .words import line

# The indigo, ochre, green and greys of tokens.css: a drawing does not read custom properties.
COLOURS = ("#272f66", "#b0621b", "#1c6843", "#767287", "#e6a855", "#4c5070")
HEIGHT, LABELS, FOOT = 170, 26, 32
MOST = 12


def colour(position):
    return COLOURS[position % len(COLOURS)]


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
        return figures.Chart("", (), (), 0, 0, 0)
    highest, place = max(by_year.values()), 1000 // len(years)
    bars = tuple(bar(year, number * place, place, [cells[year, pk] for pk in order], highest)
                 for number, year in enumerate(years))
    said = " ; ".join(f"{one.label} : {one.amount} FCFA" for one in bars)
    return figures.Chart(f"Financement par année. {said}", tuple(names[pk] for pk in order), bars,
                         HEIGHT + LABELS, HEIGHT + LABELS + 22, HEIGHT + LABELS + FOOT)


def bar(year, x, place, amounts, highest):
    """Bars stand on the same base; the smallest amount keeps a visible height."""
    width = min(place * 6 // 10, 120)
    y, pieces = HEIGHT + LABELS, []
    for position, amount in enumerate(amounts):
        height = max(2, amount * HEIGHT // highest) if amount else 0
        y -= height
        if height:
            pieces.append(figures.BarPiece(y, height, colour(position)))
    label = Unallocated(year).label if year == Unallocated.YEAR else str(year)
    return figures.Bar(label, money.digits(sum(amounts)), x + (place - width) // 2, width, y - 7, tuple(pieces))
