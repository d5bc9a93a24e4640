"""The story, in a real browser on a running server: from an empty step to an approved one, and the livret."""
import itertools
import re

import pytest

from .. import pdf_files

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
EXERCISE = "/negociations/exercice-2027-2031/"
KAYES = "/negociations/kayes-2018-2022/"
DOSSIER_PAGES = ["", "etapes/A1/", "etapes/B1/", "etapes/B3/", "etapes/C4/", "chronologie/", "acteurs/", "engagements/",
                 "difficultes/", "livret/", "acces/", "journal/"]
PUBLIC = ["/", "/grille/", "/grille/A1/", "/grille/D4/", "/grille/acteurs/", "/grille/difficultes/", "/glossaire/",
          "/sources/", "/regions/", "/livrets/", "/livrets/kayes-2018-2022/1/", "/verification/", "/connexion/",
          "/mot-de-passe/oublie/"]
years = itertools.count(2040, 5)


def open_negotiation(visitor):
    """A new negotiation of the exercise team; its address."""
    first = next(years)
    visitor.page.goto(f"{visitor.base}/negociations/ouvrir/")
    visitor.page.get_by_label("Titre").fill(f"Contrat de l’histoire {first}")
    visitor.page.get_by_label("Première année").fill(str(first))
    visitor.page.get_by_label("Dernière année").fill(str(first + 4))
    visitor.press("Ouvrir la négociation")
    visitor.sees("Commencer l’étape A1")
    return visitor.page.url.removeprefix(visitor.base)


def fill_step(visitor, tmp_path):
    """Everything that A1 asks: answers, the two required documents, an event."""
    page = visitor.page
    for number, area in enumerate(page.locator("form[data-guard] textarea").all(), 1):
        area.fill(f"Réponse {number} : les élus ont délibéré, ɲɛtaa.")
    visitor.press("Enregistrer les réponses")
    visitor.sees("Vos réponses sont enregistrées.")
    for number in range(2):
        item = page.locator("#pieces ~ ul > li").filter(has_text="exigée").filter(has_text="pas encore déposée").first
        item.get_by_text("Déposer la pièce").click()
        item.locator("input[type=file]").set_input_files(pdf_files.write(tmp_path / f"pièce {number}.pdf"))
        with page.expect_navigation():
            item.get_by_role("button", name="Déposer", exact=True).click()
        visitor.sees(f"pièce {number}.pdf")
    page.get_by_role("link", name="Ajouter un événement").click()
    page.get_by_label("Objet").fill("Séance d’information du Conseil")
    page.get_by_label("Nature").select_option(label="information")
    page.get_by_label("Date (ou début)").fill("2026-03-12")
    visitor.press("Enregistrer")


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, False)])
def test_a_step_goes_from_empty_to_approved_and_into_the_livret(visitor, tmp_path, width, javascript):
    """On a wide screen with scripts, and on a phone without: the same story."""
    region, state = visitor(width, javascript), visitor(width, javascript)
    region.sign_in("responsable@exercice.example")
    dossier = open_negotiation(region)
    step = f"{dossier}etapes/A1/"
    region.page.goto(region.base + step)
    region.sees("« Soumettre à la DGCT » sera possible quand il ne restera plus rien à faire.")
    fill_step(region, tmp_path)
    region.page.goto(region.base + step)
    region.sees("Rien : tout ce que la grille demande à cette étape est rempli.")
    region.press("Soumettre à la DGCT")
    region.sees("soumise")

    state.sign_in("examen@dgct.example")
    state.page.goto(state.base + step)
    state.press("Renvoyer pour correction")
    state.sees("Écrivez le motif")
    state.page.get_by_label("Motif").fill("Précisez la date de la délibération.")
    state.press("Renvoyer pour correction")

    region.page.goto(region.base + step)
    region.sees("Précisez la date de la délibération.")
    region.page.locator("form[data-guard] textarea").first.fill("La délibération est du 12 mars.")
    region.press("Enregistrer les réponses")
    region.press("Soumettre à la DGCT")

    state.page.goto(state.base + step)
    state.press("Approuver")
    state.sees("approuvée")
    region.page.goto(region.base + dossier + "livret/")
    # Forty pages take what the machine has left.
    with region.page.expect_download(timeout=170_000) as download:
        region.page.get_by_text(re.compile("Télécharger le projet")).first.click(timeout=170_000)
    text = pdf_files.text_of(download.value.path())
    assert "La délibération est du 12 mars." in text
    assert "ɲɛtaa" in text
    assert region.problems + state.problems == []


def test_every_page_is_light_accessible_and_fits(visitor):
    """Cold: ≤ 40 kB in ≤ 5 requests. Warm: ≤ 14 kB in 1. No axe violation, nothing wider than the window."""
    faults = []
    for width in (1280, 360):
        one = visitor(width)
        for path in PUBLIC:
            one.go(path, axe=width == 1280)
        one.sign_in("responsable@exercice.example")
        pages = ["/taches/", "/negociations/", "/negociations/ouvrir/", "/mot-de-passe/",
                 *(EXERCISE + page for page in DOSSIER_PAGES), f"{EXERCISE}engagements/plan/",
                 f"{EXERCISE}acteurs/roles/", f"{EXERCISE}fiches/evenements/ajouter/"]
        for path in pages:
            one.go(path, axe=width == 1280)
        one.sign_in("partenaire@ptf.example")
        for page in DOSSIER_PAGES[:-1]:
            one.go(KAYES + page, axe=width == 360)
        faults += one.too_heavy() + one.problems
    assert faults == []


def test_each_public_page_is_light_on_a_first_visit(visitor):
    faults = []
    for path in PUBLIC:
        one = visitor(360)
        one.go(path, axe=False)
        faults += one.too_heavy()
    assert faults == []


def test_a_lost_session_loses_no_text(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    one.page.goto(f"{one.base}{EXERCISE}etapes/B3/")
    one.page.locator("#B3-Q3 textarea, textarea[name=B3-Q3]").first.fill("Deux cents emplois, longtemps comptés.")
    one.page.context.clear_cookies(name="sessionid")
    one.press("Enregistrer les réponses")
    one.sees("Votre session a")
    one.page.get_by_label("Adresse électronique").fill("responsable@exercice.example")
    one.page.get_by_label("Mot de passe", exact=True).fill("demo-cper-2026")
    one.press("Se reconnecter")
    one.press("Reprendre l’enregistrement")
    one.sees("Vos réponses sont enregistrées.")
    assert one.page.locator("textarea[name=B3-Q3]").input_value() == "Deux cents emplois, longtemps comptés."


def test_a_double_click_submits_once(visitor):
    one = visitor()
    one.sign_in("responsable@exercice.example")
    one.page.goto(f"{one.base}{EXERCISE}etapes/B1/")
    one.page.locator("details[open] textarea[name=text]").fill("La nouvelle synthèse le dit.")
    one.press("Enregistrer la réponse")
    with one.page.expect_navigation():
        one.page.get_by_role("button", name="Soumettre à la DGCT").dblclick()
    one.sees("soumise")
    one.page.goto(f"{one.base}{EXERCISE}journal/")
    rows = one.page.locator("ol.version-list > li").filter(has_text="soumet l’étape B1 à la DGCT").count()
    assert rows == 2
