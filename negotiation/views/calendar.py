"""The calendar of a negotiation: the timeline, the proposal of the grid, the dates corrected step by step."""
from django.contrib import messages
from django.shortcuts import redirect, render

from ..documents.timeline import draw
from ..forms.calendar import DatesForm, ProposalForm
from ..forms.refusals import refuse
from ..permissions import can, require
from ..queries import calendar as read
from ..workflow import calendar as acts
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404


def calendar(request, slug):
    dossier = dossier_or_404(request, slug)
    page = read.page(dossier)
    return render(request, "calendar/calendar.html", {
        "dossier": dossier, "tab": "calendar", "page": page, "timeline": draw(page, "aujourd’hui"),
        "writes": can(request.user, "dossier.write", dossier)})


def propose(request, slug):
    """A proposal replaces the whole plan: refused when somebody changed it since the page was read."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    form = ProposalForm(request.POST or None, negotiation=dossier, base=acts.fingerprint(dossier))
    status = 200
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            acts.propose(dossier, told["start"], by=request.user, base=told["base"], key=told["key"])
        except NotAllowed as refusal:
            form.rebase(acts.fingerprint(dossier))
            refuse(form, refusal)
            status = 409
        else:
            messages.success(request, "Le calendrier est proposé : corrigez-le si besoin.")
            return redirect("calendar", dossier.slug)
    return render(request, "calendar/propose.html", {
        "dossier": dossier, "tab": "calendar", "form": form,
        "replaces": dossier.steps.filter(planned_start__isnull=False).exists(),
    }, status=status if status != 200 or not form.errors else 422)


def change(request, slug):
    """One form for every step; what somebody else changed meanwhile is named, and stays as typed."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    form = dates_form(dossier, request.POST if request.method == "POST" else None)
    conflicts = []
    if request.method == "POST" and form.is_valid():
        conflicts = acts.plan(dossier, form.typed, form.cleaned_data["bases"], by=request.user)
        if not conflicts:
            messages.success(request, "Les dates prévues sont enregistrées.")
            return redirect("calendar", dossier.slug)
        form.rebase(stored(read.steps(dossier)))
    return render(request, "calendar/change.html", {
        "dossier": dossier, "tab": "calendar", "form": form, "conflicts": conflicts,
        "has_errors": bool(conflicts or form.errors)}, status=409 if conflicts else 422 if form.errors else 200)


def dates_form(dossier, data=None):
    progresses = read.steps(dossier)
    return DatesForm(data, negotiation=dossier, progresses=progresses, stored=stored(progresses))


def stored(progresses):
    return {one.pk: acts.shown(one.planned_start, one.planned_end) for one in progresses}
