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
