"""The journal: every act, who did it, for which organisation, when, from which state to which; and its chains."""
from django.db import models
from django.utils import timezone

from ..choices import Action
from .account import User
from .negotiation import Negotiation
from .progress import StepProgress


class JournalEntry(models.Model):
    """Written by workflow/journal.py only, in the same transaction as the act; the database refuses to change it.

    Each entry is linked to the one before: `number` is its rank in its chain (one chain per dossier, one for what
    belongs to no dossier), `previous` the hash of the entry before, `hash` the hash of all that this one tells.
    `by` is empty when the application itself acts. `key` is the one-time key of the form that asked for the act: a
    double click finds it taken.
    """
    negotiation = models.ForeignKey(Negotiation, models.PROTECT, null=True, related_name="journal")
    progress = models.ForeignKey(StepProgress, models.PROTECT, null=True, related_name="journal", verbose_name="étape")
    number = models.PositiveIntegerField("rang", editable=False)
    at = models.DateTimeField("quand", default=timezone.now, editable=False)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="qui")
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
    previous = models.CharField("empreinte de l’acte précédent", max_length=64, blank=True, editable=False)
    hash = models.CharField("empreinte", max_length=64, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = "acte du journal", "journal"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["negotiation", "key"], condition=~models.Q(key=""),
                                    name="journal_key_unique"),
            models.UniqueConstraint(fields=["negotiation", "number"], name="journal_number_unique"),
            # For a database, two empty dossiers are never the same.
            models.UniqueConstraint(fields=["number"], condition=models.Q(negotiation__isnull=True),
                                    name="journal_number_unique_without_dossier"),
        ]
        indexes = [models.Index(fields=["negotiation", "-id"], name="journal_of_negotiation"),
                   # What the journal's page filters on.
                   models.Index(fields=["negotiation", "organisation"], name="journal_organisation"),
                   models.Index(fields=["negotiation", "action"], name="journal_action"),
                   models.Index(fields=["negotiation", "at"], name="journal_at")]

    def __str__(self):
        return f"{self.action} {self.subject}"


class JournalHead(models.Model):
    """The last entry of one chain: writers of a chain queue on this row, and a removed last entry is missed here.

    The database lets it advance by one, never go back. `chain` is the key of the dossier, or WITHOUT_DOSSIER.
    """
    WITHOUT_DOSSIER = 0

    chain = models.BigIntegerField("dossier", primary_key=True)
    number = models.PositiveIntegerField("nombre d’actes", default=0)
    hash = models.CharField("empreinte du dernier acte", max_length=64, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "fin de journal", "fins de journaux"

    def __str__(self):
        return f"{self.chain} n° {self.number}"
