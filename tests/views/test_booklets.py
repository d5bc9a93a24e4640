"""The page of the livret, its draft PDF, its publication, and the public pages of its editions."""
import io

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import Action, Nature, OrganisationKind, Role
from negotiation.documents.booklet import render
from negotiation.documents.pdf import PdfError
from negotiation.documents.slots import slot
from negotiation.models import Booklet, Difficulty, Event, JournalEntry

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages(settings, tmp_path, monkeypatch):
    """No livret is laid out here: the HTML pages that would be, in the order they were asked for."""
    settings.VAR = tmp_path
    asked = []

    def to_pdf(html, stylesheets, **options):
        asked.append(html)
        return factories.pdf_bytes(f"livret {len(asked)}")

    monkeypatch.setattr(render, "to_pdf", to_pdf)
    return asked


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/livret/"


def body(response):
    return b"".join(response.streaming_content)


def publish(client, url, **data):
    return client.post(f"{url}publier/", data)


def test_the_page_tells_each_chapter_and_what_is_still_empty(sign_in, editor, dossier, url):
    Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion")
    html = sign_in(editor).get(url).content.decode()
    for said in ("2. Chronologie de la négociation", "1\u00a0événement", "Aucune obligation", "sans réponse sur",
                 "Aucune édition n’est publiée.", f"{url}pdf/"):
        assert said in html, said


def test_only_those_who_may_publish_see_the_button(sign_in, editor, manager, examiner, director, url):
    shown = {user: "Publier cette édition" in sign_in(user).get(url).content.decode()
             for user in (editor, manager, examiner, director)}
    assert shown == {editor: False, manager: True, examiner: False, director: True}


def test_the_page_costs_the_same_for_one_row_and_for_three(sign_in, editor, dossier, url):
    client, counts = sign_in(editor), []
    for _ in range(2):
        Difficulty.objects.create(negotiation=dossier, family="human", what="Difficulté")
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts == [7, 7]


def test_the_draft_is_made_once_for_the_same_words(sign_in, editor, dossier, url, pages):
    client = sign_in(editor)
    first, second = client.get(f"{url}pdf/"), client.get(f"{url}pdf/")
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="livret-{dossier.slug}-projet.pdf"'
    assert body(first) == body(second)
    assert len(pages) == 1
    assert 'data-mark="Projet"' in pages[0]
    Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion")
    client.get(f"{url}pdf/")
    assert len(pages) == 2


def test_an_older_draft_is_not_kept(sign_in, editor, dossier, url, settings):
    client = sign_in(editor)
    for title in ("Une", "Deux"):
        Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title=title)
        client.get(f"{url}pdf/")
    assert len(list((settings.VAR / "booklets").glob("*.pdf"))) == 1


def test_a_stranger_sees_no_livret(sign_in, stranger, url):
    client = sign_in(stranger)
    assert [client.get(address).status_code for address in (url, f"{url}pdf/")] == [404, 404]
    assert publish(client, url).status_code == 404


@pytest.mark.parametrize("who", ["editor", "examiner"])
def test_those_who_may_not_publish_are_refused(request, sign_in, url, who, pages):
    assert publish(sign_in(request.getfixturevalue(who)), url).status_code == 403
    assert Booklet.objects.count() == len(pages) == 0


def test_an_edition_is_numbered_stored_and_written_in_the_journal(sign_in, manager, client, dossier, url, pages):
    response = publish(sign_in(manager), url, key="once")
    assert response.status_code == 302
    edition = Booklet.objects.get()
    assert (edition.number, edition.pages, edition.published_by) == (1, 1, manager)
    assert 'data-mark=""' in pages[0]
    assert "Édition 1" in pages[0]
    entry = JournalEntry.objects.get(action=Action.BOOKLET_PUBLISH)
    assert (entry.details["edition"], entry.details["sha256"]) == (1, edition.sha256)
    client.logout()
    answer = client.get(f"/livrets/{dossier.slug}/1.pdf")
    with pikepdf.open(io.BytesIO(body(answer))) as pdf:
        assert pdf.docinfo["/Title"] == "livret 1"


