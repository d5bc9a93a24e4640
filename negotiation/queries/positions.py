"""What the pages and the livret read of the negotiation of the money: the thread of positions of each project.

Plain values; amounts are whole FCFA, gaps are signed. A gap is told against the last position before it that was not
withdrawn: what left the table is no longer what one answers to.
"""
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists

from ..choices import STATE_SIDES, PositionKind, PositionState, Side, Unallocated
from ..models import Actor, Contribution, Mandate, Position, PositionAmount, Project
from ..models.position import stands
from . import commitments
from .commitments import Column

# How many amounts the page of all projects shows; beyond, it shows one project at a time.
MOST_AMOUNTS = 500


@dataclass(frozen=True)
class Cell:
    """gap: how far from the same cell of the previous position; 0 when the same, None without a previous one."""
    label: str
    amount: int
    gap: int | None


@dataclass(frozen=True)
class Row:
    """What a position gives by one financier, year by year; the last of `cells` is the total."""
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Before:
    """An amount of the plan as it was before an agreement."""
    financier: str
    year: str
    amount: int


@dataclass(frozen=True)
class Difference:
    """An amount of the plan that an agreement changes."""
    financier: str
    year: str
    now: int
    then: int

    @property
    def gap(self):
        return self.then - self.now


@dataclass(frozen=True)
class Round:
    """One position in its thread. cells, before_it: {(financier pk, year): amount} of it and of the one before (None
    without one); years, actors ({pk: name}): those of the thread and of the dossier, in order.

    previous, request: numbers of what the gaps are told against, 0 for nothing.

    settled_by: number of the first agreed position that closed this one, still tabled; 0 for none. from_plan: how far
    from what the plan gives the project today; above_floor: from the floor of the mandate, None
    unless the reader is of the Region's team and a floor is set.
    """
    position: Position
    cells: dict
    before_it: dict | None
    years: tuple[int, ...]
    actors: dict
    total: int
    previous: int
    gap: int | None
    request: int
    from_request: int | None
    from_plan: int
    before: tuple[Before, ...]
    above_floor: int | None
    settled_by: int

    @property
    def to_reserve(self):
        """Does it ask that the project leave the plan for the reserve list?"""
        return not self.cells

    @property
    def is_standing(self):
        return self.position.state != PositionState.WITHDRAWN

    @property
    def columns(self):
        return [Column(year).label for year in self.years]

    @cached_property
    def rows(self):
        """(Row, …) of the financiers of this position and of the one before; made for the pages that show them."""
        shown = {financier for financier, _ in {*self.cells, *(self.before_it or {})}}
        return tuple(self.row(pk, name) for pk, name in self.actors.items() if pk in shown)

    def row(self, financier, name):
        found = [Cell(Column(year).label, self.cells.get((financier, year), 0),
                      None if self.before_it is None else
                      self.cells.get((financier, year), 0) - self.before_it.get((financier, year), 0))
                 for year in self.years]
        return Row(name, (*found, added("Total", found)))

    @property
    def sums(self):
        """The sums of the rows, column by column, the total last."""
        return tuple(added(label, [row.cells[place] for row in self.rows])
                     for place, label in enumerate([*self.columns, "Total"]))

    @property
    def is_open(self):
        """May it still be agreed or withdrawn?"""
        return self.position.state == PositionState.TABLED and not self.settled_by

    @property
    def below_floor(self):
        return -self.above_floor

    @property
    def before_total(self):
        return sum(one.amount for one in self.before)

    @property
    def minutes(self):
        """The minutes as a link: the latest version of the document, unless it is reserved."""
        return latest(self.position.minutes)

    @property
    def agreed_minutes(self):
        return latest(self.position.agreed_minutes)


def latest(document):
    return None if document is None or document.is_confidential else next(iter(document.versions.all()), None)


