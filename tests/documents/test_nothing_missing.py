"""Nothing shown on the pages of the dossier is missing from the livret: each field holds a mark, each mark is found.

In the PDF, in the Word document and in the archive of the dossier. The archive holds more: tests/archives.
"""
import datetime
import io
import itertools
import json

import docx
import pytest
from django.db import models
from django.test import override_settings
from django.utils import timezone
from docx.oxml.ns import qn

from negotiation import money
from negotiation.choices import Action, Nature, OrganisationKind, PositionState, Role
from negotiation.documents.booklet import word, words
from negotiation.documents.booklet.assembly import assemble
from negotiation.files.storage import path_of
from negotiation.models import (
    Actor,
    ActorRole,
    Answer,
    AttentionPoint,
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Event,
    ExpectedDocument,
    FundingLimit,
    Grid,
    JournalEntry,
    Negotiation,
    Obligation,
    Opening,
    Organisation,
    Phase,
    Position,
    PositionAmount,
    Project,
    Question,
    Remark,
    Reply,
    Representative,
    Source,
    Step,
    StepActor,
    StepDifficulty,
    Submission,
    Term,
)
from negotiation.workflow.archives.gathering import members_of
from negotiation.workflow.negotiations import open_negotiation

from .. import factories
from .conftest import make

pytestmark = pytest.mark.django_db
# What the pages do not show as such, or what the livret leaves to the pages, and why.
LEFT_OUT = {
    "slug": "an address", "loaded_digest": "a trace of the loader", "key": "the key of a form",
    "sha256": "looked for apart", "english": "the livret is in French", "by_name": "organisations act, not persons",
    "subject": "the step that a decision is about", "from_state": "told by the act", "to_state": "told by the act",
    "action": "told in words", "kind": "told in words", "note of the grid": "on the page of the grid",
    "scenario": "the Region's team alone knows its scenarios",
    "previous": "links the journal", "hash": "links the journal",
}


class Marks:
    """Makes rows whose every text, amount and date is unique, and remembers what must be read in the livret."""

    def __init__(self):
        self.numbers, self.expected, self.values = itertools.count(1001), {}, {}

    def value(self, field, label):
        number = next(self.numbers)
        if isinstance(field, models.BigIntegerField) and not isinstance(field, models.AutoField):
            return self.remember(label, number * 1_000_003, money.format(number * 1_000_003))
        if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
            date = datetime.date(2020, 1, 1) + datetime.timedelta(number)
            return self.remember(label, date, words.day(date))
        if isinstance(field, models.CharField | models.TextField):
            mark = f"zq{number}"[:field.max_length or 20]
            return self.remember(label, mark, mark)
        return None

    def remember(self, label, value, shown):
        self.expected[label] = shown
        self.values[label] = json.dumps(value if isinstance(value, int) else str(value))
        return value

    def row(self, model, **given):
        """A saved row of `model`: what is not given is marked."""
        instance = model(**given)
        for field in model._meta.concrete_fields:
            if field.name in given or field.attname in given or field.choices or field.name in LEFT_OUT \
                    or field.primary_key or isinstance(field, models.JSONField):
                continue
            value = self.value(field, f"{model.__name__}.{field.name} {len(self.expected)}")
            if value is not None:
                setattr(instance, field.name, value)
        instance.save()
        return instance


