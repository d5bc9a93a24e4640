"""Holds what a PDF may contain; refuses programs, automatic actions, attachments, media and outside content.

Run in a child process only (see apart.py): 16 KB of PDF can ask 1.2 GB and 3 s of qpdf (measured).
"""

import io
import re
import zipfile

import pikepdf
from pikepdf import settings

from .refusals import Refused

MAX_OBJECTS = 200_000
# Only cross-reference and object streams are unpacked (under 1 MB in real files), never page content.
MAX_UNPACKED_STREAM = 8 * 1024 * 1024
# What qpdf leaves out, another reader may run: only bookkeeping that qpdf mends is forgiven.
MENDED = re.compile(
    "file is damaged|xref not found|startxref|reconstruct cross-reference|reported number of objects"
    "|repairing|endobj|endstream|stream length|stream keyword|setting to letter"
    "|trailer dictionary lacks /Size"
)
WHITESPACE = b" \t\r\n\f\0"

KEYS = {
    "/JS": "pdf.javascript", "/JavaScript": "pdf.javascript",
    "/AA": "pdf.actions", "/XFA": "pdf.xfa",
    "/EF": "pdf.embedded", "/Collection": "pdf.embedded", "/RichMediaContent": "pdf.media",
}  # fmt: skip
# Values of /S (actions), /Subtype (annotations, XObjects) and /Type.
KINDS = {
    "/JavaScript": "pdf.javascript", "/Launch": "pdf.launch",
    "/GoToR": "pdf.other_file", "/GoToE": "pdf.other_file",
    "/SubmitForm": "pdf.form", "/ImportData": "pdf.form",
    "/EmbeddedFile": "pdf.embedded", "/FileAttachment": "pdf.embedded",
    "/Rendition": "pdf.media", "/Movie": "pdf.media", "/Sound": "pdf.media", "/Screen": "pdf.media",
    "/RichMedia": "pdf.media", "/RichMediaExecute": "pdf.media", "/3D": "pdf.media", "/PS": "pdf.javascript",
}  # fmt: skip
# Long enough never to appear by chance in 20 MB of compressed data.
RAW = ("/JavaScript", "/Launch", "/EmbeddedFile", "/RichMedia", "/SubmitForm", "/ImportData")
PROGRAM_LINK = re.compile(r"\A\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)


def _names(names):
    return re.compile(b"(?:" + b"|".join(n.encode() for n in names) + rb")(?![^\s/\[\]<>(){}%])")


SUSPECT = _names([*KEYS, *KINDS, "/OpenAction", "/URI", "/URL"])
SUSPECT_RAW = _names(RAW)
ESCAPED_NAME = re.compile(rb"/[A-Za-z]*#[0-9A-Fa-f]{2}[A-Za-z0-9#]*")


def check(data, kind="pdf"):
    """Return `kind`, or raise Refused unless `data` is one whole, passive PDF with at least one page."""
    _check_ends(data)
    settings.set_qpdf_limits(flate_max_memory=MAX_UNPACKED_STREAM)
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            _check_document(document)
        _check_raw(data)
    except (Refused, MemoryError):
        raise
    except pikepdf.PasswordError:
        raise Refused("pdf.password") from None
    except Exception:  # qpdf raises many kinds on hostile input: all mean the same to the user
        raise Refused("pdf.damaged") from None
    return kind


def _check_ends(data):
    if not data.startswith(b"%PDF-"):
        raise Refused("pdf.start")
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused("pdf.truncated")
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Refused("pdf.hidden")
    if data[end + 5 :].strip(WHITESPACE):
        raise Refused("pdf.trailing")


def _check_raw(data):
    """Search the bytes themselves: a reader may show an older revision, or an object that qpdf ignores."""
    if found := SUSPECT_RAW.search(data):
        raise Refused(KINDS[found[0].decode()])
    for escaped in set(ESCAPED_NAME.findall(data)):
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), escaped)
        if plain in {name.encode() for name in RAW}:
            raise Refused(KINDS[plain.decode()])


def _check_document(document):
    if len(document.objects) > MAX_OBJECTS:
        raise Refused("pdf.too_many")
    form = document.Root.get("/AcroForm")
    if (
        isinstance(form, pikepdf.Dictionary) and "/XFA" in form
    ):  # said before the attachments that come with it
        raise Refused("pdf.xfa")
    _check_object(document.trailer)
    unread = 0
    for item in document.objects:
        _check_object(item)
        unread += item is None
    if not len(document.pages):
        raise Refused("pdf.no_page")
    if (unread and _lost(document)) or not all(map(MENDED.search, document.get_warnings())):
        raise Refused("pdf.damaged")


def _lost(document):
    """True if an object promised inside an object stream was not found there."""
    table = document.get_xref_table()
    return any(entry.type == 2 and document.get_object(key) is None for key, entry in table.items())


def _check_object(item):
    """Look closely only at objects whose normalised text names something suspect: a hundred times faster."""
    if not isinstance(item, pikepdf.Object):
        return
    if isinstance(item, pikepdf.Stream):
        item = item.stream_dict
        if "/F" in item or "/Ref" in item:  # content kept in another file
            raise Refused("pdf.other_file")
    if SUSPECT.search(item.unparse(resolved=True)):
        _walk(item)


def _walk(item):
    """Visit what is written inside `item` itself; its references are objects of their own."""
    if isinstance(
        item, pikepdf.Name
    ):  # no program writes a name apart from its dictionary, except to hide it
        raise Refused(KINDS.get(str(item), "pdf.damaged"))
    pending = [item]
    while pending:
        node = pending.pop()
        if isinstance(node, pikepdf.Dictionary):
            _check_dictionary(node)
        if isinstance(node, (pikepdf.Dictionary, pikepdf.Array)):
            children = node.values() if isinstance(node, pikepdf.Dictionary) else node
            pending += [c for c in children if isinstance(c, pikepdf.Object) and not c.is_indirect]


def _check_dictionary(node):
    for key in KEYS.keys() & node.keys():
        raise Refused(KEYS[key])
    for key in ("/S", "/Subtype", "/Type"):
        if (reason := KINDS.get(_name(node.get(key)))) is not None:
            raise Refused(reason)
    if _name(node.get("/FS")) == "/URL":
        raise Refused("pdf.other_file")
    if PROGRAM_LINK.match(_text(node.get("/URI"))):
        raise Refused("pdf.link")
    _check_open_action(node.get("/OpenAction"))


def _check_open_action(action):
    """Word and scanners open on a page: a destination, or a GoTo action. Anything else acts on its own."""
    if isinstance(action, pikepdf.Dictionary) and _name(action.get("/S")) != "/GoTo":
        raise Refused("pdf.open_action")


def _name(value):
    return str(value) if isinstance(value, pikepdf.Name) else None


def _text(value):
    return str(value) if isinstance(value, pikepdf.String) else ""
