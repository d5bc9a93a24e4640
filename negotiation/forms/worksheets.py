"""A worksheet that comes back: its picture, then its step when no code says it. They clean; workflow/ acts."""
from django import forms
from django.core.exceptions import ValidationError

from .steps import CHECKED, DepositForm

PICTURES = {"pdf", "png", "jpeg"}


class FilledForm(DepositForm):
    """A scan or a photo: a picture, or a PDF of pictures."""
    title = key = checked = None
    file = forms.FileField(
        label="Photo ou numérisation", allow_empty_file=True,
        help_text="PNG, JPEG ou PDF, 20\u00a0Mo au plus. Une fiche par fichier ; un PDF en réunit les pages.",
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.pdf"}),
        error_messages={"required": "Choisissez la photo ou la numérisation avant de la déposer."})

    def clean_file(self):
        file = super().clean_file()
        if self.verdict.kind not in PICTURES:
            raise ValidationError("Une fiche papier revient en image (PNG ou JPEG) ou en PDF. Un autre document se "
                                  "dépose sur la page de son étape, parmi les pièces.")
        return file


class PickForm(forms.Form):
    """Where the file goes. reserved: codes of the steps that have reserved questions; is_whole: whether every page of
    the file has said what it is. One that has not may hold a reserved sheet, whatever the step that is chosen.
    """
    token = forms.CharField(widget=forms.HiddenInput)
    step = forms.ChoiceField(label="Étape", error_messages=dict.fromkeys(
        ["required", "invalid_choice"], "Choisissez l’étape où ranger la fiche."))

    def __init__(self, data=None, *, steps, reserved, is_whole, initial=None):
        super().__init__(data, initial=initial)
        self.reserved, self.is_whole = reserved, is_whole
        field = self.fields["step"]
        field.choices = [(one.step.code, f"{one.step.code} — {one.step.title}") for one in steps]
        # Offered: the steps that take a file now. One that has closed since is refused in its own words.
        open_now = {one.step.code for one in steps if one.is_editable}
        field.widget.choices = [("", "—"), *(choice for choice in field.choices if choice[0] in open_now)]
        if reserved:
            where = f"pour l’étape {', '.join(sorted(reserved))}" if is_whole else "quelle que soit l’étape"
            self.fields["checked"] = forms.BooleanField(
                required=False, label=CHECKED,
                help_text=f"À cocher {where}. Une pièce déposée est lue aussi par la DGCT.")

    def clean(self):
        cleaned = super().clean()
        if self.reserved and not cleaned.get("checked"):
            if not self.is_whole:
                self.add_error("checked", "Toutes les pages n’ont pas pu être lues : vérifiez le fichier, puis cochez.")
            elif cleaned.get("step") in self.reserved:
                self.add_error("checked", "Cette étape a des questions réservées : vérifiez le fichier, puis cochez.")
        return cleaned
