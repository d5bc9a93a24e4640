"""The livret as a Word document: the draft and the editions of a dossier, and those that everybody reads.

It says what the PDF says, for those who quote or rework it; the PDF alone is the edition.
"""
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from ..documents.booklet import word
from ..documents.booklet.assembly import assemble
from ..documents.booklet.editions import Imprint
from ..documents.booklet.thawing import thaw
from ..documents.slots import Busy
from ..files.inspection import VERDICTS
from ..queries import editions as read
from .booklets import edition_of, later, show
from .dossier import dossier_or_404
from .editions import FOR_AN_HOUR, withdrawn
from .responses import attachment

DOCX = VERDICTS["docx"].content_type


@require_safe
def draft(request, slug):
    dossier = dossier_or_404(request, slug)
    try:
        file = word.kept(assemble(dossier))
    except Busy as refusal:
        return later(show(request, dossier, refused=[str(refusal)], status=503))
    return attachment(file, f"livret-{dossier.slug}-projet.docx", DOCX)


@require_safe
def edition(request, slug, number):
    """For those who read the dossier: an established edition is read before it is published."""
    dossier = dossier_or_404(request, slug)
    found = edition_of(request, dossier, number)
    if found.withdrawn_at:
        return redirect("published_edition", slug, number)
    try:
        return file_of(found, slug)
    except Busy as refusal:
        return later(show(request, dossier, refused=[str(refusal)], status=503))


@login_not_required
@require_safe
def published(request, slug, number):
    """Made of what the edition froze; when it is withdrawn, its address says when and why."""
    found = get_object_or_404(read.published(), negotiation__slug=slug, number=number)
    if found.withdrawn_at:
        return withdrawn(request, found)
    try:
        response = file_of(found, slug)
    except Busy as refusal:
        return later(render(request, "errors/busy.html", {"reason": str(refusal)}, status=503))
    response["Cache-Control"] = FOR_AN_HOUR
    return response


def file_of(found, slug):
    """The document of an edition; those older than the frozen contents have none."""
    content = read.frozen(found)
    if not content or not found.code:
        raise Http404
    imprint = Imprint(found.number, found.code, found.established_at)
    return attachment(word.kept(thaw(content), imprint), f"livret-{slug}-edition-{found.number}.docx", DOCX)
