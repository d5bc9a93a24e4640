"""The page of the signed copy, hostile scans, and what the public pages say of who signed which edition."""
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from negotiation.models import Signature
from negotiation.workflow import booklets, signatures

from .. import factories
from ..files import hostile_images, hostile_pdf
from .test_worksheets import code, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(dossier, manager):
    return factories.published(dossier, manager)


@pytest.fixture
def url(dossier, edition):
    return f"/negociations/{dossier.slug}/livret/1/signatures/"


def text(response):
    return response.content.decode()


def deposit(client, url, *, name="pages.pdf", data=None, **fields):
    file = SimpleUploadedFile(name, factories.pdf_bytes("pages") if data is None else data)
    return client.post(url, {"party": "region", "function": "Président du Conseil régional", "key": "",
                             "signed_on": f"{timezone.localdate():%d/%m/%Y}", "mandate": "Délibération n° 12",
                             "place": "Kayes", "file": file} | fields)


def test_the_pages_say_that_the_contract_is_signed(client, sign_in, manager, director, dossier, edition, url):
    assert deposit(sign_in(manager), url).status_code == 302
    client.logout()
    pages = [f"/livrets/{dossier.slug}/1/", f"/verification/{edition.grouped_code}/"]
    assert ["Une signature sur deux est déposée" in text(client.get(page)) for page in pages] == [True, True]
    answer = deposit(sign_in(director), url, party="state", function="Gouverneur de la Région", same="on", file="",
                     mandate="Instruction n° 3")
    assert (answer.status_code, Signature.objects.values("sha256").distinct().count()) == (302, 1)
    assert "Le contrat est signé sur cette édition" in text(client.get(url))
    client.logout()
    for page in pages:
        html = text(client.get(page))
        for said in ("Le contrat est signé sur cette édition", "Président du Conseil régional", "à <span", "Gouverneur",
                     "Délibération n°\u00a012", "Instruction n°\u00a03", "Conseil régional de Kayes</span>)",
                     "DGCT</span>)"):
            assert said in html, (page, said)
        assert "pages.pdf" not in html
    assert "signée" in text(client.get("/livrets/"))
    assert "Contrat signé." in text(client.get(pages[0]))


def test_when_the_signed_edition_is_replaced_the_pages_say_which_is_signed(
        client, sign_in, manager, director, dossier, edition):
    for by, party in ((manager, "region"), (director, "state")):
        factories.signed(edition, by, party)
    page = sign_in(manager)
    assert "Le contrat est signé sur cette édition.</strong> La retirer" in text(
        page.get(f"/negociations/{dossier.slug}/livret/"))
    second = factories.established(dossier, manager)
    offered = text(page.get(f"/negociations/{dossier.slug}/livret/2/publier/"))
    assert "Le contrat est signé sur l’édition 1" in offered
    assert "contrat signé</span>" in text(page.get(f"/negociations/{dossier.slug}/"))
    booklets.publish(second, by=manager)
    assert "contrat signé sur l’édition 1</span>" in text(page.get(f"/negociations/{dossier.slug}/"))
    client.logout()
    first = text(client.get(f"/livrets/{dossier.slug}/1/"))
    assert "c’est cette édition-ci que les parties ont signée" in first
    for page in (f"/livrets/{dossier.slug}/2/", f"/verification/{second.grouped_code}/"):
        assert f'Les parties ont signé <a href="/livrets/{dossier.slug}/1/">l’édition 1</a>' in text(client.get(page))
    booklets.withdraw(second, "Erreur", by=manager)
    for page in (f"/livrets/{dossier.slug}/1/", f"/verification/{edition.grouped_code}/"):
        told = text(client.get(page))
        assert "retirée depuis" in told
        assert "ucune édition n’est en vigueur aujourd’hui" in told
    booklets.withdraw(edition, "Erreur", by=manager)
    assert "Le contrat avait été signé sur cette édition, qui est retirée" in text(
        client.get(f"/verification/{edition.grouped_code}/"))
    assert "avait été signé" in text(client.get(f"/livrets/{dossier.slug}/1/"))


@pytest.mark.parametrize(("fields", "said"), [
    ({"function": ""}, "Ce champ est obligatoire"), ({"mandate": " "}, "Ce champ est obligatoire"),
    ({"signed_on": "31/02/2026"}, "Cette date n’existe pas"), ({"file": ""}, "Choisissez la numérisation"),
    ({"party": "autre"}, "Dites quelle partie a signé")])
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in, manager, url, fields, said):
    answer = deposit(sign_in(manager), url, **fields)
    assert answer.status_code == 422
    assert said in text(answer)
    assert 'value="Kayes"' in text(answer)
    assert not Signature.objects.exists()


