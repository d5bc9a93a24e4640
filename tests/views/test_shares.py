"""Share links: one reader, some days, revocable, counted; and the copies that an organisation was given."""
import hashlib
import io
import re
from datetime import timedelta

import pikepdf
import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cper.logs import LINK
from negotiation.choices import Action
from negotiation.forms.shares import new_token
from negotiation.models import JournalEntry, ShareLink
from negotiation.workflow import booklets, shares
from negotiation.workflow.negotiations import share
from negotiation.workflow.transitions import NotAllowed

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR = tmp_path
    cache.clear()


@pytest.fixture
def edition(dossier, manager):
    return factories.established(dossier, manager)


@pytest.fixture
def url(dossier, edition):
    return f"/negociations/{dossier.slug}/livret/{edition.number}/partages/"


def text(response):
    return response.content.decode()


def create(client, url, **fields):
    return client.post(url, {"recipient": "ANICT", "days": "30", "token": new_token()} | fields)


def address(response):
    return re.search(r'value="http://localhost:8000(/partage/[^"]+)"', text(response))[1]


def test_a_link_is_created_for_one_reader_and_its_address_is_shown_once(sign_in, manager, edition, url):
    client = sign_in(manager)
    made = create(client, url, recipient="Secrétariat général du ministère", days="7")
    path = address(made)
    link = ShareLink.objects.get()
    assert (made.status_code, link.recipient, link.booklet, link.days, link.opened, link.created_by) == (
        200, "Secrétariat général du ministère", edition, 7, 0, manager)
    assert link.expires_at - link.created_at == timedelta(days=7)
    assert len(path) == len("/partage/") + 43 + 1
    assert path not in text(client.get(url))
    entry = JournalEntry.objects.get(action=Action.SHARE_CREATE)
    assert (entry.subject, entry.details) == (
        "livret, édition 1, pour Secrétariat général du ministère",
        {"edition": 1, "share_link": link.pk, "sha256": link.sha256, "days": 7})
    secret = path.removeprefix("/partage/").strip("/")
    kept = str([*ShareLink.objects.values(), *JournalEntry.objects.values()])
    assert secret not in kept
    assert hashlib.sha256(secret.encode()).hexdigest() in kept


def test_a_double_click_creates_one_link_and_shows_its_address_again(sign_in, manager, url):
    client, token = sign_in(manager), new_token()
    pages = [create(client, url, token=token) for _ in range(2)]
    assert address(pages[0]) == address(pages[1])
    assert ShareLink.objects.count() == JournalEntry.objects.filter(action=Action.SHARE_CREATE).count() == 1


@pytest.mark.parametrize("token", ["", "choisi-par-moi", "a" * 300])
def test_nobody_chooses_the_address(sign_in, manager, url, token):
    path = address(create(sign_in(manager), url, token=token))
    assert len(path) == len("/partage/") + 43 + 1
    assert not token or token not in path


@pytest.mark.parametrize(("fields", "said"), [
    ({"recipient": "  "}, "Nommez le destinataire"), ({"days": "0"}, "de 1 à 180"), ({"days": "181"}, "de 1 à 180"),
    ({"days": "trente"}, "de 1 à 180"), ({"days": ""}, "de 1 à 180"), ({"recipient": "x" * 121}, "la limite est de"),
    ({"organisation": "999999"}, "Erreur")])
def test_what_is_wrong_is_said_and_kept(sign_in, manager, url, fields, said):
    answer = create(sign_in(manager), url, **fields)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not ShareLink.objects.exists()


def test_the_address_gives_the_copy_and_counts_it_without_writing_on_a_read(client, edition, manager, dossier):
    link, token = factories.shared(edition, manager)
    path = f"/partage/{token}/"
    page = client.get(path)
    assert (page.status_code, page["Referrer-Policy"], page["X-Robots-Tag"]) == (
        200, "strict-origin", "noindex, nofollow, noarchive")
    assert "no-store" in page["Cache-Control"]
    for said in ("ANICT, Bamako", "n’est pas publique", link.sha256):
        assert said in text(page)
    assert ShareLink.objects.get().opened == 0
    answers = [client.post(path) for _ in range(2)]
    content = b"".join(answers[0].streaming_content)
    assert hashlib.sha256(content).hexdigest() == link.sha256 != edition.sha256
    assert answers[0]["Content-Disposition"] == f'attachment; filename="livret-{dossier.slug}-edition-1-exemplaire.pdf"'
    link.refresh_from_db()
    assert (link.opened, link.opened_at is not None) == (2, True)
    assert {entry.action for entry in JournalEntry.objects.filter(action__startswith="share.")} == {"share.create"}


