"""What the page of one step reads: guidance of the grid on one side, the work of the dossier on the other."""
from collections import namedtuple
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, OuterRef, Subquery, Value

from .. import checklist, elements
from ..choices import CONTENT_ACTIONS, Check, State, StepRole
from ..models import (
    Answer,
    AttentionPoint,
    Document,
    Event,
    ExpectedDocument,
    JournalEntry,
    Question,
    Step,
    StepActor,
    StepDifficulty,
    StepProgress,
)
from .examinations import Examination, of_step
from .negotiations import late_of
from .pen import SINCE
from .remarks import asked_again, unsent
from .remarks import threads as remarks

Guide = namedtuple("Guide", "kind pk text measure source_status rank")
Version = namedtuple("Version", "pk number file_name kind size uploaded_at uploaded_by")


@dataclass(frozen=True)
class Row:
    """An expected document (`item`; None for one more), what was deposited for it and its versions, newest first."""
    item: ExpectedDocument | None
    document: Document | None = None
    versions: list = field(default_factory=list)

    @property
    def key(self):
        return f"document:{self.item.code}" if self.item else f"piece:{self.document.pk}"

    @property
    def anchor(self):
        return self.item.code if self.item else f"piece-{self.document.pk}"

    @property
    def may_be_typed(self):
        """Is it a picture that the team brought, which it may want beside the form of the answers?"""
        return not self.item and bool(self.versions) and self.versions[0].kind in ("png", "jpeg", "pdf")


@dataclass
class StepPage:
    """Everything that the page of a step shows."""
    progress: StepProgress
    step: Step
    previous: str
    next: str
    questions: list
    answers: dict
    documents: list
    guides: list
    events: list
    difficulties: list
    items: list
    gates: list
    unanswered: list
    examination: Examination | None
    threads: list
    last_act: int
    steps: list

    @property
    def lacking(self):
        return [item for item in self.items if not item.done]

    @property
    def remaining(self):
        return [*self.lacking, *self.gates, *self.unanswered]

    @property
    def left(self):
        """What remains, counted: the points that the list of steps counts too, then what holds the step besides."""
        counted = [(self.lacking, "point", "points"),
                   (self.unanswered, "observation sans réponse", "observations sans réponse"),
                   (self.gates, "étape antérieure à faire approuver", "étapes antérieures à faire approuver")]
        *first, last = [f"{len(some)} {many if len(some) > 1 else one}" for some, one, many in counted if some]
        return f"{', '.join(first)} et {last}" if first else last

    @property
    def is_untouched(self):
        """In correction, and as it was returned."""
        return bool(self.examination) and self.examination.stands_as_returned(self.progress)

    @cached_property
    def scope(self):
        """What may be edited now (elements.allows)."""
        return elements.scope_of(self.progress.state, {
            thread.remark.target for thread in self.threads if not (thread.is_settled or thread.is_draft)}, self.items,
            self.progress.submitted)

    @property
    def is_restricted(self):
        """In correction, and only what carries a remark may be edited."""
        return self.progress.state == State.RETURNED and "step" not in self.scope.keys

    @cached_property
    def open_keys(self):
        """The keys that may be edited, each element of the page told apart."""
        keys = [*(f"answer:{question.code}" for question in self.questions), *(row.key for row in self.documents),
                *map(elements.key_of, [*self.events, *self.difficulties]), "documents", "events", "difficulties"]
        return {key for key in keys if elements.allows(self.scope, key)}

    @property
    def unsent(self):
        """What reviewers have written and not sent, as this page shows it."""
        return unsent(self.threads)

    @property
    def asked_again(self):
        return asked_again(self.threads)

    @property
    def settled(self):
        return [thread for thread in self.threads if thread.is_settled]

    @property
    def late(self):
        """How many obligations are late, on a step that examines them."""
        return (self.progress.late_obligations or 0) if Check.OBLIGATIONS in self.step.checks else 0

    @property
    def done(self):
        return sum(item.done for item in self.items)

    @property
    def answered(self):
        """[(question, its answer or None)] in the order of the grid."""
        return [(question, self.answers.get(question.pk)) for question in self.questions]

    @property
    def expected(self):
        return [row for row in self.documents if row.item]

    @property
    def others(self):
        return [row for row in self.documents if not row.item]

    @cached_property
    def by_kind(self):
        kinds = ("lead", "associated", "attention", "known")
        return {kind: [guide for guide in self.guides if guide.kind == kind] for kind in kinds}

    @property
    def offered(self):
        """The grid's difficulties of this step that the dossier has not taken over yet."""
        taken = {difficulty.known_id for difficulty in self.difficulties}
        return [known for known in self.by_kind["known"] if known.pk not in taken]


