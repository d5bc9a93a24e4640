"""Holds the reading of an office package (ZIP); refuses bombs, traversal, and data hidden around its parts.

The tables are judged first; bytes are unpacked afterwards, in pieces, never beyond what was announced.
"""

import io
import re
import stat
import struct
import zipfile
import zlib

from .refusals import Refused

MEGABYTE = 1024 * 1024
MAX_UNPACKED = 100 * MEGABYTE
MAX_ENTRIES = 2_000
MAX_TABLE = MEGABYTE
MAX_RATIO = 150
# A few KB of blank cells compress a thousandfold and hurt nobody.
RATIO_MATTERS_FROM = MEGABYTE
PIECE = 64 * 1024
ENCRYPTED = 0x1 | 0x40 | 0x2000
# Sizes written after the data: 12 bytes, 4 more with a signature, 8 more in the 64-bit form.
DESCRIPTOR = {0, 12, 16, 20, 24}
BAD_NAME = re.compile(r"^/|\\|^[A-Za-z]:|(^|/)\.\.(/|$)|//|[\x00-\x1f\x7f]")


class Archive:
    """A package whose tables are sound. Unpacking still checks sizes and sums, piece by piece."""

    def __init__(self, data):
        _check_end(data)
        try:
            infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except Exception:  # zipfile raises many kinds on hostile input
            raise Refused("zip.damaged") from None
        _check_sizes(infos)
        _check_entries(infos)
        self._data = data
        self._starts = _layout(data, infos)
        self._infos = {info.filename: info for info in infos}
        self.names = [info.filename for info in infos if not info.is_dir()]

    def __contains__(self, name):
        return name in self._infos

    def first_is(self, name, content):
        """True if the first part is `name`, stored as it is, with exactly `content` (rule of ODF)."""
        info = min(self._infos.values(), key=lambda i: i.header_offset)
        stored = info.compress_type == zipfile.ZIP_STORED and info.file_size == len(content)
        return info.filename == name and stored and self.read(name) == content

    def size(self, name):
        return self._infos[name].file_size

    def read(self, name, limit=MAX_UNPACKED):
        if self._infos[name].file_size > limit:
            raise Refused("xml.big")
        return b"".join(self.pieces(name))

    def pieces(self, name):
        """The unpacked bytes of one part; Refused as soon as they differ from the announced size or sum."""
        info, size, total = self._infos[name], 0, 0
        start = self._starts[name]
        packed = memoryview(self._data)[start : start + info.compress_size]
        unpack = _stored if info.compress_type == zipfile.ZIP_STORED else _inflated
        for piece in unpack(packed):
            size += len(piece)
            total = zlib.crc32(piece, total)
            if size > info.file_size:
                raise Refused("zip.lies")
            yield piece
        if (size, total) != (info.file_size, info.CRC):
            raise Refused("zip.lies")


def _check_end(data):
    """One plain end record, at the very end, just after the table: nothing before, between or after."""
    record = data[-22:]
    if len(record) < 22 or not record.startswith(b"PK\x05\x06"):
        raise Refused("zip.around" if b"PK\x05\x06" in data else "zip.damaged")
    disk, table_disk, here, entries, size, offset, comment = struct.unpack("<4x4H2LH", record)
    if entries > MAX_ENTRIES or size > MAX_TABLE:
        raise Refused("zip.entries", limit=MAX_ENTRIES)
    if disk or table_disk or here != entries or comment:
        raise Refused("zip.damaged")
    if offset + size != len(data) - 22 or not data.startswith(b"PK\x03\x04"):
        raise Refused("zip.around")


def _check_sizes(infos):
    if len(infos) > MAX_ENTRIES:
        raise Refused("zip.entries", limit=MAX_ENTRIES)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_UNPACKED:
        raise Refused("zip.unpacked", limit=MAX_UNPACKED // MEGABYTE)
    packed = sum(info.compress_size for info in infos)
    if unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * packed:
        raise Refused("zip.ratio")


def _check_entries(infos):
    # Windows and the OPC standard take A.xml and a.xml for the same part.
    if len({info.filename.lower() for info in infos}) != len(infos):
        raise Refused("zip.duplicate")
    for info in infos:
        if BAD_NAME.search(info.orig_filename):
            raise Refused("zip.path")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refused("zip.symlink")
        if info.flag_bits & ENCRYPTED:
            raise Refused("zip.encrypted")
        if info.is_dir() and info.file_size:
            raise Refused("zip.damaged")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("zip.damaged")


def _layout(data, infos):
    """Where the data of each part starts. Parts must touch one another and say the same as the table."""
    starts, expected = {}, {0}
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset not in expected:
            raise Refused("zip.around")
        start = _start_of(data, info)
        starts[info.filename] = start
        end = start + info.compress_size
        expected = {end + n for n in DESCRIPTOR} if info.flag_bits & 0x8 else {end}
    table = struct.unpack_from("<L", data, len(data) - 6)[0]
    if table not in expected:
        raise Refused("zip.around")
    return starts


def _start_of(data, info):
    header = data[info.header_offset : info.header_offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise Refused("zip.damaged")
    flags, method, name_length, extra_length = struct.unpack("<6x2H16x2H", header)
    start = info.header_offset + 30 + name_length + extra_length
    name = data[info.header_offset + 30 : info.header_offset + 30 + name_length]
    if name.decode("utf-8" if flags & 0x800 else "cp437", "replace") != info.orig_filename:
        raise Refused("zip.lies")
    if method != info.compress_type or flags & ENCRYPTED:
        raise Refused("zip.lies")
    return start


def _stored(packed):
    for at in range(0, len(packed), PIECE):
        yield bytes(packed[at : at + PIECE])


def _inflated(packed):
    """Unpack in bounded pieces; the compressed stream must end exactly with the part."""
    stream = zlib.decompressobj(-15)
    try:
        for at in range(0, len(packed), PIECE):
            waiting = packed[at : at + PIECE]
            while waiting and not stream.eof:
                yield stream.decompress(waiting, PIECE)
                waiting = stream.unconsumed_tail
        while not stream.eof and (piece := stream.decompress(b"", PIECE)):
            yield piece
    except zlib.error:
        raise Refused("zip.damaged") from None
    if not stream.eof or stream.unused_data:
        raise Refused("zip.lies")
