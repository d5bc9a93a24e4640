"""The pictures of the money: francs by year and financier, shares of the whole, and how far apart the parties are.

Each takes plain values and gives a Drawing, or None when there is nothing to draw; the table beside it says the same.
"""
from dataclasses import dataclass
from datetime import date

from .. import money
from ..choices import PositionState, Side, Unallocated
from ..dates import spoken
from .drawing import INK, LINE, SIZE, TITLE, WIDTH, Drawing, Label, Path, Rect, cut, legend, pattern
from .placing import Placing

HEIGHT, LABELS, FOOT = 170, 26, 32
MOST_YEARS, FEW_YEARS = 12, 8
# What one franc, or a million of them, is called in the title; the widest amount decides.
UNITS = ((1, "en FCFA"), (10**6, "en millions de FCFA"), (10**9, "en milliards de FCFA"))
# The narrowest piece of a bar that holds its percentage, in thousandths.
HOLDS_PERCENT = 70


@dataclass(frozen=True)
class Brought:
    """What one financier brings: its total, its share in tenths of a percent, its amounts in the order of the years."""
    name: str
    total: int
    tenths: int
    amounts: tuple[int, ...]


def brought(cells):
    """(years, [Brought, …]) of [(financier, year, amount), …]: largest first, « non réparti » after the years.

    A financier is its name, or anything that str() names and that another one of that name does not equal.
    """
    years = sorted({year for _, year, _ in cells}, key=lambda year: (year == Unallocated.YEAR, year))
    financiers = list(dict.fromkeys(one for one, _, _ in cells))
    by = {one: dict.fromkeys(years, 0) for one in financiers}
    for one, year, amount in cells:
        by[one][year] += amount
    totals = {one: sum(by[one].values()) for one in financiers}
    tenths = dict(zip(financiers, money.tenths([totals[one] for one in financiers]), strict=True))
    return years, [Brought(str(one), totals[one], tenths[one], tuple(by[one].values()))
                   for one in sorted(financiers, key=lambda one: (-totals[one], str(one)))]


