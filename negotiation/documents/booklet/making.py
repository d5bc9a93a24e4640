"""How an edition is made from what was frozen: the task, its stages, and what is taken up again after a crash."""
import contextlib
import logging

from django.conf import settings
from django_tasks import TaskResultStatus, task
from django_tasks.exceptions import TaskResultDoesNotExist

from ...choices import MakingState
from ...workflow import makings
from ...workflow.transitions import NotAllowed
from ..pdf import PdfError, PdfLate
from ..slots import Busy
from . import render
from .editions import Imprint, ask
from .thawing import read

logger = logging.getLogger(__name__)
# What a making may be refused, in words. Anything else is a fault of ours.
REFUSALS = (PdfError, Busy, NotAllowed)
FAULT = ("La préparation s’est arrêtée sur une erreur de l’application. Le dossier est intact. Réessayez ; si cela se "
         "reproduit, prévenez l’administration de l’application.")


@task()
def make_edition(pk):
    """The work of the queue: nothing when the edition is made, given up, or in other hands. What a busy machine has not
    let finish goes back to the end of the queue.
    """
    # A worker waits behind no page; in the embedded form a person waits behind this very request.
    patience = {"patient": True, "wait": 600} if settings.QUEUED else {"patient": False, "wait": 20}
    with contextlib.suppress(*REFUSALS):
        work(pk, **patience, again=settings.QUEUED)


def start(making):
    """Hand the making over: made before this returns in the embedded form, by a worker otherwise."""
    makings.queued(making, make_edition.enqueue(making.pk).id)


def establish(negotiation, *, by):
    """For a command: the next edition, asked for and made before this returns; one that was left half made is carried
    on. Returns the Booklet. Raises NotAllowed, PdfError, Busy; nothing is then left.
    """
    making = makings.left(negotiation) or ask(negotiation, by=by)
    try:
        edition = work(making.pk, patient=True, wait=120)
    except REFUSALS:
        makings.abandon(negotiation, making.number, by=by)
        raise
    if edition is None:
        raise NotAllowed(makings.UNDER_WAY.format(making.number))
    return edition


def work(pk, *, patient, wait, again=False):
    """Make the edition. Returns the Booklet, or None when there is nothing to do. A failure is told in the Making, and
    raised: PdfError, Busy, NotAllowed. again: it is queued once more, a few times, when the machine was busy.
    """
    making = makings.take(pk)
    if making is None:
        return None
    try:
        return through_the_stages(making, patient=patient, wait=wait)
    except makings.Lost:
        logger.warning("Making %s is no longer ours", pk)
        return None
    except REFUSALS as refusal:
        if again and isinstance(refusal, PdfLate) and makings.put_back(making):
            logger.warning("Making %s was late and waits again", pk)
            start(making)
            return None
        makings.fail(making, str(refusal))
        raise
    except Exception:
        makings.fail(making, FAULT)
        raise


def through_the_stages(making, *, patient, wait):
    content, imprint = read(making.text), Imprint(making.number, making.code, making.at)
    page = render.html(content, imprint)
    makings.advance(making, MakingState.LAYOUT)
    pdf = render.lay_out(page, content, imprint, patient=patient, wait=wait, beat=lambda: makings.beat(making))
    makings.advance(making, MakingState.WRITING)
    return makings.finish(making, pdf)


def rescue():
    """Queue again what no living process works on and what no longer waits in the queue; returns how many."""
    found = [making for making in makings.silent() if not waits(making.task)]
    for making in found:
        start(making)
    return len(found)


def waits(identifier):
    """Is this task still to be run?"""
    try:
        return bool(identifier) and make_edition.get_result(identifier).status == TaskResultStatus.READY
    except TaskResultDoesNotExist:
        return False
