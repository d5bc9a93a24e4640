"""Documents: depositing, waiving, downloading."""
from django.http import HttpResponse


def deposit(request, slug, code):
    return HttpResponse("deposit")


def waive(request, slug, code):
    return HttpResponse("waive")


def download(request, slug, pk):
    return HttpResponse("download")
