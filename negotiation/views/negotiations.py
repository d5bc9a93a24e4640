"""Negotiations: the list, opening one, and the page of one, which is a task list."""
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render

from ..choices import Nature, Role, State
from ..forms.negotiations import OpeningForm, SheetForm
from ..forms.refusals import refuse
from ..permissions import can, council_of, require
from ..queries import negotiations as read
from ..queries import pen, tasks
from ..queries.editions import standing
from ..workflow.negotiations import change, open_negotiation
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404


def listing(request):
    return render(request, "negotiations/list.html", {
        "dossiers": read.listing(request.user), "may_open": can(request.user, "negotiation.open")})


def opening(request):
    """A responsable opens a negotiation for their council."""
    require(request.user, "negotiation.open")
    councils = council_of(request.user, Role.MANAGER)
    form = OpeningForm(request.POST or None, councils=councils)
    if request.method == "POST" and form.is_valid():
        dossier = form.save(commit=False)
        dossier.region_id = dossier.owner.region_id
        dossier.nature = Nature.FICTIONAL if dossier.owner.is_training else Nature.REAL
        try:
            open_negotiation(dossier, by=request.user)
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "La négociation est ouverte. Commencez par l’étape A1.")
            return redirect("negotiation", dossier.slug)
    return render(request, "negotiations/open.html", {"form": form}, status=422 if form.errors else 200)


def sheet(request, slug):
    """The responsable corrects the title or the years."""
    found = dossier_or_404(request, slug)
    require(request.user, "dossier.change", found)
    form = SheetForm(request.POST or None, instance=dossier_or_404(request, slug))
    if request.method == "POST" and form.is_valid():
        try:
            change(found, by=request.user, **form.cleaned_data)
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "La fiche du dossier est corrigée.")
            return redirect("negotiation", found.slug)
    return render(request, "negotiations/sheet.html", {"dossier": found, "tab": "sheet", "form": form},
                  status=422 if form.errors else 200)


def dossier(request, slug):
    found = dossier_or_404(request, slug)
    phases = read.task_list(found)
    found.pen = pen.of(found, [(line.progress.pk, line.progress.state, line.progress.since,
                                line.progress.step.code)
                               for phase in phases for line in phase.lines])
    in_force, signed, team = *standing(found), can(request.user, "dossier.write", found)
    return render(request, "negotiations/detail.html", {
        "dossier": found, "tab": "negotiation", "phases": phases, "in_force": in_force, "signed": signed,
        "late": read.late_obligations(phases), "next": read.next_action(
            phases, team=team,
            awaited=() if team else tasks.steps_of(request.user, found)),
        "done": sum(phase.done for phase in phases), "total": sum(phase.total for phase in phases),
        "approved": sum(phase.approved for phase in phases),
        "steps": sum(len(phase.lines) for phase in phases), "State": State,
        "may_change": can(request.user, "dossier.change", found)})
