"""Publishes an established edition of a livret; the one in force is replaced by it."""
from django.core.management.base import BaseCommand, CommandError

from negotiation.workflow import booklets
from negotiation.workflow.transitions import NotAllowed

from . import edition_numbered


class Command(BaseCommand):
    help = "Publie une édition établie du livret : elle remplace celle qui était en vigueur."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")
        parser.add_argument("number", type=int, metavar="N", help="numéro de l’édition")

    def handle(self, *args, slug, number, **options):
        try:
            edition = booklets.publish(edition_numbered(slug, number), by=None)
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Édition {edition.number} publiée. Code de vérification : {edition.grouped_code}")
