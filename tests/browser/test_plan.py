"""The financing matrix in a real browser: live totals, keys, a block pasted from a spreadsheet, and without scripts."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
PLAN = "/negociations/exercice-2027-2031/engagements/plan/"
PASTE = """(input, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def open_plan(visitor, **options):
    one = visitor(**options)
    one.sign_in("responsable@exercice.example")
    one.page.goto(one.base + PLAN)
    return one, one.page.locator("tbody tr[data-line], tr[data-line]").first.locator("input[name^=p]")


def test_totals_follow_what_is_typed_and_pasted(visitor):
    one, cells = open_plan(visitor)
    total = one.page.locator("[data-sum=plan]")
    assert plain(total.inner_text()) == "2 340 000 000 FCFA"
    cells.nth(0).fill("12 000 001")
    assert plain(total.inner_text()) == "2 340 000 001 FCFA"
    assert plain(one.page.locator("[data-sum=gap]").inner_text()) == "1 FCFA"
    cells.nth(0).fill("1,5")
    cells.nth(0).blur()
    assert plain(total.inner_text()) == "à corriger"
    assert "contient un point ou une virgule" in one.page.locator("tr[data-line] .field__error, .field__error").first \
        .inner_text()
    cells.nth(0).evaluate(PASTE, "10 000 000\t20\u202f000\u202f000\r\n30000000\t40 000 000\r\n")
    second = one.page.locator("tr[data-line]").nth(1).locator("input[name^=p]")
    assert [plain(cell.input_value()) for cell in (cells.nth(0), cells.nth(1), second.nth(0), second.nth(1))] == [
        "10 000 000", "20 000 000", "30 000 000", "40 000 000"]
    assert one.problems == []


def texts(*cells):
    return [plain(cell.input_value()) for cell in cells]


def said(one):
    return plain(one.page.locator("[data-said]").inner_text())


@pytest.mark.parametrize("way", ["key", "button"])
def test_pastes_are_undone_in_turn_until_something_else_is_typed(visitor, way):
    one, cells = open_plan(visitor, width=360 if way == "button" else 1280)
    second = one.page.locator("tr[data-line]").nth(1).locator("input[name^=p]")
    block, total = [cells.nth(0), cells.nth(1), second.nth(0), second.nth(1)], one.page.locator("[data-sum=plan]")
    before, sum_before = texts(*block), total.inner_text()
    button = one.page.get_by_role("button", name="Annuler le collage")
    assert not button.is_visible()
    cells.nth(0).focus()
    cells.nth(0).evaluate(PASTE, "1\tdeux\n3\t4")
    assert (texts(*block), said(one), button.is_visible()) == (["1", "deux", "3", "4"], "4 cases remplies.", True)
    one.check(PLAN, axe=True)
    if way == "key":
        one.page.keyboard.press("ArrowDown")
        one.page.keyboard.press("Control+z")
    else:
        button.click()
    assert (texts(*block), total.inner_text(), button.is_visible()) == (before, sum_before, False)
    assert said(one) == "Le collage est annulé : les cases disent de nouveau ce qu’elles disaient."
    assert one.page.evaluate("document.activeElement.name") == cells.nth(0).get_attribute("name")
    assert one.page.locator("input[aria-invalid]").count() == 0
    cells.nth(0).evaluate(PASTE, "1\t2")
    second.nth(0).evaluate(PASTE, "3\t4")
    button.click()
    assert (texts(*block), button.is_visible()) == (["1", "2", *before[2:]], True)
    button.click()
    assert (texts(*block), total.inner_text(), button.is_visible()) == (before, sum_before, False)
    cells.nth(0).evaluate(PASTE, "1\t2")
    second.nth(0).press_sequentially("7")
    assert not button.is_visible()
    second.nth(0).press("Control+z")
    assert texts(cells.nth(0), cells.nth(1)) == ["1", "2"]
    assert one.problems == []


@pytest.mark.parametrize(("pasted", "first", "second", "told"), [
    ("2027\t2028\n1\t2", ["1", "2"], None, "2 cases remplies. La ligne de titres (2027, 2028) n’est pas collée."),
    ("2\u202f027\t2 028\n1\t2", ["1", "2"], None,
     "2 cases remplies. La ligne de titres (2 027, 2 028) n’est pas collée."),
    ("2027\t2029\n1\t2", None, None, "Rien n’est collé : les années copiées (2027, 2029) ne sont pas celles des "
                                     "colonnes. Placez-vous sous la première d’entre elles."),
    ('"400\n500"\t2\n"dit ""trois"""\t4', ["400 / 500", "2"], ['dit "trois"', "4"], "4 cases remplies."),
    ("1\t2" + "\t" * 4 + "\t9", ["1", "2"], None,
     "6 cases remplies. 1 valeur dépasse le tableau, ou tombe sur une case fermée, et n’est pas collée."),
], ids=["headings", "headings with spaces", "other years", "quotes", "one beyond"])
def test_a_block_is_pasted_as_the_spreadsheet_shows_it(visitor, pasted, first, second, told):
    one, cells = open_plan(visitor)
    below = one.page.locator("tr[data-line]").nth(1).locator("input[name^=p]")
    kept, first = texts(below.nth(0), below.nth(1)), first or texts(cells.nth(0), cells.nth(1))
    cells.nth(0).evaluate(PASTE, pasted)
    assert texts(cells.nth(0), cells.nth(1)) == first
    assert texts(below.nth(0), below.nth(1)) == (second or kept)
    assert (said(one), one.problems) == (told, [])
    # Shown to everybody, not only said aloud.
    assert one.page.locator("[data-said]").get_attribute("class").startswith("notice")


def test_keys_move_between_cells(visitor):
    one, cells = open_plan(visitor)
    cells.nth(0).focus()
    one.page.keyboard.press("ArrowDown")
    second = one.page.locator("tr[data-line]").nth(1).locator("input[name^=p]")
    assert one.page.evaluate("document.activeElement.name") == second.nth(0).get_attribute("name")
    one.page.keyboard.press("ArrowUp")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.name") == cells.nth(1).get_attribute("name")


def test_a_financier_is_added_in_place(visitor):
    one, _ = open_plan(visitor)
    project = one.page.locator("tbody[data-project]").first
    lines = project.locator("tr[data-line]")
    before, others = lines.count(), one.page.locator("tr[data-line]").count()
    chosen = project.locator("select option").nth(1)
    value, label = chosen.get_attribute("value"), chosen.inner_text()
    project.locator("select").select_option(value)
    project.get_by_role("button", name="Ajouter").click()
    added = lines.nth(before)
    assert (lines.count(), one.page.locator("tr[data-line]").count()) == (before + 1, others + 1)
    assert added.locator("th").inner_text() == label
    assert one.page.evaluate("document.activeElement.name").endswith(f"-f{value}-y2027")
    one.page.keyboard.type("5 000")
    assert plain(one.page.locator("[data-sum=plan]").inner_text()) == "2 340 005 000 FCFA"
    assert one.problems == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_refused_amount_is_named_and_nothing_typed_is_lost(visitor, javascript):
    one, cells = open_plan(visitor, javascript=javascript)
    cells.nth(0).fill("12 000 000,50")
    cells.nth(1).fill("13 000 000")
    with one.page.expect_navigation():
        one.page.get_by_role("button", name="Enregistrer le plan").first.click()
    one.sees("contient un point ou une virgule")
    again = one.page.locator("tr[data-line]").first.locator("input[name^=p]")
    assert (again.nth(0).input_value(), plain(again.nth(1).input_value())) == ("12 000 000,50", "13 000 000")
    one.page.goto(one.base + PLAN.replace("plan/", ""))
    one.sees("Le plan de financement égale le total annoncé : 2 340 000 000 FCFA.")
