"""Holds the reading of XML parts; refuses document type declarations (entity bombs) and broken XML."""

from xml.parsers import expat

from defusedxml import ElementTree

from .refusals import Refused

# Tables of contents of packages: a few KB in real documents.
MAX_TREE = 4 * 1024 * 1024


def tree(data):
    """The root element of a small part."""
    if len(data) > MAX_TREE:
        raise Refused("xml.big")
    # The first pass names the fault (DTD or broken); the second, defused on its own, builds the tree.
    scan([data])
    try:
        return ElementTree.fromstring(data, forbid_dtd=True)
    except Exception:  # defusedxml, expat and codecs each raise their own kinds
        raise Refused("xml.damaged") from None


def scan(pieces, on_element=None, on_text=None, on_end=None):
    """Read a part of any size in constant memory. Handlers get ("namespace name", attributes), (text), (name)."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = on_element
    parser.CharacterDataHandler = on_text
    parser.EndElementHandler = on_end
    parser.buffer_text = True
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):  # broken, or in an encoding that Python cannot read
        raise Refused("xml.damaged") from None


def _refuse_dtd(*_declaration):
    raise Refused("xml.dtd")
