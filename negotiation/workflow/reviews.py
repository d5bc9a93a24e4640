"""The examination of a submitted step: taking it, speaking at a level, returning.

A level speaks through its organisations (levels.py); the last one, never an opinion, approves the step. One person
speaks once in a submission, and never on what they submitted themselves.
"""
from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list

from ..choices import (
    REVIEWERS,
    VOICES_OF,
    VOICES_WITH_REASONS,
    Action,
    LevelKind,
    Outcome,
    RemarkState,
    Role,
    State,
    Voice,
    conclusion,
)
from ..dates import moment
from ..models import Passage, Reading, Remark, Reply, Seat
from . import levels, notices
from .journal import is_done, one_time, organisation_of, record
from .steps import locked, refuse_stale, refuse_unread
from .transitions import NotAllowed, next_state

SPOKEN = "Vous vous êtes déjà prononcé sur cette soumission : le niveau suivant revient à une autre personne."
OWN = "Vous avez soumis cette étape : une autre personne doit l’examiner."
NOT_YOURS = "Ce n’est pas, ou plus, à votre organisation de se prononcer sur cette étape : relisez la page."
UNBLOCKED = "Vous avez débloqué un niveau de cette soumission : le suivant revient à une autre personne."
RECALLED = ("La Région a repris cette soumission le {} : il n’y a plus rien à examiner, jusqu’à ce qu’elle la "
            "soumette de nouveau.")
CLOSED = "Le niveau « {} » est clos depuis le {} ({}) : votre position n’y est plus attendue, et n’est pas enregistrée."
UNSEEN = ("{} ({}) a écrit, depuis que vous avez ouvert cette page, ce qui partirait avec votre décision, sur « {} » : "
          "relisez-le, puis décidez.")
UNSETTLED = ("Il reste {} observations non levées : levez-les ou supprimez-les, ou renvoyez l’étape à la Région.",
             "Il reste 1 observation non levée : levez-la ou supprimez-la, ou renvoyez l’étape à la Région.")
LEFT = ("Votre approbation achèverait l’examen, et il reste {} observations non levées, de {} : qui les a écrites, ou "
        "la DGCT, les lève d’abord.",
        "Votre approbation achèverait l’examen, et il reste 1 observation non levée, de {1} : qui l’a écrite, ou la "
        "DGCT, la lève d’abord.")


def is_of_side(remark, user):
    """May this person settle it? The organisation that wrote it, or the DGCT, which sends the whole bundle."""
    return remark.organisation_id in {m.organisation_id for m in user.current_memberships} or bool(
        user.roles & {Role.EXAMINER, Role.DIRECTOR})


def acting(user, negotiation, submission=None):
    """The organisation for which a person writes here; NotAllowed when they belong to none.

    submission: the one that they examine, for the organisation of theirs that is awaited, or sits at its levels.
    """
    mine = user.organisations_as(*REVIEWERS)
    seats = list(Seat.objects.filter(passage__submission=submission, organisation__in=mine).select_related(
        "passage", "organisation").order_by("passage__order", "order")) if submission else []
    seats.sort(key=lambda seat: not (seat.is_waited_for and not seat.passage.closed_at and seat.is_of(user)))
    organisation = seats[0].organisation if seats else organisation_of(
        user, negotiation, {Role.EXAMINER, Role.DIRECTOR} if submission else None)
    if organisation is None:
        raise NotAllowed("Vous n’appartenez plus à aucune organisation : votre texte n’est pas enregistré.")
    return organisation


def last_submission(progress):
    """None before the first. Raises NotAllowed when the Region has taken it back: said as it is, before anything else.
    """
    submission = progress.submissions.order_by("-number").first()
    if submission and submission.outcome == Outcome.RECALLED:
        raise NotAllowed(RECALLED.format(moment(submission.closed_at)))
    return submission


def current(progress):
    """The submission under examination. Raises NotAllowed when the step is in nobody's hands."""
    submission = last_submission(progress)
    if not submission or submission.closed_at:
        raise NotAllowed("L’étape n’est plus en examen : relisez la page.")
    # The step that is locked, and not a second copy of it.
    submission.progress = progress
    return submission


def refuse_own(submission, by):
    """Who submitted a step has no part in its examination, wherever they work since."""
    if submission.submitted_by_id == by.pk:
        raise NotAllowed(OWN)


def sits(submission, by):
    """Are they of those who speak on this submission: the DGCT, and the services that sit at its levels?"""
    return bool(by.roles & {Role.EXAMINER, Role.DIRECTOR, Role.ADMINISTRATOR}) or Seat.objects.filter(
        passage__submission=submission, organisation__in=by.organisations_as(Role.ADVISER)).exists()


