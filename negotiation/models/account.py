"""People, organisations and memberships. A dossier belongs to organisations; people come and go."""
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from ..choices import REVIEWERS, ROLES_OF, OrganisationKind, Role
from .territory import Region


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. `is_demo` accounts are refused a sign-in in production."""
    email = models.EmailField("adresse électronique", unique=True)
    name = models.CharField("nom affiché", max_length=150)
    function = models.CharField("fonction", max_length=150, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("accès à l’administration", default=False)
    is_demo = models.BooleanField("compte de démonstration", default=False, editable=False)
    date_joined = models.DateTimeField("créé le", default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name, verbose_name_plural = "personne", "personnes"
        ordering = ["email"]
        constraints = [models.UniqueConstraint(
            Lower("email"), name="user_email_unique",
            violation_error_message="Une personne a déjà cette adresse électronique : cherchez-la dans la liste.")]

    def __str__(self):
        return self.name or self.email

    @cached_property
    def current_memberships(self):
        """Loaded once a request: every rule of permissions.py reads these.

        With those of the colleagues this person stands in for today: `acting_for` then names the one replaced.
        """
        # The counter of every page rides along: it costs no query of its own.
        unread = self.notifications.unread().order_by().values("user").annotate(n=models.Count("pk")).values("n")
        held = list(Membership.objects.held_by(self).select_related("organisation", "user").annotate(
            n_unread=models.Subquery(unread)))
        for membership in held:
            membership.acting_for = "" if membership.user_id == self.pk else str(membership.user)
        return held

    @property
    def n_unread(self):
        """Notifications not read, for the counter of the menu; who belongs nowhere has none."""
        return max((membership.n_unread or 0 for membership in self.current_memberships), default=0)

    @property
    def roles(self):
        return {membership.role for membership in self.current_memberships}

    @property
    def is_reviewer(self):
        """Someone for whom the page of examinations exists."""
        return bool(self.roles & REVIEWERS)

    def organisations_as(self, *roles):
        return {m.organisation_id for m in self.current_memberships if m.role in roles}


class Organisation(models.Model):
    name = models.CharField("nom", max_length=200, unique=True)
    acronym = models.CharField("sigle", max_length=40, blank=True)
    kind = models.CharField("nature", max_length=10, choices=OrganisationKind)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name="Région ou District",
                               related_name="organisations")
    # The actor of the grid that this organisation is: the levels of approval name actors.
    grid_actor = models.ForeignKey("GridActor", models.PROTECT, null=True, blank=True, related_name="organisations",
                                   verbose_name="acteur de la grille")
    # A team that trains on an invented dossier: everything it opens is marked « exercice fictif ».
    is_training = models.BooleanField("équipe d’exercice", default=False)

    class Meta:
        verbose_name = "organisation"
        ordering = ["name"]
        constraints = [models.CheckConstraint(
            condition=~models.Q(kind=OrganisationKind.COUNCIL) | models.Q(region__isnull=False),
            name="council_has_region", violation_error_message="Un Conseil est rattaché à sa Région ou au District.")]

    def __str__(self):
        return self.acronym or self.name


class MembershipQuerySet(models.QuerySet):
    def current(self):
        today = timezone.localdate()
        return self.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=today), starts_on__lte=today,
                           ended_at__isnull=True)

    def held_by(self, user):
        """Their own, and those of the colleagues they stand in for today while both belong to the organisation."""
        today = timezone.localdate()
        colleague = Membership.objects.current().filter(user=user, organisation=models.OuterRef("organisation"))
        standing = models.Q(models.Exists(colleague), deputies__deputy=user, deputies__starts_on__lte=today,
                            deputies__ends_on__gte=today, deputies__ended_at__isnull=True, user__is_active=True)
        return self.current().filter(models.Q(user=user) | standing).distinct()


class Membership(models.Model):
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="personne")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships",
                                     verbose_name="organisation")
    role = models.CharField("rôle", max_length=14, choices=Role)
    starts_on = models.DateField("depuis le", default=timezone.localdate)
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    # Ended by an act: every right is gone at this instant, not at the end of the day.
    ended_at = models.DateTimeField("fin de l’appartenance", null=True, blank=True, editable=False)
    # Filled by User.current_memberships: the name of the person replaced, nothing for one's own membership.
    acting_for = ""

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "appartenance", "appartenances"
        ordering = ["organisation", "role"]
        constraints = [
            # Who left may come back the same day.
            models.UniqueConstraint(fields=["user", "organisation", "role", "starts_on"], name="membership_unique",
                                    condition=models.Q(ended_at__isnull=True),
                                    violation_error_message="Cette personne a déjà ce rôle depuis ce jour."),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="membership_dates_in_order",
                violation_error_message="La fin de l’appartenance précède son début."),
        ]

    def __str__(self):
        return f"{self.user} — {self.get_role_display()}, {self.organisation}"

    def clean(self):
        """A role belongs to a kind of organisation: nobody examines for a Region, nobody writes for the DGCT."""
        if not self.organisation_id or self.role not in Role.values:
            return
        allowed = ROLES_OF[OrganisationKind(self.organisation.kind)]
        if self.role not in allowed:
            labels = ", ".join(role.label for role in Role if role in allowed)
            raise ValidationError({"role": f"Ce rôle ne convient pas à « {self.organisation} » "
                                           f"({self.organisation.get_kind_display()}). Choisissez : {labels}."})
