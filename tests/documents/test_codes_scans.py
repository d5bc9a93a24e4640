"""The code of a worksheet in what ordinary scanners make: strips, a picture among the letters, white for black."""
import io
import zlib

import pikepdf
import pytest
from PIL import Image, ImageOps

from negotiation.documents.worksheet import reading
from negotiation.files.apart import read_codes_apart

from .test_codes import jpeg, own, sheet

WIDE, HIGH = 595, 842


def page_of(draw, images=(), *, count=1):
    """A PDF whose pages, all the same, draw this with these pictures."""
    document = pikepdf.new()
    for _ in range(count):
        page = document.add_blank_page(page_size=(WIDE, HIGH))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({
            f"/S{number}": pikepdf.Stream(
                document, jpeg(picture), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=picture.width,
                Height=picture.height, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode) for number, picture in enumerate(images)}))
        page.Contents = document.make_stream(draw)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def strips(picture, count):
    """(what draws these strips of a picture, from its top to its foot; the strips)."""
    cuts = [picture.height * number // count for number in range(count + 1)]
    place = "q 1 0 0 1 0 0 cm q {} 0 0 {} 0 {} cm /S{} Do Q Q\n"
    return "".join(place.format(WIDE, HIGH * (foot - head) / picture.height, HIGH * (1 - foot / picture.height), number)
                   for number, (head, foot) in enumerate(zip(cuts, cuts[1:], strict=False))).encode(), [
        picture.crop((0, head, picture.width, foot)) for head, foot in zip(cuts, cuts[1:], strict=False)]


@pytest.mark.parametrize("count", [2, 6, 40])
def test_a_page_that_a_scanner_has_cut_in_strips_is_read(count):
    """Forty strips: each holds a piece of the code at most."""
    assert read_codes_apart("pdf", page_of(*strips(sheet(own()), count))) == [[own()]]


def test_a_reserved_page_in_strips_is_refused():
    data = page_of(*strips(sheet(own(step="D1", is_reserved=True)), 24), count=2)
    assert reading.read("pdf", data, "kayes").refusal == reading.RESERVED.format("D1")


def test_a_picture_among_the_letters_of_a_page_is_read():
    picture = sheet(own()).convert("L")
    draw = (f"q {WIDE} 0 0 {HIGH} 0 0 cm BI /W {picture.width} /H {picture.height} /CS /G /BPC 8 /F /Fl ID ".encode()
            + zlib.compress(picture.tobytes()) + b"\nEI Q\n")
    assert read_codes_apart("pdf", page_of(draw)) == [[own()]]


def test_white_for_black_is_read():
    picture = ImageOps.invert(sheet(own()))
    assert read_codes_apart("jpeg", jpeg(picture)) == [[own()]]
    assert read_codes_apart("pdf", page_of(f"q {WIDE} 0 0 {HIGH} 0 0 cm /S0 Do Q".encode(), [picture])) == [[own()]]


def test_a_black_and_white_scan_whose_ink_is_said_the_other_way_is_read():
    picture = sheet(own()).convert("1")
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(WIDE, HIGH))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S0=pikepdf.Stream(
        document, zlib.compress(ImageOps.invert(picture).tobytes()), Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image, Width=picture.width, Height=picture.height, ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=1, Decode=pikepdf.Array([1, 0]), Filter=pikepdf.Name.FlateDecode)))
    page.Contents = document.make_stream(f"q {WIDE} 0 0 {HIGH} 0 0 cm /S0 Do Q".encode())
    buffer = io.BytesIO()
    document.save(buffer)
    assert read_codes_apart("pdf", buffer.getvalue()) == [[own()]]


@pytest.mark.parametrize("place", [
    "q 0 1 1 0 0 0 cm /S{} Do Q\n", "Q Q /S{} Do\n", "q 1 0 0 1 9e9 9e9 cm 9e9 0 0 9e9 0 0 cm /S{} Do Q\n",
    "q 1 0 0 cm /S{} Do Q\n", "q (x) 0 0 1 0 0 cm /S{} Do Q\n", ""], ids=range(6))
def test_strips_that_do_not_lie_on_the_page_are_said_not_to_be_read(place):
    draw = "".join(map(place.format, range(9))).encode()
    assert read_codes_apart("pdf", page_of(draw, [Image.new("RGB", (30, 9), "white")] * 9)) == [[""]]