def seats_left(submission, by, *, asked=False):
    """The seats at which they may still speak on this submission, now or at a later level. asked: now only."""
    try:
        refuse_involved(submission, by)
    except NotAllowed:
        return []
    return [seat for seat in silent_seats(submission, asked=asked) if seat.is_of(by)]


def refuse_without_seat(submission, by):
    """Remarks come from those who speak on this submission."""
    if not sits(submission, by):
        raise NotAllowed("Votre organisation ne se prononce pas sur cette étape : elle la lit, sans l’observer.")


def take(submission, by, organisation=None, *, follows=None):
    """The reviewer is on it: the Region can no longer recall it, and what changes from now on is new to them.

    organisation: the one they act for, when the caller has made sure that it may; else it must speak here. One that
    sits here no more, and only closes its own thread, opens nothing. follows: do they take it in charge, if nobody
    has? By default when they are awaited; before their turn, they only read it.
    """
    refuse_own(submission, by)
    if organisation is None:
        refuse_without_seat(submission, by)
    if follows is None:
        follows = bool(seats_left(submission, by, asked=True))
    if follows and not follower(submission):
        follow(submission, by, organisation)
    elif not submission.opened_at and (organisation is None or sits(submission, by)):
        leave_open(submission)
        note(submission, by, organisation, reads=True)
    Reading.objects.update_or_create(user=by, progress_id=submission.progress_id, defaults={"submission": submission})


def follower(submission):
    """Who took it in charge and may still speak; what pages read at once is queries/seats.is_followed."""
    by = submission.opened_by
    return by if by and by.is_active and seats_left(submission, by) else None


def follow(submission, by, organisation=None):
    submission.opened_by, submission.opened_at = by, submission.opened_at or timezone.now()
    submission.save(update_fields=["opened_by", "opened_at"])
    seats = seats_left(submission, by, asked=True) or seats_left(submission, by)
    note(submission, by, organisation, roles={role for seat in seats for role in seat.roles()} or None)


def note(submission, by, organisation, roles=None, **details):
    """Write who takes the submission in charge, or reads it. roles: those of the seats for which they follow it."""
    progress = submission.progress
    record(Action.REVIEW_OPEN, progress.step, by=by, negotiation=progress.negotiation, progress=progress, roles=roles,
           organisation=organisation or acting(by, progress.negotiation, submission), details=details)


def leave_open(submission):
    """Read or judged by who does not follow it: the Region no longer takes it back, and nobody has it in charge."""
    if not submission.opened_at:
        submission.opened_at = timezone.now()
        submission.save(update_fields=["opened_at"])


@transaction.atomic
def open_review(progress, *, by):
    """Take a submission in charge, when one is awaited, or note that one has read it."""
    progress = locked(progress)
    submission = current(progress)
    take(submission, by)
    # Whoever takes a later level over is the one who follows the submission from then on.
    if seats_left(submission, by, asked=True) and follower(submission) != by:
        follow(submission, by)
    return submission


def silent_seats(submission, *, asked=False):
    """Those of the levels not closed where nobody has spoken. asked: those that are awaited now."""
    seats = Seat.objects.heard().select_related("passage").filter(
        passage__submission=submission, passage__closed_at__isnull=True, voice="")
    return seats.filter(asked_at__isnull=False) if asked else seats


def seat_of(passage, by):
    """The seat at which the person speaks now, read under lock. Raises NotAllowed in words."""
    seats = Seat.objects.heard().select_related("passage", "organisation").filter(
        passage=passage, asked_at__isnull=False, voice="").order_by("order")
    found = next((one for one in seats if one.is_of(by)), None)
    if not found:
        raise NotAllowed(NOT_YOURS)
    return found


def refuse_involved(submission, by, *, speaking=True):
    """One person, one part: who spoke says no more, and who unblocked a level does not speak at the next. An opinion
    that was passed over gave them no voice; unblocking again is not speaking."""
    refuse_own(submission, by)
    if Seat.objects.filter(passage__submission=submission, given_by=by).exclude(voice=Voice.SKIPPED).exists():
        raise NotAllowed(SPOKEN)
    if speaking and Passage.objects.filter(submission=submission, closed_by=by).exclude(
            kind=LevelKind.OPINION).exists():
        raise NotAllowed(UNBLOCKED)


def refuse_late(progress, by):
    """The level at which the person was awaited has ended meanwhile: said as it is, before anything else."""
    submission = progress.submissions.order_by("-number").first()
    seats = [seat for seat in Seat.objects.filter(passage__submission=submission, voice="").select_related("passage")
             .order_by("-passage__order") if seat.is_of(by)]
    closed = next((seat.passage for seat in seats if seat.passage.closed_at and seat.asked_at), None)
    if not closed or any(seat.asked_at and not seat.passage.closed_at for seat in seats):
        return
    why = {Outcome.PASSED: "assez d’organisations se sont prononcées", Outcome.RETURNED: "l’étape est renvoyée",
           Outcome.APPROVED: "l’étape est approuvée", Outcome.SKIPPED: "il a été passé outre"}[closed.outcome]
    raise NotAllowed(CLOSED.format(closed.get_kind_display(), moment(closed.closed_at), why))


