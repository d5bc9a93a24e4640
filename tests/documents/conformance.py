"""Our own checker of PDF/UA-1 and PDF/A-3a, on what pikepdf (qpdf) reads: what veraPDF would say first."""
import io

import pikepdf

# What neither standard allows, or what would act when the file is opened.
FORBIDDEN = {"/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/XFA", "/LZWDecode", "/Encrypt"}
HEADINGS = {f"/H{level}": level for level in range(1, 7)}


def faults(pdf):
    """[what is wrong] of the bytes of a PDF; nothing when all that is checked holds."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [*document.check_pdf_syntax(), *identity(document), *fonts(document), *structure(document),
                *pictures(document), *attached(document)]


def dictionaries(document, **wanted):
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream) and all(
                str(one.get(f"/{key}", "")) == value for key, value in wanted.items()):
            yield one


def identity(document):
    root = document.Root
    with document.open_metadata() as told:
        claims = {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
        yield from (f"XMP {name}" for name, value in claims.items() if told.get(name) != value)
        if not told.get("dc:title"):
            yield "XMP title"
    if b"pdfaExtension:schemas" not in root.Metadata.read_bytes():
        yield "schema of pdfuaid"
    if not root.get("/Lang") or not root.MarkInfo.Marked or not root.ViewerPreferences.DisplayDocTitle:
        yield "language, marks or title"
    if [str(intent.S) for intent in root.get("/OutputIntents", [])] != ["/GTS_PDFA1"]:
        yield "output intent"
    if "/Outlines" not in root:
        yield "bookmarks"
    keys = {key for one in dictionaries(document) for key in one.keys()}  # noqa: SIM118
    yield from (f"forbidden {key}" for key in keys & FORBIDDEN)
    yield from ("tab order" for page in document.pages if page.get("/Annots") and str(page.get("/Tabs")) != "/S")


def fonts(document):
    for font in dictionaries(document, Type="/Font"):
        if str(font.Subtype) == "/Type0" and "/ToUnicode" not in font:
            yield f"no Unicode: {font.BaseFont}"
    for font in dictionaries(document, Type="/FontDescriptor"):
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()):
            yield f"not embedded: {font.FontName}"


def structure(document):
    levels, tables = [0], []
    for one in walk(document.Root.StructTreeRoot):
        kind = str(one.get("/S", ""))
        if kind in HEADINGS:
            levels.append(HEADINGS[kind])
        elif kind == "/Figure" and not str(one.get("/Alt", "")):
            yield "figure without words"
        elif kind == "/Table":
            tables.append(one)
    yield from (f"heading H{after} after H{before}" for before, after in zip(levels, levels[1:], strict=False)
                if after > before + 1)
    for table in tables:
        yield from cells(list(walk(table)))
    for link in dictionaries(document, Subtype="/Link"):
        if "/StructParent" not in link or not str(link.get("/Contents", "")):
            yield "link without words"


def cells(found):
    """Each cell of a table names the headings that are its own, and each heading has a name."""
    names = {str(one.ID) for one in found if str(one.get("/S")) == "/TH" and "/ID" in one}
    for one in found:
        if str(one.get("/S")) == "/TH" and "/ID" not in one:
            yield "heading of a table without a name"
        elif str(one.get("/S")) == "/TD":
            told = {str(name) for name in one.A.get("/Headers", [])}
            if not told or told - names:
                yield "cell without headings"


def walk(element):
    """Every structure element under this one, in reading order."""
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from walk(child)


def pictures(document):
    yield from ("interpolated picture" for one in dictionaries(document, Subtype="/Image")
                if one.get("/Interpolate", False))


def attached(document):
    """PDF/A-3: each file says how it relates to the document, and the catalogue lists it."""
    found = list(dictionaries(document, Type="/Filespec"))
    if len(document.Root.get("/AF", [])) != len(found):
        yield "files not listed"
    for one in found:
        if str(one.get("/AFRelationship")) != "/Data" or "/Subtype" not in one.EF.F or not str(one.get("/Desc", "")):
            yield f"file without relationship, type or description: {one.UF}"
