"""From the HTML of a page to the body of a Word document, element by element, in the order of the page.

What a browser would show is kept; what a style sheet alone adds (page numbers, « Chapitre ») is not. A drawing is said
in its own words, since nothing here turns SVG into pixels; a PNG or JPEG is kept, with its alternative text.
"""
import base64
import binascii
import io
from dataclasses import replace

from docx.oxml.ns import qn
from docx.shared import Mm

from . import tables
from .elements import BLANKS, Look, Runs, bookmark, bookmark_name, field, linked, paragraph, run, section

HEADINGS = {"h1": "Title", "h2": "Heading1", "h3": "Heading2", "h4": "Heading3", "h5": "Heading4", "h6": "Heading5"}
BLOCKS = {*HEADINGS, "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "figure",
          "figcaption", "blockquote", "table", "ul", "ol", "dl", "dt", "dd", "li", "svg", "body", "form", "hr"}
SILENT = {"script", "style", "template", "head", "title", "col", "colgroup"}
LOOKS = {"b": {"bold": True}, "strong": {"bold": True}, "i": {"italic": True}, "em": {"italic": True},
         "code": {"mono": True}, "dt": {"bold": True}}
# Words of a class that say how a text looks.
CLASSES = {"muted": {"italic": True}, "blanks": {"italic": True}, "note": {"small": True}, "mark": {"small": True},
           "code": {"mono": True}, "legend": {"small": True}}
STYLES = {"caption": "Caption", "chart__title": "Caption", "cover__period": "Subtitle", "cover__subtitle": "Subtitle"}
IN_CONTENTS = ("Heading1", "Heading2")
PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,")


def is_silent(element):
    """Nothing to say: a comment, what is no text, or an ornament beside the word that says the same."""
    return not isinstance(element.tag, str) or element.tag in SILENT or element.get("aria-hidden") == "true"


def words_of(element):
    return set((element.get("class") or "").split())


