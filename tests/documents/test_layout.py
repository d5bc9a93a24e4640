"""The pages of the fixed set of dossiers: nothing outside its page or its cell, no heading last, no page of a few
lines, no short row in two pieces, signatures whole."""
from dataclasses import dataclass, replace

import pytest
from django.template.loader import render_to_string

from negotiation.documents import pdf
from negotiation.documents.booklet import render
from negotiation.documents.booklet.figures import Rule

from .conftest import dossier_of_the_whole_grid
from .dossiers import SENTENCE, SET

pytestmark = pytest.mark.django_db
HEADINGS = {"h1", "h2", "h3", "h4", "h5"}
# What announces the next block as a heading does.
ANNOUNCING = {"caption", "chart__title", "question", "step__state", "event__when"}
SLACK = 1.5
# The least share of the height of a page that what it holds must reach.
LEAST = 0.2


@dataclass(frozen=True)
class Line:
    """A line of text of a page: where it is, the elements that hold it, and the edges of its cell."""
    words: str
    left: float
    top: float
    right: float
    bottom: float
    tags: tuple
    classes: frozenset
    cell: tuple | None


class Page:
    def __init__(self, page):
        self.box = page._page_box
        self.left, self.top = self.box.content_box_x(), self.box.content_box_y()
        self.right, self.bottom = self.left + self.box.width, self.top + self.box.height
        body, edges = [], []
        for child in self.box.children:
            (edges if type(child).__name__.startswith("Margin") else body).extend(lines(child, (), frozenset(), None))
        # What the page says, and what runs at its head and its foot.
        self.lines, self.edges = body, edges

    @property
    def filled(self):
        """The share of its height that its last line reaches."""
        return (max(line.bottom for line in self.lines) - self.top) / self.box.height

    @property
    def is_cover(self):
        return any("cover" in line.classes for line in self.lines)

    @property
    def text(self):
        return " ".join(line.words for line in self.lines)


def lines(box, tags, classes, cell):
    box = getattr(box, "_box", box)
    element = getattr(box, "element", None)
    if element is not None:
        tags = (*tags, box.element_tag)
        classes |= set(str(element.get("class", "")).split())
    if type(box).__name__ == "TableCellBox":
        cell = (box.border_box_x(), box.border_box_x() + box.border_width())
    if type(box).__name__ == "TextBox":
        if box.text.strip():
            yield Line(box.text, box.position_x, box.position_y, box.position_x + box.width,
                       box.position_y + box.height, tags, classes, cell)
        return
    for child in getattr(box, "children", ()):
        yield from lines(child, tags, classes, cell)


def rows(box):
    """The rows of the tables of a page that may not be cut."""
    box = getattr(box, "_box", box)
    if type(box).__name__ == "TableRowGroupBox" and box.is_header:
        return
    if type(box).__name__ == "TableRowBox" and "long" not in box.element.get("class", ""):
        yield box.element
    for child in getattr(box, "children", ()):
        yield from rows(child)


@pytest.fixture(scope="module", params=SET)
def livret(request, rolled_back):
    """(name, content, its pages)"""
    content = rolled_back(SET[request.param])
    document = pdf.laid_out(render.html(content), render.DRAFT, pdf.own_files_fetcher())
    return request.param, content, [Page(page) for page in document.pages]


def test_no_text_leaves_its_page_nor_its_cell(livret):
    _, _, pages = livret
    out = [(number, line.words[:60]) for number, page in enumerate(pages, 1) for line in page.lines
           if line.left < page.left - SLACK or line.right > page.right + SLACK or line.top < page.top - SLACK
           or line.bottom > page.bottom + SLACK]
    assert out == []
    assert [(number, line.words[:60]) for number, page in enumerate(pages, 1) for line in page.edges
            if line.left < page.left - SLACK or line.right > page.right + SLACK] == []
    beyond = [(number, line.words[:60]) for number, page in enumerate(pages, 1) for line in page.lines
              if line.cell and not line.cell[0] - SLACK <= line.left <= line.right <= line.cell[1] + SLACK]
    assert beyond == []


def test_no_heading_is_alone_at_the_bottom(livret):
    _, _, pages = livret
    last = [max(page.lines, key=lambda line: line.bottom) for page in pages if page.lines and not page.is_cover]
    assert [line.words for line in last if HEADINGS & set(line.tags) or ANNOUNCING & line.classes
            or "thead" in line.tags] == []


