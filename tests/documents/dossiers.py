"""The fixed set of dossiers whose livrets are laid out and measured: empty, forty projects, extreme lengths."""
import itertools
from datetime import date

from django.db import models

from negotiation.choices import Action, Role
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import (
    Actor,
    ActorRole,
    Answer,
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Event,
    FundingLimit,
    Negotiation,
    Obligation,
    Phase,
    Project,
    Representative,
)
from negotiation.money import MAX_AMOUNT
from negotiation.workflow import calendar
from negotiation.workflow.journal import record
from negotiation.workflow.negotiations import open_negotiation

from .. import factories
from .conftest import small_grid

# A word of three hundred letters, then sentences, as long as the field allows.
WORD = "Ɲɛtaasira" * 33 + "ɔŋɲ"
# Below the length from which a word is given places to break.
UNBROKEN = 190
SENTENCE = "Les élus ont examiné ce point en session ; la réponse tient compte des avis des communes. "
PARAGRAPHS = 3000
numbers = itertools.count(1)


def opened(**given):
    council = factories.council("kayes")
    manager = factories.member(council, Role.MANAGER)
    dossier = open_negotiation(Negotiation(
        region=council.region, owner=council, grid=given.pop("grid", None) or small_grid(), title="Contrat-plan",
        first_year=2040, last_year=2044, **given), by=manager, prefill=False)
    return dossier, manager


def empty():
    return assemble(opened()[0])


def forty():
    """Forty projects, four financiers, five years; a step in each state of a calendar."""
    dossier, manager = opened()
    actors = [Actor.objects.create(negotiation=dossier, name=f"Financeur n° {number}", side="funder", financier=True)
              for number in range(1, 5)]
    for number in range(1, 41):
        project = Project.objects.create(negotiation=dossier, name=f"Projet structurant n° {number}", order=number,
                                         cost=10**9, site="Kéniéba", problem=SENTENCE)
        Contribution.objects.bulk_create(Contribution(project=project, financier=actor, year=year, amount=10**7 + year)
                                         for actor in actors for year in dossier.years)
    calendar.propose(dossier, date(2039, 1, 10), by=manager)
    return assemble(dossier)


def filled(model, text=PARAGRAPHS, **given):
    """A saved row whose texts are as long as they may be, and begin with a very long word; or are one word."""
    row = model(**given)
    for field in model._meta.concrete_fields:
        if field.name not in given and isinstance(field, models.CharField | models.TextField) and not field.choices:
            most = min(field.max_length or text, text)
            words = f"{next(numbers)} {WORD} " + SENTENCE * (most // len(SENTENCE))
            setattr(row, field.name, words.replace(" ", "")[:most] if text == UNBROKEN else words[:most])
    row.save()
    return row


def extreme():
    """Every text as long as its field allows (three thousand letters for the longest, a word of three hundred first),
    amounts of fifteen digits, and one answer of the longest of all.
    """
    dossier, manager = opened()
    given = {"negotiation": dossier}
    dossier.title, dossier.origin_note = (WORD + " " + SENTENCE)[:200], WORD + " " + SENTENCE * 30
    dossier.announced_total, dossier.announced_source = MAX_AMOUNT, (WORD + SENTENCE)[:300]
    dossier.save()
    progress = dossier.steps.get()
    actors = [filled(Actor, side=side, financier=True, order=number, written_commitment=None, **given)
              for number, side in enumerate(("state", "authority", "funder"))]
    for actor in actors:
        filled(Representative, actor=actor)
        ActorRole.objects.create(actor=actor, phase=Phase.objects.get(grid=dossier.grid), role="R")
        filled(Obligation, party=actor, evidence_document=None, **given)
    projects = [filled(Project, order=number, cost=MAX_AMOUNT, **given) for number in range(3)]
    Contribution.objects.bulk_create(Contribution(project=project, financier=actor, year=year, amount=MAX_AMOUNT // 9)
                                     for project in projects for actor in actors for year in (*dossier.years, 0))
    filled(FundingLimit, kind="state_total", severity="blocking", amount=MAX_AMOUNT, **given)
    for day in (1, 2, 3):
        filled(Event, kind="meeting", date=date(2039, 1, day), progress=progress, **given)
        filled(Difficulty, family="security", progress=progress, known=None, **given)
    for number, question in enumerate(progress.step.questions.all()):
        filled(Answer, text=20_000 if number == 0 else PARAGRAPHS, progress=progress, question=question,
               saved_by=manager)
    kept = filled(Document, progress=progress, expected=None, waiver="")
    filled(Document, progress=progress, expected=None)
    for number in range(1, 9):
        filled(DocumentVersion, document=kept, number=number, sha256=f"{number}" * 64, size=10**8, kind="pdf",
               uploaded_by=manager)
    record(Action.STEP_RETURN, "A1", by=manager, progress=progress, reason=SENTENCE * 30, **given)
    calendar.propose(dossier, date(2039, 1, 10), by=manager)
    return assemble(dossier)


def unbroken():
    """Every name, label and text one word of a hundred and ninety letters, or as many as its field allows."""
    dossier, manager = opened()
    given = {"negotiation": dossier, "text": UNBROKEN}
    dossier.title = dossier.origin_note = dossier.announced_source = WORD[:UNBROKEN]
    dossier.announced_total = MAX_AMOUNT
    dossier.save()
    progress = dossier.steps.get()
    type(progress.step).objects.filter(pk=progress.step_id).update(title=WORD[:UNBROKEN])
    actor, other = (filled(Actor, side=side, financier=True, written_commitment=None, **given)
                    for side in ("state", "authority"))
    filled(Representative, actor=actor, text=UNBROKEN)
    ActorRole.objects.create(actor=actor, phase=Phase.objects.get(grid=dossier.grid), role="R")
    filled(Obligation, party=actor, evidence_document=None, **given)
    filled(Project, cost=MAX_AMOUNT, **given)
    project = filled(Project, whole_contract=True, **given)
    Contribution.objects.create(project=project, financier=actor, year=2040, amount=MAX_AMOUNT)
    filled(FundingLimit, kind="state_total", severity="blocking", amount=MAX_AMOUNT, **given)
    event = filled(Event, kind="meeting", date=date(2039, 1, 1), progress=progress, **given)
    filled(Difficulty, family="security", progress=progress, known=None, **given)
    for question in progress.step.questions.all():
        filled(Answer, text=UNBROKEN, progress=progress, question=question, saved_by=manager)
    kept = filled(Document, progress=progress, expected=None, waiver="", text=UNBROKEN)
    filled(Document, progress=progress, expected=None, text=UNBROKEN)
    filled(DocumentVersion, document=kept, number=1, sha256="1" * 64, size=10**8, kind="pdf", uploaded_by=manager,
           text=UNBROKEN)
    factories.position(dossier, by=manager, project=project, party=other, event=event, justification=WORD[:UNBROKEN],
                       amounts={(actor.pk, 2040): 1_000})
    record(Action.STEP_RETURN, "A1", by=manager, progress=progress, reason=WORD[:UNBROKEN], negotiation=dossier)
    calendar.propose(dossier, date(2039, 1, 10), by=manager)
    return assemble(dossier)


SET = {"empty": empty, "forty": forty, "extreme": extreme, "unbroken": unbroken}
