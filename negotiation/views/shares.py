"""Share links: their page in the dossier, the address that a recipient opens, and the copies given to an organisation.

Opening the address writes nothing (a messenger opens it to show it): taking the copy is a button, and is counted.
"""
from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from ..documents.booklet import copies
from ..documents.pdf import PdfError
from ..documents.slots import Busy
from ..forms.refusals import refuse
from ..forms.shares import ShareLinkForm
from ..models import ShareLink
from ..permissions import can, require
from ..queries import shares as read
from ..workflow import shares
from ..workflow.transitions import NotAllowed
from .booklets import edition_of, later
from .dossier import dossier_or_404, posted
from .responses import stored, too_many


@sensitive_variables("token", "address")
def links(request, slug, number):
    """GET: who was given this edition. POST: give it to one more reader; the address is shown in the answer, once."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.share", dossier)
    edition = edition_of(request, dossier, number)
    form = ShareLinkForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return show(request, dossier, edition, form, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    try:
        link = copies.share(edition, data["token"], recipient=data["recipient"], days=data["days"],
                            organisation=data["organisation"], by=request.user)
    except (NotAllowed, ValidationError) as refusal:
        refuse(form, refusal)
        return show(request, dossier, edition, form, status=409)
    except (PdfError, Busy) as refusal:
        form.add_error(None, str(refusal))
        return later(show(request, dossier, edition, form, status=503))
    address = f"{settings.SITE_URL}{reverse('share', args=[data['token']])}"
    return show(request, dossier, edition, ShareLinkForm(), made=(link, address))


def show(request, dossier, edition, form, *, made=None, status=200):
    return render(request, "shares/links.html", {
        "dossier": dossier, "tab": "booklet", "edition": edition, "form": form, "made": made,
        "links": read.links(edition)}, status=status)


@posted("shares", "slug", "number")
def revoke(request, slug, number, pk):
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.share", dossier)
    edition = edition_of(request, dossier, number)
    link = get_object_or_404(ShareLink.objects.select_related("booklet__negotiation"), pk=pk, booklet=edition)
    shares.revoke(link, by=request.user)
    messages.success(request, f"Le lien remis à « {link.recipient} » ne sert plus.")
    return redirect("shares", slug, number)


def may_try(request, *, failed=False):
    """May this address look up another link? As for the codes: only a lookup that failed counts."""
    return consume(request, app="allauth.account", action="share", limit_get=True, dry_run=not failed)


@login_not_required
@never_cache
@sensitive_variables("token")
def share(request, token):
    """GET: what the link gives, to whom and until when. POST: the copy, counted."""
    if not may_try(request):
        return too_many(request)
    link = read.by_token(token)
    if not link:
        may_try(request, failed=True)
        return guarded(render(request, "shares/unknown.html", {"nav": "booklets"}, status=404))
    if not link.is_open:
        return guarded(closed(request, link))
    if request.method == "POST":
        return guarded(give(request, link))
    return guarded(render(request, "shares/share.html", {"link": link, "edition": link.booklet, "nav": "booklets"}))


def guarded(response):
    """The address is a secret: neither indexed, nor told to whoever the next page belongs to."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "strict-origin"
    return response


def closed(request, link):
    """Why it no longer serves; neither for whom it was, nor what it gave."""
    return render(request, "shares/closed.html", {"link": link, "nav": "booklets"}, status=410)


def give(request, link):
    edition = link.booklet
    if not shares.open_copy(link):
        return closed(request, link)
    return stored(request, link.sha256, f"livret-{edition.negotiation.slug}-edition-{edition.number}-exemplaire.pdf",
                  "application/pdf")


@posted("tasks")
def receive(request, pk):
    """The copy given to the person's organisation, from their own page."""
    link = get_object_or_404(ShareLink.objects.select_related("booklet__negotiation"), pk=pk)
    if not can(request.user, "share.receive", link):
        raise Http404
    return give(request, link)
