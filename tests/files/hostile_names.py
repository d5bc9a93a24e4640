"""Holds files of other kinds, or whose name and content disagree: {what: (reason, file name, builder)}."""

from .corpus import image, jpeg, package, pdf
from .corpus_office import docx, ods, odt, xlsx

MAX = 20 * 1024 * 1024
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500)
WEB_PAGE = b"<!DOCTYPE html><script>alert(1)</script>"


def old_office(*streams):
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    return start + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams)


def same(content):
    return lambda: content


HOSTILE = {
    "a plain archive": ("mismatch.unknown", "a.docx", lambda: package({"lisez-moi.txt": "x"})),
    "a password": ("office.password", "a.xlsx", lambda: old_office("EncryptionInfo", "EncryptedPackage")),
    "an old Word document renamed": ("extension.old", "a.docx", lambda: old_office("WordDocument")),
    "an empty file": ("empty", "a.pdf", same(b"")),
    "a file of 21 MB": ("too_big", "a.pdf", lambda: b"%PDF-1.7\n" + bytes(MAX)),
    "no extension": ("extension.none", "contrat", pdf),
    "no name": ("extension.none", None, pdf),
    "only an extension": ("extension.none", ".pdf", pdf),
    "a program": ("extension.other", "contrat.exe", same(b"MZ" + bytes(99))),
    "a program under two extensions": ("extension.other", "contrat.pdf.exe", same(b"MZ" + bytes(99))),
    "a name written backwards": ("extension.other", "contrat\u202efdp.exe", pdf),
    "a web page": ("extension.other", "a.html", same(WEB_PAGE)),
    "an old Word document": ("extension.old", "a.doc", same(b"\xd0\xcf\x11\xe0")),
    "an old workbook": ("extension.old", "a.XLS", same(b"\xd0\xcf\x11\xe0")),
    "a macro document": ("extension.macros", "a.docm", docx),
    "a macro workbook": ("extension.macros", "a.xlsm", xlsx),
    "a binary workbook": ("extension.macros", "a.xlsb", xlsx),
    "a photo of a telephone": ("extension.photo", "a.heic", same(HEIC)),
    "a drawing that can act": ("extension.photo", "a.svg", same(b"<svg onload='alert(1)'/>")),
    "an archive": ("extension.archive", "a.zip", docx),
    "a presentation": ("extension.slides", "a.pptx", docx),
    "a web page named PDF": ("mismatch.unknown", "a.pdf", same(WEB_PAGE)),
    "a program named Word": ("mismatch.unknown", "a.docx", same(b"MZ" + bytes(999))),
    "a photo of a telephone named JPEG": ("mismatch.unknown", "a.jpg", same(HEIC)),
    "a GIF named PNG": ("mismatch.unknown", "a.png", lambda: image("GIF")),
    "a broken archive named PNG": ("mismatch.unknown", "a.png", same(b"PK\x03\x04" + bytes(99))),
    "a PNG named JPEG": ("mismatch.known", "a.jpeg", image),
    "a JPEG named PNG": ("mismatch.known", "a.png", jpeg),
    "a PDF named Word": ("mismatch.known", "a.docx", pdf),
    "a Word document named PDF": ("mismatch.known", "a.pdf", docx),
    "a Word document named Excel": ("mismatch.known", "a.xlsx", docx),
    "a workbook named Word": ("mismatch.known", "a.docx", xlsx),
    "a text named workbook": ("mismatch.known", "a.ods", odt),
    "a workbook named text": ("mismatch.known", "a.odt", ods),
}
