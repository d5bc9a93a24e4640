"""The making of an edition: asked for, taken by one process at a time, carried to its end, taken again, given up.

The row of a Making is the truth of it; the queue only says that somebody should look. A process that was silent too
long has lost it: whatever it still writes is refused.
"""
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .. import codes
from ..choices import Action, MakingState
from ..models import Making
from ..models.making import LEASE
from . import booklet_notices, booklets
from .journal import is_done, one_time, record
from .records import lock
from .transitions import NotAllowed

BEAT = timedelta(seconds=10)
ATTEMPTS = 3
UNDER_WAY = ("L’édition {} est déjà en préparation : attendez-la, ou abandonnez sa préparation avant d’en établir une "
             "autre.")
TOO_OFTEN = ("La préparation s’est arrêtée trois fois sans que la machine dise pourquoi : elle manque sans doute de "
             "mémoire. Le dossier est intact. Prévenez l’administration de l’application avant de réessayer.")


class Lost(Exception):
    """This process no longer holds the making: another has taken it, or somebody has given it up."""


@dataclass(frozen=True)
class Words:
    """What an edition says: its content as JSON, the SHA-256 of it, the version of its form."""
    text: str
    sha256: str
    format: int


def ask(negotiation, words, *, by, key=""):
    """Freeze what the next edition says, and give it its number and code; inside a transaction that holds the lock of
    the dossier. Returns the Making, or None when the form with this key has already led to its edition. Raises
    NotAllowed.
    """
    if is_done(negotiation, key):
        return None
    under_way = Making.objects.filter(negotiation=negotiation).first()
    if under_way:
        if key and under_way.key == key:
            return under_way
        raise NotAllowed(UNDER_WAY.format(under_way.number))
    booklets.refuse_same(negotiation, words.sha256)
    now = timezone.now()
    return Making.objects.create(
        negotiation=negotiation, number=booklets.next_number(negotiation), code=codes.draw(), at=now, by=by, key=key,
        format=words.format, sha256=words.sha256, text=words.text, seen_at=now)


@transaction.atomic
def take(pk):
    """The Making, now held by this process; None when there is none, when it failed, or when another works on it."""
    making = Making.objects.select_for_update(of=("self",)).select_related("negotiation", "by").filter(pk=pk).first()
    if making is None or making.is_failed or making.holder and not making.is_silent:
        return None
    if making.attempts >= ATTEMPTS:
        stop(making, TOO_OFTEN)
        return None
    making.state, making.holder, making.seen_at = MakingState.GATHERING, secrets.token_hex(16), timezone.now()
    making.attempts += 1
    making.save(update_fields=["state", "holder", "seen_at", "attempts"])
    return making


def advance(making, state):
    """Say how far the work is. Raises Lost."""
    making.state, making.seen_at = state, timezone.now()
    if not held(making).update(state=state, seen_at=making.seen_at):
        raise Lost


def beat(making):
    """A sign of life, from time to time only: it may be called at any moment of the work. Raises Lost."""
    if timezone.now() - making.seen_at >= BEAT:
        advance(making, making.state)


def held(making):
    return Making.objects.filter(pk=making.pk, holder=making.holder)


def finish(making, pdf):
    """Keep the file and turn the making into its edition. Returns the Booklet. Raises Lost, NotAllowed."""
    # The file is on the disk before the transaction: a crash never leaves an edition without it.
    file = booklets.keep(pdf)
    with transaction.atomic():
        negotiation = lock(making.negotiation)
        if not held(making).select_for_update().exists():
            raise Lost
        Making.objects.filter(pk=making.pk).delete()
        made = booklets.Made(making.number, making.code, making.at, pdf, making.text, making.sha256, making.format)
        booklet = booklets.create(negotiation, made, file, by=making.by, key=making.key)
        booklet_notices.making_over(negotiation, making.number)
        # In the embedded form, the page that asked has just answered.
        if booklet and settings.QUEUED:
            booklet_notices.made(booklet)
        return booklet


def fail(making, reason):
    """The work could not be done; what was asked for is kept, and so is the reason. Nothing when it is lost."""
    with transaction.atomic():
        if found := held(making).select_for_update().first():
            stop(found, reason)


def put_back(making):
    """Let it wait again for whoever takes it first. Returns whether it does: not when it is lost, nor when it has been
    tried often enough.
    """
    return making.attempts < ATTEMPTS and bool(
        held(making).update(state=MakingState.WAITING, holder="", seen_at=timezone.now()))


def stop(making, reason):
    making.state, making.failure, making.holder = MakingState.FAILED, reason, ""
    making.save(update_fields=["state", "failure", "holder"])
    if settings.QUEUED:
        booklet_notices.not_made(making)


@transaction.atomic
def retry(negotiation, number):
    """Let the edition of this number be made again, with the same content, number and code, by whoever takes it first.
    Returns the Making, None when there is none any more or when it is being made.
    """
    making = Making.objects.select_for_update().filter(negotiation=negotiation, number=number).first()
    if making is None or not (making.is_failed or making.is_silent):
        return None
    making.state, making.failure, making.holder, making.attempts = MakingState.WAITING, "", "", 0
    making.seen_at = timezone.now()
    making.save(update_fields=["state", "failure", "holder", "attempts", "seen_at"])
    booklet_notices.making_over(negotiation, number)
    return making


def left(negotiation):
    """The making of this dossier that no living process works on, ready to be taken; None without one."""
    found = Making.objects.filter(negotiation=negotiation).only("number").first()
    return found and retry(negotiation, found.number)


@transaction.atomic
def abandon(negotiation, number, *, by, key=""):
    """Give up the edition of this number before it exists: its content and code are forgotten, its number is free.
    Returns whether it was given up now (False: the form with this key was already carried out). Raises NotAllowed.
    """
    negotiation = lock(negotiation)
    key = one_time(key, Action.BOOKLET_ABANDON, number)
    if is_done(negotiation, key):
        return False
    making = Making.objects.select_for_update().filter(negotiation=negotiation, number=number).first()
    if making is None:
        raise NotAllowed(f"L’édition {number} n’est plus en préparation.")
    record(Action.BOOKLET_ABANDON, f"livret, édition {number}", by=by, negotiation=negotiation, key=key,
           details={"edition": number, "content": making.sha256})
    making.delete()
    booklet_notices.making_over(negotiation, number)
    return True


def silent():
    """The makings that no living process works on: waiting for long, or left by one that died."""
    return Making.objects.exclude(state=MakingState.FAILED).filter(
        seen_at__lt=timezone.now() - LEASE).defer("text").order_by("pk")


def queued(making, task):
    """Remember the place of a making in the queue."""
    Making.objects.filter(pk=making.pk).update(task=task)
