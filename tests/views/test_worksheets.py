"""Paper, both ways, as people use it: printing, bringing a photo back to its step, typing beside it."""
import hashlib
import html
import io
import subprocess
from datetime import UTC, datetime

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image, ImageDraw

from negotiation.choices import State
from negotiation.documents.worksheet import marking, reading
from negotiation.files.storage import path_of
from negotiation.models import DocumentVersion, JournalEntry
from negotiation.views.worksheets import FORGOTTEN
from negotiation.workflow import documents, moves, remarks, steps
from negotiation.workflow.journal import fingerprint_of

from .. import factories
from ..files import corpus_office, hostile_images

TITLE = "Fiche de travail remplie, "
# The minute of printing is in the code: the same sheet, photographed again, has to say the same one.
PRINTED = int(datetime(2026, 11, 2, 9, 30, tzinfo=UTC).timestamp()) // 60


@pytest.fixture
def progress(dossier):
    return dossier.steps.select_related("step", "negotiation").get(step__code="A1")


@pytest.fixture
def url(dossier):
    return reverse("worksheets", args=[dossier.slug])


def photo(text="", *, angle=7, name="photo.jpg"):
    """A photo of a page with this code at its corner; of a blank page without."""
    page = Image.new("L", (1000, 1400), "white")
    if text:
        buffer = io.BytesIO()
        segno.make(text, error="q", micro=False).save(buffer, kind="png", scale=5, border=4)
        page.paste(Image.open(buffer).convert("L"), (760, 40))
    buffer = io.BytesIO()
    page.rotate(angle, expand=True, fillcolor=90).save(buffer, "JPEG", quality=60)
    return SimpleUploadedFile(name, buffer.getvalue())


def code(slug, step="A1", *, version=0, page=1, pages=1, is_reserved=False):
    return marking.text_of(marking.Mark(
        marking.reference_of(slug), step, version, PRINTED, page, pages, is_reserved))


