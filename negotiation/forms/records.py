"""What the forms of a dossier's records share: clean fields, the fingerprint of what was shown, no save."""
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.db.models import Exists, OuterRef

from ..choices import State
from ..models import Document, DocumentVersion
from . import refusals
from .fields import AmountField, CleanText, DateField, new_key

# What came before a contract, such as a decree, may be old; what it asks for is near it.
FIRST_YEAR, YEARS_BEFORE, YEARS_AFTER = 1990, 5, 5


def clean_field(db_field, **kwargs):
    """The form field of a model field: text is cleaned, dates read in French, amounts are whole francs."""
    kind = db_field.get_internal_type()
    told = {"required": not db_field.blank, "label": kwargs.get("label") or capitalised(db_field.verbose_name),
            "help_text": kwargs.get("help_text") or db_field.help_text}
    if kind == "TextField":
        return CleanText(rows=4, max_length=db_field.max_length or 20_000, **told)
    if kind == "CharField" and not db_field.choices:
        return CleanText(max_length=db_field.max_length, **told)
    if kind == "DateField":
        return DateField(**told)
    if kind == "BigIntegerField":
        return AmountField(**told)
    field = db_field.formfield(**kwargs)
    if field:
        field.label = told["label"]
    if db_field.choices:
        field.choices = [choice if choice[0] else ("", "Choisissez…") for choice in field.choices]
    return field


def capitalised(text):
    return text[:1].upper() + text[1:]


def year_refusal(date, first, last):
    """Why the year of this date, or of no date, is refused; "" when it is not."""
    if not date or first <= date.year <= last:
        return ""
    return f"L’année {date.year} est trop loin du contrat (ici, de {first} à {last}) : vérifiez-la."


class StepChoice(forms.ModelChoiceField):
    """A step of the dossier; those that are closed, or open in part only, say so."""

    def label_from_instance(self, progress):
        is_open = progress.is_editable and progress.state != State.RETURNED
        return str(progress.step) if is_open else f"{progress.step} ({progress.get_state_display()})"


class DocumentChoice(forms.ModelChoiceField):
    """A deposited document of the dossier, by its step and its title; what the Region reserves is never offered."""

    def __init__(self, negotiation, **kwargs):
        super().__init__(Document.objects.filter(
            Exists(DocumentVersion.objects.filter(document=OuterRef("pk"))), progress__negotiation=negotiation).exclude(
            expected__confidential=True).select_related("progress__step").order_by("progress__step__code", "pk"),
            required=False, empty_label="Aucune pièce", **kwargs)

    def label_from_instance(self, document):
        return document.label


class RecordForm(forms.ModelForm):
    """A record of a dossier. It cleans; workflow/records.py saves, checks the model's constraints and journals.

    arrangement: field names in order, a tuple being a row; in_order: (first date, second date, sentence).
    """
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key)
    arrangement = ()
    in_order = ()

    def __init__(self, *args, negotiation, base="", **kwargs):
        self.negotiation = negotiation
        super().__init__(*args, **kwargs)
        self.fields["base"].initial = base
        if "progress" in self.fields:
            self.offer_steps()
        self.narrow()
        for field in self.fields.values():
            if isinstance(field, DateField):
                field.help_text = f"{DateField.HINT} {field.help_text}".strip()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(*(Row(*one) if isinstance(one, tuple) else one
                                      for one in self.arrangement or self._meta.fields))

    def narrow(self):
        """Restrict the choices of foreign keys to this dossier; subclasses say how."""

    def offer_steps(self):
        """The steps of this dossier; the first value may be given as the code of a step."""
        steps = self.negotiation.steps.select_related("step")
        self.fields["progress"] = StepChoice(queryset=steps, required=False, label="Étape",
                                             empty_label="Aucune étape en particulier")
        if isinstance(given := self.initial.get("progress"), str):
            self.initial["progress"] = steps.filter(step__code=given).values_list("pk", flat=True).first()

    def clean(self):
        super().clean()
        for name, field in self.fields.items():
            date = self.cleaned_data.get(name) if isinstance(field, DateField) else None
            if refusal := year_refusal(date, self.first_year, self.last_year):
                self.add_error(name, refusal)
        for first, second, sentence in self.in_order:
            start, end = self.cleaned_data.get(first), self.cleaned_data.get(second)
            if start and end and end < start:
                self.add_error(second, sentence.format(f"{end:%d/%m/%Y}", f"{start:%d/%m/%Y}"))

    typed = property(refusals.typed)

    @property
    def first_year(self):
        return FIRST_YEAR

    @property
    def last_year(self):
        """The contract is prepared before its first year and evaluated after its last; a year 3018 is a slip."""
        return self.negotiation.last_year + YEARS_AFTER

    def validate_unique(self):
        """Left to the act, under lock."""

    def validate_constraints(self):
        """Left to the act, under lock."""

    def rebase(self, base):
        """After a conflict has been shown: saving again replaces the version that was shown."""
        self.data = self.data.copy()
        self.data["base"] = base


class RemovalForm(forms.Form):
    """The confirmation of a removal: what the page showed, and its one-time key."""
    base = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)
