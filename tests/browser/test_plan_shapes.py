"""A block as programs copy it: cells lost by a page or a text, amounts as they are shown, the livret's own table."""
import pytest

from .test_plan import NAMES, PASTE, SMALLER, open_plan, plain
from .test_plan_paste import FIRST, NO_TOTALS, NOTHING, REGION, SECOND, check

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
HEAD = "La ligne de titres ({}) n’est pas collée."
SHAPE = (f"{NOTHING}ses lignes n’ont pas toutes autant de cases (« {{}} ») : une page, ou un texte, perd ses cases "
         "vides ou fusionnées. Collez-le d’abord dans un tableur, ou importez le fichier.")
# The text that the browser itself copies from a table of a page or of a mail.
COPIED = """html => {
  const box = document.createElement("div");
  box.innerHTML = html;
  document.body.append(box);
  getSelection().selectAllChildren(box);
  const text = getSelection().toString();
  box.remove();
  return text;
}"""


def test_a_cell_merged_in_a_page_does_not_shift_the_amounts_beside_it(visitor):
    """A browser copies nothing for it: what follows would go a year too early."""
    one, _ = open_plan(visitor)
    page = ("<table><tr><td>Projet<td>Financeur<td>Coût<td>2027<td>2028"
            "<tr><td>{0}<td>{1}<td{2}>26 000<td>5 000<td>6 000<tr><td>{0}<td>État{3}<td>7 000<td>8 000</table>")
    merged, whole = [one.page.evaluate(COPIED, page.format(FIRST, REGION, *told)) for told in (
        (" rowspan=2", ""), ("", "<td>26 000"))]
    assert (merged.count("\t"), whole.count("\t")) == (11, 12)
    check(one, [
        (0, 0, merged, SHAPE.format(f"{FIRST}, État, 7 000, 8 000"), {}),
        (0, 0, whole, f"4 cases remplies. {HEAD.format('Projet, Financeur, Coût, 2027, 2028')} Colonnes non collées : "
         f"Coût. {NAMES}", {(0, 0): "5 000", (0, 1): "6 000", (1, 0): "7 000", (1, 1): "8 000"}),
        *((0, 0, f"Code\t{merged}".replace("\n", f"\n{code}\t"),
           SHAPE.format(f"{code}, {FIRST}, État, 7 000, 8 000"), {}) for code in ("P-01", "Total Mali")),
        (0, 0, f"{FIRST}\t{REGION}\t5 000\t6 000\nÉtat\t7 000\t8 000", SHAPE.format("État, 7 000, 8 000"), {}),
        (0, 0, "5 000\t6 000\n7 000\t8 000\t9 000", SHAPE.format("7 000, 8 000, 9 000"), {}),
        # What goes nowhere may be short: a merged total, a title, a note.
        *((0, 0, f"Projet\tFinanceur\t2027\t2028\n{FIRST}\t{REGION}\t5 000\t6 000\n{name}\t11 000",
           f"2 cases remplies. {HEAD.format('Projet, Financeur, 2027, 2028')} {NAMES}",
           {(0, 0): "5 000", (0, 1): "6 000"}) for name in ("Total général", f"Sous-total {FIRST}")),
        (0, 0, f"Plan de financement\nFinanceur\t2027\t2028\n{REGION}\t5 000\t6 000\nSource : DAF",
         f"2 cases remplies. {HEAD.format('Financeur, 2027, 2028')} {NAMES} Sans ligne dans cette page, et non collé : "
         "« Source : DAF ».", {(0, 0): "5 000", (0, 1): "6 000"}),
    ])


