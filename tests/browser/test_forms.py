"""Forms in a real browser, with and without scripts: nothing typed is dropped without a word."""
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
EXERCISE = "/negociations/exercice-2027-2031/"


def open_page(visitor, path, account="responsable@exercice.example", **options):
    one = visitor(**options)
    one.sign_in(account)
    one.page.goto(one.base + EXERCISE + path)
    return one, one.page


@pytest.mark.parametrize("javascript", [True, False])
def test_an_impossible_date_is_refused_and_comes_back(visitor, javascript):
    one, page = open_page(visitor, "fiches/evenements/ajouter/", javascript=javascript)
    page.get_by_label("Date (ou début)").press_sequentially("12032027")
    page.get_by_label("Date de fin").press_sequentially("31/02/2027")
    one.press("Enregistrer")
    one.sees("Date de fin — Cette date n’existe pas, ou ne se lit pas : écrivez-la comme 31/08/2018.")
    assert [page.get_by_label(name).input_value() for name in ("Date (ou début)", "Date de fin")] == [
        "12032027", "31/02/2027"]
    assert one.problems == []


@pytest.mark.parametrize("browser", ["recent", "older"])
def test_staying_on_the_page_keeps_its_buttons_alive_and_its_text_guarded(visitor, browser):
    one = visitor()
    if browser == "older":
        one.page.add_init_script("Object.defineProperty(window, 'navigation', {value: undefined})")
    one.sign_in("responsable@exercice.example")
    page, asked = one.page, []
    page.goto(f"{one.base}{EXERCISE}etapes/B3/")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("form[data-guard] textarea").first.press_sequentially("Une phrase. ")
    page.get_by_text("Déposer une autre pièce").click()
    page.get_by_label("Intitulé de la pièce").press_sequentially("Une carte")
    button = page.locator("details[open] button", has_text="Déposer")
    for _ in range(2):
        button.click(no_wait_after=True)
        expect(button).to_be_enabled()
        expect(button).to_have_text("Déposer")
    assert asked == ["beforeunload"] * 2
    assert one.problems == []


def test_stopping_a_slow_answer_gives_the_button_back(visitor):
    one, page = open_page(visitor, "fiches/evenements/ajouter/")
    page.evaluate("""() => {
      const button = document.querySelector("main form[data-guard] button[type=submit]");
      const look = () => [button.disabled, button.textContent];
      window.seen = new Promise(resolve => document.addEventListener("submit", () => setTimeout(() => {
        const sending = look();
        window.stop();
        setTimeout(() => resolve([sending, look()]));
      }, 50)));
    }""")
    slow = []
    page.route("**/fiches/**", lambda route: slow.append(route))
    page.get_by_role("button", name="Enregistrer").click(no_wait_after=True)
    assert page.evaluate("seen") == [[True, "Envoi en cours…"], [False, "Enregistrer"]]
    for route in slow:
        route.abort()


@pytest.mark.parametrize(("account", "path", "sentence"), [
    ("responsable@exercice.example", "etapes/B3/", "Enregistrez d’abord vos réponses"),
    ("examen@dgct.example", "etapes/A4/examen/", "Enregistrez d’abord ce que vous avez tapé plus haut")])
def test_without_scripts_a_page_says_to_save_first_what_a_button_would_drop(visitor, account, path, sentence):
    seen = [open_page(visitor, path, account, javascript=javascript)[1].get_by_text(sentence).is_visible()
            for javascript in (True, False)]
    assert seen == [False, True]
