"""Commitments: structuring projects, who brings how many francs in which year, and obligations to act."""
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.text import Truncator

from .. import money
from ..choices import AMOUNT_LIMITS, NOT_DONE, LimitKind, ObligationState, Severity
from .negotiation import LONG, SHORT, Actor, Negotiation
from .progress import Document


class Project(models.Model):
    """A projet structurant. `whole_contract` marks the line that stands for the contract as a whole,
    where the share of each project is not known."""
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="projects")
    order = models.PositiveSmallIntegerField(default=0, editable=False)
    name = models.CharField("nom", max_length=200)
    site = models.CharField("site", max_length=SHORT, blank=True)
    problem = models.TextField("problème à résoudre", max_length=LONG, blank=True)
    beneficiaries = models.TextField("bénéficiaires", max_length=LONG, blank=True)
    cost = models.BigIntegerField("coût estimé (FCFA)", null=True, blank=True)
    cost_source = models.CharField("source de l’estimation", max_length=SHORT, blank=True)
    source = models.CharField("source", max_length=SHORT, blank=True)
    whole_contract = models.BooleanField("ligne « ensemble du contrat »", default=False)

    class Meta:
        verbose_name, verbose_name_plural = "projet structurant", "projets structurants"
        ordering = ["whole_contract", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["negotiation", "name"], name="project_name_unique",
                                    violation_error_message="Un projet de ce nom figure déjà dans la négociation."),
            models.UniqueConstraint(fields=["negotiation"], condition=models.Q(whole_contract=True),
                                    name="one_whole_contract_line",
                                    violation_error_message="La ligne « ensemble du contrat » existe déjà."),
            models.CheckConstraint(
                condition=models.Q(cost__isnull=True) | models.Q(cost__gt=0, cost__lte=money.MAX_AMOUNT),
                name="project_cost_in_range", violation_error_message="Le coût est un montant positif."),
        ]

    def __str__(self):
        return self.name


class Contribution(models.Model):
    """amount FCFA for one project by one financier in one year (0: the schedule is not known)."""
    project = models.ForeignKey(Project, models.CASCADE, related_name="contributions")
    financier = models.ForeignKey(Actor, models.PROTECT, related_name="contributions")
    year = models.PositiveSmallIntegerField("année")
    amount = models.BigIntegerField("montant (FCFA)")

    class Meta:
        verbose_name = "contribution"
        ordering = ["project", "financier", "year"]
        constraints = [
            models.UniqueConstraint(fields=["project", "financier", "year"], name="contribution_cell_unique"),
            models.CheckConstraint(condition=models.Q(amount__gt=0, amount__lte=money.MAX_AMOUNT),
                                   name="contribution_amount_in_range",
                                   violation_error_message="Un montant est un nombre positif de francs."),
            models.CheckConstraint(condition=models.Q(year=0) | models.Q(year__gte=2014, year__lte=2100),
                                   name="contribution_year_in_range"),
        ]

    def __str__(self):
        return money.format(self.amount)


class Obligation(models.Model):
    """A commitment other than money: who does what, by when, measured how."""
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="obligations")
    party = models.ForeignKey(Actor, models.PROTECT, related_name="obligations", verbose_name="partie")
    what = models.TextField("engagement", max_length=LONG)
    due_on = models.DateField("échéance", null=True, blank=True)
    due_text = models.CharField("échéance en mots", max_length=200, blank=True)
    indicator = models.CharField("mesuré par", max_length=SHORT, blank=True)
    state = models.CharField("état", max_length=12, choices=ObligationState, default=ObligationState.TODO)
    evidence = models.CharField("preuve", max_length=SHORT, blank=True)
    evidence_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+",
                                          verbose_name="pièce qui le prouve")
    source = models.CharField("source", max_length=SHORT, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "obligation de faire", "obligations de faire"
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]

    def __str__(self):
        return Truncator(self.what).chars(80)

    def is_late(self, today):
        """Its day is past and nothing says that it is done."""
        return bool(self.due_on and self.due_on < today and self.state in NOT_DONE)

    @property
    def lacks_evidence(self):
        return self.state == ObligationState.KEPT and not (self.evidence or self.evidence_document_id)


class FundingLimit(models.Model):
    """A rule of the contract on its financing. An envelope is an amount in FCFA; a share is in tenths of a percent.

    year: of an envelope by year (none: each year); financier: whose share (none: each one's).
    """
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="limits")
    kind = models.CharField("règle", max_length=16, choices=LimitKind)
    severity = models.CharField("portée", max_length=8, choices=Severity, default=Severity.WARNING)
    year = models.PositiveSmallIntegerField("année", null=True, blank=True)
    financier = models.ForeignKey(Actor, models.PROTECT, null=True, blank=True, related_name="limits",
                                  verbose_name="financeur")
    amount = models.BigIntegerField("montant (FCFA)", null=True, blank=True)
    share = models.PositiveSmallIntegerField("part (%)", null=True, blank=True)
    source = models.CharField("source", max_length=SHORT, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "règle de financement", "règles de financement"
        ordering = ["kind", F("year").asc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint("negotiation", "kind", Coalesce("year", 0), Coalesce("financier", 0),
                                    name="funding_limit_unique",
                                    violation_error_message="Cette règle existe déjà : modifiez-la."),
            models.CheckConstraint(
                condition=Q(kind__in=AMOUNT_LIMITS, share__isnull=True, amount__gt=0, amount__lte=money.MAX_AMOUNT)
                | ~Q(kind__in=AMOUNT_LIMITS) & Q(amount__isnull=True, share__gt=0, share__lte=1000),
                name="funding_limit_has_its_measure",
                violation_error_message="Une enveloppe est un montant ; une part est un pourcentage."),
            models.CheckConstraint(
                condition=(Q(kind=LimitKind.STATE_YEAR) | Q(year__isnull=True))
                & (Q(kind=LimitKind.FINANCIER_SHARE) | Q(financier__isnull=True)),
                name="funding_limit_bounds_what_it_says"),
        ]

    def __str__(self):
        of = self.year or self.financier
        return f"{self.get_kind_display()}{f' ({of})' if of else ''}"

    @property
    def measure(self):
        """« 400 000 000 FCFA » or « 20,0 % »."""
        return money.percent(self.share) if self.amount is None else money.format(self.amount)
