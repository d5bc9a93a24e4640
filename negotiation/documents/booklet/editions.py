"""An edition: what its pages carry besides the dossier (number, code, QR), and how it is made and established."""
from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from ... import codes
from ...dates import spoken
from ...workflow import booklets
from ...workflow.journal import is_done
from ...workflow.records import lock
from . import render
from .assembly import assemble

# The version of the JSON that an edition keeps; a change of content.py that renames or moves something makes it 2.
FORMAT = 1


@dataclass(frozen=True)
class Imprint:
    """What the pages of an edition carry: drawn before they are laid out, since they hold it."""
    number: int
    code: str
    at: datetime

    @property
    def grouped(self):
        return codes.grouped(self.code)

    @property
    def date(self):
        return spoken(timezone.localtime(self.at))

    @property
    def address(self):
        return f"{settings.SITE_URL}{reverse('verification', args=[self.grouped])}"

    @property
    def shown_address(self):
        """Without its scheme, which nobody types."""
        return self.address.partition("://")[2]

    @property
    def picture(self):
        """The QR code of the address, level M, with the quiet zone of four modules that readers need."""
        return segno.make(self.address, error="m", boost_error=False, micro=False).svg_data_uri(
            border=4, dark="#1e2140", light="#ffffff", omitsize=True)


def establish(negotiation, *, by, key="", patient=False, wait=20):
    """Freeze the dossier as it is now, lay it out and keep both as its next edition. Returns the Booklet, or None when
    the form with this key was already carried out. Raises NotAllowed, PdfError, Busy.

    A livret that says the same is refused before its PDF is made.
    """
    if is_done(negotiation, key):
        return None
    # While it is read, nobody writes: what an edition says was true at one instant.
    with transaction.atomic():
        content = assemble(lock(negotiation))
    booklets.refuse_same(negotiation, content.digest)
    imprint = Imprint(booklets.next_number(negotiation), codes.draw(), timezone.now())
    pdf = render.pdf(content, imprint, patient=patient, wait=wait)
    made = booklets.Made(imprint.number, imprint.code, imprint.at, pdf, content.text, content.digest, FORMAT)
    return booklets.freeze(negotiation, made, by=by, key=key)
