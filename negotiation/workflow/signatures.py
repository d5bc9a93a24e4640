"""The signed copy: the scan of each party's signature on one edition; the contract is signed when both are there.

A wrong one is replaced or withdrawn, with a reason, and stays readable. The livret itself is never made again.
"""
from django.db import transaction
from django.utils import timezone

from ..choices import Action, EditionState, Nature, Party
from ..dates import spoken
from ..models import Booklet, Signature
from . import booklet_notices
from .journal import is_done, one_time, organisation_of, record
from .records import lock
from .transitions import NotAllowed


@transaction.atomic
def deposit(signature, scan, *, by, reason="", key=""):
    """Keep the signature of one party on one edition, in the place of the one that was there, which needs a reason.

    signature: a Signature with booklet, party and what is said of it; scan: an object with sha256, size, kind, name,
    already in the store. Returns it, or None when the form with this key was already carried out. Raises NotAllowed,
    ValidationError.
    """
    booklet = opened(signature.booklet)
    key = one_time(key, Action.SIGNATURE_DEPOSIT, booklet.number, signature.party, scan.sha256)
    if is_done(booklet.negotiation, key):
        return None
    refuse_date(signature, booklet)
    signed_at = unsigned(booklet)
    before = Signature.objects.filter(booklet=booklet, party=signature.party, ended_at__isnull=True).first()
    if before:
        end(before, reason, by=by)
    signature.booklet, signature.edition_sha256 = booklet, booklet.sha256
    signature.sha256, signature.size, signature.kind, signature.file_name = scan.sha256, scan.size, scan.kind, scan.name
    signature.deposited_by, signature.deposited_for = by, organisation_of(by, booklet.negotiation)
    signature.deposited_at, signature.deposited_on = timezone.now(), timezone.localdate()
    signature.full_clean()
    signature.save(force_insert=True)
    told(Action.SIGNATURE_DEPOSIT, signature, booklet, by=by, key=key, reason=reason if before else "",
         replaced=before and before.sha256)
    booklet_notices.signature(signature, by=by)
    sign(booklet, signed_at, by=by)
    return signature


@transaction.atomic
def withdraw(signature, reason, *, by, key=""):
    """Take a wrong signature away, for a reason: the contract is no longer signed. Returns it, or None when the form
    with this key was already carried out. Raises NotAllowed.
    """
    booklet = opened(signature.booklet, also_withdrawn=True)
    key = one_time(key, Action.SIGNATURE_WITHDRAW, signature.pk)
    if is_done(booklet.negotiation, key):
        return None
    signature = Signature.objects.get(pk=signature.pk)
    if signature.ended_at:
        raise NotAllowed("Cette signature est déjà remplacée ou retirée.")
    unsigned(booklet)
    end(signature, reason, by=by)
    told(Action.SIGNATURE_WITHDRAW, signature, booklet, by=by, key=key, reason=reason)
    booklet_notices.signature(signature, by=by)
    return signature


def opened(booklet, *, also_withdrawn=False):
    """The edition read again behind the lock of its dossier. Raises NotAllowed when it cannot be signed."""
    negotiation = lock(booklet.negotiation)
    booklet = Booklet.objects.get(pk=booklet.pk)
    booklet.negotiation = negotiation
    if booklet.state == EditionState.WITHDRAWN and not also_withdrawn:
        raise NotAllowed(f"L’édition {booklet.number} est retirée : on ne signe plus ce qu’elle dit.")
    if not booklet.code:
        raise NotAllowed(f"L’édition {booklet.number} date d’avant les codes de vérification : établissez-en une "
                         "nouvelle.")
    return booklet


def refuse_date(signature, booklet):
    """Nobody signs to come, nor before the pages exist. An exercise, and a dossier rebuilt from sources, tell of
    another time than that of their editions."""
    made_on = timezone.localdate(booklet.established_at)
    if signature.signed_on > timezone.localdate():
        raise NotAllowed("La date de la signature est à venir : on ne dépose que ce qui est signé.")
    if booklet.negotiation.nature == Nature.REAL and signature.signed_on < made_on:
        raise NotAllowed(f"L’édition {booklet.number} a été établie le {spoken(made_on)} : elle ne peut pas avoir "
                         "été signée avant.")


def unsigned(booklet):
    """The edition as it is while one of its signatures changes hands; since when it was signed, if it was."""
    since, booklet.signed_at = booklet.signed_at, None
    if since:
        booklet.save(update_fields=["signed_at"])
    return since


def end(signature, reason, *, by):
    if not (reason := reason.strip()):
        raise NotAllowed("Dites pourquoi cette signature est remplacée ou retirée : l’ancienne reste lisible.")
    signature.ended_by, signature.ended_at, signature.end_reason = by, timezone.now(), reason[:300]
    signature.save(update_fields=["ended_by", "ended_at", "end_reason"])


def sign(booklet, since, *, by):
    """The contract is signed once both parties have signed this edition; since: it was already."""
    parties = set(Signature.objects.filter(booklet=booklet, ended_at__isnull=True).values_list("party", flat=True))
    if parties != set(Party.values):
        return
    booklet.signed_at = since or timezone.now()
    booklet.save(update_fields=["signed_at"])
    if not since:
        record(Action.BOOKLET_SIGN, f"livret, édition {booklet.number}", by=by, negotiation=booklet.negotiation,
               details={"edition": booklet.number, "sha256": booklet.sha256})
        booklet_notices.signed(booklet, by=by)


def told(action, signature, booklet, *, by, key="", reason="", **details):
    details = {name: value for name, value in details.items() if value}
    record(action, f"{signature.function}, livret, édition {booklet.number}", by=by,
           negotiation=booklet.negotiation, key=key, reason=reason, details={
               "edition": booklet.number, "function": signature.function, "signed_on": str(signature.signed_on),
               "mandate": signature.mandate, "place": signature.place, "sha256": signature.sha256} | details)
