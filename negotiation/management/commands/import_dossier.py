"""Restores a dossier from its archive, whole or not at all, and says what it stands on here."""
from django.core.management.base import BaseCommand, CommandError

from negotiation.files import bundle
from negotiation.files.refusals import Refused
from negotiation.models import Membership
from negotiation.money import digits
from negotiation.workflow.archives.restoring import restore
from negotiation.workflow.transitions import NotAllowed

from . import cause


class Command(BaseCommand):
    help = "Restaure un dossier depuis l’archive qu’écrit export_dossier, en entier ou pas du tout."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FICHIER.zip", help="archive d’un dossier")

    def handle(self, *args, file, **options):
        try:
            with bundle.opened(file) as opened:
                sha256 = bundle.digest_of(file)
                restored = restore(opened, sha256)
        except OSError as refusal:
            raise CommandError(f"« {file} » : {cause(refusal)}. Rien n’est restauré.") from None
        except (Refused, NotAllowed) as refusal:
            raise CommandError(f"Rien n’est restauré.\n{refusal}") from None
        for line in told(restored):
            self.stdout.write(line)
        self.stdout.write(f"SHA-256 de l’archive : {sha256}")


def told(restored):
    """What was done, and who reads the dossier from now on: no right appears in silence."""
    dossier = restored.negotiation
    yield (f"Dossier restauré : {dossier.slug} (actes du journal : {digits(restored.acts)}, tous vérifiés ; fichiers : "
           f"{digits(restored.files)}).")
    if restored.accounts:
        yield f"Comptes créés, fermés (ni mot de passe ni accès) : {', '.join(restored.accounts)}."
    if restored.organisations:
        yield f"Organisations créées, sans membre : {', '.join(restored.organisations)}."
    if restored.grid:
        yield (f"La grille « {dossier.grid.code} » était déjà ici et s’en écarte (éléments : {restored.grid}) : le "
               "dossier suit celle d’ici.")
    yield f"Il appartient à « {dossier.owner.name} » ({members(dossier.owner)})."
    for opening in dossier.openings.select_related("organisation"):
        yield f"Il est ouvert à « {opening.organisation.name} » ({members(opening.organisation)})."


def members(organisation):
    n = Membership.objects.current().filter(organisation=organisation).values("user").distinct().count()
    return "aucun membre ici" if not n else f"{n} membre ici" if n == 1 else f"{n} membres ici"
