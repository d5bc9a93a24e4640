"""Difficulties and lessons of a negotiation."""
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from ..permissions import require
from ..queries import difficulties as read
from ..workflow.difficulties import take_over as take
from .dossier import dossier_or_404, posted, writing


def difficulties(request, slug):
    dossier = dossier_or_404(request, slug)
    return render(request, "difficulties/difficulties.html", {
        "dossier": dossier, "tab": "difficulties",
        "page": read.page(dossier, request.GET.get("famille", ""), request.GET.get("etat", "")),
        **writing(dossier, "difficulties")})


@posted("difficulties", "slug")
def take_over(request, slug):
    """Take over a difficulty known by the dossier's own grid, in one action."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    pk = request.POST.get("known", "")
    if not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        raise Http404
    known = get_object_or_404(read.known_of(dossier), pk=pk)
    difficulty = take(dossier, known, by=request.user)
    apart = "" if difficulty.progress_id else (
        f" L’étape {known.step.code} ne se modifie plus : elle n’y est pas rattachée.")
    messages.success(request, f"La difficulté et sa mesure sont reprises : complétez ce qui s’est passé.{apart}")
    if request.POST.get("retour") == "etape":
        return redirect(reverse("step", args=[dossier.slug, known.step.code]) + "#difficultes")
    return redirect(reverse("difficulties", args=[dossier.slug]) + f"#difficultes-{difficulty.pk}")
