"""Reads back the content of an edition from the JSON text that it was frozen as: the same values, or nothing."""
import json
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from ...workflow.transitions import NotAllowed
from .content import Content


class Unreadable(NotAllowed):
    """The text was written by another version of the application; str() says so in French."""


def read(text):
    """The Content whose `text` this is. Raises Unreadable when it is not, to the letter."""
    try:
        content = value(Content, json.loads(text))
    except (KeyError, TypeError, ValueError):
        content = None
    if content is None or content.text != text:
        raise Unreadable("Le contenu figé de cette édition a été écrit par une autre version de l’application, qui a "
                         "changé depuis. Abandonnez cette préparation, puis établissez l’édition de nouveau.")
    return content


def value(kind, told):
    """What JSON tells, as the type that a field of a dataclass names."""
    if isinstance(kind, UnionType):
        return None if told is None else value(get_args(kind)[0], told)
    if is_dataclass(kind):
        return kind(**{name: value(one, told[name]) for name, one in fields_of(kind).items()})
    if get_origin(kind) is tuple and isinstance(told, list):
        kinds = get_args(kind)
        if kinds[-1] is Ellipsis:
            kinds = [kinds[0]] * len(told)
        return tuple(value(one, item) for one, item in zip(kinds, told, strict=True))
    if type(told) is not kind:
        raise TypeError(kind)
    return told


@cache
def fields_of(kind):
    return {name: one for name, one in get_type_hints(kind).items() if name in kind.__dataclass_fields__}
