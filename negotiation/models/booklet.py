"""A published edition of the livret: the very bytes, named by their fingerprint."""
from django.db import models

from .account import User
from .negotiation import Negotiation


class Booklet(models.Model):
    """Edition `number` of the livret, stored once in the file store under `sha256` and never made again.

    A withdrawn edition keeps its number and its file, and is no longer given to anybody.
    """
    negotiation = models.ForeignKey(Negotiation, models.PROTECT, related_name="booklets")
    number = models.PositiveSmallIntegerField("édition")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    pages = models.PositiveSmallIntegerField("pages")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("publié le", auto_now_add=True)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawal_reason = models.TextField("motif du retrait", blank=True)

    class Meta:
        verbose_name = "livret"
        ordering = ["negotiation", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["negotiation", "number"], name="booklet_number_unique"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawal_reason="")
                | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawal_reason=""),
                name="booklet_withdrawal_has_reason",
                violation_error_message="Une édition retirée porte la date et le motif de son retrait."),
        ]

    def __str__(self):
        return f"{self.negotiation_id} édition {self.number}"
