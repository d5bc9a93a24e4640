"""What one cell of a spreadsheet says: an amount or a year, as its author meant it; refuses to round or to guess."""
import re
from datetime import date
from decimal import Decimal, InvalidOperation

from ... import money
from ...choices import Unallocated
from . import units
from .words import NOT_SHARED, ONE_YEAR, in_francs, plain, with_years

# The day before day 1 of Excel, whose 1900 is a leap year.
DAY_ZERO = date(1899, 12, 30)


class Unreadable(ValueError):
    """This cell holds no such thing; str() says why in French."""


UNREADABLE = {
    "boolean": "« {} » n’est pas un montant.",
    "error": "la case contient une erreur ({}) : corrigez-la, ou videz-la.",
    "date": "la case contient une date ({}) et non un montant.",
    "formula": "la case contient une formule dont le résultat n’est pas enregistré : ouvrez le fichier dans votre "
               "tableur, enregistrez-le, puis importez-le de nouveau.",
}


OTHER_UNIT = "la case affiche « {} » à côté du nombre, et rien n’est converti : mettez le montant en francs CFA " \
             "entiers, puis donnez à la case un format de nombre sans cette unité."


def amount_of(cell):
    """Whole francs, 0 for a cell that says « nothing ». Raises Unreadable."""
    if cell is None:
        return 0
    if cell.kind == "number":
        if units.in_heading(cell.beside):
            raise Unreadable(OTHER_UNIT.format(plain(cell.beside)))
        return whole(cell.text)
    if cell.kind != "text":
        raise Unreadable(UNREADABLE[cell.kind].format(cell.text))
    try:
        return money.parse(cell.text) or 0
    except money.InvalidAmount as refusal:
        raise Unreadable(lower(str(refusal))) from None


def whole(text):
    """A number of the file, written in the notation of computers."""
    try:
        number = Decimal(text)
        finite = number.is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise Unreadable(f"« {money.shown(text)} » n’est pas un montant.")
    if number < 0:
        raise Unreadable(f"« {money.shown(text)} » est négatif : un montant est un nombre positif de francs.")
    if number.adjusted() >= money.MAX_DIGITS:
        raise Unreadable(f"ce montant dépasse {money.MAX_DIGITS} chiffres : vérifiez qu’il est bien en francs.")
    if number != int(number):
        written = money.shown(text.replace(".", ","))
        raise Unreadable(f"« {written} » n’est pas un nombre entier de francs : arrondissez-le.")
    return int(number)


def year_of(cell, known):
    """The year that a heading (or a row) names, 0 for what is not shared; None when it names none.

    known: the years of the plan; a date is its year, unless it is a year that a format shows as a date.
    """
    if cell is None or cell.kind not in ("text", "number", "date"):
        return None
    if cell.kind == "date":
        day = date.fromisoformat(cell.text)
        serial = (day - DAY_ZERO).days
        return serial if day.year not in known and serial in known else day.year
    if cell.kind == "number" and not cell.text.isdecimal():
        return None
    if in_francs(cell.text) in NOT_SHARED or plain(cell.text) == "0":
        return Unallocated.YEAR.value
    found = set(re.findall(ONE_YEAR, with_years(cell.text)))
    return int(found.pop()) if len(found) == 1 else None


def lower(sentence):
    """A sentence that goes on after « Plan!D7 : »."""
    return sentence[:1].lower() + sentence[1:]
