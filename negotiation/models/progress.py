"""The work of a negotiation on each step: its state, answers, documents and the chronology."""
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator

from ..choices import EDITABLE_STATES, EventKind, Precision, State
from .account import User
from .grid import ExpectedDocument, Question, Step
from .negotiation import LONG, SHORT, Negotiation


class StepProgress(models.Model):
    """One step of one negotiation. `state` is assigned in workflow/ only; `version` grows with each change."""
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="steps")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    state = models.CharField("état", max_length=10, choices=State, default=State.TODO)
    version = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField("modifiée le", auto_now_add=True)
    # The reason of the last return, shown until the step is submitted again; the journal keeps them all.
    return_reason = models.TextField("motif du renvoi", blank=True)
    # How many remarks were sent with the last return.
    return_remarks = models.PositiveSmallIntegerField("observations du renvoi", default=0, editable=False)
    # What the team means to do. What happened is not stored: checklist and queries read it from the journal.
    planned_start = models.DateField("début prévu", null=True, blank=True)
    planned_end = models.DateField("fin prévue", null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "étape du dossier", "étapes du dossier"
        ordering = ["step__code"]
        constraints = [
            models.UniqueConstraint(fields=["negotiation", "step"], name="progress_step_unique"),
            models.CheckConstraint(
                condition=~models.Q(state=State.RETURNED) | ~models.Q(return_reason="")
                | models.Q(return_remarks__gt=0),
                name="return_has_reason_or_remark",
                violation_error_message="Un renvoi porte un motif ou au moins une observation."),
            models.CheckConstraint(
                condition=models.Q(planned_start__isnull=True, planned_end__isnull=True)
                | models.Q(planned_start__isnull=False, planned_end__isnull=False,
                           planned_end__gte=models.F("planned_start")),
                name="planned_dates_in_order",
                violation_error_message="Une étape prévue a un début et une fin, dans cet ordre."),
        ]

    def __str__(self):
        return f"{self.negotiation_id} {self.step_id}"

    @property
    def is_editable(self):
        return self.state in EDITABLE_STATES

    @property
    def standing_reason(self):
        """The reason of the return under way: the last one is kept when it was cancelled or answered, and not told."""
        return self.return_reason if self.state == State.RETURNED else ""


class Answer(models.Model):
    progress = models.ForeignKey(StepProgress, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    text = models.TextField("réponse", max_length=LONG)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "réponse"
        ordering = ["question"]
        constraints = [models.UniqueConstraint(fields=["progress", "question"], name="answer_unique")]

    def __str__(self):
        return Truncator(self.text).chars(80)


class Document(models.Model):
    """A document of a step: the answer to an expected one, or another the team adds.

    Without any version it carries the reason why the expected document does not apply (`waiver`).
    """
    progress = models.ForeignKey(StepProgress, models.CASCADE, related_name="documents")
    expected = models.ForeignKey(ExpectedDocument, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField("intitulé", max_length=200)
    waiver = models.CharField("sans objet parce que", max_length=SHORT, blank=True)

    class Meta:
        verbose_name = "pièce"
        ordering = ["expected", "pk"]
        constraints = [models.UniqueConstraint(fields=["progress", "expected"], name="document_expected_unique")]

    def __str__(self):
        return self.title

    @property
    def negotiation_id(self):
        return self.progress.negotiation_id

    @property
    def label(self):
        """« C4 — Lettre d’engagement »: how another record names it."""
        return f"{self.progress.step.code} — {self.title}"

    @property
    def is_confidential(self):
        """Read by the team of the Region alone: not by the State it negotiates with, nor in the livret."""
        return bool(self.expected_id and self.expected.confidential)


class DocumentVersion(models.Model):
    """One deposited file. It is never changed or removed: a replacement is a new version."""
    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("version")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    kind = models.CharField("format", max_length=6)
    file_name = models.CharField("nom du fichier", max_length=200)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="déposée par")
    uploaded_at = models.DateTimeField("déposée le", auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = "version de pièce", "versions de pièces"
        ordering = ["document", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_unique")]

    def __str__(self):
        return f"{self.file_name} (version {self.number})"


class Event(models.Model):
    """A fact of the chronology, dated as precisely as it is known."""
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="events")
    progress = models.ForeignKey(StepProgress, models.PROTECT, null=True, blank=True, related_name="events",
                                 verbose_name="étape")
    date = models.DateField("date")
    precision = models.CharField("précision", max_length=5, choices=Precision, default=Precision.DAY)
    end_date = models.DateField("date de fin", null=True, blank=True)
    kind = models.CharField("nature", max_length=12, choices=EventKind)
    title = models.CharField("objet", max_length=200)
    place = models.CharField("lieu", max_length=200, blank=True)
    participants = models.TextField("participants", max_length=LONG, blank=True)
    decisions = models.TextField("décisions et suites", max_length=LONG, blank=True)
    source = models.CharField("source", max_length=SHORT, blank=True)

    class Meta:
        verbose_name = "événement"
        ordering = ["date", "pk"]
        constraints = [models.CheckConstraint(
            condition=models.Q(end_date__isnull=True) | models.Q(end_date__gte=models.F("date")),
            name="event_dates_in_order", violation_error_message="La date de fin précède la date de début.")]

    def __str__(self):
        return self.title

    @property
    def is_planned(self):
        """Still to come: it is shown as « prévu » and proves nothing yet."""
        return self.date > timezone.localdate()
