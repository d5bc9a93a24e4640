"""Holds good office documents, built part by part, and the tools to spoil them."""

from .corpus import image, package

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def relations(*links):
    """A relationship part from (type, target) or (type, target, mode)."""
    rows = []
    for number, (nature, target, *mode) in enumerate(links, 1):
        nature = nature if "://" in nature else f"{OFFICE}/{nature}"
        external = f' TargetMode="{mode[0]}"' if mode else ""
        rows.append(f'<Relationship Id="rId{number}" Type="{nature}" Target="{target}"{external}/>')
    return f'{XML}<Relationships xmlns="{RELATIONSHIPS}">{"".join(rows)}</Relationships>'


def content_types(overrides, **defaults):
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
    } | defaults
    rows = [f'<Default Extension="{key}" ContentType="{value}"/>' for key, value in defaults.items()]
    rows += [f'<Override PartName="{key}" ContentType="{value}"/>' for key, value in overrides.items()]
    return f'{XML}<Types xmlns="{TYPES}">{"".join(rows)}</Types>'


def word_body(text="Procès-verbal de la réunion de cadrage", extra=""):
    return (
        f'{XML}<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body>'
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        f'<w:p><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r></w:p>'
        f"{extra}</w:body></w:document>"
    )


DOCX_TYPES = {
    "/word/document.xml": WORD_TYPE + "document.main+xml",
    "/word/styles.xml": WORD_TYPE + "styles+xml",
    "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}
DOCX_LINKS = [
    ("styles", "styles.xml"),
    ("image", "media/image1.png"),
    ("hyperlink", "https://www.collectivites.gouv.ml/", "External"),
    ("hyperlink", "mailto:dgct@example.ml", "External"),
    ("package", "embeddings/Microsoft_Excel_Worksheet.xlsx"),
]


def docx_parts(**changes):
    """The parts of a Word document with an image, links and the workbook of a chart."""
    parts = {
        "[Content_Types].xml": content_types(DOCX_TYPES, png="image/png"),
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "docProps/core.xml": f'{XML}<coreProperties xmlns="urn:core"/>',
        "word/document.xml": word_body(),
        "word/styles.xml": f'{XML}<w:styles xmlns:w="{WORD}"/>',
        "word/media/image1.png": image(size=(20, 20)),
        "word/embeddings/Microsoft_Excel_Worksheet.xlsx": xlsx(),
        "word/_rels/document.xml.rels": relations(*DOCX_LINKS),
    }
    return parts | changes


def docx(**changes):
    return package(docx_parts(**changes))


XLSX_TYPES = {
    "/xl/workbook.xml": SHEET_TYPE + "sheet.main+xml",
    "/xl/worksheets/sheet1.xml": SHEET_TYPE + "worksheet+xml",
    "/xl/sharedStrings.xml": SHEET_TYPE + "sharedStrings+xml",
}
SHEET_LINKS = [
    ("printerSettings", "../printerSettings/printerSettings1.bin"),
    ("vmlDrawing", "../drawings/vmlDrawing1.vml"),
]


def xlsx_parts(**changes):
    """The parts of a workbook with printer settings and a cell note (whose drawing is not quite XML)."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 1000}</v></c></row>' for n in range(1, 200))
    sheet = f'{XML}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    note = '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape>a<br>b</v:shape></xml>'
    parts = {
        "[Content_Types].xml": content_types(XLSX_TYPES, bin=SHEET_TYPE + "printerSettings"),
        "_rels/.rels": relations(("officeDocument", "/xl/workbook.xml")),
        "xl/workbook.xml": f'{XML}<workbook xmlns="{SHEET}"><sheets/></workbook>',
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/_rels/sheet1.xml.rels": relations(*SHEET_LINKS),
        "xl/sharedStrings.xml": f'{XML}<sst xmlns="{SHEET}"><si><t>Coût total</t></si></sst>',
        "xl/printerSettings/printerSettings1.bin": bytes(range(256)) * 8,
        "xl/drawings/vmlDrawing1.vml": note,
    }
    return parts | changes


def xlsx(**changes):
    return package(xlsx_parts(**changes))


def manifest(kind, *entries, inside=""):
    rows = [("/", f"application/vnd.oasis.opendocument.{kind}"), ("content.xml", "text/xml"), *entries]
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{nature}">{inside}'
        "</manifest:file-entry>"
        for path, nature in rows
    )
    return f'{XML}<manifest:manifest xmlns:manifest="{ODF}manifest:1.0">{files}</manifest:manifest>'


def odf_body(inside):
    spaces = "".join(f' xmlns:{s}="{ODF}{n}:1.0"' for s, n in ODF_SPACES.items())
    return (
        f'{XML}<office:document-content{spaces} xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<office:scripts/><office:body>{inside}</office:body></office:document-content>"
    )


ODF_SPACES = {
    "office": "office", "text": "text", "table": "table",
    "draw": "drawing", "script": "script", "form": "form",
}  # fmt: skip
ODF_TEXT = (
    '<office:text><text:p><text:a xlink:href="https://www.collectivites.gouv.ml/">Accord</text:a>'
    '<draw:image xlink:href="Pictures/1.png"/><draw:object xlink:href="./Object 1"/></text:p></office:text>'
)
CHART = ("Object 1/", "application/vnd.oasis.opendocument.chart")


def odt_parts(body=ODF_TEXT, **changes):
    """The parts of a text as LibreOffice writes them, with a picture, a chart and an empty key map."""
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": odf_body(body),
        "styles.xml": odf_body(""),
        "meta.xml": f'{XML}<meta xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="file:///C:/modele.ott"/>',
        "layout-cache": b"\x05\x00\x01\x00",
        "manifest.rdf": f'{XML}<rdf xmlns="urn:rdf"/>',
        "Pictures/1.png": image(size=(20, 20)),
        "Thumbnails/thumbnail.png": image(size=(20, 20)),
        "ObjectReplacements/Object 1": b"VCLMTF",
        "Object 1/content.xml": odf_body("<office:chart/>"),
        "Configurations2/accelerator/current.xml": "",
        "META-INF/manifest.xml": manifest("text", CHART),
    }
    return parts | changes


def odt(body=ODF_TEXT, **changes):
    return package(odt_parts(body, **changes), stored=["mimetype"])


def ods(**changes):
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": odf_body("<office:spreadsheet><table:table/></office:spreadsheet>"),
        "META-INF/manifest.xml": manifest("spreadsheet"),
    }
    return package(parts | changes, stored=["mimetype"])
