"""What the pages of share links read: those of an edition, that of an address, what an organisation was given."""
from dataclasses import dataclass

from django.utils import timezone

from ..choices import EditionState, Role
from ..models import Booklet, Negotiation, ShareLink


def links(booklet):
    """The links of one edition, newest first, each with its edition."""
    return list(ShareLink.objects.filter(booklet=booklet).select_related("booklet", "created_by"))


def by_token(token):
    return ShareLink.objects.by_token(token).select_related("booklet__negotiation__region").first()


@dataclass(frozen=True)
class Received:
    """What a partner finds when it signs in: the dossiers open to it with their editions, and the copies given to its
    organisations, still open. dossiers: [(Negotiation, [Booklet])]."""
    dossiers: list
    copies: list

    def __bool__(self):
        return bool(self.dossiers or self.copies)


def received(user):
    """None for whoever neither reads as a partner nor belongs to an organisation that was given anything."""
    if not user.roles & {Role.PARTNER, Role.ADVISER}:
        return None
    guests = user.organisations_as(Role.PARTNER, Role.ADVISER)
    dossiers = list(Negotiation.objects.visible_to(user).select_related("region").order_by(
        "region__code_ct", "-first_year")) if Role.PARTNER in user.roles else []
    editions = {}
    for one in Booklet.objects.filter(negotiation__in=dossiers, published_at__isnull=False).exclude(
            state=EditionState.WITHDRAWN).select_related("replaced_by"):
        editions.setdefault(one.negotiation_id, []).append(one)
    copies = ShareLink.objects.filter(
        organisation__in=guests, revoked_at__isnull=True, expires_at__gt=timezone.now(),
        booklet__withdrawn_at__isnull=True).select_related("booklet__negotiation__region")
    return Received([(dossier, editions.get(dossier.pk, [])) for dossier in dossiers], list(copies))
