"""What the page of one step reads: guidance of the grid on one side, the work of the dossier on the other."""
from collections import namedtuple
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, Subquery, Value

from .. import checklist
from ..choices import CONTENT_ACTIONS, Check, StepRole
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

Guide = namedtuple("Guide", "kind pk text measure source_status rank")
Version = namedtuple("Version", "pk number file_name kind size uploaded_at uploaded_by")
HISTORY = 20


@dataclass(frozen=True)
class Row:
    """An expected document (`item`; None for one more), what was deposited for it and its versions, newest first."""
    item: ExpectedDocument | None
    document: Document | None = None
    versions: list = field(default_factory=list)

    @property
    def anchor(self):
        return self.item.code if self.item else f"piece-{self.document.pk}"


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
    history: list
    last_act: int

    @property
    def remaining(self):
        return [item for item in self.items if not item.done]

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


def page(dossier, code):
    """The page of step `code` of a dossier, in eleven queries; None when its grid has no such step."""
    last_act = JournalEntry.objects.filter(negotiation=dossier, action__in=CONTENT_ACTIONS).order_by("-pk").values("pk")
    progresses = list(dossier.steps.select_related("step__phase").annotate(last_act=Subquery(last_act[:1])).order_by(
        "step__code"))
    codes = [progress.step.code for progress in progresses]
    if code not in codes:
        return None
    position = codes.index(code)
    progress = progresses[position]
    progress.negotiation = dossier
    step = progress.step
    questions = list(Question.objects.filter(step=step))
    answers = {a.question_id: a for a in Answer.objects.filter(progress=progress).select_related("saved_by")}
    expected = list(ExpectedDocument.objects.filter(step=step))
    documents = document_rows(progress, expected)
    events = list(Event.objects.filter(progress=progress))
    held = checklist.held(dossier, set(step.checks) - {Check.EVENTS}) | {
        "events": {e.progress_id for e in events if not e.is_planned}}
    facts = checklist.Facts(
        {step.pk: questions}, {step.pk: expected},
        {(progress.pk, pk) for pk, answer in answers.items() if answer.text},
        {(progress.pk, row.item.pk) for row in documents
         if row.item and row.document and (row.versions or row.document.waiver)}, held)
    return StepPage(
        progress, step, codes[position - 1] if position else "", codes[position + 1] if code != codes[-1] else "",
        questions, answers, documents, guides(step), events, list(progress.difficulties.all()),
        checklist.items_of(progress, facts),
        list(JournalEntry.objects.filter(progress=progress).exclude(to_state="")[:HISTORY]), progress.last_act or 0)


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
