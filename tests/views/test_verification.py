"""The public page of an edition, and the verification of a copy by its code."""
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.models import Booklet
from negotiation.templatetags.components import date_of
from negotiation.workflow import booklets

from .. import factories

pytestmark = pytest.mark.django_db
UNKNOWN = "/verification/0000-0000-0000/"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def edition(dossier, manager):
    return factories.published(dossier, manager)


def address(edition):
    return f"/verification/{edition.grouped_code}/"


def text(response):
    return response.content.decode()


def test_the_page_of_a_code_identifies_the_edition(client, edition, dossier):
    page = client.get(address(edition))
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    for said in (str(dossier.region), f"{dossier.first_year}-{dossier.last_year}", "Cette édition est en vigueur",
                 edition.grouped_code, edition.sha256, f"1, établie le {date_of(edition.established_at)}",
                 "1 pages", f"{edition.size} octets", "Ce que cela prouve, et ce que cela ne prouve pas", "sha256sum",
                 "Get-FileHash", f'data-verify="{edition.sha256}"'):
        assert said in text(page), said


def test_the_page_of_a_code_says_what_became_of_the_edition(client, edition, dossier, manager):
    second = factories.established(dossier, manager)
    assert "n’est pas publiée" in text(client.get(address(second)))
    assert f'data-other="{second.sha256}"' not in text(client.get(address(edition)))
    booklets.publish(second, by=manager)
    page = text(client.get(address(edition)))
    assert f'<a href="/livrets/{dossier.slug}/2/">remplacée par l’édition 2</a>' in page
    assert f'data-other="{second.sha256}" data-number="2"' in page
    booklets.withdraw(second, "Montant faux", by=manager)
    page = text(client.get(address(second)))
    assert "Cette édition a été retirée le" in page
    assert "Montant faux" in page


def test_a_code_is_typed_as_one_likes_and_leads_to_its_page(client, edition):
    typed = edition.code.lower().replace("0", "o").replace("1", "l")
    answer = client.get("/verification/", {"code": f" {typed[:5]} {typed[5:]} "})
    assert (answer.status_code, answer.url) == (302, address(edition))
    assert client.get(f"/verification/{typed}/").status_code == 200
    assert client.get("/verification/").status_code == 200


@pytest.mark.parametrize("typed", ["", "K7QF", "<b>"])
def test_what_cannot_be_a_code_is_refused_and_kept(client, db, typed):
    answer = client.get("/verification/", {"code": typed})
    assert answer.status_code == 422
    assert ("Tapez le code" if not typed else "Ce n’est pas un code de vérification") in text(answer)


def test_an_unknown_code_says_so(client, edition):
    for path in (UNKNOWN, "/verification/rien/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Aucune édition ne porte ce code" in text(answer)


def test_guessing_is_slowed_down_and_reading_is_not(client, edition, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verification": "2/m/ip"}
    assert [client.get(address(edition)).status_code for _ in range(4)] == [200] * 4
    assert [client.get(UNKNOWN).status_code for _ in range(3)] == [404, 404, 429]
    # Nor does a good code answer then: it would tell good ones from bad ones.
    answer = client.get(address(edition))
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Pour que personne ne devine les codes" in text(answer)


def test_the_page_of_an_edition_sums_it_up_and_shares_well(client, edition, dossier, settings):
    page = text(client.get(f"/livrets/{dossier.slug}/1/"))
    for said in (str(dossier.region), f"/livrets/{dossier.slug}/1.pdf", address(edition), "Plan de financement",
                 str(dossier.owner)):
        assert said in page, said
    shared = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', page))
    assert set(shared) == {"type", "locale", "site_name", "url", "title", "description", "image"}
    assert shared["url"] == f"{settings.SITE_URL}/livrets/{dossier.slug}/1/"
    assert shared["description"].startswith("Édition 1, publiée le ")


def test_only_what_was_published_has_a_page(client, dossier, manager):
    edition = factories.established(dossier, manager)
    page = f"/livrets/{dossier.slug}/1/"
    assert client.get(page).status_code == 404
    assert "édition 1" not in text(client.get("/livrets/"))
    booklets.publish(edition, by=manager)
    assert client.get(page).status_code == 200
    factories.published(dossier, manager)
    assert "remplacée par l’édition 2" in text(client.get(page))
    assert "par l’édition 2" in text(client.get("/livrets/"))
    booklets.withdraw(Booklet.objects.get(number=1), "Erreur", by=manager)
    assert client.get(page).status_code == 410


def test_the_pages_cost_the_same_for_one_edition_and_for_three(client, dossier, manager):
    counts = []
    for _ in range(3):
        edition = factories.published(dossier, manager)
        for path in (address(edition), f"/livrets/{dossier.slug}/{edition.number}/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len([q for q in queries if '"cache"' not in q["sql"] and "SAVEPOINT" not in q["sql"]]))
    assert counts == [5, 4] * 3


def test_an_edition_older_than_the_codes_has_a_page_and_no_code(client, dossier, manager, edition):
    old = Booklet.objects.create(negotiation=dossier, number=9, sha256="9" * 64, size=9, pages=9, state="withdrawn",
                                 established_at=edition.established_at, published_at=edition.published_at,
                                 withdrawn_at=edition.published_at, withdrawal_reason="Erreur")
    assert client.get(f"/livrets/{dossier.slug}/{old.number}/").status_code == 410
    assert client.get("/livrets/").status_code == 200


def test_what_a_conforming_file_does_not_say_is_said_beside_it(client, dossier, manager):
    first, second = (factories.published(dossier, manager, text) for text in ("une", "deux"))
    third = factories.established(dossier, manager, "trois")

    def said(edition):
        page = client.get(address(edition)).content.decode()
        return re.search('data-but="([^"]*)"', page)[1]
    assert [said(one) for one in (first, second, third)] == [
        "est remplacée par l’édition 2", "", "n’est pas publiée"]
    booklets.withdraw(second, "Erreur de page.", by=manager)
    assert said(second) == "est retirée"
