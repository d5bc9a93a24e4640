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

# Spaces, format characters and marks without a letter show nothing; nor do these, which Unicode calls letters or signs.
UNSEEN, FILLERS = {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me", "Mc"}, "\u115f\u1160\u2800\u3164\uffa0"


def new_key():
    """The one-time key of a form: a double click or a resent page finds it taken, and changes nothing."""
    return secrets.token_urlsafe(16)


def is_seen(character):
    return unicodedata.category(character) not in UNSEEN and character not in FILLERS


def clean_text(text):
    """Normalised text, empty when nothing of it is seen; raises ValidationError naming an invisible character that
    would falsify it. Joiners stay where they are: emoji and Arabic are written with them.
    """
    text = unicodedata.normalize("NFC", LINE_ENDS.sub("\n", text))
    if found := CONTROL.search(text) or FORCED_DIRECTION.search(text):
        before = text[max(0, found.start() - 20):found.start()].strip()
        raise ValidationError(
            f"Le texte contient un caractère invisible interdit (U+{ord(found.group()):04X})"
            + (f", après « {CONTROL.sub('', before)} »" if before else "") + " : retapez ce passage.")
    return text.strip() if any(map(is_seen, text)) else ""


class CleanText(forms.CharField):
    """Plain text of one line, or of several (`rows`), at most `max_length` characters, in any script and direction."""

    def __init__(self, *, rows=None, max_length=20_000, **kwargs):
        self.limit, self.rows = max_length, rows
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "data-limit": max_length}))
        # No maxlength for the browser: it would cut a pasted text without a word.
        super().__init__(strip=False, **kwargs)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "dir": "auto"}

    def to_python(self, value):
        text = clean_text(super().to_python(value))
        return text if self.rows else text.replace("\n", " ")

    def validate(self, value):
        super().validate(value)
        if len(value) > self.limit:
            way = "Raccourcissez-le, ou joignez-le en pièce." if self.rows else "Raccourcissez-le."
            raise ValidationError(f"Ce texte compte {money.digits(len(value))} caractères ; la limite est de "
                                  f"{money.digits(self.limit)}. {way}", code="max_length")


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


class DateInput(forms.DateInput):
    """The browser's calendar; a text that is no date comes back as typed, where a calendar would show nothing."""
    input_type = "date"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if not re.fullmatch(r"([0-9]{4,6}-[0-9]{2}-[0-9]{2})?", context["widget"]["value"] or ""):
            context["widget"]["type"] = "text"
        return context


class DateField(forms.DateField):
    """A day, typed as 2026-11-23 or 23/11/2026."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", DateInput(format="%Y-%m-%d"))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"])
        kwargs.setdefault("error_messages", {})["invalid"] = \
            "Cette date n’existe pas : écrivez-la comme 31/08/2018."
        super().__init__(**kwargs)
