"""An edition that is being made: how far it is, trying again, giving it up."""
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ..documents.booklet.making import start
from ..forms.booklets import AbandonForm
from ..models import Booklet
from ..permissions import require
from ..queries import makings as read
from ..queries.editions import making as making_of
from ..workflow import makings
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, posted


@require_safe
def making(request, slug, number):
    """How far the edition is. Once it is made, its own page; given up, that of the livret. 204 when nothing has changed
    since the mark that the page already shows (`vu`).
    """
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    found = making_of(dossier)
    if found is None or found.number != number:
        return redirect("booklet_publish", slug, number) if Booklet.objects.filter(
            negotiation=dossier, number=number).exists() else redirect("booklet", slug)
    mark = read.mark(found)
    if request.GET.get("vu") == mark:
        return HttpResponse(status=204)
    return render(request, "booklets/making.html", {
        "dossier": dossier, "tab": "booklet", "making": found, "mark": mark, "stages": read.stages(found),
        "queued": settings.QUEUED, "form": AbandonForm()})


@posted("booklet", "slug")
def retry(request, slug, number):
    """Make it again, as it was asked for."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    if again := makings.retry(dossier, number):
        start(again)
    return redirect("booklet_making", slug, number)


@posted("booklet", "slug")
def abandon(request, slug, number):
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    form = AbandonForm(request.POST)
    key = form.cleaned_data["key"] if form.is_valid() else ""
    try:
        if makings.abandon(dossier, number, by=request.user, key=key):
            messages.success(request, f"La préparation de l’édition {number} est abandonnée. Le dossier est intact.")
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("booklet", slug)
