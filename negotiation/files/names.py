"""Holds what may be kept of a user's file name; refuses paths, invisible signs and endless names."""

import re
import unicodedata

LENGTH = 150
LONGEST_EXTENSION = 10


def clean_name(name):
    """A name fit to be shown and downloaded: one line, no path, no invisible sign, at most 150 characters."""
    name = re.split(r"[/\\]", str(name or "").rstrip("/\\ "))[-1]
    # C*: controls, direction marks, joiners, halves of characters. Other blanks become plain spaces.
    kept = "".join(sign for sign in name if sign.isspace() or not unicodedata.category(sign).startswith("C"))
    # Composed last: removing a joiner may bring a letter and its accent together.
    name = unicodedata.normalize("NFC", " ".join(kept.split())).strip(" .")
    stem, extension = _split(name)
    return stem[: LENGTH - len(extension)].rstrip(" .") + extension or "fichier"


def extension_of(name):
    """The extension in lower case, without its dot; empty if there is none."""
    return _split(clean_name(name))[1][1:].lower()


def _split(name):
    """(stem, dot and extension)."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not extension.isalnum() or len(extension) > LONGEST_EXTENSION:
        return name, ""
    return stem, dot + extension
