"""A file that was not looked at whole, at each of the three places where one is deposited: it is not one without a
code. The person says that it holds no reserved sheet, or comes back in a minute.
"""
import io
import zipfile

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from negotiation.choices import State
from negotiation.documents.slots import slot
from negotiation.documents.worksheet import reading
from negotiation.files import apart
from negotiation.forms.steps import UNLOOKED
from negotiation.models import Question, Signature
from negotiation.views.worksheets import PARTLY_READ

from .. import factories
from ..files import corpus_office
from .test_signatures import deposit
from .test_worksheets import as_read, code, photo, said, sheets

PICK = "Toutes les pages n’ont pas pu être lues : vérifiez le fichier, puis cochez."


@pytest.fixture
def url(dossier):
    return reverse("worksheets", args=[dossier.slug])


def scanned(*texts):
    """A scan whose pages hold these codes, or none."""
    pages = [Image.open(photo(text, angle=0)) for text in texts]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:])
    return SimpleUploadedFile("fiche.pdf", buffer.getvalue())


def many(count):
    """A PDF of white pages."""
    document = pikepdf.new()
    for _ in range(count):
        document.add_blank_page()
    return document


def test_a_page_that_is_not_read_may_be_a_reserved_sheet_whatever_the_step_of_the_others(
        sign_in, editor, dossier, url):
    client = sign_in(editor)
    page = client.post(url, {"file": scanned(code(dossier.slug, "B3"), "")})
    assert (as_read(PARTLY_READ.format("D1")) in said(page), sheets()) == (True, [])
    assert page.context["picking"].initial["step"] == "B3"
    token = page.context["picking"].initial["token"]
    refused = client.post(url, {"token": token, "step": "B3"})
    assert (refused.status_code, PICK in said(refused), sheets()) == (422, True, [])
    client.post(url, {"token": token, "step": "B3", "checked": "on"})
    assert [step for step, _ in sheets()] == ["B3"]


def test_nothing_is_asked_of_a_dossier_without_reserved_questions(sign_in, editor, dossier, url):
    Question.objects.filter(confidential=True).update(confidential=False)
    sign_in(editor).post(url, {"file": scanned(code(dossier.slug, "B3"), "")})
    assert [step for step, _ in sheets()] == ["B3"]


def test_a_file_of_several_steps_is_picked_after_a_check(sign_in, editor, dossier, url):
    client = sign_in(editor)
    page = client.post(url, {"file": scanned(code(dossier.slug, "B3"), code(dossier.slug, "B2"), "")})
    assert as_read(reading.SEVERAL.format("B2, B3")) in said(page)
    assert PICK in said(client.post(url, {"token": page.context["picking"].initial["token"], "step": "B2"}))
    assert sheets() == []


def test_a_sheet_read_whole_is_picked_without_a_check(sign_in, editor, manager, dossier, url):
    factories.put(dossier, "A1", State.SUBMITTED, by=manager)
    client = sign_in(editor)
    token = client.post(url, {"file": photo(code(dossier.slug))}).context["picking"].initial["token"]
    reserved = client.post(url, {"token": token, "step": "D1"})
    assert "Cette étape a des questions réservées : vérifiez le fichier, puis cochez." in said(reserved)
    client.post(url, {"token": token, "step": "B2"})
    assert [step for step, _ in sheets()] == ["B2"]


def test_a_sheet_before_the_twenty_first_page_is_refused_in_words(sign_in, editor, dossier, url):
    document = many(24)
    with pikepdf.open(io.BytesIO(scanned(code(dossier.slug, "B3")).read())) as sheet:
        document.pages.insert(0, sheet.pages[0])
        buffer = io.BytesIO()
        document.save(buffer)
    page = sign_in(editor).post(url, {"file": SimpleUploadedFile("pile.pdf", buffer.getvalue())})
    assert (page.status_code, as_read(reading.TOO_LONG) in said(page), sheets()) == (422, True, [])


@pytest.fixture
def blind(monkeypatch):
    """The reader of codes is ended before it has looked."""
    monkeypatch.setattr(apart, "READING_WALL_SECONDS", 0.001)


@pytest.fixture
def busy(settings, tmp_path, monkeypatch):
    """Every reader of codes is taken by somebody else."""
    settings.VAR = tmp_path
    monkeypatch.setattr(reading, "WAIT", 0)
    with slot(tmp_path / "renders", count=2, wait=0, name="code-"), \
            slot(tmp_path / "renders", count=2, wait=0, name="code-"):
        yield


@pytest.fixture
def step(dossier):
    return reverse("document_deposit", args=[dossier.slug, "A1"])