def refuse_unseen(progress, drafts, by):
    """A decision sends what colleagues have written and not sent: only as the page showed it to who decides.

    drafts: the marks of what it showed; None from where there is no page.
    """
    if drafts is None:
        return
    shown, not_mine = set(drafts.split()), {"progress": progress, "state": RemarkState.DRAFT}
    remarks = Remark.objects.filter(**not_mine).exclude(author=by).select_related("author", "organisation")
    replies = Reply.objects.filter(remark__progress=progress, sent_at__isnull=True).exclude(
        author=by).select_related("author", "organisation", "remark")
    if unseen := [(one, one.label) for one in remarks if one.mark not in shown] + [
            (one, one.remark.label) for one in replies if one.mark not in shown]:
        raise NotAllowed(*(UNSEEN.format(one.author, one.organisation, label) for one, label in unseen))


@transaction.atomic
def speak(progress, voice, *, by, version, key="", reasons="", seen=None, drafts=None):
    """Give the voice of the person's organisation at the level now open. Raises NotAllowed.

    voice: a Voice that suits the kind of level. « return » asks for reasons or at least one open remark. A second post
    of the same form changes nothing and succeeds. A colleague who speaks at the same level makes nobody's form stale.
    """
    progress = locked(progress)
    reasons = reasons.strip()
    key = one_time(key, progress.pk, voice, version, reasons)
    if is_done(progress.negotiation, key):
        return progress
    if progress.state == State.SUBMITTED or voice in VOICES_OF[LevelKind.OPINION]:
        refuse_late(progress, by)
    last_submission(progress)
    next_state("return" if voice == Voice.RETURN else "approve", progress.state)
    refuse_stale(progress, version)
    submission = current(progress)
    passage = submission.passages.get(opened_at__isnull=False, closed_at__isnull=True)
    seat = seat_of(passage, by)
    refuse_involved(submission, by)
    refuse_unfounded(passage, voice, reasons, progress, seen, by)
    if voice in (Voice.APPROVE, Voice.RETURN):
        refuse_unseen(progress, drafts, by)
    # Who speaks on what others have opened has no more to follow.
    take(submission, by, seat.organisation, follows=not submission.opened_at)
    seat.voice, seat.reasons, seat.given_by, seat.given_at = voice, reasons, by, timezone.now()
    seat.save(update_fields=["voice", "reasons", "given_by", "given_at"])
    conclude(progress, submission, seat, by=by, key=key, roles=seat.roles(), organisation=seat.organisation)
    notices.moved(progress, submission, by=by)
    return progress


def refuse_unfounded(passage, voice, reasons, progress, seen, by):
    """A voice that does not suit the level, or lacks what it must rest on. Who approves has settled what they may; what
    others have asked waits for them, until the last level."""
    if voice not in VOICES_OF[passage.kind]:
        raise NotAllowed(NOT_YOURS)
    if voice in VOICES_WITH_REASONS and not reasons:
        raise NotAllowed("Écrivez vos motifs : un avis réservé ou défavorable dit pourquoi.")
    if voice == Voice.RETURN and not reasons and not unresolved(progress).exists():
        raise NotAllowed("Écrivez le motif, ou une observation sur l’endroit précis : la Région doit savoir ce qui lui "
                         "est demandé.")
    if voice == Voice.APPROVE:
        refuse_unread(progress, seen)
        if left := sum(is_of_side(one, by) for one in unresolved(progress)):
            raise NotAllowed(UNSETTLED[left == 1].format(left))


def refuse_left(progress):
    """Nothing is approved over a remark, whoever wrote it."""
    if left := list(unresolved(progress).select_related("organisation").order_by("pk")):
        names = get_text_list(list(dict.fromkeys(str(one.organisation) for one in left)), "et")
        raise NotAllowed(LEFT[len(left) == 1].format(len(left), names))


def unresolved(progress):
    """Remarks that still ask for something, sent or not."""
    return Remark.objects.filter(progress=progress).exclude(state=RemarkState.SETTLED)


