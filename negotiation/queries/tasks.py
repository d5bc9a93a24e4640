"""« Mes tâches » and the inbox of examinations: computed from the states, the levels and the roles of the person.

A step is listed when the person can act on it, and not otherwise; what is only to be followed is said to be.
"""
import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from .. import elements
from ..choices import (
    NEXT_AT,
    NOT_DONE,
    REVIEWERS,
    ROLES_AT,
    WRITERS,
    LevelKind,
    OrganisationKind,
    Role,
    Side,
    State,
    Voice,
)
from ..folding import fold
from ..models import Negotiation, Obligation, Passage, Seat, StepProgress, Submission
from .pen import SINCE
from .seats import answerable, answered_to

MOST = 500
# Between the names of an actor that groups several.
LISTED = re.compile("[,;:/]")
# Who is told that nothing waits; others see a group only when something does.
USUAL = {LevelKind.OPINION: {Role.ADVISER}, LevelKind.EXAMINATION: {Role.EXAMINER},
         LevelKind.DECISION: {Role.DIRECTOR}}


@dataclass(frozen=True)
class Task:
    """A step that waits. since: from when; due_on: until when, for an examination; note: what is wrong; page: where."""
    progress: StepProgress
    since: object
    due_on: object = None
    note: str = ""
    page: str = "step"


@dataclass(frozen=True)
class Group:
    """What waits in the same way: steps, or obligations. is_followed: the reader is told, and cannot act on it."""
    title: str
    empty: str
    tasks: list
    obligations: tuple = ()
    is_followed: bool = False


def tasks(user):
    """The groups that concern the person's roles."""
    groups = []
    if user.roles & {Role.EXAMINER, Role.DIRECTOR, Role.ADVISER}:
        seats = list(mine(user)[:MOST])
        for kind, title, empty in (
                (LevelKind.OPINION, "Avis à rendre", "Aucun avis n’est attendu de vous."),
                (LevelKind.EXAMINATION, "Étapes à examiner", "Aucune étape n’attend votre examen."),
                (LevelKind.DECISION, "Décisions à prendre", "Aucune décision n’est attendue de vous.")):
            found = [task_of(seat) for seat in seats if seat.passage.kind == kind]
            if found or user.roles & USUAL[kind]:
                groups.append(Group(title, empty, found))
        if answered := to_settle(user):
            groups.append(Group("Réponses à vos observations", "", answered))
    if user.roles & {Role.EXAMINER, Role.DIRECTOR} and (late := list(unheard(user)[:MOST])):
        groups.append(Group("Avis en retard à passer outre", "", list(map(blocked_task, late))))
    if Role.ADMINISTRATOR in user.roles:
        groups.append(Group("Examens à débloquer", "Aucun examen n’attend d’être débloqué.",
                            [blocked_task(submission) for submission in blocked(user)[:MOST]]))
    if own := user.organisations_as(*WRITERS):
        groups += region_groups(own)
    if followed := followed_obligations(user, own):
        groups.append(Group("Obligations en retard à suivre", "", [], tuple(followed), is_followed=True))
    return groups


def task_of(seat):
    return Task(seat.progress, seat.asked_at, seat.due_on, "en retard" if seat.escalated_at else "", "review")


def to_settle(user):
    """The steps under examination where the Region answered a remark of theirs that still stands, and where their
    organisation has no more to say: the last approval waits for it."""
    seen = Negotiation.objects.visible_to(user).exclude(owner__in=user.organisations_as(*WRITERS)).order_by()
    steps = in_order(answered_to(user.organisations_as(*REVIEWERS)).filter(negotiation__in=seen))
    return [Task(step, step.since, note="observation à lever ou à maintenir", page="review") for step in steps]


def blocked_task(submission):
    return Task(submission.progress, submission.submitted_at, submission.due_on,
                "en retard" if submission.due_on and submission.due_on < timezone.localdate() else
                "personne ne peut se prononcer", "review")


def region_groups(own):
    steps = waiting(Negotiation.objects.filter(owner__in=own), {State.RETURNED, State.DRAFT, State.TODO})
    to_begin = "Chaque dossier a une étape en cours, ou n’en a plus à commencer."
    if not steps and not Negotiation.objects.filter(owner__in=own).exists():
        to_begin = "Votre collectivité n’a pas encore de dossier de négociation."
    listed = {
        "Étapes à corriger": ("Aucune étape n’est renvoyée pour correction.",
                              [s for s in steps if s.state == State.RETURNED]),
        "Étapes à poursuivre": ("Aucune étape n’est en cours.", [s for s in steps if s.state == State.DRAFT]),
        "Prochaine étape à commencer": (to_begin, next_ones(steps)),
    }
    groups = [Group(title, empty, [Task(step, step.since) for step in found])
              for title, (empty, found) in listed.items()]
    late = late_obligations(own)
    return [*groups, Group("Obligations en retard", "", [], tuple(late))] if late else groups


def late_obligations(own):
    """Those of the team's dossiers that are late and that it may edit now, most overdue first, in three queries."""
    found = list(late().filter(negotiation__owner__in=own)[:MOST]) if own else []
    scopes = elements.duty_scopes({one.negotiation_id for one in found}) if found else {}
    return [one for one in found if elements.allows(scopes[one.negotiation_id], elements.key_of(one))]


def late():
    """Obligations that are late, most overdue first, with their party and their dossier."""
    return Obligation.objects.filter(due_on__lt=timezone.localdate(), state__in=NOT_DONE).select_related(
        "negotiation", "party").order_by("due_on", "pk")


