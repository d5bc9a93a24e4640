"""Holds the verdict on a file that a user deposits; refuses all that is not one whole, passive document.

The name only announces, the structure decides. Content that acts, fetches or hides is refused, never cleaned:
what is stored is what was signed.
"""

import logging
from dataclasses import dataclass

from .apart import check_apart, redraw_apart
from .names import extension_of
from .refusals import Refused

__all__ = ["MAX_BYTES", "Refused", "Verdict", "inspect", "picture"]

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Verdict:
    """What the file is: serve it with this type, name it with this extension (without dot)."""

    kind: str
    content_type: str
    extension: str


VERDICTS = {
    "pdf": Verdict("pdf", "application/pdf", "pdf"),
    "png": Verdict("png", "image/png", "png"),
    "jpeg": Verdict("jpeg", "image/jpeg", "jpg"),
    "docx": Verdict("docx", OFFICE + "wordprocessingml.document", "docx"),
    "xlsx": Verdict("xlsx", OFFICE + "spreadsheetml.sheet", "xlsx"),
    "odt": Verdict("odt", OPEN + "text", "odt"),
    "ods": Verdict("ods", OPEN + "spreadsheet", "ods"),
}
KIND_OF_EXTENSION = {kind: kind for kind in VERDICTS} | {"jpg": "jpeg"}
DECODED = {"pdf", "png", "jpeg"}
NOUNS = {
    "pdf": "un PDF", "png": "une image PNG", "jpeg": "une image JPEG", "docx": "un document Word",
    "xlsx": "un classeur Excel", "odt": "un texte OpenDocument", "ods": "un classeur OpenDocument",
}  # fmt: skip
STARTS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"PK": "package"}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD_STREAM = "EncryptedPackage".encode("utf-16-le")
MODERN = {
    "doc": "DOCX", "dot": "DOCX", "rtf": "DOCX", "xls": "XLSX", "xlt": "XLSX", "sxw": "ODT", "sxc": "ODS",
}  # fmt: skip
WITHOUT_MACROS = {
    "docm": "DOCX", "dotm": "DOCX", "dotx": "DOCX",
    "xlsm": "XLSX", "xltm": "XLSX", "xltx": "XLSX", "xlsb": "XLSX", "xlam": "XLSX",
}  # fmt: skip
OTHERS = (
    dict.fromkeys(["heic", "heif", "webp", "gif", "bmp", "tif", "tiff", "avif", "svg"], "extension.photo")
    | dict.fromkeys(["zip", "rar", "7z", "tar", "gz", "tgz"], "extension.archive")
    | dict.fromkeys(["ppt", "pptx", "pptm", "pps", "ppsx", "odp"], "extension.slides")
)

logger = logging.getLogger(__name__)


def inspect(file, name):
    """Return the Verdict on `file` (binary, seekable, left at its start) or raise only Refused."""
    try:
        return _inspect(file, name)
    except Refused:
        raise
    except Exception:  # a fault of ours: logged for us, and the door stays shut
        logger.exception("the file check failed")
        raise Refused("unchecked") from None


def picture(file, name):
    """The bytes of a small PNG drawn again from a PNG or JPEG; Refused for anything else."""
    verdict = inspect(file, name)
    if verdict.kind not in ("png", "jpeg"):
        raise Refused("picture", label=verdict.kind.upper())
    return redraw_apart(verdict.kind, _read(file))


def _inspect(file, name):
    extension = extension_of(name)
    announced = _announced(extension)
    data = _read(file)
    kind = _content_kind(data, announced)
    if kind != announced:
        raise _mismatch(extension, announced, kind, data)
    return VERDICTS[kind]


def _announced(extension):
    """The kind that the extension promises."""
    if kind := KIND_OF_EXTENSION.get(extension):
        return kind
    if not extension:
        raise Refused("extension.none")
    shown = f".{extension}"
    if extension in MODERN:
        raise Refused("extension.old", extension=shown, modern=MODERN[extension])
    if extension in WITHOUT_MACROS:
        raise Refused("extension.macros", extension=shown, modern=WITHOUT_MACROS[extension])
    raise Refused(OTHERS.get(extension, "extension.other"), extension=shown)


def _read(file):
    try:
        size = file.seek(0, 2) or file.tell()
        if size > MAX_BYTES:
            raise Refused("too_big", size=-(-size // MEGABYTE), limit=MAX_BYTES // MEGABYTE)
        file.seek(0)
        data = file.read()
        file.seek(0)
    except (OSError, ValueError):  # the connection broke, or the temporary file is gone
        raise Refused("unreadable") from None
    if not data:
        raise Refused("empty")
    return data


def _content_kind(data, announced):
    """What the bytes are, or None; checked whole unless they are plainly something else than announced."""
    kind = next((kind for start, kind in STARTS.items() if data.startswith(start)), None)
    if kind in (None, announced):
        return kind and check_apart(kind, data)
    if kind != "package":
        return kind
    try:
        return check_apart(kind, data)
    except Refused:
        if announced in DECODED:  # the faults of a package do not matter to who expects a picture
            return None
        raise


def _mismatch(extension, announced, kind, data):
    shown = f".{extension}"
    if kind:
        return Refused("mismatch.known", extension=shown, found=NOUNS[kind], label=announced.upper())
    if announced == "pdf" and b"%PDF-" in data[:1024]:
        return Refused("pdf.start")
    if announced in ("docx", "xlsx") and data.startswith(OLD_OFFICE):
        if PASSWORD_STREAM in data:
            return Refused("office.password")
        return Refused("extension.old", extension=shown[:4], modern=announced.upper())
    return Refused("mismatch.unknown", extension=shown, expected=NOUNS[announced], label=announced.upper())
