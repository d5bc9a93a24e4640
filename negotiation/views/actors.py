"""Actors of a negotiation, and their roles phase by phase."""
from django.contrib import messages
from django.shortcuts import redirect, render

from ..elements import Scopes
from ..forms.actors import RolesForm
from ..forms.refusals import refuse
from ..permissions import require
from ..queries import actors as read
from ..workflow.actors import save_roles
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, writing


def actors(request, slug):
    dossier = dossier_or_404(request, slug)
    return render(request, "actors/actors.html", {
        "dossier": dossier, "tab": "actors", "page": read.page(dossier),
        **writing(dossier, "actors")})


def roles(request, slug):
    """One form for the whole matrix; what somebody else changed meanwhile is named, and stays as chosen."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    scopes = Scopes(dossier, "actors")
    form = roles_form(dossier, scopes, request.POST if request.method == "POST" else None)
    conflicts = []
    if request.method == "POST" and form.is_valid():
        try:
            conflicts = save_roles(dossier, form.typed, form.cleaned_data["bases"], by=request.user)
        except NotAllowed as refusal:
            refuse(form, refusal)
        else:
            if not conflicts:
                messages.success(request, "La matrice des rôles est enregistrée.")
                return redirect("actors", dossier.slug)
            form.rebase(read.matrix_of(dossier)[2])
    return render(request, "actors/roles.html", {
        "dossier": dossier, "tab": "actors", "form": form, "conflicts": conflicts, "scopes": scopes,
        "has_errors": bool(conflicts or form.errors)}, status=409 if conflicts else 422 if form.errors else 200)


def roles_form(dossier, scopes, data=None):
    rows, phases, stored = read.matrix_of(dossier)
    return RolesForm(data, actors=list(rows), phases=phases, roles=stored,
                     closed={actor.pk for actor in rows if not scopes.opens(actor)})
