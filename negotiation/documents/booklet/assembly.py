"""Assembles the livret of a negotiation from its rows, then draws the glossary and the sources from its words."""
import re

from ...queries import booklet as read
from ...queries.glossary import Terms
from . import calendar, content, financing, journey, people, positions
from .words import line, text

# No term nor code is that long; such a run was given places to break, and what stands between two is no word.
LONG_RUN = re.compile(r"\S{200,}")
CODE = re.compile(r"\b[SC][0-9]{2,3}[a-z]?\b")


def assemble(negotiation):
    """The whole livret of a negotiation, in as many queries for an empty dossier as for a full one."""
    rows = read.rows(negotiation)
    # Links lead to a rank, not to a key: a dossier restored elsewhere makes the same livret.
    for rank, event in enumerate(rows.events, 1):
        event.rank = rank
    body = body_of(rows)
    words = LONG_RUN.sub(" ", "\n".join(content.strings(body)))
    return content.Content(
        slug=rows.negotiation.slug, changed_at=int(rows.changed_at.timestamp()), body=body,
        glossary=glossary(rows.terms, words), sources=sources(rows.sources, words))


def body_of(rows):
    return content.Body(
        cover=people.cover(rows), blank=rows.negotiation.blank_label, identity=people.identity(rows),
        years=people.years(rows), calendar=calendar.calendar(rows), sides=people.sides(rows), roles=people.roles(rows),
        projects=financing.projects(rows), plan=financing.plan(rows), positions=positions.positions(rows),
        obligations=people.obligations(rows),
        difficulties=journey.difficulties(rows), phases=journey.phases(rows), decisions=journey.decisions(rows),
        sheet=financing.sheet(rows))


def glossary(rows, words):
    """The terms that the livret uses, found in its words as the pages of the site find them."""
    terms = Terms(rows)
    for _ in terms.pieces(words):
        pass
    return tuple(content.Term(line(row.term), text(row.meaning)) for row in rows if row.term in terms.explained)


def sources(known, words):
    cited = set(CODE.findall(words))
    return tuple(content.Source(row.code, line(row.label), row.url, text(row.note)) for row in known
                 if row.code in cited)
