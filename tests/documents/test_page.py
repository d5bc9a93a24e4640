"""The page of the livret before its layout: what stands together, what is left out, what is told with its unit."""
import re

import pytest
from django.utils.html import escape

from negotiation.choices import Action
from negotiation.documents.booklet import figures, render
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import Contribution, Document, DocumentVersion, Event, Project, Representative
from negotiation.workflow import records
from negotiation.workflow.journal import record

from .. import factories
from .conftest import plan_of

pytestmark = pytest.mark.django_db


def page_of(dossier):
    return render.html(assemble(dossier))


def chapter(page, anchor):
    """(classes, HTML) of one chapter."""
    head = rf'<section class="([^"]*)"><div class="chapter__head"><h2 class="chapter__title" id="{anchor}"'
    classes, html = re.search(rf'{head}(.*?)(?=<section class="chapter|</body>)', page, re.S).groups()
    return classes, html


@pytest.fixture
def empty(kayes, manager):
    return factories.negotiation(kayes, manager, first_year=2050, last_year=2054, prefill=False)


def test_chapters_follow_on_and_none_is_left_out(empty):
    page = page_of(empty)
    assert [chapter(page, name)[0] for name in ("identite", "chronologie", "projets", "grille", "signatures")] == [
        "chapter chapter--page", "chapter", "chapter", "chapter chapter--page", "chapter"]
    assert "Aucune pièce n’est déposée." in chapter(page, "empreintes")[1]
    assert re.findall(r'class="chapter__number"[^>]*>(\d+)<', page) == [str(number) for number in range(1, 16)]


def test_what_was_typed_is_escaped_once(dossier, manager):
    name = "Puits d'eau <R&D> \"nord\""
    whole, one = Project(negotiation=dossier, name="Ensemble", whole_contract=True), Project(
        negotiation=dossier, name=name)
    for project in (whole, one):
        records.save(project, dossier, by=manager)
    Contribution.objects.create(project=whole, financier=dossier.actors.first(), year=2027, amount=1)
    page = page_of(dossier)
    assert escape(name) in page
    assert "&amp;lt;" not in page
    assert "&amp;#x27;" not in page


def test_the_annex_gives_the_whole_fingerprint_of_a_file(dossier, manager):
    document = Document.objects.create(progress=dossier.steps.get(step__code="A1"), title="Carte")
    DocumentVersion.objects.create(document=document, number=1, sha256="f" * 64, size=1, kind="pdf",
                                   file_name="carte.pdf", uploaded_by=manager)
    assert "f" * 64 in chapter(page_of(dossier), "empreintes")[1]


@pytest.mark.parametrize(("number", "spans", "again"), [(6, 1, 0), (7, 0, 6)])
def test_rows_keep_their_actor_and_their_document_across_pages(empty, manager, number, spans, again):
    """Few rows stay together beside their heading; many each say what they are about."""
    actor = empty.actors.create(name="Conseil", side="authority")
    document = Document.objects.create(progress=empty.steps.get(step__code="A1"), title="Carte")
    for position in range(1, number + 1):
        Representative.objects.create(actor=actor, function=f"Membre {position}")
        DocumentVersion.objects.create(document=document, number=position, sha256=f"{position}" * 64, size=1,
                                       kind="pdf", file_name="carte.pdf", uploaded_by=manager)
    page = page_of(empty)
    assert page.count(f'rowspan="{number}"') == page.count('<tbody class="together">') == 2 * spans
    assert page.count("(suite)</span>") == 2 * again


def test_an_obligation_too_long_for_a_row_makes_cards(empty):
    actor = empty.actors.create(name="Conseil", side="authority")
    empty.obligations.create(party=actor, what="Entretenir la piste.", indicator="Visite", source="S05")
    assert "<th scope=\"col\">Mesuré par</th>" in chapter(page_of(empty), "obligations")[1]
    empty.obligations.create(party=actor, what="mot " * 300)
    _, html = chapter(page_of(empty), "obligations")
    assert "<table" not in html
    assert re.findall('<div class="(card[^"]*)">', html) == ["card", "card long"]
    assert "Mesuré par.</b> Visite ·<b> Source.</b> S05" in html


def test_a_long_reason_may_be_cut_between_two_pages(empty, manager):
    for reason in ("Court.", "mot " * 300):
        record(Action.STEP_RETURN, "A1", by=manager, negotiation=empty, reason=reason,
               progress=empty.steps.get(step__code="A1"))
    assert re.findall("<tr( class=\"long\")?><td class", chapter(page_of(empty), "decisions")[1]) == [
        "", ' class="long"']


def test_amounts_are_told_with_their_unit(dossier):
    plan_of(dossier, {("Route", 0, 2027): 1_000})
    page = page_of(dossier)
    assert page.count("Montant (FCFA)</th>") == 2  # the shares, and what each party brings
    for said in ("<h3>Plan de financement, en francs CFA</h3>",
                 '<p class="chart__title">Financement par année, en FCFA</p>'):
        assert page.count(said) == 1


def test_labels_inside_a_paragraph_are_separated(dossier):
    dossier.difficulties.create(family="human", what="D", owner="Le préfet", source="S05")
    page = page_of(dossier)
    assert "Le préfet ·<b> Source.</b> S05 ·" in page
    runs = re.findall(r"<p class=\"run-in\"[^>]*>(.*?)</p>", page)
    assert [run for run in runs if re.search(r"[^·]<b>", re.sub(r"</b>", "", run))] == []


def test_what_is_planned_and_who_has_no_role_is_told(dossier):
    dossier.actors.create(name="Association", side="civil")
    Event.objects.create(negotiation=dossier, date="2040-01-01", kind="meeting", title="R")
    page = page_of(dossier)
    assert "réunion ·<b> prévu</b>" in chapter(page, "chronologie")[1]
    assert re.search(r"Sans rôle dans la matrice&#160;: [^<]*Association", page)


def yearly_plan(year, columns):
    """The Plan of one table: one financier who brings this much a year, and its total."""
    cells = (*(year for _ in range(columns - 1)), year * (columns - 1))
    group = figures.PlanGroup("Route", (figures.PlanLine("État", cells),), None)
    table = figures.PlanTable("", "Financeur", tuple(f"{number}" for number in range(columns)), (group,))
    return figures.Plan((table,), None, cells[-1], None, "", "", (), (), ())


@pytest.mark.parametrize(("year", "columns", "expected"), [
    (999_999_999, 7, True), (1_000_000_000, 7, False), (2_000_000_000, 5, True), (2_500_000_000, 5, False),
    (1, 8, False)])
def test_a_plan_stands_on_its_page_while_its_amounts_fit(year, columns, expected):
    assert yearly_plan(year, columns).is_upright == expected
