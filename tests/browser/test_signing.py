"""An edition is shared, signed by both, published and found, in a real browser, with scripts and without."""
import pytest

from .. import factories
from .test_story import open_negotiation

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
REGION, STATE = "responsable@exercice.example", "direction@dgct.example"


def sign(one, address, function, **more):
    one.page.goto(one.base + address)
    one.page.get_by_label("Fonction du signataire").fill(function)
    one.page.get_by_label("Date de la signature").fill("02/11/2018")
    one.page.get_by_label("Mandat", exact=True).fill("Délibération n° 7")
    if "file" in more:
        one.page.get_by_label("Numérisation des pages signées").set_input_files(more["file"])
    else:
        one.page.get_by_label("La numérisation déjà déposée").check()
    one.press("Déposer la signature")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_edition_is_shared_signed_published_and_found(visitor, server, tmp_path, javascript):
    one, reader = visitor(360, javascript), visitor(1280, javascript)
    one.sign_in(REGION)
    dossier = open_negotiation(one)
    slug = dossier.split("/")[2]
    server.manage("freeze_booklet", slug)
    one.page.goto(f"{one.base}{dossier}livret/1/partages/")
    one.page.get_by_label("Destinataire").fill("Agence d’essai")
    one.press("Créer le lien")
    address = one.page.get_by_label("Adresse à envoyer").input_value()
    copy = tmp_path / "exemplaire.pdf"
    secret = "/partage/" + address.partition("/partage/")[2]
    reader.page.goto(reader.base + secret)
    reader.sees("Agence d’essai")
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="Télécharger l’exemplaire").click()
    download.value.save_as(copy)
    one.page.goto(f"{one.base}{dossier}livret/1/partages/")
    one.sees("1, le dernier le")
    one.press("Révoquer le lien remis à Agence d’essai")
    assert reader.page.goto(reader.base + secret).status == 410
    reader.sees("révoqué")
    scan = tmp_path / "pages.pdf"
    scan.write_bytes(factories.pdf_bytes("pages"))
    sign(one, f"{dossier}livret/1/signatures/", "Président du Conseil régional", file=scan)
    one.sees("Le contrat sera signé quand l’autre partie l’aura signé aussi.")
    state = visitor(1280, javascript)
    state.sign_in(STATE)
    sign(state, f"{dossier}livret/1/signatures/", "Gouverneur")
    state.sees("Le contrat est signé sur cette édition")
    server.manage("publish_booklet", slug, "1")
    reader.page.goto(f"{reader.base}/livrets/?q=EXERCICE+fictif&region=region+de+koulikoro&etat=en-vigueur")
    reader.sees("signée")
    reader.page.goto(f"{reader.base}/livrets/{slug}/1/")
    reader.sees("Le contrat est signé sur cette édition")
    reader.page.get_by_role("link", name="La page de vérification").click()
    if javascript:
        reader.page.get_by_label("Votre fichier PDF").set_input_files(copy)
        reader.page.locator("[data-verdict]").get_by_text("Non conforme : exemplaire nominatif").wait_for()
    assert [visit.problems for visit in (one, reader, state)] == [[], [], []]
