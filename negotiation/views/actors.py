"""Actors of a negotiation, and their roles phase by phase."""
from django.http import HttpResponse


def actors(request, slug):
    return HttpResponse("actors")


def roles(request, slug):
    return HttpResponse("roles")
