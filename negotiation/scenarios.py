"""What may be tried on a copy of the plan, as pure values: amounts in, amounts out. Never loses or creates a franc.

A cell is (project pk, financier pk, year), its amount whole FCFA above zero; year 0 is « non réparti ». An amount
pushed out of the contract stays in the draft, outside. A change refuses with `Impossible`, in French; it knows no name.
"""
from dataclasses import dataclass, field

from . import money
from .choices import Unallocated

WHOLE = 10_000  # hundredths of a percent
# Beyond, a delay is a slip, and the table would grow without end.
MOST_YEARS = 10


class Impossible(ValueError):
    """The change cannot be made on this draft; str() says why in French."""


@dataclass(frozen=True)
class Contract:
    """What a draft is tried against: the years of the contract, and a plan, {cell: amount}."""
    years: range
    plan: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """The amounts of a scenario, {cell: amount}, and the projects put aside; these have no amount."""
    cells: dict
    reserve: frozenset = frozenset()

    @property
    def total(self):
        return sum(self.cells.values())


@dataclass(frozen=True)
class Scope:
    """Which cells a change is about: those of one project, one financier, one year, or (None) of all."""
    project: int | None = None
    financier: int | None = None
    year: int | None = None

    def holds(self, cell):
        asked = (self.project, self.financier, self.year)
        return all(one in (None, own) for one, own in zip(asked, cell, strict=True))

    def among(self, cells):
        """The cells in question. Raises Impossible when there is none."""
        if found := {cell: amount for cell, amount in cells.items() if self.holds(cell)}:
            return found
        raise Impossible("Aucun montant du scénario n’est concerné : il n’y a rien à changer.")


@dataclass(frozen=True)
class Delay:
    """Every year of the scope comes `years` later; « non réparti » stays. The total stays, inside and outside."""
    years: int
    scope: Scope = Scope()

    def on(self, draft, contract):
        moved = {cell: amount for cell, amount in self.scope.among(draft.cells).items()
                 if cell[2] != Unallocated.YEAR}
        if not moved:
            raise Impossible("Ces montants ne sont pas répartis entre les années : il n’y a rien à retarder.")
        latest = max(year for *_, year in moved) + self.years
        if not 1 <= self.years <= MOST_YEARS or latest > contract.years[-1] + MOST_YEARS:
            raise Impossible(f"Un retard va de 1 à {MOST_YEARS} ans, et ne mène pas au-delà de "
                             f"{contract.years[-1] + MOST_YEARS}.")
        # A scope of a delay holds whole lines (one project, one financier): no two amounts meet.
        late = {(project, financier, year + self.years): amount
                for (project, financier, year), amount in moved.items()}
        return Draft({cell: amount for cell, amount in draft.cells.items() if cell not in moved} | late, draft.reserve)


