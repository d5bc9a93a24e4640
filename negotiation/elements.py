"""What a step is made of, piece by piece: each element has a key, a name and its values. Reads; changes nothing.

The same list is frozen at each submission, compared between two of them, and named by remarks. Keys are strings:
step, answers, documents, events, difficulties, actors, projects, plan, positions, obligations (a whole part);
answer:A1.Q2, document:A1.P1, piece:12, event:3, difficulty:4, actor:5, project:6, row:6:5 (project, financier),
cell:6:5:2028, position:8, obligation:7, fundinglimit:8. What is reserved to the Region's team appears by its name only,
its mandate and its scenarios not at all: reviewers read this.
"""
import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from functools import partial, reduce
from operator import or_

from django.db.models import Case, OuterRef, Subquery, When

from . import checklist, dates, money
from .choices import EDITABLE_STATES, Check, RemarkState, State, Unallocated
from .models import (
    Actor,
    Answer,
    Contribution,
    Difficulty,
    Document,
    Event,
    ExpectedDocument,
    FundingLimit,
    Obligation,
    Position,
    Project,
    Question,
    Remark,
    StepProgress,
    Submission,
)

# The parts of the dossier that several steps share, and the checks of a step that bring each into its examination.
SHARED = {
    "actors": {Check.ACTORS}, "projects": {Check.PROJECTS, Check.COSTS}, "plan": {Check.PLAN, Check.BALANCED},
    "positions": {Check.BALANCED}, "obligations": {Check.OBLIGATIONS},
}
# And what asks that a part of the step itself be there.
CHECKED = SHARED | {"events": {Check.EVENTS}, "difficulties": {Check.DIFFICULTIES, Check.LESSONS}}
PARTS = {
    "step": "L’étape entière", "answers": "Réponses", "documents": "Pièces", "events": "Chronologie de l’étape",
    "difficulties": "Difficultés", "actors": "Acteurs", "projects": "Projets structurants",
    "plan": "Plan de financement", "positions": "Positions de négociation", "obligations": "Obligations de faire",
}
# The shared parts in the middle of a sentence: « la Région a modifié le plan de financement ».
SAID = {"actors": "les acteurs", "projects": "les projets structurants", "plan": "le plan de financement",
        "obligations": "les obligations de faire"}
# Which part an element belongs to, by the first word of its key.
PART_OF = {
    "answer": "answers", "document": "documents", "piece": "documents", "event": "events", "difficulty": "difficulties",
    "actor": "actors", "project": "projects", "row": "plan", "cell": "plan",
    "total": "plan", "fundinglimit": "plan", "position": "positions", "obligation": "obligations",
}


# The records a correction may add, where it may: what it added stays open, nobody has examined it yet.
RECORDS = {"event", "difficulty", "piece", "actor", "project", "fundinglimit", "obligation"}
# What was last submitted of a step in correction, beside the step: None in the other states.
SUBMITTED = Case(When(state=State.RETURNED, then=Subquery(
    Submission.objects.filter(progress=OuterRef("pk")).order_by("-number").values("content")[:1])))


@dataclass(frozen=True)
class Scope:
    """What may be edited: the elements of these keys, and the records that are not among those last submitted.

    submitted: for each step in a narrow correction, the keys its last submission held.
    """
    keys: frozenset
    submitted: frozenset = frozenset()

    def __or__(self, other):
        return Scope(self.keys | other.keys, self.submitted | other.submitted)


ALL, NOTHING = Scope(frozenset({"step"})), Scope(frozenset())


@dataclass(frozen=True)
class Element:
    """One element; `fields` is ((name, value), …): value is a text, or a whole number of francs."""
    key: str
    label: str
    fields: tuple = ()

    @property
    def part(self):
        return part_of(self.key)


def part_of(key):
    word = key.partition(":")[0]
    return PART_OF.get(word, word)


def scope_of(state, targets, items=(), submitted=None):
    """What may be edited in this state; `targets`: the keys that sent and unsettled remarks name.

    items: the checklist of the step. A correction opens what the step lacks too: it may have emptied what a check asks
    for, and nobody could submit the step any more. submitted: what was last submitted (SUBMITTED).
    """
    if state != State.RETURNED:
        return ALL if state in EDITABLE_STATES else NOTHING
    if not is_narrow(targets):
        return ALL
    held = [frozenset(row["key"] for row in submitted)] if submitted else []
    return Scope(frozenset([*targets, *(item.key for item in items if not item.done)]), frozenset(held))


