"""To whom a dossier is open: State services that give an opinion, partners who read."""
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from ..forms.openings import ShareForm
from ..models import Opening
from ..permissions import can, require
from ..queries.seats import awaited_of
from ..workflow import negotiations
from .dossier import dossier_or_404, posted


def openings(request, slug):
    """GET: who reads this dossier. POST: open it to one more organisation."""
    dossier = dossier_or_404(request, slug)
    form = ShareForm(request.POST or None, dossier=dossier)
    if request.method == "POST":
        require(request.user, "dossier.share", dossier)
        if form.is_valid():
            organisation = form.cleaned_data["organisation"]
            negotiations.share(dossier, organisation, by=request.user)
            messages.success(request, f"Le dossier est ouvert à : {organisation}.")
            return redirect("openings", dossier.slug)
    opened, awaited = Opening.objects.filter(negotiation=dossier).select_related("organisation"), awaited_of(dossier)
    return render(request, "openings/openings.html", {
        "dossier": dossier, "tab": "openings", "form": form,
        "openings": [(one, awaited.get(one.organisation_id)) for one in opened],
        "may_share": can(request.user, "dossier.share", dossier)}, status=422 if form.errors else 200)


@posted("openings", "slug")
def close(request, slug, pk):
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.share", dossier)
    opening = get_object_or_404(Opening.objects.select_related("negotiation", "organisation"), pk=pk,
                                negotiation=dossier)
    negotiations.unshare(opening, by=request.user)
    messages.success(request, f"Le dossier n’est plus ouvert à : {opening.organisation}.")
    return redirect("openings", dossier.slug)
