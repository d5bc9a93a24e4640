"""Acts on the money: saving the financing plan cell by cell, announcing the total, opening the undivided line.

A cell is (project pk, financier pk, year); year 0 holds what is not shared between years. Amounts are whole FCFA.
"""
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from .. import money
from ..choices import PLAN_ACTIONS, Action, Unallocated
from ..elements import Scope, Scopes, allows, gone
from ..models import Actor, Contribution, Project
from . import correction, notices
from .authors import Author, Authors
from .journal import fingerprint_of, is_done, one_time, record
from .records import lock, save
from .transitions import NotAllowed

WHOLE_CONTRACT = "Ensemble du contrat (non réparti par projet)"


@dataclass(frozen=True)
class Conflict:
    """An amount that was not saved: somebody changed the cell, or removed its project or financier, meanwhile.
    imported: it was not typed, it came from a file."""
    cell: tuple
    place: str
    mine: int
    theirs: int
    author: Author
    gone: bool = False
    imported: bool = False

    @property
    def sentence(self):
        if self.gone:
            return f"{self.place} : {told(self.mine)} n’est pas enregistré, car ce projet ou ce financeur n’est plus " \
                   "dans le dossier."
        done = f"d’y inscrire {told(self.theirs)}" if self.theirs else "d’en retirer le montant"
        mine = "dans le fichier :" if self.imported else "vous aviez tapé"
        return f"{self.place} : {self.author.just} {done} ; {mine} {told(self.mine)}."


class TotalChanged(NotAllowed):
    """Somebody announced another total meanwhile; `current` is the negotiation as it stands now."""

    def __init__(self, current, author):
        done = f"d’inscrire {money.format(current.announced_total)}" if current.announced_total else "de l’effacer"
        source = f" (source : {current.announced_source})" if current.announced_source else ""
        super().__init__(f"Le total annoncé a changé : {author.just} {done}{source}. Votre saisie est "
                         "conservée : enregistrez de nouveau pour le remplacer.")
        self.current = current


def told(amount):
    return money.format(amount) if amount else "aucun montant"


@dataclass(frozen=True)
class Names:
    """The projects and the actors of one dossier, so that a cell is told in words. was: as the person saw them, which
    names the ones removed since."""
    projects: dict
    actors: dict
    was: tuple[dict, dict] = ({}, {})

    @classmethod
    def of(cls, negotiation, was=({}, {})):
        return cls(dict(Project.objects.filter(negotiation=negotiation).values_list("pk", "name")),
                   {actor.pk: str(actor) for actor in Actor.objects.filter(negotiation=negotiation)}, was)

    def know(self, cell):
        return cell[0] in self.projects and cell[1] in self.actors

    def place(self, cell):
        """« Piste de Kléla, État, 2028 »"""
        project, financier, year = cell
        when = Unallocated(year).label if year == Unallocated.YEAR else str(year)
        projects, actors = self.was
        return ", ".join([self.projects.get(project) or gone("Projet", projects.get(project)),
                          self.actors.get(financier) or gone("financeur", actors.get(financier)), when])


@transaction.atomic
def save_plan(negotiation, cells, base, *, by, key="", whole=False, origin="", was=({}, {})):
    """Save the cells that the person changed; return the list of Conflict for those that changed meanwhile.

    cells, base: {cell: amount}, as typed and as the page showed them; 0 removes the amount, a cell absent from `base`
    was empty. whole: all or nothing, a conflict refuses the rest too. origin: where the amounts come from, when not
    from the page. was: {pk: name} of the projects, and of the financiers, as the page showed them: they name those
    that are gone, and nothing else. Raises NotAllowed, saving nothing, for a year outside the contract or an
    impossible amount.
    """
    negotiation = lock(negotiation)
    key = one_time(key, "plan", sorted([*cell, amount] for cell, amount in cells.items()))
    if is_done(negotiation, key):
        return []
    names, stored = Names.of(negotiation, was), stored_cells(negotiation)
    authors, conflicts, changes = Authors(negotiation, *PLAN_ACTIONS, reader=by), [], {}
    for cell, amount in cells.items():
        known, shown = names.know(cell), base.get(cell, 0)
        now = stored[cell].amount if cell in stored else 0
        if amount == shown or (known and amount == now):
            continue
        if not known or now != shown:
            place = names.place(cell)
            conflicts.append(Conflict(cell, place, amount, now, author_of(place, now, authors), gone=not known,
                                      imported=bool(origin)))
        else:
            changes[cell] = (now, amount)
    if changes and not (whole and conflicts):
        write_plan(negotiation, stored, changes, names, by=by, key=key, more={"origin": origin} if origin else {})
    return conflicts


