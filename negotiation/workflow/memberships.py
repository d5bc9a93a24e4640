"""Ending a membership: the name stays in history, every right is gone at once. Journalled without dossier."""
from django.db import transaction
from django.utils import timezone

from ..choices import Action, OrganisationKind, Role
from ..models import Membership
from . import deputies, vacancies
from .invitations import lock_teams
from .journal import record
from .locks import for_update
from .transitions import NotAllowed


@transaction.atomic
def end(membership, *, by):
    """End it now; a second post changes nothing. Raises NotAllowed when a team would be left without anybody to lead.
    """
    lock_teams([membership.organisation])
    membership = for_update(Membership.objects).select_related(
        "organisation", "user").get(pk=membership.pk)
    if membership.ended_at:
        return membership
    if words := last_of(membership, by):
        raise NotAllowed(words)
    membership.ended_at, membership.ends_on = timezone.now(), max(timezone.localdate(), membership.starts_on)
    membership.save(update_fields=["ended_at", "ends_on"])
    deputies.fall(membership.user_id, by=by)
    subject = f"{membership.user} : {membership.get_role_display()}, {membership.organisation.name}"
    record(Action.MEMBERSHIP_END, subject, by=by,
           details={"organisation": membership.organisation_id, "membership": membership.pk})
    vacancies.of_person(membership.user)
    return membership


# What the last person in charge leaves undone; for an administrator, the act itself is refused.
LEFT = {Role.MANAGER: "C’est le dernier responsable de cette équipe : après lui, plus personne ne pourra soumettre une "
                      "étape ni inviter un collègue.",
        Role.DIRECTOR: "C’est le dernier directeur : après lui, plus personne ne pourra décider à ce niveau."}


def is_last(membership):
    """Is it the last one in charge of its organisation?"""
    role = membership.role
    return role in (Role.MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR) and not Membership.objects.current().filter(
        organisation=membership.organisation, role=role, user__is_active=True).exclude(
        user=membership.user_id).exists()


def warning(membership):
    """What ending it would leave undone, said before the act; "" when somebody else is in charge."""
    return LEFT.get(membership.role, "") if is_last(membership) else ""


def last_of(membership, by):
    """Why the last person in charge may not leave, in words; an administrator may end any but the last of theirs."""
    if not is_last(membership):
        return ""
    role = membership.role
    if role == Role.ADMINISTRATOR:
        return "C’est le dernier administrateur : nommez-en un autre d’abord, sans quoi nul ne pourrait plus débloquer."
    if any(m.role == Role.ADMINISTRATOR and not m.acting_for for m in by.current_memberships):
        return ""
    council = membership.organisation.kind == OrganisationKind.COUNCIL
    title = "le dernier responsable du Conseil" if council else "le dernier directeur"
    return (f"C’est {title} : préparez d’abord une passation, ou invitez un successeur. À défaut, un administrateur "
            "peut mettre fin à cette appartenance.")
