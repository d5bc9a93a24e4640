"""Public pages: home, the grid, glossary, sources, Regions."""
from django.http import HttpResponse


def home(request):
    return HttpResponse("home")


def grid(request):
    return HttpResponse("grid")


def actors(request):
    return HttpResponse("actors")


def difficulties(request):
    return HttpResponse("difficulties")


def step(request, code):
    return HttpResponse("step")


def glossary(request):
    return HttpResponse("glossary")


def sources(request):
    return HttpResponse("sources")


def regions(request):
    return HttpResponse("regions")
