"""The journal of a dossier: page by page, one act whole, and the table for a spreadsheet."""
from django.http import Http404
from django.shortcuts import render

from ..documents import journal_table
from ..permissions import can, require
from ..queries import journal as read
from .dossier import dossier_or_404
from .responses import streamed

# Told to those who are not of the team, where nothing else explains a number that they do not find.
MISSING = "Les numéros qui manquent, s’il y en a, sont ceux d’actes réservés à l’équipe de la Région."


def readable(request, slug):
    """(the dossier, does the reader belong to its team?) for those who read the journal."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "journal.read", dossier)
    return dossier, can(request.user, "dossier.write", dossier)


def journal(request, slug):
    dossier, team = readable(request, slug)
    page = read.page(dossier, request.GET, team=team)
    return render(request, "journal/journal.html", {
        "dossier": dossier, "tab": "journal", "page": page, "missing": "" if team else MISSING},
        status=422 if page.unread else 200)


def act(request, slug, number):
    dossier, team = readable(request, slug)
    line = read.act(dossier, number, team=team)
    if not line:
        raise Http404
    return render(request, "journal/act.html", {"dossier": dossier, "tab": "journal", "line": line})


def table(request, slug):
    dossier, team = readable(request, slug)
    if read.unread(request.GET):
        # No table of other acts than those that were asked for.
        return journal(request, slug)
    # Of a table that is filtered, most numbers are missing anyway.
    lines = journal_table.rows(read.register(dossier, request.GET, team=team), "" if team or request.GET else MISSING)
    return streamed(lines, f"journal-{slug}.csv", "text/csv; charset=utf-8")
