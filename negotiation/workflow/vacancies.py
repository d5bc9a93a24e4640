"""When people leave, or come back: are the steps that wait for their organisations left to nobody? Told at once to the
administrators, in the transaction of the act, as notices.py says; called off when somebody may speak again. Where a
date makes them leave or come, it is told at the next run of the scheduler (reminders.sweep).
"""
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from ..models import Deputy, Membership, Notification, Seat
from . import audience, notices


def of_person(user, *organisations):
    """After the rights of a person have changed. organisations: more, of which they are no longer a member."""
    look([*organisations, *Membership.objects.filter(user=user).order_by().values_list("organisation", flat=True)])


# Longer than any silence of the scheduler; looking twice tells nothing twice.
MONTH = timedelta(days=31)


@transaction.atomic
def of_dates(today):
    """After the days that made memberships and deputies begin and end, up to this one."""
    turned = Q(starts_on__range=(today - MONTH, today)) | Q(ends_on__range=(today - MONTH, today - timedelta(days=1)))
    deputies = Deputy.objects.filter(turned).order_by()
    look({*Membership.objects.filter(turned).order_by().values_list("organisation", flat=True),
          *deputies.values_list("membership__organisation", flat=True)})


def look(organisations, negotiation=None):
    """After somebody of these organisations has left or come. negotiation: of this dossier only."""
    awaited = Seat.objects.awaited()
    concerned = awaited.filter(organisation__in=organisations)
    if negotiation:
        concerned = concerned.filter(passage__submission__progress__negotiation=negotiation)
    found = {}
    for seat in awaited.filter(passage__in=concerned.order_by().values("passage")).select_related(
            "passage__submission__progress__step", "passage__submission__progress__negotiation__region").defer(
            "passage__submission__content").order_by("passage", "order"):
        found.setdefault(seat.passage.submission, []).append(seat)
    for submission, seats in found.items():
        judge(submission, seats)


def judge(submission, seats):
    """Everybody is told, whoever acts: it follows from the act, and is not seen in it."""
    progress = submission.progress
    told = Notification.objects.filter(cause__startswith=f"stuck:{submission.pk}:")
    if any(audience.at_seat(seat, progress).exists() for seat in seats):
        notices.settle(cause__startswith=f"stuck:{submission.pk}:")
    elif not told.filter(settled_at__isnull=True).exists():
        notices.stuck(progress, submission, by=None, again=f":{told.order_by().values('cause').distinct().count()}")
