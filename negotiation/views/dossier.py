"""The one way into a dossier: what a person may not see does not exist for them (404)."""
from django.shortcuts import get_object_or_404

from ..models import Negotiation


def dossier_or_404(request, slug):
    visible = Negotiation.objects.visible_to(request.user).select_related("region", "owner", "grid")
    return get_object_or_404(visible, slug=slug)
