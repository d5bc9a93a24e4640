"""Whole francs: reading what people type, writing what they read. Refuses decimals, signs and floats.

An amount is an `int` of FCFA, 0 ≤ amount < 10**15. `parse` raises `InvalidAmount` with a French sentence.
"""
import re

MAX_DIGITS = 15
MAX_AMOUNT = 10**MAX_DIGITS - 1
NBSP = "\u00a0"
CURRENCY = "FCFA"
# Spreadsheets and phones separate thousands by any of these; « FCFA » or « F CFA » may follow.
SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007\u2060\ufeff']+")
UNIT = re.compile(r"(F\.?CFA|FCFA|XOF|F)$", re.IGNORECASE)
# ASCII only: str.isdigit would also let ² and ٣ through.
DIGITS = re.compile(r"[0-9]+")


class InvalidAmount(ValueError):
    """The typed text is not a whole, positive amount of at most 15 digits; str() says why in French."""


def parse(text):
    """« 2 173 126 400 FCFA » → 2173126400; blank → None. Raises InvalidAmount."""
    typed = str(text).strip()
    bare = UNIT.sub("", SPACES.sub("", typed))
    if not bare:
        if typed:
            raise InvalidAmount(f"« {typed[:40]} » n’est pas un montant : écrivez-le en chiffres.")
        return None
    if bare[0] in "-−–(":
        raise InvalidAmount(f"« {typed[:40]} » est négatif : un montant est un nombre positif de francs.")
    if DIGITS.fullmatch(bare):
        if len(bare.lstrip("0")) > MAX_DIGITS:
            raise InvalidAmount(f"Ce montant dépasse {MAX_DIGITS} chiffres : vérifiez qu’il est bien en francs.")
        return int(bare)
    if re.fullmatch(r"[0-9]+([.,][0-9]*)+", bare):
        raise InvalidAmount(
            f"« {typed[:40]} » contient un point ou une virgule : écrivez le montant en francs entiers, "
            "par exemple 400 000 000.")
    raise InvalidAmount(f"« {typed[:40]} » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000.")


def digits(amount):
    """2173126400 → « 2 173 126 400 » with non-breaking spaces."""
    return f"{amount:,}".replace(",", NBSP)


def format(amount):
    """2173126400 → « 2 173 126 400 FCFA » with non-breaking spaces."""
    return f"{digits(amount)}{NBSP}{CURRENCY}"
