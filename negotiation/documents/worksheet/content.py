"""What a worksheet says, as plain frozen values: guidance, questions with room to write, papers, blank tables.

No HTML, no query: it is made from what the page of the step reads (queries/steps.py), which gives reserved answers to
the team of the Region alone. The reserved questions stand apart, for that team only.
"""
from dataclasses import dataclass

from ...choices import Check, Unallocated
from ...dates import spoken
from ..drawing import cut

LINES, MORE_LINES, LONG_QUESTION = 8, 12, 150
# What is already answered is recalled, not copied out: the application holds the rest.
LONGEST_RECALL = 700
ROWS = 5
MOST_YEARS = 6


@dataclass(frozen=True)
class Question:
    """answer: what is already written, perhaps cut; lines: how many ruled lines follow."""
    number: int
    text: str
    answer: str = ""
    lines: int = LINES

    @property
    def ruled(self):
        return range(self.lines)


@dataclass(frozen=True)
class Piece:
    name: str
    asked: str
    state: str
    is_here: bool


@dataclass(frozen=True)
class Known:
    text: str
    measure: str


@dataclass(frozen=True)
class Table:
    """A table to fill by hand. columns: [(label, width in hundredths)]."""
    title: str
    columns: tuple[tuple[str, int], ...]
    rows: int = ROWS
    note: str = ""
    is_tall: bool = True

    @property
    def blank_rows(self):
        return range(self.rows)


@dataclass(frozen=True)
class Worksheet:
    """reserved: the reserved questions, empty for who may not read them; kept_back: how many were left out for that."""
    slug: str
    dossier: str
    owner: str
    nature: str
    code: str
    title: str
    version: int
    printed_on: str
    objective: str
    leads: tuple[str, ...]
    associated: tuple[str, ...]
    duration: str
    attention: tuple[str, ...]
    known: tuple[Known, ...]
    questions: tuple[Question, ...]
    reserved: tuple[Question, ...]
    kept_back: int
    pieces: tuple[Piece, ...]
    tables: tuple[Table, ...]


EVENTS = Table("Événements de l’étape", (
    ("Date", 14), ("Objet et lieu", 26), ("Participants", 26), ("Décisions et suites", 34)))
ACTORS = Table("Acteurs et représentants", (
    ("Acteur", 30), ("Représentant (fonction)", 32), ("Nom", 22), ("Mandat, du … au …", 16)))
PROJECTS = Table("Projets structurants", (
    ("Projet", 28), ("Site", 18), ("Problème à résoudre", 24), ("Bénéficiaires", 14), ("Coût (FCFA)", 16)))
OBLIGATIONS = Table("Obligations autres que financières", (
    ("Qui s’engage", 22), ("À faire quoi", 36), ("Pour quand", 18), ("Mesuré par", 24)))
DIFFICULTIES = Table("Difficultés, enseignements et perspectives", (
    ("Ce qui s’est passé", 28), ("Effet", 18), ("Remède, et qui s’en occupe", 26), ("Enseignement ou perspective", 28)))


def of(dossier, page, *, today):
    """The Worksheet of a step; page: what queries.steps.page gave for who asks."""
    step = page.step
    team = dossier.read_by_team
    numbered = [(question, asked(number, question, answer))
                for number, (question, answer) in enumerate(page.answered, 1)]
    reserved = [told for question, told in numbered if question.confidential]
    guides = page.by_kind
    return Worksheet(
        slug=dossier.slug, dossier=dossier.title, owner=str(dossier.owner),
        nature=dossier.get_nature_display() if dossier.is_demonstration else "", code=step.code, title=step.title,
        version=page.progress.version, printed_on=spoken(today), objective=step.objective, duration=step.duration,
        leads=tuple(guide.text for guide in guides["lead"]),
        associated=tuple(guide.text for guide in guides["associated"]),
        attention=tuple(guide.text for guide in guides["attention"]),
        known=tuple(Known(guide.text, guide.measure) for guide in guides["known"]),
        questions=tuple(told for question, told in numbered if not question.confidential),
        reserved=tuple(reserved) if team else (), kept_back=0 if team else len(reserved),
        pieces=tuple(map(piece, page.expected)), tables=tuple(tables(dossier, step)))


def asked(number, question, answer):
    lines = MORE_LINES if len(question.text) > LONG_QUESTION else LINES
    return Question(number, question.text, cut(answer.text, LONGEST_RECALL) if answer else "", lines)


def piece(row):
    asked_for = ("exigée" if row.item.required else "facultative") + (
        ", réservée à l’équipe de la Région" if row.item.confidential else "")
    state = "déjà déposée" if row.versions else "sans objet" if row.document and row.document.waiver else ""
    return Piece(row.item.name, asked_for, state, bool(state))


def tables(dossier, step):
    """The blank tables: events everywhere, the others where the checks of the step ask for them."""
    checks = set(step.checks)
    yield EVENTS
    if Check.ACTORS in checks:
        yield ACTORS
    if checks & {Check.PROJECTS, Check.COSTS}:
        yield PROJECTS
    if checks & {Check.PLAN, Check.BALANCED}:
        yield from financing(dossier.first_year, dossier.last_year)
    if Check.OBLIGATIONS in checks:
        yield OBLIGATIONS
    if checks & {Check.DIFFICULTIES, Check.LESSONS}:
        yield DIFFICULTIES


def financing(first, last):
    """A column a year; a long period is cut in tables that still hold on the page."""
    years = range(first, last + 1)
    cuts = [years[start:start + MOST_YEARS] for start in range(0, len(years), MOST_YEARS)]
    for shown in cuts:
        span = f"{shown[0]}-{shown[-1]}" if len(cuts) > 1 else ""
        keys = [*shown, *([Unallocated.YEAR.label.capitalize()] if shown[-1] == last else [])]
        width = 64 // len(keys)
        yield Table(f"Plan de financement {span}".strip(), (
            ("Projet", 22), ("Financeur", 14), *((str(key), width) for key in keys)), rows=8, is_tall=False,
            note="En francs CFA, sans rien arrondir : un projet et un financeur par ligne.")

