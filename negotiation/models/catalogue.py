"""The catalogue of the published livrets: what each edition says, in words that can be searched.

Written in workflow/catalogue.py from the frozen content, when an edition is published; never from the dossier of today.
"""
from django.db import models

from .booklet import Booklet


class CatalogueEntry(models.Model):
    """One published edition. words: its texts, folded (folding.py); "" for a withdrawn one, which says nothing."""
    booklet = models.OneToOneField(Booklet, models.PROTECT, primary_key=True, related_name="catalogue")
    title = models.CharField("titre", max_length=200)
    region = models.CharField("Région ou District", max_length=200)
    period = models.CharField("période", max_length=20)
    nature = models.CharField("nature", max_length=100, blank=True)
    total = models.BigIntegerField("plan de financement (FCFA)", null=True, blank=True)
    projects = models.PositiveIntegerField("projets", null=True, blank=True)
    words = models.TextField("mots", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "édition au catalogue", "éditions au catalogue"

    def __str__(self):
        return f"{self.region}, {self.period}"


class CatalogueTag(models.Model):
    """What an edition is found by: its Region, its period, a financier or a theme. key: the folded name."""
    class Kind(models.TextChoices):
        REGION = "region", "Région"
        PERIOD = "periode", "période"
        FINANCIER = "financeur", "financeur"
        THEME = "theme", "thème"

    entry = models.ForeignKey(CatalogueEntry, models.CASCADE, related_name="tags")
    kind = models.CharField("nature", max_length=10, choices=Kind)
    key = models.CharField("clé", max_length=300)
    name = models.CharField("nom", max_length=300)

    class Meta:
        verbose_name, verbose_name_plural = "repère du catalogue", "repères du catalogue"
        ordering = ["kind", "key"]
        constraints = [models.UniqueConstraint(fields=["entry", "kind", "key"], name="catalogue_tag_unique")]
        indexes = [models.Index(fields=["kind", "key"], name="catalogue_tag_key")]

    def __str__(self):
        return self.name
