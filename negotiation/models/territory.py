"""The nineteen Regions and the District of Bamako."""
from django.db import models

from ..choices import RegionKind
from .reference import Reference


class Region(Reference):
    """A Region or the District. The slug is the key: official codes are partly to be checked."""
    slug = models.SlugField("identifiant", unique=True)
    kind = models.CharField("nature", max_length=10, choices=RegionKind)
    name = models.CharField("nom", max_length=80)
    capital = models.CharField("chef-lieu", max_length=80)
    code_ct = models.CharField("code de collectivité (CT)", max_length=4)
    code_ca = models.CharField("code de circonscription (CA)", max_length=4)
    iso = models.CharField("code ISO 3166-2", max_length=8, blank=True)
    codes_to_check = models.BooleanField("codes à vérifier", default=False)
    origin = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="issue de")
    note = models.TextField("note", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "Région ou District", "Régions et District"
        ordering = ["code_ct"]

    def __str__(self):
        return self.name if self.kind == RegionKind.DISTRICT else f"Région de {self.name}"
