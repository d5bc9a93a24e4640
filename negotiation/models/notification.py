"""What a person is told, in the application and by mail, and how often they want the mail.

Rows are written by workflow/notices.py, in the transaction of the act they tell.
"""
from django.db import models
from django.db.models import Q

from ..choices import Frequency, NoticeKind
from .account import User
from .negotiation import Negotiation
from .progress import StepProgress

WAITS = Q(read_at__isnull=True, settled_at__isnull=True)


class NotificationQuerySet(models.QuerySet):
    def unread(self):
        """Neither read nor settled: what the counter counts."""
        return self.filter(WAITS)

    def unsent(self):
        """What a mail may still tell: what was read or settled needs none."""
        return self.filter(WAITS, mailed_at__isnull=True, user__is_active=True)

    def known(self, topics):
        """What still stands of these topics, and was read or has left by mail."""
        return self.filter(topic__in=topics, settled_at__isnull=True).exclude(
            read_at__isnull=True, mailed_at__isnull=True, claimed_at__isnull=True)

    def shown_to(self, user):
        """Their own, without those of a dossier that they do not see any more."""
        return self.filter(Q(negotiation__isnull=True) | Q(
            negotiation__in=Negotiation.objects.visible_to(user).order_by()), user=user)


class Notification(models.Model):
    """One thing told to one person, in words that are enough without opening the link."""
    user = models.ForeignKey(User, models.CASCADE, related_name="notifications", verbose_name="personne")
    kind = models.CharField("nature", max_length=10, choices=NoticeKind)
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, null=True, related_name="+")
    progress = models.ForeignKey(StepProgress, models.CASCADE, null=True, related_name="+")
    # Why it is told: nobody is told twice for one cause.
    cause = models.CharField("cause", max_length=120)
    # What it is about (« seat:12 »): when that is settled, so is the notification.
    topic = models.CharField("objet", max_length=60, blank=True)
    title = models.CharField("titre", max_length=200)
    text = models.TextField("texte")
    link = models.CharField("page", max_length=200)
    created_at = models.DateTimeField("écrite le")
    # A process is sending it, or died while it was.
    claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField("envoyée le", null=True)
    read_at = models.DateTimeField("lue le", null=True)
    settled_at = models.DateTimeField("réglée le", null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "notification"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "cause"], name="notification_cause_unique")]
        indexes = [
            models.Index(fields=["user"], name="notification_unread", condition=WAITS),
            models.Index(fields=["topic"], name="notification_open_topic", condition=Q(settled_at__isnull=True)),
        ]

    def __str__(self):
        return self.title


class NotificationChoice(models.Model):
    """How often one person wants mails of one kind; without a row, choices.USUAL_FREQUENCY."""
    user = models.ForeignKey(User, models.CASCADE, related_name="notification_choices", verbose_name="personne")
    kind = models.CharField("nature", max_length=10, choices=NoticeKind)
    frequency = models.CharField("courriel", max_length=10, choices=Frequency)
    # Who wanted none is not sent the past when they want some again.
    mails_since = models.DateTimeField("courriels depuis", null=True)

    class Meta:
        verbose_name, verbose_name_plural = "choix de notification", "choix de notification"
        ordering = ["user", "kind"]
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_unique")]

    def __str__(self):
        return f"{self.get_kind_display()} : {self.get_frequency_display()}"
