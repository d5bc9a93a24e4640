"""The publication of the livret, and the withdrawal of an edition: a one-time key each. They clean; workflow/ acts."""
from crispy_forms.helper import FormHelper
from django import forms

from .fields import CleanText, new_key


class Plain(forms.Form):
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class PublishForm(Plain):
    read = forms.BooleanField(label="J’ai relu le projet", error_messages={
        "required": "Relisez le projet, puis cochez « J’ai relu le projet » : une édition publiée ne se modifie plus."})


class WithdrawForm(Plain):
    reason = CleanText(rows=3, max_length=2000, label="Motif du retrait", help_text="Tous le lisent, sans compte.",
                       error_messages={"required": "Dites pourquoi l’édition est retirée : le motif est public."})
