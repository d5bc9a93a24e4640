"""Taking a return back: the DGCT any, a service its own, until the Region has begun to correct."""
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..choices import Action, NoticeKind, Outcome, RemarkState, Role, Voice
from ..models import Notification, Remark, Reply, Seat, User
from . import audience, levels, notices
from .journal import is_done, one_time, record
from .reviews import refuse_own
from .steps import locked
from .transitions import NotAllowed, next_state

CORRECTING = "La Région a commencé à corriger : le renvoi ne s’annule plus. Relisez la page."
RETURNED_AGAIN = ("L’étape a été renvoyée de nouveau depuis que vous avez ouvert cette page : relisez-la avant "
                  "d’annuler.")
ANOTHER = "Ce renvoi n’est pas celui de votre organisation : seule la DGCT peut l’annuler."


@transaction.atomic
def cancel_return(progress, *, by, version, key="", reason=""):
    """Take a return back while the Region has not begun to correct. Nothing written is lost: remarks are drafts again,
    and the reason is offered in the form of the next decision. A colleague's is taken back with a reason, told to them.
    """
    progress = locked(progress)
    key = one_time(key, progress.pk, "cancel_return", version)
    if is_done(progress.negotiation, key):
        return progress
    target = next_state("cancel_return", progress.state)
    submission = progress.submissions.order_by("-number").first()
    if not submission or submission.outcome != Outcome.RETURNED:
        raise NotAllowed("Cette étape a été rouverte, et non renvoyée : il n’y a pas de renvoi à annuler.")
    refuse_own(submission, by)
    refuse_not_returned_by(submission, by)
    if progress.changed_at != submission.closed_at:
        raise NotAllowed(CORRECTING)
    if version != progress.version:
        raise NotAllowed(RETURNED_AGAIN)
    others = [one for one in returners(submission) if one.pk != by.pk]
    if others and not reason.strip():
        raise NotAllowed(f"Ce renvoi est de {' et de '.join(map(str, others))} : écrivez pourquoi vous l’annulez, ce "
                         "sera dit à son auteur.")
    restore(progress, submission)
    before, progress.state = progress.state, target
    progress.changed_at, progress.version = timezone.now(), progress.version + 1
    progress.save(update_fields=["state", "changed_at", "version"])
    record(Action.STEP_CANCEL_RETURN, progress.step, by=by, negotiation=progress.negotiation, progress=progress,
           from_state=before, to_state=target, key=key, reason=reason.strip(),
           roles={Role.EXAMINER, Role.DIRECTOR, Role.ADVISER})
    stand_again(progress, submission, by)
    notices.return_cancelled(progress, submission, by=by)
    notices.return_taken_back(progress, submission, others, reason, by=by)
    return progress


def refuse_not_returned_by(submission, by):
    """The DGCT takes any return back; a service, its own, when no other organisation returned the step too."""
    sides = set(Seat.objects.returning(submission).values_list("organisation", flat=True))
    if not by.roles & {Role.EXAMINER, Role.DIRECTOR} and not (sides and sides <= by.organisations_as(Role.ADVISER)):
        raise NotAllowed(ANOTHER)


def returners(submission):
    """Who returned it: those whose voice did, or who unblocked it."""
    return list(User.objects.filter(Q(pk__in=Seat.objects.returning(submission).values("given_by")) | Q(
        pk__in=submission.passages.filter(outcome=Outcome.RETURNED).values("closed_by"))))


def restore(progress, submission):
    """The level that returned the step is open again, without its voice; its reasons are offered again in the form, and
    the remarks of this submission are drafts."""
    sent = submission.closed_at
    submission.closed_at, submission.outcome = None, ""
    submission.save(update_fields=["closed_at", "outcome"])
    passage = submission.passages.filter(closed_at__isnull=False).order_by("-order").first()
    # What an administrator wrote over it is offered again too.
    levels.close(passage, "", None, passage.reason)
    passage.seats.filter(voice=Voice.RETURN).update(voice="", given_by=None, given_at=None)
    Remark.objects.filter(progress=progress, state=RemarkState.OPEN, sent_at=sent).update(
        state=RemarkState.DRAFT, sent_at=None)
    Reply.objects.filter(remark__progress=progress, sent_at=sent).update(sent_at=None)
    # Those sent with an earlier return keep the answer that the Region had given, unless they had been maintained.
    maintained = Reply.objects.filter(remark__progress=progress, sent_at=None).values("remark")
    Remark.objects.filter(progress=progress, state=RemarkState.OPEN).exclude(pk__in=maintained).update(
        state=RemarkState.ANSWERED)


def stand_again(progress, submission, by):
    """What people were asked, and a delay or an answer that they were told, stands whichever return settled it. Who
    learnt that the level went on without them is asked anew by what follows."""
    seats = list(Seat.objects.filter(passage__submission=submission, passage__closed_at__isnull=True,
                                     voice="").select_related("passage"))
    answered = Remark.objects.filter(progress=progress, state=RemarkState.ANSWERED)
    over = {notices.over_topic(seat.passage) for seat in seats}
    aware = set(Notification.objects.known(over).values_list("user", flat=True))
    notices.settle(topic__in=over)
    rows = Notification.objects.filter(
        Q(topic__in=notices.topics_of(seats)) & ~Q(user__in=aware)
        | Q(topic__in=map(notices.remark_topic, answered))).exclude(user=by)
    last = {(row.user, row.topic, row.kind): row.pk for row in rows.order_by("pk").select_related("user")}
    asked = {(user, notices.seat_topic(seat)) for seat in seats
             for user in audience.at_seat(seat, progress, roles=audience.usual(seat))}
    notices.write(Notification.objects.filter(pk__in=[
        pk for (user, topic, kind), pk in last.items() if audience.sees(user, progress.negotiation)
        and (kind != NoticeKind.TURN or (user, topic) in asked)]), settled_at=None)
