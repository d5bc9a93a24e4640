"""Terms explained in place, without script: `{% load glossary %}` then `{% explain text terms %}`.

`terms` comes from the view (`queries.glossary.terms()`, one object a page: it remembers what the page has explained).
Not for headings or links: the explanation can be focused, and would be read inside them.
"""
from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from .components import typo

register = template.Library()


@register.simple_tag
def explain(text, terms=None):
    """Plain text, as escaped HTML on one line: French typography, and the terms met for the first time explained."""
    text = typo(text)
    if not terms:
        return escape(str.__str__(text))
    return mark_safe("".join(
        format_html('<span class="term" tabindex="0">{}<span class="tip" role="note">{}</span></span>',
                    piece, typo(meaning)) if meaning else escape(piece)
        for piece, meaning in terms.pieces(text)))