@pytest.fixture
def signed(dossier, manager):
    factories.published(dossier, manager)
    return f"/negociations/{dossier.slug}/livret/1/signatures/"


def test_a_busy_reader_is_not_a_sheet_without_a_code(sign_in, manager, dossier, url, step, signed, busy):
    """What was typed is still there, and nothing is kept, at any of the three places."""
    client, sheet = sign_in(manager), code(dossier.slug, "D1", is_reserved=True)
    answers = [client.post(url, {"file": photo(sheet)}),
               client.post(step, {"file": photo(sheet), "title": "Liste des élus", "key": "k"}),
               deposit(client, signed, name="photo.jpg", data=photo(sheet).read())]
    assert [(answer.status_code, as_read(reading.BUSY) in said(answer)) for answer in answers] == [(422, True)] * 3
    assert "Liste des élus" in said(answers[1])
    assert "Président du Conseil régional" in said(answers[2])
    assert (sheets(), Signature.objects.count()) == ([], 0)


def test_a_file_that_cannot_be_looked_into_is_filed_after_a_check(sign_in, editor, url, blind):
    client = sign_in(editor)
    page = client.post(url, {"file": photo()})
    token = page.context["picking"].initial["token"]
    assert PICK in said(client.post(url, {"token": token, "step": "B3"}))
    client.post(url, {"token": token, "step": "B3", "checked": "on"})
    assert [code for code, _ in sheets()] == ["B3"]


def test_a_document_that_cannot_be_looked_into_is_deposited_after_a_check(sign_in, editor, step, blind):
    client = sign_in(editor)
    page = client.post(step, {"file": photo(), "title": "Liste des élus", "key": "k"})
    assert (page.status_code, said(page).count(as_read(UNLOOKED)), sheets()) == (422, 2, [])
    assert "Liste des élus" in said(page)
    client.post(step, {"file": photo(), "title": "Liste des élus", "key": "k", "checked": "on"})
    assert sheets() == [("A1", "Liste des élus")]


def test_a_signed_copy_that_cannot_be_looked_into_is_deposited_after_a_check(sign_in, manager, signed, blind):
    client = sign_in(manager)
    page = deposit(client, signed)
    assert (page.status_code, as_read(UNLOOKED) in said(page), Signature.objects.count()) == (422, True, 0)
    assert "Président du Conseil régional" in said(page)
    assert deposit(client, signed, checked="on").status_code == 302
    assert Signature.objects.count() == 1


def test_the_check_is_offered_from_the_start(sign_in, manager, dossier, step, signed):
    """On a slow line, a long scan is not sent twice."""
    client = sign_in(manager)
    pages = [client.get(page).content.decode() for page in (reverse("step", args=[dossier.slug, "A1"]), signed)]
    assert [page.count('name="checked"') == page.count('type="file"') for page in pages] == [True, True]


def test_a_file_that_cannot_be_looked_into_is_kept_where_nothing_is_reserved(sign_in, manager, step, signed, blind):
    Question.objects.filter(confidential=True).update(confidential=False)
    client = sign_in(manager)
    client.post(step, {"file": photo(), "title": "Liste des élus", "key": "k"})
    deposit(client, signed)
    assert (sheets(), Signature.objects.count()) == ([("A1", "Liste des élus")], 1)


def office(name, part, picture):
    """An office document that holds this picture."""
    whole, buffer = corpus_office.docx() if name.endswith("docx") else corpus_office.odt(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "[Content_Types].xml":
                data = data.replace(b"</Types>", b'<Default Extension="jpg" ContentType="image/jpeg"/></Types>')
            new.writestr(info, data)
        new.writestr(part, picture.read())
    return SimpleUploadedFile(name, buffer.getvalue())


@pytest.mark.parametrize(("name", "part"), [("note.docx", "word/media/image1.jpg"), ("note.odt", "Pictures/1.jpg")])
def test_a_reserved_sheet_in_an_office_document_is_refused(sign_in, editor, dossier, step, name, part):
    client = sign_in(editor)
    for text, sentence in ((code(dossier.slug, "D1", is_reserved=True), reading.RESERVED.format("D1")),
                           (code("mopti-2032-2036"), reading.OTHER)):
        page = client.post(step, {"file": office(name, part, photo(text)), "title": "Note", "key": "k"})
        assert (page.status_code, as_read(sentence) in said(page), sheets()) == (422, True, [])
    client.post(step, {"file": office(name, part, photo(code(dossier.slug, "B3"))), "title": "Note", "key": "k"})
    assert sheets() == [("A1", "Note")]