def test_a_text_that_has_lost_its_cells_is_refused_for_what_it_is(visitor):
    one, _ = open_plan(visitor)
    check(one, [
        (0, 0, f"Financeur\n2027\n{REGION}\n5 000\nÉtat\n7 000",
         f"{NOTHING}ce texte n’a pas de cases. Copiez celles d’un tableur, ou importez le fichier.", {}),
        # Of a cell that holds a paragraph, only the headings keep their tabs.
        (0, 0, f"Financeur\t2027\t2028\n{REGION}\n\n5 000\n\n6 000", SHAPE.format("5 000"), {}),
        *((0, 0, "\n\n".join(amounts) + end, f"{NOTHING}une ligne sur deux y est vide : des paragraphes d’un texte, "
           "peut-être. Copiez ses montants un par un ou, d’un tableur, avec leurs noms.", {})
          for amounts in (["5 000", "6 000"], ["5 000", "6 000", "7 000"]) for end in ("", "\n\n")),
        # A spreadsheet ends its last row.
        (0, 0, "5 000\r\n\r\n6 000\r\n", "3 cases remplies. Le bloc, vide par endroits, efface 1 montant.",
         {(0, 0): "5 000", (1, 0): "", (2, 0): "6 000"}),
    ])


def test_amounts_shown_with_decimals_or_a_currency_say_so(visitor):
    one, _ = open_plan(visitor)
    block = f"Projet\tFinanceur\t2027\t2028\n{FIRST}\t{REGION}\t{{0}}\t6 000{{1}}\nSous-total\t\t{{0}}\t6 000{{1}}"
    head = HEAD.format("Projet, Financeur, 2027, 2028")
    check(one, [
        *((0, 0, block.format(shown, ",00"), f"{NOTHING}« 5 000,00 » contient un point ou une virgule : écrivez le "
           "montant en francs entiers, par exemple 400 000 000. Dans un tableur, affichez les nombres sans décimales "
           "ni autre monnaie, puis copiez de nouveau.", {}) for shown in ("5 000,00", " 5 000,00   ")),
        (0, 0, block.format("5 000 CFA", " CFA"), f"2 cases remplies. {head} {NAMES} Lignes de total, ou sans "
         "financeur, non collées : 1.", {(0, 0): "5 000", (0, 1): "6 000"}),
    ])


def test_the_sum_of_all_the_projects_by_financier_is_read_past(visitor):
    """As the livret in Word says it, under a title of its own."""
    one, _ = open_plan(visitor)
    block = (f"Financeur\t2027\tTotal\n{FIRST}\t\t\n{REGION}\t5 000\t5 000\n{SECOND}\t\t\n{REGION}\t6 000\t6 000\n"
             f"Ensemble\t\t\n{REGION}\t{{0}}\t{{0}}\nTotal du plan\t11 000\t11 000")
    check(one, [
        (0, 0, block.format("11 000"), f"2 cases remplies. {HEAD.format('Financeur, 2027, Total')} {NO_TOTALS} {NAMES} "
         "Lignes de total, ou sans financeur, non collées : 2.", {(0, 0): "5 000", (3, 0): "6 000"}),
        (0, 0, block.format("12 000"), f"{NOTHING}sa ligne « {REGION}, 12 000 » ne se retrouve pas dans les "
         "autres. Copiez-le sans elle.", {}),
    ])


def test_what_the_page_has_not_is_counted(visitor):
    one, _ = open_plan(visitor)
    absent = [f"Banque {number}" for number in range(10)]
    rows = "\n".join(f"{FIRST}\t{name}\t9 000" for name in absent)
    told = " ; ".join(f"« {FIRST}, {name} »" for name in absent[:8])
    check(one, [(0, 0, f"Projet\tFinanceur\t2027\n{FIRST}\t{REGION}\t5 000\n{rows}",
                 f"1 case remplie. {HEAD.format('Projet, Financeur, 2027')} {NAMES} Sans ligne dans cette page, et non "
                 f"collés : {told} et 2 autres.", {(0, 0): "5 000"})])


@pytest.mark.parametrize(("block", "is_told"), [
    ("68 687\t8 843\n10 200\t1 005", True), ("68 687 900\t8 843 000", False)])
def test_thousands_in_an_empty_plan_are_suspected(visitor, block, is_told):
    """Nothing is there yet to compare them with."""
    one, cells = open_plan(visitor)
    one.page.locator("input[name^=p]").evaluate_all("""inputs => inputs.forEach((input) => {
      input.value = "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    })""")
    cells.nth(0).evaluate(PASTE, block)
    assert (SMALLER.strip() in plain(one.page.locator("[data-said]").inner_text())) is is_told
