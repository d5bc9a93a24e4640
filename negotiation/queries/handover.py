"""What a passation says: where each dossier of the organisation stands, decisions and reasons, what waits, contacts.

Plain values, the same for the page and the PDF, at a constant number of queries whatever the number of dossiers.
Nothing confidential: no document, no answer; no decision for a partner, who does not read the journal.
"""
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from .. import checklist
from ..choices import OrganisationKind, RemarkState, Role, State
from ..dates import spoken
from ..models import (
    Answer,
    Difficulty,
    Document,
    Event,
    ExpectedDocument,
    JournalEntry,
    Membership,
    Negotiation,
    Obligation,
    Organisation,
    Project,
    Question,
    Remark,
    Representative,
    Seat,
    StepProgress,
    Submission,
)
from .decisions import standing
from .negotiations import Next, PhaseLines, StepLine, next_action
from .pen import SINCE
from .seats import answerable, answered_to

MONTHS = timedelta(days=183)
SHOWN, PER_DOSSIER = 400, 12


@dataclass
class Dossier:
    """states: [(State, how many)]; waiting: [(step progress, what it lacks, or who is awaited, in words)]; decisions:
    the newest first, older: are there others that are not listed?"""
    negotiation: Negotiation
    next: Next
    states: list
    waiting: list
    decisions: list
    older: bool
    contacts: list = field(default_factory=list)


@dataclass(frozen=True)
class Content:
    """followers: memberships of those of the State who follow the examinations, or spoke in those that are over;
    services: those that sit; reviewers: the functions at the DGCT. A partner is told the functions alone."""
    dossiers: list
    team: list
    followers: list
    services: list
    reviewers: list
    since: object


def content(handover):
    organisation = handover.membership.organisation
    dossiers = list(scope(organisation).select_related("region", "owner").annotate(
        has_actors=Exists(Representative.objects.filter(actor__negotiation=OuterRef("pk"))),
        has_obligations=Exists(Obligation.objects.filter(negotiation=OuterRef("pk"))),
    ).order_by("region__code_ct", "-first_year"))
    since = timezone.now() - MONTHS
    lines, decided, contacts = steps_of(dossiers), decisions(organisation, dossiers, since), representatives(
        organisation, dossiers)
    seats = Seat.objects.filter(passage__submission__progress__negotiation__in=dossiers)
    awaited = awaited_at(seats)
    own = {step for step, some in awaited.items() if any(one.organisation_id == organisation.pk for one in some)}
    answered = set(answered_to([organisation]).filter(negotiation__in=dossiers).values_list("pk", flat=True))
    people = list(Membership.objects.current().filter(
        Q(organisation=organisation) | Q(organisation__kind=OrganisationKind.DGCT) | Q(
            organisation__kind=OrganisationKind.SERVICE), user__is_active=True,
    ).annotate(follows=follows(dossiers, seats)).filter(
        ~Q(organisation__kind=OrganisationKind.SERVICE) | Q(organisation=organisation) | Q(follows=True),
    ).select_related("user", "organisation").order_by("user__name", "role"))
    told = organisation.kind != OrganisationKind.PARTNER
    return Content(
        [Dossier(d, next_action([PhaseLines(None, lines[d.pk])], team=d.owner_id == organisation.pk,
                                awaited=own | answered),
                 counted(lines[d.pk]), waiting(lines[d.pk], organisation, awaited, own, answered),
                 decided[d.pk][:PER_DOSSIER], len(decided[d.pk]) > PER_DOSSIER, contacts[d.pk])
         for d in dossiers],
        [m for m in people if m.organisation_id == organisation.pk],
        list({(m.user_id, m.organisation_id): m for m in people
              if told and m.follows and m.organisation_id != organisation.pk}.values()),
        list(Organisation.objects.filter(kind=OrganisationKind.SERVICE, pk__in=seats.values("organisation")))
        if told else [],
        sorted({m.user.function or m.get_role_display() for m in people if m.role in (Role.EXAMINER, Role.DIRECTOR)}),
        since)


def follows(dossiers, seats):
    """Has the person of a membership taken a submission in charge, or spoken on one that is over?"""
    taken = Submission.objects.filter(progress__negotiation__in=dossiers, opened_by=OuterRef("user"))
    voiced = seats.filter(passage__submission__closed_at__isnull=False, given_by=OuterRef("user"))
    return Exists(taken) | Exists(voiced)


def scope(organisation):
    """The dossiers that the organisation owns, examines, or that are open to it."""
    if organisation.kind == OrganisationKind.DGCT:
        return Negotiation.objects.all()
    if organisation.kind == OrganisationKind.COUNCIL:
        return Negotiation.objects.filter(owner=organisation)
    return Negotiation.objects.filter(openings__organisation=organisation)


def number(rows, **by):
    """How many rows, as a subquery."""
    name = next(iter(by))
    counted_rows = rows.filter(**by).order_by().values(name).annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(counted_rows, output_field=IntegerField()), 0)


def steps_of(dossiers):
    """{dossier: [StepLine]}; `remaining` counts what a step still lacks, in words, in four queries for all."""
    given = Document.objects.filter(expected__required=True).filter(~Q(waiver="") | Q(versions__isnull=False))
    progresses = StepProgress.objects.filter(negotiation__in=dossiers).select_related("step").annotate(
        since=SINCE, n_questions=number(Question.objects.all(), step=OuterRef("step")),
        n_answers=number(Answer.objects.exclude(text=""), progress=OuterRef("pk")),
        n_required=number(ExpectedDocument.objects.filter(required=True), step=OuterRef("step")),
        n_given=number(given, progress=OuterRef("pk")),
        n_remarks=number(Remark.objects.filter(state=RemarkState.OPEN), progress=OuterRef("pk")),
    ).order_by("step__code")
    lines, held = defaultdict(list), facts(dossiers)
    for progress in progresses:
        remaining = lacking(progress, held[progress.negotiation_id])
        lines[progress.negotiation_id].append(StepLine(progress, 0, len(remaining), remaining))
    return lines


