"""The livret of a dossier: its page, the draft PDF, and its editions (established, published, withdrawn)."""
import io

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from ..documents.booklet import comparison, editions, making
from ..documents.booklet import render as livret
from ..documents.booklet.assembly import assemble
from ..documents.booklet.outline import chapters
from ..documents.pdf import PdfError
from ..documents.slots import Busy
from ..forms.booklets import CompareForm, EstablishForm, PublishForm, WithdrawForm
from ..forms.refusals import refuse
from ..models import Booklet
from ..permissions import can, require
from ..queries import booklet as read
from ..queries.editions import editions as editions_of
from ..queries.editions import frozen, with_content
from ..queries.editions import making as making_of
from ..workflow import booklets
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, posted
from .responses import attachment, stored

PDF = "application/pdf"


def booklet(request, slug):
    return show(request, dossier_or_404(request, slug))


def show(request, dossier, *, refused=(), withdrawal=None, status=200):
    """What the livret holds and still lacks, chapter by chapter, and its editions.

    withdrawal: (number, form) of a withdrawal that was refused, shown again with what was typed.
    """
    number, form = withdrawal or (None, None)
    editions = [(edition, form if edition.number == number else withdraw_form(edition.number))
                for edition in readable(request, dossier, editions_of(dossier))]
    return render(request, "booklets/booklet.html", {
        "dossier": dossier, "tab": "booklet", "chapters": chapters(read.overview(dossier)).values(),
        "editions": editions, "may_publish": can(request.user, "booklet.publish", dossier), "refused": refused,
        # The newest that was published: an older one is not published any more.
        "in_force": max((edition.number for edition, _ in editions if edition.published_at), default=0),
        "making": making_of(dossier),
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


def establish(request, slug):
    """GET: what the next edition will contain, to be read again. POST: freeze the dossier as it is now, and have its
    PDF made, which is not public yet.
    """
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    form = EstablishForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        under_way = making_of(dossier)
        return redirect("booklet_making", slug, under_way.number) if under_way else confirm(request, dossier, form)
    if not form.is_valid():
        return confirm(request, dossier, form, status=422)
    try:
        asked = editions.ask(dossier, by=request.user, key=form.cleaned_data["key"])
    except NotAllowed as refusal:
        return confirm(request, dossier, form, refused=refusal.reasons, status=409)
    if asked is None:
        return redirect("booklet", slug)
    making.start(asked)
    if asked.number in {edition.number for edition in editions_of(dossier)}:
        messages.success(request, f"L’édition {asked.number} du livret est établie, et inscrite au journal. Ouvrez son "
                         "fichier : rien n’est public tant qu’elle n’est pas publiée.")
        return redirect("booklet_publish", slug, asked.number)
    return redirect("booklet_making", slug, asked.number)


def confirm(request, dossier, form, *, refused=(), status=200):
    overview, last = read.overview(dossier), next(iter(editions_of(dossier)), None)
    same = last and not last.withdrawn_at and read.last_change(dossier) <= last.established_at
    return render(request, "booklets/establish.html", {
        "dossier": dossier, "tab": "booklet", "chapters": chapters(overview).values(), "overview": overview,
        "number": booklets.next_number(dossier), "form": form, "same": last if same else None, "refused": refused},
        status=status)


def edition_of(request, dossier, number):
    """An edition that this person may read; before it is published, it does not exist for the others."""
    found = get_object_or_404(Booklet.objects.select_related("negotiation", "replaced_by"), negotiation=dossier,
                              number=number)
    if not readable(request, dossier, [found]):
        raise Http404
    return found


def readable(request, dossier, editions):
    proofs = can(request.user, "booklet.proof", dossier)
    return [edition for edition in editions if edition.published_at or proofs]


def comparable(request, dossier):
    """The editions whose content this person may read: what was withdrawn is no longer offered to the others."""
    proofs = can(request.user, "booklet.proof", dossier)
    return [edition for edition in readable(request, dossier, with_content(dossier))
            if proofs or not edition.withdrawn_at]


@require_safe
def edition_pdf(request, slug, number):
    """The file of an edition, for those who read the dossier: an established one is read before it is published."""
    edition = edition_of(request, dossier_or_404(request, slug), number)
    if edition.withdrawn_at:
        return redirect("published_edition", slug, number)
    return stored(request, edition.sha256, f"livret-{slug}-edition-{number}.pdf", PDF)


def publish(request, slug, number):
    """GET: the established edition, whose file is to be read. POST: publish it."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    edition = edition_of(request, dossier, number)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return offer(request, dossier, edition, form)
    if not form.is_valid():
        return offer(request, dossier, edition, form, status=422)
    try:
        if booklets.publish(edition, by=request.user, key=form.cleaned_data["key"]):
            messages.success(request, f"L’édition {number} du livret est publiée, et inscrite au journal.")
    except NotAllowed as refusal:
        return offer(request, dossier, edition, form, refused=refusal.reasons, status=409)
    return redirect("booklet", dossier.slug)


def offer(request, dossier, edition, form, *, refused=(), status=200):
    published = [one for one in editions_of(dossier) if one.published_at]
    return render(request, "booklets/publish.html", {
        "dossier": dossier, "tab": "booklet", "edition": edition, "form": form,
        "in_force": next((one for one in published if one.is_current), None),
        "newer": next((one for one in published if one.number > edition.number), None),
        "refused": refused}, status=status)


def withdraw_form(number, data=None):
    return WithdrawForm(data, auto_id=f"retrait-{number}-%s")


@posted("booklet", "slug")
def withdraw(request, slug, number):
    """Withdraw an edition, for a reason that everybody reads."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.publish", dossier)
    edition = edition_of(request, dossier, number)
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


@require_safe
def compare(request, slug):
    """What differs between two editions; without a choice, between the last two."""
    dossier = dossier_or_404(request, slug)
    found = {edition.number: edition for edition in comparable(request, dossier)}
    numbers = sorted(found)
    latest = dict(zip(("avant", "apres"), numbers[-2:], strict=False))
    asked = request.GET if latest.keys() & set(request.GET) else latest
    form = CompareForm(asked, editions=[found[number] for number in numbers])
    chosen = [found[form.cleaned_data[name]] for name in ("avant", "apres")] if form.is_valid() else []
    return render(request, "booklets/compare.html", {
        "dossier": dossier, "tab": "booklet", "form": form, "numbers": numbers, "chosen": chosen,
        "sections": comparison.compare(*map(frozen, chosen)) if chosen else []},
        status=422 if numbers[1:] and form.errors else 200)


@require_safe
def compare_pdf(request, slug, before, after):
    dossier = dossier_or_404(request, slug)
    found = {edition.number: edition for edition in comparable(request, dossier)}
    if not {before, after} <= found.keys():
        raise Http404
    pair = [found[before], found[after]]
    contents = [frozen(edition) for edition in pair]
    try:
        file = comparison.pdf(*pair, *contents)
    except (PdfError, Busy) as refusal:
        return later(show(request, dossier, refused=[str(refusal)], status=503))
    return attachment(io.BytesIO(file), f"livret-{slug}-editions-{before}-{after}.pdf", PDF)
