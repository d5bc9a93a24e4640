"""What the livret and its pages read: a whole dossier at a constant number of queries."""
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, F, Func, IntegerField, Max, OuterRef, Q, Subquery

from ..checklist import Plan, gap_sentence, plan_facts
from ..choices import TEAM_ACTIONS, State, acts_of
from ..findings import in_order
from ..models import (
    Actor,
    ActorRole,
    Answer,
    AttentionPoint,
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Emblem,
    Event,
    ExpectedDocument,
    FundingLimit,
    JournalEntry,
    Negotiation,
    Obligation,
    Opening,
    Phase,
    Position,
    PositionAmount,
    Project,
    Question,
    Representative,
    Source,
    StepActor,
    StepDifficulty,
    StepProgress,
    Term,
)
from . import calendar, remarks
from .decisions import standing

# How many logos the cover has room for.
MOST_EMBLEMS = 6
# Acts that change nothing of what the livret says: on its editions, and on what is the Region's alone (nor may the date
# of the livret tell of them).
UNTOLD = {*acts_of("livret"), *TEAM_ACTIONS}


@dataclass(frozen=True)
class Rows:
    """Every row of one dossier; what belongs to a parent is a {parent id: [rows]}."""
    negotiation: Negotiation
    openings: list
    phases: list
    progresses: list
    questions: dict
    expected: dict
    attention: dict
    step_actors: dict
    risks: dict
    answers: dict
    documents: dict
    versions: dict
    remarks: dict
    events: list
    actors: list
    roles: dict
    representatives: dict
    projects: list
    contributions: list
    limits: list
    positions: list
    amounts: dict
    obligations: list
    difficulties: list
    decisions: list
    moves: dict
    holidays: set
    changed_at: object
    terms: list
    sources: list
    emblems: list


def changed_between(after, before):
    """{negotiation: when what its livret says last changed}, of those where it is between these two moments."""
    last = JournalEntry.objects.filter(negotiation__isnull=False, at__gte=after).exclude(action__in=UNTOLD).order_by(
        ).values_list("negotiation").annotate(last=Max("at"))
    times = {pk: at for pk, at in last if at <= before}
    return {one: times[one.pk] for one in Negotiation.objects.filter(pk__in=times)}


def last_change(negotiation):
    """When what the livret of this dossier says last changed by an act on it."""
    told = JournalEntry.objects.filter(negotiation=negotiation).exclude(action__in=UNTOLD)
    return told.values_list("at", flat=True).first() or negotiation.opened_at


def rows(negotiation):
    """Read everything the livret says of this negotiation, in 30 queries whatever its size."""
    found = Negotiation.objects.select_related("region", "owner", "grid").get(pk=negotiation.pk)
    mine = {"negotiation": found}
    steps = {"step__phase__grid": found.grid_id}
    journal = JournalEntry.objects.filter(**mine).defer("details")
    progresses = list(StepProgress.objects.filter(**mine).select_related("step__phase"))
    return Rows(
        negotiation=found,
        openings=list(Opening.objects.filter(**mine).select_related("organisation")),
        phases=list(Phase.objects.filter(grid=found.grid_id)),
        progresses=progresses,
        questions=grouped(Question.objects.filter(**steps), "step_id"),
        expected=grouped(ExpectedDocument.objects.filter(**steps), "step_id"),
        attention=grouped(AttentionPoint.objects.filter(**steps), "step_id"),
        step_actors=grouped(StepActor.objects.filter(**steps), "step_id"),
        risks=grouped(StepDifficulty.objects.filter(**steps), "step_id"),
        # What is reserved to the team of the Region is not even read: the livret goes everywhere.
        answers=grouped(Answer.objects.filter(progress__negotiation=found, question__confidential=False),
                        "progress_id"),
        documents=grouped(Document.objects.filter(progress__negotiation=found).select_related("expected"),
                          "progress_id"),
        versions=grouped(DocumentVersion.objects.filter(document__progress__negotiation=found).select_related("uploaded_by"),
                         "document_id"),
        remarks=remarks.sent(progresses),
        events=list(Event.objects.filter(**mine).select_related("progress__step")),
        actors=list(Actor.objects.filter(**mine).select_related("written_commitment__progress__step")),
        roles=grouped(ActorRole.objects.filter(actor__negotiation=found), "actor_id"),
        representatives=grouped(Representative.objects.filter(actor__negotiation=found), "actor_id"),
        **commitment_rows(mine),
        difficulties=list(Difficulty.objects.filter(**mine).select_related("progress__step", "known")),
        decisions=list(standing(journal).order_by("pk")),
        moves=calendar.moves(found),
        holidays=calendar.holidays(),
        changed_at=last_change(found),
        terms=list(Term.objects.all()),
        sources=list(Source.objects.all()),
        emblems=list(Emblem.objects.filter(Q(region=None) | Q(region=found.region_id), is_shown=True)[:MOST_EMBLEMS]),
    )


