"""Holds good PDFs, images and bare packages, built by code, and the tools to spoil them."""

import io
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw


def pdf(change=None, **options):
    """One page with text and a web link, opening on itself as Word does; `change(document)` may spoil it."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    page.Contents = document.make_stream(b"BT /F1 12 Tf 72 720 Td (Proc\\350s-verbal de cadrage) Tj ET")
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F1=document.make_indirect(font)))
    page.Annots = Array([link(URI=String("https://www.collectivites.gouv.ml/"), S=Name.URI)])
    document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([page.obj, Name.Fit]))
    if change:
        change(document)
    target = io.BytesIO()
    document.save(target, **options)
    return target.getvalue()


def link(**action):
    return Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([72, 700, 200, 720]), A=Dictionary(**action)
    )


def pdf_with_action(**action):
    """A good PDF whose page carries one more link, with this action."""
    return pdf(lambda document: document.pages[0].Annots.append(link(**action)))


def pdf_with_root(**entries):
    """A good PDF whose catalogue holds these entries too."""

    def change(document):
        for key, value in entries.items():
            document.Root[f"/{key}"] = value

    return pdf(change)


def pdf_with_object_stream(
    content, *, pack=zlib.compress, filters=b"/FlateDecode", count=1, streams=1, size=0
):
    """A PDF written by hand whose object 5 lies in an object stream, however odd."""
    out, offsets, packed_in = bytearray(b"%PDF-1.7\n"), {}, {}

    def add(number, body):
        offsets[number] = len(out)
        out.extend(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    add(1, b"<</Type/Catalog/Pages 2 0 R>>")
    add(2, b"<</Type/Pages/Count 1/Kids[3 0 R]>>")
    add(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<>>>>")
    for number in range(4, 4 + 2 * streams, 2):
        header = b"%d 0 " % (number + 1)
        data = pack(header + content)
        entries = b"/Type/ObjStm/N %d/First %d/Filter%s" % (count, len(header), filters)
        add(number, b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data))
        packed_in[number + 1] = number
    table = 4 + 2 * streams
    offsets[table] = len(out)
    rows = bytearray()
    for number in range(table + 1):
        kind, where = (1, offsets[number]) if number in offsets else (2, packed_in.get(number, 0))
        rows += bytes([kind if where else 0]) + where.to_bytes(4, "big") + b"\0"
    rows += bytes(6 * size)
    data = zlib.compress(bytes(rows), 9)
    entries = b"/Type/XRef/W[1 4 1]/Size %d/Root 1 0 R/Filter/FlateDecode" % (table + 1 + size)
    body = b"%d 0 obj\n<<%s/Length %d>>stream\n%s\nendstream\nendobj\n" % (table, entries, len(data), data)
    return bytes(out) + body + b"startxref\n%d\n%%%%EOF\n" % offsets[table]


# Images


def picture(mode="RGB", size=(320, 200)):
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for x in range(0, size[0], 7):
        draw.line([(x, 0), (size[0] - x, size[1])], fill=(x % 255, 90, 160))
    return image.convert(mode)


def saved(drawing, kind, **options):
    target = io.BytesIO()
    drawing.save(target, kind, **options)
    return target.getvalue()


def image(kind="PNG", mode="RGB", size=(320, 200), **options):
    return saved(picture(mode, size), kind, **options)


def jpeg(mode="RGB", **options):
    return image("JPEG", mode, **options)


def exif():
    data = Image.Exif()
    data[0x0110], data[0x0112] = "TECNO SPARK 10", 6  # model, orientation
    return data.tobytes()


def png_chunk(name, data):
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


# Packages


class OneWay(io.BytesIO):
    """A file that cannot go back: sizes are then written after the data, as some programs do."""

    def seek(self, *_where):
        raise OSError("one way only")

    tell = seek


def package(parts, stored=(), target=None, **attributes):
    """A ZIP of {name: text or bytes}; `attributes` are set on every entry."""
    target = target or io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2026, 1, 15, 10, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return target.getvalue()
