"""What the pages of the scenarios read: each amount beside the plan's, at a constant number of queries.

Amounts of a project or a financier removed meanwhile are counted apart (`lost`), in no sum of a page.
"""
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Func, IntegerField

from .. import money, scenarios
from ..choices import Side, Unallocated
from ..models import Actor, Position, Scenario
from . import commitments, consequences, positions

# Beyond, a page shows sums, and the cells of one project at a time: 14 kB compressed is the budget of a page.
MOST_CELLS = 400
MOST_COMPARED = 3


class Length(Func):
    """The number of items of a JSON list."""
    function, output_field = "jsonb_array_length", IntegerField()

    def as_sqlite(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, function="json_array_length", **more)


@dataclass(frozen=True)
class Amount:
    """An amount of a scenario beside that of the plan (or of what was announced)."""
    amount: int
    planned: int

    @property
    def gap(self):
        """« + 20 000 000 », « − 5 », "" when they are equal."""
        return gap(self.amount - self.planned)


def gap(amount):
    return f"{'+' if amount > 0 else '−'}{money.NBSP}{money.digits(abs(amount))}" if amount else ""


@dataclass(frozen=True)
class Row:
    """note: what the row is otherwise than in the plan, in words."""
    label: str
    amounts: tuple[Amount, ...]
    note: str = ""
    pk: int | None = None

    @property
    def total(self):
        return Amount(sum(one.amount for one in self.amounts), sum(one.planned for one in self.amounts))


@dataclass(frozen=True)
class Block:
    """One project with its financiers; `subtotal` is the row of its sums."""
    subtotal: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Facts:
    """What scenarios are read against: the dossier, its projects {pk: name}, parties and plan {cell: amount}; held:
    what the checks on the money rest on."""
    dossier: object
    projects: dict
    parties: tuple
    plan: dict
    held: consequences.Held

    @property
    def names(self):
        return {party.pk: party.label for party in self.parties}

    def sorted_out(self, scenario):
        """({cell: amount} of what the dossier knows, the sum of the rest)"""
        cells = scenarios.read(scenario.cells)
        known = self.known(cells)
        return known, sum(cells.values()) - sum(known.values())

    def known(self, cells):
        names = self.names
        return {cell: amount for cell, amount in cells.items() if cell[0] in self.projects and cell[1] in names}

    def standing(self, scenario, cells):
        """What the scenario changed, and what the plan did since it was copied; cells: what the dossier knows of it.
        When nobody knows the copy any more, each difference is taken for the scenario's own."""
        copied = self.plan if scenario.base is None else self.known(scenarios.read(scenario.base))
        return scenarios.standing(scenarios.Draft(cells, frozenset(scenario.reserve)), copied, self.plan)

    def named(self, projects):
        return [self.projects[pk] for pk in projects]

    def years(self, *drafts):
        """The years of the contract and those that hold an amount; « non réparti » comes last."""
        found = {cell[2] for cells in (self.plan, *drafts) for cell in cells}
        whole = sorted({*self.dossier.years, *found} - {Unallocated.YEAR})
        return [*whole, Unallocated.YEAR] if Unallocated.YEAR in found else whole

    def year(self, year):
        """« 2027 », « 2033 (hors du contrat) », « Non réparti »"""
        if year == Unallocated.YEAR:
            return Unallocated.YEAR.label.capitalize()
        return str(year) if year in self.dossier.years else f"{year} (hors du contrat)"


def facts(dossier):
    """In four queries."""
    held = consequences.held(dossier)
    return Facts(dossier, {one.pk: one.name for one in held.facts.projects},
                 tuple(commitments.party(actor) for actor in held.actors), held.plan, held)


@dataclass(frozen=True)
class Line:
    """A scenario in the list; announced: its total beside the announced one, or None; moved: has the plan changed since
    it was copied, otherwise than the scenario?"""
    scenario: Scenario
    total: Amount
    announced: Amount | None
    outside: int
    lost: int
    moved: bool


def listing(dossier):
    """(Facts, [Line]) in five queries; neither the changes nor what undoes them leave the database."""
    found = facts(dossier)
    rows = Scenario.objects.filter(negotiation=dossier).defer("changes").annotate(applied=Length("changes"))
    return found, [line(one, found) for one in rows]


def line(scenario, found):
    cells, lost = found.sorted_out(scenario)
    total, announced = sum(cells.values()), found.dossier.announced_total
    return Line(scenario, Amount(total, sum(found.plan.values())), announced and Amount(total, announced),
                sum(scenarios.outside(cells, found.dossier.years).values()), lost,
                bool(found.standing(scenario, cells).moved))


