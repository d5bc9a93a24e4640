"""Passations: proposed, then accepted by the successor, or withdrawn. Journalled without dossier."""
from django.db import transaction
from django.utils import timezone

from ..choices import Action, HandoverState
from ..models import Handover, Membership
from . import team_notices, vacancies
from .invitations import lock_teams
from .journal import is_done, one_time, record
from .locks import for_update
from .transitions import NotAllowed

TARGETS = {"accept": HandoverState.ACCEPTED, "withdraw": HandoverState.WITHDRAWN, "decline": HandoverState.DECLINED}


@transaction.atomic
def propose(handover, *, by, key=""):
    """Save this new Handover. None when the form with this key was already carried out. Raises NotAllowed,
    ValidationError."""
    membership = handover.membership
    lock_teams([membership.organisation])
    key = one_time(key, Action.HANDOVER_PROPOSE, membership.pk, handover.successor_id, handover.note)
    if is_done(None, key):
        return None
    current = Membership.objects.current()
    if not current.filter(pk=membership.pk).exists():
        raise NotAllowed("Cette appartenance a pris fin : elle ne se transmet plus.")
    if handover.successor_id == membership.user_id or not current.filter(
            user=handover.successor_id, organisation=membership.organisation_id, user__is_active=True).exists():
        raise NotAllowed("Le successeur est un autre membre de la même équipe.")
    handover.proposed_by = by
    handover.full_clean()
    handover.save()
    record(Action.HANDOVER_PROPOSE, told(handover), by=by, key=key, to_state=handover.state, details=details(handover))
    team_notices.handover_proposed(handover, by=by)
    return handover


@transaction.atomic
def move(handover, action, *, by):
    """Accept or withdraw; the successor who withdraws declines. A second post of the same act changes nothing. Raises
    NotAllowed.

    Accepting gives the role of the membership to the successor, who may already hold it.
    """
    lock_teams([handover.membership.organisation])
    handover = for_update(Handover.objects).select_related(
        "membership__organisation", "membership__user", "successor").get(pk=handover.pk)
    if action == "withdraw" and by == handover.successor:
        action = "decline"
    if handover.state == TARGETS[action]:
        return handover
    if handover.state != HandoverState.PROPOSED:
        raise NotAllowed(f"Cette passation est déjà {handover.get_state_display()} : relisez la page.")
    if action == "accept":
        give(handover)
    before, handover.state = handover.state, TARGETS[action]
    handover.decided_at = timezone.now()
    handover.save(update_fields=["state", "decided_at"])
    record(Action(f"handover.{action}"), told(handover), by=by, from_state=before, to_state=handover.state,
           details=details(handover))
    team_notices.handover_decided(handover, by=by)
    vacancies.of_person(handover.successor)
    return handover


def give(handover):
    membership = handover.membership
    current = Membership.objects.current()
    if not current.filter(pk=membership.pk).exists():
        raise NotAllowed("La personne a quitté l’équipe : demandez une invitation à qui la dirige.")
    held = current.filter(user=handover.successor, organisation=membership.organisation)
    if not held.exists():
        raise NotAllowed("Vous n’appartenez plus à cette équipe.")
    if not held.filter(role=membership.role).exists():
        Membership.objects.create(user=handover.successor, organisation=membership.organisation, role=membership.role)


def told(handover):
    membership = handover.membership
    return (f"{membership.user} → {handover.successor} : {membership.get_role_display()}, "
            f"{membership.organisation.name}")


def details(handover):
    return {"organisation": handover.membership.organisation_id, "handover": handover.pk,
            "membership": handover.membership_id, "successor": handover.successor_id}
