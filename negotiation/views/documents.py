"""Documents of a step: depositing a file, saying why one does not apply, downloading a version."""
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from ..files.inspection import VERDICTS
from ..files.storage import StoredFile, clean_name, store
from ..forms.steps import DepositForm, WaiverForm
from ..models import DocumentVersion
from ..permissions import require
from ..queries.steps import Row
from ..workflow import documents
from ..workflow.transitions import NotAllowed
from . import worksheets
from .dossier import dossier_or_404, posted
from .responses import shown, stored
from .steps import page_or_404, show

SHEET = ("Ce fichier est une fiche de travail remplie : elle est rangée à l’étape {}, parmi les autres pièces, et ne "
         "compte pas comme une pièce attendue.")


def expected_or_404(page, request):
    """The expected document that the form names by its code; None when it names none."""
    code = request.POST.get("expected", "")
    if not code:
        return None
    found = [row.item for row in page.expected if row.item.code == code]
    if not found:
        raise Http404
    return found[0]


def document_or_404(page, request):
    """The other document of the step that the form replaces; None when it adds one."""
    pk = request.POST.get("document", "")
    if not pk:
        return None
    found = [row.document for row in page.others if str(row.document.pk) == pk]
    if not found:
        raise Http404
    return found[0]


@posted("step", "slug", "code")
def deposit(request, slug, code):
    """Inspect, store, then record: a crash never leaves a row without its file."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    page = page_or_404(request, dossier, code)
    expected = expected_or_404(page, request)
    document = document_or_404(page, request)
    form = DepositForm(request.POST, request.FILES)
    row = Row(expected, document) if expected or document else None
    anchor = row.anchor if row else "autres-pieces"
    if not form.is_valid():
        return show(request, dossier, page, deposit=form, deposit_for=anchor)
    found = worksheets.found_in(form, dossier)
    if found.refusal:
        form.add_error("file", found.refusal)
        return show(request, dossier, page, deposit=form, deposit_for=anchor)
    if found.marks:
        return worksheets.keep(request, dossier, form, found, told=SHEET)
    if worksheets.is_blind(found, dossier):
        form.must_be_checked()
        if not form.is_valid():
            return show(request, dossier, page, deposit=form, deposit_for=anchor)
    file = form.cleaned_data["file"]
    file.seek(0)
    stored = store(file)
    title = form.cleaned_data["title"]
    try:
        version = documents.deposit(
            page.progress, StoredFile(stored.sha256, stored.size, form.verdict.kind, clean_name(file.name)),
            by=request.user, expected=expected, document=document, title=title, key=form.cleaned_data["key"])
    except NotAllowed as refusal:
        form.add_error("file", refusal.reasons)
        return refused(request, dossier, code, row.key if row else "documents", refusal, title, deposit=form,
                       deposit_for=anchor)
    if version:
        messages.success(request, f"La pièce « {version.document.title} » est déposée (version {version.number}).")
    return redirect(f"{page_url(dossier, code)}#{anchor}")


@posted("step", "slug", "code")
def waive(request, slug, code):
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    page = page_or_404(request, dossier, code)
    expected = expected_or_404(page, request)
    if expected is None:
        raise Http404
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return show(request, dossier, page, waiver=form, deposit_for=expected.code)
    reason = form.cleaned_data["reason"]
    try:
        documents.waive(page.progress, expected, reason, by=request.user, base=form.cleaned_data["base"])
    except NotAllowed as refusal:
        form.add_error("reason", refusal.reasons)
        return refused(request, dossier, code, Row(expected).key, refusal, reason, waiver=form,
                       deposit_for=expected.code)
    messages.success(request, "C’est enregistré.")
    return redirect(f"{page_url(dossier, code)}#{expected.code}")


def refused(request, dossier, code, key, refusal, typed, **form):
    """The page as it stands now, with the form that was refused; what was typed alone, when the form is gone.

    key: the element that the form is about (elements.py).
    """
    page = page_or_404(request, dossier, code)
    if key in page.open_keys:
        return show(request, dossier, page, **form)
    return show(request, dossier, page, refused=refusal.reasons, kept=[typed] if typed else [])


def page_url(dossier, code):
    return redirect("step", dossier.slug, code).url


def version_or_404(request, slug, pk, **more):
    """A version that the person may read."""
    dossier = dossier_or_404(request, slug)
    version = get_object_or_404(DocumentVersion.objects.select_related("document__expected"), pk=pk,
                                document__progress__negotiation=dossier, **more)
    if version.document.is_confidential:
        require(request.user, "dossier.write", dossier)
    return version


def download(request, slug, pk):
    """One version, as a file to save: never shown inside our own pages, whatever it holds."""
    version = version_or_404(request, slug, pk)
    return stored(request, version.sha256, version.file_name, VERDICTS[version.kind].content_type)


def image(request, slug, pk):
    """A picture, decoded to its end when it was deposited, to be seen beside a form."""
    version = version_or_404(request, slug, pk, kind__in=["png", "jpeg"])
    return shown(request, version.sha256, version.file_name, VERDICTS[version.kind].content_type)
