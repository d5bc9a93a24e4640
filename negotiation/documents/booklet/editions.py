"""An edition: what its pages carry besides the dossier (number, code, QR), and how it is asked for."""
from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from ... import codes
from ...dates import spoken
from ...workflow import makings
from ...workflow.records import lock
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


@transaction.atomic
def ask(negotiation, *, by, key=""):
    """Freeze the dossier as it is now, to be made its next edition. Returns the Making, or None when the form with this
    key has already led to its edition. Raises NotAllowed.
    """
    # While it is read, nobody writes: what an edition says was true at one instant.
    negotiation = lock(negotiation)
    content = assemble(negotiation)
    return makings.ask(negotiation, makings.Words(content.text, content.digest, FORMAT), by=by, key=key)
