"""Publishing an edition of the livret (numbered, kept for good under its SHA-256) and withdrawing it; journalled."""
import io

import pikepdf
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ..choices import Action
from ..files.storage import store
from ..models import Booklet, JournalEntry
from . import notices
from .journal import is_done, one_time, record
from .records import lock
from .transitions import NotAllowed


def next_number(negotiation):
    """The number that the next edition carries on its pages; `publish` checks that nobody took it meanwhile."""
    return (Booklet.objects.filter(negotiation=negotiation).aggregate(last=Max("number"))["last"] or 0) + 1


def refuse_same(negotiation, content):
    """Raises NotAllowed when the last edition already says the same; content: the digest of what it says.

    A withdrawn edition says nothing any more: what it said may be published again.
    """
    last = JournalEntry.objects.filter(negotiation=negotiation, action=Action.BOOKLET_PUBLISH).first()
    if last and last.details.get("content") == content and Booklet.objects.filter(
            negotiation=negotiation, number=last.details["edition"], withdrawn_at__isnull=True).exists():
        raise NotAllowed(f"Le dossier n’a pas changé depuis l’édition {last.details['edition']} : "
                         "une nouvelle édition dirait la même chose.")


def publish(negotiation, pdf, *, by, key="", number=None, content=None):
    """Keep the PDF (bytes) and create edition `number` (the next one). Returns the Booklet, or None when the form with
    this key was already carried out. Raises NotAllowed.

    content: the digest of what the livret says, which two editions in a row never share; that of the bytes by default.
    """
    # The file is on the disk before the transaction: a crash never leaves an edition without it.
    stored = store(io.BytesIO(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = len(document.pages)
    return create(negotiation, stored, pages, number, content or stored.sha256, by=by, key=key)


@transaction.atomic
def create(negotiation, stored, pages, number, content, *, by, key):
    negotiation = lock(negotiation)
    if is_done(negotiation, key):
        return None
    refuse_same(negotiation, content)
    if number not in (None, next_number(negotiation)):
        raise NotAllowed("Quelqu’un vient de publier une autre édition : relisez-la avant d’en publier une nouvelle.")
    booklet = Booklet.objects.create(
        negotiation=negotiation, number=next_number(negotiation), sha256=stored.sha256, size=stored.size, pages=pages,
        published_by=by)
    record(Action.BOOKLET_PUBLISH, f"livret, édition {booklet.number}", by=by, negotiation=negotiation, key=key,
           details={"edition": booklet.number, "sha256": stored.sha256, "pages": pages, "content": content})
    notices.published(booklet, by=by)
    return booklet


@transaction.atomic
def withdraw(booklet, reason, *, by, key=""):
    """Withdraw a published edition, for a reason that everybody reads. Returns the Booklet, or None when the form with
    this key was already carried out. Raises NotAllowed.
    """
    negotiation = lock(booklet.negotiation)
    key = one_time(key, Action.BOOKLET_WITHDRAW, booklet.number)
    if is_done(negotiation, key):
        return None
    booklet = Booklet.objects.get(pk=booklet.pk)
    if booklet.withdrawn_at:
        raise NotAllowed(f"L’édition {booklet.number} du livret est déjà retirée.")
    if not (reason := reason.strip()):
        raise NotAllowed("Dites pourquoi l’édition est retirée : le motif est public.")
    booklet.withdrawn_at, booklet.withdrawal_reason = timezone.now(), reason
    booklet.save(update_fields=["withdrawn_at", "withdrawal_reason"])
    record(Action.BOOKLET_WITHDRAW, f"livret, édition {booklet.number}", by=by, negotiation=negotiation, key=key,
           reason=reason, details={"edition": booklet.number, "sha256": booklet.sha256})
    notices.withdrawn(booklet)
    return booklet
