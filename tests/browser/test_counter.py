"""The counter under a long text: seen near the limit only, whatever the limit; it counts signs as the server does."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
FORM = "/negociations/exercice-2027-2031/fiches/difficultes/ajouter/"


@pytest.mark.parametrize(("limit", "near"), [(20_000, 2_000), (2_000, 400), (500, 100)])
def test_the_counter_shows_near_the_limit_only(visitor, limit, near):
    one = visitor()
    one.sign_in("responsable@exercice.example")

    def shorten(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-limit="20000"', f'data-limit="{limit}"'))
    one.page.route(f"**{FORM}", shorten)
    one.page.goto(one.base + FORM)
    area = one.page.locator("textarea[data-limit]").first
    seen = []
    for left in (limit, near, near - 1, -1):
        area.fill("🙂" * (limit - left))
        line = area.locator("xpath=following-sibling::p[1]")
        seen.append(line.inner_text().replace("\u202f", "") if line.is_visible() else "")
    assert seen == ["", "", f"Il reste {near - 1} caractères", "1 caractère de trop"]
    assert one.problems == []
