"""The chronology of a negotiation."""
from django.shortcuts import render

from ..queries import chronology as read
from .dossier import dossier_or_404, writing


def chronology(request, slug):
    dossier = dossier_or_404(request, slug)
    return render(request, "chronology/chronology.html", {
        "dossier": dossier, "tab": "chronology",
        "page": read.page(dossier, request.GET.get("phase", ""), request.GET.get("nature", "")),
        **writing(dossier, "events")})
