"""What « Journal des personnes » reads: the acts that concern people and no dossier, newest first.

Whoever leads a team reads what was done to that team, by anybody; nothing of the others.
"""
from dataclasses import dataclass

from django.db.models import Q

from ..choices import acts_of
from ..models import InvitedRole, JournalEntry, Membership
from .journal import PER_PAGE, Line, whole


@dataclass(frozen=True)
class PeoplePage:
    lines: list
    number: int
    has_next: bool


def page(organisations, asked):
    """One page of the acts. organisations: those whose acts are read, None for all; asked: the query of the address."""
    found = JournalEntry.objects.filter(negotiation=None).order_by("-number")
    if organisations is not None:
        found = found.filter(about(organisations), action__in=acts_of("personnes"))
    number = whole(asked.get("page"))
    rows = list(found[(number - 1) * PER_PAGE:number * PER_PAGE + 1])
    if not rows and number > 1:
        number, rows = 1, list(found[:PER_PAGE + 1])
    # The sentence says it all: the details are keys and addresses.
    return PeoplePage([Line(entry, None) for entry in rows[:PER_PAGE]], number, len(rows) > PER_PAGE)


def about(organisations):
    """The acts on these teams: each tells its organisation, an invitation its own number, an account its person."""
    keys = [organisation.pk for organisation in organisations]
    invitations = InvitedRole.objects.filter(organisation__in=keys).values_list("invitation", flat=True)
    accounts = Membership.objects.filter(organisation__in=keys).values_list("user", flat=True)
    return Q(details__organisation__in=keys) | Q(details__invitation__in=list(invitations)) | Q(
        details__account__in=list(accounts))
