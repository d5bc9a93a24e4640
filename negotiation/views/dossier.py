"""The one way into a dossier: what a person may not see does not exist for them (404)."""
from functools import wraps

from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import SimpleLazyObject

from ..elements import Scopes
from ..models import Negotiation
from ..permissions import can
from ..queries import pen


def dossier_or_404(request, slug):
    visible = Negotiation.objects.visible_to(request.user).select_related("region", "owner", "grid")
    dossier = get_object_or_404(visible, slug=slug)
    # What is reserved to the team of the Region leaves the database for it alone (queries/steps.py).
    dossier.read_by_team = can(request.user, "dossier.write", dossier)
    # The tab is shown to those who may open it.
    dossier.may_read_journal = can(request.user, "journal.read", dossier)
    # Read by the pages that show it, and not by an act that redirects.
    dossier.pen = SimpleLazyObject(lambda: pen.of(dossier))
    return dossier


def writing(dossier, *parts, known=None):
    """What a page that lists these parts offers: to edit them, where the correction under way leaves them open."""
    return {"writes": dossier.read_by_team,
            "scopes": Scopes(dossier, *parts, known=known) if dossier.read_by_team else None}


def posted(page, *names):
    """An address that only receives forms: whoever comes back to it (Enter, bookmark) finds the page of the form."""
    def decorate(view):
        @wraps(view)
        def receive(request, **kwargs):
            if request.method == "POST":
                return view(request, **kwargs)
            return redirect(page, *(kwargs[name] for name in names))
        return receive
    return decorate
