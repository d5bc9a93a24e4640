"""The examination of a step: what was submitted, who speaks at which level, remarks on the exact place, and replies.

All of it is written in workflow/ only. What reviewers write stays theirs until it is sent (`sent_at`).
"""
import hashlib

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.text import Truncator

from ..choices import CENTRAL, NEXT_AT, ROLES_AT, LevelKind, LevelMode, LevelRule, Outcome, RemarkState, Voice
from .account import Organisation, User
from .negotiation import LONG, Opening
from .progress import StepProgress


class Submission(models.Model):
    """One submission of a step: the content that was frozen and its fingerprint, and how it ended."""
    progress = models.ForeignKey(StepProgress, models.PROTECT, related_name="submissions", verbose_name="étape")
    number = models.PositiveSmallIntegerField("numéro")
    # [element, …] as elements.py describes them; never changed.
    content = models.JSONField("contenu")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="soumise par")
    submitted_at = models.DateTimeField("soumise le")
    # The last one who took it in charge: they follow it as long as they may still speak (queries/seats.is_followed).
    # A submission that nobody has opened may be recalled by the Region.
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="prise en charge par")
    opened_at = models.DateTimeField("prise en charge le", null=True)
    closed_at = models.DateTimeField("close le", null=True)
    outcome = models.CharField("issue", max_length=10, choices=Outcome, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "soumission", "soumissions"
        ordering = ["progress", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["progress", "number"], name="submission_number_unique"),
            models.UniqueConstraint(fields=["progress"], condition=Q(closed_at__isnull=True),
                                    name="one_submission_at_a_time"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True, outcome="")
                                   | Q(closed_at__isnull=False) & ~Q(outcome=""), name="submission_end_has_outcome"),
        ]

    def __str__(self):
        return f"soumission {self.number}"


class Passage(models.Model):
    """One level of one submission, as the grid had it on that day. Levels are gone through in order."""
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="passages")
    order = models.PositiveSmallIntegerField("ordre")
    kind = models.CharField("nature", max_length=12, choices=LevelKind)
    rule = models.CharField("règle", max_length=8, choices=LevelRule)
    quorum = models.PositiveSmallIntegerField(null=True)
    mode = models.CharField("ordre de passage", max_length=10, choices=LevelMode)
    delay_days = models.PositiveSmallIntegerField("délai (jours ouvrés)")
    opened_at = models.DateTimeField("ouvert le", null=True)
    closed_at = models.DateTimeField("clos le", null=True)
    outcome = models.CharField("issue", max_length=10, choices=Outcome, blank=True)
    reason = models.TextField("motif", max_length=LONG, blank=True)
    # Who closed it without the voices that it waited for; empty when it spoke.
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="clos par")

    class Meta:
        verbose_name, verbose_name_plural = "niveau d’examen", "niveaux d’examen"
        ordering = ["submission", "order"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "order"], name="passage_order_unique"),
            models.UniqueConstraint(fields=["submission"], name="one_passage_at_a_time",
                                    condition=Q(opened_at__isnull=False, closed_at__isnull=True)),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.submission})"


class SeatQuerySet(models.QuerySet):
    def awaited(self):
        """Those whose turn it is, at the level now open of a submission that is still examined."""
        return self.filter(asked_at__isnull=False, voice="", passage__closed_at__isnull=True,
                           passage__submission__closed_at__isnull=True)

    def returning(self, submission):
        """Those whose voice returned it; none when an administrator did, over the level."""
        return self.filter(passage__submission=submission, passage__outcome=Outcome.RETURNED,
                           passage__closed_by__isnull=True, voice=Voice.RETURN)

    def heard(self):
        """Those of organisations that read the dossier today: a service to which it is closed again speaks no more."""
        return self.filter(Q(organisation__kind__in=CENTRAL) | Exists(Opening.objects.filter(
            organisation=OuterRef("organisation"), negotiation=OuterRef("passage__submission__progress__negotiation"))))


