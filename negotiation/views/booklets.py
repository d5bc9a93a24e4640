"""The livret: its page, the draft PDF, publication, and what is published."""
from django.http import HttpResponse


def published(request):
    return HttpResponse("published")


def published_pdf(request, slug, number):
    return HttpResponse("published_pdf")


def booklet(request, slug):
    return HttpResponse("booklet")


def draft_pdf(request, slug):
    return HttpResponse("draft_pdf")


def publish(request, slug):
    return HttpResponse("publish")
