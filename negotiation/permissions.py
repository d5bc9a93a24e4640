"""Who may do what: one table. The button and the guard ask the same question.

A rule takes the person (memberships loaded once) and the dossier (or what PEOPLE says), and makes no query.
Seeing a dossier at all is `Negotiation.objects.visible_to(user)`: what a person may not see does not exist for them.
"""
from django.core.exceptions import PermissionDenied

from .choices import OrganisationKind, Role
from .workflow.transitions import STEP


def council_of(user, *roles):
    """The councils for which the person holds one of these roles."""
    return [m.organisation for m in user.current_memberships
            if m.role in roles and m.organisation.kind == OrganisationKind.COUNCIL]


def writes(user, negotiation):
    return negotiation.owner_id in user.organisations_as(Role.EDITOR, Role.MANAGER)


def manages(user, negotiation):
    return negotiation.owner_id in user.organisations_as(Role.MANAGER)


def examines(user, negotiation):
    """DGCT's reviewers, except those who also belong to the Region: nobody approves their own work."""
    return bool(user.roles & {Role.EXAMINER, Role.DIRECTOR}) and not writes(user, negotiation)


def directs(user, negotiation):
    return Role.DIRECTOR in user.roles and not writes(user, negotiation)


def reads_journal(user, negotiation):
    """Not a partner: the team, the State's reviewers, and a State service to which this dossier is open."""
    reviewers = {Role.EXAMINER, Role.DIRECTOR, Role.ADMINISTRATOR}
    return writes(user, negotiation) or bool(user.roles & reviewers) or getattr(negotiation, "is_advised", False)


def own(user):
    """Without those of the colleagues they stand in for: ten days of suppléance must not become a lasting right, so
    a deputy invites nobody, ends no membership and names no successor."""
    return [m for m in user.current_memberships if not m.acting_for]


def holds(user, membership):
    """Is this membership the person's own, today?"""
    return membership.pk in {m.pk for m in own(user)}


def administers(user):
    return any(m.role == Role.ADMINISTRATOR for m in own(user))


def leads(user, organisation):
    """Who answers for a team: the responsables of a council, the directors of the DGCT, administrators of theirs."""
    return any(m.organisation_id == organisation.pk and m.role in LEADS for m in own(user))


def belongs(user, organisation):
    return organisation.pk in {m.organisation_id for m in own(user)}


def invites(user, organisation):
    return leads(user, organisation) or administers(user)


def reads_handover(user, handover):
    """Both people while they belong to the organisation, and those who lead it; nobody else."""
    membership = handover.membership
    both = {membership.user_id, handover.successor_id}
    return leads(user, membership.organisation) or user.pk in both and belongs(user, membership.organisation)


LEADS = {Role.MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR}
# What concerns people and no dossier; the second parameter says on what each rule is asked.
PEOPLE = {
    "team.invite": invites,
    "invitation.manage": lambda user, invitation: all(invites(user, r.organisation) for r in invitation.roles.all()),
    "membership.end": lambda user, membership: (user.pk == membership.user_id
                                                or invites(user, membership.organisation)),
    "deputy.name": holds,
    "deputy.end": lambda user, deputy: user.pk in {deputy.deputy_id, deputy.membership.user_id},
    "handover.propose": lambda user, membership: holds(user, membership) or invites(user, membership.organisation),
    "handover.read": reads_handover,
    "handover.accept": lambda user, handover: user.pk == handover.successor_id and reads_handover(user, handover),
    "handover.withdraw": reads_handover,
}
RULES = {
    **PEOPLE,
    "negotiation.open": lambda user, _: bool(council_of(user, Role.MANAGER)),
    "dossier.write": writes,
    "dossier.change": manages,
    "dossier.share": lambda user, dossier: manages(user, dossier) or directs(user, dossier),
    "step.submit": manages,
    "step.approve": examines,
    "step.return": examines,
    "step.reopen": directs,
    "journal.read": reads_journal,
    "booklet.publish": lambda user, dossier: manages(user, dossier) or directs(user, dossier),
}


def can(user, action, negotiation=None):
    return user.is_authenticated and RULES[action](user, negotiation)


def require(user, action, negotiation=None):
    """Raises PermissionDenied (the French 403 page) when the table says no."""
    if not can(user, action, negotiation):
        raise PermissionDenied("Votre rôle ne permet pas cet acte.")


def moves(user, progress):
    """The moves that this person may make on this step now: [(action, Move)], in the order of the table."""
    return [(action, move) for action, move in STEP.items()
            if action != "start" and progress.state in move.sources
            and can(user, f"step.{action}", progress.negotiation)]
