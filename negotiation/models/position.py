"""The negotiation of the money: positions on record, the confidential mandate of the Region, and its scenarios.

Amounts are whole FCFA; year 0 holds what is not shared between years. All of it is written in workflow/ only.
"""
from django.db import models
from django.db.models import Q

from .. import money
from ..choices import PositionKind, PositionState
from .account import Organisation, User
from .commitment import Project
from .negotiation import LONG, SHORT, Actor, Negotiation
from .progress import Document, Event


class Position(models.Model):
    """What one party puts on the table for one project: never edited, only followed, agreed or withdrawn.

    Without any amount, it asks that the project go to the reserve list. agreed_event, agreed_minutes, agreed_with: what
    proves the agreement, and the function of who agreed for the other side. closes: the number of the last position of
    the project when it was agreed, which that agreement closes too.
    plan_before: [[financier, year, amount], …] of the project, as the plan had it when this position became the plan.
    """
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="positions")
    project = models.ForeignKey(Project, models.PROTECT, related_name="positions", verbose_name="projet")
    number = models.PositiveSmallIntegerField("numéro", editable=False)
    kind = models.CharField("nature", max_length=10, choices=PositionKind)
    party = models.ForeignKey(Actor, models.PROTECT, related_name="positions", verbose_name="partie")
    held_on = models.DateField("date")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="positions",
                              verbose_name="séance")
    minutes = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+",
                                verbose_name="procès-verbal")
    spokesperson = models.CharField("fonction du porte-parole", max_length=200)
    justification = models.TextField("justification", max_length=LONG, blank=True)
    scenario = models.CharField("issue du scénario", max_length=200, blank=True)
    adopted_from = models.ForeignKey("Scenario", models.SET_NULL, null=True, blank=True, related_name="positions",
                                     editable=False)
    state = models.CharField("état", max_length=10, choices=PositionState, default=PositionState.TABLED)
    agreed_on = models.DateField("convenue le", null=True, blank=True)
    closes = models.PositiveSmallIntegerField("clôt jusqu’à la position n°", null=True, blank=True, editable=False)
    agreed_event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+",
                                     verbose_name="séance de l’accord")
    agreed_minutes = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+",
                                       verbose_name="procès-verbal de l’accord")
    agreed_with = models.CharField("fonction de qui convient pour l’autre partie", max_length=200, blank=True)
    withdrawn_reason = models.TextField("motif du retrait", max_length=LONG, blank=True)
    plan_before = models.JSONField("plan précédent", null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="inscrite par")
    recorded_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="inscrite au nom de")
    recorded_at = models.DateTimeField("inscrite le", auto_now_add=True)

    class Meta:
        verbose_name = "position"
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="position_number_unique"),
            models.CheckConstraint(condition=Q(state=PositionState.AGREED, agreed_on__isnull=False,
                                               plan_before__isnull=False)
                                   | ~Q(state=PositionState.AGREED) & Q(agreed_on__isnull=True),
                                   name="agreed_position_is_dated",
                                   violation_error_message="Une position convenue porte sa date."),
            models.CheckConstraint(condition=Q(state=PositionState.AGREED) | Q(
                                       agreed_event__isnull=True, agreed_minutes__isnull=True, agreed_with=""),
                                   name="evidence_is_of_an_agreement",
                                   violation_error_message="Seule une position convenue porte la preuve d’un accord."),
            models.CheckConstraint(condition=Q(state=PositionState.WITHDRAWN) & ~Q(withdrawn_reason="")
                                   | ~Q(state=PositionState.WITHDRAWN) & Q(withdrawn_reason=""),
                                   name="withdrawn_position_has_reason",
                                   violation_error_message="Une position retirée dit pourquoi."),
        ]

    def __str__(self):
        return f"position n° {self.number} sur « {self.project} »"

    def is_closed_by(self, agreed):
        """Was it on the table when the parties agreed on `agreed`, another position of the same project?"""
        end = agreed.agreed_on, agreed.closes or agreed.number
        return agreed.pk != self.pk and (self.held_on, self.number) <= end


def stands(thread):
    """How the table of one project stands: (number of its last position, 0 for none; numbers of those on the table).

    thread: its positions.
    """
    numbers = [one.number for one in thread]
    return max(numbers, default=0), {one.number for one in thread if one.state == PositionState.TABLED}


class PositionAmount(models.Model):
    """amount FCFA that the position gives to its project, by one financier in one year."""
    position = models.ForeignKey(Position, models.CASCADE, related_name="amounts")
    financier = models.ForeignKey(Actor, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("année")
    amount = models.BigIntegerField("montant (FCFA)")

    class Meta:
        verbose_name, verbose_name_plural = "montant d’une position", "montants de positions"
        ordering = ["position", "financier", "year"]
        constraints = [
            models.UniqueConstraint(fields=["position", "financier", "year"], name="position_cell_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=money.MAX_AMOUNT),
                                   name="position_amount_in_range",
                                   violation_error_message="Un montant est un nombre positif de francs."),
        ]

    def __str__(self):
        return money.format(self.amount)


class Mandate(models.Model):
    """What the Region's team keeps to itself on one project: read by the team alone, in no export for anyone else."""
    project = models.OneToOneField(Project, models.CASCADE, related_name="mandate", verbose_name="projet")
    floor = models.BigIntegerField("plancher (FCFA)", null=True, blank=True)
    concessions = models.TextField("concessions possibles", max_length=LONG, blank=True)
    arguments = models.TextField("arguments", max_length=LONG, blank=True)

    class Meta:
        verbose_name = "mandat de négociation"
        constraints = [models.CheckConstraint(
            condition=Q(floor__isnull=True) | Q(floor__gt=0, floor__lte=money.MAX_AMOUNT),
            name="mandate_floor_in_range", violation_error_message="Le plancher est un montant positif.")]

    def __str__(self):
        return f"mandat sur « {self.project} »"


class Scenario(models.Model):
    """A copy of the plan that the Region's team tries changes on. It is the team's own, like the mandate.

    cells: [[project pk, financier pk, year, amount], …]; changes: the changes applied, in words, in order;
    reserve: the pks of the projects put aside; base: the plan as it was copied, like cells, None when nobody knows it
    any more; version counts its changes.
    """
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="scenarios")
    name = models.CharField("nom", max_length=120)
    note = models.CharField("note", max_length=SHORT, blank=True)
    cells = models.JSONField("montants", default=list)
    changes = models.JSONField("changements", default=list)
    reserve = models.JSONField("liste de réserve", default=list)
    base = models.JSONField("plan copié", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="créé par")
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    changed_at = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        verbose_name = "scénario"
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint(
            fields=["negotiation", "name"], name="scenario_name_unique",
            violation_error_message="Un scénario de ce nom existe déjà.")]

    def __str__(self):
        return self.name
