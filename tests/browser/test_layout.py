"""What a screen and a sheet of paper do to a page: no word cut, no page too wide, no heading left alone at a foot."""
import re
import subprocess

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
CUT = """() => {
  const cut = [], walker = document.createTreeWalker(document.querySelector("table tbody"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    for (const word of node.textContent.matchAll(/[\\p{L}\\p{N}]{3,}/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) cut.push(word[0]);
    }
  }
  return cut;
}"""


@pytest.mark.parametrize("width", [1280, 360])
def test_no_word_of_a_table_is_cut_and_no_page_is_wider_than_its_screen(visitor, width):
    one = visitor(width=width)
    for path in ("/grille/acteurs/", "/regions/", "/grille/D1/", "/grille/difficultes/"):
        one.page.goto(one.base + path)
        assert (path, one.page.evaluate(CUT)) == (path, [])
        assert one.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [640, 800])
def test_the_positions_fit_a_tablet_and_a_page_twice_as_large(visitor, width):
    one = visitor(width=width)
    one.sign_in("responsable@exercice.example")
    one.page.goto(one.base + "/negociations/exercice-2027-2031/engagements/positions/")
    assert one.page.locator(".scroll table").count() > 1
    assert one.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_step_in_the_administration_fits_its_screen(visitor):
    one = visitor()
    one.sign_in("admin@cper.example")
    one.page.goto(one.base + "/administration/negotiation/step/")
    with one.page.expect_navigation():
        one.page.locator("#result_list tbody th a").first.click()
    assert one.page.locator("textarea").count() > 5
    assert one.page.evaluate("document.documentElement.scrollWidth") == 1280


@pytest.fixture
def printed(visitor, tmp_path):
    """printed(path) → the lines of each page, on paper. who: the e-mail of who prints it."""
    one = visitor()

    def go(path, who=""):
        if who:
            one.sign_in(who)
        target = tmp_path / "page.pdf"
        one.page.goto(one.base + path)
        one.page.pdf(path=target, format="A4", prefer_css_page_size=True)
        text = subprocess.run(["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True)
        return [[line.strip() for line in page.split("\n") if line.strip()] for page in text.stdout.split("\f")[:-1]]
    return go


def test_a_letter_of_the_glossary_stays_with_its_terms(printed):
    pages = printed("/glossaire/")
    assert len(pages) > 3
    assert [page[-1] for page in pages if re.fullmatch("[A-Z]", page[-1])] == []


def test_a_phase_stays_with_its_first_step(printed):
    """What ends a page of the grid is a step or a line of a sheet, never the head of a phase."""
    pages = printed("/grille/")
    heads = [line for page in pages for line in page[-4:] if re.fullmatch("[A-G] +[A-ZÉ].*", line)]
    assert (len(pages) > 3, heads) == (True, [])


def test_no_sheet_is_blank(printed):
    for path in ("/grille/A1/", "/grille/D1/", "/grille/", "/regions/"):
        assert [page for page in printed(path) if not page] == []


def test_a_legend_is_not_alone_on_its_sheet(printed):
    last = printed("/grille/acteurs/")[-1]
    assert not last[0].startswith("Que veulent dire"), last


def test_the_roles_are_printed_as_a_matrix_of_letters(printed):
    """One line an actor, whatever is offered on the screen to change it."""
    pages = printed("/negociations/kayes-2018-2022/acteurs/roles/", who="responsable@kayes.example")
    lines = [line for page in pages for line in page]
    assert [line for line in lines if line.startswith("Phase A")] == []
    assert (len(pages), sum(bool(re.search(r"( [RACI·]){7}$", line)) for line in lines) > 5) == (1, True), pages
