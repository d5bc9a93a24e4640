"""What a step still lacks, for one step or for a whole dossier, at the same number of queries.

The same items guide the page, make the progress figures and refuse a submission. Nothing here is typed by hand:
an item is done when the dossier holds what it asks for.
"""
from collections import defaultdict, namedtuple
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, Exists, F, Q, Sum, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from . import findings
from .choices import Check, RemarkState, State, Unallocated
from .findings import gap_sentence
from .models import (
    Answer,
    Contribution,
    Difficulty,
    Document,
    Event,
    ExpectedDocument,
    FundingLimit,
    Negotiation,
    Obligation,
    Phase,
    Project,
    Question,
    Remark,
    Representative,
    StepProgress,
)

# PostgreSQL takes an empty column of a union for a text unless told.
NONE, WHOLE = Cast(None, BigIntegerField()), "whole"
# A row of the union that the checks on the money read; rank: of a project.
MoneyRow = namedtuple("MoneyRow", "what pk name code financier year share rank amount")
# The checks of a step that bring the financing rules into its examination; those that ask whether something is there.
MONEY = {Check.PLAN, Check.BALANCED}
PRESENCES = {Check.ACTORS, Check.OBLIGATIONS, Check.DIFFICULTIES, Check.LESSONS}


@dataclass(frozen=True)
class Item:
    """One thing to do; `anchor` is where on the page (or which page) it is done, `key` the element or the part of the
    step that it asks for (elements.py)."""
    done: bool
    sentence: str
    anchor: str
    key: str = ""


@dataclass(frozen=True)
class Plan:
    """The facts of the financing plan that checks need; amounts in FCFA."""
    total: int
    announced: int | None
    projects: int
    without_cost: tuple


@dataclass(frozen=True)
class Facts:
    """What the checklist of some steps rests on: what the grid asks of them, and what the dossier holds."""
    questions: dict
    documents: dict
    answered: set
    given: set
    held: dict


def items(negotiation, progresses):
    """{step id: [Item, …]} for these steps of the dossier, in ten queries at most whatever their number."""
    ids, steps = [p.pk for p in progresses], [p.step_id for p in progresses]
    facts = Facts(
        grouped(Question.objects.filter(step__in=steps)),
        grouped(ExpectedDocument.objects.filter(step__in=steps)),
        set(Answer.objects.filter(progress__in=ids).exclude(text="").values_list("progress_id", "question_id")),
        set(Document.objects.filter(progress__in=ids, expected__isnull=False).filter(
            ~Q(waiver="") | Q(versions__isnull=False)).values_list("progress_id", "expected_id")),
        held(negotiation, {check for p in progresses for check in p.step.checks}))
    return {progress.step_id: items_of(progress, facts) for progress in progresses}


def items_of(progress, facts):
    """The checklist of one step: its questions, its required documents, then the checks on the dossier."""
    return [
        *(Item((progress.pk, q.pk) in facts.answered, f"Répondez à la question {number} : « {q.text} »", f"#{q.code}",
               f"answer:{q.code}")
          for number, q in enumerate(facts.questions[progress.step_id], 1)),
        *(Item((progress.pk, d.pk) in facts.given, f"Déposez la pièce exigée « {d.name} », ou dites pourquoi elle "
               "est sans objet.", f"#{d.code}", f"document:{d.code}")
          for d in facts.documents[progress.step_id] if d.required),
        *checks_of(progress, facts.held),
    ]


def checked(negotiation, progresses, checks=frozenset(Check), known=None):
    """The same of what is not written on the step itself: these checks on the dossier; in three queries at most.

    known: what the page has read already of what `held` reads.
    """
    facts = held(negotiation, {check for p in progresses for check in p.step.checks} & checks, known)
    return {p.step_id: checks_of(p, facts, checks) for p in progresses}


def checks_of(progress, facts, checks=frozenset(Check)):
    asked = [check for check in progress.step.checks if check in checks]
    blocking = facts.get("blocking", ()) if MONEY & set(asked) else ()
    return [*(CHECKS[check](progress, facts) for check in asked),
            *(Item(False, one.sentence, one.anchor, "plan") for one in blocking)]


