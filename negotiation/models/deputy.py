"""Suppléances: a colleague stands in for a member between two days. Rights come from `User.current_memberships`."""
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from .account import Membership, User

LONGEST = timedelta(days=366)


class DeputyQuerySet(models.QuerySet):
    def unended(self):
        return self.filter(ends_on__gte=timezone.localdate(), ended_at__isnull=True)

    def open(self):
        """Those that run today or are still to come, while both people belong there (Membership.objects.held_by)."""
        current = Membership.objects.current().filter(user__is_active=True)
        colleague = current.filter(user=models.OuterRef("deputy"),
                                   organisation=models.OuterRef("membership__organisation"))
        return self.unended().filter(models.Exists(colleague), membership__in=current)


class Deputy(models.Model):
    """Between its two days, the deputy holds the role of the membership; ended early, it gives nothing any more."""
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="deputies",
                                   verbose_name="personne remplacée")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="deputed", verbose_name="suppléant")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au (inclus)")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False, verbose_name="désigné par")
    created_at = models.DateTimeField("désigné le", auto_now_add=True)
    ended_at = models.DateTimeField("fin anticipée", null=True, blank=True, editable=False)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = "suppléance"
        ordering = ["starts_on", "pk"]
        constraints = [models.CheckConstraint(
            condition=models.Q(ends_on__gte=models.F("starts_on")), name="deputy_dates_in_order",
            violation_error_message="La fin de la suppléance précède son début.")]

    def __str__(self):
        return f"{self.deputy}, suppléance de {self.membership.user}"

    def clean(self):
        """A colleague, not oneself; one at a time; for days to come, and not for ever."""
        if not (self.membership_id and self.deputy_id and self.starts_on and self.ends_on):
            return
        if self.deputy_id == self.membership.user_id:
            raise ValidationError({"deputy": "Nul n’est son propre suppléant : choisissez un collègue."})
        if not Membership.objects.current().filter(user=self.deputy_id, organisation=self.membership.organisation_id,
                                                   user__is_active=True):
            raise ValidationError({"deputy": f"Le suppléant appartient à la même organisation "
                                             f"(« {self.membership.organisation} »)."})
        if self.starts_on < timezone.localdate():
            raise ValidationError({"starts_on": "Une suppléance ne se donne pas pour des jours passés."})
        if self.ends_on - self.starts_on > LONGEST:
            raise ValidationError({"ends_on": "Une suppléance dure un an au plus : au-delà, préparez une passation."})
        other = Deputy.objects.open().exclude(pk=self.pk).filter(
            membership=self.membership_id, starts_on__lte=self.ends_on, ends_on__gte=self.starts_on).first()
        if other:
            raise ValidationError({"starts_on": f"{other.deputy} est déjà suppléant du {other.starts_on:%d/%m/%Y} au "
                                                f"{other.ends_on:%d/%m/%Y} : choisissez d’autres dates, ou mettez fin "
                                                "à cette suppléance."})
