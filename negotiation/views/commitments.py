"""Commitments: projects, the financing plan, the announced total, obligations."""
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from .. import findings, money
from ..forms.commitments import AnnouncedTotalForm
from ..forms.plan import PlanForm
from ..forms.refusals import refuse
from ..permissions import can, require
from ..queries import commitments as read
from ..workflow import commitments as acts
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404


def commitments(request, slug):
    dossier = dossier_or_404(request, slug)
    return render(request, "commitments/commitments.html", {
        "dossier": dossier, "tab": "commitments", "page": read.page(dossier),
        "writes": can(request.user, "dossier.write", dossier)})


def plan(request, slug):
    """The matrix as one form. Buttons that add a line save nothing; what is refused or contested stays as typed."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    stored, found, problems = opened(request, dossier)
    only = one_project(request, stored)
    form = PlanForm(request.POST or None, plan=stored, announced=dossier.announced_total, only=only)
    conflicts = save(request, dossier, form) if form.is_bound and form.asks_to_save and form.is_valid() else None
    if conflicts == []:
        tell(request, read.editing(dossier)[1])
        return redirect(reverse("commitments", args=[dossier.slug]) + "#plan")
    if conflicts:
        stored, found = read.editing(dossier)
        form = PlanForm(plan=stored, announced=dossier.announced_total, only=only, kept=kept(conflicts))
    return render(request, "commitments/plan.html", {
        "dossier": dossier, "tab": "commitments", "form": form, "only": only, "conflicts": conflicts,
        "problems": problems, "has_errors": bool(conflicts or problems), "groups": read.grouped(found),
        "balanced": stored.total == dossier.announced_total,
    }, status=409 if conflicts else 422 if problems or form.errors else 200)


def tell(request, found):
    """The plan is saved, and what the checks say of it."""
    messages.success(request, "Le plan de financement est enregistré.")
    if summary := findings.summary(found):
        messages.warning(request, f"Points à vérifier dans les engagements : {summary}.")


def save(request, dossier, form):
    """The amounts that somebody else contests ([]: all is saved), or None when the act refused and saved nothing."""
    try:
        return acts.save_plan(dossier, form.typed, form.cleaned_data["base"], by=request.user,
                              key=form.cleaned_data["key"])
    except NotAllowed as refusal:
        refuse(form, refusal)
        return None


def opened(request, dossier):
    """The stored plan and the findings on it, after opening the line « ensemble du contrat » when its button asks for
    it; what is refused."""
    problems = []
    if request.method == "POST" and "ensemble" in request.POST:
        try:
            acts.open_whole_contract(dossier, by=request.user)
        except NotAllowed as refusal:
            problems = refusal.reasons
    return *read.editing(dossier), problems


def one_project(request, plan):
    """pk of the project that ?projet= asks to show alone, None for all. Raises Http404 for another dossier's."""
    asked = request.GET.get("projet", "")
    found = next((one.project for one in plan.blocks if str(one.project) == asked), None)
    if asked and not found:
        raise Http404
    return found


def kept(conflicts):
    """What the person had typed in the contested cells, to be shown again."""
    return {one.cell: money.digits(one.mine) if one.mine else "" for one in conflicts if not one.gone}


def total(request, slug):
    """The announced total and its source."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    form = AnnouncedTotalForm(request.POST or None, negotiation=dossier, base=acts.total_fingerprint(dossier))
    status = 200
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            acts.announce_total(dossier, told["amount"], told["source"], by=request.user, base=told["base"],
                                key=told["key"])
        except acts.TotalChanged as refusal:
            form.rebase(acts.total_fingerprint(refusal.current))
            refuse(form, refusal)
            status = 409
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "Le total annoncé est enregistré.")
            return redirect("commitments", dossier.slug)
    return render(request, "commitments/total.html", {"dossier": dossier, "tab": "commitments", "form": form},
                  status=status if status != 200 or not form.errors else 422)