def conclude(progress, submission, seat, **signed):
    """What the level says now that one more organisation has spoken. signed: who, for whom, by which form."""
    now, passage = timezone.now(), seat.passage
    seats = list(passage.seats.all())
    outcome = conclusion(passage.kind, passage.rule, passage.quorum, [one.voice for one in seats])
    if outcome:
        notices.not_counted(progress, passage, by=signed["by"])
    if outcome == Outcome.RETURNED:
        levels.close(passage, outcome, now)
        return send_back(progress, submission, reason=reasons_of(passage) or seat.reasons, **signed)
    if not outcome:
        # The others still speak on what they read: their forms stay good.
        levels.ask(passage, seats, now)
    else:
        levels.close(passage, outcome, now)
        if levels.open_next(submission, now) is None:
            refuse_left(progress)
            return approve(progress, submission, **signed)
        progress.version += 1
        progress.save(update_fields=["version"])
    # The reasons are the reviewers' until the decision is sent: the journal tells the act and, to those who read what
    # reviewers write, the voice.
    record(Action.STEP_OPINION if passage.kind == LevelKind.OPINION else Action.STEP_PASS, progress.step,
           negotiation=progress.negotiation, progress=progress, details={"voice": seat.voice}, **signed)
    return None


def reasons_of(passage):
    """What the Region is told when several return: the reasons of each, by organisation and function."""
    seats = list(passage.seats.filter(voice=Voice.RETURN).select_related("organisation", "given_by").order_by(
        "given_at", "order"))
    return "\n\n".join(
        f"{one.organisation}{f', {one.given_by.function}' if one.given_by.function else ''} : "
        f"{one.reasons or 'voir les observations.'}" for one in seats) if len(seats) > 1 else ""


def send_back(progress, submission, *, reason, **signed):
    """Return the step with the whole bundle: the reason, every remark that is not settled, replies and opinions."""
    now = timezone.now()
    Remark.objects.filter(progress=progress, state=RemarkState.DRAFT).update(state=RemarkState.OPEN, sent_at=now)
    remarks = list(unresolved(progress).order_by("pk"))
    # The Region answers each of them for this correction.
    unresolved(progress).update(state=RemarkState.OPEN)
    progress.return_reason, progress.return_remarks = reason, len(remarks)
    end(progress, submission, "return", Outcome.RETURNED, now)
    record(Action.STEP_RETURN, progress.step, negotiation=progress.negotiation, progress=progress,
           from_state=State.SUBMITTED, to_state=State.RETURNED, reason=reason, details=bundle(submission, remarks),
           **signed)


def approve(progress, submission, *, reason="", **signed):
    progress.return_reason, progress.return_remarks = "", 0
    end(progress, submission, "approve", Outcome.APPROVED, timezone.now())
    record(Action.STEP_APPROVE, progress.step, negotiation=progress.negotiation, progress=progress,
           from_state=State.SUBMITTED, to_state=State.APPROVED, reason=reason, details=bundle(submission, []),
           **signed)


def end(progress, submission, action, outcome, now):
    """The submission is over; what reviewers wrote in the threads is sent with it."""
    Reply.objects.filter(remark__progress=progress, sent_at__isnull=True).update(sent_at=now)
    submission.closed_at, submission.outcome = now, outcome
    submission.save(update_fields=["closed_at", "outcome"])
    progress.state = next_state(action, progress.state)
    progress.version += 1
    progress.changed_at = now
    progress.save(update_fields=["state", "return_reason", "return_remarks", "changed_at", "version"])


def bundle(submission, remarks):
    """What the journal keeps of the decision: the opinions with their reasons, and the remarks as they were sent."""
    spoken = Seat.objects.filter(passage__submission=submission).exclude(voice="").select_related(
        "organisation", "passage").order_by("passage__order", "order")
    told = {"submission": submission.number, "voices": [
        {"level": seat.passage.get_kind_display(), "organisation": str(seat.organisation),
         "voice": seat.get_voice_display(), "reasons": seat.reasons} for seat in spoken]}
    if remarks:
        messages = Reply.objects.last_of_reviewers(remarks)
        told["remarks"] = [{"place": one.label, "problem": one.problem, "request": one.request,
                            "message": messages.get(one.pk, "")} for one in remarks]
    return told


def late(today):
    """The seats whose delay has passed and that nobody was told of."""
    return Seat.objects.awaited().filter(escalated_at__isnull=True, due_on__lt=today).select_related(
        "organisation", "passage__submission__progress__step", "passage__submission__progress__negotiation")


@transaction.atomic
def escalate(seat, *, now=None):
    """Once: the next person may act too, and the journal says it. Returns whether it was done."""
    progress = locked(seat.passage.submission.progress)
    done = Seat.objects.filter(pk=seat.pk, voice="", escalated_at__isnull=True,
                               passage__closed_at__isnull=True).update(escalated_at=now or timezone.now())
    if done:
        record(Action.STEP_ESCALATE, progress.step, by=None, negotiation=progress.negotiation, progress=progress,
               details={"organisation": str(seat.organisation), "level": seat.passage.get_kind_display()})
        notices.late(seat, progress)
    return bool(done)