@dataclass(frozen=True)
class Percent:
    """The scope grows or shrinks by `hundredths` of a percent.

    Rounding: the new total of the scope is the exact one rounded to the nearest franc (half a franc counts as one),
    then shared between its cells in proportion to what they were, by largest remainder. A cell rounded to 0 leaves.
    """
    hundredths: int
    scope: Scope = Scope()

    def on(self, draft, contract):
        found = self.scope.among(draft.cells)
        if self.hundredths < -WHOLE:
            raise Impossible("Une baisse ne dépasse pas 100 %.")
        amounts = money.shared(self.target(sum(found.values())), list(found.values()))
        return Draft(filled({**draft.cells, **dict(zip(found, amounts, strict=True))}), draft.reserve)

    def target(self, total):
        return (total * (WHOLE + self.hundredths) + WHOLE // 2) // WHOLE


@dataclass(frozen=True)
class Fix:
    """The scope is given a new total, shared between its cells in proportion to what they were, by largest remainder:
    to the franc. 0 takes them out."""
    total: int
    scope: Scope = Scope()

    def on(self, draft, contract):
        found = self.scope.among(draft.cells)
        if self.total < 0:
            raise Impossible("Un montant est un nombre positif de francs.")
        amounts = money.shared(self.total, list(found.values()))
        return Draft(filled({**draft.cells, **dict(zip(found, amounts, strict=True))}), draft.reserve)


@dataclass(frozen=True)
class Withdraw:
    """A financier leaves. Its amounts go, or another financier takes them over, project by project, year by year."""
    financier: int
    heir: int | None = None

    def on(self, draft, contract):
        if self.heir == self.financier:
            raise Impossible("Un financeur ne se remplace pas par lui-même.")
        found = Scope(financier=self.financier).among(draft.cells)
        cells = {cell: amount for cell, amount in draft.cells.items() if cell not in found}
        if self.heir is not None:
            for (project, _, year), amount in found.items():
                cell = project, self.heir, year
                cells[cell] = cells.get(cell, 0) + amount
        return Draft(cells, draft.reserve)


@dataclass(frozen=True)
class Add:
    """A financier brings an amount to a project, over what is there: in one year, or (None) evenly over the contract.

    What cannot be divided goes to the first years, one franc each.
    """
    project: int
    financier: int
    amount: int
    year: int | None = None

    def on(self, draft, contract):
        if self.project in draft.reserve:
            raise Impossible("Ce projet est en liste de réserve : ramenez-le d’abord.")
        if self.amount < 1:
            raise Impossible("Écrivez le montant apporté.")
        if self.year not in (None, Unallocated.YEAR, *contract.years):
            raise Impossible(f"{self.year} : cette année est hors du contrat.")
        years = list(contract.years) if self.year is None else [self.year]
        cells = dict(draft.cells)
        for year, amount in zip(years, money.shared(self.amount, [1] * len(years)), strict=True):
            cell = self.project, self.financier, year
            cells[cell] = cells.get(cell, 0) + amount
        return Draft(filled(cells), draft.reserve)


@dataclass(frozen=True)
class Drop:
    """A project goes to the reserve list, its amounts with it."""
    project: int

    def on(self, draft, contract):
        found = Scope(project=self.project).among(draft.cells)
        return Draft({cell: amount for cell, amount in draft.cells.items() if cell not in found},
                     draft.reserve | {self.project})


@dataclass(frozen=True)
class Restore:
    """A project comes back from the reserve list with the amounts that it has in the plan, none perhaps."""
    project: int

    def on(self, draft, contract):
        if self.project not in draft.reserve:
            raise Impossible("Ce projet n’est pas en liste de réserve.")
        own = {cell: amount for cell, amount in contract.plan.items() if cell[0] == self.project}
        return Draft({**draft.cells, **own}, draft.reserve - {self.project})


def apply(change, draft, contract):
    """The draft after a change. Raises Impossible, in French."""
    after = change.on(draft, contract)
    if after == draft:
        raise Impossible("Ce changement ne modifierait aucun montant, au franc près.")
    refuse_too_much(after)
    return after


def refuse_too_much(draft):
    if draft.total > money.MAX_AMOUNT:
        raise Impossible(f"Le total du scénario dépasserait {money.MAX_DIGITS} chiffres.")


def filled(cells):
    return {cell: amount for cell, amount in cells.items() if amount}


def outside(cells, years):
    """The cells that lie out of the contract."""
    return {cell: amount for cell, amount in cells.items()
            if cell[2] != Unallocated.YEAR and cell[2] not in years}


def trace(before, after):
    """What undoes a change: {"cells": "project financier year amount-before|…", "reserve": before}, the cells that
    changed alone; as one text, because it is read with every page and needed by one act."""
    changed = sorted(cell for cell in {*before.cells, *after.cells} if before.cells.get(cell) != after.cells.get(cell))
    rows = ((*cell, before.cells.get(cell, 0)) for cell in changed)
    return {"cells": "|".join(" ".join(map(str, row)) for row in rows), "reserve": sorted(before.reserve)}


def undone(draft, kept):
    """The draft as it was before the change that left this trace."""
    rows = (map(int, row.split()) for row in kept["cells"].split("|") if row)
    return Draft(filled(draft.cells | read(rows)), frozenset(kept["reserve"]))


def read(rows):
    """Rows of project, financier, year and amount, as JSON keeps them → {cell: amount}"""
    return {tuple(cell): amount for *cell, amount in rows}


def written(cells):
    return [[*cell, amount] for cell, amount in sorted(cells.items())]


def differing(cells, plan):
    """{project pk: {(financier, year): amount}} of the projects that do not stand as in the plan, whole; {} when a
    project has lost every amount."""
    found, planned = by_project(cells), by_project(plan)
    return {project: found.get(project, {}) for project in sorted({*found, *planned})
            if found.get(project, {}) != planned.get(project, {})}


@dataclass(frozen=True)
class Standing:
    """A scenario between the plan that it copied and that of today, which may have changed meanwhile.

    offered: {project pk: amounts}, as `differing`, of what the scenario itself changed: an adoption offers these alone;
    older: the projects where it differs from the plan only because the plan changed; crossed: those that both changed.
    """
    offered: dict
    older: list
    crossed: list

    @property
    def moved(self):
        return sorted([*self.older, *self.crossed])


def standing(draft, copied, plan):
    """copied: the plan as the scenario copied it, {cell: amount}."""
    apart = differing(draft.cells, plan)
    own = {*differing(draft.cells, copied), *draft.reserve}
    moved = [project for project in differing(plan, copied) if project in apart]
    return Standing({project: amounts for project, amounts in apart.items() if project in own},
                    [project for project in moved if project not in own],
                    [project for project in moved if project in own])


def caught_up(draft, copied, plan):
    """(The draft on the plan of today, the projects that both had changed): each cell that the scenario had left as
    copied takes the amount of the plan, each other and each project in reserve stays. What came to the plan since in
    another cell of a project does not bear the scenario's changes: the caller says so."""
    def stays(cell):
        return cell[0] in draft.reserve or draft.cells.get(cell) != copied.get(cell)

    every = {*draft.cells, *copied, *plan}
    cells = {cell: (draft.cells if stays(cell) else plan).get(cell, 0) for cell in every}
    after = Draft(filled(cells), draft.reserve)
    refuse_too_much(after)
    return after, standing(draft, copied, plan).crossed


def by_project(cells):
    found = {}
    for (project, financier, year), amount in cells.items():
        found.setdefault(project, {})[financier, year] = amount
    return found


def rate(hundredths):
    """750 → « 7,5 % »; the sign is told in words."""
    whole, rest = divmod(abs(hundredths), 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole}{',' if decimals else ''}{decimals}{money.NBSP}%"
