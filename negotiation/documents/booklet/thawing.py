"""A livret again from the JSON that an edition keeps, so that another file can be made of what it said then.

An older edition may lack what was added since: it is empty there. What it had and nobody reads any more is not told.
"""
import json
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from functools import cache

from ...workflow.transitions import NotAllowed
from .content import Content

EMPTY = {str: "", int: 0, bool: False}


class Unreadable(NotAllowed):
    """The text was written by another version of the application; str() says so in French."""


def read(text):
    """The Content whose `text` this is. Raises Unreadable when it is not, to the letter."""
    try:
        content = thaw(json.loads(text))
    except (AttributeError, TypeError, ValueError):
        content = None
    if content is None or content.text != text:
        raise Unreadable("Le contenu figé de cette édition a été écrit par une autre version de l’application, qui a "
                         "changé depuis. Abandonnez cette préparation, puis établissez l’édition de nouveau.")
    return content


def thaw(data):
    """Content from its dict. Raises ValueError for what is no livret."""
    if not isinstance(data, dict) or not isinstance(data.get("body"), dict):
        raise ValueError("not a livret")
    return rebuilt(Content, data)


@cache
def hints_of(kind):
    return typing.get_type_hints(kind)


def rebuilt(hint, value):
    """A value of this type: JSON knows neither tuples nor our classes."""
    options = typing.get_args(hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        found = [one for one in options if one is not type(None)]
        return None if value is None else rebuilt(found[0], value)
    if typing.get_origin(hint) is tuple:
        if options[-1] is Ellipsis:
            return tuple(rebuilt(options[0], one) for one in value or ())
        return tuple(rebuilt(one, part) for one, part in zip(options, value, strict=True))
    if is_dataclass(hint):
        return hint(**{field.name: rebuilt(hints_of(hint)[field.name], value[field.name]) if field.name in value
                       else empty(field, hints_of(hint)[field.name]) for field in fields(hint)})
    return value


def empty(field, hint):
    """What an edition says of a field that it does not know."""
    if field.default is not MISSING:
        return field.default
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return None
    if is_dataclass(hint):
        return rebuilt(hint, {})
    return () if typing.get_origin(hint) is tuple else EMPTY.get(hint)
