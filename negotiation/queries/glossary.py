"""The glossary as a page uses it: the terms, found in its texts and explained there once each."""
import re

from ..models import Term

# Addresses are left whole: « amap.ml/adr » names no agency. A word is tried once, from its start, and so is a run of
# names and dots: from each of their characters, twenty thousand characters without a space would take seconds.
ADDRESS = (r"(?:https?://|www\.)\S+|(?<!\S)\S+@\S+"
           r"|(?<![\w-])(?<![\w-]\.)[\w-]+(?:\.[\w-]+)*\.(?:ml|org|net|com|fr|info|int)\b\S*")


def terms():
    """The terms for one page, in one query; give it to the template as `terms`, for `{% explain %}`."""
    return Terms(Term.objects.all())


class Terms:
    """Finds terms in texts. It remembers what the page has explained: make a new one for each page."""

    def __init__(self, rows):
        self.meanings = {}
        for row in rows:
            for form in forms_of(row):
                self.meanings.setdefault(key(form), (row.term, tip(row, form)))
        # An alternation takes the first that matches: the longest first.
        forms = "|".join(expression(form) for form in sorted(self.meanings, key=len, reverse=True))
        self.pattern = re.compile(f"(?P<address>{ADDRESS})|(?<!\\w)(?P<term>{forms})(?!\\w)" if forms else ADDRESS)
        self.explained = set()

    def pieces(self, text):
        """The text as (piece, meaning) pairs; the meaning is "" except where a term is explained for the first time."""
        end = 0
        for match in self.pattern.finditer(text):
            term, meaning = self.meanings.get(key(match[0]), ("", ""))
            if meaning and term not in self.explained and not match["address"]:
                self.explained.add(term)
                yield text[end:match.start()], ""
                yield match[0], meaning
                end = match.end()
        yield text[end:], ""


def forms_of(row):
    """What names the term in a text. « Direction générale des Collectivités territoriales » is one name, not two."""
    return [row.term, *row.aliases, *([row.expansion] if row.expansion and is_acronym(row.term) else [])]


def is_acronym(form):
    """« PDSEC », « CPER/D », « SNEDD 2024-2033 »: no lower-case letter."""
    return form.upper() == form


def key(form):
    """How a form is looked up: words in any case of their first letter, acronyms as they are written."""
    form = re.sub(r"\s+", " ", form).replace("'", "’")
    return form if is_acronym(form) else form[0].lower() + form[1:]


def expression(form):
    """A form as a regular expression: either apostrophe, any space, and a first letter in either case for words."""
    rest = re.escape(form).replace("’", "['’]").replace(r"\ ", r"\s+")
    if is_acronym(form):
        return rest
    letter = re.escape(form[0])
    return f"(?<!-)[{letter}{letter.upper()}]{rest[len(letter):]}(?!-)"


def tip(row, form):
    """What explains this form: a name already in full only needs its definition, a sigle needs the name first."""
    if is_acronym(row.term) and not is_acronym(form):
        return row.definition
    if is_acronym(form) and not is_acronym(row.term):
        return f"{row.term} — {row.meaning}"
    return row.meaning
