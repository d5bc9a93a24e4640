"""Difficulties and lessons of a negotiation."""
from django.http import HttpResponse


def difficulties(request, slug):
    return HttpResponse("difficulties")


def take_over(request, slug):
    return HttpResponse("take_over")
