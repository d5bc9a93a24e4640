"""The financing matrix in a real browser: live totals, keys, a block pasted from a spreadsheet, and without scripts."""
import io
import re

import openpyxl
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
PLAN = "/negociations/exercice-2027-2031/engagements/plan/"
# Until what reads blocks, fetched at the first one, has laid it. « false »: the browser was left to insert the text.
PASTE = """async (input, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  const isTaken = !input.dispatchEvent(event);
  while (input.form.ariaBusy) await new Promise((done) => setTimeout(done, 5));
  return isTaken;
}"""


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def open_plan(visitor, **options):
    one = visitor(**options)
    one.resume("responsable@exercice.example")
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


SMALLER = (" Un montant est bien plus petit qu’avant, que les autres ou que d’ordinaire : vérifiez que tous sont en "
           "francs.")


def said(one):
    """What the page says of a paste, but for the corners of a block without headings, how much smaller it is, and the
    project of the chosen cell."""
    corners = r" De « .*? à « .*? : sans tous ses titres, relisez chaque montant\."
    into = r" Le bloc ne nomme aucun projet.*?choisie\."
    return re.sub(f"{corners}|{into}", "", plain(one.page.locator("[data-said]").inner_text())).replace(SMALLER, "")


@pytest.mark.parametrize("way", ["key", "button"])
def test_pastes_are_undone_in_turn_until_something_else_is_typed(visitor, way):
    one, cells = open_plan(visitor, width=360 if way == "button" else 1280)
    second = one.page.locator("tr[data-line]").nth(1).locator("input[name^=p]")
    block, total = [cells.nth(0), cells.nth(1), second.nth(0), second.nth(1)], one.page.locator("[data-sum=plan]")
    before, sum_before = texts(*block), total.inner_text()
    button = one.page.get_by_role("button", name="Annuler le collage")
    assert not button.is_visible()
    cells.nth(0).focus()
    cells.nth(0).evaluate(PASTE, "1\tdeux\n3\t5")
    assert (texts(*block), button.is_visible()) == (["1", "deux", "3", "5"], True)
    assert said(one) == "4 cases remplies, dont 1 illisible."
    one.check(PLAN, axe=True)
    if way == "key":
        one.page.keyboard.press("ArrowDown")
        one.page.keyboard.press("Control+z")
    else:
        button.click()
    assert (texts(*block), total.inner_text(), button.is_visible()) == (before, sum_before, False)
    assert said(one) == "Le collage est annulé."
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


SELECT = "(input, [start, end]) => { input.focus(); input.setSelectionRange(start, end); }"


def test_an_amount_copied_alone_replaces_the_whole_cell(visitor):
    one, cells = open_plan(visitor)
    cell, notice, before = cells.nth(0), one.page.locator("[data-said]"), everything(one)
    length = len(cell.input_value())
    for pasted, start, end in [("208 000", 2, 2), ("208\u202f000\r\n", 0, length), ("208 000 F CFA\n", length, length)]:
        cell.evaluate(PASTE, "GIZ\t5")
        assert notice.get_attribute("class") == "notice notice--warning"
        cell.evaluate(SELECT, [start, end])
        assert cell.evaluate(PASTE, pasted)
        assert (texts(cell), said(one)) == (["208 000"], "1 case remplie.")
        one.page.get_by_role("button", name="Annuler le collage").click()
        assert everything(one) == before
    for pasted, start, end in [("208 000", 0, 2), ("à préciser", 0, 0), ("1,5", 0, length), ("", 0, 0), ("\n", 1, 1)]:
        cell.evaluate(SELECT, [start, end])
        assert not cell.evaluate(PASTE, pasted)
    cell.evaluate(PASTE, "GIZ\t5")
    cell.press_sequentially("7")
    assert notice.get_attribute("class") == "visually-hidden"
    assert one.problems == []


