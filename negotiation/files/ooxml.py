"""Holds what a DOCX or XLSX may contain; refuses macros, controls, foreign objects and outside content."""

import re

from . import markup
from .archive import Archive
from .refusals import Refused

TYPES_PART = "[Content_Types].xml"
DOCUMENT = "application/vnd.openxmlformats-officedocument."
MAIN = {
    DOCUMENT + "wordprocessingml.document.main+xml": "docx",
    DOCUMENT + "spreadsheetml.sheet.main+xml": "xlsx",
}
ALLOWED_PARTS = re.compile(
    r"""\A(?: \[content_types\]\.xml | .+\.(?:xml|rels|vml|psmdcp|sigs)
        | .+\.(?:png|jpe?g|jpe|jfif|gif|bmp|dib|tiff?|emf|wmf|svg|wdp|webp|odttf|ttf|fntdata)
        | .*printersettings/[^/]+\.bin | (?:word|xl)/embeddings/[^/]+\.(?:docx|xlsx) )$""",
    re.VERBOSE | re.IGNORECASE,
)
# Tried in order on part names, content types and relationship types, all in lower case.
FORBIDDEN = [
    (re.compile(r"vbaproject|vbadata|macroenabled|macrosheet|attachedtoolbars"), "office.macros"),
    (re.compile(r"activex|/control$"), "office.activex"),
    (re.compile(r"webextension|ui/extensibility$|/customui"), "office.addin"),
    (re.compile(r"externallink|relationships/connections$|\.connections\+xml|/querytable"), "office.linked"),
    (re.compile(r"/attachedtemplate$"), "office.template"),
    (re.compile(r"relationships/(?:afchunk|subdocument|frame)$"), "office.embedded"),
]
EMBEDDED = re.compile(r"embeddings/|relationships/oleobject$|\.oleobject$")
PACKAGE = re.compile(r"\.(docx|xlsx)$")
PROGRAM_LINK = re.compile(r"\A\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
OUTSIDE = re.compile(r"\A\s*(?:[a-z][a-z0-9+.-]+:|//|\\\\)", re.IGNORECASE)
# Old drawings are not always well-formed XML, so they are searched, not parsed.
VML_FAULT = re.compile(
    rb"<!DOCTYPE|<!ENTITY|\b(?:src|o:href)\s*=\s*(?:[\"']\s*)?(?:[a-z]{2,}:|//|\\\\)", re.IGNORECASE
)
DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)


def kind_of(archive):
    """docx, xlsx or None, from the type that the package declares for its main part."""
    if TYPES_PART not in archive:
        return None
    types = _content_types(archive)
    _refuse_forbidden(types.values())
    main = main_part(archive).lower()
    # Open XML SDK declares the main type for the extension, the others for the part.
    return MAIN.get(types.get("/" + main) or types.get(main.rpartition(".")[2]))


def check(archive, *, nested=False):
    """Raise Refused unless every part, type and relationship is passive and stays in the package."""
    for name in archive.names:
        _check_name(name)
    _refuse_forbidden(_content_types(archive).values())
    for name in archive.names:
        _check_part(archive, name, nested)


def _content_types(archive):
    """{extension or /part: type}, in lower case."""
    root = markup.tree(archive.read(TYPES_PART, markup.MAX_TREE))
    return {
        (item.get("PartName") or item.get("Extension") or "").lower(): (item.get("ContentType") or "").lower()
        for item in root
    }


def main_part(archive):
    if "_rels/.rels" not in archive:
        return ""
    for link in markup.tree(archive.read("_rels/.rels", markup.MAX_TREE)):
        if (link.get("Type") or "").endswith("/officeDocument"):
            return (link.get("Target") or "").removeprefix("/").removeprefix("./")
    return ""


def _refuse_forbidden(words):
    for word in words:
        for pattern, reason in FORBIDDEN:
            if pattern.search(word.lower()):
                raise Refused(reason)


def _check_name(name):
    _refuse_forbidden([name])
    if ALLOWED_PARTS.match(name):
        return
    if EMBEDDED.search(name.lower()):
        raise Refused("office.embedded")
    raise Refused("zip.unexpected", part=name.rpartition("/")[2][-40:])


def _check_part(archive, name, nested):
    lower = name.lower()
    if lower.endswith(".rels"):
        _check_relationships(markup.tree(archive.read(name, markup.MAX_TREE)))
    elif lower.endswith((".docx", ".xlsx")):
        _check_nested(archive.read(name), lower.rpartition(".")[2], nested)
    elif lower.endswith(".vml"):
        if VML_FAULT.search(archive.read(name)):
            raise Refused("office.external")
    elif lower.endswith(".xml"):
        _scan(archive.pieces(name), fields=lower.startswith("word/"))
    else:
        for _ in archive.pieces(name):  # sizes and sums only
            pass


def _check_nested(data, kind, nested):
    """The workbook behind a chart is a document of its own: same rules, one level deep."""
    if nested:
        raise Refused("office.nested")
    inner = Archive(data)
    if kind_of(inner) != kind:
        raise Refused("office.embedded")
    check(inner, nested=True)


def _check_relationships(root):
    for link in root:
        nature, target = (link.get("Type") or "").lower(), link.get("Target") or ""
        _refuse_forbidden([nature])
        if EMBEDDED.search(nature) and not PACKAGE.search(target.lower()):
            raise Refused("office.embedded")
        if nature.endswith("/hyperlink"):
            if PROGRAM_LINK.match(target):
                raise Refused("office.link")
        elif (link.get("TargetMode") or "").lower() == "external" or OUTSIDE.match(target):
            raise Refused("office.external")


def _scan(pieces, *, fields):
    """Parse one XML part; in Word, gather the field codes, which a writer may cut into several runs."""
    if not fields:
        markup.scan(pieces)
        return
    codes, inside = [], [False]

    def on_element(tag, attributes):
        inside[0] = tag.endswith(" instrText")
        codes.extend(value for key, value in attributes.items() if key.endswith(" instr"))

    def on_text(text):
        if inside[0]:
            codes.append(text)

    markup.scan(pieces, on_element, on_text)
    if DDE.search("".join(codes)):
        raise Refused("office.dde")
