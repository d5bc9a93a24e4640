"""The methodological grid: an edition, its phases and steps, and what each step asks. All of it is data."""
from django.core.validators import MaxValueValidator
from django.db import models

from ..choices import Check, Evidence, Family, LevelKind, LevelMode, LevelRule, Raci, Side, SourceStatus, StepRole
from .reference import Reference, StatedReference, is_code_list

# A step, in days (ten years); an answer, in working days. Beyond, days are no dates any more.
LONGEST_DAYS, LONGEST_DELAY = 3650, 365


class Grid(Reference):
    """One edition. A negotiation keeps the edition it was opened with."""
    code = models.SlugField("code", unique=True)
    title = models.CharField("titre", max_length=200)
    note = models.TextField("note", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "grille", "grilles (éditions)"
        ordering = ["-code"]

    def __str__(self):
        return self.title


class Phase(StatedReference):
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="phases", verbose_name="grille")
    code = models.CharField("code", max_length=2)
    title = models.CharField("titre", max_length=200)
    goal = models.TextField("but")
    lead = models.TextField("chef de file")
    other_actors = models.TextField("autres acteurs", blank=True)
    inputs = models.TextField("entrées", blank=True)
    outputs = models.TextField("livrables", blank=True)
    difficulties = models.TextField("difficultés", blank=True)
    measures = models.TextField("mesures", blank=True)
    duration = models.CharField("durée indicative", max_length=200)
    duration_status = models.CharField(
        "statut de la durée", max_length=12, choices=SourceStatus, default=SourceStatus.PROPOSED)
    min_days = models.PositiveIntegerField("durée minimale (jours)")
    max_days = models.PositiveIntegerField("durée maximale (jours)", validators=[MaxValueValidator(LONGEST_DAYS)])
    gate = models.JSONField("étapes à approuver avant la phase suivante", default=list, blank=True,
                            validators=[is_code_list])

    class Meta:
        verbose_name = "phase"
        ordering = ["grid", "code"]
        constraints = [
            models.UniqueConstraint(fields=["grid", "code"], name="phase_code_unique"),
            models.CheckConstraint(condition=models.Q(max_days__gte=models.F("min_days")), name="phase_days_in_order",
                                   violation_error_message="La durée maximale est plus courte que la minimale."),
            models.CheckConstraint(condition=models.Q(max_days__lte=LONGEST_DAYS), name="phase_days_bounded",
                                   violation_error_message=f"Une durée est de {LONGEST_DAYS} jours au plus."),
        ]

    def __str__(self):
        return f"{self.code} — {self.title}"


class Step(StatedReference):
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="steps", verbose_name="phase")
    code = models.CharField("code", max_length=4)
    title = models.CharField("titre", max_length=200)
    objective = models.TextField("objectif")
    duration = models.CharField("durée indicative", max_length=200)
    min_days = models.PositiveIntegerField("durée minimale (jours)")
    max_days = models.PositiveIntegerField("durée maximale (jours)", validators=[MaxValueValidator(LONGEST_DAYS)])
    validation = models.TextField("autorité de validation")
    validation_status = models.CharField(
        "statut de la validation", max_length=12, choices=SourceStatus, default=SourceStatus.PROPOSED)
    source_note = models.TextField("ce que disent les sources", blank=True)
    checks = models.JSONField("contrôles du dossier", default=list, blank=True,
                              help_text=f"Parmi : {', '.join(Check.values)}.")

    class Meta:
        verbose_name = "étape"
        ordering = ["phase", "code"]
        constraints = [
            models.UniqueConstraint(fields=["phase", "code"], name="step_code_unique"),
            models.CheckConstraint(condition=models.Q(max_days__gte=models.F("min_days")), name="step_days_in_order",
                                   violation_error_message="La durée maximale est plus courte que la minimale."),
            models.CheckConstraint(condition=models.Q(max_days__lte=LONGEST_DAYS), name="step_days_bounded",
                                   violation_error_message=f"Une durée est de {LONGEST_DAYS} jours au plus."),
        ]

    def __str__(self):
        return f"{self.code} — {self.title}"


class StepItem(StatedReference):
    """A part of a step, with a stable code such as A1.Q2."""
    code = models.CharField("code", max_length=8)

    class Meta:
        abstract = True
        ordering = ["step", "pk"]


class StepActor(StatedReference):
    step = models.ForeignKey(Step, models.PROTECT, related_name="actors", verbose_name="étape")
    order = models.PositiveSmallIntegerField("ordre")
    role = models.CharField("rôle", max_length=12, choices=StepRole)
    name = models.CharField("acteur", max_length=200)

    class Meta:
        verbose_name, verbose_name_plural = "acteur de l’étape", "acteurs des étapes"
        ordering = ["step", "order"]
        constraints = [models.UniqueConstraint(fields=["step", "order"], name="step_actor_unique")]

    def __str__(self):
        return self.name


