"""Establishes the next edition of a livret: its content and its file, frozen. Publishes nothing."""
from django.core.management.base import BaseCommand, CommandError

from negotiation.documents.booklet.making import establish
from negotiation.documents.pdf import PdfError
from negotiation.documents.slots import Busy
from negotiation.workflow.transitions import NotAllowed

from . import dossier_named


class Command(BaseCommand):
    help = "Établit une édition du livret : fige le contenu et le fichier ; affiche numéro, empreinte et code."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")

    def handle(self, *args, slug, **options):
        try:
            edition = establish(dossier_named(slug), by=None)
        except (NotAllowed, PdfError, Busy) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Édition {edition.number} établie.\nSHA-256 : {edition.sha256}\n"
                          f"Code de vérification : {edition.grouped_code}")
