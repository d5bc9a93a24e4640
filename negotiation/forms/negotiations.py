"""Opening a negotiation, and correcting its title or years."""
from crispy_forms.helper import FormHelper
from django import forms

from ..models import Grid, Negotiation, Organisation
from ..models.negotiation import YEARS
from .fields import CleanText, YearField


class SheetForm(forms.ModelForm):
    """Title and years of a dossier. The act checks the periods."""

    class Meta:
        model = Negotiation
        fields = ["title", "first_year", "last_year"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"] = CleanText(max_length=200, label="Titre", help_text="Par exemple : Contrat-Plan "
                                         "État-Région de Kayes 2027-2031.")
        for name, label in [("first_year", "Première année"), ("last_year", "Dernière année")]:
            self.fields[name] = YearField(label=label, validators=YEARS)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", "La dernière année précède la première.")
        elif first and last and last - first > 14:
            self.add_error("last_year", "Un contrat-plan couvre quelques années (4 ou 5 jusqu’ici) : 15 au plus.")
        return cleaned

    def validate_unique(self):
        """Left to the act, under lock."""

    def validate_constraints(self):
        """Left to the act, under lock."""


class OpeningForm(SheetForm):
    """A new dossier: also the Region (by the person's council) and the edition of the grid."""

    class Meta(SheetForm.Meta):
        fields = ["owner", "title", "first_year", "last_year", "grid"]

    def __init__(self, *args, councils, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = Organisation.objects.filter(pk__in=[c.pk for c in councils])
        self.fields["owner"].label = "Région ou District"
        self.fields["owner"].label_from_instance = lambda council: f"{council.region} — {council.name}"
        self.fields["grid"].queryset = Grid.objects.all()
        self.fields["owner"].empty_label = self.fields["grid"].empty_label = None
