"""Holds the redrawing of a deposited logo: its pixels alone, small, as PNG; refuses what images.py refuses.

Run in a child process only (see apart.py). Nothing of the deposited file is kept: no metadata, no trailer, no profile.
"""

import base64
import io

from PIL import Image, ImageOps

from . import images

# Printed 22 mm high at most: 400 points are enough on paper.
LARGEST = 400
# Beyond, 256 colours are enough: 160 KiB at most, whatever the picture.
MOST_BYTES = 120 * 1024


def redraw(data, kind):
    """The PNG of the picture as base64 text, after the checks of every deposited picture."""
    images.check(data, kind)
    with Image.open(io.BytesIO(data), formats=(kind.upper(),)) as image:
        image.draft("RGB", (LARGEST * 2, LARGEST * 2))
        small = ImageOps.exif_transpose(image).convert("RGBA")
    small.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    made = written(small)
    if len(made) > MOST_BYTES:
        made = written(small.quantize(256, Image.Quantize.FASTOCTREE))
    return base64.b64encode(made).decode()


def written(image):
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()