def is_narrow(targets):
    """Do these remarks open some elements only, and not the whole step?"""
    return bool(targets) and "step" not in targets


def allows(scope, key):
    """May this element be edited? Its own key, its part, or the whole step must be open, or the correction added it."""
    keys = scope.keys
    if "step" in keys or key in keys or part_of(key) in keys:
        return True
    word, _, rest = key.partition(":")
    if word == "cell":
        # A remark on a row of the plan opens its cells, and so does a project that the correction added.
        return f"row:{rest.rpartition(':')[0]}" in keys or allows_added(scope, f"project:{rest.partition(':')[0]}")
    return word in RECORDS and allows_added(scope, key)


def allows_added(scope, key):
    return any(part_of(key) in held and key not in held for held in scope.submitted)


def scope_of_part(progresses, scopes):
    """What may be edited of a part that these steps of one dossier share; scopes: {step pk: Scope}."""
    returned = [progress for progress in progresses if progress.state == State.RETURNED]
    if not returned or any(progress.state == State.DRAFT for progress in progresses):
        return ALL
    return reduce(or_, (scopes[progress.pk] for progress in returned))


def sent_targets(progresses):
    """{step of the dossier: the keys that its sent and unsettled remarks name}."""
    found = defaultdict(set)
    if progresses:
        sent = Remark.objects.filter(progress__in=progresses, state__in=[RemarkState.OPEN, RemarkState.ANSWERED])
        for progress, key in sent.values_list("progress_id", "target"):
            found[progress].add(key)
    return found


def scopes_of(dossier, progresses, items=checklist.items):
    """{pk of these steps of a dossier (with SUBMITTED): Scope}; a narrow correction alone reads its checklist."""
    targets = sent_targets([one for one in progresses if one.state == State.RETURNED])
    narrow = [one for one in progresses if is_narrow(targets[one.pk])]
    found = items(dossier, narrow) if narrow else {}
    return {one.pk: scope_of(one.state, targets[one.pk], found.get(one.step_id, ()), one.submitted)
            for one in progresses}


def duty_scopes(dossiers):
    """{pk of a dossier: what may be edited of its obligations}, for those that are there: what a step lacks is not one
    of them."""
    found = defaultdict(list)
    for progress in StepProgress.objects.filter(negotiation__in=dossiers).select_related("step").annotate(
            submitted=SUBMITTED):
        if SHARED["obligations"] & set(progress.step.checks):
            found[progress.negotiation_id].append(progress)
    steps = [one for some in found.values() for one in some]
    targets = sent_targets([one for one in steps if one.state == State.RETURNED])
    scopes = {one.pk: scope_of(one.state, targets[one.pk], (), one.submitted) for one in steps}
    return {dossier: scope_of_part(found[dossier], scopes) for dossier in dossiers}


def steps_of(dossier):
    """The steps of a dossier, each with what was last submitted of it when it is in correction."""
    return StepProgress.objects.filter(negotiation=dossier).select_related("step").annotate(submitted=SUBMITTED)


class Scopes:
    """What may be edited now of some parts of a dossier, for the pages that list them: two queries, and those of what a
    narrow correction checks besides what the page knows (checklist.held; "steps": the rows of steps_of)."""

    def __init__(self, dossier, *parts, known=None):
        progresses = (known or {}).get("steps") or list(steps_of(dossier))
        checks = frozenset().union(*map(CHECKED.get, parts))
        # What was last submitted of each step in correction.
        self.contents = [one.submitted for one in progresses if one.submitted]
        self.steps = scopes_of(dossier, progresses, partial(checklist.checked, checks=checks, known=known))
        self.shared = {part: scope_of_part([one for one in progresses if checks & set(one.step.checks)], self.steps)
                       for part, checks in SHARED.items()}

    def opens(self, record):
        """May this record be edited, added to or removed?"""
        key = key_of(record)
        if (part := part_of(key)) in self.shared:
            return allows(self.shared[part], key)
        return not record.progress_id or allows(self.steps[record.progress_id], key)

    def restricts(self, part):
        """Does a correction open this shared part for the elements that have a remark, and no other?"""
        return not allows(self.shared[part], part)


def key_of(instance):
    """« project:6 »: the key of a record of the dossier."""
    return f"{instance._meta.model_name}:{instance.pk}"


