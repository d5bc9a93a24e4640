"""The short text of the QR of a worksheet: made, read back, and refused when this application did not sign it.

CODE_PREFIX reference.step.version.minute.page.pages.flag.signature, in the few signs that a QR packs best. The
reference is not the name of the dossier but a keyed digest of it: nobody makes a sheet for another dossier.
"""
import base64
import re
import string
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from ...files.apart import CODE_PREFIX

SALT = "negotiation.worksheet"
# As short as it may be: a QR of 29 squares a side survives where one of 33 is lost.
REFERENCE, SIGNATURE, MINUTE = 8, 12, 5
SHAPE = re.compile(re.escape(CODE_PREFIX) + r"([A-Z2-7]{8})\.([A-Z][0-9]{1,2})\.([0-9]{1,6})\.([0-9A-Z]{5})"
                                            r"\.([0-9]{1,3})\.([0-9]{1,3})\.([ER])\.([A-Z2-7]{12})")
OPEN, RESERVED = "E", "R"


@dataclass(frozen=True)
class Mark:
    """What one page says of itself: the step and its version on the day it was printed.

    minute: when, in minutes since 1970; is_reserved: it carries answers for the team of the Region alone.
    """
    reference: str
    step: str
    version: int
    minute: int
    page: int
    pages: int
    is_reserved: bool = False


def text_of(mark):
    """What the QR holds."""
    body = ".".join([f"{CODE_PREFIX}{mark.reference}", mark.step, str(mark.version), written(mark.minute),
                     str(mark.page), str(mark.pages), RESERVED if mark.is_reserved else OPEN])
    return f"{body}.{digest('page', body, SIGNATURE, settings.SECRET_KEY)}"


def written(minute):
    """In base 36, capitals."""
    signs = ""
    while minute:
        minute, sign = divmod(minute, 36)
        signs = (string.digits + string.ascii_uppercase)[sign] + signs
    return signs.rjust(MINUTE, "0")


def read(text):
    """The Mark of a text that this application signed; None for any other."""
    found = SHAPE.fullmatch(text)
    if not found:
        return None
    body, _, signature = text.rpartition(".")
    if not any(constant_time_compare(signature, digest("page", body, SIGNATURE, key)) for key in keys()):
        return None
    reference, step, version, minute, page, pages, flag, _ = found.groups()
    return Mark(reference, step, int(version), int(minute, 36), int(page), int(pages), flag == RESERVED)


def reference_of(slug, key=None):
    return digest("dossier", slug, REFERENCE, key or settings.SECRET_KEY)


def is_of(mark, slug):
    """Was this page printed for the dossier of this name?"""
    return any(constant_time_compare(mark.reference, reference_of(slug, key)) for key in keys())


def keys():
    """A sheet printed before the secret key changed is still ours."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def digest(purpose, text, length, key):
    made = salted_hmac(f"{SALT}.{purpose}", text, secret=key, algorithm="sha256").digest()
    return base64.b32encode(made).decode()[:length]
