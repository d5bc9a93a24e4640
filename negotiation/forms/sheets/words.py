"""The words of a plan in a spreadsheet, the same when it is written and when it is read back."""
import re
import unicodedata

SHEET, GUIDE = "Plan", "Mode d’emploi"
PROJECT, FINANCIER, YEAR, AMOUNT, TOTAL, UNALLOCATED = "Projet", "Financeur", "Année", "Montant", "Total", "Non réparti"
PLAN_TOTAL, SUBTOTAL = "Total du plan", "Sous-total"
# What people write above the same columns, as `key` says it; what is in brackets, and the franc, do not count.
TITLES = {
    "project": {"projet", "projets", "projet structurant", "projets structurants", "nom du projet",
                "intitule du projet"},
    "financier": {"financeur", "financeurs", "bailleur", "bailleurs", "bailleur de fonds", "source de financement"},
    "year": {"annee", "annees", "exercice"},
    "amount": {"montant", "montants"},
}
NOT_SHARED = {"non reparti", "non repartis", "non ventile", "sans echeancier"}
SUMS = re.compile(r"(?:sous[- ])?tota(?:l|ux)\b")
# Columns of a list that say nothing of the plan, even when they hold numbers.
RANKS = {"n°", "no", "numero", "code", "ordre", "rang"}
# The only unit of the amounts, and how a heading says it; every other one is in units.py.
FRANC = r"(?:(?:en |le )?(?:f|(?:f\.? ?)?cfa|xof|francs?(?: cfa)?)(?: entiers?)?)"
IN_FRANCS = re.compile(rf"[ ,:(\[–—-]+{FRANC}[ )\]]*$")
ONE_YEAR = r"(?:(?<![0-9])(?:19|20|21)[0-9]{2}(?![0-9]))"
# A year that a spreadsheet shows as a number: « 2 029 ».
THOUSANDS = re.compile(r"(?<![0-9])([12])[ \u00a0\u202f]([0-9]{3})(?![ \u00a0\u202f]?[0-9])")
# A spreadsheet takes what begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain(text):
    """One line, one space between words, one way of writing accents: what two people see as the same text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def key(text):
    """What is left when capitals, accents and the shape of apostrophes do not count."""
    bare = unicodedata.normalize("NFKD", plain(text).casefold().replace("’", "'"))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def in_francs(text):
    """The key of a heading without the franc that it may end with."""
    return IN_FRANCS.sub("", key(text))


def with_years(text):
    """« Année 2 029 » → « Année 2029 »"""
    return THOUSANDS.sub(r"\1\2", text)


def heading(text):
    """The name in TITLES of the column under this heading, « sum » for one that adds up others; None for another."""
    bare = in_francs(re.sub(r" *\([^()]*\)$", "", key(text)))
    return next((name for name, words in TITLES.items() if bare in words), "sum" if is_sum(text) else None)


def is_sum(text):
    """« Total du plan », « Sous-total Piste de Kléla »: a line that adds up others."""
    return bool(SUMS.match(key(text)))


def safe(text):
    """A text that no spreadsheet carries out: an apostrophe before what would be a formula."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def unsafe(text):
    """The text that `safe` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def financier_names(parties):
    """{pk: how a file names this actor}: its usual label, or its whole name when the label would mean another too."""
    labels = [plain(party.label) for party in parties]
    return {party.pk: plain(party.label) if labels.count(plain(party.label)) == 1 and not any(
        plain(other.name) == plain(party.label) for other in parties if other.pk != party.pk) else plain(party.name)
            for party in parties}