def test_the_address_asks_for_the_token_of_its_page(edition, manager):
    _, token = factories.shared(edition, manager)
    assert Client(enforce_csrf_checks=True).post(f"/partage/{token}/").status_code == 403
    assert ShareLink.objects.get().opened == 0


@pytest.mark.parametrize("end", ["revoked", "expired", "withdrawn"])
def test_a_link_that_no_longer_serves_says_so_and_nothing_more(client, sign_in, edition, manager, dossier, url, end):
    link, token = factories.shared(edition, manager)
    if end == "revoked":
        assert sign_in(manager).post(f"{url}{link.pk}/revoquer/").status_code == 302
        client.logout()
    elif end == "expired":
        now = timezone.now()
        ShareLink.objects.update(created_at=now - timedelta(days=30), expires_at=now)
    else:
        booklets.withdraw(booklets.publish(edition, by=manager), "Erreur", by=manager)
    for answer in (client.get(f"/partage/{token}/"), client.post(f"/partage/{token}/")):
        assert answer.status_code == 410
        assert {"revoked": "révoqué", "expired": "expiré", "withdrawn": "retiré"}[end] in text(answer)
        for hidden in (link.recipient, dossier.title, str(dossier.region), link.sha256):
            assert hidden not in text(answer)
    assert ShareLink.objects.get().opened == 0


def test_revoking_is_an_act_and_happens_once(edition, manager, director):
    link, _ = factories.shared(edition, manager)
    shares.revoke(link, by=director)
    shares.revoke(link, by=manager)
    link.refresh_from_db()
    assert link.revoked_by == director
    entry = JournalEntry.objects.get(action=Action.SHARE_REVOKE)
    assert (entry.by, entry.details["share_link"]) == (director, link.pk)


def test_a_link_of_another_edition_is_not_revoked_here(sign_in, edition, manager, dossier):
    link, _ = factories.shared(edition, manager)
    factories.published(dossier, manager)
    other = f"/negociations/{dossier.slug}/livret/2/partages/{link.pk}/revoquer/"
    assert sign_in(manager).post(other).status_code == 404
    assert ShareLink.objects.get().revoked_at is None


