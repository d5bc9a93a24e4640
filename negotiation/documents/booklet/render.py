"""The livret as HTML, then as a PDF: at most two at a time on a machine, and a draft made once for the same words."""
import contextlib
import hashlib
import io
import os
import re
import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version

import pikepdf
from django.conf import settings
from django.template.loader import render_to_string

from ..pdf import PATIENT_SECONDS, to_pdf
from ..slots import slot
from .carried import files
from .openings import openings
from .outline import chapters
from .pledges import agreements, pledges, reserved

STYLESHEETS = ("css/tokens.css", "css/booklet.css")
# « PROJET » across each page.
DRAFT = (*STYLESHEETS, "css/draft.css")
RENDERS = 2
# Of those who ask for one draft at once: one makes it, two wait for it, the others are told at once.
ASKING, WAIT_FOR_THE_SAME = 3, 45
# WeasyPrint 70 breaks a line anywhere when a text fits exactly and the space before the next element does not:
# the space goes inside the element.
SPACE_AFTER_INCLUDE = re.compile(r"\n+(?=\u202f?[,.;)])")
SPACE_BEFORE_INLINE = re.compile(r'(?<=[^\s>])\s+<(b|span class="(?:mark[^"]*|note|muted|blanks)")>')


def html(content, edition=None):
    """The whole page. edition: its Imprint (editions.py), or nothing for a draft marked « PROJET »."""
    cover, parts = content.body.cover, chapters()
    page = render_to_string("documents/booklet/booklet.html", {
        "content": content, "body": content.body, "cover": cover, "chapters": parts,
        "blank": content.body.blank, "openings": openings(content.body), "pledges": pledges(content.body.sheet),
        "agreements": list(agreements(content.body.positions)), "reserved": reserved(content.body),
        "edition": edition, "mark": "" if edition else "Projet",
        "changed_at": datetime.fromtimestamp(content.changed_at, UTC).isoformat()})
    return SPACE_BEFORE_INLINE.sub(r"<\1> ", SPACE_AFTER_INCLUDE.sub("", page))


def pdf(content, edition=None, *, wait=20, patient=False):
    """The PDF (bytes). Raises PdfError, or Busy when two livrets are already being made for `wait` seconds."""
    return lay_out(html(content, edition), content, edition, wait=wait, patient=patient)


def lay_out(page, content, edition=None, *, wait=20, patient=False, beat=None):
    """The PDF (bytes) of the whole page that `html` made. Raises like `pdf`, and what `beat` raises.

    patient: nobody waits behind a page, so that a large dossier on a busy machine gets the time it needs. beat: called
    now and then while this waits or works.
    """
    sheets = STYLESHEETS if edition else DRAFT
    name = f"{edition.number} {edition.code}" if edition else "projet"
    identifier = hashlib.sha256(f"{content.slug} {name} {content.digest}".encode()).hexdigest()[:32]
    with slot(settings.VAR / "renders", count=RENDERS, wait=wait, beat=beat):
        limit = {"seconds": PATIENT_SECONDS} if patient else {}
        return to_pdf(page, sheets, attached=files(content), changed_at=content.changed_at, identifier=identifier,
                      beat=beat, **limit)


def draft(content, *, wait=5, patient=False):
    """The draft PDF as an open file, made now or kept from an earlier request for the same words. Raises like `pdf`.

    Two requests for one dossier make it once: the second waits for the first.
    """
    folder, locks = settings.VAR / "booklets", settings.VAR / "renders"
    kept = folder / f"{content.slug}-{hashlib.sha256((content.digest + form()).encode()).hexdigest()}.pdf"
    with contextlib.suppress(FileNotFoundError):
        return kept.open("rb")
    with slot(locks, count=ASKING, wait=0, name=f"{content.slug}-asked-"), \
            slot(locks, count=1, wait=WAIT_FOR_THE_SAME if wait else 0, name=f"{content.slug}-"):
        with contextlib.suppress(FileNotFoundError):
            return kept.open("rb")
        keep(folder, kept, pdf(content, wait=wait, patient=patient))
        return kept.open("rb")


def keep(folder, kept, made):
    """Write the draft whole, and forget the drafts of earlier words of the same dossier."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(made)
    os.replace(temporary, kept)
    for older in folder.glob(f"{kept.name[:-68]}{'?' * 64}.pdf"):
        if older != kept:
            older.unlink(missing_ok=True)


def page_count(made):
    with pikepdf.open(io.BytesIO(made)) as document:
        return len(document.pages)


@lru_cache(maxsize=1)
def form():
    """A fingerprint of what gives the livret its form: a draft kept under an older one is not served."""
    folders = [settings.BASE_DIR / path for path in ("templates/documents", "negotiation/documents")]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".py")]
    files += [settings.BASE_DIR / "static" / name for name in DRAFT]
    digest = hashlib.sha256(version("weasyprint").encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()
