"""The matrix of roles: who does what in each phase, saved cell by cell."""
from dataclasses import dataclass

from django.db import transaction

from ..choices import Action, Raci
from ..elements import key_of
from ..models import ActorRole, Phase
from . import correction
from .authors import Author, Authors
from .journal import record
from .records import lock
from .transitions import NotAllowed


@dataclass(frozen=True)
class Conflict:
    """Somebody changed this cell after the page was read; `actor` is "" when the actor has been removed."""
    actor: str
    phase: str
    mine: str
    theirs: str
    author: Author

    @property
    def sentence(self):
        if not self.actor:
            return "Un acteur a été supprimé entre-temps : le rôle que vous lui donniez n’est pas enregistré."
        return (f"{self.actor}, phase {self.phase} : {self.author.just} d’y mettre « {told(self.theirs)} » ; vous "
                f"aviez choisi « {told(self.mine)} ».")


def told(role):
    return f"{role} — {Raci(role).label}" if role else "aucun rôle"


@transaction.atomic
def save_roles(negotiation, typed, bases, *, by):
    """Save the cells that the person changed; return the list of Conflict for those somebody else changed too.

    typed and bases: {(actor pk, phase pk): role or ""}, as chosen and as the page showed them.
    """
    lock(negotiation)
    actors = {actor.pk: actor for actor in negotiation.actors.all()}
    phases = {phase.pk: phase.code for phase in Phase.objects.filter(grid=negotiation.grid_id)}
    saved = {(role.actor_id, role.phase_id): role for role in ActorRole.objects.filter(actor__in=actors)}
    open_to = correction.shared_scope(negotiation, "actors")
    authors, conflicts, changes = Authors(negotiation, Action.ROLES_CHANGE, reader=by), [], {}
    for cell, role in typed.items():
        actor, phase, base = actors.get(cell[0]), phases.get(cell[1], ""), bases.get(cell, "")
        current = saved[cell].role if cell in saved else ""
        if role == base or (actor and role == current):
            continue
        if not actor or not phase or current != base:
            author = author_of(f"{actor}, phase {phase}", current, authors)
            conflicts.append(Conflict(str(actor or ""), phase, role, current, author))
            continue
        if reason := correction.refusal(open_to, key_of(actor), str(actor)):
            raise NotAllowed(reason)
        put(cell, role, saved)
        changes[f"{actor}, phase {phase}"] = [current or None, role or None]
    if changes:
        correction.begin(negotiation, {"actors"})
        record(Action.ROLES_CHANGE, "matrice des rôles", by=by, negotiation=negotiation, details=changes)
    return conflicts


def author_of(place, role, authors):
    """Who put this role in this cell."""
    return authors.of(lambda act: act.details.get(place, [None, ""])[1] == (role or None))


def put(cell, role, saved):
    """Write one cell; an empty role leaves no row."""
    if role:
        ActorRole.objects.update_or_create(actor_id=cell[0], phase_id=cell[1], defaults={"role": role})
    else:
        saved[cell].delete()
