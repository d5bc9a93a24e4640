"""Commitments: projects, the financing plan, the announced total, obligations."""
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from .. import elements, findings, money
from ..documents import charts
from ..forms.commitments import AnnouncedTotalForm
from ..forms.plan import PlanForm, name_of
from ..forms.refusals import refuse
from ..models import Negotiation
from ..permissions import can, require
from ..queries import afterwards, remarks
from ..queries import commitments as read
from ..workflow import commitments as acts
from ..workflow.negotiations import change
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, writing

LAST_YEAR = 2100
CONTESTED = "cette case contient maintenant {} ; enregistrez de nouveau pour imposer le vôtre."


def commitments(request, slug):
    dossier = dossier_or_404(request, slug)
    page = read.page(dossier)
    return render(request, "commitments/commitments.html", {
        "dossier": dossier, "tab": "commitments", "page": page,
        "afterwards": afterwards.of_dossier(dossier, ("projects", "plan", "obligations")),
        "drawings": [one for one in (charts.by_year(page.plan.cells), charts.shares(page.plan.cells)) if one],
        **writing(dossier, "projects", "plan", "obligations", known=page.held)})


def plan(request, slug):
    """The matrix as one form. Buttons that add a line save nothing; what is refused or contested stays as typed."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    dossier, problems = opened(request, dossier)
    shown = Shown.asked(request, dossier)
    form = shown.form(request.POST or None)
    conflicts = save(request, dossier, form) if form.is_bound and form.asks_to_save and form.is_valid() else None
    if conflicts == []:
        tell(request, read.page(dossier).findings)
        return redirect(reverse("commitments", args=[dossier.slug]) + "#plan")
    saved = bool(conflicts) and saves_more(form, conflicts)
    if conflicts:
        shown = Shown.asked(request, dossier)
        form = shown.form(kept=kept(conflicts), contested={
            one.cell: CONTESTED.format(acts.told(one.theirs)) for one in conflicts if not one.gone})
    return render(request, "commitments/plan.html", {
        "dossier": dossier, "tab": "commitments", "form": form, "shown": shown,
        "conflicts": [(one, "" if one.gone else name_of(one.cell)) for one in conflicts or ()],
        "still_typed": any(not one.gone for one in conflicts or ()), "saved": saved,
        "problems": problems, "has_errors": bool(conflicts or problems or form.lost),
        "groups": findings.grouped(shown.found), "remarks": observed(dossier, form),
        "may_lengthen": can(request.user, "dossier.change", dossier) and dossier.last_year < LAST_YEAR,
    }, status=409 if conflicts else 422 if problems or form.errors or form.lost else 200)


@dataclass(frozen=True)
class Shown:
    """What the page shows of the plan: all of it, the project that ?projet= asks for, or the year that ?annee= does.

    found: what the checks say of the whole plan.
    """
    dossier: Negotiation
    plan: read.Plan
    found: list
    project: int | None = None
    column: read.Column | None = None
    scope: elements.Scope = elements.ALL

    @classmethod
    def asked(cls, request, dossier):
        """Raises Http404 for a project of another dossier, or a year that the plan does not have; what is sent from the
        page of one that is gone meanwhile is shown beside all of the plan."""
        (plan, found), project, year = read.editing(dossier), request.GET.get("projet"), request.GET.get("annee")
        chosen = next((one.project for one in plan.blocks if str(one.project) == project), None)
        column = next((one for one in plan.columns if str(one.year) == year), None) if not project else None
        if (project or year) and not (chosen or column) and request.method != "POST":
            raise Http404
        return cls(dossier, plan, found, chosen, column, acts.plan_scope(dossier, plan.amounts_by_cell))

    @property
    def part(self):
        return read.of_year(self.plan, self.column.year) if self.column else self.plan

    def form(self, data=None, **shown_again):
        return PlanForm(data, plan=self.part, stored=self.plan.total, announced=self.dossier.announced_total,
                        only=self.project, scope=self.scope, **shown_again)


def observed(dossier, form):
    """[(remark, address of what it opens)] on the plan, while a correction opens nothing else of it."""
    return [(one, place_of(one.target, dossier, form)) for one in remarks.of_part(dossier, "plan")] \
        if form.is_restricted else []


def place_of(target, dossier, form):
    """On this page when it shows the cell; else on that of its project, or of the total."""
    if target == "total":
        return reverse("announced_total", args=[dossier.slug])
    if name := form.first_open(target) if not form.too_large or form.only else "":
        return f"#{name}"
    project = target.split(":")[1]
    known = any(str(one.project) == project for one in form.plan.blocks)
    return f"?projet={project}" if known else ""


def tell(request, found):
    """The plan is saved, and what the checks say of it."""
    messages.success(request, "Le plan de financement est enregistré.")
    if summary := findings.summary(found):
        messages.warning(request, f"Points à vérifier dans les engagements : {summary}.")


def save(request, dossier, form):
    """The amounts that somebody else contests ([]: all is saved), or None when the act refused and saved nothing."""
    try:
        return acts.save_plan(dossier, form.typed, form.cleaned_data["base"], by=request.user,
                              key=form.cleaned_data["key"], was=form.known)
    except NotAllowed as refusal:
        refuse(form, refusal)
        return None


def opened(request, dossier):
    """The dossier, after opening the line « ensemble du contrat », or adding a year to the contract, when their buttons
    ask for it; what is refused."""
    try:
        if request.method == "POST" and "ensemble" in request.POST:
            acts.open_whole_contract(dossier, by=request.user)
        elif request.method == "POST" and "allonger" in request.POST:
            require(request.user, "dossier.change", dossier)
            # The button names the year: a second click finds it there.
            if request.POST["allonger"] == str(dossier.last_year + 1):
                change(dossier, by=request.user, title=dossier.title, first_year=dossier.first_year,
                       last_year=dossier.last_year + 1)
                dossier = dossier_or_404(request, dossier.slug)
                messages.success(request, f"Le contrat va maintenant jusqu’en {dossier.last_year}. Si son titre nomme "
                                          "ses années, corrigez-le dans la fiche du dossier.")
    except (NotAllowed, ValidationError) as refusal:
        return dossier, getattr(refusal, "reasons", None) or refusal.messages
    return dossier, []


def saves_more(form, conflicts):
    """Did the person change cells that nobody contests?"""
    contested, base = {one.cell for one in conflicts}, form.cleaned_data["base"]
    return any(amount != base.get(cell, 0) for cell, amount in form.typed.items() if cell not in contested)


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
