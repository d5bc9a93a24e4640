"""Holds the search for the QR of a worksheet, or of an edition of the livret, on a scan or a photo; refuses any other
code, and to search for long.

Run in a child process only (see apart.py). Pictures are read small and grey; a photo may be turned, shaded, leaning or
poor, and show several sheets: each way of looking costs little, and the search ends with its share of time.
"""

import io
import re
import time
from decimal import Decimal
from itertools import islice

import pikepdf
import zxingcpp
from pikepdf import settings
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps, ImageStat

from .apart import CODE_DRAWN, CODE_PAGES, CODE_PREFIX, EDITION_PATH
from .archive import Archive

LONGEST = 100
# The picture of a page is brought to this many pixels on its longest side; smaller ones follow.
WIDEST = 2600
SIZES = (2600, 1600, 1000)
MAX_PIXELS = 40_000_000
MAX_PICTURES, MAX_FORMS, MAX_PIECES = 6, 12, 300
# How a picture that is written among the letters and lines of a page begins and ends.
INLINE = re.compile(rb"\bBI\b.{1,500}?\bID\s", re.DOTALL)
# The mean of a page, of 255, under which it is dark: black and white may have been exchanged.
DARK = 90
# The pictures of an office document; one that weighs more is not opened.
PICTURE_PART = re.compile(r".+\.(?:png|jpe?g|jpe|jfif)", re.IGNORECASE)
OTHER_PART = re.compile(r".+\.(?:gif|bmp|tiff?|webp)", re.IGNORECASE)
MAX_PART = 20 * 1024 * 1024
# A square of a code that is drawn, in points of the picture; how many rows of squares are read: x, y, width, height.
SQUARE, MAX_SQUARES = 10, 2000
SIDE = 64 * SQUARE
DRAWN = re.compile(rb"(\d{1,5}(?:\.\d{1,6})?) " * 4 + rb"re\b")
# Of processor, for the whole file; under the limit that the child is killed at.
SECONDS, SECONDS_A_PICTURE = 7, 4
MAX_UNPACKED = 160 * 1024 * 1024
# Quarter turns are the reader's own business.
TURNS = (15, 30, 45, 60, 75)


class Unseen(Exception):
    """Something of a page could not be looked at."""


def read(data, kind):
    """The texts of the codes of ours on each page, in their order, each once; an empty one among them when pictures
    of the page were not looked at. Each picture of an office document is a page; the largest come first.
    """
    if kind in ("png", "jpeg"):
        return read_pages([[lambda: opened(data)]])
    if kind != "pdf":
        archive = Archive(data)
        pages = [[lambda name=name: opened(archive.read(name, MAX_PART))] for name in parts_of(archive)]
        return read_pages(pages + [[unseen]] * any(map(OTHER_PART.fullmatch, archive.names)))
    settings.set_qpdf_limits(flate_max_memory=MAX_UNPACKED)
    with pikepdf.open(io.BytesIO(data)) as document:
        return read_pages(list(pages_of(document)))


def parts_of(archive):
    """The names of the pictures of an office document, one more than are promised to be read: a photo of a sheet weighs
    more than a logo or a stamp."""
    found = [name for name in archive.names if PICTURE_PART.fullmatch(name)]
    return sorted(found, key=archive.size, reverse=True)[:CODE_PAGES + 1]


def read_pages(pages):
    """A page may show several sheets, one harder to read than its neighbour: after the first, the search goes on for
    the page's share of half of the time. The other half stays for the pages that have shown none yet.
    """
    start, found = time.process_time(), []
    for left, pictures in zip(range(len(pages), 0, -1), pages, strict=True):
        now = time.process_time()
        found.append(list(codes_of(pictures, now + (start + SECONDS / 2 - now) / left, start + SECONDS)))
    return found


def codes_of(pictures, enough, end):
    """pictures: functions that each give one; a picture that cannot be read holds no code."""
    found = {}
    for take in pictures:
        if time.process_time() > end:
            return found | {"": None}
        try:
            found |= codes_in(take(), enough, min(end, time.process_time() + SECONDS_A_PICTURE))
        except MemoryError:
            raise
        except Unseen:
            found[""] = None
        except Exception:  # noqa: S112 (decoders raise many kinds: the person picks the step)
            continue
    return found


def opened(data):
    """A grey picture, turned as the camera says, of a bounded size."""
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Unseen
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


def pages_of(document):
    """The pictures of each page of a scan; pages after the twentieth count as one, not read.

    Of letters and lines, only the squares of our own code are drawn here: a worksheet that was never printed, perhaps
    filled on a screen, says what it is as its scan would.
    """
    for number, page in enumerate(document.pages):
        if number == CODE_PAGES:
            yield []
            break
        forms = forms_of(page)
        pictures = [*page.images.values(), *(one for form in forms for one in inside(form, "/Image"))]
        takes, pieces = [lambda page=page, forms=forms: drawn_on(page, forms)], placed(page)
        if pieces:
            takes.append(lambda page=page, pieces=pieces: stitched(page, pieces))
            if len(pictures) > MAX_PICTURES:
                pictures = pictures[len(page.images):]
        takes += [lambda picture=picture: from_pdf(picture) for picture in pictures[:MAX_PICTURES]]
        yield takes if len(pictures) <= MAX_PICTURES else [*takes, unseen]


