"""What importing would change in the plan: new, changed, removed, unchanged, refused. Changes nothing."""
from dataclasses import dataclass, field

from ... import money
from ...choices import Unallocated
from ...elements import gone
from .reading import Refusal
from .words import financier_names

MOST_SHOWN = 100
NOTHING = "Aucune ligne portant un montant n’a été lue dans ce fichier."


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
    """total: of the plan as it stands; was: {pk: name} of its projects, and of its financiers; unchanged: how many
    amounts of the file are those of the plan, None when the file is no longer there to tell."""
    changes: list
    total: int
    was: tuple[dict, dict]
    unchanged: int | None = None
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
    found.unchanged = sum(1 for amount in reading.amounts.values() if amount) - sum(
        1 for change in found.changes if change.after)
    found.refused, found.notes = list(reading.refused), list(reading.notes)
    if not (found.changes or found.unchanged or found.refused):
        found.notes.insert(0, NOTHING)
    for change in found.changes:
        year = change.cell[2]
        if change.after and year != Unallocated.YEAR and year not in years:
            found.refused.append(Refusal(change.place, f"l’année {year} est hors du contrat : son montant peut être "
                                                       "retiré, pas changé."))
    if found.new_total > money.MAX_AMOUNT:
        found.refused.append(Refusal("", f"Le total du plan dépasserait {money.MAX_DIGITS} chiffres : vérifiez que les "
                                         "montants sont bien en francs."))
    return found


def compared(amounts, plan, places=None, was=({}, {})):
    """The Preview of amounts, {cell: amount}; a cell of the plan that they do not name is left alone, and one that the
    plan no longer has is refused. places: {cell: where the file says it}; was: the names before, as in Preview."""
    stored, words, places = plan.amounts_by_cell, Words(plan, was), places or {}
    found = Preview([], plan.total, (words.projects, words.parties))
    for cell, amount in amounts.items():
        if why := words.gone(cell):
            found.refused.append(Refusal(places.get(cell, ""), f"{words.of(cell)} : {why}"))
        elif amount != stored.get(cell, 0):
            found.changes.append(Change(cell, words.of(cell), stored.get(cell, 0), amount, places.get(cell, "")))
    return found


class Words:
    """« Piste de Kléla, État, 2028 »"""

    def __init__(self, plan, was=({}, {})):
        self.projects = {block.project: block.name for block in plan.blocks}
        self.parties, self.was = financier_names(plan.parties), was

    def gone(self, cell):
        """Why the plan no longer has this cell; "" when it has it."""
        if cell[0] not in self.projects:
            return "ce projet n’est plus dans le dossier."
        return "" if cell[1] in self.parties else "ce financeur n’est plus dans le dossier."

    def of(self, cell):
        project, financier, year = cell
        projects, parties = self.was
        return ", ".join([self.projects.get(project) or gone("Projet", projects.get(project)),
                          self.parties.get(financier) or gone("financeur", parties.get(financier)),
                          Unallocated.YEAR.label if year == Unallocated.YEAR else str(year)])
