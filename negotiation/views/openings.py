"""To whom a dossier is open."""
from django.http import HttpResponse


def openings(request, slug):
    return HttpResponse("openings")


def close(request, slug, pk):
    return HttpResponse("close")
