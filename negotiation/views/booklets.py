"""The livret: its page, the draft PDF, publication, and what is published."""
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import condition, require_POST, require_safe

from ..documents.booklet import render as livret
from ..documents.booklet.assembly import assemble
from ..documents.booklet.outline import chapters
from ..documents.pdf import PdfError
from ..documents.slots import Busy
from ..files.storage import open_stored
from ..forms.booklets import PublishForm
from ..models import Booklet
from ..permissions import can, require
from ..queries import booklet as read
from ..workflow import booklets
from ..workflow.journal import is_done
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404
from .responses import attachment

PER_PAGE = 50
PDF = "application/pdf"
FOR_GOOD = "public, max-age=31536000, immutable"


def booklet(request, slug):
    return show(request, dossier_or_404(request, slug))


def show(request, dossier, *, refused=(), status=200):
    """What the livret holds and still lacks, chapter by chapter, and its editions."""
    return render(request, "booklets/booklet.html", {
        "dossier": dossier, "tab": "booklet", "chapters": chapters(read.overview(dossier)).values(),
        "editions": read.editions(dossier), "may_publish": can(request.user, "booklet.publish", dossier),
        "form": PublishForm(), "refused": refused}, status=status)


def draft_pdf(request, slug):
    dossier = dossier_or_404(request, slug)
    try:
        file = livret.draft(assemble(dossier))
    except (PdfError, Busy) as refusal:
        return unavailable(request, dossier, refusal)
    return attachment(file, f"livret-{dossier.slug}-projet.pdf", PDF)


def unavailable(request, dossier, refusal):
    """The page of the livret says why there is no PDF now; nothing is lost."""
    response = show(request, dossier, refused=[str(refusal)], status=503)
    response["Retry-After"] = "60"
    return response


@require_POST
def publish(request, slug):
    """Make the PDF of the next edition from the dossier as it is now, then publish it."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    form = PublishForm(request.POST)
    key = form.cleaned_data["key"] if form.is_valid() else ""
    content, number = assemble(dossier), booklets.next_number(dossier)
    try:
        if not is_done(dossier, key):
            booklets.refuse_same(dossier, content.digest)
            booklets.publish(dossier, livret.pdf(content, edition=number), by=request.user, key=key, number=number,
                             content=content.digest)
            messages.success(request, f"L’édition {number} du livret est publiée, et inscrite au journal.")
    except NotAllowed as refusal:
        return show(request, dossier, refused=refusal.reasons, status=409)
    except (PdfError, Busy) as refusal:
        return unavailable(request, dossier, refusal)
    return redirect("booklet", dossier.slug)


@login_not_required
def published(request):
    page = Paginator(read.published(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "booklets/published.html", {"page": page, "nav": "booklets"})


def fingerprint(request, slug, number):
    found = Booklet.objects.filter(negotiation__slug=slug, number=number).values_list("sha256", flat=True).first()
    return f'"{found}"' if found else None


@login_not_required
@require_safe
@condition(etag_func=fingerprint)
def published_pdf(request, slug, number):
    """An edition never changes: whoever has it need not ask again."""
    edition = get_object_or_404(Booklet, negotiation__slug=slug, number=number)
    response = attachment(open_stored(edition.sha256), f"livret-{slug}-edition-{number}.pdf", PDF)
    response["Cache-Control"] = FOR_GOOD
    return response
