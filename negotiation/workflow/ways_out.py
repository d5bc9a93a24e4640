"""When nobody speaks: passing over a late opinion, unblocking a level, returning a blocked step, with a reason."""
from django.db import transaction
from django.utils import timezone

from ..choices import Action, LevelKind, Outcome, RemarkState, Role, Voice, conclusion
from . import levels, notices
from .journal import is_done, one_time, organisation_of, record
from .reviews import (
    approve,
    current,
    last_submission,
    leave_open,
    refuse_involved,
    refuse_unseen,
    seats_left,
    send_back,
    take,
    unresolved,
)
from .steps import locked, refuse_stale
from .transitions import NotAllowed, next_state

ROLES = {Action.STEP_SKIP: {Role.EXAMINER, Role.DIRECTOR}, Action.STEP_UNBLOCK: {Role.ADMINISTRATOR}}


def way_out(progress, action, *, by, version, reason, why):
    """The submission from which the person may find a way out, with a written reason (`why` one is asked)."""
    last_submission(progress)
    next_state(action, progress.state)
    if not reason.strip():
        raise NotAllowed(why)
    refuse_stale(progress, version)
    submission = current(progress)
    refuse_involved(submission, by, speaking=False)
    return submission


@transaction.atomic
def skip(progress, *, by, version, reason, key="", action=Action.STEP_SKIP, drafts=None):
    """Go on without the organisations that have not spoken, with a written reason.

    The DGCT does so for an opinion that is late, an administrator at any level. Where opinions are given one after the
    other, only the awaited one is passed over and the next is asked. After the last level, the step is approved over
    what reviewers still asked, which the administrator must have read (`drafts`).
    """
    progress = locked(progress)
    key = one_time(key, progress.pk, "skip", version, reason)
    if is_done(progress.negotiation, key):
        return progress
    submission = way_out(progress, "approve", by=by, version=version, reason=reason,
                         why="Écrivez le motif : le journal doit dire pourquoi ce niveau est passé.")
    passage = submission.passages.get(opened_at__isnull=False, closed_at__isnull=True)
    now = timezone.now()
    signed = {"by": by, "roles": ROLES[action]}
    if action == Action.STEP_SKIP:
        refuse_hasty(passage)
    asked, silent = [], silent_at(passage)
    goes_on = pass_over(passage, silent, reason, by, now)
    if not goes_on:
        levels.close(passage, Outcome.SKIPPED, now, reason, by)
    hand_on(submission, by, action)
    record(action, progress.step, negotiation=progress.negotiation, progress=progress, reason=reason, key=key,
           details=named(silent, late=goes_on and action == Action.STEP_SKIP), **signed)
    if not goes_on and levels.open_next(submission, now) is None:
        refuse_unseen(progress, drafts, by)
        asked = overrule(progress, by, now)
        approve(progress, submission, reason=reason, **signed)
    else:
        progress.version += 1
        progress.save(update_fields=["version"])
    notices.passed_over(progress, passage, silent, reason, by=by)
    notices.moved(progress, submission, by=by, why=reason)
    # Afterwards: what is over is settled first.
    notices.overruled(asked, progress, reason, by=by)
    return progress


def hand_on(submission, by, action):
    """Going on without somebody is an act of the examination: the Region no longer takes its submission back. Who
    passes over follows it, if they may still speak."""
    leave_open(submission)
    if action == Action.STEP_SKIP and seats_left(submission, by):
        take(submission, by, organisation_of(by, submission.progress.negotiation, ROLES[action]), follows=True)


def silent_at(passage):
    """The seats of a level that were asked in vain."""
    return list(passage.seats.filter(asked_at__isnull=False, voice="").select_related("organisation"))


def named(silent, *, late=False):
    """What the journal keeps of those without whom a level goes on. late: its sentence names them, as such."""
    return {"organisation" if late else "silent": ", ".join(str(one.organisation) for one in silent)} if silent else {}


def pass_over(passage, silent, reason, by, now):
    """Pass over the opinion that is awaited (`silent`, its seats) and ask the next, when others were not asked yet.
    False when the level has nobody else to hear."""
    seats = list(passage.seats.select_related("organisation"))
    if passage.kind != LevelKind.OPINION or all(one.voice or one.asked_at for one in seats):
        return False
    voices = [Voice.SKIPPED if one in silent else one.voice for one in seats]
    if conclusion(passage.kind, passage.rule, passage.quorum, voices):
        return False
    for one in seats:
        if one in silent:
            one.voice, one.reasons, one.given_by, one.given_at = Voice.SKIPPED, reason, by, now
            one.save(update_fields=["voice", "reasons", "given_by", "given_at"])
    levels.ask(passage, seats, now)
    return True


def overrule(progress, by, now):
    """What reviewers still asked, which the step is approved over: nothing is left waiting for an answer of the Region.

    What was never sent stays its author's draft, for the next examination if the step is reopened: it is the reviewers'
    own until they send it.
    """
    asked = list(unresolved(progress).select_related("author", "organisation"))
    unresolved(progress).exclude(state=RemarkState.DRAFT).update(
        state=RemarkState.SETTLED, settled_at=now, settled_by=by)
    return asked


def refuse_hasty(passage):
    """Only an opinion is passed over, and only once its delay is over."""
    if passage.kind != LevelKind.OPINION:
        raise NotAllowed("Seul un avis peut être passé outre ; pour un autre niveau, demandez à un administrateur.")
    due = passage.seats.filter(asked_at__isnull=False, voice="").order_by("-due_on").values_list("due_on", flat=True)
    if any(day and day >= timezone.localdate() for day in due):
        raise NotAllowed("Le délai de cet avis n’est pas écoulé : attendez-le avant de passer outre.")


@transaction.atomic
def unblock_return(progress, *, by, version, reason, key="", drafts=None):
    """An administrator returns a blocked step to the Region, with a written reason."""
    progress = locked(progress)
    key = one_time(key, progress.pk, "unblock", version, reason)
    if is_done(progress.negotiation, key):
        return progress
    submission = way_out(progress, "return", by=by, version=version, reason=reason,
                         why="Écrivez le motif : la Région et la DGCT doivent savoir pourquoi.")
    refuse_unseen(progress, drafts, by)
    signed = {"by": by, "roles": {Role.ADMINISTRATOR}}
    # Were this return cancelled, the Region could not take back what somebody has judged.
    leave_open(submission)
    passage = submission.passages.get(opened_at__isnull=False, closed_at__isnull=True)
    silent = silent_at(passage)
    levels.close(passage, Outcome.RETURNED, timezone.now(), reason, by)
    record(Action.STEP_UNBLOCK, progress.step, negotiation=progress.negotiation, progress=progress, reason=reason,
           key=key, details=named(silent), **signed)
    send_back(progress, submission, reason=reason, **signed)
    notices.passed_over(progress, passage, silent, reason, by=by)
    notices.moved(progress, submission, by=by)
    return progress