def page(dossier, code, *, reviewer=False):
    """The page of step `code` of a dossier, in twelve queries; None when its grid has no such step.

    reviewer: may read remarks that are not sent yet.
    """
    progresses = list(dossier.steps.select_related("step__phase").annotate(
        since=SINCE, submitted=elements.SUBMITTED, last_act=Subquery(last_act_of(dossier)),
        late_obligations=Subquery(late_of(dossier))).order_by("step__code"))
    codes = [progress.step.code for progress in progresses]
    if code not in codes:
        return None
    position = codes.index(code)
    progress = progresses[position]
    progress.negotiation = dossier
    step = progress.step
    questions, answers = answered(progress)
    expected = list(ExpectedDocument.objects.filter(step=step))
    documents = document_rows(progress, expected)
    events = list(Event.objects.filter(progress=progress))
    # What remains is told of a step that may be written, and read for no other.
    held = checklist.held(dossier, set(step.checks) - {Check.EVENTS} if progress.is_editable else set()) | {
        "events": {e.progress_id for e in events if not e.is_planned}}
    facts = checklist.Facts(
        {step.pk: questions}, {step.pk: expected},
        {(progress.pk, pk) for pk, answer in answers.items() if answer.text},
        {(progress.pk, row.item.pk) for row in documents
         if row.item and row.document and (row.versions or row.document.waiver)}, held)
    threads = remarks(progress, reviewer=reviewer)
    found = StepPage(
        progress, step, codes[position - 1] if position else "", codes[position + 1] if code != codes[-1] else "",
        questions, readable(dossier, questions, answers), documents, guides(step), events,
        list(progress.difficulties.all()), checklist.items_of(progress, facts) if progress.is_editable else [],
        gates(progress, progresses), unanswered(progress, threads), of_step(progress), threads, progress.last_act or 0,
        [(one.pk, one.state, one.since, one.step.code) for one in progresses])
    for record in [*found.events, *found.difficulties]:
        record.is_open = elements.key_of(record) in found.open_keys
    return found


def last_act_of(dossier):
    """The last act on the dossier's own contents, as a subquery."""
    return JournalEntry.objects.filter(negotiation=dossier, action__in=CONTENT_ACTIONS).order_by("-pk").values("pk")[:1]


def answered(progress):
    """The questions of the step, and {question: answer} of those that have one, in one query."""
    given = Answer.objects.filter(progress=progress, question=OuterRef("pk"))
    questions = list(Question.objects.filter(step=progress.step).annotate(
        given=Subquery(given.values("text")), answer_pk=Subquery(given.values("pk"))))
    return questions, {question.pk: Answer(pk=question.answer_pk, progress=progress, question=question,
                                           text=question.given) for question in questions if question.answer_pk}


def gates(progress, progresses):
    """The earlier steps that are to be approved first, from what the page has read already."""
    states = {one.step.code: one for one in progresses}
    asked = {one.step.phase.code: one.step.phase.gate for one in progresses}
    wanted = [code for phase, codes in sorted(asked.items()) if phase < progress.step.phase.code for code in codes]
    return [checklist.gate_item(progress.step.phase.code, code, states[code].step.title) for code in wanted
            if progress.is_editable and code in states and states[code].state != State.APPROVED]


def unanswered(progress, threads):
    """The remarks that wait for an answer of the Region."""
    return [checklist.answer_item(thread.remark.pk, thread.remark.label) for thread in threads
            if progress.state == State.RETURNED and thread.waits_for_answer]


def readable(dossier, questions, answers):
    """The answers without those that are reserved to the team of the Region, unless it is the team that reads."""
    reserved = {question.pk for question in questions if question.confidential and not dossier.read_by_team}
    return {pk: answer for pk, answer in answers.items() if pk not in reserved}


def document_rows(progress, expected):
    """One Row per expected document, then one per other document; documents and versions come in one query."""
    fields = ["pk", "number", "file_name", "kind", "size", "uploaded_at", "uploaded_by__name"]
    rows, found = {}, Document.objects.filter(progress=progress).order_by("pk", "-versions__number")
    for pk, expected_id, title, waiver, *version in found.values_list(
            "pk", "expected_id", "title", "waiver", *(f"versions__{name}" for name in fields)):
        document, versions = rows.setdefault(pk, (Document(
            pk=pk, progress=progress, expected_id=expected_id, title=title, waiver=waiver), []))
        if version[0]:
            versions.append(Version(*version))
    by_expected = {document.expected_id: (document, versions) for document, versions in rows.values()}
    return [*(Row(item, *by_expected.get(item.pk, ())) for item in expected),
            *(Row(None, document, versions) for document, versions in rows.values() if not document.expected_id)]


def guides(step):
    """The guidance of the grid (actors, points of attention, known difficulties) in one query."""
    def rows(model, kind, text, measure=None, rank="pk"):
        return model.objects.filter(step=step).order_by().annotate(
            g_kind=kind, g_text=F(text), g_measure=F(measure) if measure else Value(""), g_rank=F(rank),
        ).values_list("g_kind", "pk", "g_text", "g_measure", "source_status", "g_rank")
    found = rows(StepActor, F("role"), "name", rank="order").union(
        rows(AttentionPoint, Value("attention"), "text"),
        rows(StepDifficulty, Value("known"), "difficulty", "measure"), all=True)
    return sorted((Guide(*row) for row in found), key=lambda guide: (guide.kind != StepRole.LEAD, guide.rank))
