"""The form of a logo of the livrets: a picture that is checked and drawn again apart, and what it shows."""
from django import forms
from django.core.exceptions import ValidationError

from ..files.inspection import Refused, picture
from ..models import Emblem
from .reference import CleanTexts


class EmblemForm(CleanTexts):
    file = forms.FileField(label="Image", required=False, help_text="PNG ou JPEG. Elle est réduite à 400 points.",
                           widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}))

    class Meta:
        model = Emblem
        fields = ["label", "region", "order", "is_shown"]

    def clean_file(self):
        deposited = self.cleaned_data["file"]
        if not deposited:
            if not self.instance.pk:
                raise ValidationError("Choisissez l’image du logo.", code="required")
            return None
        try:
            return picture(deposited, deposited.name)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None

    def save(self, commit=True):
        if self.cleaned_data["file"]:
            self.instance.image = self.cleaned_data["file"]
        return super().save(commit)
