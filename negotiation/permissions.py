"""Who may do what: one table. The button and the guard ask the same question.

A rule takes the person (memberships loaded once) and the dossier, and makes no query. Seeing a dossier at all is
`Negotiation.objects.visible_to(user)`: what a person may not see does not exist for them.
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


RULES = {
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