def test_what_the_act_refuses_is_said_in_the_form(sign_in, manager, url):
    answer = deposit(sign_in(manager), url, signed_on="01/01/2999")
    assert answer.status_code == 409
    assert "à venir" in text(answer)
    assert 'value="Kayes"' in text(answer)


@pytest.mark.parametrize(("name", "data"), [
    ("pages.pdf", hostile_pdf.hiding()()), ("pages.jpg", hostile_images.jpeg_of(60_000, 60_000)),
    ("pages.pdf", b"%PDF-1.4 rien"), ("pages.png", b"<svg onload=alert(1)>"), ("pages.svg", b"<svg/>"),
    ("pages.exe", b"MZ"), ("pages.pdf", b""), ("pages.html", b"<script>")])
def test_a_file_that_is_no_scan_is_refused(sign_in, manager, url, name, data):
    answer = deposit(sign_in(manager), url, name=name, data=data)
    assert answer.status_code == 422
    assert not Signature.objects.exists()


def test_a_document_that_is_sound_and_no_scan_is_refused(sign_in, manager, url):
    workbook = io.BytesIO()
    Workbook().save(workbook)
    answer = deposit(sign_in(manager), url, name="pages.xlsx", data=workbook.getvalue())
    assert "Une numérisation n’est pas un document de bureau. Déposez un PDF, ou une image PNG ou JPEG." in text(answer)
    for name in ("pages.txt", "pages"):
        answer = text(deposit(sign_in(manager), url, name=name, data=b"Signature"))
        assert ("Déposez un PDF, ou une image PNG ou JPEG." in answer, "DOCX" in answer) == (True, False)
    assert not Signature.objects.exists()


def test_a_replacement_says_why_and_keeps_the_earlier_scan_readable(sign_in, manager, dossier, url):
    client = sign_in(manager)
    deposit(client, url)
    refused = deposit(client, url, data=factories.pdf_bytes("autre"))
    assert "dites pourquoi vous la remplacez" in text(refused)
    assert deposit(client, url, data=factories.pdf_bytes("autre"), reason="Page floue").status_code == 302
    html = text(client.get(url))
    assert "Page floue" in html
    scans = [client.get(f"{url}{one.pk}/") for one in Signature.objects.all()]
    assert [b"".join(one.streaming_content)[:5] for one in scans] == [b"%PDF-"] * 2
    assert {(one["Content-Disposition"], one["Content-Security-Policy"]) for one in scans} == {
        ('attachment; filename="pages.pdf"', "sandbox; default-src 'none'")}


def test_the_same_scan_serves_only_when_the_other_party_has_one(sign_in, manager, url):
    client = sign_in(manager)
    deposit(client, url)
    answer = deposit(client, url, same="on", file="", reason="Essai")
    assert "L’autre partie n’a pas encore de numérisation ici" in text(answer)
    assert Signature.objects.count() == 1


def test_a_withdrawal_has_a_reason(sign_in, manager, edition, url):
    signature = factories.signed(edition, manager)
    client = sign_in(manager)
    refused = client.post(f"{url}{signature.pk}/retirer/", {"reason": " "})
    assert refused.status_code == 422
    assert "Dites pourquoi cette signature est retirée" in text(refused)
    assert client.post(f"{url}{signature.pk}/retirer/", {"reason": "Mauvaise édition"}).status_code == 302
    again = client.post(f"{url}{signature.pk}/retirer/", {"reason": "Encore"}, follow=True)
    assert "déjà remplacée ou retirée" in text(again)
    assert Signature.objects.get().end_reason == "Mauvaise édition"


def test_a_scan_of_another_dossier_does_not_exist(sign_in, manager, edition, stranger, url):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    theirs = factories.signed(factories.established(other, stranger), stranger)
    assert sign_in(manager).get(f"{url}{theirs.pk}/").status_code == 404
    assert sign_in(stranger).get(f"{url}{theirs.pk}/").status_code == 404


def test_the_page_costs_the_same_for_one_signature_and_for_three(sign_in, manager, edition, url):
    client, counts = sign_in(manager), []
    for number in range(3):
        factories.signed(edition, manager, text=f"pages {number}", reason="Encore" if number else "")
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 15


def test_no_public_page_gives_a_scan(client, manager, director, dossier, edition):
    made = [factories.signed(edition, by, party) for by, party in ((manager, "region"), (director, "state"))]
    signatures.withdraw(made[0], "Erreur secrète", by=manager)
    for page in (f"/livrets/{dossier.slug}/1/", f"/verification/{edition.grouped_code}/", "/livrets/"):
        html = text(client.get(page))
        hidden = (made[0].sha256, made[0].file_name, "Erreur secrète", "/signatures/")
        assert [said for said in hidden if said in html] == []


