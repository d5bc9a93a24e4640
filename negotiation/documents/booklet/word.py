"""The livret as a Word document, from the very page that makes its PDF; made once for the same words, then kept."""
import contextlib
import hashlib
import io

import segno
from django.conf import settings

from ..slots import slot
from ..whole_file import writing
from ..word.writer import Frame, to_docx
from . import render

RENDERS = 2


def docx(content, edition=None):
    """The DOCX (bytes). edition: its Imprint (editions.py), or nothing for a draft marked « PROJET »."""
    cover = content.body.cover
    footer = f"Édition {edition.number}, code {edition.grouped}" if edition else "Projet de livret"
    frame = Frame(f"{cover.region}, {cover.period}", " · ".join(filter(None, [cover.nature, footer])),
                  "" if edition else "PROJET", content.changed_at)
    return to_docx(render.html(content, edition), frame, {edition.picture: qr(edition)} if edition else {})


def qr(edition):
    """The code of an edition in pixels: no reader of Word documents is asked to draw it."""
    made = io.BytesIO()
    segno.make(edition.address, error="m", boost_error=False, micro=False).save(
        made, kind="png", scale=8, border=4, dark="#1e2140", light="#ffffff")
    return made.getvalue()


def kept(content, edition=None, *, wait=5):
    """The DOCX as an open file, made now or kept from an earlier request for the same words. Raises Busy."""
    folder = settings.VAR / "booklets"
    name = f"{content.slug}-{f'edition-{edition.number}' if edition else 'projet'}-"
    words = f"{content.digest} {edition.code if edition else ''} {settings.SITE_URL} {render.form()}"
    path = folder / f"{name}{hashlib.sha256(words.encode()).hexdigest()}.docx"
    with contextlib.suppress(FileNotFoundError):
        return path.open("rb")
    with slot(settings.VAR / "renders", count=RENDERS, wait=wait, name="word-"):
        with contextlib.suppress(FileNotFoundError):
            return path.open("rb")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with writing(path, private=True) as file:
            file.write(docx(content, edition))
        for older in folder.glob(f"{name}{'?' * 64}.docx"):
            if older != path:
                older.unlink(missing_ok=True)
        return path.open("rb")
