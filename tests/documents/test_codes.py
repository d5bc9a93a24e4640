"""The code of a worksheet: on each page, read back from poor photos and scans, believed only when it is ours."""
import io
import zlib

import pikepdf
import pytest
import segno
from PIL import Image, ImageFilter, ImageOps

from negotiation.documents.slots import slot
from negotiation.documents.worksheet import marking, reading
from negotiation.files.apart import CODE_DRAWN, read_codes_apart
from negotiation.files.inspection import Refused

from .conftest import pages_of

pytestmark = pytest.mark.django_db


def test_each_page_says_where_it_belongs_in_words_and_in_its_code(printed):
    path, pictures, slug = printed
    pages = pages_of(path)
    marks = [marking.read(text) for picture in pictures for [text] in read_codes_apart("png", png(picture))]
    assert [(m.step, m.version, m.page, m.pages) for m in marks] == [
        ("D1", 0, number, len(pages)) for number in range(1, len(pages) + 1)]
    assert all(marking.is_of(mark, slug) for mark in marks)
    # The reserved questions come last, on pages of their own.
    first = next(number for number, text in enumerate(pages) if "Feuille réservée à l’équipe" in text)
    assert 0 < first < len(pages)
    assert [mark.is_reserved for mark in marks] == [number >= first for number in range(len(pages))]
    for number, text in enumerate(pages, 1):
        assert f"Étape D1, version 0{', FEUILLE RÉSERVÉE' if number > first else ''}\n" in text
        assert f"Page {number} sur {len(pages)}" in text
        assert f"Dossier {slug}" in text


def png(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def jpeg(picture, quality=40):
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def turned(picture, degrees):
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(96, 84, 70))


def shaded(picture):
    light = Image.linear_gradient("L").resize(picture.size).point(lambda value: 60 + value * 195 // 255)
    return Image.composite(picture, Image.new("RGB", picture.size, "black"), light)


def leaning(picture):
    wide, high = picture.size
    corners = (-.10 * wide, -.05 * high, .05 * wide, 1.1 * high, 1.15 * wide, 1.02 * high, 1.05 * wide, -.2 * high)
    return picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC,
                             fillcolor=(96, 84, 70))


def blurred(picture):
    return picture.filter(ImageFilter.GaussianBlur(1.4))


def narrowed(picture):
    return ImageOps.contain(picture, (1000, 10_000))


@pytest.mark.parametrize("degrees", [0, 7, 33, 90, 180])
@pytest.mark.parametrize("ways", [(), (shaded,), (blurred,), (leaning,), (shaded, leaning, blurred)],
                         ids=lambda ways: "-".join(way.__name__ for way in ways) or "flat")
def test_the_code_is_read_on_a_poor_photo(printed, ways, degrees):
    _, pictures, slug = printed
    picture = pictures[0]
    for way in ways:
        picture = way(picture)
    found = reading.told(read_codes_apart("jpeg", jpeg(narrowed(turned(picture, degrees)))), slug)
    assert (found.refusal, found.doubt, found.mark and found.mark.step, found.page) == (
        "", "", "D1", f"page 1 sur {len(pictures)}")


def scan(pictures):
    buffer = io.BytesIO()
    pictures[0].save(buffer, "PDF", save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


def test_a_scan_of_several_pages_is_read_page_by_page(printed):
    _, pictures, slug = printed
    blank = Image.new("RGB", (800, 1100), "white")
    found = reading.told(read_codes_apart("pdf", scan([pictures[1], blank, turned(pictures[0], 180)])), slug)
    assert (found.mark.step, found.unread, found.page) == ("D1", 1, "")


def test_a_reserved_page_is_recognised_wherever_it_is_in_a_scan(printed):
    _, pictures, slug = printed
    found = reading.told(read_codes_apart("pdf", scan([pictures[0], pictures[-1]])), slug)
    assert found.refusal == reading.RESERVED.format("D1")


def beside(*pictures):
    """Sheets side by side on a table, in one photo."""
    wide, high = sum(picture.width for picture in pictures), max(picture.height for picture in pictures)
    table, left = Image.new("RGB", (wide + 80, high + 80), (96, 84, 70)), 40
    for picture in pictures:
        table.paste(picture, (left, 40))
        left += picture.width
    return table


def sheet(text):
    """A page with this code at its corner."""
    buffer = io.BytesIO()
    segno.make(text, error="q", micro=False).save(buffer, kind="png", scale=4, border=4)
    page = Image.new("RGB", (900, 1270), "white")
    page.paste(Image.open(buffer).convert("RGB"), (700, 40))
    return page


def of_pdf(*pages):
    """A PDF whose pages each hold these pictures."""
    document = pikepdf.new()
    for pictures in pages:
        page = document.add_blank_page()
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({
            f"/Im{number}": pikepdf.Stream(
                document, jpeg(picture), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=picture.width,
                Height=picture.height, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode) for number, picture in enumerate(pictures)}))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("file_of", [
    lambda pictures: ("jpeg", jpeg(beside(*pictures))), lambda pictures: ("pdf", scan([beside(*pictures)])),
    lambda pictures: ("pdf", of_pdf(pictures))], ids=["photo", "scan", "two pictures on a page"])
