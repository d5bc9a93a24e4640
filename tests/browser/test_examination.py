"""The whole exchange on a running server, a browser per role: opinion, remarks, return, correction, two approvals."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]


@pytest.fixture
def people(visitor):
    """The Region on a phone without scripts, the reviewers on a wide screen with them."""
    found = {}
    for name, email, width, scripts in [
            ("region", "responsable@exercice.example", 360, False), ("adviser", "avis@dnpd.example", 360, False),
            ("examiner", "examen@dgct.example", 1280, True), ("director", "direction@dgct.example", 1280, True)]:
        found[name] = visitor(width, scripts)
        found[name].sign_in(email)
    return found


def test_a_step_is_examined_corrected_and_approved_at_two_levels(server, people):
    slug = server.run("-m", "tests.prepare_examination").split()[-1]
    step = f"/negociations/{slug}/etapes/C4/"
    region, adviser, examiner, director = people.values()

    def at(who, path=step):
        who.page.goto(who.base + path)
        return who

    at(region).press("Soumettre à la DGCT")
    region.sees("Qui a la main : DNPD (avis)")

    at(adviser, f"{step}examen/").page.get_by_label("réservé", exact=True).check()
    adviser.page.locator("#motif-opinion").fill("Le calendrier de la part de la Région manque.")
    adviser.press("Rendre l’avis")

    at(examiner, "/examens/").sees("C4 — Chiffrer et bâtir le plan de financement pluriannuel")
    at(examiner, f"{step}examen/").sees("Le calendrier de la part de la Région manque.")
    place = examiner.page.locator("#element-answer-C4\\.Q1")
    place.get_by_text("Écrire une observation").click()
    place.get_by_label("Ce qui ne va pas").fill("La méthode de calcul n’est pas dite.")
    place.get_by_label("Ce qui est demandé").fill("Dites d’où vient chaque coût.")
    with examiner.page.expect_navigation():
        place.get_by_role("button", name="Garder l’observation").click()

    assert "La méthode de calcul" not in at(region).page.content()
    assert "Le calendrier de la part" not in region.page.content()
    at(examiner, f"{step}examen/").press("Renvoyer pour correction")

    at(region).sees("La méthode de calcul n’est pas dite.")
    region.sees("Le calendrier de la part de la Région manque.")
    assert [region.page.locator(f"[name=C4-Q{number}]").is_disabled() for number in (1, 2)] == [False, True]
    region.page.locator("[name=C4-Q1]").fill("Réponse C4.Q1, d’après trois devis.")
    region.press("Enregistrer les réponses")
    region.page.get_by_label("Message").first.fill("Les trois devis sont cités.")
    region.press("Enregistrer la réponse")
    region.press("Soumettre à la DGCT")

    at(adviser, f"{step}examen/").page.get_by_label("favorable", exact=True).check()
    adviser.press("Rendre l’avis")
    at(examiner, f"{step}examen/").sees("A changé depuis la soumission n° 1")
    assert "d’après trois devis." in examiner.page.locator("ins").first.inner_text()
    examiner.sees("Les trois devis sont cités.")
    examiner.press("Lever l’observation")
    examiner.press("Approuver et transmettre au niveau suivant")
    at(director, f"{step}examen/").press("Approuver")

    at(region).sees("approuvée")
    at(region, f"{step}comparer/").sees("1 élément change.")
    journal = at(region, f"/negociations/{slug}/journal/").page.locator("main").inner_text().replace("\xa0", " ")
    told = ["soumet l’étape C4", "donne un avis réservé sur l’étape C4", "renvoie l’étape C4",
            "répond à une observation", "donne un avis favorable sur l’étape C4", "lève une observation",
            "propose d’approuver l’étape C4", "approuve l’étape C4"]
    assert [words for words in told if words not in journal] == []
    assert [problem for who in people.values() for problem in who.problems] == []
    assert server.manage("verify_journal", slug).startswith("Journal intact")
