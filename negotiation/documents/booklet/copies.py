"""The copy of an edition made for one recipient: the same pages, each under their name; never the edition itself.

The file of the edition is read, not changed. What is laid over is an artifact: neither read aloud nor in the structure.
"""
import io

import pikepdf
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from pikepdf import Array, Dictionary, Name

from ...dates import spoken
from ...files.storage import open_stored, store
from ...workflow import shares
from ..pdf import PdfError, to_pdf
from ..slots import slot
from . import words
from .render import RENDERS

STYLESHEET = "css/copy.css"
LENGTHS = ((10, "tiny"), (22, "short"), (60, "medium"))
# What marks the content of the overlay in its own structure, which is left behind.
MARKS = {"BDC", "BMC", "EMC", "DP", "MP"}
ARTIFACT = b"Q /Artifact <</Type /Pagination /Subtype /Watermark>> BDC q /CperCopy Do Q EMC"


def share(booklet, token, *, recipient, days, by, organisation=None):
    """Create the link with its copy. Returns the ShareLink; raises NotAllowed, ValidationError, PdfError, Busy."""
    if link := shares.made(booklet, token):
        return link
    shares.refuse_public(booklet)
    copy = store(io.BytesIO(copy_of(booklet, recipient)))
    return shares.create(booklet, token, copy, recipient=recipient, days=days, organisation=organisation, by=by)


def copy_of(booklet, recipient):
    """The bytes of the copy."""
    try:
        with open_stored(booklet.sha256) as file, pikepdf.open(file) as document:
            sizes = sizes_of(document)
            with pikepdf.open(io.BytesIO(overlay(booklet, recipient, sizes))) as laid:
                forms = {size: form_of(document, laid, page) for size, page in zip(sizes, laid.pages, strict=True)}
            for page in document.pages:
                lay(page, forms[size_of(page)])
            name(document, recipient)
            made = io.BytesIO()
            document.save(made, deterministic_id=True)
    except (OSError, pikepdf.PdfError) as fault:
        raise PdfError("Le fichier de cette édition n’a pas pu être lu : prévenez l’administration de "
                       "l’application.") from fault
    return made.getvalue()


def size_of(page):
    """(width, height) in whole points."""
    left, bottom, right, top = (round(side) for side in page.mediabox)
    return right - left, top - bottom


def sizes_of(document):
    return list(dict.fromkeys(map(size_of, document.pages)))


def overlay(booklet, recipient, sizes):
    length = next((name for most, name in LENGTHS if len(recipient) <= most), "long")
    html = render_to_string("documents/copy/copy.html", {
        "sizes": [(f"size{number}", width, height, width > height) for number, (width, height) in enumerate(sizes)],
        "recipient": words.text(recipient), "length": length, "edition": booklet, "date": spoken(timezone.localdate())})
    with slot(settings.VAR / "renders", count=RENDERS, wait=20):
        return to_pdf(html, [STYLESHEET])


def form_of(document, laid, page):
    """One page of the overlay as a form of the document, without the marks of its own structure."""
    kept = [(operands, operator) for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) not in MARKS]
    form = document.make_stream(pikepdf.unparse_content_stream(kept))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array(list(page.mediabox))
    form.Resources = document.copy_foreign(laid.make_indirect(page.obj.Resources))
    return form


def lay(page, form):
    """Over what the page holds, whose own changes of scale end before it."""
    page.contents_add(b"q", prepend=True)
    page.contents_add(ARTIFACT)
    resources = page.obj.get(Name.Resources, Dictionary())
    forms = Dictionary(resources.get(Name.XObject, Dictionary()))
    forms[Name.CperCopy] = form
    page.obj.Resources = Dictionary({**dict(resources.items()), "/XObject": forms})


def name(document, recipient):
    """Its title says that it is a copy, in both places where a title is kept."""
    title = f"{document.docinfo.get(Name.Title, 'Livret')} — exemplaire remis à {recipient}"
    with document.open_metadata() as metadata:
        metadata["dc:title"] = title
    document.docinfo[Name.Title] = title
