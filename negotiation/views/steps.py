"""A step of a negotiation: its page, its answers, its moves."""
from django.http import HttpResponse


def step(request, slug, code):
    return HttpResponse("step")


def move(request, slug, code, action):
    return HttpResponse("move")
