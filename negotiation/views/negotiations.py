"""Negotiations: the list, opening one, its page."""
from django.http import HttpResponse


def listing(request):
    return HttpResponse("listing")


def opening(request):
    return HttpResponse("opening")


def dossier(request, slug):
    return HttpResponse("dossier")
