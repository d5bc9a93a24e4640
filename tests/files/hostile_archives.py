"""Holds packages (ZIP) that must not enter, whatever they contain: {what: (reason, file name, builder)}."""

import struct

from .corpus import package
from .corpus_office import docx, docx_parts, xlsx


def with_part(name, content=b"x"):
    return docx(**{name: content})


def in_table(data, offset, layout, value, entry=0):
    """The same package with one field of the central table changed."""
    data, at = bytearray(data), -1
    for _ in range(entry + 1):
        at = data.index(b"PK\x01\x02", at + 1)
    struct.pack_into(layout, data, at + offset, value)
    return bytes(data)


def in_end(offset, layout, value):
    data = bytearray(docx())
    struct.pack_into(layout, data, len(data) - 22 + offset, value)
    return bytes(data)


def renamed(old, new):
    """A part renamed in the central table only, or everywhere when both have the same length in `data`."""
    data = package(docx_parts(**{old: "<x/>"}))
    return data.replace(old.encode(), new.encode())


def lying():
    """A part that announces 10 bytes, with their true sum, and unpacks to more."""
    data = docx(**{"word/note.xml": "<x/>" + " " * 5000})
    at = data.rindex(b"word/note.xml") - 46
    changed = bytearray(data)
    struct.pack_into("<L", changed, at + 24, 10)
    return bytes(changed)


def gap():
    """Bytes between two parts, with tables that know it."""
    data = bytearray(docx())
    end = len(data) - 22
    size, offset = struct.unpack_from("<2L", data, end + 12)
    hidden = b"MZ" + bytes(98)
    struct.pack_into("<L", data, end + 16, offset + len(hidden))
    return bytes(data[:offset]) + hidden + bytes(data[offset:])


def overlapping():
    """Two names for the same bytes: how small archives unpack to petabytes."""
    data = docx(**{"word/a.xml": "<x/>", "word/b.xml": "<x/>"})
    first = data.index(b"word/a.xml") - 30
    at = data.rindex(b"word/b.xml") - 46
    return data[: at + 42] + struct.pack("<L", first) + data[at + 46 :]


def spoil_data(data):
    at = data.index(b"word/styles.xml") + 15
    return data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]


HOSTILE = {
    "parts of 300 MB": ("zip.unpacked", "a.docx", lambda: in_table(docx(), 24, "<L", 300_000_000)),
    "20 MB of zeros": ("zip.ratio", "a.docx", lambda: with_part("word/a.xml", bytes(20_000_000))),
    "three thousand parts": (
        "zip.entries",
        "a.docx",
        lambda: docx(**{f"word/{n}.xml": "" for n in range(3000)}),
    ),
    "a table that counts too much": ("zip.entries", "a.docx", lambda: in_end(10, "<H", 60_000)),
    "a count that differs": ("zip.damaged", "a.docx", lambda: in_end(8, "<H", 1)),
    "several disks": ("zip.damaged", "a.docx", lambda: in_end(4, "<H", 1)),
    "a comment behind": ("zip.around", "a.docx", lambda: docx() + b"<script>"),
    "a program before": ("mismatch.unknown", "a.docx", lambda: b"MZ" + docx()),
    "a table moved by some bytes": ("zip.around", "a.docx", lambda: in_end(16, "<L", 12)),
    "bytes between the parts": ("zip.around", "a.docx", gap),
    "overlapping parts": ("zip.around", "a.docx", overlapping),
    "half a document": ("zip.damaged", "a.docx", lambda: docx()[:3000]),
    "a signature and noise": ("zip.damaged", "a.xlsx", lambda: b"PK\x03\x04" + bytes(range(200)) * 5),
    "a size that lies": ("zip.lies", "a.docx", lying),
    "a sum that lies": ("zip.lies", "a.docx", lambda: in_table(docx(), 16, "<L", 1, entry=2)),
    "a name that lies": ("zip.lies", "a.docx", lambda: in_table(docx(), 46, "<B", 0x5F, entry=2)),
    "a path to the parent": ("zip.path", "a.docx", lambda: with_part("word/../../../etc/cron.d/a.xml")),
    "a path from the root": ("zip.path", "a.docx", lambda: with_part("/etc/cron.d/a.xml")),
    "a path with backslashes": (
        "zip.path",
        "a.docx",
        lambda: renamed("word/..x..xa.xml", "word\\..\\..\\a.xml"),
    ),
    "a path to a disk": ("zip.path", "a.docx", lambda: with_part("C:/Windows/a.xml")),
    "a name with a null": ("zip.path", "a.docx", lambda: renamed("word/a.xml_b.xml", "word/a.exe\0b.xml")),
    "a symbolic link": ("zip.symlink", "a.docx", lambda: package(docx_parts(), external_attr=0o120777 << 16)),
    "the same name twice": (
        "zip.duplicate",
        "a.docx",
        lambda: renamed("word/documenX.xml", "word/document.xml"),
    ),
    "the same name in capitals": ("zip.duplicate", "a.docx", lambda: with_part("WORD/Document.xml", "<x/>")),
    "an encrypted part": ("zip.encrypted", "a.docx", lambda: in_table(docx(), 8, "<H", 1, entry=2)),
    "an exotic compression": ("zip.damaged", "a.docx", lambda: in_table(docx(), 10, "<H", 14, entry=2)),
    "a spoiled compression": ("zip.damaged", "a.docx", lambda: spoil_data(docx())),
    "a program among the parts": ("zip.unexpected", "a.docx", lambda: with_part("word/setup.exe", b"MZ")),
    "a web page among the parts": ("zip.unexpected", "a.xlsx", lambda: xlsx(**{"xl/a.html": "x"})),
    "a spare binary part": ("zip.unexpected", "a.docx", lambda: with_part("word/data.bin")),
}
