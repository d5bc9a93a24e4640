"""Giving an edition that is not public to one reader. It cleans; workflow/ acts."""
import secrets

from django import forms
from django.core import signing

from ..choices import OrganisationKind
from ..models import Organisation
from ..models.share import MOST_DAYS, USUAL_DAYS
from .booklets import Plain
from .fields import CleanText

SALT, A_DAY = "share-link", 24 * 60 * 60


def new_token():
    """The secret of the address to come, sealed so that no one chooses it; a double click creates one link."""
    return signing.dumps(secrets.token_urlsafe(32), salt=SALT)


class ShareLinkForm(Plain):
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(kind__in=[OrganisationKind.SERVICE, OrganisationKind.PARTNER]), required=False,
        label="Organisation qui a des comptes ici", empty_label="Aucune : le destinataire est écrit ci-dessous",
        help_text="Ses membres retrouvent aussi l’exemplaire dans « Mes tâches ».")
    recipient = CleanText(max_length=120, required=False, label="Destinataire",
                          help_text="Une organisation ou une fonction, jamais le nom d’une personne : il est écrit en "
                                    "travers de chaque page. Vide, c’est le nom de l’organisation choisie.")
    days = forms.IntegerField(
        label="Durée (jours)", initial=USUAL_DAYS, min_value=1, max_value=MOST_DAYS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        help_text=f"De 1 à {MOST_DAYS} jours.", error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"],
            f"Écrivez un nombre de jours, de 1 à {MOST_DAYS} : par exemple {USUAL_DAYS}."))
    token = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput, initial=new_token)

    def clean_token(self):
        """One that is missing, forged or old is replaced by another: only the double click is no longer known."""
        try:
            return signing.loads(self.cleaned_data["token"], salt=SALT, max_age=A_DAY)
        except signing.BadSignature:
            return secrets.token_urlsafe(32)

    def clean(self):
        cleaned = super().clean()
        organisation = cleaned.get("organisation")
        if "recipient" in cleaned and not cleaned["recipient"]:
            if organisation:
                cleaned["recipient"] = organisation.name[:120]
            else:
                self.add_error("recipient", "Nommez le destinataire : une organisation ou une fonction.")
        return cleaned