class Stored(NamedTuple):
    pk: int
    amount: int


def stored_cells(negotiation):
    """{cell: Stored} of the plan as it stands."""
    found = Contribution.objects.filter(project__negotiation=negotiation).order_by()
    return {(project, financier, year): Stored(pk, amount) for pk, project, financier, year, amount
            in found.values_list("pk", "project_id", "financier_id", "year", "amount")}


def write_plan(negotiation, stored, changes, names, *, by, key="", action=Action.PLAN_CHANGE,
               subject="plan de financement", more=()):
    """Write changes, {cell: (before, after)}, all or none, and the line of the journal that tells them.

    The dossier is locked by the caller. more: what the journal keeps beside the cells. Raises NotAllowed.
    """
    total = sum(one.amount for one in stored.values())
    refuse_impossible(negotiation, changes, total, names)
    refuse_uncorrected(negotiation, changes, names)
    write(negotiation, changes, stored)
    correction.begin(negotiation, {"plan"})
    record(action, subject, by=by, negotiation=negotiation, key=key,
           details=details(changes, total, names) | dict(more))
    notices.changed_since(negotiation, "plan", by=by)


def author_of(place, amount, authors):
    """Who wrote this amount in this cell; a plan that came with its dossier tells no cells."""
    return authors.of(lambda act: act.details.get("cells", {}).get(place, [None, 0])[1] == (amount or None))


def refuse_impossible(negotiation, changes, total, names):
    """Changes are all possible, or none is saved."""
    refused = []
    for cell, (_, amount) in changes.items():
        if amount and cell[2] != Unallocated.YEAR and cell[2] not in negotiation.years:
            refused.append(f"{names.place(cell)} : cette année est hors du contrat "
                           f"({negotiation.first_year}-{negotiation.last_year}).")
        if not isinstance(amount, int) or not 0 <= amount <= money.MAX_AMOUNT:
            refused.append(f"{names.place(cell)} : un montant est un nombre positif de francs, d’au plus "
                           f"{money.MAX_DIGITS} chiffres.")
    if not refused and total + growth(changes) > money.MAX_AMOUNT:
        refused.append(f"Le total du plan dépasserait {money.MAX_DIGITS} chiffres : vérifiez que les montants sont "
                       "bien en francs.")
    if refused:
        raise NotAllowed(*refused)


def refuse_uncorrected(negotiation, changes, names, known=None):
    """During a correction only the cells and rows that carry a remark change, or go back to what was submitted.

    known: what is read already of the money (checklist.known_money).
    """
    scopes = Scopes(negotiation, "plan", known=known)
    open_to = scopes.shared["plan"]
    closed = {cell: reason for cell in changes
              if (reason := correction.refusal(open_to, "cell:{}:{}:{}".format(*cell), names.place(cell)))}
    submitted = correction.submitted_amounts(scopes.contents) if closed else []
    refused = [reason for cell, reason in closed.items()
               if not any(plan.get(as_submitted(cell), 0) == changes[cell][1] for plan in submitted)]
    if refused:
        raise NotAllowed(*refused)


def plan_scope(negotiation, stored):
    """What the page of the plan opens: what the correction does, and the cells that left what was submitted.

    stored: {cell: amount} of the plan as it stands.
    """
    scopes = Scopes(negotiation, "plan")
    open_to = scopes.shared["plan"]
    if allows(open_to, "plan"):
        return open_to
    submitted = correction.submitted_amounts(scopes.contents)
    places = {as_submitted(cell): cell for cell in stored}
    for plan in submitted:
        places |= {key: cell_of(*key) for key in plan if key not in places}
    return open_to | Scope(frozenset(
        "cell:{}:{}:{}".format(*cell) for key, cell in places.items()
        if submitted and not any(plan.get(key, 0) == stored.get(cell, 0) for plan in submitted)))


