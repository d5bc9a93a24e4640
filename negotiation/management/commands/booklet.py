"""Writes the draft livret of a negotiation to a PDF file."""
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.pdf import PdfError
from negotiation.documents.slots import Busy
from negotiation.documents.whole_file import write

from . import cause, dossier_named


class Command(BaseCommand):
    help = "Écrit le livret d’une négociation (projet) dans un fichier PDF."
    # Making the PDF is the work: the checks of the whole site belong to its start.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")
        parser.add_argument("--output", required=True, metavar="FICHIER.pdf", help="fichier PDF à écrire")

    def handle(self, *args, slug, output, **options):
        negotiation = dossier_named(slug)
        target = Path(output)
        if not target.parent.is_dir():
            raise CommandError(f"Le dossier « {target.parent} » n’existe pas.")
        try:
            pdf = render.pdf(assemble(negotiation), wait=120, patient=True)
            write(target, pdf)
        except (PdfError, Busy) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as refusal:
            raise CommandError(f"Le fichier « {target} » n’a pas pu être écrit : {cause(refusal)}.") from None
        self.stdout.write(f"Livret écrit : {target} ({render.page_count(pdf)} pages, {len(pdf)} octets).")
