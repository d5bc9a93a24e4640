"""Holds the choice between the two families of office documents; refuses packages that belong to neither."""

from . import odf, ooxml
from .archive import Archive


def check(data, _kind="package"):
    """The kind of the document, checked whole; None if the archive is not an office document we accept."""
    archive = Archive(data)
    if kind := odf.kind_of(archive):
        odf.check(archive)
    elif kind := ooxml.kind_of(archive):
        ooxml.check(archive)
    return kind