def test_every_sheet_of_a_photo_is_read(printed, file_of, order):
    """Whatever its side: the reserved one, one of another step, one of another dossier."""
    _, pictures, slug = printed
    reference = marking.reference_of(slug)
    told = [reading.told(read_codes_apart(*file_of([pictures[0], other][::order])), slug) for other in (
        pictures[-1], sheet(own(reference=reference, step="C4")), sheet(own(reference=marking.reference_of("mopti"))))]
    assert [(found.refusal, found.doubt) for found in told] == [
        (reading.RESERVED.format("D1"), ""), ("", reading.SEVERAL.format("C4, D1")), (reading.OTHER, "")]


@pytest.mark.parametrize("ways", [(shaded,), (blurred,), (leaning,), (shaded, leaning, blurred)],
                         ids=lambda ways: "-".join(way.__name__ for way in ways))
def test_a_reserved_sheet_harder_to_read_than_its_neighbour_is_refused(printed, ways):
    _, pictures, slug = printed
    harder = pictures[-1]
    for way in ways:
        harder = way(harder)
    for order in (1, -1):
        data = jpeg(beside(*[pictures[0], harder][::order]))
        assert reading.told(read_codes_apart("jpeg", data), slug).refusal == reading.RESERVED.format("D1")


def test_pictures_of_a_page_that_are_not_looked_at_are_said():
    blank, seen = Image.new("RGB", (300, 300), "white"), sheet(own())
    assert read_codes_apart("pdf", of_pdf([blank, seen, *[blank] * 4], [seen, *[blank] * 6])) == [
        [own()], [own(), ""]]


def test_a_worksheet_that_was_never_printed_says_what_it_is(printed, tmp_path):
    """As the application gives it, and with its pages in another file."""
    path, pictures, slug = printed
    found = read_codes_apart("pdf", path.read_bytes())
    assert found == [page for picture in pictures for page in read_codes_apart("png", png(picture))]
    with pikepdf.open(path) as document, pikepdf.new() as other:
        other.pages.append(document.pages[-1])
        other.pages[0].contents_coalesce()
        other.save(tmp_path / "une.pdf")
    assert read_codes_apart("pdf", (tmp_path / "une.pdf").read_bytes()) == found[-1:]
    assert reading.told(found[:1], slug).page == f"page 1 sur {len(pictures)}"


def test_a_worksheet_that_other_software_put_on_a_page_says_what_it_is(printed, tmp_path):
    """After another stream; two of its pages on one, each in a form; two scans, each in a form."""
    path, pictures, slug = printed
    found = read_codes_apart("pdf", path.read_bytes())
    two = pikepdf.Rectangle(0, 0, 300, 400), pikepdf.Rectangle(300, 0, 600, 400)
    of_scans = tmp_path / "numerisations.pdf"
    of_scans.write_bytes(of_pdf([pictures[0]], [pictures[-1]]))
    for source in (path, of_scans):
        with pikepdf.open(source) as document, pikepdf.new() as other:
            for _ in range(2):
                other.add_blank_page(page_size=(600, 400))
            for page, place in zip((document.pages[0], document.pages[-1]), two, strict=True):
                other.pages[0].add_overlay(page, place)
            other.pages.append(document.pages[-1])
            other.pages[2].contents_add(b"q Q", prepend=True)
            other.save(tmp_path / "autre.pdf")
        told = read_codes_apart("pdf", (tmp_path / "autre.pdf").read_bytes())
        assert [sorted(one) for one in told] == [sorted(found[0] + found[-1]), [], found[-1]]
        assert reading.told(told, slug).refusal == reading.RESERVED.format("D1")


@pytest.mark.parametrize("squares", ["", "x", "1 1 1 0 re", "1 1 inf 1 re", "-1e30 1 1e30 1e-30 re", "1 1 -9 1 re",
                                     "1 1 1e999999 1 re", "1 1 NaN 1 re"])
def test_squares_that_are_no_code_of_ours_hold_no_code(squares):
    document = pikepdf.new()
    document.add_blank_page().Contents = document.make_stream(CODE_DRAWN + f"{squares}\nf Q\nEMC\n".encode())
    buffer = io.BytesIO()
    document.save(buffer)
    assert read_codes_apart("pdf", buffer.getvalue()) == [[]]


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\nabc"])
def test_a_picture_that_cannot_be_read_holds_no_code(data):
    assert read_codes_apart("png", data) == [[]]


