"""Writes what differs between two editions of a livret to a PDF file."""
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from negotiation.documents.booklet import comparison
from negotiation.documents.pdf import PdfError
from negotiation.documents.slots import Busy
from negotiation.queries.editions import frozen

from . import cause, edition_numbered
from .booklet import write


class Command(BaseCommand):
    help = "Écrit dans un fichier PDF ce qui diffère entre deux éditions du livret."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")
        parser.add_argument("before", type=int, metavar="N", help="numéro de la première édition")
        parser.add_argument("after", type=int, metavar="M", help="numéro de la seconde")
        parser.add_argument("--output", required=True, metavar="FICHIER.pdf", help="fichier PDF à écrire")

    def handle(self, *args, slug, before, after, output, **options):
        if before == after:
            raise CommandError("C’est la même édition : donnez deux numéros différents.")
        pair = [edition_numbered(slug, number) for number in (before, after)]
        contents = [frozen(edition) for edition in pair]
        for edition, content in zip(pair, contents, strict=True):
            if content is None:
                raise CommandError(f"Le contenu de l’édition {edition.number} n’a pas été gardé : elle est trop "
                                   "ancienne.")
        target = Path(output)
        if not target.parent.is_dir():
            raise CommandError(f"Le dossier « {target.parent} » n’existe pas.")
        try:
            write(target, comparison.pdf(*pair, *contents))
        except (PdfError, Busy) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as refusal:
            raise CommandError(f"Le fichier « {target} » n’a pas pu être écrit : {cause(refusal)}.") from None
        self.stdout.write(f"Comparaison écrite : {target}")