def test_no_page_is_blank(livret):
    _, _, pages = livret
    assert [number for number, page in enumerate(pages, 1) if len(page.lines) < 3] == []


def test_the_signatures_are_whole_and_not_alone(livret):
    """The blocks stand on one page, under the sentence that says what is signed."""
    _, _, pages = livret
    signed = [page for page in pages if any("signatures" in line.classes for line in page.lines)]
    assert len(signed) == 1
    for words in ("Signatures et cachets", "L’État", "Acte qui l’y", "Signature et cachet", "ne se signe pas"):
        assert words in signed[0].text.replace("\u00a0", " "), words


def test_each_phase_opens_on_two_pages(livret):
    """What it is for, on a page of its own; where it stands, at the top of the next."""
    _, content, pages = livret
    for phase in content.body.phases:
        first = next(number for number, page in enumerate(pages) if any(
            "phase__code" in line.classes and line.words.strip() == phase.code for line in page.lines))
        assert "phase__label" in pages[first].lines[0].classes
        assert pages[first + 1].text.replace("\u00a0", " ").startswith(f"Où en est la phase {phase.code}")


def test_no_page_holds_a_few_lines(livret):
    """But for the rest of a row that no page holds."""
    _, _, pages = livret
    assert [(number, round(page.filled, 2)) for number, page in enumerate(pages, 1)
            if page.filled < LEAST and not any("long" in line.classes for line in page.lines)] == []


def test_no_row_is_cut(livret):
    _, _, pages = livret
    seen = [row for page in pages for row in rows(page.box)]
    assert [row.get("class") for row in seen if seen.count(row) > 1] == []


def at_every_height(html, heights):
    """The pages of what follows a blank of each of these heights (mm), as the end of a phase."""
    sections = "".join(f'<section class="phase"><div style="height: {height}mm"></div>{html}</section>'
                       for height in heights)
    document = pdf.laid_out(f"<html lang='fr'><body>{sections}</body></html>", render.DRAFT, pdf.own_files_fetcher())
    return [page for page in map(Page, document.pages) if page.lines]


def test_the_end_of_a_phase_fills_its_page_wherever_it_falls(rolled_back):
    """A short step goes whole; a longer one leaves more than a few lines."""
    content = rolled_back(dossier_of_the_whole_grid)
    step = next(step for step in content.body.steps if step.code == "E3")
    answered = replace(step, answers=tuple(replace(one, text="Une réponse.") for one in step.answers[:4]))
    for one, is_whole in ((step, True), (answered, False)):
        html = render_to_string("documents/booklet/step.html", {"step": one, "blank": "non renseigné"})
        pages = at_every_height(html, range(100, 220, 12))
        assert len(pages) == 10 if is_whole else len(pages) > 10
        assert [round(page.filled, 2) for page in pages if page.filled < LEAST] == []


def test_the_first_row_of_a_table_of_documents_is_whole_wherever_it_falls(rolled_back):
    step = rolled_back(dossier_of_the_whole_grid).body.steps[0]
    html = render_to_string("documents/booklet/pieces.html", {"step": step, "blank": "non renseigné"})
    pages = at_every_height(html, range(190, 240, 2))
    seen = [row for page in pages for row in rows(page.box)]
    assert len(seen) == len(set(seen)) == 25


@pytest.mark.parametrize("number", [3, 8])
def test_a_rule_is_not_cut_from_its_breaches_wherever_it_falls(number):
    broken = Rule("Part minimale de la Région", "10,0 %", "avertissement", "Non respectée.\n" + SENTENCE * 2,
                  "Lettre de cadrage")
    html = render_to_string("documents/booklet/rules.html", {"rules": [broken] * number, "blank": "non renseigné"})
    pages = at_every_height(f'<p class="verdict">Le plan égale le total annoncé.</p>{html}', range(100, 220, 4))
    told = [page.text.count("cadrage") for page in pages]
    assert told == [page.text.count("Non respectée.") for page in pages]
    assert told == [(page.text.count("Les élus")) // 2 for page in pages]
    assert sum(told) == number * 30
    if number == 3:
        assert set(told) == {0, 3}
