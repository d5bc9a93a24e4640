"""Where somebody may speak: the seats of an examination that a person of today can answer at, whoever asks.

As « Mes tâches » of each person says (tasks.mine), and as who is told by mail (workflow/audience.at_seat).
"""
from functools import lru_cache

from django.db.models import CharField, DateTimeField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from ..choices import NEXT_AT, ROLES_AT, WRITERS, LevelKind, RemarkState, State, Voice
from ..models import Membership, Passage, Remark, Seat, StepProgress


def awaited_of(dossier):
    """{organisation: the codes of the steps of this dossier where its position is awaited}"""
    found = {}
    for organisation, code in Seat.objects.awaited().filter(
            passage__submission__progress__negotiation=dossier,
    ).order_by("passage__submission__progress__step__code").values_list(
            "organisation", "passage__submission__progress__step__code"):
        found.setdefault(organisation, []).append(code)
    return found


def answered_to(organisations):
    """The steps under examination where the Region answered a remark of theirs that still stands, and where they have
    no more to say: the last approval waits for it."""
    answered = Remark.objects.filter(progress=OuterRef("pk"), organisation__in=organisations,
                                     state=RemarkState.ANSWERED)
    to_speak = Seat.objects.filter(passage__submission__progress=OuterRef("pk"), organisation__in=organisations,
                                   voice="", passage__submission__closed_at__isnull=True,
                                   passage__closed_at__isnull=True)
    return StepProgress.objects.filter(Exists(answered), ~Exists(to_speak), state=State.SUBMITTED)


def answerable(seats):
    """Those of these seats where somebody may speak: a member of the organisation, in a role that speaks there or
    standing in for who holds it, who has had no part in the submission and does not write for the Region.

    One subquery for all the kinds of levels and the deputies, who belong to the same organisation.
    """
    return seats.heard().filter(somebody(timezone.localdate()))


def left_empty(membership):
    """The steps that wait at a level where nobody could speak any more, were this membership to end: one
    [StepProgress, …] with its step and its dossier, in one query."""
    today, current = timezone.localdate(), Membership.objects.current()
    theirs = Seat.objects.awaited().filter(organisation=membership.organisation_id).order_by().values("passage")
    seats = Seat.objects.awaited().heard().filter(passage__in=theirs).annotate(
        now=somebody(today), then=condition(today, current.exclude(pk=membership.pk))).select_related(
        "passage__submission__progress__step", "passage__submission__progress__negotiation__region").defer(
        "passage__submission__content").order_by("passage__submission__progress__negotiation__slug",
                                                 "passage__submission__progress__step__code")
    found = {}
    for seat in seats:
        found.setdefault(seat.passage.submission.progress, []).append(seat)
    return [progress for progress, some in found.items() if any(one.now for one in some) and not any(
        one.then for one in some)]


@lru_cache(maxsize=1)
def somebody(today):
    """The condition itself, built once a day: each page of a dossier asks, and building it is half of what it costs."""
    return condition(today, Membership.objects.current())


def condition(today, current, **who):
    """The same among these memberships only, which are of today. who: of whom, beside the seat."""
    members = current.filter(organisation=OuterRef("organisation"), user__is_active=True, **who)
    same = OuterRef(OuterRef("passage__submission"))
    spoken = Seat.objects.filter(passage__submission=same, given_by=OuterRef("user")).exclude(voice=Voice.SKIPPED)
    unblocked = Passage.objects.filter(submission=same, closed_by=OuterRef("user")).exclude(kind=LevelKind.OPINION)
    team = current.filter(
        user=OuterRef("user"), organisation=OuterRef(OuterRef("passage__submission__progress__negotiation__owner")))
    writes = team.filter(Q(role__in=WRITERS) | Exists(replaced(today, current).filter(role__in=WRITERS)))
    return Exists(
        members.alias(**level(OuterRef)).filter(
            speaks() | Exists(replaced(today, current).alias(
                **level(lambda name: OuterRef(OuterRef(name)))).filter(speaks())),
            ~Exists(spoken), ~Exists(unblocked), ~Exists(writes),
        ).exclude(user=OuterRef("passage__submission__submitted_by")))


def is_followed(submission):
    """Does the person who took this submission (the path to it) in charge still have something to say? They may have
    spoken since, or left, or a colleague spoke for them."""
    return Exists(Seat.objects.heard().filter(
        following(timezone.localdate()), passage__submission=OuterRef(submission), passage__closed_at__isnull=True,
        passage__submission__closed_at__isnull=True, voice=""))


@lru_cache(maxsize=1)
def following(today):
    return condition(today, Membership.objects.current(), user=OuterRef("passage__submission__opened_by"))


def replaced(today, current):
    """Beside a membership: those of colleagues for whom its person stands in today."""
    return current.filter(
        organisation=OuterRef("organisation"), user__is_active=True, deputies__deputy=OuterRef("user"),
        deputies__starts_on__lte=today, deputies__ends_on__gte=today, deputies__ended_at__isnull=True)


def level(outer):
    """What is read of the seat, beside a membership."""
    return {"kind": ExpressionWrapper(outer("passage__kind"), CharField()),
            "late": ExpressionWrapper(outer("escalated_at"), DateTimeField())}


def speaks():
    """Does the role of a membership speak at the level beside it?"""
    found = Q(pk__in=[])
    for kind in LevelKind:
        found |= Q(kind=kind, role__in=ROLES_AT[kind])
        if NEXT_AT[kind]:
            found |= Q(kind=kind, late__isnull=False, role__in=NEXT_AT[kind])
    return found