def unseen():
    raise Unseen


def placed(page):
    """[(picture, the matrix that lays it on the page)] of a page made of several: a scanner cuts it in strips, and the
    code with them. Nothing when there is one at most, or when they do not all lie there, straight.
    """
    images, found, stack, matrix = page.images, [], [], pikepdf.Matrix()
    try:
        if len(images) < 2 and not INLINE.search(page.obj.Contents.read_bytes()):
            return []
        for operands, operator in pikepdf.parse_content_stream(page, "q Q cm Do BI ID EI"):
            match str(operator):
                case "q":
                    stack.append(matrix)
                case "Q":
                    matrix = stack.pop()
                case "cm":
                    matrix = pikepdf.Matrix(*operands) @ matrix
                case "Do" if str(operands[0]) in images:
                    found.append((pikepdf.PdfImage(images[str(operands[0])]), matrix))
                case "INLINE IMAGE":
                    found.append((operands[0], matrix))
    except MemoryError:
        raise
    except Exception:  # what is no page of pictures is many things
        return []
    straight = all(not m.b and not m.c and m.a > 0 and m.d > 0 for _, m in found)
    return found if straight and len(images) <= len(found) <= MAX_PIECES else []


def stitched(page, pieces):
    """The pictures of a page, in one picture, as they lie on it."""
    if sum(picture.width * picture.height for picture, _ in pieces) > MAX_PIXELS:
        raise Unseen
    left, bottom, right, top = page.mediabox
    scale = WIDEST / max(int(right - left), int(top - bottom), 1)
    whole = Image.new("L", (int(scale * int(right - left)) or 1, int(scale * int(top - bottom)) or 1), "white")
    try:
        for picture, m in pieces:
            x, y = scale * (m.e - int(left)), scale * (int(top) - m.f - m.d)
            size = (round(x + scale * m.a) - round(x) or 1, round(y + scale * m.d) - round(y) or 1)
            if max(size) > 2 * WIDEST:
                raise Unseen
            whole.paste(prepared(picture.as_pil_image()).resize(size), (round(x), round(y)))
    except MemoryError:
        raise
    except Exception:
        raise Unseen from None
    return whole


def forms_of(page):
    """The forms that a page is made of, at any depth: some software puts each sheet of a page in one."""
    found = list(page.form_xobjects.values())
    for form in found:
        if len(found) < MAX_FORMS:
            found += inside(form, "/Form")
    return found[:MAX_FORMS]


def inside(form, kind):
    try:
        held = form.get("/Resources", {}).get("/XObject", {})
        return [one for one in held.values() if one.get("/Subtype") == kind]
    except (AttributeError, TypeError, ValueError):  # not what a PDF says it holds there
        return []


def drawn_on(page, forms):
    """The codes that render.drawn has put on a page, side by side in one picture."""
    contents = page.obj.Contents
    streams = [*(contents if isinstance(contents, pikepdf.Array) else [contents]), *forms]
    codes = [squares(code) for stream in streams for code in stream.read_bytes().split(CODE_DRAWN)[1:MAX_PICTURES + 1]]
    if not codes:
        raise ValueError("not a page of ours")
    picture = Image.new("L", (SIDE * len(codes), SIDE), "white")
    for place, code in enumerate(codes):
        picture.paste(code, (SIDE * place, 0))
    return picture


def squares(code):
    """One code, as a picture; a white one when these are not its squares."""
    picture = Image.new("L", (SIDE, SIDE), "white")
    boxes = [[Decimal(number.decode()) for number in box.groups()]
             for box in islice(DRAWN.finditer(code.partition(b"\nf ")[0]), MAX_SQUARES)]
    if not boxes or not boxes[0][3]:
        return picture
    left, top, module = min(box[0] for box in boxes), max(box[1] for box in boxes), boxes[0][3]
    draw = ImageDraw.Draw(picture)
    for x, y, width, _ in boxes:
        column, row = 4 + round((x - left) / module), 4 + round((top - y) / module)
        draw.rectangle((SQUARE * column, SQUARE * row, SQUARE * (column + round(width / module)) - 1,
                        SQUARE * (row + 1) - 1), fill="black")
    return picture


def from_pdf(picture):
    found = pikepdf.PdfImage(picture)
    if found.width * found.height > MAX_PIXELS:
        raise Unseen
    return prepared(found.as_pil_image())


def codes_in(picture, enough, end):
    """{the text of each code of ours that the ways of looking show}; once there is one, until `enough`."""
    found = {}
    for look in looks(picture):
        for code in zxingcpp.read_barcodes(look, formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False):
            if len(code.text) <= LONGEST and (code.text.startswith(CODE_PREFIX) or EDITION_PATH.fullmatch(code.text)):
                found[code.text] = None
        if time.process_time() > (min(enough, end) if found else end):
            break
    return found


def looks(picture):
    """The picture as it is, then with white for black if it is dark, without its shadows, sharper, smaller, turned, in
    pieces, in black and white.
    """
    yield picture
    if ImageStat.Stat(picture).mean[0] < DARK:
        yield ImageOps.invert(picture)
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
