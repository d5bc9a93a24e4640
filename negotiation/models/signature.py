"""The signatures of the contract: for each party, in which function an edition was signed, and the scan of it."""
from django.db import models
from django.db.models import F, Q

from ..choices import Party
from .account import Organisation, User
from .booklet import Booklet
from .negotiation import SHORT


class Signature(models.Model):
    """The signature of one party, on one edition. Never changed: a wrong one is replaced or withdrawn, and stays.

    edition_sha256: the fingerprint of the edition that was signed, which the database compares (signature_guard.py).
    The scan shows handwriting: it is read by those who read the dossier, and by nobody else.
    """
    booklet = models.ForeignKey(Booklet, models.PROTECT, related_name="signatures")
    party = models.CharField("partie", max_length=6, choices=Party)
    function = models.CharField("fonction du signataire", max_length=200)
    signed_on = models.DateField("signé le")
    mandate = models.CharField("mandat", max_length=SHORT)
    place = models.CharField("lieu", max_length=200, blank=True)
    edition_sha256 = models.CharField("empreinte SHA-256 de l’édition signée", max_length=64)
    sha256 = models.CharField("empreinte SHA-256 de la numérisation", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    kind = models.CharField("format", max_length=6)
    file_name = models.CharField("nom du fichier", max_length=200)
    deposited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="déposée par")
    deposited_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+",
                                      verbose_name="déposée au nom de")
    deposited_at = models.DateTimeField("déposée le")
    deposited_on = models.DateField("jour du dépôt")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField("remplacée ou retirée le", null=True, blank=True)
    end_reason = models.CharField("motif", max_length=SHORT, blank=True)

    class Meta:
        verbose_name = "signature"
        ordering = ["booklet", "party", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booklet", "party"], condition=Q(ended_at__isnull=True), name="signature_one_of_each_party",
                violation_error_message="Cette partie a déjà une signature sur cette édition."),
            models.CheckConstraint(
                condition=~Q(function="") & ~Q(mandate=""), name="signature_has_function_and_mandate",
                violation_error_message="Une signature porte la fonction du signataire et son mandat."),
            models.CheckConstraint(
                condition=Q(signed_on__lte=F("deposited_on")), name="signature_not_in_the_future",
                violation_error_message="La date de la signature est à venir : on ne dépose que ce qui est signé."),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
                name="signature_ended_with_a_reason",
                violation_error_message="Une signature remplacée ou retirée dit par qui, quand et pourquoi."),
        ]

    def __str__(self):
        return self.function

    @property
    def depositor(self):
        """« Awa Traoré, Conseil régional de Kayes »; the names of many accounts say their organisation already."""
        name, organisation = str(self.deposited_by), self.deposited_for
        known = any(said and said.casefold() in name.casefold() for said in (organisation.name, organisation.acronym))
        return name if known else f"{name}, {organisation}"
