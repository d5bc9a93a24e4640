"""Proposing a passation: to whom, and what the successor must know."""
from crispy_forms.helper import FormHelper
from django import forms

from ..models import Handover
from .deputies import named
from .fields import CleanText, new_key


class HandoverForm(forms.ModelForm):
    """It cleans; workflow/handovers.py checks and saves."""
    note = CleanText(rows=6, max_length=5000, required=False, label="Ce qu’il faut savoir", help_text=(
        "Ce que les dossiers ne disent pas : ce qui est promis, ce qui presse, à qui parler."))
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    class Meta:
        model = Handover
        fields = ["successor", "note"]
        labels = {"successor": "Successeur"}

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = colleagues
        self.fields["successor"].empty_label = "Choisissez un collègue"
        self.fields["successor"].label_from_instance = named
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def validate_constraints(self):
        """Left to the act, under lock."""
