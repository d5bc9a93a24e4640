"""Commitments: projects, the financing plan, the announced total, obligations."""
from django.http import HttpResponse


def commitments(request, slug):
    return HttpResponse("commitments")


def plan(request, slug):
    return HttpResponse("plan")


def total(request, slug):
    return HttpResponse("total")
