"""A negotiation, the organisations it is open to, and its actors."""
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from .. import money
from ..choices import Nature, OrganisationKind, Raci, Role, Side
from .account import Organisation, User
from .grid import Grid, GridActor, Phase
from .territory import Region

YEARS = [MinValueValidator(2014), MaxValueValidator(2100)]
SHORT, LONG = 300, 20_000


class NegotiationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only way in: DGCT and administrators see every dossier, others those of their organisations."""
        if not user.is_authenticated:
            return self.none()
        openings = Opening.objects.filter(negotiation=models.OuterRef("pk"))
        advised = models.Exists(openings.filter(organisation__in=user.organisations_as(Role.ADVISER)))
        found = self.annotate(is_advised=advised)
        if user.roles & {Role.EXAMINER, Role.DIRECTOR, Role.ADMINISTRATOR}:
            return found
        guest = user.organisations_as(Role.ADVISER, Role.PARTNER)
        return found.filter(models.Q(owner__in=user.organisations_as(Role.EDITOR, Role.MANAGER))
                            | models.Exists(openings.filter(organisation__in=guest)))


class Negotiation(models.Model):
    """One contract-plan of one Region over whole years. `owner` is the council; nobody owns it in person."""
    slug = models.SlugField("identifiant", max_length=80, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="negotiations", verbose_name="Région ou District")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="negotiations", verbose_name="organisation")
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="negotiations", verbose_name="édition de la grille")
    title = models.CharField("titre", max_length=200)
    first_year = models.PositiveSmallIntegerField("première année", validators=YEARS)
    last_year = models.PositiveSmallIntegerField("dernière année", validators=YEARS)
    nature = models.CharField("nature", max_length=14, choices=Nature, default=Nature.REAL)
    origin_note = models.TextField("origine du dossier", blank=True)
    announced_total = models.BigIntegerField("total annoncé (FCFA)", null=True, blank=True)
    announced_source = models.CharField("source du total annoncé", max_length=SHORT, blank=True)
    starts_on = models.DateField("début des travaux", null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="ouverte par")
    opened_at = models.DateTimeField("ouverte le", auto_now_add=True)

    objects = NegotiationQuerySet.as_manager()
    # Said by the one way into a dossier (views/dossier.py): unless told otherwise, who reads is not of the team.
    read_by_team = False

    class Meta:
        verbose_name = "négociation"
        ordering = ["-first_year", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["region", "nature", "first_year"], name="negotiation_period_unique",
                                    violation_error_message="Cette Région a déjà une négociation sur cette période."),
            models.CheckConstraint(condition=models.Q(last_year__gte=models.F("first_year")),
                                   name="negotiation_years_in_order",
                                   violation_error_message="La dernière année précède la première."),
            models.CheckConstraint(
                condition=models.Q(announced_total__isnull=True)
                | models.Q(announced_total__gt=0, announced_total__lte=money.MAX_AMOUNT),
                name="announced_total_in_range", violation_error_message="Le total annoncé est un montant positif."),
        ]

    def __str__(self):
        return self.title

    @property
    def years(self):
        return range(self.first_year, self.last_year + 1)

    @property
    def is_demonstration(self):
        return self.nature != Nature.REAL

    @property
    def blank_label(self):
        """What an empty field says: a dossier rebuilt from public sources is « non documenté »."""
        return "non documenté" if self.nature == Nature.RECONSTITUTED else "non renseigné"


class Opening(models.Model):
    """A dossier opened to an organisation that gives an opinion or reads (State service, partner)."""
    negotiation = models.ForeignKey(Negotiation, models.PROTECT, related_name="openings")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="openings", verbose_name="organisation",
        limit_choices_to={"kind__in": [OrganisationKind.SERVICE, OrganisationKind.PARTNER]})
    opened_at = models.DateTimeField("ouvert le", auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = "ouverture du dossier", "ouvertures de dossiers"
        ordering = ["organisation__name"]
        constraints = [models.UniqueConstraint(
            fields=["negotiation", "organisation"], name="opening_unique",
            violation_error_message="Le dossier est déjà ouvert à cette organisation.")]

    def __str__(self):
        return str(self.organisation)


class Actor(models.Model):
    """A party to this negotiation; a contribution names one as its financier."""
    negotiation = models.ForeignKey(Negotiation, models.CASCADE, related_name="actors")
    grid_actor = models.ForeignKey(GridActor, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("nom", max_length=200)
    acronym = models.CharField("sigle", max_length=40, blank=True)
    side = models.CharField("côté", max_length=12, choices=Side)
    financier = models.BooleanField("apporte un financement", default=False)
    written_commitment = models.ForeignKey("negotiation.Document", models.PROTECT, null=True, blank=True,
                                           related_name="+", verbose_name="engagement écrit")
    order = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "acteur"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["negotiation", "name"], name="actor_name_unique",
                violation_error_message="Un acteur de ce nom figure déjà dans la négociation."),
            # The tables, the livret and the exports call an actor by its acronym alone.
            models.UniqueConstraint(
                "negotiation", Lower("acronym"), condition=~models.Q(acronym=""), name="actor_acronym_unique",
                violation_error_message="Un acteur de la négociation porte déjà ce sigle."),
        ]

    def __str__(self):
        return self.acronym or self.name


class ActorRole(models.Model):
    """What an actor does in one phase of this negotiation."""
    actor = models.ForeignKey(Actor, models.CASCADE, related_name="roles")
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="+")
    role = models.CharField("rôle", max_length=1, choices=Raci)

    class Meta:
        verbose_name, verbose_name_plural = "rôle de l’acteur", "rôles des acteurs"
        constraints = [models.UniqueConstraint(fields=["actor", "phase"], name="actor_phase_unique")]

    def __str__(self):
        return f"{self.actor_id} {self.role}"


class Representative(models.Model):
    """Who speaks for an actor: a function with the dates of the mandate; the name may stay empty."""
    actor = models.ForeignKey(Actor, models.CASCADE, related_name="representatives", verbose_name="acteur")
    function = models.CharField("fonction", max_length=200)
    name = models.CharField("nom", max_length=150, blank=True)
    starts_on = models.DateField("début du mandat", null=True, blank=True)
    ends_on = models.DateField("fin du mandat", null=True, blank=True)

    class Meta:
        verbose_name = "représentant"
        ordering = [models.F("starts_on").asc(nulls_first=True), "pk"]
        constraints = [models.CheckConstraint(
            condition=models.Q(ends_on__isnull=True) | models.Q(starts_on__isnull=True)
            | models.Q(ends_on__gte=models.F("starts_on")),
            name="mandate_dates_in_order", violation_error_message="La fin du mandat précède son début.")]

    def __str__(self):
        return self.function
