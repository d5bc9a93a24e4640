"""An edition of the livret: established (content and file frozen), published (it replaces the one before), withdrawn.

Each is an act of the journal, along the table `transitions.EDITION`.
"""
import io
from dataclasses import dataclass
from datetime import datetime

import pikepdf
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ..choices import Action, EditionState
from ..files.storage import store
from ..models import Booklet, FrozenContent
from . import booklet_notices, catalogue
from .journal import is_done, one_time, record
from .records import lock
from .transitions import EDITION, NotAllowed, next_state

ONLY_NOW = "Quelqu’un vient d’établir une autre édition : relisez-la avant d’en établir une nouvelle."


@dataclass(frozen=True)
class Made:
    """What an edition is made of, before it exists: `pdf` carries `number` and `code`; `text` is its content (JSON)."""
    number: int
    code: str
    at: datetime
    pdf: bytes
    text: str
    text_sha256: str
    format: int


def next_number(negotiation):
    """The number that the next edition carries on its pages; `freeze` checks that nobody took it meanwhile."""
    return (Booklet.objects.filter(negotiation=negotiation).aggregate(last=Max("number"))["last"] or 0) + 1


def refuse_same(negotiation, digest):
    """Raises NotAllowed when the last edition already says the same; digest: the SHA-256 of what it says.

    A withdrawn edition says nothing any more: what it said may be established again.
    """
    last = Booklet.objects.filter(negotiation=negotiation).select_related("content").defer("content__text").first()
    if last and last.state != EditionState.WITHDRAWN and hasattr(last, "content") and last.content.sha256 == digest:
        raise NotAllowed(f"Le dossier n’a pas changé depuis l’édition {last.number} : "
                         "une nouvelle édition dirait la même chose.")


@dataclass(frozen=True)
class File:
    """A PDF in the file store."""
    sha256: str
    size: int
    pages: int


def keep(pdf):
    """Put the bytes of an edition in the file store."""
    stored = store(io.BytesIO(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return File(stored.sha256, stored.size, len(document.pages))


def freeze(negotiation, made, *, by, key=""):
    """Keep the file and create the edition with its content. Returns the Booklet, or None when the form with this key
    was already carried out. Raises NotAllowed.
    """
    # The file is on the disk before the transaction: a crash never leaves an edition without it.
    return create(negotiation, made, keep(made.pdf), by=by, key=key)


@transaction.atomic
def create(negotiation, made, file, *, by, key):
    negotiation = lock(negotiation)
    if is_done(negotiation, key):
        return None
    refuse_same(negotiation, made.text_sha256)
    if made.number != next_number(negotiation):
        raise NotAllowed(ONLY_NOW)
    booklet = Booklet.objects.create(
        negotiation=negotiation, number=made.number, code=made.code, grid=negotiation.grid.title[:300],
        sha256=file.sha256, size=file.size, pages=file.pages, established_by=by, established_at=made.at)
    FrozenContent.objects.create(booklet=booklet, format=made.format, sha256=made.text_sha256, text=made.text)
    told(Action.BOOKLET_FREEZE, booklet, by=by, key=key, pages=file.pages, content=made.text_sha256)
    return booklet


def told(action, booklet, *, by, key="", reason="", **details):
    record(action, f"livret, édition {booklet.number}", by=by, negotiation=booklet.negotiation, key=key, reason=reason,
           details={"edition": booklet.number, "sha256": booklet.sha256} | details)


@transaction.atomic
def publish(booklet, *, by, key=""):
    """Publish an established edition; the one in force is replaced by it. Returns the Booklet, or None when the form
    with this key was already carried out. Raises NotAllowed.
    """
    negotiation = lock(booklet.negotiation)
    key = one_time(key, Action.BOOKLET_PUBLISH, booklet.number)
    if is_done(negotiation, key):
        return None
    booklet = Booklet.objects.select_related("negotiation__region").get(pk=booklet.pk)
    state = next_state("publish", booklet.state, EDITION)
    if newer := Booklet.objects.filter(negotiation=negotiation, number__gt=booklet.number,
                                       published_at__isnull=False).first():
        raise NotAllowed(f"L’édition {newer.number}, plus récente, a déjà été publiée : établissez-en une "
                         "nouvelle.")
    replace(booklet, by=by)
    booklet.state, booklet.published_at, booklet.published_by = state, timezone.now(), by
    booklet.save(update_fields=["state", "published_at", "published_by"])
    catalogue.enter(booklet)
    told(Action.BOOKLET_PUBLISH, booklet, by=by, key=key, pages=booklet.pages)
    booklet_notices.published(booklet, by=by)
    return booklet


def replace(booklet, *, by):
    """The edition in force until now, if any, gives way to this one."""
    before = Booklet.objects.select_related("negotiation").filter(
        negotiation=booklet.negotiation_id, state=EditionState.PUBLISHED).first()
    if before:
        before.state, before.replaced_by = next_state("replace", before.state, EDITION), booklet
        before.save(update_fields=["state", "replaced_by"])
        told(Action.BOOKLET_REPLACE, before, by=by, replaced_by=booklet.number)
        booklet_notices.replaced(before)


@transaction.atomic
def withdraw(booklet, reason, *, by, key=""):
    """Withdraw a published edition, for a reason that everybody reads. Returns the Booklet, or None when the form with
    this key was already carried out. Raises NotAllowed.
    """
    negotiation = lock(booklet.negotiation)
    key = one_time(key, Action.BOOKLET_WITHDRAW, booklet.number)
    if is_done(negotiation, key):
        return None
    booklet = Booklet.objects.select_related("negotiation__region").get(pk=booklet.pk)
    if booklet.state == EditionState.WITHDRAWN:
        raise NotAllowed(f"L’édition {booklet.number} du livret est déjà retirée.")
    state = next_state("withdraw", booklet.state, EDITION)
    if not (reason := reason.strip()):
        raise NotAllowed("Dites pourquoi l’édition est retirée : le motif est public.")
    booklet.state, booklet.withdrawn_at, booklet.withdrawal_reason = state, timezone.now(), reason
    booklet.save(update_fields=["state", "withdrawn_at", "withdrawal_reason"])
    catalogue.forget(booklet)
    told(Action.BOOKLET_WITHDRAW, booklet, by=by, key=key, reason=reason)
    booklet_notices.withdrawn(booklet, by=by)
    return booklet
