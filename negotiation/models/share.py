"""Links that give one reader an edition which is not public: for some days, revocable, counted."""
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .account import Organisation, User
from .booklet import Booklet
from .invitation import hash_of

USUAL_DAYS, MOST_DAYS = 30, 180


class ShareLinkQuerySet(models.QuerySet):
    def by_token(self, token):
        return self.filter(token_hash=hash_of(token))


class ShareLink(models.Model):
    """The address itself is kept nowhere, only its SHA-256. sha256, size: the copy that names its recipient on each
    page, made once. opened: how many times it was taken, and when last; never by whom, nor from where.
    """
    booklet = models.ForeignKey(Booklet, models.PROTECT, related_name="shares")
    recipient = models.CharField("destinataire", max_length=120)
    # An organisation that has accounts here finds its copy on its own page too.
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="shares",
                                     verbose_name="organisation")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    days = models.PositiveSmallIntegerField("durée (jours)", default=USUAL_DAYS)
    sha256 = models.CharField("empreinte SHA-256 de l’exemplaire", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="créé par")
    created_at = models.DateTimeField("créé le")
    expires_at = models.DateTimeField("expire le")
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)
    opened = models.PositiveIntegerField("téléchargements", default=0)
    opened_at = models.DateTimeField("dernier téléchargement", null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "lien de partage", "liens de partage"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(recipient=""), name="share_names_its_recipient",
                                   violation_error_message="Un lien de partage nomme son destinataire."),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=MOST_DAYS), name="share_lasts_some_days",
                                   violation_error_message=f"Un lien de partage dure de 1 à {MOST_DAYS} jours."),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="share_expires_afterwards",
                                   violation_error_message="Un lien de partage expire après sa création."),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False), name="share_revoked_by_somebody",
                violation_error_message="Un lien révoqué l’est par quelqu’un."),
            models.CheckConstraint(
                condition=Q(opened=0, opened_at__isnull=True) | Q(opened__gt=0, opened_at__isnull=False),
                name="share_opening_has_date",
                violation_error_message="Un lien de partage utilisé porte la date de son dernier usage."),
        ]

    def __str__(self):
        return self.recipient

    @property
    def has_expired(self):
        return self.expires_at <= timezone.now()

    @property
    def is_open(self):
        """May it still be used? The edition, read with it, may have been withdrawn since."""
        return not (self.revoked_at or self.has_expired or self.booklet.withdrawn_at)