def cell_of(project, financier, year):
    return int(project), int(financier), Unallocated.YEAR if year == Unallocated.YEAR.label else int(year)


def as_submitted(cell):
    """A cell as a frozen row names it (elements.plan)."""
    project, financier, year = cell
    return str(project), str(financier), Unallocated.YEAR.label if year == Unallocated.YEAR else str(year)


def growth(changes):
    return sum(new - old for old, new in changes.values())


def write(negotiation, changes, stored):
    """Write the changed cells; an actor who brings an amount is a financier from then on."""
    emptied = [stored[cell].pk for cell, (_, amount) in changes.items() if not amount]
    Contribution.objects.filter(pk__in=emptied).delete()
    Contribution.objects.bulk_create(
        [Contribution(project_id=project, financier_id=financier, year=year, amount=amount)
         for (project, financier, year), (_, amount) in changes.items() if amount],
        update_conflicts=True, unique_fields=["project", "financier", "year"], update_fields=["amount"])
    Actor.objects.filter(negotiation=negotiation, financier=False, pk__in={
        financier for (_, financier, _), (_, amount) in changes.items() if amount}).update(financier=True)


def details(changes, total, names):
    """What the journal keeps: each changed cell by its name, before and after, and the total of the plan."""
    return {"cells": {names.place(cell): [old or None, new or None] for cell, (old, new) in changes.items()},
            "total": [total, total + growth(changes)]}


def total_fingerprint(negotiation):
    """What the page showed of the announced total, to see that it has changed since."""
    return fingerprint_of(f"{negotiation.announced_total or ''}|{negotiation.announced_source}")


@transaction.atomic
def announce_total(negotiation, amount, source, *, by, base=None, key=""):
    """Say the total that was announced, and where. Raises NotAllowed, TotalChanged, ValidationError."""
    negotiation = lock(negotiation)
    key = one_time(key, "total", amount, source)
    if is_done(negotiation, key):
        return negotiation
    told_before = {"announced_total": negotiation.announced_total, "announced_source": negotiation.announced_source}
    told_now = {"announced_total": amount, "announced_source": source}
    if told_now == told_before:
        return negotiation
    if base is not None and base != total_fingerprint(negotiation):
        author = Authors(negotiation, Action.TOTAL_ANNOUNCE, reader=by).of(lambda act: all(
            told_before[name] == now for name, (_, now) in act.details.items()))
        raise TotalChanged(negotiation, author)
    if reason := correction.refusal(correction.shared_scope(negotiation, "plan"), "total", "Total annoncé"):
        raise NotAllowed(reason)
    negotiation.announced_total, negotiation.announced_source = amount, source
    negotiation.full_clean(exclude=[f.name for f in negotiation._meta.fields if f.name not in told_now])
    negotiation.save(update_fields=list(told_now))
    correction.begin(negotiation, {"plan"})
    record(Action.TOTAL_ANNOUNCE, "total annoncé", by=by, negotiation=negotiation, key=key,
           details={name: [told_before[name], now] for name, now in told_now.items() if told_before[name] != now})
    notices.changed_since(negotiation, "plan", by=by)
    return negotiation


@transaction.atomic
def open_whole_contract(negotiation, *, by):
    """The line for what is not shared between projects; there is one at most, asking again gives the same."""
    negotiation = lock(negotiation)
    found = Project.objects.filter(negotiation=negotiation)
    if existing := found.filter(whole_contract=True).first():
        return existing
    if found.filter(name=WHOLE_CONTRACT).exists():
        raise NotAllowed(f"Un projet porte déjà le nom « {WHOLE_CONTRACT} » : renommez-le d’abord.")
    return save(Project(negotiation=negotiation, name=WHOLE_CONTRACT, whole_contract=True), negotiation, by=by)
