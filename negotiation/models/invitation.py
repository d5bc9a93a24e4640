"""Invitations: one mail, one or several roles, a link of which only the SHA-256 is kept."""
import hashlib

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from ..choices import Role
from .account import Membership, Organisation, User


def hash_of(token):
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class InvitationQuerySet(models.QuerySet):
    def pending(self):
        """Neither accepted nor revoked; those that have expired are among them, to be sent again."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def by_token(self, token):
        return self.filter(token_hash=hash_of(token))


class Invitation(models.Model):
    email = models.EmailField("adresse électronique")
    name = models.CharField("nom", max_length=150)
    function = models.CharField("fonction", max_length=150, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="invitée par")
    invited_at = models.DateTimeField("invitée le", auto_now_add=True)
    expires_at = models.DateTimeField("expire le")
    # When the mail server took the last message; empty: « non envoyée ».
    sent_at = models.DateTimeField("envoyée le", null=True, blank=True)
    sent_count = models.PositiveSmallIntegerField("envois", default=0)
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField("révoquée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at__isnull=True),
                name="invitation_accepted_by_somebody_or_revoked",
                violation_error_message="Une invitation acceptée l’est par quelqu’un, et n’est pas révoquée."),
        ]

    def __str__(self):
        return self.name

    @property
    def has_expired(self):
        return self.expires_at <= timezone.now()


class InvitedRole(models.Model):
    """One of the memberships that the invitation gives."""
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    role = models.CharField("rôle", max_length=14, choices=Role)

    class Meta:
        verbose_name, verbose_name_plural = "rôle proposé", "rôles proposés"
        ordering = ["organisation__name", "role"]
        constraints = [models.UniqueConstraint(fields=["invitation", "organisation", "role"],
                                               name="invited_role_unique")]

    def __str__(self):
        return f"{self.get_role_display()}, {self.organisation.name}"

    def clean(self):
        try:
            Membership(organisation=self.organisation, role=self.role).clean()
        except ValidationError as refusal:
            raise ValidationError(refusal.messages) from None
