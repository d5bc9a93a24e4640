"""A block pasted before what reads it has come: on a line that is cut, or slow."""
import pytest

from .test_plan import PASTE, open_plan, plain, said

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
NOTHING = "Rien n’est collé : "
# Without waiting for it.
BEGIN = PASTE.replace("  while (input", "  return; while (input")


def begin(one, cell):
    """Paste a block in this cell while what reads it is held: [its request]. It is asked for when a cell is entered."""
    waiting = []
    one.page.route("**/paste.*", lambda route: waiting.append(route))
    with one.page.expect_request("**/paste.*"):
        cell.focus()
    cell.evaluate(BEGIN, "1\t2")
    return waiting


def test_a_block_pasted_without_network_says_so_and_is_laid_once_it_is_back(visitor):
    """A browser that remembers a failed address is not stuck with it; an amount alone needs nothing."""
    one, cells = open_plan(visitor)
    one.page.route("**/paste.*", lambda route: route.abort())
    first, notice = cells.nth(0), one.page.locator("[data-said]")
    before = first.input_value()
    for _ in range(2):
        first.evaluate(PASTE, "1\t2")
        assert (first.input_value(), plain(notice.inner_text()), notice.get_attribute("class")) == (
            before, f"{NOTHING}de quoi lire un bloc n’est pas arrivé. Vérifiez la connexion et collez de nouveau, ou "
            "importez le fichier.", "notice notice--warning")
    first.evaluate(PASTE, "208 000")
    assert (plain(first.input_value()), said(one)) == ("208 000", "1 case remplie.")
    one.page.unroute_all()
    first.evaluate(PASTE, "1\t2")
    assert (first.input_value(), said(one)) == ("1", "2 cases remplies.")


def test_what_is_typed_or_sent_before_a_block_can_be_read_is_kept(visitor):
    """Nothing is written over what was typed meanwhile, nothing is sent without the block."""
    one, cells = open_plan(visitor)
    first, second, notice = cells.nth(0), cells.nth(1), one.page.locator("[data-said]")
    waiting = begin(one, first)
    one.page.get_by_role("button", name="Enregistrer le plan").first.click()
    assert plain(notice.inner_text()) == (
        "Le bloc collé n’est pas encore là : rien n’est envoyé. Enregistrez quand il y est.")
    second.press_sequentially("7")
    kept = second.input_value()
    assert len(waiting) == 1
    waiting[0].continue_()
    one.page.wait_for_function("() => !document.querySelector('form[data-plan]').ariaBusy")
    assert (plain(notice.inner_text()), second.input_value()) == (
        f"{NOTHING}vous avez écrit depuis. Collez de nouveau.", kept)
    first.evaluate(PASTE, "1\t2")
    assert (first.input_value(), said(one)) == ("1", "2 cases remplies.")


def test_an_amount_pasted_before_a_block_can_be_read_is_kept(visitor):
    one, cells = open_plan(visitor)
    waiting = begin(one, cells.nth(0))
    cells.nth(1).evaluate(BEGIN, "208 000")
    waiting[0].continue_()
    one.page.wait_for_function("() => !document.querySelector('form[data-plan]').ariaBusy")
    assert (plain(cells.nth(1).input_value()), said(one)) == (
        "208 000", f"{NOTHING}vous avez écrit depuis. Collez de nouveau.")
