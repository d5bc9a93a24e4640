"""The public pages of the editions: the list, one edition and its file, and the verification of a copy."""
from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe

from .. import codes
from ..documents.booklet.pictures import pictures
from ..forms.booklets import CodeForm
from ..models import Booklet
from ..queries import catalogue
from ..queries import editions as read
from .responses import stored, too_many

PDF = "application/pdf"
# An edition may be withdrawn: a copy kept on the way is asked for again after an hour.
FOR_AN_HOUR = "public, max-age=3600"


@login_not_required
def published(request):
    return render(request, "booklets/published.html", {"search": catalogue.search(request.GET), "nav": "booklets"})


@login_not_required
@require_safe
def edition(request, slug, number):
    """What an edition is, in short, its pictures and its files; a withdrawn one says when and why."""
    found = get_object_or_404(read.published(), negotiation__slug=slug, number=number)
    if found.withdrawn_at:
        return withdrawn(request, found)
    content, siblings = read.frozen(found), read.siblings(found)
    return render(request, "booklets/edition.html", {
        "edition": found, "summary": content and read.summary(content), "nav": "booklets", "siblings": siblings,
        "in_force": next((one for one in siblings if one.is_current), None),
        "drawings": pictures(content) if content else [], **signed(found, siblings),
        "address": f"{settings.SITE_URL}{request.path}",
        "picture": f"{settings.SITE_URL}{static('img/partage.png')}"})


def signed(edition, siblings):
    """Who signed this edition; and, when it is another that the parties signed, which."""
    return {"signatures": read.signatures(edition),
            "signed_elsewhere": [] if edition.signed_at else [one for one in siblings if one.signed_at]}


def withdrawn(request, found):
    return render(request, "booklets/withdrawn.html", {
        "edition": found, "current": read.current(found), "nav": "booklets"}, status=410)


def fingerprint(request, slug, number):
    """Nothing for a withdrawn edition: whoever has it and asks again learns that it is withdrawn."""
    found = Booklet.objects.filter(read.PUBLIC, negotiation__slug=slug, number=number, withdrawn_at__isnull=True)
    return f'"{found[0].sha256}"' if found else None


@login_not_required
@require_safe
@condition(etag_func=fingerprint)
def published_pdf(request, slug, number):
    """An edition never changes, but may be withdrawn: its address then says when and why."""
    found = get_object_or_404(read.published(), negotiation__slug=slug, number=number)
    if found.withdrawn_at:
        return withdrawn(request, found)
    response = stored(request, found.sha256, f"livret-{slug}-edition-{number}.pdf", PDF)
    if response.status_code == 200:
        response["Cache-Control"] = FOR_AN_HOUR
    return response


@login_not_required
@require_safe
def verify(request):
    """The form to type the code of an edition."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("verification", form.cleaned_data["code"])
    return render(request, "booklets/verify.html", {"form": form, "nav": "booklets"},
                  status=422 if form.errors else 200)


def may_try(request, *, failed=False):
    """May this address look up another code? A lookup that failed counts; the public door of allauth counts no GET."""
    return consume(request, app="allauth.account", action="verification", limit_get=True, dry_run=not failed)


@login_not_required
@require_safe
@never_cache
def verification(request, code):
    """The edition that carries this code. Whoever has tried too many that name nothing is asked to wait."""
    if not may_try(request):
        return too_many(request)
    found = read.by_code(codes.read(code))
    if not found:
        may_try(request, failed=True)
        form = CodeForm(initial={"code": code[:100]})
        return render(request, "booklets/unknown_code.html", {"form": form, "nav": "booklets"}, status=404)
    siblings = read.siblings(found)
    return render(request, "booklets/verification.html", {
        "edition": found, "siblings": siblings, "current": read.current(found), "nav": "booklets",
        "copies": read.copies(found, siblings), **signed(found, siblings)})
