"""Remarks on an exact place of a step, and their threads. What a reviewer writes is theirs until the decision is sent.

Writing a remark is no act: it may be changed or discarded, and the journal tells it when it is sent.
"""
import re

from django.db import transaction
from django.utils import timezone

from .. import elements
from ..choices import Action, RemarkState, State, Unallocated
from ..models import Remark, Reply
from . import notices
from .journal import is_done, one_time, record
from .reviews import acting, current, is_of_side, refuse_own, refuse_without_seat, take
from .steps import locked, touch
from .transitions import NotAllowed

UNSETTLED = {RemarkState.OPEN, RemarkState.ANSWERED}
NOT_THEIRS = "Seule l’organisation qui a écrit une observation, ou la DGCT, peut la lever ou la maintenir."
NOT_EXAMINED = "L’étape n’est plus en examen : l’observation n’est pas enregistrée. Votre texte reste ci-dessous."


@transaction.atomic
def write(progress, target, *, problem, request, by, remark=None):
    """Write a remark on an element of what was submitted, or change one that is not sent. Raises NotAllowed."""
    progress = locked(progress)
    if progress.state != State.SUBMITTED:
        raise NotAllowed(NOT_EXAMINED)
    submission = current(progress)
    refuse_own(submission, by)
    refuse_without_seat(submission, by)
    label = place(submission, target)
    if remark:
        remark = mine(remark, by)
        remark.problem, remark.request = problem, request
        remark.save(update_fields=["problem", "request"])
        return remark
    take(submission, by)
    # The same words at the same place, twice: a double click.
    same = Remark.objects.filter(submission=submission, target=target, problem=problem, request=request, author=by)
    return same.first() or Remark.objects.create(
        progress=progress, submission=submission, target=target, label=label[:300], problem=problem,
        request=request, author=by, organisation=acting(by, progress.negotiation, submission),
        written_at=timezone.now())


def place(submission, target):
    """How the element is called in what was submitted. Raises NotAllowed for one that is not in it."""
    found = {element.key: element for element in elements.thaw(submission.content)}
    if target in found:
        version = re.match(r"version [0-9]+", dict(found[target].fields).get("Fichier", ""))
        return f"{found[target].label} ({version.group()})" if version else found[target].label
    # One year of a row of the financing plan.
    word, _, rest = target.partition(":")
    row = found.get(f"row:{rest.rpartition(':')[0]}") if word == "cell" else None
    year = rest.rpartition(":")[2]
    name = Unallocated.YEAR.label if year == str(Unallocated.YEAR.value) else year
    if not row or name not in dict(row.fields):
        raise NotAllowed("Cet élément n’est pas dans ce qui a été soumis : relisez la page.")
    return f"{row.label}, {name}"


def mine(remark, by, *, side=False):
    """A remark that is not sent, read again under lock, and that the person's organisation (or `side`) wrote."""
    remark = Remark.objects.select_for_update(of=("self",)).filter(pk=remark.pk, state=RemarkState.DRAFT).first()
    if not remark:
        raise NotAllowed("Cette observation a déjà été envoyée ou supprimée : relisez la page.")
    own = is_of_side(remark, by) if side else remark.organisation_id in {
        m.organisation_id for m in by.current_memberships}
    if not own:
        raise NotAllowed("Seule l’organisation qui a écrit une observation peut la modifier avant l’envoi.")
    return remark


@transaction.atomic
def discard(remark, *, by):
    """Remove a remark that was never sent. The DGCT, which sends the bundle, may set aside one of another service: who
    wrote it is told, with its words."""
    progress = locked(remark.progress)
    refuse_own(remark.submission, by)
    found = mine(remark, by, side=True)
    found.progress = progress
    notices.set_aside(found, by=by)
    found.delete()


@transaction.atomic
def answer(remark, text, *, by, key=""):
    """The Region answers a remark during the correction; answering again adds to the thread."""
    progress = locked(remark.progress)
    key = one_time(key, "answer", remark.pk, text)
    if is_done(progress.negotiation, key):
        return remark
    remark = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if progress.state != State.RETURNED or remark.state not in UNSETTLED:
        raise NotAllowed("L’étape n’est plus en correction : la réponse n’est pas enregistrée.")
    now = timezone.now()
    touch(progress, by=by)
    reply = Reply.objects.create(remark=remark, author=by, organisation=acting(by, progress.negotiation), text=text,
                                 written_at=now, sent_at=now)
    remark.state = RemarkState.ANSWERED
    remark.save(update_fields=["state"])
    record(Action.REMARK_ANSWER, told(remark), by=by, negotiation=progress.negotiation, progress=progress, reason=text,
           key=key)
    notices.answered(remark, reply, progress, by=by)
    return remark


