"""A line that drops, or a tab that dies, in a real browser: nothing typed is lost, and the page says what happened."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
EVENT = "/negociations/exercice-2027-2031/fiches/evenements/ajouter/"
KEPT = "Ce que vous aviez tapé ici n’est peut-être pas parti"


@pytest.fixture
def typed(visitor):
    """A person who has typed an event that is not sent."""
    one = visitor()
    one.sign_in("responsable@exercice.example")
    one.page.goto(one.base + EVENT)
    fill(one.page)
    return one


def fill(page):
    page.get_by_label("Objet").fill("Séance du comité")
    page.get_by_label("Date (ou début)").fill("12/03/2027")
    page.get_by_label("Nature").select_option("meeting")


def values(page):
    return [page.get_by_label("Objet").input_value(), page.get_by_label("Date (ou début)").input_value(),
            page.get_by_label("Nature").input_value()]


def lost(one, button):
    """Send a form whose answer never comes."""
    page = one.page
    page.route("**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    button.click()
    page.wait_for_url("chrome-error://**")
    page.unroute_all()


TYPED = ["Séance du comité", "12/03/2027", "meeting"]


def test_without_network_the_page_stays_with_what_was_typed(typed):
    page = typed.page
    page.context.set_offline(True)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Pas de connexion : rien n’est parti").wait_for()
    assert values(page) == TYPED
    page.context.set_offline(False)
    page.get_by_text("Le réseau est revenu").wait_for()
    typed.press("Enregistrer")
    typed.sees("Séance du comité")
    assert typed.problems == []


def test_what_was_lost_on_the_way_is_offered_again_until_it_is_saved(typed):
    page = typed.page
    lost(typed, page.get_by_role("button", name="Enregistrer"))
    page.goto(typed.base + EVENT)
    typed.sees(KEPT)
    assert values(page)[:2] == ["", ""]
    page.get_by_role("button", name="Le remettre").click()
    assert values(page) == TYPED
    typed.press("Enregistrer")
    typed.sees("Séance du comité")
    page.goto(typed.base + EVENT)
    assert page.get_by_text(KEPT).count() == 0
    assert typed.problems == []


def test_a_tab_that_dies_gives_back_what_was_typed_and_forgets_it_when_asked(typed):
    page = typed.page
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
      window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
    }""")
    page.goto(typed.base + EVENT)
    typed.sees(KEPT)
    page.get_by_role("button", name="L’oublier").click()
    page.goto(typed.base + EVENT)
    assert (page.get_by_text(KEPT).count(), values(page)[0]) == (0, "")


def test_a_reason_and_remarks_are_offered_again_where_they_are_seen(visitor):
    """Also inside closed blocks; and what nobody has answered for is not dropped by another form of the page."""
    one = visitor()
    one.sign_in("examen@dgct.example")
    page = one.page
    address = f"{one.base}/negociations/exercice-2027-2031/etapes/A4/examen/"
    page.goto(address)
    page.locator("details:has(> form textarea[name=problem]) > summary").first.click()
    form = page.locator("form:has(textarea[name=problem])").first
    form.locator("textarea[name=problem]").fill("Le nombre ne va pas.")
    lost(one, form.get_by_role("button", name="Garder l’observation"))
    page.goto(address)
    page.get_by_text(KEPT).wait_for(state="visible")
    move = page.locator("form.move:has(textarea)").first
    move.locator("textarea").fill("Un motif tapé sur une ligne faible.")
    lost(one, move.get_by_role("button"))
    page.goto(address)
    page.get_by_role("button", name="Le remettre").click()
    typed = [box.input_value() for box in page.locator("form.move textarea, textarea[name=problem]").all()]
    assert [text for text in typed if text] == ["Le nombre ne va pas.", "Un motif tapé sur une ligne faible."]
    assert page.locator("textarea[name=problem]").first.is_visible()


def test_an_amount_whose_line_is_gone_is_shown_to_be_copied(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    address = f"{one.base}/negociations/exercice-2027-2031/engagements/plan/"
    page.goto(address)
    choice = page.locator("select[name^=financeur-]").first
    party = choice.locator("option").nth(1).text_content()
    choice.select_option(index=1)
    page.get_by_role("button", name="Ajouter ce financeur").first.click()
    page.locator("input[autofocus], input:focus").first.fill("123 456 789")
    lost(one, page.get_by_role("button", name="Enregistrer le plan").first)
    page.goto(address)
    one.sees(f"{party}, 2027, 123 456 789")


def test_a_page_that_refuses_offers_nothing(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    page.goto(f"{one.base}/negociations/exercice-2027-2031/engagements/plan/")
    page.locator("select[name^=financeur-]").first.select_option(index=1)
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer le plan").first.click()
    one.sees("sans l’ajouter. Sa ligne est ouverte")
    assert page.get_by_text(KEPT).count() == 0


def test_signing_in_again_is_no_sign_that_the_form_arrived(typed):
    page = typed.page
    lost(typed, page.get_by_role("button", name="Enregistrer"))
    typed.sign_in("responsable@exercice.example")
    page.goto(typed.base + EVENT)
    typed.sees(KEPT)


def test_nothing_is_left_for_the_next_person(typed):
    page = typed.page
    lost(typed, page.get_by_role("button", name="Enregistrer"))
    page.goto(typed.base + EVENT)
    typed.sees(KEPT)
    page.locator("[data-who] summary").click()
    typed.press("Se déconnecter")
    assert page.evaluate("Object.keys(sessionStorage)") == []
