"""Naming one's deputy: for which role, whom, from when to when."""
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms

from ..models import Deputy, Membership
from .fields import DateField, new_key


class DeputyForm(forms.ModelForm):
    """It cleans; workflow/deputies.py checks again under lock and saves."""
    membership = forms.ModelChoiceField(Membership.objects.none(), label="Rôle à tenir", empty_label=None)
    starts_on = DateField(label="Premier jour")
    ends_on = DateField(label="Dernier jour (inclus)")
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    class Meta:
        model = Deputy
        fields = ["membership", "deputy", "starts_on", "ends_on"]
        labels = {"deputy": "Votre suppléant"}

    def __init__(self, *args, memberships, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = memberships
        self.fields["membership"].label_from_instance = lambda m: f"{m.get_role_display()}, {m.organisation.name}"
        self.fields["deputy"].queryset = colleagues
        self.fields["deputy"].empty_label = "Choisissez un collègue"
        self.fields["deputy"].label_from_instance = named
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("key", "membership", "deputy", Row("starts_on", "ends_on"))

    def validate_constraints(self):
        """Left to the act, under lock."""


def named(user):
    return f"{user}, {user.function}" if user.function else str(user)