def blocks(progress):
    """What prevents a submission besides the contents of the step: the gate of an earlier phase, remarks unanswered."""
    return [*gates(progress), *unanswered(progress)]


def gates(progress):
    """The steps of the earlier phases that the grid wants approved first, and that are not."""
    phase = progress.step.phase
    earlier = Phase.objects.filter(grid=phase.grid_id, code__lt=phase.code)
    wanted = {code: row.code for row in earlier for code in row.gate}
    closed = StepProgress.objects.filter(negotiation=progress.negotiation_id, step__code__in=wanted).exclude(
        state=State.APPROVED).order_by("step__code").values_list("step__code", "step__title") if wanted else []
    return [gate_item(phase.code, code, title) for code, title in closed]


def gate_item(phase, code, title):
    return Item(False, f"Une étape de la phase {phase} se soumet quand l’étape {code} « {title} » est approuvée.",
                f"etapes/{code}/")


def unanswered(progress):
    """The remarks of the reviewers that the Region has not answered."""
    if progress.state != State.RETURNED:
        return []
    found = Remark.objects.filter(progress=progress, state=RemarkState.OPEN).order_by("pk")
    return [answer_item(pk, label) for pk, label in found.values_list("pk", "label")]


def answer_item(pk, label):
    return Item(False, f"Répondez à l’observation sur « {label} ».", f"#observation-{pk}")


def grouped(rows):
    by_step = defaultdict(list)
    for row in rows:
        by_step[row.step_id].append(row)
    return by_step


def held(negotiation, checks, known=None):
    """What the dossier holds of what these checks ask; only the queries they need, besides what is known."""
    found = dict(known or {})
    if "plan" not in found and checks & {Check.PROJECTS, Check.COSTS, Check.PLAN, Check.BALANCED}:
        money = money_facts(negotiation)
        found |= known_money(money)
    if Check.EVENTS in checks:
        found["events"] = set(Event.objects.filter(negotiation=negotiation, date__lte=timezone.localdate()).values_list(
            "progress_id", flat=True))
    if checks & PRESENCES - {*found}:
        difficulties = Difficulty.objects.filter(negotiation=negotiation)
        held = Negotiation.objects.filter(pk=negotiation.pk).values_list(
            Exists(Representative.objects.filter(actor__negotiation=negotiation)),
            Exists(Obligation.objects.filter(negotiation=negotiation)),
            Exists(difficulties), Exists(difficulties.exclude(lesson="", perspective=""))).get()
        found |= zip(("actors", "obligations", "difficulties", "lessons"), held, strict=True)
    return found


def plan_facts(negotiation):
    return plan_of(money_facts(negotiation))


def known_money(facts):
    """What the checks ask of the money (held), from facts that are read already."""
    return {"plan": plan_of(facts), "blocking": findings.blocking(facts)}


def plan_of(facts):
    projects = [one for one in facts.projects if not one.whole_contract]
    return Plan(facts.total, facts.announced, len(projects), tuple(one.name for one in projects if one.cost is None))


def money_facts(negotiation):
    """The projects, who brings what in which year, and the rules, in one query: what may block, no more."""
    rows = money_rows(negotiation)
    parties = {row.financier: findings.Party(row.financier, row.name, row.code) for row in rows["cell"]}
    return findings.Facts(
        negotiation.years, negotiation.announced_total,
        tuple(findings.Project(row.pk, row.name, row.amount, row.code == WHOLE) for row in rows["project"]),
        tuple(parties.values()), tuple((row.pk, row.financier, row.year, row.amount) for row in rows["cell"]),
        tuple(findings.Limit(row.pk, row.code, row.name, row.amount, row.share, row.year, row.financier)
              for row in rows["limit"]))


