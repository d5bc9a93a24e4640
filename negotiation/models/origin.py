"""Where a dossier that was restored from an archive comes from: the keys under which its first acts were sealed."""
from django.db import models

from .negotiation import Negotiation

NAMED = ("user", "stepprogress", "actor", "document")


class Origin(models.Model):
    """Up to its act `until`, the journal of the dossier was written on another installation, where rows had other keys.

    keys: {"negotiation": 3, and for each of NAMED {key here, as a text: key there}}. A seal holds the keys of its day:
    with these it is verified, and what an act says of a row is told by its name. Written by workflow/archives only.
    """
    negotiation = models.ForeignKey(Negotiation, models.PROTECT, related_name="origins")
    until = models.PositiveIntegerField("dernier acte de cette origine")
    keys = models.JSONField("clés d’origine")

    class Meta:
        verbose_name = "origine d’un dossier restauré"
        verbose_name_plural = "origines des dossiers restaurés"
        ordering = ["negotiation", "until"]
        constraints = [models.UniqueConstraint(fields=["negotiation", "until"], name="origin_until_unique")]

    def __str__(self):
        return f"{self.negotiation_id} jusqu’à l’acte {self.until}"

    def there(self, kind, key):
        """The key that a row of here had there; None for none, and for a row that was not there."""
        return self.keys["negotiation"] if kind == "negotiation" else self.keys.get(kind, {}).get(str(key))


def origin_of(number, origins):
    """The Origin of the act of this rank, None when it was written here; origins: those of its dossier, in order."""
    return next((origin for origin in origins if number <= origin.until), None)