class ReviewLevel(StatedReference):
    """One level of the ordered chain that examines a step. `parties`: codes of actors of the grid, in order.

    delay_days: working days after which an organisation that has not spoken is told late.
    """
    step = models.ForeignKey(Step, models.PROTECT, related_name="levels", verbose_name="étape")
    order = models.PositiveSmallIntegerField("ordre")
    kind = models.CharField("nature", max_length=12, choices=LevelKind)
    parties = models.JSONField("organisations (codes des acteurs)", default=list, validators=[is_code_list])
    rule = models.CharField("règle", max_length=8, choices=LevelRule, default=LevelRule.ALL)
    quorum = models.PositiveSmallIntegerField("nombre demandé (quorum)", null=True, blank=True)
    mode = models.CharField("ordre de passage", max_length=10, choices=LevelMode, default=LevelMode.PARALLEL)
    delay_days = models.PositiveSmallIntegerField(
        "délai (jours ouvrés)", default=10, validators=[MaxValueValidator(LONGEST_DELAY)])

    class Meta:
        verbose_name, verbose_name_plural = "niveau d’approbation", "niveaux d’approbation"
        ordering = ["step", "order"]
        constraints = [
            models.UniqueConstraint(fields=["step", "order"], name="review_level_unique"),
            models.CheckConstraint(
                condition=models.Q(rule=LevelRule.QUORUM, quorum__gte=1)
                | ~models.Q(rule=LevelRule.QUORUM) & models.Q(quorum__isnull=True),
                name="review_level_quorum",
                violation_error_message="Un quorum dit combien d’organisations, les autres règles n’en disent rien."),
            models.CheckConstraint(condition=models.Q(delay_days__range=(1, LONGEST_DELAY)), name="review_level_delay",
                                   violation_error_message=f"Le délai est de 1 à {LONGEST_DELAY} jours ouvrés."),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.order}"


class Question(StepItem):
    step = models.ForeignKey(Step, models.PROTECT, related_name="questions", verbose_name="étape")
    text = models.TextField("question")
    # Its answers reveal the mandate of the Region: its team alone reads them.
    confidential = models.BooleanField("réservée à l’équipe de la Région", default=False)

    class Meta(StepItem.Meta):
        verbose_name = "question"
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="question_code_unique")]

    def __str__(self):
        return f"{self.code} — {self.text}"


class ExpectedDocument(StepItem):
    step = models.ForeignKey(Step, models.PROTECT, related_name="documents", verbose_name="étape")
    name = models.CharField("pièce", max_length=200)
    required = models.BooleanField("exigée", default=False)
    confidential = models.BooleanField("réservée à l’équipe de la Région", default=False)

    class Meta(StepItem.Meta):
        verbose_name, verbose_name_plural = "pièce attendue", "pièces attendues"
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="expected_document_code_unique")]

    def __str__(self):
        return f"{self.code} — {self.name}"


class AttentionPoint(StepItem):
    step = models.ForeignKey(Step, models.PROTECT, related_name="attention", verbose_name="étape")
    text = models.TextField("point d’attention")

    class Meta(StepItem.Meta):
        verbose_name, verbose_name_plural = "point d’attention", "points d’attention"
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="attention_code_unique")]

    def __str__(self):
        return self.text


class StepDifficulty(StepItem):
    """A difficulty known at this step, with the measure that answers it."""
    step = models.ForeignKey(Step, models.PROTECT, related_name="difficulties", verbose_name="étape")
    family = models.CharField("famille", max_length=16, choices=Family)
    difficulty = models.TextField("difficulté")
    measure = models.TextField("mesure")

    class Meta(StepItem.Meta):
        verbose_name, verbose_name_plural = "difficulté connue d’une étape", "difficultés connues des étapes"
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="step_difficulty_code_unique")]

    def __str__(self):
        return self.difficulty


class KnownDifficulty(Reference):
    """A difficulty reported by a source, on a CPER or on a neighbouring instrument, and its remedy."""
    code = models.CharField("code", max_length=4, unique=True)
    family = models.CharField("famille", max_length=16, choices=Family)
    text = models.TextField("difficulté")
    evidence = models.CharField("preuve", max_length=14, choices=Evidence)
    remedy = models.TextField("remède ou perspective")
    remedy_sources = models.JSONField("sources du remède", default=list, blank=True)
    remedy_status = models.CharField("statut du remède", max_length=12, choices=SourceStatus)
    note = models.TextField("note", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "difficulté rapportée", "difficultés rapportées"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.code} — {self.text}"


class GridActor(StatedReference):
    """An actor of the field, with its official name and what it does for the contract."""
    code = models.SlugField("code", max_length=60, unique=True)
    acronym = models.CharField("sigle", max_length=40, blank=True)
    name = models.CharField("nom", max_length=200)
    side = models.CharField("côté", max_length=12, choices=Side)
    role = models.TextField("rôle", blank=True)
    matrix_order = models.PositiveSmallIntegerField("rang dans la matrice", null=True, blank=True)
    financier = models.BooleanField("apporte d’ordinaire un financement", default=False)

    class Meta:
        verbose_name, verbose_name_plural = "acteur de la grille", "acteurs de la grille"
        # The two databases place what has no rank at opposite ends: say it.
        ordering = [models.F("matrix_order").asc(nulls_first=True), "pk"]

    def __str__(self):
        return self.name


class GridActorRole(Reference):
    """One cell of the responsibility matrix: what an actor does in a phase (phase by its code)."""
    sources = None
    actor = models.ForeignKey(GridActor, models.PROTECT, related_name="roles", verbose_name="acteur")
    phase = models.CharField("phase", max_length=2)
    role = models.CharField("rôle", max_length=1, choices=Raci)
    attested = models.BooleanField("attesté au Mali", default=False)
    note = models.CharField("note", max_length=80, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "rôle par phase", "rôles par phase"
        ordering = ["actor", "phase"]
        constraints = [models.UniqueConstraint(fields=["actor", "phase"], name="grid_actor_phase_unique")]

    def __str__(self):
        return f"{self.actor_id} {self.phase} {self.role}"
