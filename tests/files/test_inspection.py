"""Every accepted kind enters; every hostile file is refused for the reason expected, in a sentence."""

import io
import re
import time

import pytest
import weasyprint

from negotiation.files import inspection
from negotiation.files.inspection import MAX_BYTES, Refused, inspect
from negotiation.files.refusals import BUNDLE, SENTENCES, TABLE

from . import hostile_archives, hostile_images, hostile_names, hostile_odf, hostile_office, hostile_pdf
from .corpus import OneWay, exif, image, jpeg, package, pdf
from .corpus_office import WORD_TYPE, content_types, docx, docx_parts, ods, odt, xlsx
from .hostile_pdf import packed

DOCX_MAIN = WORD_TYPE + "document.main+xml"
HOSTILE_PDF = {
    f"PDF with {what}": (reason, "a.pdf", make) for what, (reason, make) in hostile_pdf.HOSTILE.items()
}
HOSTILE = {
    f"{group.__name__.rpartition('_')[2]}: {what}": case
    for group in (hostile_names, hostile_images, hostile_archives, hostile_office, hostile_odf)
    for what, case in group.HOSTILE.items()
} | HOSTILE_PDF
# Faults of the moment or of the server, those of imported tables and of logos, shown by tests of their own.
ELSEWHERE = {*TABLE, *BUNDLE, "picture", "unreadable", "unchecked", "heavy", "pdf.too_many"}


def weasyprint_pdf():
    page = '<html lang="fr"><title>Livret</title><h1>Livret</h1><p><a href="https://example.ml">Accord</a></p></html>'
    return weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")


GOOD = {
    "a PDF": ("pdf", "Procès-verbal.pdf", pdf),
    "a PDF in capitals": ("pdf", "SCAN0001.PDF", pdf),
    "a PDF with compressed objects": ("pdf", "a.pdf", lambda: packed(None)),
    "a PDF made for the web": ("pdf", "a.pdf", lambda: pdf(linearize=True)),
    "a PDF by WeasyPrint": ("pdf", "livret.pdf", weasyprint_pdf),
    "a PDF padded with blanks": ("pdf", "a.pdf", lambda: pdf() + b"\r\n\0\0"),
    "a PNG": ("png", "a.png", image),
    "a PNG with a palette": ("png", "a.png", lambda: image(mode="P")),
    "a PNG with transparency": ("png", "a.png", lambda: image(mode="RGBA")),
    "a PNG in black and white": ("png", "a.png", lambda: image(mode="1")),
    "a PNG of one point": ("png", "a.png", lambda: image(size=(1, 1))),
    "a JPEG": ("jpeg", "photo.jpeg", jpeg),
    "a JPEG of a telephone": ("jpeg", "a.jpg", lambda: jpeg(exif=exif(), progressive=True, quality=80)),
    "a JPEG for printers": ("jpeg", "a.jpg", lambda: jpeg("CMYK")),
    "a JPEG in grey": ("jpeg", "a.jpg", lambda: jpeg("L")),
    "a JPEG of one point": ("jpeg", "a.jpg", lambda: jpeg(size=(1, 1))),
    "a JPEG with a second picture": ("jpeg", "a.jpg", lambda: jpeg() + b"\0\0" + jpeg(size=(40, 30))),
    "a JPEG with notes of Samsung": (
        "jpeg",
        "a.jpg",
        lambda: jpeg() + b"\0\0\x01\x0aImage_UTC_Data17SEFH\0\0SEFT",
    ),
    "a Word document": ("docx", "a.docx", docx),
    "a Word document written in one pass": (
        "docx",
        "a.docx",
        lambda: package(docx_parts(), target=OneWay()),
    ),
    "a Word document of the Open XML SDK": (
        "docx",
        "a.docx",
        lambda: docx(**{"[Content_Types].xml": content_types({}, png="image/png", xml=DOCX_MAIN)}),
    ),
    "a workbook": ("xlsx", "a.xlsx", xlsx),
    "an OpenDocument text": ("odt", "a.odt", odt),
    "an OpenDocument workbook": ("ods", "a.ods", ods),
}


def refusal(data, name):
    with pytest.raises(Refused) as caught:
        inspect(io.BytesIO(data), name)
    return caught.value


@pytest.mark.parametrize("what", GOOD)
def test_good_file_enters_fast_with_its_own_kind(what):
    kind, name, make = GOOD[what]
    file = io.BytesIO(make())
    start = time.perf_counter()
    verdict = inspect(file, name)
    # 0.2 s on a quiet machine (measured 0.10); the margin is for a loaded one.
    assert time.perf_counter() - start < 2
    assert verdict == inspection.VERDICTS[kind]
    assert file.tell() == 0


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_file_is_refused_for_its_own_reason(what):
    reason, name, make = HOSTILE[what]
    refused = refusal(make(), name)
    assert refused.reason == reason
    assert str(refused) == SENTENCES[reason].format(**refused.words)


@pytest.mark.parametrize(
    "what",
    [
        "PDF with an attached file",
        "PDF with objects of a gigabyte",
        "images: a flood of black points",
        "images: half a JPEG",
    ],
)
def test_child_refuses_for_the_same_reason(what):
    reason, name, make = HOSTILE[what]
    assert refusal(make(), name).reason == reason


def test_corpus_shows_every_refusal():
    assert len(HOSTILE) >= 60
    assert {reason for reason, _, _ in HOSTILE.values()} == set(SENTENCES) - ELSEWHERE


@pytest.mark.parametrize("reason", SENTENCES)
def test_sentence_is_whole_and_well_typeset(reason):
    sentence = SENTENCES[reason]
    assert re.match(r"(Ce|Cette|Le|Les|Ces) \S.+\. \S.+\.$", sentence)
    assert "'" not in sentence
    assert not re.search(r"(?<!\u00a0)[;!?»]|(?<![\u00a0])(?<!\{):|«(?!\u00a0)", sentence)


def test_refusal_speaks_of_this_file():
    data = b"<!DOCTYPE html>"
    assert str(refusal(data, "PV.pdf")) == (
        "Ce fichier porte l’extension .pdf mais n’est pas un PDF. "
        "Enregistrez-le de nouveau au format PDF, puis déposez-le."
    )
    assert str(refusal(image(), "PV.JPG")).startswith(
        "Ce fichier porte l’extension .jpg mais contient une image PNG."
    )
    assert "pèse 21 Mo alors que la limite est de 20 Mo" in str(refusal(bytes(MAX_BYTES + 1), "a.pdf"))


def test_broken_connection_is_refused():
    file = io.BytesIO(pdf())
    file.close()
    with pytest.raises(Refused) as caught:
        inspect(file, "a.pdf")
    assert caught.value.reason == "unreadable"


def test_own_fault_keeps_the_door_shut(monkeypatch, caplog):
    monkeypatch.setattr(inspection, "check_apart", lambda kind, data: 1 / 0)
    assert refusal(docx(), "a.docx").reason == "unchecked"
    assert "ZeroDivisionError" in caplog.text
