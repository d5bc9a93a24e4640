"""The draft of each dossier, made ready when the dossier has changed and rested, so that it is downloaded at once.

Nothing is queued: a worker that has nothing else to do makes one, then looks again. What changed meanwhile is made
once, with the last of the changes.
"""
import logging
from datetime import timedelta

from django.utils import timezone

from ...queries.booklet import changed_between
from ..pdf import PdfError
from ..slots import Busy
from . import render
from .assembly import assemble

logger = logging.getLogger(__name__)
# Two minutes without an act: the pen is down. A dossier that has not changed for a week is made when it is asked for.
REST, RECENT = timedelta(minutes=2), timedelta(days=7)


class Drafts:
    """Makes the drafts that are due, one at a time. A draft that could not be made waits for the next change."""

    def __init__(self):
        self.seen = {}

    def due(self):
        """(negotiation, when it last changed) of the one that has rested for longest; None when all are ready."""
        now = timezone.now()
        changed = changed_between(now - RECENT, now - REST)
        return min(((one, at) for one, at in changed.items() if self.seen.get(one.pk) != at),
                   key=lambda pair: pair[1], default=None)

    def make_one(self):
        """Make the draft that is due. Returns the negotiation, None when there is nothing to do."""
        if (found := self.due()) is None:
            return None
        negotiation, at = found
        self.seen[negotiation.pk] = at
        try:
            render.draft(assemble(negotiation), wait=0, patient=True).close()
        except (PdfError, Busy) as refusal:
            logger.info("Draft of %s not made ready: %s", negotiation.slug, refusal)
        return negotiation
