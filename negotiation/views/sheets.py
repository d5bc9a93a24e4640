"""The financing plan as files: downloads for those who read the dossier, the import for those who write it."""
import io

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from ..documents.sheets import export
from ..documents.sheets.workbook import to_xlsx
from ..forms.sheets.forms import ConfirmForm, ImportForm
from ..forms.sheets.preview import Refusal, compared
from ..permissions import require
from ..queries import commitments as read
from ..queries import consequences
from ..workflow import imports
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404
from .responses import attachment


def download(request, slug, kind):
    dossier = dossier_or_404(request, slug)
    if kind not in export.KINDS:
        raise Http404
    content = export.content(kind, read.plan(dossier, editing=True), dossier)
    return attachment(io.BytesIO(content), f"plan-{slug}.{kind}", export.KINDS[kind])


def model(request, slug):
    """The workbook to fill."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    content = to_xlsx(read.plan(dossier, editing=True), dossier, model=True)
    return attachment(io.BytesIO(content), f"modele-plan-{slug}.xlsx", export.KINDS["xlsx"])


def import_plan(request, slug):
    """The file, then what it would change, then the act: nothing is kept on the server between the pages."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    if request.method == "POST" and "plan" in request.POST:
        return confirm(request, dossier)
    if request.method != "POST":
        return show(request, dossier, blank(dossier))
    form = ImportForm(request.POST, request.FILES, plan=read.plan(dossier, editing=True), dossier=dossier)
    if not form.is_valid():
        return show(request, dossier, form, status=422)
    return preview(request, dossier, form.preview, form.name)


def preview(request, dossier, found, name, *, refused=(), conflicts=(), status=200):
    """What would change; what the file asks and the dossier refuses counts as refused."""
    cells, base = sides(found)
    if not found.refused and not refused:
        refused = [] if conflicts else imports.refusals(dossier, cells, base, by=request.user)
    found.refused += [Refusal("", why) for why in refused]
    confirms = ConfirmForm.of(found, name, dossier.slug) if found.changes and not found.refused else None
    return show(request, dossier, blank(dossier), preview=found, name=name, confirms=confirms, conflicts=conflicts,
                consequences=would_be(dossier, cells) if confirms else None,
                status=422 if found.refused and status == 200 else status)


def confirm(request, dossier):
    form = ConfirmForm(request.POST, slug=dossier.slug)
    if not form.is_valid():
        return show(request, dossier, blank(dossier), refused=form.errors.get("plan", []), status=422)
    carried = form.cleaned_data["plan"]
    try:
        conflicts = imports.import_plan(dossier, carried.cells, carried.base, by=request.user, name=carried.name,
                                        key=form.cleaned_data["key"])
    except NotAllowed as refusal:
        return again(request, dossier, carried, refused=refusal.reasons)
    if conflicts:
        # What is gone is refused by the preview itself, at its place in the file.
        return again(request, dossier, carried, conflicts=[one for one in conflicts if not one.gone], status=409)
    messages.success(request, f"Le plan de financement est importé de « {carried.name} ».")
    return redirect(reverse("commitments", args=[dossier.slug]) + "#plan")


def again(request, dossier, carried, **told):
    """The preview of what had been confirmed, beside the plan as it stands now."""
    found = compared(carried.cells, read.plan(dossier, editing=True), carried.places, carried.was)
    return preview(request, dossier, found, carried.name, **told)


def sides(found):
    """({cell: amount after}, {cell: amount before}) of what would change."""
    return ({one.cell: one.after for one in found.changes}, {one.cell: one.before for one in found.changes})


def would_be(dossier, cells):
    """What the rules would say of the plan once these cells are written."""
    held = consequences.held(dossier, agreed=True)
    return consequences.consequences(held.facts, held.plan | cells)


def blank(dossier):
    return ImportForm(plan=None, dossier=dossier)


def show(request, dossier, form, *, status=200, **context):
    return render(request, "commitments/import.html", {
        "dossier": dossier, "tab": "commitments", "form": form, **context,
        "has_errors": status in (409, 422)}, status=status)
