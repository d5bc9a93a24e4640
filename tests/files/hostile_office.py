"""Holds office documents that must not enter: {what: (reason, file name, builder of bytes)}."""

from .corpus import package
from .corpus_office import (
    DOCX_LINKS,
    DOCX_TYPES,
    WORD_TYPE,
    XML,
    content_types,
    docx,
    relations,
    word_body,
    xlsx,
)  # fmt: skip

BODY = "word/document.xml"
LINKS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
MS = "http://schemas.microsoft.com/office/2006/relationships/"
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'
OUTSIDE_ENTITY = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'


def big_types():
    rows = "".join(f"<!--{n}-->" for n in range(400_000))
    return docx(**{TYPES: f"{XML}<Types>{rows}</Types>"})


def main_type(nature):
    """A DOCX whose main part is declared of this type."""
    return docx(**{TYPES: content_types(DOCX_TYPES | {"/word/document.xml": nature}, png="image/png")})


def linked(*link):
    """A DOCX with one more relationship."""
    return docx(**{LINKS: relations(*DOCX_LINKS, link)})


def with_part(name, content=b"x"):
    return docx(**{name: content})


def sheet_with(name, content="<x/>", *link):
    links = {"xl/_rels/workbook.xml.rels": relations(link)} if link else {}
    return xlsx(**{name: content}, **links)


def field(*codes):
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return docx(**{BODY: word_body(extra=f"<w:p>{runs}</w:p>")})


def inside(name, content):
    """A DOCX with this document in it."""
    return docx(**{f"word/embeddings/{name}": content})