def money_rows(negotiation):
    """{"cell": who brings what (name and side of the financier), "project": each with its cost, "limit": each rule
    (severity and kind)}: [MoneyRow, …] in order.

    Amounts are added up over the projects (pk 0), except in a year outside the contract.
    """
    inside = Q(year=Unallocated.YEAR) | Q(year__range=(negotiation.first_year, negotiation.last_year))
    of = Case(When(inside, then=0), default="project", output_field=BigIntegerField())
    acronym = Case(When(financier__acronym="", then="financier__name"), default="financier__acronym")
    whole = Case(When(whole_contract=True, then=Value(WHOLE)), default=Value(""))
    cells = money_row(Contribution.objects.filter(project__negotiation=negotiation), "cell", of, acronym,
                      F("financier__side"), Sum("amount", output_field=BigIntegerField()), F("financier"), F("year"))
    projects = money_row(Project.objects.filter(negotiation=negotiation), "project", F("pk"), F("name"), whole,
                         F("cost"), rank=F("order"))
    limits = money_row(FundingLimit.objects.filter(negotiation=negotiation), "limit", F("pk"), F("severity"),
                       F("kind"), F("amount"), F("financier"), F("year"), share=F("share"))
    found = {"cell": [], "project": [], "limit": []}
    for row in sorted(map(MoneyRow._make, cells.union(projects, limits, all=True)), key=order_of):
        found[row.what].append(row)
    return found


def money_row(rows, what, pk, name, code, amount, financier=NONE, year=NONE, share=NONE, rank=NONE):
    """Rows of one kind, with the columns of MoneyRow, for a union. Last, the amount: it may be a sum by the others."""
    columns = {"what": Value(what), "of": pk, "named": name, "code": code, "who": financier, "when": year,
               "part": share, "rank": rank}
    return rows.order_by().annotate(**{f"row_{key}": value for key, value in columns.items()}).values_list(
        *(f"row_{key}" for key in columns)).annotate(amount_or_sum=amount)


def order_of(row):
    """Cells by financier and year; projects as the page lists them, the contract as a whole last; rules by kind."""
    return row.code == WHOLE, row.rank or 0, row.financier or 0, row.year or 0, row.pk


def check_actors(progress, facts):
    return Item(facts["actors"], "Indiquez au moins un représentant, avec sa fonction, parmi les acteurs.", "acteurs/",
                "actors")


def check_events(progress, facts):
    return Item(progress.pk in facts["events"],
                "Inscrivez dans la chronologie au moins un événement de cette étape qui a déjà eu lieu.", "#evenements",
                "events")


def check_projects(progress, facts):
    return Item(facts["plan"].projects > 0, "Décrivez au moins un projet structurant.", "engagements/",
                "projects")


def check_costs(progress, facts):
    missing = facts["plan"].without_cost
    named = ", ".join(f"« {name} »" for name in missing[:3]) + ("…" if len(missing) > 3 else "")
    sentence = f"Estimez le coût de chaque projet : il manque à {named}." if missing else \
        "Estimez le coût de chaque projet structurant."
    return Item(facts["plan"].projects > 0 and not missing, sentence, "engagements/", "projects")


def check_plan(progress, facts):
    return Item(facts["plan"].total > 0, "Remplissez le plan de financement : il ne contient aucun montant.",
                "engagements/#plan", "plan")


def check_balanced(progress, facts):
    plan = facts["plan"]
    return Item(plan.total == plan.announced, gap_sentence(plan.total, plan.announced), "engagements/#plan",
                "plan")


def check_obligations(progress, facts):
    return Item(facts["obligations"], "Inscrivez au moins une obligation autre que financière.",
                "engagements/#obligations", "obligations")


def check_difficulties(progress, facts):
    return Item(facts["difficulties"], "Relevez les difficultés rencontrées : aucune n’est inscrite.",
                "difficultes/", "difficulties")


def check_lessons(progress, facts):
    return Item(facts["lessons"],
                "Tirez au moins un enseignement ou une perspective des difficultés.", "difficultes/", "difficulties")


CHECKS = {
    Check.ACTORS: check_actors, Check.EVENTS: check_events, Check.PROJECTS: check_projects, Check.COSTS: check_costs,
    Check.PLAN: check_plan, Check.BALANCED: check_balanced, Check.OBLIGATIONS: check_obligations,
    Check.DIFFICULTIES: check_difficulties, Check.LESSONS: check_lessons,
}
