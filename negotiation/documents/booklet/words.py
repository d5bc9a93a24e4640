"""French words of the livret: texts made fit to print, dates, mandates, sizes. Refuses HTML."""
import re

import emoji
from django.utils import timezone

from ...dates import NBSP, spoken

MAX_TEXT, MAX_LINES = 20_000, 400
CUT = f" […] (texte coupé à 20{NBSP}000 caractères)"
# Controls, lone surrogates and marks that turn the direction of what follows: nothing to print, much to deceive.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


# WeasyPrint takes minutes to break twenty thousand characters without a space: long runs, or many of them, are given
# places to break, which do not show. An address or two stay whole, to be copied.
HARD_SPACES = re.compile(r"[\u00a0\u202f\u2007]{4,}")
VERY_LONG, LONG = re.compile(r"[^ \t\n]{200,}"), re.compile(r"[^ \t\n]{26,}")
FEW, PIECE, BREAK = 20, re.compile(r".{12}(?=.)"), "\u200b"


# Pictures and flags that no font of the livret prints, with what joins and colours them: said in words, as readers of
# screens do. (Signs that its fonts have, « ☎ », « ✓ », stay.)
PICTURE = ("[\U0001f000-\U0001faff\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2795-\u2797\u27b0\u27bf"
           "\u23e9-\u23f3\u23f8-\u23fa]")
PICTURES = re.compile(rf"(?:{PICTURE}[\ufe0e\ufe0f\u200d\u20e3\U000e0020-\U000e007f]*)+")
JOINS = re.compile("[\ufe0e\ufe0f\u20e3]")


def breakable(value):
    value = HARD_SPACES.sub(NBSP, value)
    runs = LONG if len(LONG.findall(value)) > FEW else VERY_LONG
    return runs.sub(lambda run: PIECE.sub(lambda piece: piece[0] + BREAK, run[0]), value)


def text(value):
    """A typed text, fit to print: same words and lines, no controls, pictures in words, bounded in length and lines."""
    value = UNPRINTABLE.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    value = JOINS.sub("", PICTURES.sub(in_words, value)).strip()
    if len(value) > MAX_TEXT:
        value = value[:MAX_TEXT].rstrip() + CUT
    if value.count("\n") > MAX_LINES:
        value = joined(value)
    return breakable(value)


def in_words(found):
    """« 👩‍🌾🇲🇱 » → « [fermière] [drapeau mali] »; a picture newer than the names we have is « [image] »."""
    named = emoji.replace_emoji(found[0], lambda one, _: f"[{name_of(one)}]")
    return PICTURES.sub("[image]", named).replace("][", "] [")


def name_of(picture):
    return emoji.demojize(picture, language="fr", delimiters=("", "")).replace("_", " ")


def joined(value):
    return " / ".join(part.strip() for part in value.split("\n") if part.strip())


def line(value):
    """A typed text that holds on one line of a table or a heading."""
    return joined(text(value))


def day(value):
    """2018-08-31 → « 31 août 2018 », the first of a month as « 1er »; no date → empty."""
    return spoken(value) if value else ""


def date_of(instant):
    """The day of an instant, where the people are."""
    return timezone.localtime(instant).date()


def moment(instant):
    return day(date_of(instant))


def mandate(starts_on, ends_on):
    if starts_on and ends_on:
        return f"du {day(starts_on)} au {day(ends_on)}"
    if starts_on:
        return f"depuis le {day(starts_on)}"
    return f"jusqu’au {day(ends_on)}" if ends_on else ""


def size(octets):
    """1234567 → « 1,2 Mo »."""
    if octets < 1000:
        return f"{octets}{NBSP}octet{'s' if octets > 1 else ''}"
    if octets < 999_500:
        return f"{octets / 1000:.0f}{NBSP}ko"
    return f"{octets / 1_000_000:.1f}{NBSP}Mo".replace(".", ",")


def count(number, one, many):
    """3, « événement », « événements » → « 3 événements »; 0 → « aucun événement » is for the caller to say."""
    return f"{number}{NBSP}{one if number < 2 else many}"


def plural(word):
    """« soumise » → « soumises »; « en cours » and « à corriger » stay as they are."""
    return f"{word}s" if word.endswith("e") else word


def sentence(value):
    """The same, with a full stop when nothing ends it."""
    return value if not value or value[-1] in ".!?…:" else f"{value}."


def with_source(value, source):
    """« 1 000 FCFA ; source : étude (2025) »: no brackets, which a source may hold itself."""
    return f"{value} ; source : {line(source)}" if value and source else value


def first_upper(value):
    return value[:1].upper() + value[1:]
