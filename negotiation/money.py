"""Whole francs: reading what people type, writing what they read, sharing. Refuses decimals, signs and floats.

An amount is an `int` of FCFA, 0 ≤ amount < 10**15. `parse` raises `InvalidAmount` with a French sentence.
"""
import re

from num2words import num2words

MAX_DIGITS = 15
MAX_AMOUNT = 10**MAX_DIGITS - 1
NBSP = "\u00a0"
CURRENCY = "FCFA"
# Spreadsheets and phones separate thousands by any of these; Word adds marks that nobody sees.
SPACE = r"[ \u00a0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff'’]+"
SPACES = re.compile(SPACE)
# A space that does not stand before three digits: one was lost or doubled, or it is two amounts.
MISPLACED = re.compile(f"[0-9]{{4}}{SPACE}[0-9]|[0-9]{SPACE}(?![0-9]{{3}}(?![0-9]))[0-9]")
UNIT = re.compile(r"((F\.?)?CFA|XOF|F)\.?$", re.IGNORECASE)
# ASCII only: str.isdigit would also let ² and ٣ through.
DIGITS = re.compile(r"[0-9]+")
DECIMAL = re.compile(r"[0-9]*([.,][0-9]*)+")
# How a spreadsheet writes « nothing here », with its unit or without.
NOTHING = {"-", "–", "—"}


class InvalidAmount(ValueError):
    """The typed text is not a whole, positive amount of at most 15 digits; str() says why in French."""


def parse(text):
    """« 2 173 126 400 FCFA » → 2173126400; blank, or a dash without digits → None. Raises InvalidAmount."""
    typed = str(text).strip()
    bare = SPACES.sub("", typed)
    if not bare or UNIT.sub("", bare) in NOTHING:
        return None
    if re.search(r"[\t\r\n\v\f]", typed):
        raise InvalidAmount(f"« {shown(typed)} » contient plusieurs montants : mettez-en un seul par case.")
    bare = UNIT.sub("", bare)
    if bare[:1] and bare[0] in "-−–(":
        raise InvalidAmount(f"« {shown(typed)} » est négatif : un montant est un nombre positif de francs.")
    if DIGITS.fullmatch(bare):
        # Stripped before int(), which refuses to read thousands of zeros.
        bare = bare.lstrip("0") or "0"
        if len(bare) > MAX_DIGITS:
            raise InvalidAmount(f"Ce montant dépasse {MAX_DIGITS} chiffres : vérifiez qu’il est bien en francs.")
        if MISPLACED.search(typed):
            raise InvalidAmount(f"« {shown(typed)} » : ces espaces ne séparent pas les milliers. Si c’est bien ce "
                                f"montant, écrivez {digits(int(bare))}.")
        return int(bare)
    if DECIMAL.fullmatch(bare) and DIGITS.search(bare):
        raise InvalidAmount(f"« {shown(typed)} » contient un point ou une virgule : écrivez le montant en francs "
                            "entiers, par exemple 400 000 000.")
    raise InvalidAmount(f"« {shown(typed)} » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000.")


def shown(typed):
    """What was typed, on one line and short enough to be quoted in a sentence."""
    text = " ".join("".join(c if c.isprintable() else " " for c in typed[:200]).split())
    return text if len(text) <= 40 else f"{text[:40]}…"


def digits(amount):
    """2173126400 → « 2 173 126 400 » with non-breaking spaces. A float is a ValueError."""
    return f"{amount:,d}".replace(",", NBSP)


def format(amount):
    """2173126400 → « 2 173 126 400 FCFA » with non-breaking spaces."""
    return f"{digits(amount)}{NBSP}{CURRENCY}"


def in_words(amount):
    """2173126400 → « deux milliards cent soixante-treize millions cent vingt-six mille quatre cents francs CFA ».

    Above a thousand milliards we go on counting milliards, as budgets in francs CFA are said: the « billion » of the
    French long scale is read as a milliard by those who also hear English.
    """
    milliards, rest = divmod(amount, 10**9)
    told = [f"{spelt(milliards)} milliard{'s' if milliards > 1 else ''}"] if milliards else []
    if rest or not milliards:
        told.append(spelt(rest))
    of = "de " if amount and amount % 10**6 == 0 else ""
    return f"{' '.join(told)} {of}franc{'s' if amount > 1 else ''} {CURRENCY[1:]}"


def spelt(number):
    return num2words(number, lang="fr")


def signed(gap, told=format):
    """−50000000 → « − 50 000 000 FCFA », 5 → « + 5 FCFA »; `told`: or digits. No gap is « 0 FCFA », without a sign."""
    sign = "" if not gap else f"{'+' if gap > 0 else '−'}{NBSP}"
    return f"{sign}{told(abs(gap))}"


def shared(whole, parts):
    """A whole number shared in proportion to the parts, nothing lost nor created (largest remainder, the first of equal
    ones before); zeros when all parts are zero."""
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    found = [part * whole // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(parts[i] * whole % total), i))
    for i in by_remainder[:whole - sum(found)]:
        found[i] += 1
    return found


def tenths(parts):
    """The share of each part in tenths of a percent, adding up to 1000; zeros when all are zero."""
    return shared(1000, parts)


def percent(share):
    """917 tenths → « 91,7 % »."""
    return f"{share // 10},{share % 10}{NBSP}%"
