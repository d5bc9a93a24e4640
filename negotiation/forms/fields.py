"""Fields that read what people really type: francs with spaces, clean text, dates in order."""
import re
import secrets
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from .. import money

# Word and phones leave vertical tabs and form feeds where a line ends.
LINE_ENDS = re.compile(r"\r\n?|\x0b|\x0c|\u2028|\u2029")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Forced directions make a text read otherwise than it is written.
FORCED_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def new_key():
    """The one-time key of a form: a double click or a resent page finds it taken, and changes nothing."""
    return secrets.token_urlsafe(16)


def clean_text(text):
    """Normalised text; raises ValidationError naming an invisible character that would falsify it."""
    text = unicodedata.normalize("NFC", LINE_ENDS.sub("\n", text))
    if found := CONTROL.search(text) or FORCED_DIRECTION.search(text):
        before = text[max(0, found.start() - 20):found.start()].strip()
        raise ValidationError(
            f"Le texte contient un caractère invisible interdit (U+{ord(found.group()):04X})"
            + (f", après « {CONTROL.sub('', before)} »" if before else "") + " : retapez ce passage.")
    return text.strip()


class CleanText(forms.CharField):
    """Plain text of one or several lines, at most `max_length` characters."""

    def __init__(self, *, rows=None, max_length=20_000, **kwargs):
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "data-limit": max_length}))
        kwargs.setdefault("error_messages", {})["max_length"] = (
            "Ce texte compte %(show_value)d caractères ; la limite est de %(limit_value)d. Raccourcissez-le ou "
            "joignez-le en pièce.")
        # The validators see every character; the browser must not cut a pasted text without a word.
        super().__init__(max_length=max_length, strip=False, **kwargs)
        self.validators = [v for v in self.validators if type(v).__name__ != "ProhibitNullCharactersValidator"]

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs

    def to_python(self, value):
        return clean_text(super().to_python(value))


class AmountField(forms.CharField):
    """Whole francs as typed or pasted, or nothing (None)."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        try:
            return money.parse(value or "")
        except money.InvalidAmount as refusal:
            raise ValidationError(str(refusal)) from None

    def prepare_value(self, value):
        return money.digits(value) if isinstance(value, int) else value

    def validate(self, value):
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        pass


class DateField(forms.DateField):
    """A day, typed as 2026-11-23 or 23/11/2026."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"])
        kwargs.setdefault("error_messages", {})["invalid"] = \
            "Cette date n’existe pas : écrivez-la comme 31/08/2018."
        super().__init__(**kwargs)
