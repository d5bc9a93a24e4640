"""The chronology's form."""
from django import forms
from django.core.exceptions import ValidationError

from ..models import Event
from .records import RecordForm, clean_field


class EventForm(RecordForm):
    class Meta:
        model = Event
        fields = ["title", "kind", "date", "precision", "end_date", "place", "participants", "decisions", "progress",
                  "source"]
        formfield_callback = clean_field

    def narrow(self):
        steps = self.negotiation.steps.select_related("step")
        self.fields["progress"] = StepChoice(queryset=steps, required=False, label="Étape",
                                             empty_label="Aucune étape en particulier")
        self.fields["date"].help_text = "Si le jour n’est pas connu, donnez le premier jour du mois ou de l’année et " \
                                        "choisissez la précision."
        if "progress" in self.initial and not isinstance(self.initial["progress"], int):
            self.initial["progress"] = next(
                (p.pk for p in steps if p.step.code == self.initial["progress"]), None)

    def clean_date(self):
        """The negotiation precedes the contract and outlives it by its evaluation; a year 3018 is a slip."""
        date = self.cleaned_data["date"]
        if not 1990 <= date.year <= self.negotiation.last_year + 5:
            raise ValidationError(f"L’année {date.year} est hors de la vie du contrat (de 1990 à "
                                  f"{self.negotiation.last_year + 5}) : vérifiez-la.")
        return date


class StepChoice(forms.ModelChoiceField):
    def label_from_instance(self, progress):
        return str(progress.step)
