"""Difficulties met, their remedies, and what they teach."""
from django.db import models
from django.utils.text import Truncator

from ..choices import DifficultyState, Family
from .grid import StepDifficulty
from .negotiation import LONG, SHORT, Negotiation
from .progress import StepProgress


class Difficulty(models.Model):
    """What happened, its effect, the remedy, who answers for it; then lesson and perspective."""
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="difficulties")
    progress = models.ForeignKey(StepProgress, models.PROTECT, null=True, blank=True, related_name="difficulties",
                                 verbose_name="étape")
    known = models.ForeignKey(StepDifficulty, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    family = models.CharField("famille", max_length=16, choices=Family)
    what = models.TextField("ce qui s’est passé", max_length=LONG)
    effect = models.TextField("effet", max_length=LONG, blank=True)
    remedy = models.TextField("remède", max_length=LONG, blank=True)
    owner = models.CharField("qui s’en occupe", max_length=200, blank=True)
    state = models.CharField("état", max_length=12, choices=DifficultyState, default=DifficultyState.OPEN)
    lesson = models.TextField("enseignement", max_length=LONG, blank=True)
    perspective = models.TextField("perspective", max_length=LONG, blank=True)
    source = models.CharField("source", max_length=SHORT, blank=True)

    class Meta:
        verbose_name = "difficulté"
        ordering = [models.F("progress__step__code").asc(nulls_last=True), "pk"]
        constraints = [models.UniqueConstraint(
            fields=["negotiation", "known"], name="known_difficulty_taken_once",
            violation_error_message="Cette difficulté de la grille a déjà été reprise.")]

    def __str__(self):
        return Truncator(self.what).chars(80)

    @property
    def family_phrase(self):
        return Family(self.family).phrase
