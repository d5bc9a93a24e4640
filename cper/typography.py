"""The words that our templates hold, with the spaces of French typography: no line begins with « : » or « ? »."""
import re

from django.template.loaders.filesystem import Loader

NBSP, NARROW = "\u00a0", "\u202f"
# What is no text: tags of templates, comments, elements with their attributes.
MARKUP = re.compile(r"(\{[%{#].*?[#}%]\}|<[^>]*>)", re.DOTALL)
SPACE = re.compile(r"(?P<open>«) | (?P<mark>[:;!?»])(?!\w)")


def typeset(source):
    """The source of a template; what its variables hold is typeset by the filter `typo`."""
    return "".join(part if place % 2 else SPACE.sub(kept, part) for place, part in enumerate(MARKUP.split(source)))


def kept(match):
    if match["open"]:
        return f"«{NBSP}"
    return (NBSP if match["mark"] in ":»" else NARROW) + match["mark"]


class FrenchLoader(Loader):
    """Our templates, pages and documents typeset; mails are left as they are written."""

    def get_contents(self, origin):
        source = super().get_contents(origin)
        return typeset(source) if origin.name.endswith(".html") else source
