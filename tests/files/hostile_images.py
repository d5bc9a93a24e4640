"""Holds images that must not enter: {what: (reason, file name, builder of bytes)}."""

import random
import zlib

from PIL import Image

from .corpus import image, jpeg, package, pdf, picture, png_chunk, saved

END = png_chunk(b"IEND", b"")
SCAN = b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00"


def png_of(width, height):
    """A PNG whose header announces these dimensions, with nothing behind."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + END


def jpeg_of(width, height):
    """A JPEG whose header announces these dimensions; its data are those of a small one."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(data)


def with_comment(content):
    """A JPEG that carries `content` in a comment: hidden from the eye, not from other programs."""
    data = jpeg()
    return data[:2] + b"\xff\xfe" + (len(content) + 2).to_bytes(2, "big") + content + data[2:]


def in_png(name, content):
    """A PNG with one more chunk before its end."""
    return image().replace(END, png_chunk(name, content) + END)


def endless():
    return image()[: -len(END)] + png_chunk(b"teXt", b"") * 21_000 + END


def two_frames():
    data = jpeg()
    frame = data[data.index(b"\xff\xc0") : data.index(b"\xff\xc4")]
    return data.replace(b"\xff\xda", frame + b"\xff\xda", 1)


def a_thousand_passes():
    return jpeg(progressive=True)[:-2] + SCAN * 1000 + b"\xff\xd9"


def animated():
    return saved(picture(), "PNG", save_all=True, append_images=[picture().rotate(90)])


def spoiled(data, at):
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


HOSTILE = {
    "a flood of black points": ("image.pixels", "a.png", lambda: saved(Image.new("1", (9000, 9000)), "PNG")),
    "a header of 100 000 by 100 000": ("image.pixels", "a.png", lambda: png_of(100_000, 100_000)),
    "a header of 65 000 by 65 000": ("image.pixels", "a.jpg", lambda: jpeg_of(65_000, 65_000)),
    "a header of 7 000 by 6 000": ("image.pixels", "a.jpg", lambda: jpeg_of(7_000, 6_000)),
    "a header and no points": ("image.damaged", "a.png", lambda: png_of(100, 100)),
    "no point at all": ("image.damaged", "a.png", lambda: png_of(0, 0)),
    "an animation": ("image.animated", "a.png", animated),
    "half a PNG": ("image.damaged", "a.png", lambda: image()[:-200]),
    "half a JPEG": ("image.damaged", "a.jpg", lambda: jpeg()[:-200]),
    "a JPEG without its end": ("image.damaged", "a.jpg", lambda: jpeg()[:-2]),
    "a PNG with a false sum": ("image.damaged", "a.png", lambda: spoiled(image(), 60)),
    "a PNG of endless chunks": ("image.damaged", "a.png", endless),
    "a text that unpacks to 5 MB": (
        "image.damaged",
        "a.png",
        lambda: in_png(b"zTXt", b"k\0\0" + zlib.compress(bytes(5_000_000))),
    ),
    "a JPEG of a thousand passes": ("image.damaged", "a.jpg", a_thousand_passes),
    "two frames in one JPEG": ("image.damaged", "a.jpg", two_frames),
    "an archive behind a PNG": ("image.hidden", "a.png", lambda: image() + package({"a.exe": b"MZ"})),
    "an archive behind a JPEG": ("image.hidden", "a.jpg", lambda: jpeg() + package({"a.exe": b"MZ"})),
    "an archive in a comment": ("image.hidden", "a.jpg", lambda: with_comment(package({"a.exe": b"MZ"}))),
    "an archive cut short behind": (
        "image.hidden",
        "a.jpg",
        lambda: jpeg() + package({"a.exe": b"MZ"})[:-22],
    ),
    "a PDF behind a JPEG": ("image.hidden", "a.jpg", lambda: jpeg() + pdf()),
    "a PDF in a comment": ("image.hidden", "a.jpg", lambda: with_comment(pdf()[:900])),
    "a page behind a PNG": ("image.hidden", "a.png", lambda: image() + b"<script>alert(1)</script>"),
    "a server program behind": ("image.hidden", "a.jpg", lambda: jpeg() + b"<?php system($_GET[0]);"),
    "what was cropped away": ("image.hidden", "a.png", lambda: image() + image()[-400:]),
    "a video behind a photo": (
        "image.trailing",
        "a.jpg",
        lambda: jpeg() + b"\0\0\0\x18ftypmp42" + random.Random(1).randbytes(1_200_000),
    ),
    "a broken second picture": ("image.damaged", "a.jpg", lambda: jpeg() + jpeg()[:-300]),
}
