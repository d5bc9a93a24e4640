"""Text as it is searched: without accents, case or marks, so that both databases find the same words.

« Gestion de l’Eau à Ŋŋaara » → « gestion de l eau a nnaara ». Knows nothing of the field.
"""
import re
import unicodedata
from string import ascii_lowercase

# Letters that no decomposition brings back to the keyboard of who searches: ligatures, and those of our languages.
PLAIN = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ɛ": "e", "ɔ": "o", "ŋ": "n", "ɲ": "n", "ɓ": "b", "ɗ": "d",
                       "ƴ": "y", "ø": "o", "ł": "l"})
# What is neither a letter nor a digit, in any script.
BETWEEN = re.compile(r"[\W_]+")


def fold(text):
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", str(text).casefold())
                   if not unicodedata.combining(sign))
    return BETWEEN.sub(" ", bare.translate(PLAIN)).strip()


def spellings():
    """{what is folded: the letters that fold to it}, both cases: e → « eEéÉ…ɛƐ », oe → « œŒ »."""
    found = {}
    small = [*map(ord, ascii_lowercase), *range(0xDF, 0x180), *PLAIN]
    for sign in dict.fromkeys(sign for code in small for sign in (chr(code).lower(), chr(code).upper())):
        if sign.isalpha() and len(sign) == 1:
            found[fold(sign)] = found.get(fold(sign), "") + sign
    return found


SPELLINGS = spellings()
UNIT = re.compile("|".join(sorted(SPELLINGS, key=len, reverse=True)) + "|.")


def pattern(text):
    """A regular expression that both databases read the same way: it finds the texts that hold `text`, once folded.

    « eleveurs » and « ÉLEVEURS » find « éleveurs ». Text made of signs alone is searched as it is.
    """
    return "".join(map(spelled, UNIT.findall(fold(text)))) or re.escape(text)


def spelled(unit):
    if unit == " ":
        return r"(\W|_)+"
    # Two letters may be written as one sign, or each in its own way.
    apart = "".join(f"[{SPELLINGS.get(letter, re.escape(letter))}]" for letter in unit)
    return f"({apart}|[{SPELLINGS[unit]}])" if len(unit) > 1 else apart
