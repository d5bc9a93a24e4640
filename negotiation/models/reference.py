"""What reference data have in common: their sources, and the trace of what was loaded.

`loaded_digest` tells the loader whether an administrator has edited a row since: such a row is left alone.
"""
from django.core.exceptions import ValidationError
from django.db import models

from ..choices import Origin, SourceStatus


def is_code_list(value):
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise ValidationError("Écrivez une liste de codes de sources, par exemple [\"S01\", \"S05\"].")


class Reference(models.Model):
    sources = models.JSONField("sources", default=list, blank=True, validators=[is_code_list])
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


class StatedReference(Reference):
    """A reference whose reliability is stated."""
    source_status = models.CharField(
        "statut de la source", max_length=12, choices=SourceStatus, default=SourceStatus.PROPOSED)

    class Meta:
        abstract = True


class Source(Reference):
    """A public document that the reference data rest on (S = Mali, C = comparison)."""
    sources = None
    code = models.CharField("code", max_length=6, unique=True)
    origin = models.CharField("origine", max_length=12, choices=Origin)
    label = models.CharField("titre", max_length=300)
    url = models.URLField("adresse", max_length=600)
    note = models.TextField("note", blank=True)

    class Meta:
        verbose_name = "source"
        ordering = ["-origin", "code"]

    def __str__(self):
        return f"{self.code} — {self.label}"


class Text(Reference):
    """A law, decree or policy document that frames the contract."""
    order = models.PositiveSmallIntegerField("ordre", unique=True)
    title = models.TextField("texte")
    contribution = models.TextField("apport")

    class Meta:
        verbose_name, verbose_name_plural = "texte de référence", "textes de référence"
        ordering = ["order"]

    def __str__(self):
        return self.title


class Term(Reference):
    """A term or acronym of the field, explained."""
    slug = models.SlugField("identifiant", max_length=80, unique=True)
    term = models.CharField("terme", max_length=80)
    expansion = models.CharField("développement", max_length=300, blank=True)
    definition = models.TextField("sens", blank=True)
    english = models.CharField("anglais", max_length=200, blank=True)
    aliases = models.JSONField("autres formes", default=list, blank=True, validators=[is_code_list])

    class Meta:
        verbose_name, verbose_name_plural = "terme", "glossaire"
        ordering = ["slug"]

    def __str__(self):
        return self.term

    @property
    def meaning(self):
        return " — ".join(part for part in (self.expansion, self.definition) if part)
