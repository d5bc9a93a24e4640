"""The publication of the livret: nothing to type, and a one-time key. It cleans; workflow/ acts."""
from django import forms

from .fields import new_key


class PublishForm(forms.Form):
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)