def marked_dossier(marks):
    council = factories.council("kayes")
    manager = factories.member(council, Role.MANAGER)
    source = marks.row(Source, code="S98", origin="mali", url="https://exemple.example/zqurl")
    marks.expected["Source.url"] = "exemple.example/zqurl"
    grid = marks.row(Grid, code="essai", note="")
    days = {"min_days": 1, "max_days": 2}
    phase = marks.row(Phase, grid=grid, code="A", sources=[source.code], source_status="sourced", **days)
    step = marks.row(Step, phase=phase, code="A1", sources=[source.code], source_status="sourced", checks=[], **days)
    question = marks.row(Question, step=step, code="A1.Q1")
    silent = marks.row(Question, step=step, code="A1.Q2")
    pieces = [marks.row(ExpectedDocument, step=step, code=f"A1.P{n}") for n in (1, 2, 3)]
    marks.row(AttentionPoint, step=step, code="A1.V1")
    marks.row(StepDifficulty, step=step, code="A1.D1", family="human")
    for order, role in enumerate(("lead", "associated"), 1):
        marks.row(StepActor, step=step, order=order, role=role)
    dossier = open_negotiation(Negotiation(
        region=council.region, owner=council, grid=grid, nature=Nature.FICTIONAL, first_year=2030, last_year=2031,
        title="zqtitle", origin_note="zqorigin", announced_total=777_777_777, announced_source="zqannounced"),
        by=manager, prefill=False)
    marks.expected |= {"title": "zqtitle", "origin": "zqorigin", "announced": "zqannounced",
                       "total": money.format(777_777_777), "silent": silent.text}
    records(marks, dossier, phase, manager)
    progress = dossier.steps.get()
    marks.row(Answer, progress=progress, question=question, saved_by=manager)
    kept = marks.row(Document, progress=progress, expected=pieces[0], waiver="")
    marks.row(Document, progress=progress, expected=pieces[1])
    other = marks.row(Document, progress=progress, expected=None, waiver="")
    dossier.actors.update(written_commitment=other)
    dossier.obligations.update(evidence_document=kept)
    marks.expected |= {"written": f"Engagement écrit : pièce A1 — {other.title}", "proof": f"pièce A1 — {kept.title}"}
    for number, document in enumerate((kept, kept, other), 1):
        marks.row(DocumentVersion, document=document, number=number, size=1000 * number, kind="pdf",
                  sha256=f"{number}" * 64, uploaded_by=manager)
        marks.expected[f"sha256 {number}"] = f"{number}" * 64
    marks.row(JournalEntry, negotiation=dossier, number=100, by=manager, action=Action.STEP_RETURN, subject=str(step),
              progress=progress)
    examined(marks, progress, manager)
    progress.state, progress.return_reason = "returned", "zqreturn"
    progress.planned_start, progress.planned_end = datetime.date(2031, 2, 3), datetime.date(2031, 4, 5)
    progress.save()
    dossier.starts_on = datetime.date(2031, 1, 2)
    dossier.save()
    marks.expected |= {"return": "zqreturn", "planned": "du 3 février au 5 avril 2031", "starts": "2 janvier 2031"}
    for document in DocumentVersion.objects.all():
        store_under(document.sha256)
    members = members_of(dossier).members
    return assemble(dossier), "\n".join(members[name].decode() for name in members if name.endswith(".json"))


def examined(marks, progress, manager):
    """A remark that was sent, with its answer."""
    dgct = factories.organisation("DGCT", OrganisationKind.DGCT)
    sent = {"author": manager, "organisation": dgct, "sent_at": timezone.now()}
    # What it froze would be a second copy in the archive.
    submission = Submission.objects.create(progress=progress, number=1, content=[], submitted_by=manager,
                                           submitted_at=timezone.now(), closed_at=timezone.now(), outcome="returned")
    remark = marks.row(Remark, progress=progress, submission=submission, target="step", state="open", settled_by=None,
                       settled_at=None, written_at=timezone.now(), **sent)
    marks.row(Reply, remark=remark, written_at=timezone.now(), **sent)


def store_under(sha256):
    """Any file under the fingerprint of a version: what pieces hold is not what is looked for here."""
    path_of(sha256).parent.mkdir(parents=True, exist_ok=True)
    path_of(sha256).write_bytes(b"x")


def records(marks, dossier, phase, manager):
    """What the team writes outside the steps."""
    organisation = Organisation.objects.create(name="zqopened", kind="partner")
    marks.expected["opening"] = organisation.name
    Opening.objects.create(negotiation=dossier, organisation=organisation)
    actor = marks.row(Actor, negotiation=dossier, side="state", financier=True)
    ActorRole.objects.create(actor=actor, phase=phase, role="R")
    for _ in range(2):
        marks.row(Representative, actor=actor)
    progress = dossier.steps.get()
    project = marks.row(Project, negotiation=dossier, whole_contract=False)
    marks.row(Contribution, project=project, financier=actor, year=2030)
    marks.row(Obligation, negotiation=dossier, party=actor)
    marks.row(FundingLimit, negotiation=dossier, kind="state_total", severity="blocking", financier=None, share=None)
    marks.row(FundingLimit, negotiation=dossier, kind="region_share", severity="warning", amount=None, share=205)
    marks.expected |= {"FundingLimit.share": "20,5 %", "FundingLimit.kind": "Part minimale de la Région",
                       "FundingLimit.severity": "bloquant"}
    marks.row(Event, negotiation=dossier, progress=progress, kind="council", date="2030-01-05", end_date="2030-02-06")
    marks.expected["Event.dates"] = "du 5 janvier au 6 février 2030"
    marks.row(Difficulty, negotiation=dossier, progress=progress, family="security")
    negotiated(marks, dossier, project, actor, manager)
    marks.row(Term, slug="zqterm", aliases=["zqtitle"])


