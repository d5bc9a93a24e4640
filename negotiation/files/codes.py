"""Holds the search for the QR of a worksheet on a scan or a photo; refuses any other code, and to search for long.

Run in a child process only (see apart.py). Pictures are read small and grey; a photo may be turned, shaded, leaning or
poor: each way of looking costs little, and the search ends with the first that finds, or with its share of time.
"""

import io
import time
from itertools import islice

import pikepdf
import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps
from pikepdf import settings

from .apart import CODE_PREFIX

LONGEST = 100
# The picture of a page is brought to this many pixels on its longest side; smaller ones follow.
WIDEST = 2600
SIZES = (2600, 1600, 1000)
MAX_PIXELS = 40_000_000
MAX_PAGES, MAX_PICTURES = 20, 3
# Of processor, for the whole file; under the limit that the child is killed at.
SECONDS, SECONDS_A_PICTURE = 7, 4
MAX_UNPACKED = 160 * 1024 * 1024
# Quarter turns are the reader's own business.
TURNS = (15, 30, 45, 60, 75)


def read(data, kind):
    """The texts of the worksheet codes found, one per page at most, in their order."""
    end, found = time.process_time() + SECONDS, []
    pictures = pictures_of_pdf(data) if kind == "pdf" else iter([lambda: opened(data)])
    for take in pictures:
        if time.process_time() > end:
            break
        try:
            picture = take()
        except MemoryError:
            raise
        except Exception:  # noqa: S112 (a picture that cannot be read holds no code: the person picks the step)
            continue
        if text := code_of(picture, min(end, time.process_time() + SECONDS_A_PICTURE)):
            found.append(text)
    return list(dict.fromkeys(found))


def opened(data):
    """A grey picture, turned as the camera says, of a bounded size."""
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        image.draft("L", (WIDEST, WIDEST))  # a JPEG is decoded at the size that is looked at
        return prepared(ImageOps.exif_transpose(image))


def prepared(image):
    if image.mode in ("RGBA", "LA", "P", "PA"):  # what is transparent is white paper
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("L")
    image.thumbnail((WIDEST, WIDEST))
    return image


def pictures_of_pdf(data):
    """One function per page picture of a scan. A page of letters and lines has none: it is not drawn here."""
    settings.set_qpdf_limits(flate_max_memory=MAX_UNPACKED)
    document = pikepdf.open(io.BytesIO(data))
    for page in islice(document.pages, MAX_PAGES):
        for picture in islice(page.images.values(), MAX_PICTURES):
            yield lambda picture=picture: from_pdf(picture)


def from_pdf(picture):
    found = pikepdf.PdfImage(picture)
    if found.width * found.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    return prepared(found.as_pil_image())


def code_of(picture, end):
    """The text of the first worksheet code that one way of looking shows, or None."""
    for look in looks(picture):
        for code in zxingcpp.read_barcodes(look, formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False):
            if code.text.startswith(CODE_PREFIX) and len(code.text) <= LONGEST:
                return code.text
        if time.process_time() > end:
            break
    return None


def looks(picture):
    """The picture as it is, then without its shadows, sharper, smaller, turned, in pieces, in black and white."""
    yield picture
    flat = without_shadows(picture)
    yield flat
    sharp = flat.filter(ImageFilter.UnsharpMask(3, 250, 0))
    yield sharp
    for size in SIZES:
        if max(picture.size) > size:
            yield ImageOps.contain(flat, (size, size))
    for piece in pieces(flat):
        yield piece
    yield flat.point(lambda value: 255 if value > 128 else 0)
    small = ImageOps.contain(flat, (SIZES[1], SIZES[1]))
    for turn in TURNS:
        yield small.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def without_shadows(picture):
    """Light as the paper is light around: each point against the brightest of its surroundings."""
    small = ImageOps.contain(picture, (400, 400)).filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(8))
    paper = small.resize(picture.size, Image.Resampling.BILINEAR)
    return ImageOps.autocontrast(ImageOps.invert(ImageChops.subtract(paper, picture)), cutoff=1)


def pieces(picture):
    """The four quarters, each a little more than half, enlarged: a small code becomes a large one."""
    wide, high = picture.size
    for left in (0, wide * 4 // 10):
        for top in (0, high * 4 // 10):
            piece = picture.crop((left, top, left + wide * 6 // 10, top + high * 6 // 10))
            yield ImageOps.contain(piece, (SIZES[1], SIZES[1]))
