"""Links to an edition that is not public: created for one recipient, revoked, and counted each time they serve.

The address is told once, to whoever creates it; the base keeps its SHA-256 only, the journal nothing of it.
"""
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ..choices import Action, EditionState
from ..models import ShareLink
from ..models.invitation import hash_of
from .journal import record
from .locks import for_update
from .records import lock
from .transitions import NotAllowed

MOST_OPEN = 100


def refuse_public(booklet):
    """Raises NotAllowed unless the edition is established and not public: a published one needs no link, and a
    withdrawn one is given to nobody any more."""
    if booklet.state == EditionState.WITHDRAWN:
        raise NotAllowed(f"L’édition {booklet.number} est retirée : elle n’est plus donnée à personne.")
    if booklet.state != EditionState.ESTABLISHED:
        raise NotAllowed(f"L’édition {booklet.number} est publique : envoyez l’adresse de sa page, sans lien de "
                         "partage.")


def made(booklet, token):
    """The link that this form has already created, if any: a double click finds it."""
    return ShareLink.objects.by_token(token).filter(booklet=booklet).first()


@transaction.atomic
def create(booklet, token, copy, *, recipient, days, organisation=None, by):
    """Returns the ShareLink. copy: the stored file that names the recipient. Raises NotAllowed, ValidationError."""
    negotiation = lock(booklet.negotiation)
    if link := made(booklet, token):
        return link
    booklet.refresh_from_db(fields=["state", "withdrawn_at"])
    refuse_public(booklet)
    now = timezone.now()
    if booklet.shares.filter(revoked_at__isnull=True, expires_at__gt=now).count() >= MOST_OPEN:
        raise NotAllowed(f"Cette édition a déjà {MOST_OPEN} liens ouverts : révoquez ceux qui ne servent plus.")
    link = ShareLink(
        booklet=booklet, recipient=recipient, organisation=organisation, token_hash=hash_of(token), days=days,
        sha256=copy.sha256, size=copy.size, created_by=by, created_at=now, expires_at=now + timedelta(days=days))
    link.full_clean()
    link.save()
    told(Action.SHARE_CREATE, link, negotiation, by=by, days=days)
    return link


def told(action, link, negotiation, *, by, **details):
    record(action, f"livret, édition {link.booklet.number}, pour {link.recipient}", by=by, negotiation=negotiation,
           details={"edition": link.booklet.number, "share_link": link.pk, "sha256": link.sha256} | details)


@transaction.atomic
def revoke(link, *, by):
    """A second post changes nothing."""
    negotiation = lock(link.booklet.negotiation)
    link = for_update(ShareLink.objects).select_related("booklet").get(pk=link.pk)
    if not link.revoked_at:
        link.revoked_at, link.revoked_by = timezone.now(), by
        link.save(update_fields=["revoked_at", "revoked_by"])
        told(Action.SHARE_REVOKE, link, negotiation, by=by)
    return link


def open_copy(link):
    """Count one more use, unless the link has been closed meanwhile; told in no journal: nobody signs it. Returns
    whether the copy may be given."""
    now = timezone.now()
    return bool(ShareLink.objects.filter(
        pk=link.pk, revoked_at__isnull=True, expires_at__gt=now, booklet__withdrawn_at__isnull=True).update(
        opened=F("opened") + 1, opened_at=now))
