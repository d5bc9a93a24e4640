"""Livrets of about 50, 100 and 200 pages, each in a fresh process: does a page cost more when there are many?"""
from dataclasses import dataclass

from negotiation.models import (
    Actor,
    Answer,
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Event,
    Obligation,
    Project,
    Question,
    User,
)
from tests import factories

from .data import ANSWER
from .measuring import run

LAID_OUT = """import django; django.setup()
import sys
from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import Negotiation
made = render.pdf(assemble(Negotiation.objects.get(slug=sys.argv[1])), patient=True)
print(render.page_count(made), len(made))"""


@dataclass(frozen=True)
class Size:
    """What a dossier holds; answers: how many times the usual text each question is answered with."""
    year: int
    name: str
    projects: int
    financiers: int
    answers: int


SIZES = (Size(2076, "6 projets, 28 étapes peu remplies", 6, 3, 0),
         Size(2081, "40 projets, 28 étapes remplies", 40, 4, 1),
         Size(2086, "40 projets, 28 étapes très remplies", 40, 8, 7))


def measure():
    lines = ["Livrets de 50, 100 et 200 pages, un processus chacun :\n",
             "| dossier | pages | processeur (s) | par page (ms) | mémoire de pointe (Mio) | Kio |",
             "|---|---|---|---|---|---|"]
    lines += [line_of(size) for size in SIZES]
    return "\n".join(lines) + "\n"


def line_of(size):
    dossier = filled(size)
    made = run("-c", LAID_OUT, dossier.slug)
    pages, octets = map(int, made.output.split())
    return (f"| {size.name} | {pages} | {made.processor:.1f} | {1000 * made.processor / pages:.0f} | {made.peak:.0f} | "
            f"{octets // 1024} |")


def filled(size):
    by = User.objects.get(email="responsable@kayes.example")
    dossier = factories.negotiation(factories.council("sikasso"), by, first_year=size.year, last_year=size.year + 4)
    money(dossier, size)
    steps = {progress.step_id: progress for progress in dossier.steps.all()}
    if size.answers:
        Answer.objects.bulk_create(
            Answer(progress=steps[one.step_id], question=one, text=ANSWER * size.answers, saved_by=by)
            for one in Question.objects.all() if not one.confidential)
        for progress in steps.values():
            document = Document.objects.create(progress=progress, title="Compte rendu")
            DocumentVersion.objects.create(document=document, number=1, sha256="f" * 64, size=10**5, kind="pdf",
                                           file_name="compte-rendu.pdf", uploaded_by=by)
            Event.objects.create(negotiation=dossier, progress=progress, date=f"{size.year - 1}-03-01", kind="meeting",
                                 title="Séance de travail", participants=ANSWER[:90], decisions=ANSWER)
            Difficulty.objects.create(negotiation=dossier, progress=progress, family="technical", what=ANSWER[:180],
                                      effect=ANSWER, remedy=ANSWER, lesson=ANSWER[:180])
    return dossier


def money(dossier, size):
    actors = Actor.objects.bulk_create(Actor(negotiation=dossier, name=f"Financeur n° {number}", side="partner",
                                             financier=True, order=number) for number in range(size.financiers))
    projects = Project.objects.bulk_create(
        Project(negotiation=dossier, name=f"Projet structurant n° {number}", order=number, cost=10**9, site="Kléla",
                problem=ANSWER[:180], beneficiaries=ANSWER[:90]) for number in range(size.projects))
    Contribution.objects.bulk_create(Contribution(project=project, financier=actor, year=year, amount=10**7 + year)
                                     for project in projects for actor in actors for year in dossier.years)
    Obligation.objects.bulk_create(Obligation(negotiation=dossier, party=actor, what=ANSWER) for actor in actors)
