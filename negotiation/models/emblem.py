"""The logos and emblems that the cover of a livret carries, put there by an administrator; none by default."""
from django.db import models

from .territory import Region


class Emblem(models.Model):
    """A small PNG, drawn again from what was deposited (files/emblems.py). An edition keeps its own copy of it."""
    label = models.CharField("texte de remplacement", max_length=120,
                             help_text="Ce que l’on voit, pour qui ne voit pas l’image : « Armoiries du Mali ».")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="emblems",
                               verbose_name="Région", help_text="Vide : sur tous les livrets.")
    order = models.PositiveSmallIntegerField("ordre", default=1, help_text="Le plus petit est à gauche.")
    is_shown = models.BooleanField("sur la couverture", default=True,
                                   help_text="Décochez pour les prochains livrets ; les éditions établies le gardent.")
    image = models.BinaryField("image (PNG)")

    class Meta:
        verbose_name, verbose_name_plural = "logo des livrets", "logos des livrets"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.label