@pytest.mark.parametrize(("pasted", "first", "second", "told"), [
    ("2027\t2028\n1\t2", ["1", "2"], None, "2 cases remplies. La ligne de titres (2027, 2028) n’est pas collée."),
    ("2\u202f027\t2 028\n1\t2", ["1", "2"], None,
     "2 cases remplies. La ligne de titres (2 027, 2 028) n’est pas collée."),
    ("2027\t2026\n1\t2", None, None, "Rien n’est collé : « 2026 » n’est pas une colonne de cette page "
                                     "(2027, 2028, 2029, 2030, 2031, Non réparti). Copiez le bloc sans elle."),
    ('2\t"400\n500"\n"dit ""trois"""\t4', ["2", "400 / 500"], ['dit "trois"', "4"],
     "4 cases remplies, dont 2 illisibles."),
    ("1\t2" + "\t" * 4 + "\t9", None, None,
     "Rien n’est collé : ses 7 colonnes de montants n’entrent pas à partir de « 2027 ». Copiez-le avec sa ligne de "
     "titres."),
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


def exported(one):
    """The rows of the sheet « Plan » of the export, as a spreadsheet copies them: [[text]]."""
    answer = one.page.request.get(one.base + PLAN[:-1] + ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body()), data_only=True)["Plan"]
    return [["" if cell.value is None else f"{cell.value:,}".replace(",", "\u202f")
             if cell.row > 4 and isinstance(cell.value, int) else str(cell.value) for cell in row] for row in sheet]


def everything(one):
    return one.page.locator("input[name^=p]").evaluate_all("inputs => inputs.map((one) => [one.name, one.value])")


SUM = "Lignes de total, ou sans financeur, non collées : 1."
YEARS = "2027, 2028, 2029, 2030, 2031"


def heads(names="", total=", Non réparti, Total"):
    return f"La ligne de titres ({names}{YEARS}{total}) n’est pas collée. La colonne des totaux n’est pas collée."


NAMES = "Les noms ne sont pas collés."
BELOW = slice(4, None)


@pytest.mark.parametrize(("part", "columns", "onto", "told"), [
    (slice(5, 8), slice(2, 7), 1, f"10 cases remplies. {SUM}"),
    (slice(4, 8), slice(2, 4), 0, f"6 cases remplies. {SUM}"),
    (slice(14, 16), slice(2, 8), 8, f"6 cases remplies. {SUM}"),
    (slice(3, 8), slice(2, 9), 0, f"18 cases remplies. {heads()} {SUM}"),
    (slice(0, None), slice(0, 9), 0, f"54 cases remplies. {heads('Projet, Financeur, ')} {NAMES} Lignes de "
                                     "total, ou sans financeur, non collées : 4."),
    (slice(0, 8), slice(1, 9), 0, f"18 cases remplies. {heads('Financeur, ')} {NAMES} {SUM}"),
    (slice(4, 10), slice(0, 5), 0, f"15 cases remplies. {NAMES} Colonnes remplies : 2027, 2028, 2029. {SUM}"),
], ids=["from the second line", "one project", "the last line", "under headings",
        "the whole sheet", "financiers", "names without headings"])
def test_a_block_of_the_export_pasted_back_changes_nothing(visitor, part, columns, onto, told):
    one, _ = open_plan(visitor)
    before = everything(one)
    block = "\n".join("\t".join(row[columns]) for row in exported(one)[part])
    one.page.locator("tr[data-line]").nth(onto).locator("input[name^=p]").first.evaluate(PASTE, block)
    assert (said(one), everything(one), one.problems) == (told, before, [])
    assert one.page.locator("[data-said]").get_attribute("class") == "notice notice--warning"


HINT = "Copiez-le avec ses colonnes « Projet » et « Financeur », ou un projet à la fois."
UNTOLD = f"Rien n’est collé : des lignes de ce bloc semblent être des sous-totaux. {HINT}"
BEYOND = "Rien n’est collé : il va plus loin que le projet « Périmètre maraîcher du Site d’exercice n° 1 », où rien " \
         f"ne dit à qui vont ses montants. {HINT}"


@pytest.mark.parametrize(("onto", "pasted", "filled", "told"), [
    (0, "1\n2\n4\n5\n6", None, BEYOND), (0, "0\n0\n0\n0", None, BEYOND), (0, "1\n2\n3\n6\n4", None, BEYOND),
    (0, "333\n333\n333\n1000", None, BEYOND), (0, "100\n\n\n100", None, BEYOND), (2, "12\n12", None, BEYOND),
    (0, "10\n20\n30\n\n40\n50\n60", None, BEYOND), (2, "12\n34", None, BEYOND),
    (0, "1\n2\n4\n\n\t", ["1", "2", "4"], "3 cases remplies."),
    (0, "100\n200\n\n300", ["100", "200", ""], f"3 cases remplies. {SUM}"),
], ids=["plain", "zeros", "a sum among others", "rounded", "the same alone", "twice the same", "a blank row",
        "two lines", "blank rows below", "the sum of a project"])
def test_a_block_without_names_stays_in_its_project(visitor, onto, pasted, filled, told):
    one, _ = open_plan(visitor)
    before = everything(one)
    column = one.page.locator("tr[data-line] td:nth-of-type(1) input")
    column.nth(onto).evaluate(PASTE, pasted)
    assert (said(one), one.problems) == (told, [])
    assert one.page.locator("[data-said]").get_attribute("class") == "notice notice--warning"
    if filled is None:
        assert everything(one) == before
    else:
        assert texts(*[column.nth(onto + i) for i in range(len(filled))]) == filled


def test_rows_that_bear_their_names_fall_on_their_own_lines_wherever_they_are_pasted(visitor):
    one, cells = open_plan(visitor)
    before, rows = everything(one), exported(one)[8:10]
    told = f"12 cases remplies. {NAMES} Colonnes remplies : {YEARS}, Non réparti."
    cells.nth(0).evaluate(PASTE, "\n".join("\t".join(row[:8]) for row in rows))
    assert (said(one), everything(one)) == (told, before)
    # As a page of the plan shows a project: its name and its total, then its financiers.
    block = [[rows[0][0], "7"], [rows[1][1], "7"]]
    cells.nth(0).evaluate(PASTE, "\n".join("\t".join(row) for row in block))
    target = one.page.locator("tr[data-line]").nth(4).locator("input[name^=p]").first
    changed = [name for (name, now), (_, was) in zip(everything(one), before, strict=True) if now != was]
    assert (changed, texts(target)) == ([target.get_attribute("name")], ["7"])
    assert said(one) == f"1 case remplie. {NAMES} Colonnes remplies : 2027. {SUM}"
    one.page.goto(f"{one.base}{PLAN}?projet={before[0][0].split('-')[0][1:]}")
    cells = one.page.locator("input[name^=p]")
    before = everything(one)
    cells.first.evaluate(PASTE, "\n".join("\t".join(row[:8]) for row in rows))
    assert (said(one), everything(one)) == (
        f"Rien n’est collé : aucune de ses lignes n’est dans cette page (« {rows[0][0]}, {rows[0][1]} »). Écrivez "
        "les noms comme elle, le projet d’abord, ou ajoutez-les. S’il est dans une autre page du plan, collez le bloc "
        "là.", before)
    assert one.problems == []


def test_a_sum_that_comes_first_is_not_taken_for_a_line(visitor):
    one, _ = open_plan(visitor)
    before, rows = everything(one), [row[2:7] for row in exported(one)]
    second = one.page.locator("tr[data-line]").nth(3).locator("input[name^=p]").first
    for block in (rows[7:9], rows[7:8], [rows[-1], rows[4]]):
        second.evaluate(PASTE, "\n".join(map("\t".join, block)))
        assert (said(one), everything(one)) == (UNTOLD, before)
    # Where one line alone is filled, the same amounts may well be those of another.
    inputs = one.page.locator("tr[data-line] td:nth-of-type(1) input")
    for cell in inputs.all():
        cell.fill("")
    inputs.nth(0).fill("5")
    inputs.nth(3).evaluate(PASTE, "5\n6")
    assert texts(inputs.nth(3), inputs.nth(4)) == ["5", "6"]
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
