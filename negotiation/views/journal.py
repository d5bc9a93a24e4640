"""The journal of a dossier, newest first, page by page."""
from django.core.paginator import Paginator
from django.shortcuts import render

from ..permissions import require
from ..queries import journal as read
from .dossier import dossier_or_404

PER_PAGE = 50


def journal(request, slug):
    dossier = dossier_or_404(request, slug)
    require(request.user, "journal.read", dossier)
    page = Paginator(read.entries(dossier), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "journal/journal.html", {"dossier": dossier, "tab": "journal", "page": page})
