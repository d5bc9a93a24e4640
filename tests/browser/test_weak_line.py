"""A line that drops, or a tab that dies, in a real browser: nothing typed is lost, and the page says what happened."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
EVENT = "/negociations/exercice-2027-2031/fiches/evenements/ajouter/"
DIFFICULTY = "/negociations/exercice-2027-2031/fiches/difficultes/ajouter/"
STEP = "/negociations/exercice-2027-2031/etapes/B3/"
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


def test_amounts_that_no_button_has_saved_yet_are_offered_again(visitor):
    """One project at a time, as on a phone: « Ajouter » sends the form and saves nothing of it."""
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    page.goto(f"{one.base}/negociations/exercice-2027-2031/engagements/plan/")
    address = page.url + page.get_by_role("link", name="Marchés de cercle").or_(
        page.locator("a[href^='?projet=']")).first.get_attribute("href")
    page.goto(address)
    parties = []
    for amount in ("55 000", "7 000"):
        choice = page.locator("select[name^=financeur-]")
        parties.append(choice.locator("option").nth(1).text_content())
        choice.select_option(index=1)
        page.get_by_role("button", name="Ajouter ce financeur").click()
        # The choice has become a line: nothing was lost, and nothing is said to be.
        assert page.get_by_text(KEPT).count() == 0
        page.locator("input:focus").fill(amount)
    lost(one, page.get_by_role("button", name="Enregistrer le plan").first)
    page.goto(address)
    first, second = page.locator(".notice li").filter(has_text="2027").all_text_contents()
    assert [first, second] == [f"{parties[0]}, 2027, 55\u00a0000", f"{parties[1]}, 2027, 7\u00a0000"]


def test_a_position_shown_again_by_a_button_is_kept(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{one.base}/negociations/exercice-2027-2031/engagements/positions/")
    page.get_by_role("link", name="Inscrire une position").first.click()
    address = page.url
    page.get_by_label("Justification").fill("Les marchés sont attribués.")
    page.locator("select[name^=financeur-]").select_option(index=1)
    page.get_by_role("button", name="Ajouter ce financeur").click()
    page.locator("input:focus").wait_for()
    page.goto(one.base + "/taches/")
    page.goto(address)
    page.get_by_role("button", name="Le remettre").click()
    assert page.get_by_label("Justification").input_value() == "Les marchés sont attribués."


def test_a_plan_that_nobody_sent_says_nothing_when_the_network_comes_back(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    page.goto(f"{one.base}/negociations/exercice-2027-2031/engagements/plan/")
    page.context.set_offline(True)
    page.context.set_offline(False)
    page.locator("input[name^=p]").first.focus()
    assert page.get_by_text("Le réseau est revenu").count() == 0


def test_what_was_typed_over_a_record_that_a_colleague_removed_is_kept_whole(typed):
    typed.press("Enregistrer")
    page = typed.page
    page.get_by_role("link", name="Séance du comité").first.click()
    address = page.url
    page.get_by_label("Lieu").fill("Nioro")
    colleague = page.context.new_page()
    colleague.goto(address)
    colleague.get_by_role("link", name="Supprimer…").click()
    colleague.get_by_role("button", name="Supprimer").click()
    colleague.wait_for_url("**/chronologie/**")
    typed.press("Enregistrer")
    page.locator("[data-error-summary]").wait_for()
    lost(typed, page.get_by_role("button", name="Enregistrer"))
    page.goto(address)
    told = page.locator(".notice li").all_text_contents()
    assert {"Séance du comité", "Nioro", "12/03/2027"} <= set(told)


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


@pytest.fixture
def refused(visitor):
    """A person whose difficulty is refused: its family is missing."""
    one = visitor()
    one.sign_in("responsable@exercice.example")
    one.page.goto(one.base + DIFFICULTY)
    one.page.get_by_label("Ce qui s’est passé").fill("Quorum jamais atteint.")
    one.press("Enregistrer")
    one.page.locator("[data-error-summary]").wait_for()
    return one


def happened(page):
    return page.get_by_label("Ce qui s’est passé").input_value()


def test_what_a_page_refused_is_offered_again_to_whoever_left_it(refused):
    page = refused.page
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(refused.base + "/taches/")
    page.goto(refused.base + DIFFICULTY)
    page.get_by_role("button", name="Le remettre").click()
    assert (asked, happened(page)) == (["beforeunload"], "Quorum jamais atteint.")


def test_what_a_page_refused_and_the_line_lost_is_offered_whole(refused):
    page = refused.page
    page.get_by_label("Effet").fill("Une semaine perdue.")
    lost(refused, page.get_by_role("button", name="Enregistrer"))
    page.goto(refused.base + DIFFICULTY)
    page.get_by_role("button", name="Le remettre").click()
    assert [happened(page), page.get_by_label("Effet").input_value()] == [
        "Quorum jamais atteint.", "Une semaine perdue."]


def test_a_refused_form_that_is_saved_at_last_leaves_nothing_to_offer(refused):
    page = refused.page
    page.get_by_label("Famille").select_option(index=1)
    refused.press("Enregistrer")
    refused.sees("Quorum jamais atteint.")
    page.goto(refused.base + DIFFICULTY)
    assert (page.get_by_text(KEPT).count(), happened(page)) == (0, "")


def test_what_a_lost_session_stopped_and_the_line_then_lost_is_offered(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    page.goto(one.base + STEP)
    area = page.locator("form:has(textarea[data-limit]) textarea").last
    name = area.get_attribute("id")
    area.fill("Écrit avant que la session ne tombe.")
    page.context.clear_cookies(name="sessionid")
    one.press("Enregistrer les réponses")
    page.get_by_label("Adresse électronique").fill("responsable@exercice.example")
    page.get_by_label("Mot de passe", exact=True).fill("demo-cper-2026")
    one.press("Se reconnecter")
    lost(one, page.get_by_role("button", name="Reprendre l’enregistrement"))
    page.goto(one.base + STEP)
    page.get_by_role("button", name="Le remettre").click()
    assert page.locator(f"[id='{name}']").input_value() == "Écrit avant que la session ne tombe."


def test_a_text_that_a_colleague_wrote_meanwhile_is_not_covered(visitor):
    one, other = visitor(), visitor()
    for person in (one, other):
        person.sign_in("responsable@exercice.example")
        person.page.goto(person.base + STEP)
    area = one.page.locator("form:has(textarea[data-limit]) textarea").last
    name, before = area.get_attribute("id"), area.input_value()
    place = f"[id='{name}']"
    area.fill("Mon texte.")
    lost(one, one.page.get_by_role("button", name="Enregistrer les réponses"))
    other.page.locator(place).fill("Le texte du collègue.")
    other.press("Enregistrer les réponses")
    one.page.goto(one.base + STEP)
    one.sees("quelqu’un y a écrit depuis")
    assert [one.page.get_by_role("button", name="Le remettre").count(), one.page.locator(place).input_value(),
            one.page.locator(".notice li").filter(has_text="Mon texte.").count()] == [0, "Le texte du collègue.", 1]
    other.page.locator(place).fill(before)
    other.press("Enregistrer les réponses")


def test_a_text_offered_and_left_aside_is_offered_until_it_is_forgotten(visitor):
    """Whatever else is saved from the same form meanwhile."""
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    page.goto(one.base + STEP)
    areas = page.locator("form:has(textarea[data-limit]) textarea")
    before = areas.first.input_value()
    name = areas.last.get_attribute("id")
    areas.last.fill("Mon long travail.")
    lost(one, page.get_by_role("button", name="Enregistrer les réponses"))
    for text in ("Autre chose.", before):
        page.goto(one.base + STEP)
        page.get_by_text(KEPT).wait_for()
        areas.first.fill(text)
        one.press("Enregistrer les réponses")
    page.goto(one.base + STEP)
    page.get_by_role("button", name="Le remettre").click()
    assert page.locator(f"[id='{name}']").input_value() == "Mon long travail."


def test_another_person_who_signs_out_drops_nothing_of_mine(typed):
    page = typed.page
    lost(typed, page.get_by_role("button", name="Enregistrer"))
    typed.sign_in("examen@dgct.example")
    page.locator("[data-who] summary").click()
    typed.press("Se déconnecter")
    typed.sign_in("responsable@exercice.example")
    page.goto(typed.base + EVENT)
    typed.sees(KEPT)


def test_an_answer_being_typed_is_offered_where_a_file_beside_it_was_refused(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    page = one.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(one.base + STEP)
    area = page.locator("form:has(textarea[data-limit]) textarea").last
    place = f"[id='{area.get_attribute('id')}']"
    area.fill("Ma réponse en cours.")
    page.locator("details.deposit summary").first.click()
    page.locator("details.deposit[open] input[type=file]").set_input_files(
        {"name": "fausse.pdf", "mimeType": "application/pdf", "buffer": b"pas un PDF"})
    with page.expect_navigation():
        page.locator("details.deposit[open]").get_by_role("button", name="Déposer").click()
    assert page.locator("[data-error-summary]").count() == 1
    page.get_by_text(KEPT).wait_for()
    page.get_by_role("button", name="Le remettre").click()
    assert page.locator(place).input_value() == "Ma réponse en cours."
    page.goto("about:blank")
