"""What people are told of the editions of the livret and of their signatures; written as notices.py says."""
from django.urls import reverse
from django.utils import timezone

from ..choices import NoticeKind
from ..dates import NBSP
from . import audience
from .notices import line, quoted, settle, tell


def making_topic(dossier, number):
    return f"making:{dossier.pk}:{number}"


def to_asker(user, dossier, number, cause, title, text, page):
    """To whoever asked for an edition, who may have left its page; to nobody when a command asked."""
    tell([user] if user else [], NoticeKind.TURN, cause, f"{title} — {dossier.region}", text,
         reverse(page, args=[dossier.slug, number]), topic=making_topic(dossier, number), negotiation=dossier)


def made(booklet):
    """A worker has made it meanwhile."""
    dossier, number = booklet.negotiation, booklet.number
    to_asker(booklet.established_by, dossier, number, f"made:{booklet.pk}", f"Édition {number} prête à relire",
             f"Édition {number} du livret{NBSP}: {dossier.title}, {dossier.region}, {booklet.pages} pages. Relisez son "
             f"fichier{NBSP}: rien n’est public tant qu’elle n’est pas publiée.", "booklet_publish")


def not_made(making):
    """It could not be made: nothing is lost, and they may try again."""
    dossier, number = making.negotiation, making.number
    to_asker(making.by, dossier, number, f"not-made:{making.pk}:{making.code}:{timezone.now().timestamp():.0f}",
             f"Édition {number} non faite", f"La préparation de l’édition {number} du livret s’est arrêtée{NBSP}: "
             f"{dossier.title}, {dossier.region}.\n{making.failure}", "booklet_making")


def making_over(dossier, number):
    settle(topic=making_topic(dossier, number))


def published(booklet, *, by):
    dossier = booklet.negotiation
    making_over(dossier, booklet.number)
    text = f"Édition {booklet.number} du livret{NBSP}: {dossier.title}, {dossier.region}, {booklet.pages} pages."
    tell(audience.readers(dossier), NoticeKind.BOOKLET, f"booklet:{booklet.pk}",
         f"Livret publié, édition {booklet.number} — {dossier.region}", text, reverse("booklet", args=[dossier.slug]),
         by=by, topic=f"booklet:{booklet.pk}", negotiation=dossier)


def holders(dossier):
    """Those who read the livret, and those who deposit what signs it."""
    return (audience.readers(dossier) | audience.signatories(dossier)).distinct()


def replaced(booklet):
    """Whoever had not read that it was published is told of the one that replaces it."""
    settle(topic=f"booklet:{booklet.pk}")


def withdrawn(booklet, *, by):
    """Those who hold it, and those who signed it, are told at once, with the reason."""
    replaced(booklet)
    dossier = booklet.negotiation
    signed = " Les deux parties l’avaient signée." if booklet.signed_at else ""
    text = (f"L’édition {booklet.number} du livret est retirée{NBSP}: {dossier.title}, {dossier.region}.{signed}"
            f"\nMotif{NBSP}: {quoted(booklet.withdrawal_reason)}")
    tell(holders(dossier), NoticeKind.BOOKLET,
         f"withdrawn:{booklet.pk}", f"Livret retiré, édition {booklet.number} — {dossier.region}", text,
         reverse("booklet", args=[dossier.slug]), by=by, topic=f"booklet:{booklet.pk}", negotiation=dossier)


def signature(signature, *, by):
    """Both parties are told what is deposited or withdrawn in the name of one: a mistake is seen at once."""
    dossier, booklet = signature.booklet.negotiation, signature.booklet
    act = "retirée" if signature.ended_at else "déposée"
    text = (f"Signature {act}{NBSP}: {line(signature.function)}, édition {booklet.number} du livret, {dossier.title}, "
            f"{dossier.region}.")
    tell(audience.signatories(dossier), NoticeKind.BOOKLET, f"signature:{signature.pk}:{act}",
         f"Signature {act}, édition {booklet.number} — {dossier.region}", text,
         reverse("signatures", args=[dossier.slug, booklet.number]), by=by, topic=f"signature:{booklet.pk}",
         negotiation=dossier)


def signed(booklet, *, by):
    dossier = booklet.negotiation
    text = (f"Les deux parties ont signé l’édition {booklet.number} du livret{NBSP}: {dossier.title}, "
            f"{dossier.region}.")
    tell(holders(dossier), NoticeKind.BOOKLET,
         f"signed:{booklet.pk}:{booklet.signed_at.timestamp():.0f}", f"Contrat signé — {dossier.region}", text,
         reverse("booklet", args=[dossier.slug]), by=by, topic=f"signature:{booklet.pk}", negotiation=dossier)
