"""The calendar: the day a proposal starts from, and the planned dates of every step in one form. A form never acts."""
import json

from crispy_forms.helper import FormHelper
from django import forms

from .fields import DateField, new_key
from .records import YEARS_AFTER, YEARS_BEFORE, year_refusal


def refuse_year(date, negotiation):
    """A year 3018 is a slip, and so is a year 1999."""
    first, last = negotiation.first_year - YEARS_BEFORE, negotiation.last_year + YEARS_AFTER
    if refusal := year_refusal(date, first, last):
        raise forms.ValidationError(refusal)
    return date


class ProposalForm(forms.Form):
    """base: fingerprint of the plan that would be replaced."""
    start = DateField(label="Début des travaux",
                      help_text="Le jour où la Région commence l’étape A1, ou l’a commencée.")
    base = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, data=None, *, negotiation, base):
        super().__init__(data, initial={"start": negotiation.starts_on, "base": base})
        self.negotiation = negotiation
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_start(self):
        return refuse_year(self.cleaned_data["start"], self.negotiation)

    def rebase(self, base):
        """After the other plan has been told: proposing again replaces it."""
        self.data = self.data.copy()
        self.data["base"] = base


class DatesForm(forms.Form):
    """Two dates per step. `bases` remembers what the page showed, so that only real changes are saved."""
    bases = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, negotiation, progresses, stored):
        """stored: {progress pk: the dates as one text}; progresses: in order, with step and phase."""
        super().__init__(data)
        self.negotiation, self.progresses = negotiation, progresses
        for progress in progresses:
            for edge, label in (("start", "début prévu"), ("end", "fin prévue")):
                self.fields[f"{edge}-{progress.pk}"] = DateField(
                    required=False, label=f"{progress.step.code}, {label}",
                    initial=getattr(progress, f"planned_{edge}"),
                    widget=forms.DateInput(format="%d/%m/%Y", attrs={"aria-label": f"{progress.step.code}, {label}"}))
        self.fields["bases"].initial = json.dumps(stored)

    @property
    def rows(self):
        """[(progress, its first date, its last date)] as bound fields."""
        return [(one, self[f"start-{one.pk}"], self[f"end-{one.pk}"]) for one in self.progresses]

    @property
    def problems(self):
        """[(id of the field, sentence)] for the summary, each beginning with the code of its step."""
        return [(field.id_for_label, f"{one.step.code} : {error}") for one, *fields in self.rows
                for field in fields for error in field.errors]

    def clean(self):
        super().clean()
        for one in self.progresses:
            first, last = f"start-{one.pk}", f"end-{one.pk}"
            for name in (first, last):
                try:
                    refuse_year(self.cleaned_data.get(name), self.negotiation)
                except forms.ValidationError as refusal:
                    self.add_error(name, refusal)
            start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
            if first in self.errors or last in self.errors:
                continue
            if start and not end:
                self.add_error(last, "Donnez aussi la fin prévue.")
            elif end and not start:
                self.add_error(first, "Donnez aussi le début prévu.")
            elif start and start > end:
                self.add_error(last, f"La fin ({end:%d/%m/%Y}) précède le début ({start:%d/%m/%Y}).")

    def clean_bases(self):
        """{progress pk: dates as one text}; what cannot be read counts as an empty plan: nothing is overwritten."""
        try:
            return {int(pk): str(dates) for pk, dates in json.loads(self.cleaned_data["bases"] or "{}").items()}
        except (ValueError, AttributeError, RecursionError):
            return {}

    @property
    def typed(self):
        """{progress pk: (first day, last day)} of the steps that were sent whole."""
        return {one.pk: (self.cleaned_data[f"start-{one.pk}"], self.cleaned_data[f"end-{one.pk}"])
                for one in self.progresses if f"start-{one.pk}" in self.data and f"end-{one.pk}" in self.data}

    def rebase(self, stored):
        """After conflicts have been shown: saving again replaces what was shown."""
        self.data = self.data.copy()
        self.data["bases"] = json.dumps(stored)
