"""Holds OpenDocument files that must not enter: {what: (reason, file name, builder of bytes)}."""

from .corpus import package
from .corpus_office import XML, manifest, odf_body, ods, odt, odt_parts

ENCRYPTED = '<manifest:encryption-data manifest:checksum="x"/>'
OBJECT = "application/vnd.sun.star.oleobject"


def text_with(inside):
    """An ODT with this element in its text."""
    return odt(f"<office:text>{inside}</office:text>")


def link(element, target):
    return text_with(f'<{element} xlink:href="{target}"/>')


def with_entry(path, nature, **parts):
    """An ODT whose manifest names one more part."""
    return odt(**{"META-INF/manifest.xml": manifest("text", (path, nature))}, **parts)


def without(name):
    parts = odt_parts()
    del parts[name]
    return package(parts, stored=["mimetype"])


HOSTILE = {
    "macros in Basic": ("office.macros", "a.odt", lambda: odt(**{"Basic/Standard/Module1.xml": "<x/>"})),
    "macros in Python": ("office.macros", "a.odt", lambda: odt(**{"Scripts/python/a.py": "import os"})),
    "a dialogue": ("office.macros", "a.ods", lambda: ods(**{"Dialogs/Standard/a.xml": "<x/>"})),
    "macros announced": ("office.macros", "a.odt", lambda: with_entry("Basic/script-lc.xml", "text/xml")),
    "signed macros": ("office.macros", "a.odt", lambda: odt(**{"META-INF/macrosignatures.xml": "<x/>"})),
    "a listener": (
        "office.macros",
        "a.odt",
        lambda: text_with('<script:event-listener script:language="ooo:script" xlink:href="x"/>'),
    ),
    "a listener in the styles": (
        "office.macros",
        "a.odt",
        lambda: odt(**{"styles.xml": odf_body("<script:event-listener/>")}),
    ),
    "a listener in a chart": (
        "office.macros",
        "a.odt",
        lambda: odt(**{"Object 1/content.xml": odf_body("<script:event-listener/>")}),
    ),
    "a script in the text": ("office.macros", "a.odt", lambda: text_with("<text:script>x</text:script>")),
    "a macro field": ("office.macros", "a.odt", lambda: text_with("<text:execute-macro/>")),
    "a link to a macro": (
        "office.link",
        "a.odt",
        lambda: link("text:a", "vnd.sun.star.script:a.py$x?language=Python"),
    ),
    "a link to a command": ("office.link", "a.odt", lambda: link("text:a", ".uno:OpenUrl")),
    "a link that is a program": ("office.link", "a.odt", lambda: link("text:a", "javascript:alert(1)")),
    "a foreign object": ("office.embedded", "a.odt", lambda: odt(**{"Object 2": b"\xd0\xcf\x11\xe0"})),
    "a foreign object announced": ("office.embedded", "a.odt", lambda: with_entry("Object 1", OBJECT)),
    "a foreign object drawn": ("office.embedded", "a.odt", lambda: text_with("<draw:object-ole/>")),
    "a presentation inside": (
        "office.embedded",
        "a.odt",
        lambda: with_entry("Object 1/", "application/vnd.oasis.opendocument.presentation"),
    ),
    "a plugin": ("office.embedded", "a.odt", lambda: text_with("<draw:plugin/>")),
    "an applet": ("office.embedded", "a.odt", lambda: text_with("<draw:applet/>")),
    "a frame": (
        "office.embedded",
        "a.odt",
        lambda: text_with('<draw:floating-frame xlink:href="http://a.ml"/>'),
    ),
    "a live link": ("office.dde", "a.odt", lambda: text_with("<office:dde-source/>")),
    "a section kept elsewhere": ("office.linked", "a.odt", lambda: text_with("<text:section-source/>")),
    "a sheet kept elsewhere": (
        "office.linked",
        "a.ods",
        lambda: ods(**{"content.xml": odf_body("<table:table-source/>")}),
    ),
    "an outside image": (
        "office.external",
        "a.odt",
        lambda: link("draw:image", "https://example.org/seen.png"),
    ),
    "an image of this computer": (
        "office.external",
        "a.odt",
        lambda: link("draw:image", "file:///etc/passwd"),
    ),
    "an image beside the file": ("office.external", "a.odt", lambda: link("draw:image", "../photo.png")),
    "an encrypted text": (
        "zip.encrypted",
        "a.odt",
        lambda: odt(**{"META-INF/manifest.xml": manifest("text", inside=ENCRYPTED)}),
    ),
    "an entity bomb in the text": ("xml.dtd", "a.odt", lambda: odt(**{"content.xml": "<!DOCTYPE a []><a/>"})),
    "an entity bomb in the manifest": (
        "xml.dtd",
        "a.odt",
        lambda: odt(**{"META-INF/manifest.xml": "<!DOCTYPE a []><a/>"}),
    ),
    "a broken text": ("xml.damaged", "a.odt", lambda: odt(**{"content.xml": f"{XML}<a>"})),
    "no manifest": ("zip.damaged", "a.odt", lambda: without("META-INF/manifest.xml")),
    "a manifest of another kind": (
        "office.undeclared",
        "a.odt",
        lambda: odt(**{"META-INF/manifest.xml": manifest("spreadsheet")}),
    ),
    "a kind written last": (
        "mismatch.unknown",
        "a.odt",
        lambda: package(dict(reversed(odt_parts().items())), stored=["mimetype"]),
    ),
    "a kind written compressed": ("mismatch.unknown", "a.odt", lambda: package(odt_parts())),
    "a template": (
        "mismatch.unknown",
        "a.odt",
        lambda: odt(mimetype="application/vnd.oasis.opendocument.text-template"),
    ),
    "a program among the parts": ("zip.unexpected", "a.odt", lambda: odt(**{"setup.exe": b"MZ"})),
    "a video": ("zip.unexpected", "a.odt", lambda: odt(**{"Media/film.mp4": b"x"})),
}
