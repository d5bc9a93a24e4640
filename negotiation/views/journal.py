"""The journal of a dossier."""
from django.http import HttpResponse


def journal(request, slug):
    return HttpResponse("journal")