def test_the_same_form_sent_twice_publishes_once(sign_in, manager, url):
    client = sign_in(manager)
    assert [publish(client, url, key="once").status_code for _ in range(2)] == [302, 302]
    assert Booklet.objects.count() == 1


def test_a_livret_that_says_the_same_is_not_published_again(sign_in, manager, dossier, url, pages):
    client = sign_in(manager)
    publish(client, url)
    refused = publish(client, url)
    assert refused.status_code == 409
    assert "n’a pas changé depuis l’édition 1" in refused.content.decode()
    assert len(pages) == 1
    Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion")
    assert publish(client, url).status_code == 302
    assert list(Booklet.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_an_edition_is_kept_for_good_by_whoever_has_it(client, sign_in, manager, dossier, url):
    publish(sign_in(manager), url)
    client.logout()
    address = f"/livrets/{dossier.slug}/1.pdf"
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["ETag"] == f'"{Booklet.objects.get().sha256}"'
    assert int(answer["Content-Length"]) == Booklet.objects.get().size
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405
    assert client.get(f"/livrets/{dossier.slug}/2.pdf").status_code == 404


def test_the_public_page_lists_editions_newest_first_with_their_nature(client, sign_in, manager, url, dossier):
    assert "Aucun livret n’est publié" in client.get("/livrets/").content.decode()
    publish(sign_in(manager), url)
    dossier.nature = Nature.FICTIONAL
    dossier.save()
    publish(sign_in(manager), url)
    client.logout()
    html = client.get("/livrets/").content.decode()
    assert html.index("édition 2") < html.index("édition 1")
    assert "exercice fictif" in html
    assert Booklet.objects.first().sha256 in html


def test_the_public_page_costs_the_same_for_one_edition_and_for_three(client, sign_in, manager, dossier, url):
    counts = []
    for _ in range(2):
        Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion")
        publish(sign_in(manager), url)
        client.logout()
        with CaptureQueriesContext(connection) as queries:
            client.get("/livrets/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_a_livret_that_cannot_be_made_says_why_and_keeps_the_page(sign_in, manager, url, monkeypatch):
    def fails(*args, **options):
        raise PdfError("Le livret est trop long.")

    monkeypatch.setattr(render, "to_pdf", fails)
    client = sign_in(manager)
    for answer in (client.get(f"{url}pdf/"), publish(client, url)):
        assert answer.status_code == 503
        assert "Le livret est trop long." in answer.content.decode()
    assert Booklet.objects.count() == 0


def test_a_third_livret_waits_and_says_so(sign_in, editor, url, settings, monkeypatch):
    monkeypatch.setattr(render.pdf, "__kwdefaults__", {"wait": 0})
    monkeypatch.setattr(render.draft, "__kwdefaults__", {"wait": 0})
    folder = settings.VAR / "renders"
    with slot(folder, count=2, wait=0), slot(folder, count=2, wait=0):
        answer = sign_in(editor).get(f"{url}pdf/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "en préparation sur cette machine" in answer.content.decode()


def test_partners_of_the_dossier_read_the_draft(sign_in, dossier, manager, url):
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    dossier.openings.create(organisation=partner)
    assert sign_in(factories.member(partner, Role.PARTNER)).get(f"{url}pdf/").status_code == 200


def test_the_command_writes_the_draft(dossier, tmp_path, capsys):
    target = tmp_path / "kayes.pdf"
    call_command("booklet", dossier.slug, output=str(target))
    assert target.read_bytes().startswith(b"%PDF-")
    assert "Livret écrit" in capsys.readouterr().out


@pytest.mark.parametrize(("slug", "output", "said"), [
    ("inconnu", "x.pdf", "Aucune négociation n’a l’identifiant « inconnu »"),
    (None, "absent/x.pdf", "n’existe pas")])
def test_the_command_explains_its_refusals(dossier, tmp_path, slug, output, said):
    with pytest.raises(CommandError, match=said):
        call_command("booklet", slug or dossier.slug, output=str(tmp_path / output))
