"""Holds the search for the QR of a worksheet on a scan or a photo; refuses any other code, and to search for long.

Run in a child process only (see apart.py). Pictures are read small and grey; a photo may be turned, shaded, leaning or
poor: each way of looking costs little, and the search ends with the first that finds, or with its share of time.
"""

import io
import time
from itertools import islice

import pikepdf
import zxingcpp
from pikepdf import settings
from PIL import Image, ImageChops, ImageFilter, ImageOps

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
    """The text of the worksheet code of each page, in their order; "" for a page where none was found."""
    end, found = time.process_time() + SECONDS, []
    for pictures in pages_of(data) if kind == "pdf" else [[lambda: opened(data)]]:
        found.append(first_code(pictures, end))
    return found


def first_code(pictures, end):
    """pictures: functions that each give one; a picture that cannot be read holds no code."""
    for take in pictures:
        if time.process_time() > end:
            break
        try:
            text = code_of(take(), min(end, time.process_time() + SECONDS_A_PICTURE))
        except MemoryError:
            raise
        except Exception:  # noqa: S112 (decoders raise many kinds: the person picks the step)
            continue
        if text:
            return text
    return ""


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


def pages_of(data):
    """The pictures of each page of a scan; pages after the twentieth count as one, not read.

    Letters and lines are not drawn here: a PDF that is no scan has no picture, and the person picks the step.
    """
    settings.set_qpdf_limits(flate_max_memory=MAX_UNPACKED)
    document = pikepdf.open(io.BytesIO(data))
    for number, page in enumerate(document.pages):
        pictures = page.images.values() if number < MAX_PAGES else ()
        yield [lambda picture=picture: from_pdf(picture) for picture in islice(pictures, MAX_PICTURES)]
        if number == MAX_PAGES:
            break


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
    yield from pieces(flat)
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
