"""The words of a plan in a spreadsheet, the same when it is written and when it is read back."""
import re
import unicodedata

SHEET, GUIDE = "Plan", "Mode d’emploi"
PROJECT, FINANCIER, YEAR, AMOUNT, TOTAL, UNALLOCATED = "Projet", "Financeur", "Année", "Montant", "Total", "Non réparti"
PLAN_TOTAL, SUBTOTAL = "Total du plan", "Sous-total"
# What people write above the same columns, as `key` says it; a unit in brackets does not count.
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
# The only unit of the amounts, as a heading says it in brackets; others are named wherever a heading may say them.
FRANC = re.compile(r"(?:en )?(?:f|f\.? ?cfa|xof|francs?(?: cfa)?)(?: entiers?)?")
UNIT = (r"(?:milliers?|millions?|milliards?|mds?|euros?|dollars?|eur|usd|gbp|chf|cny|jpy|sar|aed|kwd|xdr|dts|"
        r"[km] ?(?:f|f\.? ?cfa|xof|eur|usd|€|\$)|[€$£¥])(?![a-z])")
OTHER_UNIT = re.compile(rf"(?<![a-z]){UNIT}")
# Above the table, among words: « Montants en millions de FCFA », « (USD) », « Unité : k€ ».
OTHER_UNIT_OF_ALL = re.compile(
    rf"\b(?:en|unite ?:) {UNIT}|[(\[]{UNIT}(?: de (?:fcfa|f cfa|xof|francs?(?: cfa)?))?[)\]]")
# A spreadsheet takes what begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain(text):
    """One line, one space between words, one way of writing accents: what two people see as the same text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def key(text):
    """What is left when capitals, accents and the shape of apostrophes do not count."""
    bare = unicodedata.normalize("NFKD", plain(text).casefold().replace("’", "'"))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def heading(text):
    """The name in TITLES of the column under this heading, « sum » for one that adds up others; None for another."""
    bare = re.sub(r" *\([^()]*\)$", "", key(text))
    return next((name for name, words in TITLES.items() if bare in words), "sum" if is_sum(text) else None)


def says_other_unit(text, *, amount=False):
    """Does this heading say that the amounts under it are not whole francs? amount: of the column « Montant », where
    what stands in brackets can only be the unit."""
    bare = key(text)
    bracket = re.search(r"\(([^()]*)\)$", bare) if amount else None
    return bool(bracket and not FRANC.fullmatch(bracket[1].strip()) or OTHER_UNIT.search(bare))


def says_other_unit_of_all(text):
    """The same of a text above the table."""
    return bool(OTHER_UNIT_OF_ALL.search(key(text)))


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