@dataclass(frozen=True)
class Page:
    """One scenario. blocks: the cells, [] when there are too many for one page; goes: is there anything to put on the
    table? older, crossed: the projects of `scenarios.Standing`, by name; emptied: as in Adoption; only: the one project
    shown."""
    scenario: Scenario
    cells: dict
    total: Amount
    announced: Amount | None
    outside: int
    lost: int
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]
    by_year: tuple[Row, ...]
    by_financier: tuple[Row, ...]
    by_project: tuple[Row, ...]
    reserve: dict
    consequences: consequences.Consequences
    goes: bool
    older: list
    crossed: list
    emptied: list
    only: int | None = None

    @property
    def changes(self):
        return [one["words"] for one in self.scenario.changes]

    @property
    def undoable(self):
        return bool(self.scenario.changes) and "cells" in self.scenario.changes[-1]

    @property
    def too_large(self):
        return bool(self.cells) and not self.blocks

    @property
    def sums(self):
        """Of the blocks shown, column by column."""
        return Row("Total", tuple(Amount(sum(one.amount for one in column), sum(one.planned for one in column))
                                  for column in zip(*(block.subtotal.amounts for block in self.blocks), strict=True)))


def page(scenario, found, only=None):
    """No query: what `found` (Facts) and the scenario hold."""
    cells, lost = found.sorted_out(scenario)
    years = found.years(cells)
    summary, standing = line(scenario, found), found.standing(scenario, cells)
    chosen = going(scenario, standing.offered)
    reserve = {pk: found.projects[pk] for pk in scenario.reserve if pk in found.projects}
    size = len({cell[:2] for cell in (*cells, *found.plan)}) * len(years)
    wanted = [only] if only else list(found.projects) if size <= MOST_CELLS else []
    blocks = tuple(one for pk in wanted if (one := block(pk, found, cells, years, pk in reserve)).rows)
    return Page(scenario, cells, summary.total, summary.announced, summary.outside, lost,
                tuple(found.year(year) for year in years), blocks,
                along(2, {year: found.year(year) for year in years}, [cells], found),
                along(1, found.names, [cells], found), along(0, found.projects, [cells], found, reserve), reserve,
                consequences.consequences(found.held.facts, cells), bool(chosen),
                found.named(standing.older), found.named(standing.crossed),
                found.named(pk for pk in standing.offered if pk not in chosen), only)


def going(scenario, offered):
    """{project pk: {(financier, year): amount}} of the projects that an adoption puts on the table; {} for one that
    goes to the reserve list."""
    return {pk: amounts for pk, amounts in offered.items() if amounts or pk in scenario.reserve}


def tabled(scenario):
    """[Position] that this scenario became, in the order in which they were put on the table."""
    return list(Position.objects.filter(adopted_from=scenario).select_related("project", "party").order_by("pk"))


def block(project, found, cells, years, reserved):
    rows = []
    for party in found.parties:
        amounts = tuple(Amount(cells.get(cell, 0), found.plan.get(cell, 0))
                        for cell in ((project, party.pk, year) for year in years))
        row = Row(party.label, amounts)
        if row.total.amount or row.total.planned:
            rows.append(Row(party.label, amounts, "" if reserved else note(row.total)))
    sums = tuple(Amount(sum(one.amount for one in column), sum(one.planned for one in column))
                 for column in zip(*(row.amounts for row in rows), strict=True))
    return Block(Row(found.projects[project], sums, "en réserve" if reserved else "", project), tuple(rows))


def note(total):
    return "nouveau" if not total.planned else "retiré" if not total.amount else ""


def along(place, labels, drafts, found, reserve=()):
    """One Row for each label, one Amount for each draft: the sums along one place of the cells (0: project, 1:
    financier, 2: year). A row without any amount, plan included, is left out, but for the years of the contract."""
    planned, sums = added(found.plan, place), [added(cells, place) for cells in drafts]
    return tuple(Row(label, tuple(Amount(one.get(key, 0), planned.get(key, 0)) for one in sums),
                     "en réserve" if key in reserve else "", key)
                 for key, label in labels.items() if place == 2 or key in planned or any(key in one for one in sums))


def added(cells, place):
    sums = defaultdict(int)
    for cell, amount in cells.items():
        sums[cell[place]] += amount
    return dict(sums)


@dataclass(frozen=True)
class Beside:
    """What the plan gives to a year or a financier, and [(scenario, Amount)] of those compared with it."""
    label: str
    planned: int
    amounts: list


@dataclass(frozen=True)
class Comparison:
    """Scenarios side by side with the plan. reserves: [(scenario, [project, …])] of what each puts aside; moved:
    [(scenario, older, crossed)], as in Page, of what changed in the plan since each copied it; lost: [(scenario,
    amount)] of those whose sums leave something out; missing: how many of those asked do not exist."""
    scenarios: list
    by_year: list
    by_financier: list
    by_project: list
    reserves: list
    moved: list
    lost: list
    total: Beside
    missing: int


