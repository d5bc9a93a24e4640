"""A published edition of the livret: the very bytes, named by their fingerprint."""
from django.db import models

from .account import User
from .negotiation import Negotiation


class Booklet(models.Model):
    """Edition `number` of the livret, stored once in the file store under `sha256` and never made again."""
    negotiation = models.ForeignKey(Negotiation, models.PROTECT, related_name="booklets")
    number = models.PositiveSmallIntegerField("édition")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    pages = models.PositiveSmallIntegerField("pages")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("publié le", auto_now_add=True)

    class Meta:
        verbose_name = "livret"
        ordering = ["negotiation", "-number"]
        constraints = [models.UniqueConstraint(fields=["negotiation", "number"], name="booklet_number_unique")]

    def __str__(self):
        return f"{self.negotiation_id} édition {self.number}"
