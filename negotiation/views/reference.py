"""Public pages: home, the grid, glossary, sources, Regions."""
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..queries import reference as read
from ..queries.glossary import terms


def public(view):
    """Anybody may read it, and only read."""
    return login_not_required(require_safe(view))


@public
def home(request):
    return render(request, "reference/home.html", read.home())


@public
def grid(request):
    return render(request, "reference/grid.html", {"nav": "grid", "terms": terms(), **read.grid()})


@public
def actors(request):
    return render(request, "reference/actors.html", {"nav": "grid", "terms": terms(), **read.actors()})


@public
def difficulties(request):
    return render(request, "reference/difficulties.html", {"nav": "grid", "terms": terms(), **read.difficulties()})


@public
def step(request, code):
    sheet = read.step_sheet(code)
    if sheet is None:
        raise Http404
    return render(request, "reference/step.html", {"nav": "grid", "terms": terms(), "sheet": sheet, "step": sheet.step})


@public
def glossary(request):
    return render(request, "reference/glossary.html", {"nav": "glossary", **read.glossary()})


@public
def sources(request):
    return render(request, "reference/sources.html", {"nav": "grid", "terms": terms(), **read.sources()})


@public
def regions(request):
    return render(request, "reference/regions.html", {"nav": "grid", **read.regions()})