class Seat(models.Model):
    """The place of one organisation at one level, and what it said there."""
    passage = models.ForeignKey(Passage, models.PROTECT, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    order = models.PositiveSmallIntegerField("ordre")
    # Its turn: since when it is asked, until when it should speak, when the delay was told to the next person.
    asked_at = models.DateTimeField("saisie le", null=True)
    due_on = models.DateField("attendue le", null=True)
    escalated_at = models.DateTimeField("retard signalé le", null=True)
    voice = models.CharField("position", max_length=12, choices=Voice, blank=True)
    reasons = models.TextField("motifs", max_length=LONG, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="donnée par")
    given_at = models.DateTimeField("donnée le", null=True)

    objects = SeatQuerySet.as_manager()
    # Is there somebody to speak there? Read with the page of a step under examination (queries/examinations.py).
    is_answerable = True

    class Meta:
        verbose_name, verbose_name_plural = "position d’une organisation", "positions des organisations"
        ordering = ["passage", "order"]
        constraints = [
            models.UniqueConstraint(fields=["passage", "organisation"], name="seat_unique"),
            models.CheckConstraint(condition=Q(voice="", given_at__isnull=True, given_by__isnull=True)
                                   | ~Q(voice="") & Q(given_at__isnull=False, given_by__isnull=False),
                                   name="voice_is_signed"),
            models.CheckConstraint(condition=~Q(voice__in=[Voice.RESERVED, Voice.UNFAVOURABLE]) | ~Q(reasons=""),
                                   name="opinion_has_reasons",
                                   violation_error_message="Un avis réservé ou défavorable dit pourquoi."),
        ]
        indexes = [models.Index(fields=["organisation"], name="seat_waiting",
                                condition=Q(asked_at__isnull=False, given_at__isnull=True))]

    def __str__(self):
        return f"{self.organisation} : {self.get_voice_display() or 'attendue'}"

    @property
    def progress(self):
        return self.passage.submission.progress

    @property
    def is_waited_for(self):
        return bool(self.asked_at and not self.voice)

    def roles(self):
        """The roles that speak for the organisation here, now."""
        kind = self.passage.kind
        return ROLES_AT[kind] | (NEXT_AT[kind] if self.escalated_at else set())

    def is_of(self, user):
        """May this person speak here? Memberships loaded once; no query."""
        return self.organisation_id in user.organisations_as(*self.roles())


def mark_of(kind, pk, *texts):
    """A short mark of a text that is not sent: a form that carries it has shown the text as it is."""
    return f"{kind}{pk}-{hashlib.sha256(chr(0).join(texts).encode('utf-8', 'replace')).hexdigest()[:8]}"


class Remark(models.Model):
    """What is wrong at one exact place, and what is asked. `target` is the key of an element (elements.py)."""
    progress = models.ForeignKey(StepProgress, models.PROTECT, related_name="remarks")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="remarks")
    target = models.CharField("élément", max_length=80)
    # How the element was called on that day: it may be renamed or removed later.
    label = models.CharField("endroit", max_length=300)
    problem = models.TextField("ce qui ne va pas", max_length=LONG)
    request = models.TextField("ce qui est demandé", max_length=LONG)
    state = models.CharField("état", max_length=8, choices=RemarkState, default=RemarkState.DRAFT)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="auteur")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    written_at = models.DateTimeField("écrite le")
    sent_at = models.DateTimeField("envoyée le", null=True)
    settled_at = models.DateTimeField("levée le", null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="levée par")

    class Meta:
        verbose_name = "observation"
        ordering = ["progress", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state=RemarkState.DRAFT, sent_at__isnull=True)
                                   | ~Q(state=RemarkState.DRAFT) & Q(sent_at__isnull=False),
                                   name="remark_sent_or_draft"),
            models.CheckConstraint(condition=Q(state=RemarkState.SETTLED, settled_at__isnull=False)
                                   | ~Q(state=RemarkState.SETTLED) & Q(settled_at__isnull=True),
                                   name="settled_remark_is_dated"),
        ]

    def __str__(self):
        return f"{self.label} : {Truncator(self.problem).chars(80)}"

    @property
    def mark(self):
        return mark_of("o", self.pk, self.problem, self.request)

    def stands(self, last):
        """Where its thread stands, for a form that carries it: its state and its last message (0 without any)."""
        return f"{self.state}-{last or 0}"


class ReplyQuerySet(models.QuerySet):
    def last_of_reviewers(self, remarks):
        """{remark: the last message of its thread, where it is one that the Region has not answered}"""
        sent = self.filter(remark__in=remarks, sent_at__isnull=False).order_by("pk").annotate(
            is_theirs=~Q(organisation=F("remark__progress__negotiation__owner")))
        last = {remark: (text, theirs) for remark, text, theirs in sent.values_list("remark_id", "text", "is_theirs")}
        return {remark: text for remark, (text, theirs) in last.items() if theirs}


class Reply(models.Model):
    """One message of the thread of a remark. The Region's is read at once; a reviewer's, once it is sent."""
    remark = models.ForeignKey(Remark, models.CASCADE, related_name="replies")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="auteur")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    text = models.TextField("réponse", max_length=LONG)
    written_at = models.DateTimeField("écrite le")
    sent_at = models.DateTimeField("envoyée le", null=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "réponse à une observation", "réponses aux observations"
        ordering = ["remark", "pk"]

    def __str__(self):
        return Truncator(self.text).chars(80)

    @property
    def mark(self):
        return mark_of("m", self.pk, self.text)


class Reading(models.Model):
    """Which submission of a step a reviewer last read: what changed since then is shown to them."""
    user = models.ForeignKey(User, models.CASCADE, related_name="readings")
    progress = models.ForeignKey(StepProgress, models.CASCADE, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "lecture"
        ordering = [F("pk").asc()]
        constraints = [models.UniqueConstraint(fields=["user", "progress"], name="reading_unique")]

    def __str__(self):
        return f"{self.user_id} {self.submission_id}"
