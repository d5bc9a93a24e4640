"""What a mail still has to tell: claimed by one process at a time, marked sent once the server has taken it.

A claim lasts LEASE. A process that dies between the server's answer and the mark leaves a claim that runs out: the
mail then leaves once more, and none is ever lost.
"""
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from ..choices import NoticeKind
from ..models import Notification, Seat
from . import audience

LEASE = timedelta(minutes=15)


@transaction.atomic
def claim(pks, now):
    """The notifications among these that this process sends now; what is settled meanwhile is marked so."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - LEASE)
    rows = list(Notification.objects.unsent().filter(free, pk__in=pks).select_related("user", "negotiation").order_by(
        "pk").select_for_update(of=("self",), skip_locked=True, no_key=True))
    kept = [row for row in rows if still_concerns(row)]
    Notification.objects.filter(pk__in=[row.pk for row in rows if row not in kept]).update(settled_at=now)
    Notification.objects.filter(pk__in=[row.pk for row in kept]).update(claimed_at=now)
    return kept


def still_concerns(row):
    """Does it still say something true to this person? They see the dossier, and where their turn is told, it is so."""
    if not audience.sees(row.user, row.negotiation):
        return False
    name, _, pk = row.topic.partition(":")
    if name != "seat":
        return True
    seat = Seat.objects.filter(pk=pk).select_related("passage__submission__progress__negotiation").first()
    if not seat or not seat.is_waited_for or seat.passage.closed_at or seat.passage.submission.closed_at:
        return False
    # The next person in charge, told of a delay, does not always speak at the seat.
    return row.kind == NoticeKind.LATE or audience.at_seat(seat, seat.progress).filter(pk=row.user_id).exists()


def sent(rows, now):
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now, claimed_at=None)


def release(rows):
    """The server did not take it: the next run tries again."""
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_at=None)