@dataclass(frozen=True)
class Thread:
    """A project and its positions in order; `region` and `state`: the last standing word of each side, since the last
    agreement when it was reopened.

    planned: what the plan gives it today; actors: {pk: name} of the whole dossier, in order.
    """
    project: Project
    rounds: tuple[Round, ...]
    planned: int
    has_mandate: bool
    actors: dict

    @property
    def standing(self):
        return [one for one in self.rounds if one.is_standing]

    @property
    def last(self):
        """What the next position starts from: what was agreed, which set the others aside, until another follows it."""
        return self.agreed if self.is_agreed else self.standing[-1] if self.standing else None

    @property
    def stands(self):
        return stands([one.position for one in self.rounds])

    @property
    def agreed(self):
        """The last position that was agreed on."""
        return next((one for one in reversed(self.rounds) if one.position.state == PositionState.AGREED), None)

    @property
    def since(self):
        """What was put on the table since the last agreement: neither before it, nor before its day."""
        agreed = self.agreed.position
        return [one for one in self.standing
                if one.position.number > agreed.number and not one.position.is_closed_by(agreed)]

    @property
    def reopened(self):
        """The agreed position that others have followed; None while it is the last word."""
        return self.agreed if self.agreed and self.since else None

    @property
    def compared(self):
        """What is compared: an agreement closes what came before it, once it is reopened."""
        return self.since if self.reopened else self.standing

    @property
    def in_reserve(self):
        """Did the parties agree to take it out of the plan, which still gives it nothing?"""
        return bool(self.agreed) and self.agreed.to_reserve and not self.planned

    @property
    def region(self):
        return last_of(self.compared, {Side.AUTHORITY})

    @property
    def state(self):
        return last_of(self.compared, STATE_SIDES)

    @property
    def others(self):
        """The last standing word of whoever is not of the Region's side."""
        return last_of(self.standing, set(Side) - {Side.AUTHORITY})

    def unlike(self, shown):
        """The last word of the others, when `shown` is the Region's and says something else; or None."""
        theirs = self.others if shown.position.party.side == Side.AUTHORITY else None
        return theirs if theirs and theirs.cells != shown.cells else None

    @property
    def is_agreed(self):
        return bool(self.agreed) and not self.since

    @property
    def gap(self):
        """What still separates the two: nothing once the last word is agreed."""
        if self.is_agreed:
            return 0
        return self.state.total - self.region.total if self.region and self.state else None


@dataclass(frozen=True)
class PositionsPage:
    """threads: every project; shown: those whose positions the page tells in full."""
    threads: list
    shown: list

    @property
    def reserve(self):
        """The projects that an agreement has put in the reserve list."""
        return [one for one in self.threads if one.in_reserve]

    @property
    def is_folded(self):
        """Are there too many amounts for one page?"""
        return not self.shown and any(one.rounds for one in self.threads)


def last_of(rounds, sides):
    return next((one for one in reversed(rounds) if one.position.party.side in sides), None)


def page(dossier, asked=""):
    """The page in seven queries, one more for the Region's team, which reads its floors; None when `asked`, the number
    of the one project to show, is none of its projects.
    """
    found = threads(dossier, floors(dossier) if dossier.read_by_team else {})
    if asked:
        shown = [one for one in found if str(one.project.pk) == asked]
        return PositionsPage(found, shown) if shown else None
    amounts = sum(len(one.cells) for thread in found for one in thread.rounds)
    return PositionsPage(found, [one for one in found if one.rounds] if amounts <= MOST_AMOUNTS else [])


def thread(dossier, project, held=None):
    """The thread of one project of the dossier, None when it has no such project. Without `held`, the project says
    whether it has others beside it (has_others)."""
    return next((one for one in threads(dossier, {}, project=project, held=held) if one.project.pk == project), None)


def threads(dossier, floors, project=None, held=None):
    """[Thread] of every project (or of one), those of the contract as a whole last. floors: {project pk: floor}; held:
    what was read already (consequences.Held)."""
    projects = held.facts.projects if held else Project.objects.filter(negotiation=dossier)
    found = positions(dossier)
    if project is not None:
        others = Project.objects.filter(negotiation=dossier).exclude(pk=project)
        projects = [one for one in projects if one.pk == project] if held else projects.filter(pk=project).annotate(
            has_others=Exists(others))
        found = found.filter(project=project)
    rows = list(found)
    amounts = PositionAmount.objects.filter(position__in=rows).order_by().values_list(
        "position_id", "financier_id", "year", "amount") if rows else []
    actors = sorted(held.actors, key=lambda one: (one.order, one.pk)) if held else Actor.objects.filter(
        negotiation=dossier)
    return build(list(projects), rows, amounts, actors, held.facts.cells if held else
                 commitments.contributions(dossier), floors)


def positions(dossier):
    return Position.objects.filter(negotiation=dossier).select_related(
        "party", "event", "minutes__expected", "agreed_event", "agreed_minutes__expected", "recorded_for"
    ).prefetch_related("minutes__versions", "agreed_minutes__versions").order_by("number")


