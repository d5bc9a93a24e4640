"""Holds deposited files under the name of their content; refuses half files, other names and outside paths.

Order of a deposit: inspect, store, then the transaction. A crash leaves at worst a file that no row names, or
a `.tmp-` file at the root: both may be swept at night, neither can be read as a document.
"""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from .names import clean_name

__all__ = ["Stored", "clean_name", "open_stored", "path_of", "store"]

PIECE = 1024 * 1024
TEMPORARY = ".tmp-"
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Stored:
    sha256: str
    size: int


@dataclass(frozen=True)
class StoredFile:
    """A file of the store, as it was deposited."""
    sha256: str
    size: int
    kind: str
    name: str


def store(file):
    """Keep the bytes of `file` for good, once, and return their name and size. Safe to repeat."""
    root = _private(Path(settings.FILES_ROOT))
    handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=root)  # mode 0600
    try:
        stored = _copy(file, handle)
        target = path_of(stored.sha256)
        _private(target.parent)
        # Replacing an equal file is harmless, and mends one that the disk has damaged.
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    # The new names must survive a power cut as surely as the bytes.
    _sync_folder(target.parent)
    _sync_folder(root)
    return stored


def open_stored(sha256):
    return path_of(sha256).open("rb")


def path_of(sha256):
    """Where the file lies, or would. ValueError unless the name is 64 lower-case hexadecimal digits."""
    if not isinstance(sha256, str) or not DIGEST.fullmatch(sha256):
        raise ValueError("not a SHA-256 in hexadecimal")
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256


def _copy(file, handle):
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as copy:
        file.seek(0)
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    return Stored(digest.hexdigest(), size)


def _private(folder):
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