def commitment_rows(mine):
    """The rows of the commitments, in six queries."""
    return {
        "projects": list(Project.objects.filter(**mine)),
        "contributions": list(Contribution.objects.filter(project__negotiation=mine["negotiation"])),
        "limits": in_order(FundingLimit.objects.filter(**mine).select_related("financier")),
        "positions": list(Position.objects.filter(**mine).select_related(
            "party", "event", "minutes__expected", "agreed_event", "agreed_minutes__expected")),
        "amounts": grouped(PositionAmount.objects.filter(position__negotiation=mine["negotiation"]), "position_id"),
        "obligations": list(Obligation.objects.filter(**mine).select_related(
            "party", "evidence_document__progress__step")),
    }


def grouped(found, key):
    by_parent = defaultdict(list)
    for row in found:
        by_parent[getattr(row, key)].append(row)
    return by_parent


@dataclass(frozen=True)
class Overview:
    """How much of each chapter a dossier holds; `plan` and `gap` as the checklist tells them."""
    plan: Plan
    gap: str
    steps: int
    approved: int
    planned: int
    events: int
    actors: int
    silent_actors: int
    positions: int
    obligations: int
    difficulties: int
    unremedied: int
    lessons: int
    questions: int
    answers: int
    required: int
    given: int
    files: int
    decisions: int


def overview(negotiation):
    """The counts that the page of the livret shows, in four queries."""
    mine = {"negotiation": OuterRef("pk")}
    steps, pieces = {"step__phase__grid": OuterRef("grid")}, {"progress__negotiation": OuterRef("pk")}
    actors, difficulties = Actor.objects.filter(**mine), Difficulty.objects.filter(**mine)
    progresses = StepProgress.objects.filter(**mine)
    counted = {
        "steps": progresses, "approved": progresses.filter(state=State.APPROVED),
        "planned": progresses.filter(planned_start__isnull=False), "events": Event.objects.filter(**mine),
        "actors": actors, "silent_actors": actors.filter(representatives__isnull=True),
        "positions": Position.objects.filter(**mine), "obligations": Obligation.objects.filter(**mine),
        "difficulties": difficulties, "unremedied": difficulties.filter(remedy=""),
        "n_lessons": difficulties.exclude(lesson=""), "n_perspectives": difficulties.exclude(perspective=""),
        "questions": Question.objects.filter(**steps), "answers": Answer.objects.filter(**pieces).exclude(text=""),
        "required": ExpectedDocument.objects.filter(**steps, required=True),
        "given": Document.objects.filter(**pieces, expected__required=True).filter(
            ~Q(waiver="") | Exists(DocumentVersion.objects.filter(document=OuterRef("pk")))),
        "files": DocumentVersion.objects.filter(document__progress__negotiation=OuterRef("pk")),
        "decisions": standing(JournalEntry.objects.filter(**mine)),
    }
    found = Negotiation.objects.filter(pk=negotiation.pk).values(
        **{f"c_{name}": counting(rows) for name, rows in counted.items()}).get()
    numbers = {name: found[f"c_{name}"] for name in counted}
    numbers["lessons"] = numbers.pop("n_lessons") + numbers.pop("n_perspectives")
    plan = plan_facts(negotiation)
    return Overview(plan, gap_sentence(plan.total, plan.announced), **numbers)


def counting(rows):
    """A subquery that counts these rows."""
    return Subquery(rows.order_by().annotate(all=Func(F("pk"), function="COUNT")).values("all"),
                    output_field=IntegerField())
