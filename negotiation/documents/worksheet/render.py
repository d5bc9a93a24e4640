"""The PDF of a worksheet: laid out like the livret, then marked on each page with its QR, drawn as plain squares."""
import hashlib
import io

import pikepdf
import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from ...files.apart import CODE_DRAWN
from ..pdf import to_pdf
from ..slots import slot
from .marking import Mark, reference_of, text_of

STYLESHEETS = ("css/tokens.css", "css/worksheet.css")
RENDERS = 2
# In points, from the right and the top of the page: a square of 30 mm, and nothing else within four of its squares.
SIDE, RIGHT, TOP = 30 * 72 / 25.4, 15 * 72 / 25.4, 9 * 72 / 25.4
RESERVED_TITLE = "Feuille réservée à l’équipe de la Région"


def html(sheet):
    return render_to_string("documents/worksheet/worksheet.html", {
        "sheet": sheet, "reserved_title": RESERVED_TITLE, "now": timezone.now()})


def pdf(sheet, *, wait=10):
    """The PDF (bytes). Raises PdfError, or Busy when others are being made for `wait` seconds."""
    page = html(sheet)
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32]
    with slot(settings.VAR / "renders", count=RENDERS, wait=wait):
        made = to_pdf(page, STYLESHEETS, changed_at=int(timezone.now().timestamp()), identifier=identifier)
    return marked(made, sheet)


def marked(made, sheet):
    """The same PDF with the QR of each page, outside the reading order: the words beside it say the same."""
    with pikepdf.open(io.BytesIO(made)) as document:
        first_reserved = page_of(document, RESERVED_TITLE)
        pages, minute = len(document.pages), int(timezone.now().timestamp()) // 60
        for number, page in enumerate(document.pages, 1):
            mark = Mark(reference_of(sheet.slug), sheet.code, sheet.version, minute, number, pages,
                        first_reserved is not None and number >= first_reserved)
            page.contents_add(drawn(text_of(mark), page.mediabox), prepend=True)
        whole = io.BytesIO()
        document.save(whole, deterministic_id=True)
    return whole.getvalue()


def page_of(document, title):
    """The number of the page where a bookmark leads, None without such a bookmark."""
    with document.open_outline() as outline:
        for item in walk(outline.root):
            if item.title == title:
                return pikepdf.Page(item.destination[0]).index + 1
    return None


def walk(items):
    for item in items:
        yield item
        yield from walk(item.children)


def drawn(text, box):
    """The QR as filled squares, an artifact for a reader of the tags; a row of dark squares is one rectangle."""
    rows = list(segno.make(text, error="q", micro=False).matrix_iter(border=0))
    module = SIDE / len(rows)
    left, top = int(box[2]) - RIGHT - SIDE, int(box[3]) - TOP
    squares = [f"{left + start * module:.3f} {top - (line + 1) * module:.3f} {length * module:.3f} {module:.3f} re"
               for line, row in enumerate(rows) for start, length in runs(row)]
    return CODE_DRAWN + ("\n".join(squares) + "\nf Q\nEMC\n").encode()


def runs(row):
    """[(where it starts, how long)] of the dark squares of a row."""
    start = None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
