"""A deposited file is kept whole, once, out of sight, and never half."""

import hashlib
import io
import os
import stat
import subprocess
import sys

import pytest

from negotiation.files import storage
from negotiation.files.apart import ROOT
from negotiation.files.storage import Stored, open_stored, path_of, store

CONTENT = b"Accord de principe\n" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "private" / "files"
    return settings.FILES_ROOT


def files(root):
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_file_is_stored_under_its_own_digest(root):
    assert store(io.BytesIO(CONTENT)) == Stored(DIGEST, len(CONTENT))
    assert files(root) == [root / DIGEST[:2] / DIGEST] == [path_of(DIGEST)]
    with open_stored(DIGEST) as kept:
        assert kept.read() == CONTENT


def test_same_content_is_stored_once(root):
    first, second = io.BytesIO(CONTENT), io.BytesIO(CONTENT)
    second.read()  # somebody has read it before
    assert store(first) == store(second)
    assert len(files(root)) == 1


def test_other_content_is_another_file(root):
    store(io.BytesIO(CONTENT))
    assert store(io.BytesIO(b"")).size == 0
    assert len(files(root)) == 2


def test_damaged_file_is_mended_by_a_new_deposit():
    store(io.BytesIO(CONTENT))
    path_of(DIGEST).write_bytes(b"half")
    store(io.BytesIO(CONTENT))
    assert path_of(DIGEST).read_bytes() == CONTENT


def test_stored_file_is_private(root):
    old = os.umask(0)
    try:
        store(io.BytesIO(CONTENT))
    finally:
        os.umask(old)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (root, root / DIGEST[:2], path_of(DIGEST))}
    assert list(modes.values()) == [0o700, 0o700, 0o600]


def test_large_file_is_never_whole_in_memory():
    asked = []

    class Stream(io.BytesIO):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

    stored = store(Stream(bytes(3 * storage.PIECE + 1)))
    assert stored.size == 3 * storage.PIECE + 1
    assert set(asked) == {storage.PIECE}


def test_broken_connection_leaves_nothing(root):
    class Cut(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("connection lost")
            return super().read(10)

    with pytest.raises(OSError, match="connection lost"):
        store(Cut(CONTENT))
    assert files(root) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_full_disk_leaves_nothing(root, monkeypatch, step):
    def fail(*args):
        raise OSError("no space left")

    monkeypatch.setattr(storage.os, step, fail)
    with pytest.raises(OSError, match="no space left"):
        store(io.BytesIO(CONTENT))
    assert files(root) == []


KILLED = """
import io, os, signal, sys
from pathlib import Path
from django.conf import settings
settings.configure(FILES_ROOT=Path(sys.argv[1]))
from negotiation.files import storage
def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(storage.os, sys.argv[2], die)
storage.store(io.BytesIO(b"Accord de principe" * 1000))
"""


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_killed_deposit_leaves_no_readable_half(root, step):
    child = subprocess.run([sys.executable, "-c", KILLED, str(root), step], check=False, timeout=20, cwd=ROOT)
    assert child.returncode == -9
    left = files(root)
    assert len(left) == 1
    assert left[0].name.startswith(storage.TEMPORARY)
    assert left[0].parent == root


def test_deposit_is_on_disk_before_it_has_its_name(monkeypatch):
    acts = []
    for name in ("fsync", "replace"):
        act = getattr(os, name)
        monkeypatch.setattr(storage.os, name, lambda *a, name=name, act=act: acts.append(name) or act(*a))
    store(io.BytesIO(CONTENT))
    assert acts == ["fsync", "replace", "fsync", "fsync"]


NOT_DIGESTS = [
    "", "..", "../../etc/passwd", DIGEST.upper(), DIGEST[:-1], DIGEST + "0", DIGEST[:-1] + "/", DIGEST + "\n",
    "/" + DIGEST[1:], ".." + DIGEST[2:], "g" * 64, "\u0661" * 64, "0" * 63 + "\0", None, 64, DIGEST.encode(),
]  # fmt: skip


@pytest.mark.parametrize("name", NOT_DIGESTS, ids=ascii)
def test_path_is_given_for_digests_only(name):
    with pytest.raises(ValueError, match="SHA-256"):
        path_of(name)
    with pytest.raises(ValueError, match="SHA-256"):
        open_stored(name)


def test_unknown_file_is_not_found():
    with pytest.raises(FileNotFoundError):
        open_stored("0" * 64)