def told(remark):
    return f"étape {remark.progress.step.code}, {remark.label}"


def examined(remark, by):
    """(step, remark) read again under lock, for the side that wrote the remark, while the step is in examination."""
    if not is_of_side(remark, by):
        raise NotAllowed(NOT_THEIRS)
    progress = locked(remark.progress)
    remark = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if progress.state != State.SUBMITTED:
        raise NotAllowed("L’étape n’est plus en examen : relisez la page.")
    return progress, remark


def refuse_unread_thread(remark, seen):
    """What came in the thread since the page was read is read before deciding. seen: Remark.stands, or None."""
    last = remark.replies.select_related("author").order_by("-pk").first()
    if seen is None or seen == remark.stands(last and last.pk):
        return
    if last and str(last.pk) != seen.partition("-")[2]:
        raise NotAllowed(f"{last.author} a écrit dans ce fil depuis que vous avez ouvert la page : relisez-le avant de "
                         "lever ou de maintenir l’observation.")
    raise NotAllowed(f"Cette observation est « {remark.get_state_display()} » : relisez-la avant de décider.")


@transaction.atomic
def settle(remark, *, by, text="", seen=None):
    """The side that wrote a remark says that it is met. Settling it twice changes nothing."""
    progress, remark = examined(remark, by)
    if remark.state == RemarkState.SETTLED:
        return remark
    if remark.state == RemarkState.DRAFT:
        raise NotAllowed("Cette observation n’est pas envoyée : modifiez-la ou supprimez-la.")
    refuse_unread_thread(remark, seen)
    signed = signature(remark, progress, by)
    comment(remark, text, by, signed)
    remark.state, remark.settled_at, remark.settled_by = RemarkState.SETTLED, timezone.now(), by
    remark.save(update_fields=["state", "settled_at", "settled_by"])
    record(Action.REMARK_SETTLE, told(remark), by=by, organisation=signed, negotiation=progress.negotiation,
           progress=progress)
    notices.remark_settled(remark)
    return remark


@transaction.atomic
def maintain(remark, text, *, by, seen=None):
    """The answer does not meet the remark, or it was settled too early: open again, with the reason, sent with the
    decision."""
    progress, remark = examined(remark, by)
    if remark.state == RemarkState.DRAFT:
        raise NotAllowed("Cette observation n’est pas envoyée : modifiez-la ou supprimez-la.")
    if not text.strip():
        raise NotAllowed("Dites ce qui manque encore : la Région doit savoir ce qui lui est demandé.")
    if remark.state == RemarkState.OPEN and is_written(remark, text, by):
        return remark
    refuse_unread_thread(remark, seen)
    signed = signature(remark, progress, by)
    comment(remark, text, by, signed)
    if remark.state != RemarkState.OPEN:
        remark.state, remark.settled_at, remark.settled_by = RemarkState.OPEN, None, None
        remark.save(update_fields=["state", "settled_at", "settled_by"])
    notices.remark_settled(remark)
    record(Action.REMARK_MAINTAIN, told(remark), by=by, organisation=signed, negotiation=progress.negotiation,
           progress=progress)
    return remark


def signature(remark, progress, by):
    """Take the submission in charge, and the organisation for which the person speaks in this thread: the one that
    wrote the remark, else the one by which they examine."""
    submission = current(progress)
    own = next((m.organisation for m in by.current_memberships if m.organisation_id == remark.organisation_id), None)
    organisation = own or acting(by, progress.negotiation, submission)
    take(submission, by, organisation)
    return organisation


def is_written(remark, text, by):
    """Is this message of theirs there already, not sent? (double click)"""
    return remark.replies.filter(author=by, text=text, sent_at__isnull=True).exists()


def comment(remark, text, by, organisation):
    """A reviewer's message in the thread, sent with the decision; nothing when there is none, or when it is there."""
    if text.strip() and not is_written(remark, text, by):
        Reply.objects.create(remark=remark, author=by, organisation=organisation, text=text, written_at=timezone.now())