def followed_obligations(user, own):
    """The late ones whose party the person answers for without writing them: the State for the DGCT, for the others the
    actor that their organisation is; on the dossiers that they see, those of their own team (own) apart."""
    organisations = {one.organisation for one in user.current_memberships if one.organisation.grid_actor_id
                     or one.organisation.kind != OrganisationKind.COUNCIL}
    if not organisations:
        return []
    sides = {Side.STATE, Side.STATE_LOCAL} if user.roles & {Role.EXAMINER, Role.DIRECTOR} else set()
    seen = Negotiation.objects.visible_to(user).exclude(owner__in=own).order_by()
    return [one for one in late().filter(negotiation__in=seen)
            if one.party.side in sides or any(is_named(its, one.party) for its in organisations)][:MOST]


def is_named(organisation, actor):
    """Is the organisation this actor, or among those that it groups, « DGB, DNPD »? By the grid, else by the words of
    who typed it; each Council has the acronym of the others, and is known by the grid alone."""
    if organisation.grid_actor_id and organisation.grid_actor_id == actor.grid_actor_id:
        return True
    if organisation.kind == OrganisationKind.COUNCIL:
        return False
    own, acronym = {fold(organisation.name), fold(organisation.acronym)} - {""}, fold(actor.acronym)
    listed = {fold(name) for name in LISTED.split(actor.name)}
    return bool(own & {fold(actor.name), acronym, *acronym.split(), *listed})


def next_ones(steps):
    """The first step to begin of each dossier where none is being written."""
    busy = {step.negotiation_id for step in steps if step.state == State.DRAFT}
    first = {}
    for step in sorted((s for s in steps if s.state == State.TODO), key=lambda s: s.step.code):
        first.setdefault(step.negotiation_id, step)
    return [step for dossier, step in first.items() if dossier not in busy]


def waiting(dossiers, states):
    """Oldest first: what has waited longest is on top."""
    return in_order(StepProgress.objects.filter(negotiation__in=dossiers, state__in=states))


def in_order(steps):
    dated = steps.select_related("negotiation__region", "step").annotate(since=SINCE)
    return list(dated.order_by("since", "pk")[:MOST])


def awaited(user):
    """The seats whose turn it is, on the dossiers that the person may see; what is due first comes first."""
    return Seat.objects.awaited().filter(
        passage__submission__progress__negotiation__in=Negotiation.objects.visible_to(user).order_by(),
    ).select_related("organisation", "passage__submission__progress__step",
                     "passage__submission__progress__negotiation__region",
                     "passage__submission__opened_by").defer("passage__submission__content").order_by("due_on", "pk")


def blocked(user):
    """The submissions that nobody is still in time to judge, or that nobody can judge, where the person has no part,
    and that an administrator may unblock; the oldest first. Each with `due_on`, until when somebody was awaited."""
    waited = Seat.objects.filter(passage__submission=OuterRef("pk"), asked_at__isnull=False, voice="",
                                 passage__closed_at__isnull=True)
    spoken = Seat.objects.filter(passage__submission=OuterRef("pk"), given_by=user).exclude(voice=Voice.SKIPPED)
    return Submission.objects.filter(
        ~Exists(answerable(waited.filter(due_on__gte=timezone.localdate()))), ~Exists(spoken), closed_at__isnull=True,
        progress__negotiation__in=Negotiation.objects.visible_to(user).order_by(),
    ).exclude(submitted_by=user).exclude(
        progress__negotiation__owner__in=user.organisations_as(*WRITERS)).annotate(
        due_on=Subquery(waited.order_by("-due_on").values("due_on")[:1])).select_related(
        "progress__step", "progress__negotiation__region").defer("content").order_by("submitted_at", "pk")


def unheard(user):
    """Those of `blocked` where what is late is an opinion, which the DGCT may pass over."""
    return blocked(user).filter(due_on__lt=timezone.localdate()).filter(Exists(Seat.objects.filter(
        passage__submission=OuterRef("pk"), passage__kind=LevelKind.OPINION, passage__closed_at__isnull=True,
        asked_at__isnull=False, voice="")))


def steps_of(user, dossier):
    """{step of the dossier (pk)} at which the person may speak now, or has an answer to judge."""
    seats = mine(user).filter(passage__submission__progress__negotiation=dossier).order_by()
    answered = answered_to(user.organisations_as(*REVIEWERS)).filter(negotiation=dossier).order_by()
    return set(seats.values_list("passage__submission__progress", flat=True).union(answered.values_list("pk")))


def mine(user):
    """Those at which the person may speak: their organisation, in a role that speaks there, and nothing said yet by
    this person on the submission."""
    seats = Q(pk__in=[])
    for kind in LevelKind:
        seats |= Q(passage__kind=kind, organisation__in=user.organisations_as(*ROLES_AT[kind]))
        if NEXT_AT[kind]:
            seats |= Q(passage__kind=kind, escalated_at__isnull=False,
                       organisation__in=user.organisations_as(*NEXT_AT[kind]))
    same = OuterRef("passage__submission")
    spoken = Seat.objects.filter(passage__submission=same, given_by=user).exclude(voice=Voice.SKIPPED)
    unblocked = Passage.objects.filter(submission=same, closed_by=user).exclude(kind=LevelKind.OPINION)
    own = user.organisations_as(*WRITERS)
    return awaited(user).heard().filter(seats, ~Exists(spoken), ~Exists(unblocked)).exclude(
        passage__submission__submitted_by=user).exclude(passage__submission__progress__negotiation__owner__in=own)
