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
        return text if self.rows else re.sub(r"\s{2,}", " ", text.replace("\n", " "))

    def validate(self, value):
        super().validate(value)
        if len(value) > self.limit:
            way = "Raccourcissez-le, ou joignez-le en pièce." if self.rows else "Raccourcissez-le."
            raise ValidationError(f"Ce texte compte {money.digits(len(value))} caractères ; la limite est de "
                                  f"{money.digits(self.limit)}. {way}", code="max_length")


class AmountField(forms.CharField):
    """Whole francs as typed or pasted, or nothing (None); 0 says neither that it is free nor that it is unknown, unless
    it has a meaning of its own (zero)."""

    def __init__(self, *, zero=False, **kwargs):
        self.zero = zero
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
        if value == 0 and not self.zero:
            raise ValidationError("0 franc n’est pas un montant : laissez la case vide tant qu’il n’est pas connu.")

    def run_validators(self, value):
        pass


class PercentField(forms.CharField):
    """A share of the whole: « 20 », « 20,5 % » → 205 tenths of a percent; above 0, at most 100."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off",
                                                           "class": "short"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        typed = money.SPACES.sub("", str(value or "")).removesuffix("%")
        if not typed:
            return None
        if not (read := re.fullmatch(r"([0-9]{1,9})(?:[.,]([0-9]+))?", typed)):
            raise ValidationError(f"« {money.shown(str(value))} » n’est pas un pourcentage : écrivez-le comme 20 ou "
                                  "20,5.")
        whole, decimals = read.groups("")
        if len(decimals.rstrip("0")) > 1:
            raise ValidationError("Un seul chiffre après la virgule : écrivez-le comme 20,5.")
        tenths = int(whole) * 10 + int((decimals or "0")[0])
        if not 0 < tenths <= 1000:
            raise ValidationError("Une part va de 0,1 à 100 %.")
        return tenths

    def prepare_value(self, value):
        return money.percent(value).removesuffix(f"{money.NBSP}%").removesuffix(",0") if isinstance(value, int) \
            else value

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class DateField(forms.DateField):
    """A day, typed as 23/11/2026, 23112026 (a phone's digits) or 2026-11-23.

    Not the browser's calendar: for a day that does not exist it posts nothing, and erases what was stored unseen.
    """
    HINT = "Exemple : 31/08/2018."

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(format="%d/%m/%Y"))
        kwargs.setdefault("input_formats", ["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y"])
        kwargs.setdefault("error_messages", {})["invalid"] = \
            "Cette date n’existe pas, ou ne se lit pas : écrivez-la comme 31/08/2018."
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off", "class": "short"}

    def to_python(self, value):
        if isinstance(value, str) and re.fullmatch(r"[0-9]{8}", typed := value.strip()):
            value = f"{typed[:2]}/{typed[2:4]}/{typed[4:]}"
        elif isinstance(value, str) and re.fullmatch(r"[0-9]{1,2}([/. -])[0-9]{1,2}\1[0-9]{2}", value.strip()):
            raise ValidationError("L’année s’écrit en quatre chiffres, comme 31/08/2018.", code="invalid")
        return super().to_python(value)


class YearField(forms.IntegerField):
    """A year of four digits; what cannot be read comes back as typed, where the browser's number box posts nothing."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"})
        kwargs.setdefault("error_messages", {})["invalid"] = "Écrivez l’année en quatre chiffres, par exemple 2027."
        super().__init__(**kwargs)
