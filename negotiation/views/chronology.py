"""The chronology of a negotiation."""
from django.http import HttpResponse


def chronology(request, slug):
    return HttpResponse("chronology")
