"""Holds what an XLSX says beside the cells of a sheet: comments, text boxes, what is printed above and below each page;
refuses more of it than people write.

Run in a child process only (see apart.py).
"""

import posixpath
import re

from . import markup
from .refusals import Refused
from .table_rows import MAX_TEXT

MAX_LINES = 2_000
LINKED = ("comments", "drawing")
TEXT_BOX = "Zone de texte"
PRINTED = {"oddHeader": "En-tête d’impression", "oddFooter": "Pied de page d’impression"}
PRINTED |= {kind.replace("odd", other): name for kind, name in PRINTED.items() for other in ("even", "first")}
# « &L&"Arial,Bold"&8Plan&RPage &P »: where the text goes, its font, its size, its colour, what is counted.
CODE = re.compile(r'&(?:"[^"]*"|[0-9]+|K[0-9A-Fa-f]{6}|[A-Za-z])')


class Aside(list):
    """[place, text], a line each."""

    def add(self, place, text):
        for line in filter(str.strip, text.splitlines()):
            if len(self) >= MAX_LINES:
                raise Refused("table.aside", limit=MAX_LINES)
            self.append([place, line.strip()[:MAX_TEXT]])

    def add_printed(self, kind, text):
        self.add(PRINTED[kind], CODE.sub("\n", text))

    def add_linked(self, archive, part):
        """What the parts that the sheet `part` links to say."""
        folder, name = posixpath.split(part)
        links = f"{folder}/_rels/{name}.rels"
        for link in markup.tree(archive.read(links, markup.MAX_TREE)) if links in archive else ():
            target = posixpath.normpath(posixpath.join("/", folder, link.get("Target") or "")).lstrip("/")
            if (link.get("Type") or "").endswith(tuple(f"/{nature}" for nature in LINKED)) and target in archive:
                texts = Texts(self)
                markup.scan(archive.pieces(target), texts.start, texts.text, texts.end)


class Texts:
    """The comments, or the paragraphs of the text boxes, of one part."""

    def __init__(self, aside):
        self.aside, self.place, self.pieces, self.taking = aside, TEXT_BOX, [], False

    def start(self, tag, attributes):
        tag = tag.rpartition(" ")[2]
        if tag == "comment":
            self.place = f"Commentaire de {attributes.get('ref', '')[:10]}"
        if tag in ("comment", "p"):
            self.pieces = []
        self.taking = tag == "t"

    def text(self, text):
        if self.taking and len(self.pieces) < MAX_LINES:
            self.pieces.append(text)

    def end(self, tag):
        self.taking = False
        if tag.rpartition(" ")[2] in ("comment", "p"):
            self.aside.add(self.place, "".join(self.pieces))
