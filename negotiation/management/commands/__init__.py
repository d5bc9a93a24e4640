"""Commands of the administration; what several of them look up by name, and refuse with the names that are known."""
import errno

from django.core.management.base import CommandError

from negotiation.models import Booklet, Negotiation

# What systems answer in English.
CAUSES = {
    errno.ENOENT: "il n’existe pas", errno.EACCES: "l’accès est refusé", errno.EPERM: "l’accès est refusé",
    errno.EISDIR: "c’est un dossier", errno.ENOTDIR: "un élément du chemin n’est pas un dossier",
    errno.ENOSPC: "le disque est plein", errno.EDQUOT: "le disque est plein", errno.EROFS: "le disque est protégé",
    errno.ENAMETOOLONG: "le nom est trop long",
}


def cause(error):
    """Why the system refused a file, in French; what is rare is told as the system says it."""
    return CAUSES.get(error.errno) or error.strerror or str(error)


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