HOSTILE = {
    "an entity bomb in the types": ("xml.dtd", "a.docx", lambda: docx(**{TYPES: LAUGHS})),
    "an entity bomb in the text": ("xml.dtd", "a.docx", lambda: docx(**{BODY: LAUGHS})),
    "an outside entity in a sheet": (
        "xml.dtd",
        "a.xlsx",
        lambda: sheet_with("xl/worksheets/x.xml", OUTSIDE_ENTITY),
    ),
    "an entity bomb in links": ("xml.dtd", "a.docx", lambda: docx(**{LINKS: LAUGHS})),
    "an entity bomb in UTF-16": ("xml.dtd", "a.docx", lambda: docx(**{BODY: LAUGHS.encode("utf-16")})),
    "an entity in an old drawing": ("office.external", "a.docx", lambda: with_part("word/a.vml", LAUGHS)),
    "an image of an old drawing elsewhere": (
        "office.external",
        "a.xlsx",
        lambda: sheet_with("xl/drawings/a.vml", '<v:imagedata src="http://example.org/a.png">'),
    ),
    "a text that is not XML": (
        "xml.damaged",
        "a.docx",
        lambda: docx(**{BODY: "<w:document>"}),
    ),
    "types in an unknown encoding": (
        "xml.damaged",
        "a.docx",
        lambda: docx(**{TYPES: '<?xml version="1.0" encoding="klingon"?><Types/>'}),
    ),
    "types of 5 MB": ("xml.big", "a.docx", big_types),
    "macros": ("office.macros", "a.docx", lambda: with_part("word/vbaProject.bin", b"\xd0\xcf")),
    "macros under another name": (
        "office.macros",
        "a.docx",
        lambda: docx(
            **{TYPES: content_types(DOCX_TYPES | {"/word/a.xml": "application/vnd.ms-office.vbaProject"})}
        ),
    ),
    "macros by a link": ("office.macros", "a.docx", lambda: linked(MS + "vbaProject", "styles.xml")),
    "a macro document renamed": (
        "office.macros",
        "a.docx",
        lambda: main_type("application/vnd.ms-word.document.macroEnabled.main+xml"),
    ),
    "a macro workbook renamed": (
        "office.macros",
        "a.xlsx",
        lambda: xlsx(
            **{
                TYPES: content_types(
                    {"/xl/workbook.xml": "application/vnd.ms-excel.sheet.macroEnabled.main+xml"}
                )
            }
        ),
    ),
    "a macro sheet of 1992": ("office.macros", "a.xlsx", lambda: sheet_with("xl/macrosheets/sheet1.xml")),
    "an active control": ("office.activex", "a.docx", lambda: with_part("word/activeX/activeX1.xml", "<x/>")),
    "an active control by a link": ("office.activex", "a.docx", lambda: linked("control", "styles.xml")),
    "a foreign object": ("office.embedded", "a.docx", lambda: with_part("word/embeddings/oleObject1.bin")),
    "a foreign object by a link": (
        "office.embedded",
        "a.docx",
        lambda: linked("oleObject", "media/image1.png"),
    ),
    "a macro workbook inside": ("office.embedded", "a.docx", lambda: with_part("word/embeddings/a.xlsm")),
    "a macro workbook inside, renamed": (
        "office.macros",
        "a.docx",
        lambda: with_part("word/embeddings/a.xlsx", sheet_with("xl/vbaProject.bin")),
    ),
    "a document in a document in a document": ("office.nested", "a.docx", lambda: inside("a.docx", docx())),
    "another kind of package inside": (
        "office.embedded",
        "a.docx",
        lambda: with_part("word/embeddings/a.docx", package({"a.txt": "x"})),
    ),
    "a web page imported": ("office.embedded", "a.docx", lambda: linked("aFChunk", "a.xml")),
    "an outside workbook": (
        "office.linked",
        "a.xlsx",
        lambda: sheet_with("xl/externalLinks/externalLink1.xml"),
    ),
    "an outside workbook by a link": (
        "office.linked",
        "a.xlsx",
        lambda: sheet_with("xl/x.xml", "<x/>", "externalLink", "x.xml"),
    ),
    "a database": ("office.linked", "a.xlsx", lambda: sheet_with("xl/x.xml", "<x/>", "connections", "x.xml")),
    "an outside image": (
        "office.external",
        "a.docx",
        lambda: linked("image", "http://example.org/seen.png", "External"),
    ),
    "an outside image, otherwise written": (
        "office.external",
        "a.docx",
        lambda: linked("image", "\\\\srv\\a.png", "external"),
    ),
    "an outside image, undeclared": (
        "office.external",
        "a.docx",
        lambda: linked("image", "https://example.org/a"),
    ),
    "an outside template": (
        "office.template",
        "a.docx",
        lambda: linked("attachedTemplate", "http://example.org/a.dotm", "External"),
    ),
    "an add-in": (
        "office.addin",
        "a.docx",
        lambda: with_part("word/webextensions/webextension1.xml", "<x/>"),
    ),
    "a ribbon": ("office.addin", "a.docx", lambda: with_part("customUI/customUI.xml", "<x/>")),
    "a field that runs a program": (
        "office.dde",
        "a.docx",
        lambda: field(r' DDEAUTO c:\\windows\\cmd.exe "/k calc" '),
    ),
    "a field cut in pieces": ("office.dde", "a.docx", lambda: field("DD", "EAU", "TO cmd")),
    "a short field": (
        "office.dde",
        "a.docx",
        lambda: docx(**{BODY: word_body(extra='<w:fldSimple w:instr="DDE cmd"/>')}),
    ),
    "a link that is a program": (
        "office.link",
        "a.docx",
        lambda: linked("hyperlink", "javascript:alert(1)", "External"),
    ),
    "a presentation renamed": (
        "mismatch.unknown",
        "a.docx",
        lambda: main_type(
            "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
        ),
    ),
    "a template renamed": ("mismatch.unknown", "a.docx", lambda: main_type(WORD_TYPE + "template.main+xml")),
    "a part of the wrong type": ("mismatch.unknown", "a.docx", lambda: main_type(WORD_TYPE + "styles+xml")),
    "a text whose main part is not named": (
        "mismatch.unknown",
        "a.docx",
        lambda: docx(**{"_rels/.rels": relations()}),
    ),
}