class Conversion:
    """document: of python-docx; pictures: {address of an image on the page: its PNG}."""

    def __init__(self, document, pictures):
        self.document, self.pictures = document, pictures
        self.body, self.last_section = document.element.body, document.element.body.sectPr
        self.headings, self.bookmarks, self.contents = [], 0, None
        # Right after the end of a section, a page has just begun.
        self.new_page = False

    def convert(self, page):
        """page: the <body> of the HTML."""
        self.blocks(page, self.body, Look())
        if self.contents is not None:
            self.list_headings()

    def append(self, target, made):
        self.new_page = False
        if target is self.body:
            self.last_section.addprevious(made)
        else:
            target.append(made)

    def blocks(self, element, target, look, style="", before=False):
        """What an element holds, block after block; what stands between two blocks is a paragraph."""
        pending = Runs()
        runs_in = "run-in" in words_of(element)
        pending.text(element.text, look)
        for child in element:
            if is_silent(child):
                pass
            elif child.tag not in BLOCKS:
                self.inline(child, pending, look)
            elif runs_in and child.tag == "p" and pending:
                # The first paragraph after a label goes on its line.
                pending.text(" ", look)
                self.inline(child, pending, look)
                runs_in = False
            else:
                self.flush(pending, target, style)
                self.block(child, target, look, style, before)
                before = False
            pending.text(child.tail, look)
        self.flush(pending, target, style)

    def flush(self, pending, target, style, **told):
        if pending:
            self.append(target, paragraph(pending.made(), style, **told))
        pending.pieces = []

    def block(self, element, target, look, style, before):
        words = words_of(element)
        look = self.look_of(element, look)
        if element.tag in HEADINGS:
            self.heading(element, target, look, before)
        elif element.tag == "table":
            self.table(element, target)
        elif element.tag == "svg":
            self.drawing(element, target)
        elif "contents" in words:
            self.place_contents(element, target)
        elif element.tag == "p":
            self.text_block(element, target, look, next((STYLES[one] for one in sorted(words & set(STYLES))), style))
        elif element.tag in ("ul", "ol"):
            for item in element.iterchildren("li"):
                self.text_block(item, target, look, "ListBullet" if element.tag == "ul" else "ListNumber")
        elif "wide" in words and target is self.body:
            self.end_section(landscape=False)
            self.blocks(element, target, look, style)
            self.end_section(landscape=True)
        else:
            new_page = element.tag == "section" and "chapter" in words and "chapter--follows" not in words
            self.anchor(element, target)
            self.blocks(element, target, look, style, before or new_page)

    def text_block(self, element, target, look, style):
        """A paragraph; whatever blocks it holds come after."""
        if any(child.tag in BLOCKS for child in element if isinstance(child.tag, str)):
            self.blocks(element, target, look, style)
            return
        pending = Runs()
        self.inside(element, pending, look)
        self.flush(pending, target, style, align="right" if "number" in words_of(element) else "")

    def inline(self, element, pending, look):
        if element.tag == "br":
            pending.line(look)
        elif element.tag == "img":
            if (made := self.picture(element)) is not None:
                pending.element(made)
            elif element.get("alt"):
                pending.text(f"[{element.get('alt')}]", look)
        elif element.tag == "a" and (element.get("href") or "").startswith("#") and not element.text_content().strip():
            name = bookmark_name(element.get("href")[1:])
            for made in field(f"PAGEREF {name} \\h", [run("…", look)], dirty=True):
                pending.element(made)
        else:
            pending.edge = True
            if "tag" in words_of(element) and element.getparent().tag in HEADINGS:
                # A state, which only its frame sets apart from the title on the page.
                pending.text("— ", look)
            self.inside(element, pending, self.look_of(element, look))
            pending.edge = True

    def inside(self, element, pending, look):
        pending.text(element.text, look)
        for child in element:
            if not is_silent(child):
                self.inline(child, pending, look)
            pending.text(child.tail, look)

    def look_of(self, element, look):
        found = dict(LOOKS.get(element.tag, {}))
        for word in words_of(element) & set(CLASSES):
            found |= CLASSES[word]
        if element.tag == "a" and (element.get("href") or "").startswith("#"):
            found["link"] = bookmark_name(element.get("href")[1:])
        return replace(look, **found) if found else look

    def heading(self, element, target, look, before):
        pending, style = Runs(), HEADINGS[element.tag]
        self.inside(element, pending, replace(look, bold=False))
        if not pending:
            return
        runs = pending.made()
        start, end = self.mark(element.get("id") or f"titre-{self.bookmarks}")
        if style in IN_CONTENTS and target is self.body:
            text = "".join(node.text or "" for one in runs for node in one.iter(qn("w:t")))
            self.headings.append((style, text, start.get(qn("w:name"))))
        self.append(target, paragraph([start, *runs, end], style, before=before and not self.new_page))

    def anchor(self, element, target):
        """An element that others lead to, and that is no heading."""
        if element.get("id") and target is self.body:
            self.append(target, paragraph(self.mark(element.get("id")), "Ancre", keep=True))

    def mark(self, anchor):
        self.bookmarks += 1
        return bookmark(self.bookmarks, bookmark_name(anchor))

    def table(self, element, target):
        for caption in element.iterchildren("caption"):
            self.text_block(caption, target, Look(), "Caption")
        if (made := tables.table(element, self.fill)) is not None:
            self.append(target, made)
            # Two tables that touch would be one.
            self.append(target, paragraph([], "Ancre"))

    def fill(self, element, box, style, bold):
        look = self.look_of(element, Look(bold=bold))
        if "number" in words_of(element):
            self.text_block(element, box, look, style)
        else:
            self.blocks(element, box, look, style)

    def drawing(self, element, target):
        told = [BLANKS.sub(" ", child.text_content()).strip() for child in element.iterchildren("title", "desc")]
        told = [one for one in told if one] or [element.get("aria-label") or ""]
        if any(told):
            told = ". ".join(one.rstrip(".") for one in told)
            self.append(target, paragraph([run(f"Figure\u00a0: {told}.", Look(italic=True))], "Caption"))

    def picture(self, element):
        """A run that holds the picture with its alternative text; None for one that cannot be shown here."""
        address = element.get("src") or ""
        data = self.pictures.get(address)
        if data is None and (known := next((one for one in PICTURES if address.startswith(one)), None)):
            try:
                data = base64.b64decode(address[len(known):], validate=True)
            except (binascii.Error, ValueError):
                return None
        if data is None:
            return None
        holder = self.document.add_paragraph()
        holder.add_run().add_picture(io.BytesIO(data), width=Mm(32))
        made = holder._p.r_lst[0]
        made.getparent().getparent().remove(holder._p)
        for told in made.iter(qn("wp:docPr")):
            told.set("descr", element.get("alt") or "")
            told.set("name", f"Image {told.get('id')}")
        return made

    def end_section(self, *, landscape):
        """What came before is a section, upright or on its side."""
        if self.new_page:
            return
        last = self.last_section.getprevious()
        if last is None or last.tag != qn("w:p"):
            last = paragraph([], "Ancre")
            self.append(self.body, last)
        last.get_or_add_pPr().append(section(self.last_section, landscape=landscape))
        self.new_page = True

    def place_contents(self, element, target):
        for title in element.iter(*HEADINGS):
            self.append(target, paragraph([run(" ".join(title.text_content().split()), Look())], "TOCHeading",
                                          before=True))
            break
        self.contents = paragraph([])
        self.append(target, self.contents)

    def list_headings(self):
        """The table of contents: a field, already filled with its titles; Word adds the pages."""
        lines = [paragraph([linked(name, [run(text, Look())])], "TOC1" if style == "Heading1" else "TOC2")
                 for style, text, name in self.headings]
        begin, code, separate, end = field(r'TOC \o "1-2" \h \z \u', [], dirty=True)
        if lines:
            place = 1 if lines[0].find(qn("w:pPr")) is not None else 0
            for offset, made in enumerate((begin, code, separate)):
                lines[0].insert(place + offset, made)
            lines[-1].append(end)
        for line in lines:
            self.contents.addprevious(line)
        self.contents.getparent().remove(self.contents)
