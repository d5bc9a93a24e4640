"""Opening a dossier to an organisation that reads it or gives an opinion."""
from crispy_forms.helper import FormHelper
from django import forms

from ..choices import OrganisationKind
from ..models import Organisation


class ShareForm(forms.Form):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="Organisation",
                                          empty_label="Choisissez une organisation")

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(
            kind__in=[OrganisationKind.SERVICE, OrganisationKind.PARTNER]).exclude(openings__negotiation=dossier)
        self.helper = FormHelper()
        self.helper.form_tag = False
