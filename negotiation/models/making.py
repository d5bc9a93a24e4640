"""An edition of the livret between its request and its file: what it will say, how far it is, and who works on it."""
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .. import codes
from ..choices import MakingState
from .account import User
from .negotiation import Negotiation

# A process that works says so every ten seconds or so; after this silence it is dead, and another takes its place.
LEASE = timedelta(seconds=60)
UNHELD = (MakingState.WAITING, MakingState.FAILED)


class Making(models.Model):
    """The next edition of a dossier while its file is being made: one at a time, and none once the edition exists.

    `text` is frozen when the edition is asked for; number, code and date are those that its pages carry, so that a
    second attempt makes the same bytes. `holder` names the process that works on it now, seen alive at `seen_at`;
    `task` is its place in the queue.
    """
    negotiation = models.OneToOneField(Negotiation, models.PROTECT, related_name="making")
    number = models.PositiveSmallIntegerField("édition")
    code = models.CharField("code de vérification", max_length=codes.LENGTH, unique=True)
    at = models.DateTimeField("demandée le")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="par")
    key = models.CharField(max_length=40, blank=True)
    format = models.PositiveSmallIntegerField("version du format")
    sha256 = models.CharField("empreinte SHA-256 du texte", max_length=64)
    text = models.TextField("contenu (JSON)")
    state = models.CharField("état", max_length=12, choices=MakingState, default=MakingState.WAITING)
    failure = models.TextField("pourquoi elle s’est arrêtée", blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    holder = models.CharField("processus", max_length=32, blank=True)
    seen_at = models.DateTimeField("dernier signe de vie")
    task = models.CharField("tâche", max_length=64, blank=True)

    class Meta:
        verbose_name = "édition en préparation"
        verbose_name_plural = "éditions en préparation"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MakingState.FAILED) & ~Q(failure="")
                | ~Q(state=MakingState.FAILED) & Q(failure=""),
                name="making_failure_has_reason",
                violation_error_message="Une préparation interrompue dit pourquoi."),
            models.CheckConstraint(
                condition=Q(state__in=UNHELD) & Q(holder="") | ~Q(state__in=UNHELD) & ~Q(holder=""),
                name="making_work_has_holder",
                violation_error_message="Une préparation en cours est faite par un processus."),
        ]

    def __str__(self):
        return f"{self.negotiation_id} édition {self.number}, {self.get_state_display()}"

    @property
    def is_failed(self):
        return self.state == MakingState.FAILED

    @property
    def is_silent(self):
        """Has nobody given a sign of life for longer than a living process may?"""
        return not self.is_failed and self.seen_at < timezone.now() - LEASE
