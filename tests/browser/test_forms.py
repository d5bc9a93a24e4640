"""Forms in a real browser, with and without scripts: nothing typed is dropped without a word."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
EXERCISE = "/negociations/exercice-2027-2031/"


def open_page(visitor, path, **options):
    one = visitor(**options)
    one.sign_in("responsable@exercice.example")
    one.page.goto(one.base + EXERCISE + path)
    return one, one.page


@pytest.mark.parametrize("javascript", [True, False])
def test_an_impossible_date_is_refused_and_comes_back(visitor, javascript):
    one, page = open_page(visitor, "fiches/evenements/ajouter/", javascript=javascript)
    page.get_by_label("Date (ou début)").press_sequentially("12032027")
    page.get_by_label("Date de fin").press_sequentially("31/02/2027")
    one.press("Enregistrer")
    one.sees("Date de fin — Cette date n’existe pas : écrivez-la comme 31/08/2018.")
    assert [page.get_by_label(name).input_value() for name in ("Date (ou début)", "Date de fin")] == [
        "12032027", "31/02/2027"]
    assert one.problems == []
