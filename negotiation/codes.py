"""The verification code of an edition: twelve characters drawn at random, that a person can read on paper and type.

Crockford's alphabet of base 32: neither I, L, O nor U, and what is typed for 0 and 1 is understood. Sixty bits.
"""
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
UNDERSTOOD = str.maketrans("OIL", "011")
# What people put between the groups, spaces and dashes of every kind.
BETWEEN = re.compile(r"[\s\u00ad\u200b\u2010-\u2015\u2212_.-]+")


def draw():
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read(typed):
    """« k7qf 2m9x-tr4b » → K7QF2M9XTR4B; "" when it is no code."""
    found = BETWEEN.sub("", typed[:100]).upper().translate(UNDERSTOOD)
    return found if CODE.fullmatch(found) else ""


def grouped(code):
    """K7QF2M9XTR4B → « K7QF-2M9X-TR4B »."""
    return "-".join(code[start:start + GROUP] for start in range(0, len(code), GROUP))