@pytest.mark.parametrize("slug", [None, "un-autre-dossier"])
def test_a_worksheet_is_no_signature(sign_in, manager, dossier, url, slug):
    sheet = photo(code(slug or dossier.slug))
    answer = deposit(sign_in(manager), url, name="photo.jpg", data=sheet.read())
    assert (answer.status_code, Signature.objects.count()) == (422, 0)
    assert "contient une fiche de travail" in text(answer)
    assert "Président du Conseil régional" in text(answer)


@pytest.mark.parametrize("own", [True, False])
def test_pages_of_another_edition_are_no_signature_of_this_one(sign_in, manager, director, dossier, edition, url, own):
    other = factories.published(dossier, manager)
    assert other.number == 2
    shown = edition if own else other
    answer = deposit(sign_in(manager), url, name="photo.jpg",
                     data=photo(f"https://cper.example/verification/{shown.grouped_code}/").read())
    told = f"Ces pages portent le code de vérification {other.grouped_code}, qui n’est pas celui de l’édition 1"
    assert (answer.status_code, told in text(answer).replace("\u00a0", " "), Signature.objects.count()) == (
        (302, False, 1) if own else (422, True, 0))
    if own:
        assert "Le code de l’édition n’a été lu" not in text(sign_in(manager).get(url))


def test_a_scan_without_the_code_of_its_edition_is_to_be_looked_at(sign_in, manager, url):
    client = sign_in(manager)
    assert deposit(client, url).status_code == 302
    assert "Le code de l’édition n’a été lu sur aucune page de cette numérisation" in text(client.get(url))


def test_a_worksheet_that_was_never_printed_is_no_signature(sign_in, manager, dossier, url):
    sheet = sign_in(manager).get(f"/negociations/{dossier.slug}/etapes/A1/fiche/")
    answer = deposit(sign_in(manager), url, data=b"".join(sheet.streaming_content))
    assert (answer.status_code, Signature.objects.count()) == (422, 0)
    assert "contient une fiche de travail" in text(answer)


@pytest.mark.parametrize(("fields", "status"), [({}, 409), ({"signed_on": "31/02/2026"}, 422)])
def test_a_signature_sent_on_an_edition_withdrawn_meanwhile_says_that_it_is_not_kept(
        sign_in, manager, edition, url, fields, status):
    booklets.withdraw(edition, "Erreur", by=manager)
    answer = deposit(sign_in(manager), url, **fields)
    html, day = text(answer), fields.get("signed_on", f"{timezone.localdate():%d/%m/%Y}")
    assert (answer.status_code, Signature.objects.count()) == (status, 0)
    assert "La signature n’est pas déposée" in html
    assert "on ne signe plus ce qu’elle dit. Voici ce que vous aviez tapé" in html
    typed = re.search(r'<dl class="facts">(.*?)</dl>', html, re.DOTALL).group(1)
    assert re.findall(r">([^<]+)</d[td]>", typed) == [
        "Partie qui a signé", "Région de Kayes", "Fonction du signataire", "Président du Conseil régional",
        "Date de la signature", day, "Mandat", "Délibération n° 12", "Lieu", "Kayes"]
    assert "n’est pas déposée" not in text(sign_in(manager).get(url))


def test_pages_of_the_dossier_say_that_the_signed_edition_is_withdrawn(sign_in, manager, director, dossier, edition,
                                                                       url):
    for by, party in ((manager, "region"), (director, "state")):
        factories.signed(edition, by, party)
    client, home = sign_in(manager), f"/negociations/{dossier.slug}/"
    pages = (url, f"{home}livret/", home, "/livrets/")
    green = [{"tag--done", "notice--success"} & set(re.findall(r"[\w-]+", text(client.get(page)))) for page in pages]
    assert green == [{"notice--success"}, *[{"tag--done"}] * 3]
    booklets.withdraw(edition, "Erreur", by=manager)
    found = [text(client.get(page)) for page in pages]
    for html, said in zip(found, ("Le contrat avait été signé sur cette édition, qui est retirée",
                                  '<span class="tag">le contrat avait été signé sur cette édition</span>',
                                  '<span class="tag">contrat signé sur l’édition 1, retirée depuis</span>',
                                  '<span class="tag">avait été signée</span>'), strict=True):
        assert said in html
        assert ("tag--done" in html, "notice--success" in html) == (False, False)


def test_the_public_page_is_named_only_once_it_exists(sign_in, manager, director, dossier):
    proof = factories.established(dossier, manager)
    for by, party in ((manager, "region"), (director, "state")):
        factories.signed(proof, by, party)
    client, url = sign_in(manager), f"/negociations/{dossier.slug}/livret/1/signatures/"
    said = ["Sa page publique" in text(client.get(url))]
    booklets.publish(proof, by=manager)
    assert [*said, "Sa page publique" in text(client.get(url))] == [False, True]