def said(response):
    return html.unescape(response.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def as_read(sentence):
    return sentence.replace("\u202f", " ").replace("\xa0", " ")


def sheets():
    return list(DocumentVersion.objects.values_list("document__progress__step__code", "document__title"))


def is_kept(upload):
    upload.seek(0)
    return path_of(hashlib.sha256(upload.read()).hexdigest()).exists()


def test_a_photo_is_filed_at_its_step_and_shown_beside_the_form(sign_in, editor, dossier, url):
    client = sign_in(editor)
    response = client.post(url, {"file": photo(code(dossier.slug, page=2, pages=3))}, follow=True)
    version = DocumentVersion.objects.get()
    [(step, title)] = sheets()
    assert (step, title.startswith(TITLE), title.endswith(", page 2 sur 3")) == ("A1", True, True)
    assert response.redirect_chain[-1][0] == reverse("typing", args=[dossier.slug, "A1", version.pk])
    assert reverse("document_image", args=[dossier.slug, version.pk]) in response.content.decode()
    assert JournalEntry.objects.filter(action="document.deposit", by=editor).count() == 1
    image = client.get(reverse("document_image", args=[dossier.slug, version.pk]))
    assert image["Content-Type"] == "image/jpeg"
    assert image["Content-Disposition"].startswith("inline")
    assert image["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_same_photo_sent_twice_is_there_once(sign_in, editor, dossier, url):
    client = sign_in(editor)
    client.post(url, {"file": photo(code(dossier.slug))})
    response = client.post(url, {"file": photo(code(dossier.slug))}, follow=True)
    assert "Ce fichier est déjà rangé à l’étape A1." in said(response)
    assert len(sheets()) == 1


@pytest.mark.parametrize("expected", ["A1.P2", ""])
def test_a_sheet_deposited_as_another_document_is_filed_at_its_step_all_the_same(sign_in, editor, dossier, expected):
    """Whatever the place where it was deposited, it is no expected document, and it is typed at its own step."""
    client, step = sign_in(editor), reverse("document_deposit", args=[dossier.slug, "A1"])
    sent = {"file": photo(code(dossier.slug, "B2")), "expected": expected, "title": "Liste", "key": "k"}
    response = client.post(step, sent, follow=True)
    [(filed, title)] = sheets()
    assert (filed, title.startswith(TITLE)) == ("B2", True)
    assert "Ce fichier est une fiche de travail remplie : elle est rangée à l’étape B2" in said(response)
    assert response.redirect_chain[-1][0] == reverse(
        "typing", args=[dossier.slug, "B2", DocumentVersion.objects.get().pk])


def test_a_reserved_sheet_or_one_of_another_dossier_is_refused_as_a_document_too(sign_in, editor, dossier, url):
    step = reverse("document_deposit", args=[dossier.slug, "A1"])
    for text, sentence in ((code(dossier.slug, "D1", is_reserved=True), reading.RESERVED.format("D1")),
                           (code("mopti-2032-2036"), reading.OTHER)):
        upload = photo(text)
        page = sign_in(editor).post(step, {"file": upload, "expected": "A1.P2", "key": "k"})
        assert (page.status_code, as_read(sentence) in said(page)) == (422, True)
        assert (sheets(), is_kept(upload)) == ([], False)


def test_any_other_picture_stays_where_it_was_deposited(sign_in, editor, dossier):
    step = reverse("document_deposit", args=[dossier.slug, "A1"])
    for number, text in enumerate(("", "https://exemple.example", "CPER1.MAUVAIS")):
        sign_in(editor).post(step, {"file": photo(text), "title": f"Photo {number}", "key": f"k{number}"})
    assert sheets() == [("A1", "Photo 0"), ("A1", "Photo 1"), ("A1", "Photo 2")]


def test_answers_typed_beside_are_saved_by_the_step_and_lead_back(sign_in, editor, dossier, url, progress):
    client = sign_in(editor)
    page = client.post(url, {"file": photo(code(dossier.slug))}, follow=True)
    data = {bound.html_name: bound.value() or "" for bound in page.context["form"]}
    pk = DocumentVersion.objects.get().pk
    assert f'<input type="hidden" name="beside" value="{pk}">' in page.content.decode()
    response = client.post(reverse("step", args=[dossier.slug, "A1"]), data | {"A1-Q1": "Oui.", "beside": pk})
    assert response.url == reverse("typing", args=[dossier.slug, "A1", pk])
    assert progress.answers.get().text == "Oui."


def test_a_photo_taken_from_the_side_is_turned_and_stays_so(sign_in, editor, dossier, progress):
    version = documents.deposit(progress, factories.stored_photo(), by=editor, title="Fiche")
    client, address = sign_in(editor), reverse("typing", args=[dossier.slug, "A1", version.pk])
    page = client.get(f"{address}?sens=270")
    assert (page.context["turn"], page.context["next_turn"]) == ("270", "0")
    assert client.get(f"{address}?sens=x").context["turn"] == "0"
    step = reverse("step", args=[dossier.slug, "A1"])
    data = {bound.html_name: bound.value() or "" for bound in page.context["form"]} | {"beside": version.pk}
    assert client.post(step, data | {"sens": "270"}).url == f"{address}?sens=270"
    assert client.post(step, data | {"sens": "//x"}).url == address
    assert client.post(step, data | {"beside": "//x"}).url == step


@pytest.mark.parametrize("text", ["", "CPER1.MAUVAIS", "https://exemple.example"])
def test_what_cannot_be_read_is_filed_by_hand_without_a_second_upload(sign_in, editor, url, text):
    client = sign_in(editor)
    page = client.post(url, {"file": photo(text)})
    doubt = reading.FORGED if text.startswith("CPER1") else reading.UNREAD
    assert as_read(doubt) in said(page)
    assert sheets() == []
    token = page.context["picking"].initial["token"]
    assert client.post(url, {"token": token, "step": ""}).status_code == 422
    refused = client.post(url, {"token": token, "step": "B2"})
    assert "Toutes les pages n’ont pas pu être lues : vérifiez le fichier, puis cochez." in said(refused)
    assert (refused.status_code, sheets()) == (422, [])
    client.post(url, {"token": token, "step": "B2", "checked": "on"})
    assert [step for step, _ in sheets()] == ["B2"]


def test_a_forged_code_is_not_obeyed(sign_in, editor, dossier, url):
    forged = code(dossier.slug).replace(".A1.", ".C4.")
    page = sign_in(editor).post(url, {"file": photo(forged)})
    assert as_read(reading.FORGED) in said(page)
    assert sheets() == []


def test_a_sheet_of_another_dossier_is_refused_and_leaves_no_trace(sign_in, editor, stranger, url):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger, first_year=2032,
                                  last_year=2036)
    upload = photo(code(other.slug))
    page = sign_in(editor).post(url, {"file": upload})
    assert (page.status_code, as_read(reading.OTHER) in said(page)) == (422, True)
    assert (other.title in said(page), other.slug in said(page)) == (False, False)
    assert (sheets(), is_kept(upload)) == ([], False)


def test_a_reserved_sheet_is_never_filed(sign_in, editor, dossier, url):
    upload = photo(code(dossier.slug, "D1", is_reserved=True))
    page = sign_in(editor).post(url, {"file": upload})
    assert as_read(reading.RESERVED.format("D1")) in said(page)
    assert (sheets(), is_kept(upload)) == ([], False)


@pytest.mark.parametrize("order", [1, -1])
def test_two_sheets_in_one_photo_are_both_read(sign_in, editor, dossier, url, order):
    mine = code(dossier.slug)
    for other, status, sentence in ((code(dossier.slug, "D1", is_reserved=True), 422, reading.RESERVED.format("D1")),
                                    (code("mopti-2032-2036"), 422, reading.OTHER),
                                    (code(dossier.slug, "B2"), 200, reading.SEVERAL.format("A1, B2"))):
        left, right = [Image.open(photo(text, angle=0)) for text in [mine, other][::order]]
        table = Image.new("L", (2000, 1400))
        table.paste(left, (0, 0))
        table.paste(right, (1000, 0))
        buffer = io.BytesIO()
        table.save(buffer, "JPEG")
        upload = SimpleUploadedFile("photo.jpg", buffer.getvalue())
        page = sign_in(editor).post(url, {"file": upload})
        assert (page.status_code, as_read(sentence) in said(page)) == (status, True)
        assert (sheets(), is_kept(upload)) == ([], status == 200)


def test_a_step_with_reserved_questions_is_picked_after_a_check(sign_in, editor, url):
    client = sign_in(editor)
    token = client.post(url, {"file": photo()}).context["picking"].initial["token"]
    page = client.post(url, {"token": token, "step": "D1"})
    assert "Toutes les pages n’ont pas pu être lues : vérifiez le fichier, puis cochez." in said(page)
    client.post(url, {"token": token, "step": "D1", "checked": "on"})
    assert [step for step, _ in sheets()] == ["D1"]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_a_step_that_receives_nothing_says_so_and_another_may_be_picked(sign_in, editor, manager, dossier, url, state):
    factories.put(dossier, "A1", state, by=manager)
    client = sign_in(editor)
    page = client.post(url, {"file": photo(code(dossier.slug))})
    assert page.status_code == 409
    assert f"L’étape A1 est « {state.label} » : elle ne reçoit plus de pièce." in said(page)
    assert sheets() == []
    token = page.context["picking"].initial["token"]
    offered = [value for value, _ in page.context["picking"].fields["step"].widget.choices]
    assert offered == ["", *dossier.steps.exclude(step__code="A1").order_by("step__code").values_list(
        "step__code", flat=True)]
    # One that has closed since the page was read is refused in its own words.
    again = client.post(url, {"token": token, "step": "A1", "checked": "on"})
    assert (again.status_code, sheets()) == (409, [])
    assert f"L’étape A1 est « {state.label} » : elle ne reçoit plus de pièce." in said(again)
    client.post(url, {"token": token, "step": "A3"})
    assert [step for step, _ in sheets()] == ["A3"]


def test_a_dossier_whose_steps_are_all_closed_says_that_none_receives_the_file(sign_in, editor, dossier, url):
    dossier.steps.update(state=State.APPROVED)
    for text in ("", code(dossier.slug)):
        page = sign_in(editor).post(url, {"file": photo(text)})
        assert (page.status_code, page.context["picking"], sheets()) == (409, None, [])
        assert "Aucune étape de ce dossier ne reçoit de pièce aujourd’hui" in said(page)


def test_a_correction_that_leaves_the_documents_alone_refuses_and_keeps_the_file(
        sign_in, editor, manager, examiner, dossier, url):
    step = factories.put(dossier, "A1", State.SUBMITTED, by=manager)
    remarks.write(step, "answer:A1.Q1", problem="Trop court.", request="Développez.", by=examiner)
    moves.move(step, "return", by=examiner, version=step.version, reason="")
    client = sign_in(editor)
    page = client.post(url, {"file": photo(code(dossier.slug))})
    assert (page.status_code, "Autre pièce" in said(page), sheets()) == (409, True, [])
    client.post(url, {"token": page.context["picking"].initial["token"], "step": "A3"})
    assert [code for code, _ in sheets()] == ["A3"]


def test_an_older_sheet_says_what_it_was_printed_from(sign_in, editor, dossier, url, progress):
    text = code(dossier.slug, version=progress.version)
    question = progress.step.questions.first()
    steps.save_answers(progress, {question: "Non."}, {question.pk: fingerprint_of("")}, by=editor)
    page = sign_in(editor).post(url, {"file": photo(text)}, follow=True)
    assert "imprimée quand l’étape A1 en était à la version 0 ; elle en est à la version 1" in said(page)


def test_the_pages_of_one_sheet_do_not_make_one_another_old(sign_in, editor, dossier, url):
    client = sign_in(editor)
    client.post(url, {"file": photo(code(dossier.slug, page=1, pages=2))})
    page = client.post(url, {"file": photo(code(dossier.slug, page=2, pages=2))}, follow=True)
    assert "en était à la version" not in said(page)
    assert len(sheets()) == 2


def test_a_token_serves_one_person_in_one_dossier(sign_in, editor, manager, url):
    token = sign_in(editor).post(url, {"file": photo()}).context["picking"].initial["token"]
    page = sign_in(manager).post(url, {"token": token, "step": "A1"})
    assert (page.status_code, as_read(FORGOTTEN) in said(page)) == (422, True)
    assert as_read(FORGOTTEN) in said(sign_in(editor).post(url, {"token": "x", "step": "A1"}))
    assert sheets() == []


@pytest.mark.parametrize(("name", "data"), [
    *(hostile_images.HOSTILE[what][1:] for what in (
        "a flood of black points", "a header of 65 000 by 65 000", "half a JPEG", "an archive behind a PNG")),
    ("a.png", bytes), ("a.heic", lambda: b"x"), ("a.pdf", lambda: b"%PDF-1.4\n"), ("a", lambda: b"x")])
def test_a_hostile_file_is_refused_in_words_as_everywhere(sign_in, editor, url, name, data):
    page = sign_in(editor).post(url, {"file": SimpleUploadedFile(name, data())})
    assert page.status_code == 422
    assert [len(errors) for errors in page.context["form"].errors.values()] == [1]
    assert sheets() == []


def test_an_office_document_is_led_to_the_page_of_its_step(sign_in, editor, url):
    page = sign_in(editor).post(url, {"file": SimpleUploadedFile("a.docx", corpus_office.docx())})
    assert "Un autre document se dépose sur la page de son étape" in said(page)


def test_a_pdf_is_opened_apart_and_other_pages_are_offered(sign_in, editor, progress, dossier):
    photo_version = documents.deposit(progress, factories.stored_photo(), by=editor, title="Fiche 1")
    version = documents.deposit(progress, factories.stored_pdf(), by=editor, title="Fiche 2")
    page = sign_in(editor).get(reverse("typing", args=[dossier.slug, "A1", version.pk])).content.decode()
    assert reverse("document", args=[dossier.slug, version.pk]) in page
    assert reverse("document_image", args=[dossier.slug, version.pk]) not in page
    assert reverse("typing", args=[dossier.slug, "A1", photo_version.pk]) in page
    assert sign_in(editor).get(reverse("document_image", args=[dossier.slug, version.pk])).status_code == 404
    assert sign_in(editor).get(reverse("typing", args=[dossier.slug, "A2", version.pk])).status_code == 404


def test_the_step_offers_to_print_to_everyone_and_to_bring_back_to_the_team(
        sign_in, editor, examiner, progress, dossier, url):
    version = documents.deposit(progress, factories.stored_photo(), by=editor, title="Fiche")
    links = [reverse("worksheet", args=[dossier.slug, "A1"]), url,
             reverse("typing", args=[dossier.slug, "A1", version.pk])]
    step = reverse("step", args=[dossier.slug, "A1"])
    shown = {who: [f'href="{link}"' in sign_in(user).get(step).content.decode() for link in links]
             for who, user in {"editor": editor, "examiner": examiner}.items()}
    assert shown == {"editor": [True, True, True], "examiner": [True, False, False]}


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_one_row_and_for_three(sign_in, editor, progress, dossier, url, rows):
    for number in range(rows):
        version = documents.deposit(progress, factories.stored_photo(), by=editor, title=f"Fiche {number}")
    client = sign_in(editor)
    found = {}
    for name, address in {"typing": reverse("typing", args=[dossier.slug, "A1", version.pk]), "sheets": url}.items():
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        found[name] = len(queries)
    assert found == {"typing": 14, "sheets": 7}


def test_a_sheet_printed_filled_and_photographed_comes_back_to_its_step(sign_in, editor, dossier, url, tmp_path):
    """The whole way, on the real PDF: printed to an image, written on, leaning in poor light."""
    client = sign_in(editor)
    printed = client.get(reverse("worksheet", args=[dossier.slug, "A3"]))
    path = tmp_path / "fiche.pdf"
    path.write_bytes(b"".join(printed.streaming_content))
    subprocess.run(["pdftoppm", "-r", "130", "-png", "-f", "2", "-l", "2", "-singlefile", str(path),
                    str(tmp_path / "page")], check=True)
    page = Image.open(tmp_path / "page.png").convert("RGB")
    ImageDraw.Draw(page).text((140, 300), "Le diagnostic est celui du PDSEC.", fill="navy")
    light = Image.linear_gradient("L").resize(page.size).point(lambda value: 70 + value * 185 // 255)
    page = Image.composite(page, Image.new("RGB", page.size, "black"), light)
    buffer = io.BytesIO()
    page.rotate(33, Image.Resampling.BICUBIC, expand=True, fillcolor=(96, 84, 70)).save(buffer, "JPEG", quality=40)
    response = client.post(url, {"file": SimpleUploadedFile("IMG_0001.JPG", buffer.getvalue())}, follow=True)
    [(step, title)] = sheets()
    assert (step, title.startswith(TITLE), ", page 2 sur " in title) == ("A3", True, True)
    assert response.context["step"].code == "A3"


def test_the_sheet_keeps_reserved_answers_for_the_team(sign_in, editor, examiner, dossier, tmp_path):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D1")
    floor = progress.step.questions.get(code="D1.Q2")
    steps.save_answers(progress, {floor: "Plancher secret"}, {floor.pk: fingerprint_of("")}, by=editor)
    found = {}
    for who, user in {"editor": editor, "examiner": examiner}.items():
        path = tmp_path / f"{who}.pdf"
        answer = sign_in(user).get(reverse("worksheet", args=[dossier.slug, "D1"]))
        path.write_bytes(b"".join(answer.streaming_content))
        text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
        found[who] = ("Plancher secret" in text, "Quel est le plancher financier" in text)
    assert found == {"editor": (True, True), "examiner": (False, False)}