def test_an_unknown_address_says_so_and_guessing_is_slowed_down(client, edition, manager, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"share": "2/m/ip"}
    _, token = factories.shared(edition, manager)
    assert [client.get(f"/partage/{token}/").status_code for _ in range(4)] == [200] * 4
    assert [client.get(f"/partage/{'a' * 43}/").status_code for _ in range(3)] == [404, 404, 429]
    answer = client.post(f"/partage/{token}/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Pour que personne ne devine les liens" in text(answer)
    assert ShareLink.objects.get().opened == 0


@pytest.mark.parametrize("withdrawn", [False, True])
def test_only_an_edition_that_is_not_public_is_shared(sign_in, edition, manager, url, withdrawn):
    booklets.publish(edition, by=manager)
    if withdrawn:
        booklets.withdraw(edition, "Erreur", by=manager)
    with pytest.raises(NotAllowed, match="est retirée" if withdrawn else "est publique"):
        factories.shared(edition, manager)
    client = sign_in(manager)
    answer = create(client, url)
    assert (answer.status_code, ShareLink.objects.count()) == (409, 0)
    assert "Créer le lien" not in text(client.get(url))


def test_a_link_made_before_the_edition_is_published_leads_to_it(client, edition, manager, dossier):
    _, token = factories.shared(edition, manager)
    booklets.publish(edition, by=manager)
    page = text(client.get(f"/partage/{token}/"))
    assert "publiée depuis" in page
    assert f"/livrets/{dossier.slug}/1/" in page


def test_an_organisation_finds_its_copy_on_its_own_page(sign_in, edition, manager, people):
    partner = people["partner"]
    link, _ = factories.shared(edition, manager, organisation=partner.memberships.get().organisation)
    client = sign_in(partner)
    page = text(client.get("/taches/"))
    assert "Exemplaires remis à votre organisation (1)" in page
    assert "Dossiers ouverts à votre organisation (1)" in page
    assert "Aucune édition du livret n’est publiée." in page
    assert client.post(f"/exemplaires/{link.pk}/").status_code == 200
    shares.revoke(link, by=manager)
    assert client.post(f"/exemplaires/{link.pk}/").status_code == 410
    assert "Exemplaires remis" not in text(client.get("/taches/"))
    assert ShareLink.objects.get().opened == 1
    for who in ("adviser", "manager", "stranger"):
        assert sign_in(people[who]).post(f"/exemplaires/{link.pk}/").status_code == 404


def test_the_tasks_of_a_partner_cost_the_same_for_one_and_for_three(sign_in, dossier, manager, people, stranger):
    partner = people["partner"]
    organisation, client, counts = partner.memberships.get().organisation, sign_in(partner), []
    council = stranger.current_memberships[0].organisation
    for number in range(3):
        other = factories.negotiation(council, stranger, first_year=2027 + 5 * number, last_year=2031 + 5 * number)
        share(other, organisation, by=stranger)
        factories.shared(factories.established(other, stranger), stranger, organisation=organisation)
        with CaptureQueriesContext(connection) as queries:
            client.get("/taches/")
        counts.append(len(queries))
    assert counts == [8, 8, 8]


def test_the_page_of_links_costs_the_same_for_one_and_for_three(sign_in, edition, manager, url):
    client, counts = sign_in(manager), []
    for _ in range(3):
        factories.shared(edition, manager)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 15


@pytest.mark.parametrize("change", [
    {"recipient": ""}, {"days": 0}, {"days": 181}, {"expires_at": "2020-01-01T00:00Z"}, {"opened": 3},
    {"revoked_at": "2030-01-01T00:00Z"}])
def test_the_database_itself_refuses_a_link_that_makes_no_sense(edition, manager, change):
    factories.shared(edition, manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareLink.objects.update(**change)


def test_the_log_never_says_the_address():
    assert LINK.sub(r"\1…", "Not Found: /partage/abc-DEF_1/ and /invitation/xyz/") == (
        "Not Found: /partage/…/ and /invitation/…/")


def test_the_verification_page_knows_a_copy_from_the_edition(client, edition, manager):
    link, _ = factories.shared(edition, manager)
    page = text(client.get(f"/verification/{edition.grouped_code}/"))
    assert f'data-copy="{link.sha256}" data-number="1"' in page
    assert f'data-verify="{edition.sha256}"' in page
    assert link.recipient not in page
    assert "porte le nom de son destinataire sur chaque page" in page


def test_the_verification_page_knows_the_copy_of_another_edition_that_is_public(client, dossier, edition, manager):
    """Of one that is not, nothing is said, not even that there are copies."""
    second = factories.established(dossier, manager)
    link, _ = factories.shared(second, manager)
    address = f"/verification/{edition.grouped_code}/"
    assert link.sha256 not in text(client.get(address))
    booklets.publish(second, by=manager)
    assert f'data-copy="{link.sha256}" data-number="2"' in text(client.get(address))


def test_the_copy_of_a_real_file_names_its_recipient_on_its_page(sign_in, edition, manager, url):
    path = address(create(sign_in(manager), url, recipient="Agence « ANICT », Bamako — Ɲɛnɛ"))
    with pikepdf.open(io.BytesIO(b"".join(Client().post(path).streaming_content))) as document:
        assert str(document.docinfo.Title) == "livret 1 — exemplaire remis à Agence « ANICT », Bamako — Ɲɛnɛ"
    assert ShareLink.objects.get().size > edition.size