def negotiated(marks, dossier, project, actor, manager):
    """A position in each state, with its session, its minutes and its amounts; the plan before the agreement."""
    given = {"negotiation": dossier, "project": project, "party": actor, "event": dossier.events.get(),
             "minutes": marks.row(Document, progress=dossier.steps.get(), expected=None), "recorded_by": manager,
             "recorded_for": dossier.owner}
    nothing = {"agreed_on": None, "agreed_with": "", "withdrawn_reason": ""}
    for number, state in enumerate((PositionState.AGREED, PositionState.WITHDRAWN, PositionState.TABLED), 1):
        of_state = {PositionState.AGREED: {"withdrawn_reason": "", "plan_before": [["zqbefore", 2031, 5_550_001]]},
                    PositionState.WITHDRAWN: {"agreed_on": None, "agreed_with": ""}}.get(state, nothing)
        position = marks.row(Position, number=number, kind="proposal", state=state, **given, **of_state)
        amount = marks.remember(f"amount of {state}", 4_440_000 + number, money.digits(4_440_000 + number))
        marks.row(PositionAmount, position=position, financier=actor, year=2031, amount=amount)
    marks.expected |= {"plan before": "zqbefore", "amount before": money.digits(5_550_001)}


@pytest.fixture(scope="module")
def marked(rolled_back, tmp_path_factory):
    """(the marks, the livret as a PDF, the text of its Word document, that of the archive)."""
    folder, marks = tmp_path_factory.mktemp("marks"), Marks()
    with override_settings(FILES_ROOT=folder / "files"):
        content, archive = rolled_back(lambda: marked_dossier(marks))
    document = docx.Document(io.BytesIO(word.docx(content)))
    for paragraph in document.paragraphs:
        # What a drawing shows, in words: the PDF gives it to screen readers alone.
        if paragraph.text.startswith("Figure"):
            paragraph._p.getparent().remove(paragraph._p)
    text = "".join(node.text or "" for node in document.element.body.iter(qn("w:t")))
    return marks, make(content, folder), "".join(text.split()), archive


def missing(marks, text):
    return {label: shown for label, shown in marks.expected.items() if "".join(shown.split()) not in text}


def test_every_field_of_every_record_is_in_the_livret(marked):
    marks, livret, *_ = marked
    assert len(marks.expected) > 80
    assert missing(marks, livret.bare) == {}


def test_every_field_of_every_record_is_in_the_word_document_as_often_as_in_the_pdf(marked):
    """Once, save what the livret itself repeats: a heading and its line of the contents, a name in several chapters."""
    marks, livret, text, _ = marked
    assert missing(marks, text) == {}
    # The contents of the PDF stop at the steps, those of the Word document at the phases.
    unique = {label: shown for label, shown in marks.expected.items() if livret.bare.count("".join(shown.split())) == 1}
    assert len(unique) > 60
    assert {label: text.count("".join(shown.split())) for label, shown in unique.items()
            if text.count("".join(shown.split())) != 1} == {}


def test_every_value_of_every_record_is_in_the_archive_exactly_once(marked):
    """Reference data that no dossier owns (sources, glossary) stay out of it."""
    marks, _, _, archive = marked
    owned = {label: value for label, value in marks.values.items() if label.split(".")[0] not in ("Source", "Term")}
    assert len(owned) > 80
    assert {label: archive.count(value) for label, value in owned.items() if archive.count(value) != 1} == {}


def test_choices_are_told_in_words(marked):
    _, livret, text, _ = marked
    for said in ("session du Conseil", "sécurité", "humaine", "à corriger", "Renvoyée pour correction", "sourcé",
                 "ouverte", "Exercice fictif", "à faire", "signalée", "État central", "apporte un financement",
                 "proposition", "sur la table", "convenue", "retirée"):
        assert "".join(said.split()) in livret.bare, said
        assert "".join(said.split()) in text, said
