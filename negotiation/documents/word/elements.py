"""The pieces of a Word document, one function each: paragraphs, runs, fields, bookmarks, sections. Knows no HTML."""
import re
import unicodedata
from copy import deepcopy
from dataclasses import dataclass

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

BLANKS = re.compile(r"[ \t\r\n\f]+")
# What XML refuses, and the places that were given to long words to break.
UNWRITABLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u200b\ufffe\uffff\ud800-\udfff]")
LANDSCAPE = {"w": "16838", "h": "11906", "orient": "landscape"}


@dataclass(frozen=True)
class Look:
    """How a text looks. link: the bookmark that it leads to."""
    bold: bool = False
    italic: bool = False
    small: bool = False
    mono: bool = False
    link: str = ""


def tag(name, text=None, /, **attributes):
    """<w:name w:attribute="…">, with its text."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    if text is not None:
        made.text = text
        made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def parent(name, *children, **attributes):
    made = tag(name, **attributes)
    made.extend(child for child in children if child is not None)
    return made


def run(text, look):
    """A text in one look; a line break for each « \\n »."""
    properties = parent("rPr", tag("rFonts", ascii="Consolas", hAnsi="Consolas") if look.mono else None,
                        tag("b") if look.bold else None, tag("i") if look.italic else None,
                        tag("color", val="4C5070") if look.small else None,
                        tag("sz", val=16) if look.small else None, tag("rtl") if is_rtl(text) else None)
    made = parent("r", properties if len(properties) else None)
    for number, line in enumerate(text.split("\n")):
        made.extend([tag("br")] * bool(number) + [tag("t", line)] * bool(line))
    return made


def is_rtl(text):
    """Does the text begin, at its first letter, in a script written from right to left (Arabic, N’Ko)?"""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def paragraph(runs, style="", *, align="", before=False, keep=False):
    """runs: elements. before: on a new page; keep: with the paragraph that follows."""
    text = "".join(node.text or "" for node in runs for node in node.iter(qn("w:t")))
    properties = parent(
        "pPr", tag("pStyle", val=style) if style else None, tag("keepNext") if keep else None,
        tag("pageBreakBefore") if before else None, tag("bidi") if is_rtl(text) else None,
        tag("jc", val=align) if align else None)
    return parent("p", properties if len(properties) else None, *runs)


def field(instruction, shown, *, dirty=False):
    """The runs of a field that Word computes; shown: the elements seen until it does."""
    begin = tag("fldChar", fldCharType="begin", **{"dirty": "true"} if dirty else {})
    return [parent("r", begin), parent("r", tag("instrText", f" {instruction} ")),
            parent("r", tag("fldChar", fldCharType="separate")), *shown, parent("r", tag("fldChar", fldCharType="end"))]


def bookmark(number, name):
    return tag("bookmarkStart", id=number, name=name), tag("bookmarkEnd", id=number)


def bookmark_name(anchor):
    """A name that Word accepts for a place of the page."""
    return f"a_{re.sub('[^A-Za-z0-9]', '_', anchor)}"[:40]


def linked(name, runs):
    return parent("hyperlink", *runs, anchor=name, history=1)


def section(last, *, landscape):
    """The end of a section like the last one of the document, whose header and footer it shares."""
    made = deepcopy(last)
    if landscape:
        size = made.find(qn("w:pgSz"))
        for key, value in LANDSCAPE.items():
            size.set(qn(f"w:{key}"), value)
    return made


class Runs:
    """The texts of one paragraph as they come, their blanks collapsed as on a page."""

    def __init__(self):
        self.pieces, self.edge = [], False

    def __bool__(self):
        return any(kind != "text" or value.strip(" \n") for kind, value, _ in self.pieces)

    @property
    def last(self):
        return self.pieces[-1][1][-1:] if self.pieces and self.pieces[-1][0] == "text" else ""

    def text(self, value, look):
        value = BLANKS.sub(" ", UNWRITABLE.sub("", value or ""))
        # Two elements that a margin separates on a page are two words here.
        if self.edge and value[:1].isalnum() and (self.last.isalnum() or self.last in tuple(").…»%")):
            value = f" {value}"
        if value.startswith(" ") and (not self.pieces or self.last in (" ", "\n")):
            value = value[1:]
        if value:
            self.pieces.append(("text", value, look))
            self.edge = False

    def line(self, look):
        self.pieces.append(("text", "\n", look))

    def element(self, made):
        self.pieces.append(("element", made, None))

    def made(self):
        """The runs, as elements; those of one link together."""
        found = []
        while self.pieces and self.pieces[-1][0] == "text" and not self.pieces[-1][1].strip(" \n"):
            self.pieces.pop()
        for place, (kind, value, look) in enumerate(self.pieces):
            if kind == "element":
                found.append(value)
                continue
            value = value.rstrip(" ") if place == len(self.pieces) - 1 else value
            made = run(value, look)
            found.append(linked(look.link, [made]) if look.link else made)
        return found
