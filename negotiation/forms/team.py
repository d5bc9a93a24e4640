"""Inviting somebody, and opening one's account from an invitation. They clean; workflow/ acts."""
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from ..choices import ROLES_OF, OrganisationKind, Role
from ..models import Invitation, User
from .fields import CleanText, new_key


class InviteForm(forms.Form):
    """`roles` cleans into [(organisation, role)], among what these organisations offer."""
    # The form ends a long page, which begins with what was refused.
    summary_above = True
    email = forms.EmailField(label="Adresse électronique", max_length=254,
                             widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = CleanText(max_length=150, label="Prénom et nom")
    function = CleanText(max_length=150, label="Fonction", required=False)
    roles = forms.MultipleChoiceField(label="Rôles", widget=forms.CheckboxSelectMultiple, error_messages={
        "required": "Choisissez au moins un rôle."})
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = {f"{o.pk}:{role}": (o, role) for o in organisations for role in Role
                        if role in ROLES_OF[OrganisationKind(o.kind)]}
        alone = len(organisations) == 1
        self.fields["roles"].choices = [(value, role.label if alone else f"{role.label}, {organisation.name}")
                                        for value, (organisation, role) in self.offered.items()]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("key", "email", Row("name", "function"), "roles")

    def clean_roles(self):
        return [self.offered[value] for value in self.cleaned_data["roles"]]

    def invitation(self):
        return Invitation(**{name: self.cleaned_data[name] for name in ("email", "name", "function")})


class JoinForm(forms.Form):
    """A new account: the address is that of the invitation, the password passes the validators of the project."""
    name = CleanText(max_length=150, label="Prénom et nom")
    function = CleanText(max_length=150, label="Fonction", required=False)
    password1 = forms.CharField(label="Mot de passe", strip=False, max_length=1000, help_text="12 caractères au moins.",
                                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    password2 = forms.CharField(label="Mot de passe (confirmation)", strip=False, max_length=1000,
                                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Les deux mots de passe ne sont pas les mêmes : retapez-les.")
        if first:
            try:
                validate_password(first, User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as refusal:
                self.add_error("password1", refusal)
        return cleaned
