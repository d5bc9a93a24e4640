"""What the page « Équipe » reads: members, pending invitations, passations, at a constant number of queries."""
from dataclasses import dataclass, field

from ..choices import HandoverState
from ..models import Handover, Invitation, Membership, Organisation, User


@dataclass
class Team:
    organisation: Organisation
    members: list = field(default_factory=list)
    invitations: list = field(default_factory=list)
    handovers: list = field(default_factory=list)


def teams(organisations):
    """One Team per organisation, in their order."""
    found = {organisation.pk: Team(organisation) for organisation in organisations}
    for membership in Membership.objects.current().filter(organisation__in=found, user__is_active=True).select_related(
            "user", "organisation").order_by("user__name", "role", "pk"):
        found[membership.organisation_id].members.append(membership)
    for invitation in pending_invitations(found):
        for pk in dict.fromkeys(row.organisation_id for row in invitation.roles.all()):
            if pk in found:
                found[pk].invitations.append(invitation)
    handovers = Handover.objects.filter(
        state__in=(HandoverState.PROPOSED, HandoverState.ACCEPTED), membership__organisation__in=found)
    for handover in handovers.select_related("membership__user", "membership__organisation", "successor")[:100]:
        found[handover.membership.organisation_id].handovers.append(handover)
    return list(found.values())


def pending_invitations(organisations):
    return Invitation.objects.pending().filter(
        pk__in=Invitation.objects.filter(roles__organisation__in=organisations).values("pk")).select_related(
        "invited_by").prefetch_related("roles__organisation")


def colleagues(organisation_ids, but):
    """The people of these organisations today, but this one."""
    members = Membership.objects.current().filter(organisation__in=organisation_ids)
    return User.objects.filter(is_active=True, memberships__in=members).exclude(pk=but.pk).distinct().order_by("name")


def proposed_to(user):
    """[Handover] that wait for this person to accept them, and that they still may accept."""
    current = Membership.objects.current()
    return list(Handover.objects.filter(
        state=HandoverState.PROPOSED, successor=user, membership__in=current,
        membership__organisation__in=current.filter(user=user).values("organisation")).select_related(
        "membership__user", "membership__organisation").order_by("pk"))
