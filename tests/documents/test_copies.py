"""A copy names its recipient on every page, keeps the structure of the edition, and leaves the edition as it is."""
import hashlib
import io

import pikepdf
import pytest

from negotiation.documents.booklet.copies import copy_of
from negotiation.documents.pdf import PdfError, to_pdf
from negotiation.files.pdf import check
from negotiation.files.storage import open_stored, path_of, store
from negotiation.models import Booklet

from ..pdf_files import text_of

PAGES = """<html lang="fr"><head><title>Livret</title><style>@page { size: A4 } @page wide { size: A4 landscape }
h1 { break-after: page } div { page: wide }</style></head><body><h1>Un</h1><p>Deux</p><div>Trois</div></body></html>"""


@pytest.fixture
def edition(settings, tmp_path):
    settings.VAR = tmp_path
    kept = store(io.BytesIO(to_pdf(PAGES, [])))
    return Booklet(number=3, sha256=kept.sha256, size=kept.size, pages=3)


def structure(document):
    """The structure tree as text, without the numbers of the objects."""
    def walk(node):
        if isinstance(node, pikepdf.Array):
            return [walk(one) for one in node]
        if isinstance(node, pikepdf.Dictionary):
            return [str(node.get("/S", "")), walk(node.K) if "/K" in node else ""]
        return str(node)
    return walk(document.Root.StructTreeRoot)


@pytest.mark.parametrize("recipient", ["ANICT", "Direction nationale de la Planification", "Ɲɛnɛ « é » " * 10])
def test_every_page_names_the_recipient_and_the_structure_is_kept(edition, recipient, tmp_path):
    made = copy_of(edition, recipient)
    (tmp_path / "copy.pdf").write_bytes(made)
    assert check(made) == "pdf"
    with pikepdf.open(io.BytesIO(made)) as copy, pikepdf.open(open_stored(edition.sha256)) as original:
        assert copy.check_pdf_syntax() == []
        assert structure(copy) == structure(original)
        assert [str(copy.Root.Lang), bool(copy.Root.MarkInfo.Marked)] == ["fr", True]
        assert [list(page.mediabox) for page in copy.pages] == [list(page.mediabox) for page in original.pages]
        with copy.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == str(copy.docinfo.Title) == f"Livret — exemplaire remis à {recipient}"
        for page in copy.pages:
            marks = [str(operator) for _, operator in pikepdf.parse_content_stream(page)]
            assert [marks[0], *marks[-6:]] == ["q", "Q", "BDC", "q", "Do", "Q", "EMC"]
            form = page.Resources.XObject.CperCopy
            drawn = {str(operator) for _, operator in pikepdf.parse_content_stream(form)}
            assert drawn & {"BDC", "BMC", "EMC"} == set()
            assert all("/FontDescriptor" in (font.get("/DescendantFonts") or [font])[0]
                       for font in form.Resources.Font.values())
    pages = [" ".join(page.split()) for page in text_of(tmp_path / "copy.pdf").split("\f")[:3]]
    assert [("Exemplaire remis à" in page, "Édition 3, établie, non publiée" in page) for page in pages] == [
        (True, True)] * 3


def test_the_edition_itself_is_not_touched(edition):
    before = path_of(edition.sha256).read_bytes()
    made = copy_of(edition, "ANICT")
    assert path_of(edition.sha256).read_bytes() == before
    assert hashlib.sha256(made).hexdigest() != edition.sha256


def test_a_missing_file_is_told(edition):
    path_of(edition.sha256).unlink()
    with pytest.raises(PdfError, match="n’a pas pu être lu"):
        copy_of(edition, "ANICT")


def test_a_picture_in_the_name_of_a_recipient_is_told_in_words(edition, tmp_path):
    (tmp_path / "copy.pdf").write_bytes(copy_of(edition, "PTF 🇲🇱"))
    assert "PTF [drapeau mali]" in " ".join(text_of(tmp_path / "copy.pdf").split("\f")[0].split())