def by_year(cells):
    """A bar per year, a piece per financier in the order of their shares; None when there are too many years."""
    years, parts = brought(cells)
    if not years or len(years) > MOST_YEARS:
        return None
    sums = [sum(part.amounts[place] for part in parts) for place in range(len(years))]
    place, size = WIDTH // len(years), SIZE if len(years) <= FEW_YEARS else 12
    unit, said_unit = unit_of(max(sums), place, size)
    wide, base = min(place * 6 // 10, 120), HEIGHT + LABELS
    rects, labels = [], []
    for number, year in enumerate(years):
        x, y = number * place + (place - wide) // 2, base
        for position, part in enumerate(parts):
            # The smallest amount keeps a visible height.
            height = max(3, part.amounts[number] * HEIGHT // max(sums)) if part.amounts[number] else 0
            y -= height
            if height:
                rects.append(Rect(x, y, wide, height, pattern(position)))
        labels += [Label(x + wide // 2, y - 7, short(sums[number], unit), "middle", size=size),
                   Label(x + wide // 2, base + 22, label(year), "middle", bold=True, size=size)]
    keys, names, height = legend([part.name for part in parts], base + FOOT + 8)
    said = " ; ".join(f"{label(year)} : {money.format(total)}" for year, total in zip(years, sums, strict=True))
    return Drawing("annees", f"Financement par année, {said_unit}", f"Financement par année. {said}", height,
                   (*rects, *keys), (*labels, *names), (Path(f"M0 {base}H{WIDTH}"),))


def shares(cells):
    """One bar for the whole plan, a piece per financier as wide as its share."""
    _, parts = brought(cells)
    if not parts:
        return None
    start, rects, labels = 0, [], []
    for position, part in enumerate(parts):
        if part.tenths:
            rects.append(Rect(start, 22, part.tenths, 36, pattern(position)))
        if part.tenths >= HOLDS_PERCENT:
            labels.append(Label(start + part.tenths // 2, 15, money.percent(part.tenths), "middle", bold=True))
        start += part.tenths
    keys, names, height = legend([part.name for part in parts], 70)
    said = ", ".join(f"{part.name} {money.percent(part.tenths)}" for part in parts)
    return Drawing("parts", "Part de chaque financeur", f"Parts du plan de financement : {said}", height,
                   (*rects, *keys), (*labels, *names))


@dataclass(frozen=True)
class Round:
    """A position of one project: who put how much on the table, when. ours: from the Region's side."""
    held_on: date
    kind: str
    party: str
    total: int
    ours: bool
    agreed: bool = False


MOST_ROUNDS = 12
TOP, DEEP = 40, 170
# Half of the widest mark.
MARK = 9
WORDS = 13
# How the lines of the other parties are broken, each in its way; beyond, they begin again.
DASHES = ("8 5", "2 5", "16 4 2 4")


def gap(name, rounds):
    """How the totals of the two sides come closer, round after round; name: of the project.

    A whole line with discs for the Region, broken ones with squares for the others, a diamond where they agreed; under
    each, its date, its kind and its author. The title says when only the last MOST_ROUNDS are drawn; None for one.
    """
    amounts, rounds = f"montants {of_last(rounds)}", rounds[-MOST_ROUNDS:]
    if len(rounds) < 2:
        return None
    totals = [one.total for one in rounds]
    low, high = min(totals), max(totals)
    span, place = max(high - low, 1), WIDTH // len(rounds)
    spots = [(place * number + place // 2, TOP + DEEP - (one.total - low) * DEEP // span)
             for number, one in enumerate(rounds)]
    unit, said_unit = unit_of(high, place, SIZE)
    lines = lines_of(rounds, spots)
    paths = [Path("M" + "L".join(f"{x} {y}" for x, y in line), TITLE, dash) for line, dash in lines]
    placing = Placing([line for line, _ in lines], (0, 0, WIDTH, TOP + DEEP + 34),
                      [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in spots])
    labels = []
    # Words too wide for their column stand on two rows in turn; an author, cut, never meets another.
    widest = max(width(words, WORDS) for one in rounds for words in (one.kind, one.party))
    lower = 2 * (LINE - 8) if widest > place else 0
    for number, ((x, y), one) in enumerate(zip(spots, rounds, strict=True)):
        total = short(one.total, unit)
        box, met = placing.place(around(x, y, width(total, SIZE), above=one.ours or one.agreed))
        # A line goes behind a label that has no free place.
        paths += [*([under(box)] if met else []), mark(x, y, one)]
        labels += [Label((box[0] + box[2]) // 2, box[3] - 4, total, "middle", bold=one.agreed),
                   Label(x, TOP + DEEP + 48, f"{one.held_on:%d/%m/%Y}", "middle", size=WORDS),
                   Label(inside(one.kind, x), TOP + DEEP + 66 + number % 2 * lower, one.kind, "middle", size=WORDS),
                   Label(x, TOP + DEEP + 82 + number % 2 * lower, fitted(one.party, x, 2 * place if lower else place),
                         "middle", size=WORDS)]
    said = " ; ".join(f"{spoken(one.held_on)}, {one.kind} ({one.party}) : {money.format(one.total)}" for one in rounds)
    foot = TOP + DEEP + 90 + lower
    labels.append(Label(0, foot + LINE, "Trait plein et disque : la Région. Trait coupé et carré : les autres parties. "
                                        "Losange : position convenue. L’échelle ne part pas de zéro.", size=WORDS))
    return Drawing("ecart", f"{cut(name, 80)} : {amounts}, {said_unit}", f"{name}. {said}",
                   foot + LINE + 8, labels=tuple(labels), paths=tuple(paths))


def of_last(rounds):
    return "mis sur la table" if len(rounds) <= MOST_ROUNDS else f"des {MOST_ROUNDS} dernières positions"


def gap_of(thread):
    """The same for a thread of queries/positions.py: what was withdrawn is no longer on the table."""
    found = [(one.total, one.position) for one in thread.standing]
    return gap(thread.project.name, [
        Round(one.held_on, one.get_kind_display(), str(one.party), total, one.party.side == Side.AUTHORITY,
              one.state == PositionState.AGREED) for total, one in found])


def lines_of(rounds, spots):
    """[([spot, …], dash)]: one for the Region, another for each of the others: a partner does not go on where the State
    stopped."""
    found = []
    for number, party in enumerate([None, *dict.fromkeys(one.party for one in rounds if not one.ours)]):
        line = [spot for spot, one in zip(spots, rounds, strict=True)
                if one.agreed or (one.ours if party is None else not one.ours and one.party == party)]
        found += [(line, "" if party is None else DASHES[(number - 1) % len(DASHES)])] if len(line) > 1 else []
    return found


def around(x, y, wide, *, above):
    """The boxes where a label may stand near its mark, the best first: the total of the Region is above it, that of the
    others below; then on the other side, and aside."""
    half, tall = wide // 2 + 3, SIZE + 4
    over, below = [y - MARK - 1 - tall - far for far in (0, 16)], [y + MARK + 1 + far for far in (0, 16)]
    near = [over[0], below[0]] if above else [below[0], over[0]]
    spots = [(middle, top) for middle in (x, x - half, x + half) for top in near] + [
        (x + side * (half + MARK), y - tall // 2) for side in (-1, 1)] + [
        (middle, top) for middle in (x, x - half, x + half) for top in (over[1], below[1])]
    return [(middle - half, top, middle + half, top + tall) for middle, top in spots]


def inside(words, x):
    """Where the middle of words that may not be cut stands: at x, or as near as the picture holds them."""
    half = width(words, WORDS) // 2
    return max(half, min(x, WIDTH - half))


def fitted(words, x, room):
    """The words, cut to what holds around x in this room and in the picture."""
    return cut(words, min(room, 2 * x, 2 * (WIDTH - x)) * 10 // width("0" * 10, WORDS))


def under(box):
    """The ground of a label that no place leaves free."""
    left, top, right, bottom = box
    return Path(f"M{left} {top}H{right}V{bottom}H{left}Z", "#fff", fill="#fff", width=0)


def mark(x, y, one):
    if one.agreed:
        return Path(f"M{x} {y - 9}L{x + 9} {y}L{x} {y + 9}L{x - 9} {y}Z", INK, fill="#e6a855")
    if one.ours:
        return Path(f"M{x - 7} {y}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z", TITLE, fill=TITLE)
    return Path(f"M{x - 7} {y - 7}h14v14h-14Z", TITLE, fill="#fff")


def unit_of(highest, place, size):
    """The first unit in which the widest label holds above its bar, with a space beside it."""
    fitting = [unit for unit in UNITS if width(short(highest, unit[0]), size) <= place - 8]
    return (fitting or UNITS[-1:])[0]


def width(text, size):
    """In thousandths of the drawing: a digit takes 0,58 of the size of the letters, a space or a comma half of that."""
    return sum(29 if sign in f"{money.NBSP}," else 58 for sign in text) * size // 100


def short(amount, unit):
    """To the franc, or rounded to a tenth of a larger unit: the table holds the francs."""
    if unit == 1:
        return money.digits(amount)
    tenths = (amount * 20 + unit) // (2 * unit)
    return f"{money.digits(tenths // 10)},{tenths % 10}"


def label(year):
    return Unallocated(year).label if year == Unallocated.YEAR else str(year)