def comparison(dossier, asked):
    """asked: pks as texts; the first three are compared."""
    found = facts(dossier)
    numbers = list(dict.fromkeys(int(text) for text in asked if text.isascii() and text.isdigit() and len(text) < 19))
    rows = Scenario.objects.filter(negotiation=dossier, pk__in=numbers[:MOST_COMPARED]).defer("changes").in_bulk()
    shown = [rows[pk] for pk in numbers if pk in rows]
    sorted_out = [found.sorted_out(one) for one in shown]
    drafts = [cells for cells, _ in sorted_out]
    planned = sum(found.plan.values())

    def beside(rows):
        return [Beside(row.label, row.amounts[0].planned, list(zip(shown, row.amounts, strict=True)))
                for row in rows if shown]

    years = {year: found.year(year) for year in found.years(*drafts)}
    total = Beside("Total", planned, [(one, Amount(sum(cells.values()), planned))
                                      for one, cells in zip(shown, drafts, strict=True)])
    return Comparison(shown, beside(along(2, years, drafts, found)), beside(along(1, found.names, drafts, found)),
                      beside(along(0, found.projects, drafts, found)),
                      [(one, [found.projects[pk] for pk in one.reserve if pk in found.projects]) for one in shown],
                      [(one, found.named(its.older), found.named(its.crossed))
                       for one, cells in zip(shown, drafts, strict=True) if (its := found.standing(one, cells)).moved],
                      [(one, lost) for one, (_, lost) in zip(shown, sorted_out, strict=True) if lost],
                      total, len(numbers[:MOST_COMPARED]) - len(shown))


@dataclass(frozen=True)
class Offer:
    """What an adoption does of one project. last: the Round that is its last word, None without any; is_tabled: the
    Region's last word is this already; reserved: the project would go to the reserve list."""
    row: Row
    last: object
    is_tabled: bool
    reserved: bool


@dataclass(frozen=True)
class Adoption:
    """What an adoption would put on the table. offered: {project pk: {(financier, year): amount}}; emptied: the
    projects that have no amount left without being put in reserve; stands: {project pk: how its table stands
    (models.position.stands)}; answered: has anybody else something open on them? older, crossed: see Page;
    consequences: what the rules would say once all is agreed on."""
    offered: dict
    offers: list
    emptied: list
    outside: int
    lost: int
    stands: dict
    answered: bool
    older: list
    crossed: list
    consequences: consequences.Consequences
    may_speak: bool

    @property
    def rows(self):
        return [one for one in self.offers if not one.is_tabled]

    @property
    def already(self):
        return [one for one in self.offers if one.is_tabled]

    @property
    def may_go(self):
        return bool(self.rows) and not (self.outside or self.lost or self.crossed)


def adoption(scenario, found):
    """In two queries beside those of the Facts."""
    cells, lost = found.sorted_out(scenario)
    standing, planned = found.standing(scenario, cells), added(found.plan, 0)
    offered = standing.offered
    threads = {one.project.pk: one for one in positions.threads(found.dossier, {}, held=found.held)}
    chosen = going(scenario, offered)
    offers = [Offer(Row(found.projects[pk], (Amount(sum(amounts.values()), planned.get(pk, 0)),), pk=pk),
                    threads[pk].last, on_table(threads[pk], amounts), not amounts) for pk, amounts in chosen.items()]
    then = {cell: amount for cell, amount in found.plan.items() if cell[0] not in chosen} | {
        (pk, *cell): amount for pk, amounts in chosen.items() for cell, amount in amounts.items()}
    return Adoption(
        offered, offers, [found.projects[pk] for pk in offered if pk not in chosen],
        sum(scenarios.outside(cells, found.dossier.years).values()), lost,
        {pk: threads[pk].stands for pk in offered},
        any(threads[pk].others and threads[pk].others.is_open for pk in chosen),
        found.named(standing.older), found.named(standing.crossed),
        consequences.consequences(found.held.facts, then),
        any(actor.side == Side.AUTHORITY for actor in found.held.actors))


def on_table(thread, amounts):
    """Is the last word of the Region, still open, these very amounts?"""
    ours = positions.last_of(thread.standing, {Side.AUTHORITY})
    return bool(ours) and ours.is_open and ours.cells == amounts


def speakers(dossier):
    """The actors of the Region's side, for whom a scenario may be put on the table."""
    return Actor.objects.filter(negotiation=dossier, side=Side.AUTHORITY)
