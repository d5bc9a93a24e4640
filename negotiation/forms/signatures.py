"""The scan of a signature on an edition, and why a wrong one is taken away. They clean; workflow/ acts."""
from django import forms
from django.core.exceptions import ValidationError

from ..choices import Party
from ..files.inspection import inspect
from ..files.refusals import Refused
from ..models import Signature
from . import refusals
from .booklets import Keyed
from .fields import CleanText, DateField
from .steps import CheckedForm

SCANS = {"pdf", "png", "jpeg"}
AS_SCAN = "Déposez un PDF, ou une image PNG ou JPEG."
SIGNED = ("party", "function", "signed_on", "mandate", "place")


class SignatureForm(CheckedForm, Keyed):
    """One party's signature. other: the signature of the other party, whose scan may carry this one too."""
    field_order = [*SIGNED, "file", "checked", "same", "reason"]
    party = forms.ChoiceField(label="Partie qui a signé", widget=forms.RadioSelect, error_messages={
        "required": "Dites quelle partie a signé.", "invalid_choice": "Dites quelle partie a signé."})
    function = CleanText(max_length=200, label="Fonction du signataire", help_text="La fonction, sans le nom. Pour "
                         "la Région : président du Conseil régional, ou maire du District. Pour l’État : gouverneur.")
    signed_on = DateField(label="Date de la signature", help_text=DateField.HINT)
    mandate = CleanText(max_length=300, label="Mandat", help_text="Ce qui l’autorise à signer : la délibération du "
                        "Conseil, la délégation ou l’instruction de signature, avec son numéro et sa date.")
    place = CleanText(max_length=200, required=False, label="Lieu")
    file = forms.FileField(label="Numérisation des pages signées", allow_empty_file=True, error_messages={
        "required": "Choisissez la numérisation des pages signées."},
                           help_text="PDF, PNG ou JPEG, 20 Mo au plus.",
                           widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}))
    same = forms.BooleanField(required=False, label="La numérisation déjà déposée pour l’autre partie porte aussi "
                                                    "cette signature")
    reason = CleanText(max_length=300, required=False, label="Pourquoi remplacer la signature déjà déposée",
                       help_text="À remplir si cette partie a déjà une signature ici : l’ancienne reste lisible.")

    def __init__(self, *args, region, current=(), **kwargs):
        """current: the signatures now on this edition."""
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(Party.REGION.value, str(region)), (Party.STATE.value, "État")]
        self.current = {one.party: one for one in current}
        self.fields["file"].required = not self.current
        if not self.current:
            del self.fields["same"], self.fields["reason"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return None
        try:
            self.verdict = inspect(file, file.name)
        except Refused as refusal:
            is_other = refusal.reason in ("extension.none", "extension.other")
            raise ValidationError(str(refusal.advising(AS_SCAN) if is_other else refusal)) from None
        if self.verdict.kind not in SCANS:
            raise ValidationError(f"Une numérisation n’est pas un document de bureau. {AS_SCAN}")
        return file

    @property
    def shared(self):
        """The signature of the other party, whose scan serves again."""
        other = next((one for party, one in self.current.items() if party != self.cleaned_data.get("party")), None)
        return other if self.cleaned_data.get("same") else None

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("same") and not self.shared and cleaned.get("party"):
            self.add_error("same", "L’autre partie n’a pas encore de numérisation ici : choisissez un fichier.")
        elif "file" in cleaned and not cleaned["file"] and not self.shared:
            self.add_error("file", "Choisissez la numérisation des pages signées.")
        if cleaned.get("party") in self.current and not cleaned.get("reason") and "reason" in cleaned:
            self.add_error("reason", "Cette partie a déjà une signature ici : dites pourquoi vous la remplacez.")
        return cleaned

    typed = property(refusals.typed)

    def signature(self, booklet):
        return Signature(booklet=booklet, **{name: self.cleaned_data[name] for name in SIGNED})


class EndForm(Keyed):
    reason = CleanText(max_length=300, label="Pourquoi la retirer", error_messages={
        "required": "Dites pourquoi cette signature est retirée : elle reste lisible, avec ce motif."})
