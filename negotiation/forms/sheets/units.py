"""Which unit a spreadsheet says its amounts are in: all that is not whole francs CFA is told, for nothing is converted.

The heading of an amount says its year, a few plain words and the franc: anything else may be a unit, and is refused. A
text around the table says what it likes: only what announces a unit is refused, not an amount that it counts.
"""
import re
from functools import lru_cache

from .words import FRANC, ONE_YEAR, TITLES, in_francs, key, with_years

END = r"(?![a-z0-9])"
BEGIN = r"(?<![a-z0-9])"
# « An 2 : 2028 », « Budget 2028 (prévu) », « 31/12/2028 », « 2028 en FCFA »: all that the heading of a year may say.
PLAIN = re.compile(
    rf"{BEGIN}(?:{ONE_YEAR}-[0-9]{{2}}-[0-9]{{2}}|(?:[0-9]{{1,2}}[/.-]){{0,2}}{ONE_YEAR}|{FRANC}"
    r"|(?:an|annee|exercice|tranche|phase)s?(?: [0-9]{1,2}(?! ?[0-9]))?|1(?:er|e?re)|[0-9]{1,2}e|n ?\+ ?[0-9]"
    r"|(?:montant|budget|prevision|prevue?|previsionnel(?:le)?|programmee?|programmation|financement|contribution|"
    r"engagement|credit|dotation|investissement|estimee?|inscrite?|a confirmer"
    r"|(?:depense|cout)s?(?: d'investissements?)? (?:prevue?|previsionnel(?:le)?|programmee?|estimee?))s?"
    rf"|de|du|des|la|les?|en|pour|au){END}|{BEGIN}[dl]'")
# Words of what is spent, or still to be found, in a title: other figures than those of a plan. In a heading of amounts,
# fewer words are enough.
DONE = re.compile(
    rf"{BEGIN}(?:cumul|realisee?s?(?= *$)|realisations?(?= *$)|(?:de|en)caiss|executee?s?{END}|mandate"
    r"|execution (?:financiere|budgetaire|du budget|du plan)"
    r"|depenses? (?:realis|effectu|execut|mandat|engagee|payee|au )|consommation des? credit|montants? liquide"
    rf"|consommee?s?{END}|paiements?{END}|ordonnanc|liquidation|versements?{END}|mobilisee?s?{END}"
    rf"|ecarts?{END}|(?:reste|restant|solde)s? a |soldes?(?= *$)|non couv|fonds recus)")
DONE_HEADING = re.compile(rf"{BEGIN}(?:depens|cout|realis|engagee?s?{END}|liquid|solde|reste|consomm|execut)")
SIGN = re.compile(r"[^ ,;:.()\[\]/–—-]")

CURRENCY = (r"(?:euros?|centimes?|dollars?|livres? sterling|dirhams?|nairas?|cedis?|"
            r"francs? (?:guineens?|suisses?|francais)|eur|usd|us\$|gbp|chf|cny|jpy|sar|aed|kwd|xdr|dts|gnf|ngn|ghs|mad|"
            r"dzd|mru|xaf|[€$£¥])")
MANY = r"(?:mille|centaines?|milliers?|mill(?:ions?)?|milliards?|m(?:rd|d|io|ia|ln)s?|thousands?|[km])"
TIMES = r"(?:(?:[x×*] ?)?1[ .]?000(?:[ .]?000)?|'?000|10 ?\^? ?[369])(?! ?[0-9])"
OF_MONEY = rf"\.?[ .]?(?:de |d')?(?:{FRANC}|{CURRENCY})"
UNIT = rf"(?:(?:{MANY}|{TIMES})(?:{OF_MONEY})?|{CURRENCY}|%|pourcentages?){END}"
# Where a text may announce a unit: alone between two signs, « Plan (k€) »; after a word that announces one; after
# « Unité : », which nothing but the franc may follow; and wherever millions are not counted, « Plan, millions FCFA ».
ALONE = re.compile(rf"(?:en |in |1 )?{UNIT}")
BETWEEN = re.compile(r"[,;:=|()\[\]]| [-–—/] ")
NUMBER = (r"(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
          r"quarante|cinquante|soixante|cents?|mille|quelques|plusieurs|des)")
COUNTED = re.compile(rf"(?:[0-9]|{BEGIN}{NUMBER})[ -]?{MANY}{END}")
ANNOUNCED = re.compile(
    rf"{BEGIN}(?:en|in|unites?|monnaies?|devises?|chiffres?|montants?|(?:divise|multipli)[a-z]* par) ?[:/]? ?"
    rf"{UNIT}|{BEGIN}(?:plan|feuil(?:le)?|sheet)[ -](?:[km]{END}|{CURRENCY}{END})"
    rf"|{BEGIN}(?:unites?|u|monnaies?|devises?)(?: monetaires?| de compte)? ?[:=] ?+"
    rf"(?!{FRANC} ?(?:$|[,;.()\[\]–—-]))(?=.)")
NOT_COUNTED = re.compile(rf"{BEGIN}(?:milliers?|millions?|milliards?|mrds?|mds|{MANY}{OF_MONEY}){END}")
# The year of a title, or its rank, counts no million: « Plan 2027-2029 M FCFA », « Annexe 4, M FCFA ».
NO_COUNT = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
                      rf"|{BEGIN}(?:tableau|annexe|figure|fiche|feuille|version) (?:n° ?)?[0-9]{{1,2}}(?![0-9])")
COLUMN = re.compile(r"(?:unite|monnaie|devise)s?(?: monetaires?| de compte)?")


def in_heading(text):
    """May this heading of a year, or what a format shows beside an amount, say another unit?"""
    return bool(SIGN.search(PLAIN.sub(" ", with_years(key(text)))))


def in_amount_heading(text):
    """The same of the column « Montant », which says nothing else."""
    return in_francs(text) not in TITLES["amount"]


@lru_cache(maxsize=4096)
def around(text):
    """Does this text, above the table, below it or on its sheet, announce another unit?"""
    bare = NO_COUNT.sub(";", key(text).replace("_", " "))
    return bool(any(ALONE.fullmatch(part.strip(" .")) for part in BETWEEN.split(bare)) or ANNOUNCED.search(bare)
                or NOT_COUNTED.search(COUNTED.sub(" ", bare)))


def is_done(text, *, heading=False):
    """May this text, or heading of amounts, say what is spent, or still to be found?"""
    return bool(DONE.search(key(text)) or (heading and DONE_HEADING.search(key(text))))


def is_column(heading):
    """« Devise »: every cell under this heading says the unit of its row."""
    return bool(COLUMN.fullmatch(key(heading)))


def is_franc(text):
    return bool(re.fullmatch(FRANC, key(text)))
