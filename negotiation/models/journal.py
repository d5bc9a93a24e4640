"""The journal: every act, who did it, for which organisation, when, from which state to which."""
from django.db import models

from ..choices import Action
from .account import User
from .negotiation import Negotiation
from .progress import StepProgress


class JournalEntry(models.Model):
    """Written by workflow/journal.py only, in the same transaction as the act; never changed.

    `key` is the one-time key of the form that asked for the act: a double click finds it taken.
    """
    negotiation = models.ForeignKey(Negotiation, models.PROTECT, null=True, related_name="journal")
    progress = models.ForeignKey(StepProgress, models.PROTECT, null=True, related_name="journal", verbose_name="étape")
    at = models.DateTimeField("quand", auto_now_add=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="qui")
    # As they were on the day: a person may change name or leave, the journal does not.
    by_name = models.CharField("nom", max_length=150)
    organisation = models.CharField("organisation", max_length=200, blank=True)
    action = models.CharField("acte", max_length=40, choices=Action)
    subject = models.CharField("objet", max_length=300)
    from_state = models.CharField("depuis l’état", max_length=12, blank=True)
    to_state = models.CharField("vers l’état", max_length=12, blank=True)
    reason = models.TextField("motif", blank=True)
    details = models.JSONField("détails", default=dict)
    key = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "acte du journal", "journal"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["negotiation", "key"], condition=~models.Q(key=""),
                                               name="journal_key_unique")]
        indexes = [models.Index(fields=["negotiation", "-id"], name="journal_of_negotiation")]

    def __str__(self):
        return f"{self.action} {self.subject}"