def shared_parts(step):
    return [part for part, checks in SHARED.items() if checks & set(step.checks)]


def of_step(progress):
    """[Element, …] of one step of a dossier, in the order of its page, in thirteen queries at most."""
    parts = {
        "answers": answers, "documents": documents, "events": events, "difficulties": difficulties,
        **{part: READERS[part] for part in shared_parts(progress.step)}}
    found = [Element("step", PARTS["step"])]
    for part, read in parts.items():
        found += [Element(part, PARTS[part]), *read(progress)]
    return found


def content(elements):
    """The JSON value that a submission freezes."""
    return [asdict(element) for element in elements]


def thaw(frozen):
    """[Element, …] from the JSON value of a submission."""
    return [Element(row["key"], row["label"], tuple((name, value) for name, value in row["fields"])) for row in frozen]


def fingerprint(frozen):
    """SHA-256 of the frozen content: the same content gives the same fingerprint, on any database."""
    return hashlib.sha256(json.dumps(frozen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def filled(*fields):
    """The fields that say something."""
    return tuple((name, value) for name, value in fields if value not in ("", None))


def answers(progress):
    given = dict(Answer.objects.filter(progress=progress).values_list("question_id", "text"))
    return [Element(f"answer:{question.code}", f"Question {number} : {question.text}"[:300],
                    answer_fields(given.get(question.pk, ""), question.confidential))
            for number, question in enumerate(Question.objects.filter(step=progress.step_id), 1)]


def answer_fields(text, confidential):
    if confidential:
        return filled(("Réponse réservée à l’équipe de la Région", "donnée" if text else ""))
    return filled(("Réponse", text))


def documents(progress):
    expected = {item.pk: item for item in ExpectedDocument.objects.filter(step=progress.step_id)}
    held = list(Document.objects.filter(progress=progress).order_by("pk").prefetch_related("versions"))
    by_expected = {document.expected_id: document for document in held if document.expected_id}
    return [
        *(Element(f"document:{item.code}", item.name, document_fields(by_expected.get(item.pk), item.confidential))
          for item in expected.values()),
        *(Element(f"piece:{document.pk}", document.title, document_fields(document, False))
          for document in held if not document.expected_id)]


def document_fields(document, confidential):
    """The current version by its number and fingerprint: a replaced file always shows."""
    if document is None:
        return ()
    version = next(iter(document.versions.all()), None)
    if confidential:
        return filled(("Pièce réservée à l’équipe de la Région",
                       f"version {version.number}" if version else "sans objet"))
    file = f"version {version.number} : {version.file_name} (SHA-256 {version.sha256[:16]}…)" if version else ""
    return filled(("Fichier", file), ("Sans objet parce que", document.waiver))


def events(progress):
    return [Element(key_of(one), one.title, filled(
        ("Date", dates.period(one.date, one.precision, one.end_date)), ("Nature", one.get_kind_display()),
        ("Objet", one.title), ("Lieu", one.place), ("Participants", one.participants),
        ("Décisions et suites", one.decisions), ("Source", one.source)))
        for one in Event.objects.filter(progress=progress)]


def difficulties(progress):
    return [Element(key_of(one), one.what[:200], filled(
        ("Famille", one.get_family_display()), ("Ce qui s’est passé", one.what), ("Effet", one.effect),
        ("Remède", one.remedy), ("Qui s’en occupe", one.owner), ("État", one.get_state_display()),
        ("Enseignement", one.lesson), ("Perspective", one.perspective)))
        for one in Difficulty.objects.filter(progress=progress)]


def actors(progress):
    found = Actor.objects.filter(negotiation=progress.negotiation_id).select_related(
        "written_commitment__progress__step").prefetch_related("representatives")
    return [Element(key_of(one), one.name, filled(
        ("Nom", one.name), ("Sigle", one.acronym), ("Côté", one.get_side_display()),
        ("Représentants", "\n".join(map(spokesperson, one.representatives.all()))),
        ("Engagement écrit", named(one.written_commitment)))) for one in found]


def named(document):
    return document.label if document else ""


def spokesperson(one):
    return f"{one.function} — {one.name}" if one.name else one.function


def projects(progress):
    return [Element(key_of(one), one.name, filled(
        ("Nom", one.name), ("Site", one.site), ("Problème à résoudre", one.problem),
        ("Bénéficiaires", one.beneficiaries), ("Coût estimé", one.cost), ("Source de l’estimation", one.cost_source)))
        for one in Project.objects.filter(negotiation=progress.negotiation_id, whole_contract=False)]


def plan(progress):
    """One element per row (project × financier), its years as fields."""
    rows = {}
    cells = Contribution.objects.filter(project__negotiation=progress.negotiation_id).select_related(
        "project", "financier").order_by("project__whole_contract", "project__order", "project_id", "financier__order",
                                         "financier_id", "year")
    for cell in cells:
        key = f"row:{cell.project_id}:{cell.financier_id}"
        label = f"{cell.project.name}, {cell.financier}"[:300]
        rows.setdefault(key, (label, []))[1].append((year_of(cell), cell.amount))
    announced = progress.negotiation.announced_total
    total = sum(amount for _, years in rows.values() for _, amount in years)
    return [Element("total", "Total du plan", filled(("Total annoncé", announced), ("Total du plan", total))),
            *(Element(key, label, tuple(years)) for key, (label, years) in rows.items()), *rules(progress)]


def rules(progress):
    return [Element(key_of(one), f"Règle : {one}"[:300], filled(
        ("Mesure", one.measure), ("Portée", one.get_severity_display()), ("Source", one.source)))
        for one in FundingLimit.objects.filter(negotiation=progress.negotiation_id).select_related("financier")]


def year_of(cell):
    return Unallocated.YEAR.label if cell.year == Unallocated.YEAR else str(cell.year)


def positions(progress):
    """What each party put on the table, project by project."""
    found = Position.objects.filter(negotiation=progress.negotiation_id).select_related(
        "project", "party", "event", "minutes", "agreed_event", "agreed_minutes").prefetch_related(
        "amounts__financier").order_by("project__whole_contract", "project__order", "project_id", "number")
    agreed = {one.project_id: one for one in found if one.agreed_on}
    return [Element(key_of(one), f"Position n° {one.number} sur « {one.project} » : {one.get_kind_display()}, "
                    f"{one.party}"[:300], position_fields(one, agreed.get(one.project_id))) for one in found]


def position_fields(one, agreed):
    """agreed: the last position that was agreed on the same project, or None."""
    amounts = sorted(one.amounts.all(), key=lambda cell: (
        cell.financier.order, cell.financier_id, cell.year == Unallocated.YEAR, cell.year))
    state = f"convenue le {dates.spoken(one.agreed_on)}" if one.agreed_on else \
        f"retirée : {one.withdrawn_reason}" if one.withdrawn_reason else \
        f"suivie d’un accord (n° {agreed.number})" if agreed and one.is_closed_by(agreed) else one.get_state_display()
    return filled(
        ("Nature", one.get_kind_display()), ("Partie", one.party.name), ("Date", dates.spoken(one.held_on)),
        ("Séance", one.event and one.event.title), ("Procès-verbal", one.minutes and one.minutes.title),
        ("Porte-parole", one.spokesperson), ("Justification", one.justification), ("État", state),
        ("Convenue avec", one.agreed_with), ("Séance de l’accord", one.agreed_event and one.agreed_event.title),
        ("Procès-verbal de l’accord", one.agreed_minutes and one.agreed_minutes.title),
        ("Demande", "" if amounts else "mise en liste de réserve"),
        ("Total", sum(cell.amount for cell in amounts)),
        *((f"{cell.financier.name}, {year_of(cell)}", cell.amount) for cell in amounts))


def obligations(progress):
    found = Obligation.objects.filter(negotiation=progress.negotiation_id).select_related(
        "party", "evidence_document__progress__step")
    return [Element(key_of(one), str(one)[:200], filled(
        ("Partie", one.party.name), ("Engagement", one.what),
        ("Échéance", dates.spoken(one.due_on) if one.due_on else one.due_text), ("Mesuré par", one.indicator),
        ("État", one.get_state_display()), ("Preuve", one.evidence),
        ("Pièce qui le prouve", named(one.evidence_document)))) for one in found]


READERS = {"actors": actors, "projects": projects, "plan": plan, "positions": positions,
           "obligations": obligations}


def told(value):
    """A value of a field in words."""
    return money.format(value) if isinstance(value, int) else value


def gone(noun, name=""):
    """How to tell a project or an actor that was removed, by the name that the reader knows when there is one."""
    return f"{name} ({noun.lower()} supprimé)" if name else f"{noun} supprimé"
