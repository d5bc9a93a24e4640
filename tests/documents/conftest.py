"""Livrets and a worksheet made once for the whole folder: one takes seconds. What they are made of is rolled back."""
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image

from negotiation.choices import Nature, Role
from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.pdf import to_pdf
from negotiation.documents.worksheet import content as worksheet
from negotiation.documents.worksheet import render as worksheet_render
from negotiation.models import (
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Event,
    Grid,
    Negotiation,
    Obligation,
    Phase,
    Project,
    Question,
    Representative,
    Step,
)
from negotiation.queries import steps
from negotiation.workflow import calendar
from negotiation.workflow.negotiations import open_negotiation

from .. import factories

# A machine that runs every test at once is slow; what is measured here is not its speed.
PATIENT = 300
LETTERS = "Mali Kura Ɲɛtaasira ka bɛn san 2063 ma : ŋ, ɔ, Ɛ, Ɔ, Ŋ, ɲ"
ROWS, CARDS = 110, 9


@dataclass(frozen=True)
class Made:
    """A livret, its PDF twice (two runs), and the text of its pages."""
    content: object
    path: Path
    pdf: bytes
    again: bytes
    pages: list
    raw: str

    @property
    def text(self):
        return "\n".join(self.pages)

    @property
    def bare(self):
        """The text cell by cell, without any space nor line: where it was cut does not matter."""
        return "".join(self.raw.replace("\u200b", "").split())


def text_of(path, order):
    assert shutil.which("pdftotext"), "pdftotext manque : installez le paquet poppler-utils."
    found = subprocess.run(["pdftotext", order, str(path), "-"], capture_output=True, text=True, check=True)
    return found.stdout


def pages_of(path):
    return text_of(path, "-layout").split("\f")[:-1]


def make(content, folder, *, times=1, edition=None):
    page, sheets = render.html(content, edition), render.STYLESHEETS if edition else render.DRAFT
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: to_pdf(page, sheets, changed_at=content.changed_at,
                                              identifier=content.digest, seconds=PATIENT), range(times)))
    path = folder / "livret.pdf"
    path.write_bytes(made[0])
    return Made(content, path, made[0], made[-1], pages_of(path), text_of(path, "-raw"))


@pytest.fixture(scope="session")
def rolled_back(django_db_setup, django_db_blocker):
    """rolled_back(function) → what it returns; the database is then as it was."""
    def run(function):
        with django_db_blocker.unblock(), transaction.atomic():
            found = function()
            transaction.set_rollback(True)
        return found
    return run


def small_grid():
    """A grid of one step with many questions: what is tested is not the length of the real one."""
    days = {"min_days": 1, "max_days": 2}
    grid = Grid.objects.create(code="petite", title="Petite grille")
    phase = Phase.objects.create(grid=grid, code="A", title="Phase", goal="But", lead="Chef", duration="1 jour", **days)
    step = Step.objects.create(phase=phase, code="A1", title="Étape", objective="But", duration="1 jour",
                               validation="Conseil", **days)
    Question.objects.bulk_create(Question(step=step, code=f"A1.Q{n}", text="Pourquoi ?") for n in range(1, 9))
    return grid


def small_dossier(council, by):
    """A dossier of that grid: its livret is laid out for real, in a second."""
    return open_negotiation(Negotiation(
        region=council.region, owner=council, grid=small_grid(), nature=Nature.REAL, title="Contrat-plan 2027-2031",
        first_year=2027, last_year=2031), by=by)


@pytest.fixture(scope="session")
def livret(rolled_back, tmp_path_factory):
    """A draft of the whole grid, with Bambara letters and a long table."""
    return make(rolled_back(dossier_of_the_whole_grid), tmp_path_factory.mktemp("livret"), times=2)


def dossier_of_the_whole_grid():
    council = factories.council("kayes")
    manager = factories.member(council, Role.MANAGER)
    dossier = factories.negotiation(council, manager, first_year=2040, last_year=2044, nature=Nature.FICTIONAL)
    dossier.announced_total = 123_456_789
    dossier.save()
    actor = dossier.actors.first()
    Representative.objects.create(actor=actor, function=f"Présidente, {LETTERS}")
    Event.objects.create(negotiation=dossier, date="2040-03-01", kind="meeting", title="Réunion d’été à Kéniéba",
                         progress=dossier.steps.get(step__code="A1"), decisions=LETTERS)
    calendar.propose(dossier, date(2039, 1, 10), by=manager)
    Obligation.objects.bulk_create(Obligation(
        negotiation=dossier, party=actor, what=f"Obligation no {number}", due_text="chaque année")
        for number in range(1, ROWS + 1))
    Difficulty.objects.bulk_create(Difficulty(
        negotiation=dossier, family="security", what=f"Début de la fiche {number}.",
        effect="Le chantier a pris du retard. " * (5 * number), remedy=f"Fin de la fiche {number}.")
        for number in range(1, CARDS + 1))
    document = Document.objects.create(progress=dossier.steps.get(step__code="A1"), title="Carte")
    DocumentVersion.objects.create(document=document, number=1, sha256="f" * 64, size=1, kind="pdf",
                                   file_name="carte.pdf", uploaded_by=manager)
    return assemble(dossier)


def plan_of(dossier, cells):
    """cells: {(project name, position of the actor, year): amount}"""
    actors = list(dossier.actors.all())
    for (name, position, year), amount in cells.items():
        project, _ = Project.objects.get_or_create(negotiation=dossier, name=name)
        Contribution.objects.create(project=project, financier=actors[position], year=year, amount=amount)


def sheet_of(dossier, code, *, team=True):
    dossier.read_by_team = team
    return worksheet.of(dossier, steps.page(dossier, code), today=date(2026, 11, 25))


@pytest.fixture(scope="session")
def printed(rolled_back, tmp_path_factory):
    """The worksheet of D1 for the team: (its PDF, the pictures of its pages, the name of its dossier)."""
    def make():
        council = factories.council("kayes")
        dossier = factories.negotiation(council, factories.member(council, Role.MANAGER), first_year=2050,
                                        last_year=2054)
        return worksheet_render.pdf(sheet_of(dossier, "D1"), wait=60), dossier.slug
    made, slug = rolled_back(make)
    path = tmp_path_factory.mktemp("fiche") / "fiche.pdf"
    path.write_bytes(made)
    subprocess.run(["pdftoppm", "-r", "110", "-png", str(path), str(path.with_name("page"))], check=True)
    pictures = [Image.open(page).convert("RGB") for page in sorted(path.parent.glob("page*.png"))]
    return path, pictures, slug
