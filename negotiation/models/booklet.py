"""An edition of the livret: its content frozen as data, the very bytes made from it, and what became of it."""
from django.db import models
from django.db.models import Q

from .. import codes
from ..choices import EditionState
from .account import User
from .negotiation import Negotiation

ESTABLISHED = Q(state=EditionState.ESTABLISHED)
WITHDRAWN = Q(state=EditionState.WITHDRAWN)


class Booklet(models.Model):
    """Edition `number` of the livret, stored once in the file store under `sha256` and never made again.

    What it says and its file never change (models/edition_guard.py); its state does. A withdrawn edition keeps its
    number and its file, and is no longer given to anybody. Editions older than the codes have neither code nor content.
    """
    negotiation = models.ForeignKey(Negotiation, models.PROTECT, related_name="booklets")
    number = models.PositiveSmallIntegerField("édition")
    state = models.CharField("état", max_length=12, choices=EditionState, default=EditionState.ESTABLISHED)
    code = models.CharField("code de vérification", max_length=codes.LENGTH, null=True, unique=True)  # noqa: DJ001
    grid = models.CharField("édition de la grille", max_length=300, blank=True)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    pages = models.PositiveSmallIntegerField("pages")
    established_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    established_at = models.DateTimeField("établie le")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("publiée le", null=True, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="remplacée par")
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawal_reason = models.TextField("motif du retrait", blank=True)
    # When the second signature was deposited here: the contract is signed, on this edition (workflow/signatures.py).
    signed_at = models.DateTimeField("signée par les deux parties", null=True, blank=True)

    class Meta:
        verbose_name = "livret"
        ordering = ["negotiation", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["negotiation", "number"], name="booklet_number_unique"),
            models.UniqueConstraint(
                fields=["negotiation"], condition=Q(state=EditionState.PUBLISHED), name="booklet_one_published",
                violation_error_message="Une seule édition d’un livret est en vigueur."),
            models.CheckConstraint(
                condition=ESTABLISHED & Q(published_at__isnull=True) | ~ESTABLISHED & Q(published_at__isnull=False),
                name="booklet_publication_has_date",
                violation_error_message="Une édition publiée porte la date de sa publication."),
            models.CheckConstraint(
                condition=~Q(state=EditionState.REPLACED) | Q(replaced_by__isnull=False),
                name="booklet_replaced_by_another",
                violation_error_message="Une édition remplacée nomme celle qui la remplace."),
            models.CheckConstraint(
                condition=~WITHDRAWN & Q(withdrawn_at__isnull=True, withdrawal_reason="")
                | WITHDRAWN & Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason=""),
                name="booklet_withdrawal_has_reason",
                violation_error_message="Une édition retirée porte la date et le motif de son retrait."),
        ]

    def __str__(self):
        return f"{self.negotiation_id} édition {self.number}"

    @property
    def grouped_code(self):
        return codes.grouped(self.code or "")

    @property
    def is_current(self):
        return self.state == EditionState.PUBLISHED

    @property
    def is_public(self):
        """Is its file given to everybody?"""
        return self.state in (EditionState.PUBLISHED, EditionState.REPLACED)


class FrozenContent(models.Model):
    """Everything an edition says, as the JSON text that its pages were made from; never changed (edition_guard.py)."""
    booklet = models.OneToOneField(Booklet, models.PROTECT, primary_key=True, related_name="content")
    format = models.PositiveSmallIntegerField("version du format")
    sha256 = models.CharField("empreinte SHA-256 du texte", max_length=64)
    text = models.TextField("contenu (JSON)")

    class Meta:
        verbose_name = "contenu figé"
        verbose_name_plural = "contenus figés"

    def __str__(self):
        return f"contenu de {self.booklet_id}"
