"""What the page « Notifications » reads: the person's own, newest first, and how often they want mails."""
from ..choices import USUAL_FREQUENCY
from ..models import Notification, NotificationChoice


def of(user):
    return Notification.objects.shown_to(user).select_related("negotiation")


def frequencies(user):
    """{kind: frequency} for every kind, chosen or usual."""
    chosen = NotificationChoice.objects.filter(user=user).values_list("kind", "frequency")
    return {kind.value: frequency.value for kind, frequency in USUAL_FREQUENCY.items()} | dict(chosen)
