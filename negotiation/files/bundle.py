"""Holds the archive of a whole dossier (ZIP): the same members give the same bytes; refuses any other kind of ZIP.

Nothing in it is compressed: its bytes depend on no version of a library, and no member can grow when it is read. Its
manifest tells the size and SHA-256 of every other member. Reading goes piece by piece, and writes nothing anywhere.
"""
import hashlib
import json
import stat
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass

from .archive import BAD_NAME, ENCRYPTED
from .refusals import Refused

MANIFEST = "manifeste.json"
MEGABYTE = 1024 * 1024
PIECE = MEGABYTE
MAX_MEMBERS, MAX_TOTAL, MAX_TEXT = 20_000, 8 * 1024 * MEGABYTE, 96 * MEGABYTE
NO_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Member:
    size: int
    sha256: str


def write(target, told, members):
    """Write the archive to the open file `target`.

    told: the first words of the manifest; members: {name: bytes, or a function that opens a file}. Raises Refused for
    one that could not be read back.
    """
    listed = {}
    if any(isinstance(content, bytes) and len(content) > MAX_TEXT for content in members.values()):
        raise Refused("bundle.big", limit=MAX_TEXT // MEGABYTE)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(members):
            listed[name] = put(package, name, members[name])
        put(package, MANIFEST, as_json(told | {"members": listed}))


def put(package, name, content):
    """Write one member; its entry of the manifest."""
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name, NO_DATE)
    entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
    with package.open(entry, "w", force_zip64=False) as member:
        for piece in pieces_of(content):
            member.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"sha256": digest.hexdigest(), "size": size}


def pieces_of(content):
    if isinstance(content, bytes):
        yield content
        return
    with content() as file:
        while piece := file.read(PIECE):
            yield piece


def as_json(value):
    """A value as its member says it: for people too, and always in the same way."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class Bundle:
    """An archive whose tables are sound and whose members are what its manifest says."""

    def __init__(self, package):
        self.package = package
        self.manifest = self.json(MANIFEST)
        listed = self.manifest.get("members") if isinstance(self.manifest, dict) else None
        if not isinstance(listed, dict):
            raise Refused("bundle.manifest")
        names = {info.filename for info in package.infolist()} - {MANIFEST}
        for name in sorted(names ^ set(listed)):
            raise Refused("bundle.missing" if name in listed else "bundle.stranger", part=shown(name))
        self.members = {name: member(name, told) for name, told in sorted(listed.items())}

    def verify(self):
        """Read every member once. Raises Refused at the first that is not what the manifest says."""
        for name, told in self.members.items():
            digest, size = hashlib.sha256(), 0
            for piece in self.pieces(name):
                digest.update(piece)
                size += len(piece)
            if (digest.hexdigest(), size) != (told.sha256, told.size):
                raise Refused("bundle.altered", part=shown(name))

    def pieces(self, name):
        """The bytes of a member, never more than the table says."""
        try:
            with self.package.open(name) as file:
                while piece := file.read(PIECE):
                    yield piece
        except (zipfile.BadZipFile, EOFError):  # its own sum is wrong, or its end is missing
            raise Refused("bundle.altered", part=shown(name)) from None
        except Exception:  # zipfile raises many kinds on hostile input
            raise Refused("bundle.damaged") from None

    def open(self, name):
        """The member as an open file that can be read from its start again."""
        return self.package.open(name)

    def bytes(self, name):
        if self.package.getinfo(name).file_size > MAX_TEXT:
            raise Refused("bundle.big", limit=MAX_TEXT // MEGABYTE)
        return b"".join(self.pieces(name))

    def json(self, name):
        """The value of a JSON member. Raises Refused when it is missing, or is no JSON of ours."""
        if name not in self.package.NameToInfo:
            raise Refused("bundle.missing", part=name)
        try:
            value = json.loads(self.bytes(name).decode(), parse_constant=refuse_number)
            if plain(value):
                return value
        except (ValueError, RecursionError):
            pass
        raise Refused("bundle.not_json", part=name)


@contextmanager
def opened(path):
    """The Bundle at this path, its members verified. Raises Refused, OSError."""
    with open(path, "rb") as file:
        try:
            package = zipfile.ZipFile(file)
            entries = package.infolist()
        except Exception:  # zipfile raises many kinds on hostile input
            raise Refused("bundle.damaged") from None
        check(entries)
        bundle = Bundle(package)
        bundle.verify()
        yield bundle


def check(entries):
    """Raises Refused unless the table of the ZIP is one that `write` could have made."""
    if len(entries) > MAX_MEMBERS:
        raise Refused("bundle.members", limit=MAX_MEMBERS)
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise Refused("bundle.big", limit=MAX_TOTAL // MEGABYTE)
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise Refused("bundle.duplicate")
    for entry in entries:
        if BAD_NAME.search(entry.orig_filename) or entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("bundle.path", part=shown(entry.filename))
        if entry.flag_bits & ENCRYPTED or entry.compress_type != zipfile.ZIP_STORED \
                or entry.compress_size != entry.file_size:
            raise Refused("bundle.packed", part=shown(entry.filename))


def member(name, told):
    if not isinstance(told, dict) or not isinstance(told.get("size"), int) or not isinstance(told.get("sha256"), str):
        raise Refused("bundle.manifest")
    return Member(told["size"], told["sha256"])


def refuse_number(text):
    raise ValueError(text)


def plain(value):
    """Only texts that a database keeps: no NUL, no half of a character."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(plain(key) and plain(one) for key, one in value.items())
    return all(map(plain, value)) if isinstance(value, list) else True


def shown(name):
    """A name of a member, fit for a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:100]


def digest_of(path):
    """The SHA-256 of a file, read piece by piece."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
