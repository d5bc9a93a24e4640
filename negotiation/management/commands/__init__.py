"""Commands of the administration; what several of them look up by name, and refuse with the names that are known."""
from django.core.management.base import CommandError

from negotiation.models import Booklet, Negotiation


def dossier_named(slug):
    found = Negotiation.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Negotiation.objects.values_list("slug", flat=True)) or "aucune"
        raise CommandError(f"Aucune négociation n’a l’identifiant « {slug} ». Négociations connues : {known}.")
    return found


def edition_numbered(slug, number):
    negotiation = dossier_named(slug)
    found = Booklet.objects.select_related("negotiation").filter(negotiation=negotiation, number=number).first()
    if found is None:
        known = ", ".join(str(n) for n in negotiation.booklets.values_list("number", flat=True)) or "aucune"
        raise CommandError(f"Ce livret n’a pas d’édition {number}. Éditions établies : {known}.")
    return found