def floors(dossier):
    """{project pk: floor, or None when the mandate tells none}. For the Region's team alone."""
    return dict(Mandate.objects.filter(project__negotiation=dossier).values_list("project_id", "floor"))


def offered(dossier, thread, typed=None):
    """The Plan (commitments.py) of one project that a new position starts from: `Thread.last` when it has amounts,
    else the plan.

    typed: the (financier pk, year) of a sent form, whose rows are then the only ones, and empty.
    """
    rows = [(*cell, amount) for cell, amount in thread.last.cells.items()] if thread.last and thread.last.cells \
        else list(Contribution.objects.filter(project=thread.project).order_by().values_list(
            "financier_id", "year", "amount"))
    if typed is not None:
        years = {Unallocated.YEAR, *dossier.years, *(year for _, year, _ in rows)}
        rows = [(*cell, 0) for cell in typed if cell[1] in years]
    return commitments.matrix([thread.project], [(thread.project.pk, *row) for row in rows],
                              commitments.parties(dossier), dossier.years, editing=True)


def nothing(dossier):
    """The Plan of no project: what was typed for one that is gone is told in its financiers and its years."""
    return commitments.matrix([], [], commitments.parties(dossier), dossier.years, editing=True)


def agreement(thread, changes):
    """[Difference] of the cells that an agreement changes, in the order of the plan. changes: {cell: (now, then)}."""
    places = list(thread.actors)
    return [Difference(thread.actors[cell[1]], Column(cell[2]).label, now, then)
            for cell, (now, then) in sorted(changes.items(), key=lambda item: (
                places.index(item[0][1]), item[0][2] == Unallocated.YEAR, item[0][2]))]


def in_order(years):
    """Each year once, « non réparti » last."""
    return sorted(set(years), key=lambda year: (year == Unallocated.YEAR, year))


def build(projects, positions, amounts, actors, contributions, floors):
    """The threads from plain rows. amounts: (position pk, financier pk, year, amount); contributions: (project pk,
    financier pk, year, amount) of the plan as it stands.
    """
    cells, planned, by_project = defaultdict(dict), defaultdict(int), defaultdict(list)
    for position, financier, year, amount in amounts:
        cells[position][financier, year] = amount
    for project, _, _, amount in contributions:
        planned[project] += amount
    for position in positions:
        by_project[position.project_id].append(position)
    names = {actor.pk: str(actor) for actor in actors}
    return [Thread(project, tuple(rounds(by_project[project.pk], cells, names, planned[project.pk],
                                         floors.get(project.pk))), planned[project.pk], project.pk in floors, names)
            for project in projects]


def rounds(positions, cells, actors, planned, floor):
    """Each position with its gaps; all those of a thread have the same years, so that they compare."""
    years = tuple(in_order(year for one in positions for _, year in cells[one.pk]))
    totals = {one.pk: sum(cells[one.pk].values()) for one in positions}
    agreements = [one for one in positions if one.state == PositionState.AGREED]
    last = request = None
    for position in positions:
        total, previous = totals[position.pk], followed(position, last, agreements)
        yield Round(
            position, cells[position.pk], cells[previous.pk] if previous else None, years, actors, total,
            previous.number if previous else 0, total - totals[previous.pk] if previous else None,
            request.number if request else 0, total - totals[request.pk] if request else None, total - planned,
            tuple(before(position)), None if floor is None else total - floor,
            next((one.number for one in agreements if position.is_closed_by(one)), 0)
            if position.state == PositionState.TABLED else 0)
        if position.state != PositionState.WITHDRAWN:
            last = position
            request = position if position.kind == PositionKind.REQUEST else request


def followed(position, last, agreements):
    """What a position is compared with: the last one before it or, when an agreement set that one aside, what was
    agreed."""
    if not last or last in agreements:
        return last
    closing = [one for one in agreements if one != position and last.is_closed_by(one)
               and not position.is_closed_by(one)]
    return closing[-1] if closing else last


def added(label, cells):
    gaps = [cell.gap for cell in cells]
    return Cell(label, sum(cell.amount for cell in cells), None if None in gaps else sum(gaps))


def before(position):
    """The plan of the project as the agreement found it."""
    for financier, year, amount in position.plan_before or []:
        yield Before(financier, Unallocated.YEAR.label if year == Unallocated.YEAR else str(year), amount)
