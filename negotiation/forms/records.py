"""What the forms of a dossier's records share: clean fields, the fingerprint of what was shown, no save."""
from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from .fields import AmountField, CleanText, DateField, new_key


def clean_field(db_field, **kwargs):
    """The form field of a model field: text is cleaned, dates read in French, amounts are whole francs."""
    kind = db_field.get_internal_type()
    told = {"required": not db_field.blank, "label": kwargs.get("label") or capitalised(db_field.verbose_name),
            "help_text": db_field.help_text}
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
    return field


def capitalised(text):
    return text[:1].upper() + text[1:]


class RecordForm(forms.ModelForm):
    """A record of a dossier. It cleans; workflow/records.py saves, checks the model's constraints and journals."""
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args, negotiation, base="", **kwargs):
        self.negotiation = negotiation
        super().__init__(*args, **kwargs)
        self.fields["base"].initial = base
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.narrow()

    def narrow(self):
        """Restrict the choices of foreign keys to this dossier; subclasses say how."""

    def validate_unique(self):
        """Left to the act, under lock."""

    def validate_constraints(self):
        """Left to the act, under lock."""

    def rebase(self, base):
        """After a conflict has been shown: saving again replaces the version that was shown."""
        self.data = self.data.copy()
        self.data["base"] = base

    def refuse(self, error):
        """Show what the act refused, beside its field when the form has it."""
        for name, messages in getattr(error, "message_dict", {NON_FIELD_ERRORS: getattr(error, "reasons", None)
                                                              or getattr(error, "messages", [])}).items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)
