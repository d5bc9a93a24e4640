"""What a step still lacks, for one step or for a whole dossier, at the same number of queries.

The same items guide the page, make the progress figures and refuse a submission. Nothing here is typed by hand:
an item is done when the dossier holds what it asks for.
"""
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.utils import timezone

from . import money
from .choices import Check, RemarkState, State
from .models import (
    Answer,
    Difficulty,
    Document,
    Event,
    ExpectedDocument,
    Obligation,
    Phase,
    Project,
    Question,
    Remark,
    Representative,
    StepProgress,
)


@dataclass(frozen=True)
class Item:
    """One thing to do; `anchor` is where on the page (or which page) it is done."""
    done: bool
    sentence: str
    anchor: str


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
    """{step id: [Item, …]} for these steps of the dossier, in nine queries at most whatever their number."""
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
        *(Item((progress.pk, q.pk) in facts.answered, f"Répondez à la question {number} : « {q.text} »", f"#{q.code}")
          for number, q in enumerate(facts.questions[progress.step_id], 1)),
        *(Item((progress.pk, d.pk) in facts.given, f"Déposez la pièce exigée « {d.name} », ou dites pourquoi elle "
               "est sans objet.", f"#{d.code}") for d in facts.documents[progress.step_id] if d.required),
        *(CHECKS[check](progress, facts.held) for check in progress.step.checks),
    ]


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


def held(negotiation, checks):
    """What the dossier holds of what these checks ask; only the queries they need."""
    found = {}
    if checks & {Check.PROJECTS, Check.COSTS, Check.PLAN, Check.BALANCED}:
        found["plan"] = plan_facts(negotiation)
    if Check.EVENTS in checks:
        found["events"] = set(Event.objects.filter(negotiation=negotiation, date__lte=timezone.localdate()).values_list(
            "progress_id", flat=True))
    if Check.ACTORS in checks:
        found["actors"] = Representative.objects.filter(actor__negotiation=negotiation).exists()
    if Check.OBLIGATIONS in checks:
        found["obligations"] = Obligation.objects.filter(negotiation=negotiation).exists()
    if checks & {Check.DIFFICULTIES, Check.LESSONS}:
        found["difficulties"] = list(Difficulty.objects.filter(negotiation=negotiation).values_list(
            "lesson", "perspective"))
    return found


def plan_facts(negotiation):
    """The plan in one query: the projects with their cost, and the sum of all contributions."""
    rows = list(Project.objects.filter(negotiation=negotiation).values_list(
        "name", "cost", "whole_contract", Sum("contributions__amount")))
    return plan_of(rows, negotiation.announced_total)


def plan_of(rows, announced):
    """rows: [(name, cost, is it the line of the whole contract?, sum of its contributions or None)]."""
    projects = [(name, cost) for name, cost, whole, _ in rows if not whole]
    return Plan(sum(amount or 0 for *_, amount in rows), announced, len(projects),
                tuple(name for name, cost in projects if cost is None))


def gap_sentence(total, announced):
    """What the banner says of the plan and the announced total, to the franc."""
    if announced is None:
        return "Aucun total n’est annoncé : indiquez-le pour vérifier que le plan de financement l’égale."
    if total == announced:
        return f"Le plan de financement égale le total annoncé : {money.format(announced)}."
    way = "dépasse" if total > announced else "n’atteint pas"
    return (f"Le plan de financement ({money.format(total)}) {way} le total annoncé ({money.format(announced)}) : "
            f"écart de {money.format(abs(total - announced))}.")


def check_actors(progress, facts):
    return Item(facts["actors"], "Indiquez au moins un représentant, avec sa fonction, parmi les acteurs.", "acteurs/")


def check_events(progress, facts):
    return Item(progress.pk in facts["events"],
                "Inscrivez dans la chronologie au moins un événement de cette étape qui a déjà eu lieu.", "#evenements")


def check_projects(progress, facts):
    return Item(facts["plan"].projects > 0, "Décrivez au moins un projet structurant.", "engagements/")


def check_costs(progress, facts):
    missing = facts["plan"].without_cost
    named = ", ".join(f"« {name} »" for name in missing[:3]) + ("…" if len(missing) > 3 else "")
    sentence = f"Estimez le coût de chaque projet : il manque à {named}." if missing else \
        "Estimez le coût de chaque projet structurant."
    return Item(facts["plan"].projects > 0 and not missing, sentence, "engagements/")


def check_plan(progress, facts):
    return Item(facts["plan"].total > 0, "Remplissez le plan de financement : il ne contient aucun montant.",
                "engagements/#plan")


def check_balanced(progress, facts):
    plan = facts["plan"]
    return Item(plan.total == plan.announced, gap_sentence(plan.total, plan.announced), "engagements/#plan")


def check_obligations(progress, facts):
    return Item(facts["obligations"], "Inscrivez au moins une obligation autre que financière.",
                "engagements/#obligations")


def check_difficulties(progress, facts):
    return Item(bool(facts["difficulties"]), "Relevez les difficultés rencontrées : aucune n’est inscrite.",
                "difficultes/")


def check_lessons(progress, facts):
    return Item(any(lesson or perspective for lesson, perspective in facts["difficulties"]),
                "Tirez au moins un enseignement ou une perspective des difficultés.", "difficultes/")


CHECKS = {
    Check.ACTORS: check_actors, Check.EVENTS: check_events, Check.PROJECTS: check_projects, Check.COSTS: check_costs,
    Check.PLAN: check_plan, Check.BALANCED: check_balanced, Check.OBLIGATIONS: check_obligations,
    Check.DIFFICULTIES: check_difficulties, Check.LESSONS: check_lessons,
}
