"""What importing would change in the plan: new, changed, removed, unchanged, refused. Changes nothing."""
from dataclasses import dataclass, field

from ... import money
from ...choices import Unallocated
from .reading import Refusal
from .words import financier_names

MOST_SHOWN = 100


@dataclass(frozen=True)
class Change:
    """One amount before and after; `place` is where the file says it, `words` the cell in words."""
    cell: tuple
    words: str
    before: int
    after: int
    place: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    changes: list

    @property
    def shown(self):
        return self.changes[:MOST_SHOWN]

    @property
    def others(self):
        return len(self.changes) - len(self.shown)

    @property
    def amount(self):
        return sum(change.after - change.before for change in self.changes)


@dataclass
class Preview:
    changes: list
    unchanged: int
    total: int
    refused: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    @property
    def added(self):
        return Group("Nouveaux", [one for one in self.changes if not one.before])

    @property
    def changed(self):
        return Group("Changés", [one for one in self.changes if one.before and one.after])

    @property
    def removed(self):
        return Group("Retirés", [one for one in self.changes if not one.after])

    @property
    def groups(self):
        """What takes away first: it is what a reader must not miss."""
        return [group for group in (self.removed, self.changed, self.added) if group.changes]

    @property
    def new_total(self):
        return self.total + sum(one.after - one.before for one in self.changes)

    @property
    def summary(self):
        """« 3 changements : 1 montant nouveau, 1 changé, 1 retiré »"""
        counts = [(len(self.added.changes), "nouveau", "nouveaux"), (len(self.changed.changes), "changé", "changés"),
                  (len(self.removed.changes), "retiré", "retirés")]
        told = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
        number = len(self.changes)
        return f"{number} changement{'s' if number > 1 else ''}" + (f" : {', '.join(told)}" if told else "")


def preview_of(reading, plan, years):
    """The Preview of a Reading against the plan as it stands. years: those of the contract."""
    found = compared(reading.amounts, plan, reading.places)
    found.refused, found.notes = list(reading.refused), list(reading.notes)
    for change in found.changes:
        year = change.cell[2]
        if change.after and year != Unallocated.YEAR and year not in years:
            found.refused.append(Refusal(change.place, f"l’année {year} est hors du contrat : son montant peut être "
                                                       "retiré, pas changé."))
    if found.new_total > money.MAX_AMOUNT:
        found.refused.append(Refusal("", f"Le total du plan dépasserait {money.MAX_DIGITS} chiffres : vérifiez que les "
                                         "montants sont bien en francs."))
    return found


def compared(amounts, plan, places=None):
    """The Preview of amounts, {cell: amount}; a cell of the plan that they do not name is left alone."""
    stored = {(block.project, line.financier, column.year): amount for block in plan.blocks for line in block.lines
              for column, amount in zip(plan.columns, line.amounts, strict=True)}
    words = Words(plan)
    changes = [Change(cell, words.of(cell), stored.get(cell, 0), amount, (places or {}).get(cell, ""))
               for cell, amount in amounts.items() if amount != stored.get(cell, 0)]
    return Preview(changes, sum(1 for cell, amount in amounts.items() if amount and amount == stored.get(cell)),
                   plan.total)


class Words:
    """« Piste de Kléla, État, 2028 »"""

    def __init__(self, plan):
        self.projects = {block.project: block.name for block in plan.blocks}
        self.parties = financier_names(plan.parties)

    def of(self, cell):
        project, financier, year = cell
        return ", ".join([self.projects.get(project, "projet supprimé"),
                          self.parties.get(financier, "financeur supprimé"),
                          Unallocated.YEAR.label if year == Unallocated.YEAR else str(year)])
