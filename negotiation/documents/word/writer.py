"""The Word document around the text: styles, language, title, header and footer; the same page gives the same bytes."""
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime

import docx
import lxml.html
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .conversion import Conversion
from .elements import Look, field, paragraph, parent, run, tag

INDIGO, OCHRE, SOFT = RGBColor(0x27, 0x2F, 0x66), RGBColor(0x86, 0x47, 0x0D), RGBColor(0x4C, 0x50, 0x70)
BODY_FONT, TITLE_FONT = "Cambria", "Calibri"
LANGUAGE = "fr-FR"
NO_DATE = (1980, 1, 1, 0, 0, 0)
# name: (size, colour, bold, space before, space after, kept with what follows)
STYLES = {
    "Normal": (10.5, None, False, 0, 4, False), "Title": (30, INDIGO, True, 120, 8, False),
    "Subtitle": (16, INDIGO, False, 0, 8, False),
    "Heading 1": (20, INDIGO, True, 16, 10, True), "Heading 2": (14, INDIGO, True, 14, 5, True),
    "Heading 3": (12, INDIGO, True, 10, 4, True), "Heading 4": (10, OCHRE, True, 8, 3, True),
    "Heading 5": (10, OCHRE, True, 6, 3, True), "Caption": (9, INDIGO, True, 6, 3, True),
    "TOC Heading": (20, INDIGO, True, 0, 10, True), "Header": (8, SOFT, False, 0, 0, False),
    "Footer": (8, SOFT, False, 0, 0, False),
}
# id: (name, size)
ADDED = {"Cellule": ("Cellule", 8.5), "Celluleserre": ("Cellule serrée", 7), "Ancre": ("Ancre", 1),
         "TOC1": ("toc 1", 10), "TOC2": ("toc 2", 9)}


@dataclass(frozen=True)
class Frame:
    """What stands around the text. mark: « PROJET », drawn across each page, or nothing; changed_at: seconds."""
    header: str
    footer: str
    mark: str
    changed_at: int


def to_docx(html, frame, pictures=None):
    """The DOCX (bytes) of a whole HTML page; its <head> gives the title, the author and the subject.

    pictures: {address of an image on the page: its PNG}, for those that are not PNG.
    """
    page = lxml.html.document_fromstring(html, parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))
    document = docx.Document()
    document.element.body.remove(document.element.body[0]) if len(document.element.body) > 1 else None
    dress(document)
    surround(document, frame)
    say(document, page, frame)
    Conversion(document, pictures or {}).convert(page.body)
    return packed(document)


def dress(document):
    """Fonts, sizes, colours and language."""
    styles = document.styles
    for number, (name, told) in enumerate(STYLES.items()):
        size, colour, bold, before, after, kept = told
        style = styles[name]
        fonts(style, BODY_FONT if name in ("Normal", "Title") else TITLE_FONT)
        alone(style)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = colour or RGBColor(0x1E, 0x21, 0x40)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = kept
        if number > 1:
            style.paragraph_format.line_spacing = 1.1
    for identifier, (name, size) in ADDED.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("toc"))
        style.element.styleId = identifier
        style.base_style, style.font.size = styles["Normal"], Pt(size)
        style.paragraph_format.space_after = Pt(1)
        fonts(style, TITLE_FONT)
    styles["toc 2"].paragraph_format.left_indent = Mm(8)
    for border in list(styles["Title"].element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)


def alone(style):
    """Its twin for single words would keep the looks of the template."""
    for link in style.element.findall(qn("w:link")):
        twin = style.element.getparent().get_by_id(link.get(qn("w:val")))
        if twin is not None:
            twin.getparent().remove(twin)
        style.element.remove(link)


def fonts(style, name):
    """The fonts of the theme would come first."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    properties.insert(0, tag("rFonts", ascii=name, hAnsi=name, cs=name, eastAsia=name))


def surround(document, frame):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(24)
    header, footer = section.header._element, section.footer._element
    for element in (*header, *footer):
        element.getparent().remove(element)
    shown = [run(frame.header, Look())]
    if frame.mark:
        shown += [run(f" · {frame.mark}", Look(bold=True)), watermark(frame.mark)]
    header.append(paragraph(shown, "Header"))
    pages = [*field("PAGE", [run("1", Look())]), run(" / ", Look()), *field("NUMPAGES", [run("1", Look())])]
    footer.append(paragraph([run(f"{frame.footer} · ", Look()), *pages], "Footer"))


def watermark(text):
    """The mark in pale letters across the page, behind the text; the header says it too, for those who do not see."""
    shape = (f'<w:r xmlns:w="{parent("r").nsmap["w"]}" xmlns:v="urn:schemas-microsoft-com:vml" '
             'xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>'
             '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
             'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
             '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
             '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
             '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800"/>'
             '<v:textpath on="t" fitshape="t"/></v:shapetype>'
             '<v:shape id="mention" o:spid="_x0000_s2049" type="#_x0000_t136" alt="" '
             'style="position:absolute;margin-left:0;margin-top:0;width:420pt;height:140pt;rotation:315;z-index:-251;'
             'mso-position-horizontal:center;mso-position-horizontal-relative:margin;'
             'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#f2e6da" stroked="f">'
             f'<v:textpath style="font-family:&quot;Calibri&quot;;font-size:1pt" string="{text}"/></v:shape>'
             '</w:pict></w:r>')
    return docx.oxml.parse_xml(shape)


def say(document, page, frame):
    """The properties of the file; nothing of the template is left."""
    told = {meta.get("name"): meta.get("content") for meta in page.iter("meta")}
    at = datetime.fromtimestamp(frame.changed_at, UTC).replace(tzinfo=None)
    properties = document.core_properties
    properties.title = (page.findtext(".//head/title") or "")[:255]
    properties.author, properties.subject = (told.get("author") or "")[:255], (told.get("description") or "")[:255]
    properties.keywords, properties.comments = (told.get("keywords") or "")[:255], ""
    properties.language, properties.last_modified_by, properties.revision = LANGUAGE, "", 1
    properties.created = properties.modified = at
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]


def packed(document):
    """The file, without the hour at which it was made."""
    made, file = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as loose, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name in loose.namelist():
            entry = zipfile.ZipInfo(name, NO_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            package.writestr(entry, loose.read(name))
    return file.getvalue()