def test_a_blank_photo_holds_no_code():
    assert read_codes_apart("jpeg", jpeg(Image.new("RGB", (2000, 2800), "white"))) == [[]]


def picture_pdf(width, height, data):
    """A page that says it holds a grey picture of these dimensions."""
    document = pikepdf.new()
    page = document.add_blank_page()
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=pikepdf.Stream(
        document, data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
        ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.FlateDecode)))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("hostile", [
    lambda: picture_pdf(100_000, 100_000, b"x"), lambda: picture_pdf(6000, 6000, zlib.compress(bytes(900_000_000))),
    lambda: picture_pdf(-1, 0, b""), lambda: picture_pdf(2000, 2000, b"rien")])
def test_a_hostile_picture_in_a_pdf_holds_no_code_and_costs_its_share(hostile):
    try:
        found = read_codes_apart("pdf", hostile())
    except Refused as refusal:
        found = [refusal.reason]
    assert found in ([[]], [[""]], ["heavy"])


def test_when_every_reader_is_taken_the_file_waits_for_another_minute(printed, settings, tmp_path, monkeypatch):
    settings.VAR = tmp_path
    monkeypatch.setattr(reading, "WAIT", 0)
    picture = png(printed[1][0])
    with slot(tmp_path / "renders", count=2, wait=0, name="code-"), \
            slot(tmp_path / "renders", count=2, wait=0, name="code-"):
        assert reading.read("png", picture, printed[2]) == reading.Reading(refusal=reading.BUSY)
    assert reading.read("png", picture, printed[2]).mark.step == "D1"


MARK = marking.Mark("A" * 8, "A1", 3, 29_900_000, 1, 2)


def own(**changes):
    return marking.text_of(marking.Mark(**{**vars(MARK), "reference": marking.reference_of("kayes"), **changes}))


def test_a_code_is_read_as_it_was_written():
    assert vars(marking.read(own(is_reserved=True))) == {
        **vars(MARK), "reference": marking.reference_of("kayes"), "is_reserved": True}


@pytest.mark.parametrize("forge", [
    lambda text: text.replace(".A1.", ".A2."), lambda text: text.replace(".E.", ".R."),
    lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), lambda text: text.lower(), lambda text: f"{text}\n",
    lambda text: text.replace("CPER1", "CPER2"), lambda text: "https://exemple.example/", lambda text: ""])
def test_a_code_that_this_application_did_not_sign_is_not_obeyed(forge):
    forged = forge(own())
    assert marking.read(forged) is None
    assert reading.told([[forged]], "kayes").doubt == (reading.FORGED if forged else reading.UNREAD)


def test_a_code_printed_before_the_key_changed_is_still_ours(settings):
    text = own()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "une-autre-clef"
    assert reading.told([[text]], "kayes").mark.step == "A1"
    settings.SECRET_KEY_FALLBACKS = []
    assert reading.told([[text]], "kayes").doubt == reading.FORGED


def test_a_sheet_with_more_pages_than_are_read_is_refused():
    assert reading.told([[own()]] * 20, "kayes").is_whole
    assert reading.told([*[[own()]] * 20, []], "kayes") == reading.Reading(refusal=reading.TOO_LONG)
    assert reading.told([*[[own()]] * 19, [own(step="D1", is_reserved=True)], []], "kayes") == reading.Reading(
        refusal=reading.RESERVED.format("D1"))
    found = [reading.told(pages, "kayes") for pages in ([[]] * 20, [[]] * 21, [[], [""]])]
    assert found == [reading.Reading(doubt=reading.UNREAD, blind=blind) for blind in (False, True, True)]


def test_a_sheet_of_another_dossier_is_refused_and_several_steps_are_told():
    for pages in ([[own()], [own(reference=marking.reference_of("mopti"))]],
                  [[own(), own(reference=marking.reference_of("mopti"))]]):
        assert reading.told(pages, "kayes").refusal == reading.OTHER
    for pages in ([[own()], [own(step="B2")]], [[own(), own(step="B2")]]):
        assert reading.told(pages, "kayes").doubt == reading.SEVERAL.format("A1, B2")


def test_pages_are_counted_and_not_the_codes_they_show():
    two, one = own(page=2), own()
    assert vars(reading.told([[one, two], [], [one, ""]], "kayes")) == {
        "refusal": "", "doubt": "", "mark": marking.read(one), "marks": 3, "unread": 2, "page": "",
        "blind": True, "editions": frozenset()}
    assert [reading.told(pages, "kayes").page for pages in ([[one]], [[one, two]], [[one], []])] == [
        "page 1 sur 2", "", ""]
