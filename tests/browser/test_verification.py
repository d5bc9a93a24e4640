"""A downloaded livret is compared with the published one in the browser; an altered copy is told apart."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]


def test_a_copy_is_told_from_an_altered_one(visitor, tmp_path):
    one = visitor(360)
    one.go("/livrets/kayes-2018-2022/1/")
    with one.page.expect_download() as download:
        one.page.get_by_role("link", name="Télécharger le livret").click()
    copy, altered, empty = tmp_path / "copie.pdf", tmp_path / "altérée.pdf", tmp_path / "vide.pdf"
    download.value.save_as(copy)
    altered.write_bytes(copy.read_bytes()[:-1] + b" ")
    empty.touch()
    one.page.get_by_role("link", name="La page de vérification").click()
    one.sees("Cette édition est en vigueur")
    verdict = one.page.locator("[data-verdict]")
    one.page.get_by_label("Votre fichier PDF").set_input_files(copy)
    verdict.get_by_text("Conforme", exact=True).wait_for()
    one.page.get_by_label("Votre fichier PDF").set_input_files(altered)
    verdict.get_by_text("Non conforme", exact=True).wait_for()
    one.page.get_by_label("Votre fichier PDF").set_input_files(empty)
    verdict.get_by_text("Ce fichier est vide", exact=True).wait_for()
    one.go(one.page.url.removeprefix(one.base))
    assert one.problems == []
