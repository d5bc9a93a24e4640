"""Holds what a PNG or JPEG may be; refuses pixel floods, animations and anything hidden around the picture.

Run in a child process only (see apart.py).
"""

import io
import re
import struct
import zipfile

from PIL import Image

from .refusals import Refused

MAX_PIXELS = 40_000_000
MAX_CHUNKS = 20_000
# A progressive picture has about 10 scans; each one more costs a full pass over the pixels.
MAX_SCANS = 100
# Phones write after the end of a JPEG: a second picture (MPF, checked like the first) or a few KB of maker
# notes (Samsung). A motion photo adds megabytes of video, with voices, that nobody meant to file: refused.
MAX_TRAILER = 1024 * 1024
# IEND: the rest of a larger picture under a cropped one (a known telephone bug that shows what was cut off).
HIDDEN = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|Rar!\x1a|7z\xbc\xaf|<script|<\?php|<html|<svg|IEND", re.IGNORECASE
)
PADDING = b"\0 \t\r\n\xff"
FILLING = re.compile(rb"[\0 \t\r\n]*")
PNG_START = b"\x89PNG\r\n\x1a\n"
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Start of frame, whatever the coding (C4, C8 and CC are tables and extensions).
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def check(data, kind):
    """Return `kind`, or raise Refused unless `data` is one still picture that decodes to the end."""
    if zipfile.is_zipfile(io.BytesIO(data)) or b"%PDF-" in data[:1024]:
        raise Refused("image.hidden")
    try:
        end = _png_end(data) if kind == "png" else _jpeg_end(data)
        _decode(data, kind)
        _check_trailer(data, end, kind)
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("image.pixels", limit=MAX_PIXELS // 1_000_000) from None
    except Exception:  # decoders raise many kinds on hostile input: all mean the same to the user
        raise Refused("image.damaged") from None
    return kind


def _png_end(data):
    """Position after the IEND chunk."""
    if not data.startswith(PNG_START):
        raise Refused("image.damaged")
    position = len(PNG_START)
    for _ in range(MAX_CHUNKS):
        length, name = struct.unpack_from(">I4s", data, position)
        position += length + 12
        if name == b"IEND":
            return position
    raise Refused("image.damaged")


def _jpeg_end(data, position=0):
    """Position after the end marker of the JPEG that starts at `position`."""
    if data[position : position + 2] != b"\xff\xd8":
        raise Refused("image.damaged")
    position += 2
    scans = frames = 0
    while True:
        found = NEXT_MARKER.search(data, position)
        if not found:
            raise Refused("image.damaged")
        marker = data[found.end() - 1]
        if marker == 0xD9:
            return found.end()
        scans += marker == 0xDA
        frames += marker in FRAMES
        if scans > MAX_SCANS or frames > 1:
            raise Refused("image.damaged")
        position = found.end() + struct.unpack_from(">H", data, found.end())[0]


def _decode(data, kind):
    formats = (kind.upper(),)
    with Image.open(io.BytesIO(data), formats=formats) as image:  # reads the header only
        if image.width * image.height > MAX_PIXELS:
            raise Refused("image.pixels", limit=MAX_PIXELS // 1_000_000)
        if kind == "png" and getattr(image, "n_frames", 1) > 1:
            raise Refused("image.animated")
        image.verify()
    with Image.open(io.BytesIO(data), formats=formats) as image:
        # Decodes every coefficient of a JPEG but builds one pixel out of 64: the same proof, in less memory.
        image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
        image.load()


def _check_trailer(data, end, kind):
    while kind == "jpeg" and data.startswith(b"\xff\xd8", end := _skip_padding(data, end)):
        end = _jpeg_end(data, end)
    trailer = data[end:].strip(PADDING)
    if HIDDEN.search(trailer):
        raise Refused("image.hidden")
    if len(trailer) > MAX_TRAILER:
        raise Refused("image.trailing")


def _skip_padding(data, position):
    """Move past filling bytes, without eating the first byte of a next picture."""
    return FILLING.match(data, position).end()
