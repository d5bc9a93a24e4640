"""Holds what an ODT or ODS may contain; refuses macros, scripts, foreign objects and outside content."""

import re

from . import markup
from .refusals import Refused

MIMETYPE = b"application/vnd.oasis.opendocument."
MAIN = {MIMETYPE + b"text": "odt", MIMETYPE + b"spreadsheet": "ods"}
MANIFEST = "META-INF/manifest.xml"
ALLOWED_PARTS = re.compile(
    r"""\A(?: mimetype | layout-cache | manifest\.rdf | META-INF/(?:manifest|documentsignatures)\.xml
        | (?:Object\ [^/]+/)*(?:content|styles|settings|meta)\.xml | (?:Object\ [^/]+/)+mimetype
        | (?:Object\ [^/]+/)*(?:Pictures|Thumbnails)/[^/]+
          \.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svm|svg|webp|pdf)
        | (?:Object\ [^/]+/)*ObjectReplacements/[^/]+
        | Configurations2/.*\.(?:xml|png) | Fonts/[^/]+\.(?:ttf|otf|odttf) )$""",
    re.VERBOSE,
)
# Charts and formulas live in sub-documents; a foreign program's object is a lone binary part.
OBJECT = re.compile(r"\A(?:Object [^/]+/)*Object [^/]+/?$")
SUBDOCUMENT = re.compile(r"\Aapplication/vnd\.oasis\.opendocument\.(?:chart|formula|text|spreadsheet)$")
FORBIDDEN_ELEMENTS = {
    "script:event-listener": "office.macros", "office:script": "office.macros",
    "text:execute-macro": "office.macros", "text:script": "office.macros",
    "draw:plugin": "office.embedded", "draw:applet": "office.embedded",
    "draw:floating-frame": "office.embedded", "draw:object-ole": "office.embedded",
    "office:dde-source": "office.dde", "table:dde-link": "office.dde", "text:dde-connection": "office.dde",
    "text:dde-connection-decl": "office.dde",
    "table:table-source": "office.linked", "table:cell-range-source": "office.linked",
    "text:section-source": "office.linked", "form:connection-resource": "office.linked",
}  # fmt: skip
PREFIXES = {
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:script:1.0": "script",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
    "urn:oasis:names:tc:opendocument:xmlns:form:1.0": "form",
    "http://openoffice.org/2000/script": "script",
}
LINKS = {"text:a", "draw:a", "form:button", "form:image"}
HREF = "http://www.w3.org/1999/xlink href"
PROGRAM_LINK = re.compile(
    r"\A\s*(?:javascript|vbscript|data|macro|script|vnd\.sun\.star\.\w+|slot|service|\.uno)\s*:",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"\A\s*(?:[a-z][a-z0-9+.-]+:|/|\\|\.\./)", re.IGNORECASE)


def kind_of(archive):
    """odt, ods or None, from the first part of the package."""
    for content, kind in MAIN.items():
        if archive.first_is("mimetype", content):
            return kind
    return None


def check(archive):
    """Raise Refused unless every part is known and passive."""
    _check_manifest(archive)
    for name in archive.names:
        _check_name(name)
        if name.endswith((".xml", ".rdf")):
            _check_xml(archive, name)
        else:
            for _ in archive.pieces(name):  # sizes and sums only
                pass


def _check_manifest(archive):
    if MANIFEST not in archive:
        raise Refused("zip.damaged")
    root = markup.tree(archive.read(MANIFEST, markup.MAX_TREE))
    main = None
    for item in root.iter():
        tag = item.tag.rpartition("}")[2]
        if tag == "encryption-data":
            raise Refused("zip.encrypted")
        if tag == "file-entry":
            values = {key.rpartition("}")[2]: value for key, value in item.attrib.items()}
            path, nature = values.get("full-path", ""), values.get("media-type", "")
            main = nature if path == "/" else main
            _check_declared(path, nature)
    if main is None or not archive.first_is("mimetype", main.encode()):
        raise Refused("office.undeclared")


def _check_declared(path, nature):
    if path.startswith(("Basic/", "Scripts/", "Dialogs/")):
        raise Refused("office.macros")
    if OBJECT.match(path) and not SUBDOCUMENT.match(nature):
        raise Refused("office.embedded")


def _check_name(name):
    if name.startswith(("Basic/", "Scripts/", "Dialogs/")) or name == "META-INF/macrosignatures.xml":
        raise Refused("office.macros")
    if ALLOWED_PARTS.match(name):
        return
    if name.startswith("Object ") or name.startswith("ObjectReplacements"):
        raise Refused("office.embedded")
    raise Refused("zip.unexpected", part=name.rpartition("/")[2][-40:])


def _check_xml(archive, name):
    pieces = archive.pieces(name)
    first = next(pieces, b"")
    if not first:  # LibreOffice writes empty key maps
        return
    content = name.endswith(("content.xml", "styles.xml"))
    markup.scan(_chain(first, pieces), _check_element if content else None)


def _chain(first, others):
    yield first
    yield from others


def _check_element(tag, attributes):
    space, _, local = tag.rpartition(" ")
    element = f"{PREFIXES.get(space)}:{local}"
    if (reason := FORBIDDEN_ELEMENTS.get(element)) is not None:
        raise Refused(reason)
    target = attributes.get(HREF)
    if target is None:
        return
    if PROGRAM_LINK.match(target):
        raise Refused("office.link")
    if element not in LINKS and OUTSIDE.match(target):
        raise Refused("office.external")