def facts(dossiers):
    """{dossier: what it holds of what the checks of the grid ask} (checklist.CHECKS), in three queries for all."""
    projects, difficulties = defaultdict(list), defaultdict(list)
    for dossier, *row in Project.objects.filter(negotiation__in=dossiers).values_list(
            "negotiation_id", "name", "cost", "whole_contract", Sum("contributions__amount")):
        projects[dossier].append(row)
    for dossier, *row in Difficulty.objects.filter(negotiation__in=dossiers).values_list(
            "negotiation_id", "lesson", "perspective"):
        difficulties[dossier].append(row)
    events = set(Event.objects.filter(negotiation__in=dossiers, date__lte=timezone.localdate()).values_list(
        "progress_id", flat=True))
    return {one.pk: {"plan": plan_of(projects[one.pk], one.announced_total), "events": events,
                     "actors": one.has_actors, "obligations": one.has_obligations,
                     "difficulties": bool(difficulties[one.pk]),
                     "lessons": any(lesson or perspective for lesson, perspective in difficulties[one.pk])}
            for one in dossiers}


def plan_of(rows, announced):
    """rows: [(name, cost, is it the line of the whole contract?, sum of its contributions or None)]."""
    costs = {name: cost for name, cost, whole, _ in rows if not whole}
    return checklist.Plan(sum(amount or 0 for *_, amount in rows), announced, len(costs),
                          tuple(name for name, cost in costs.items() if cost is None))


def lacking(progress, held):
    counts = [(progress.n_questions - progress.n_answers, "question sans réponse", "questions sans réponse"),
              (progress.n_required - progress.n_given, "pièce exigée à déposer", "pièces exigées à déposer"),
              (progress.n_remarks if progress.state == State.RETURNED else 0,
               "observation sans réponse", "observations sans réponse")]
    words = [f"{count} {many if count > 1 else one}" for count, one, many in counts if count > 0]
    items = [checklist.CHECKS[check](progress, held) for check in progress.step.checks]
    return tuple(words + [in_passing(item.sentence) for item in items if not item.done])


def in_passing(sentence):
    """« Décrivez un projet. » → « décrivez un projet », in a list."""
    return sentence[:1].lower() + sentence[1:].removesuffix(".")


def counted(lines):
    found = Counter(line.progress.state for line in lines)
    return [(state, found[state]) for state in State if found[state]]


def awaited_at(seats):
    """{step progress: [the seats whose turn it is, and where somebody can speak]}"""
    found = defaultdict(list)
    for seat in answerable(seats.awaited()).annotate(step=F("passage__submission__progress")).select_related(
            "organisation", "passage").order_by("order"):
        found[seat.step].append(seat)
    return found


# What a team has to do, or follows, in this order; a service hears of the steps that wait for it (`waiting`).
WAITING = {OrganisationKind.COUNCIL: (State.RETURNED, State.DRAFT, State.SUBMITTED),
           OrganisationKind.DGCT: (State.SUBMITTED,)}


def waiting(lines, organisation, awaited, own, answered):
    """[(step progress, words)] of what waits for the organisation; own: the steps where it is awaited itself; answered:
    those where an answer of the Region to its remarks is."""
    judged = "observation à lever ou à maintenir ; "
    return [(line.progress, f"{judged if line.progress.pk in answered else ''}{told_of(line, awaited)}")
            for state in WAITING.get(organisation.kind, (State.SUBMITTED,)) for line in lines
            if line.progress.state == state
            and (organisation.kind in WAITING or line.progress.pk in own | answered)]


def told_of(line, awaited):
    """What a step still lacks; once submitted, whose word is awaited and until when."""
    if line.progress.state != State.SUBMITTED:
        return f"reste : {' ; '.join(line.remaining)}" if line.remaining else ""
    told = [f"{seat.organisation} ({seat.passage.get_kind_display()}), avant le {spoken(seat.due_on)}"
            f"{', en retard' if seat.escalated_at else ''}" for seat in awaited.get(line.progress.pk, [])]
    return f"attend : {' ; '.join(told) or 'l’administration de l’application, car personne ne peut se prononcer'}"


def decisions(organisation, dossiers, since):
    """{dossier: the last submissions, returns, approvals that stand}, newest first; one more than is listed."""
    found = defaultdict(list)
    if organisation.kind == OrganisationKind.PARTNER:
        return found
    for entry in standing(JournalEntry.objects.filter(negotiation__in=dossiers, at__gte=since)).defer(
            "details")[:SHOWN]:
        if len(found[entry.negotiation_id]) <= PER_DOSSIER:
            found[entry.negotiation_id].append(entry)
    return found


def representatives(organisation, dossiers):
    """{dossier: who speaks for each actor}; the teams that write the dossier know them, the others ask the team."""
    found = defaultdict(list)
    if organisation.kind == OrganisationKind.COUNCIL:
        for one in Representative.objects.filter(actor__negotiation__in=dossiers).select_related("actor").order_by(
                "actor__order", "pk")[:SHOWN]:
            found[one.actor.negotiation_id].append(one)
    return found
