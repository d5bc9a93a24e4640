"""Naming one's deputy: for which role, whom, from when to when."""
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms

from ..models import Deputy, Membership, User
from .fields import DateField, new_key


class DeputyForm(forms.Form):
    """It cleans; what a Deputy refuses is judged by the act, under lock and after its one-time key."""
    # The form ends a long page, which begins with what was refused.
    summary_above = True
    membership = forms.ModelChoiceField(Membership.objects.none(), label="Rôle à tenir", empty_label=None)
    deputy = forms.ModelChoiceField(User.objects.none(), label="Votre suppléant", empty_label="Choisissez un collègue")
    starts_on = DateField(label="Premier jour")
    ends_on = DateField(label="Dernier jour (inclus)")
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args, memberships, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = memberships
        self.fields["membership"].label_from_instance = lambda m: f"{m.get_role_display()}, {m.organisation.name}"
        self.fields["deputy"].queryset = colleagues
        self.fields["deputy"].label_from_instance = named
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("key", "membership", "deputy", Row("starts_on", "ends_on"))

    def suppleance(self):
        return Deputy(**{name: self.cleaned_data[name] for name in ("membership", "deputy", "starts_on", "ends_on")})


def named(user):
    return f"{user}, {user.function}" if user.function else str(user)
