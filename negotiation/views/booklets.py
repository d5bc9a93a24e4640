"""The livret: its page, the draft PDF, its editions (publication, withdrawal), and what is published."""
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import condition, require_safe

from ..documents.booklet import render as livret
from ..documents.booklet.assembly import assemble
from ..documents.booklet.outline import chapters
from ..documents.pdf import PdfError
from ..documents.slots import Busy
from ..forms.booklets import PublishForm, WithdrawForm
from ..forms.refusals import refuse
from ..models import Booklet
from ..permissions import can, require
from ..queries import booklet as read
from ..workflow import booklets
from ..workflow.journal import is_done
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, posted
from .responses import attachment, stored

PER_PAGE = 50
PDF = "application/pdf"
# An edition may be withdrawn: a copy kept on the way is asked for again after an hour.
FOR_AN_HOUR = "public, max-age=3600"


def booklet(request, slug):
    return show(request, dossier_or_404(request, slug))


def show(request, dossier, *, refused=(), withdrawal=None, status=200):
    """What the livret holds and still lacks, chapter by chapter, and its editions.

    withdrawal: (number, form) of a withdrawal that was refused, shown again with what was typed.
    """
    number, form = withdrawal or (None, None)
    editions = [(edition, form if edition.number == number else withdraw_form(edition.number))
                for edition in read.editions(dossier)]
    return render(request, "booklets/booklet.html", {
        "dossier": dossier, "tab": "booklet", "chapters": chapters(read.overview(dossier)).values(),
        "editions": editions, "may_publish": can(request.user, "booklet.publish", dossier), "refused": refused,
    }, status=status)


def draft_pdf(request, slug):
    dossier = dossier_or_404(request, slug)
    try:
        file = livret.draft(assemble(dossier))
    except (PdfError, Busy) as refusal:
        return later(show(request, dossier, refused=[str(refusal)], status=503))
    return attachment(file, f"livret-{dossier.slug}-projet.pdf", PDF)


def later(response):
    """There is no PDF now, and the page says why; nothing is lost."""
    response["Retry-After"] = "60"
    return response


def publish(request, slug):
    """GET: what the next edition will contain, to be read again. POST: make its PDF from the dossier as it is now, and
    publish it.
    """
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return confirm(request, dossier, form)
    if not form.is_valid():
        return confirm(request, dossier, form, status=422)
    try:
        publish_next(request, dossier, form.cleaned_data["key"])
    except NotAllowed as refusal:
        return confirm(request, dossier, form, refused=refusal.reasons, status=409)
    except (PdfError, Busy) as refusal:
        return later(confirm(request, dossier, form, refused=[str(refusal)], status=503))
    return redirect("booklet", dossier.slug)


def publish_next(request, dossier, key):
    """Raises NotAllowed, PdfError, Busy. A livret that says the same is refused before its PDF is made."""
    if is_done(dossier, key):
        return
    content, number = assemble(dossier), booklets.next_number(dossier)
    booklets.refuse_same(dossier, content.digest)
    booklets.publish(dossier, livret.pdf(content, edition=number), by=request.user, key=key, number=number,
                     content=content.digest)
    messages.success(request, f"L’édition {number} du livret est publiée, et inscrite au journal.")


def confirm(request, dossier, form, *, refused=(), status=200):
    overview = read.overview(dossier)
    return render(request, "booklets/publish.html", {
        "dossier": dossier, "tab": "booklet", "chapters": chapters(overview).values(), "overview": overview,
        "number": booklets.next_number(dossier), "form": form, "refused": refused}, status=status)


def withdraw_form(number, data=None):
    return WithdrawForm(data, auto_id=f"retrait-{number}-%s")


@posted("booklet", "slug")
def withdraw(request, slug, number):
    """Withdraw an edition, for a reason that everybody reads."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    edition = get_object_or_404(Booklet.objects.select_related("negotiation"), negotiation=dossier, number=number)
    form = withdraw_form(number, request.POST)
    if not form.is_valid():
        return show(request, dossier, withdrawal=(number, form), status=422)
    try:
        if booklets.withdraw(edition, form.cleaned_data["reason"], by=request.user, key=form.cleaned_data["key"]):
            messages.success(request, f"L’édition {number} du livret est retirée, et son retrait inscrit au journal.")
    except NotAllowed as refusal:
        refuse(form, refusal)
        return show(request, dossier, refused=refusal.reasons, withdrawal=(number, form), status=409)
    return redirect("booklet", dossier.slug)


@login_not_required
def published(request):
    page = Paginator(read.published(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "booklets/published.html", {"page": page, "nav": "booklets"})


def fingerprint(request, slug, number):
    """Nothing for a withdrawn edition: whoever has it and asks again learns that it is withdrawn."""
    found = Booklet.objects.filter(negotiation__slug=slug, number=number, withdrawn_at__isnull=True)
    return f'"{found[0].sha256}"' if found else None


@login_not_required
@require_safe
@condition(etag_func=fingerprint)
def published_pdf(request, slug, number):
    """An edition never changes, but may be withdrawn: its address then says when and why."""
    edition = get_object_or_404(Booklet.objects.select_related("negotiation__region"), negotiation__slug=slug,
                                number=number)
    if edition.withdrawn_at:
        return render(request, "booklets/withdrawn.html", {"edition": edition, "nav": "booklets"}, status=410)
    response = stored(request, edition.sha256, f"livret-{slug}-edition-{number}.pdf", PDF)
    if response.status_code == 200:
        response["Cache-Control"] = FOR_AN_HOUR
    return response
