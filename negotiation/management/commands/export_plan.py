"""Writes the financing plan of a negotiation to an XLSX, CSV or JSON file."""
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from negotiation.documents.sheets import export
from negotiation.documents.whole_file import write
from negotiation.models import Negotiation
from negotiation.queries.commitments import plan

from . import cause


class Command(BaseCommand):
    help = "Écrit le plan de financement d’une négociation dans un fichier XLSX, CSV ou JSON."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")
        parser.add_argument("--output", required=True, metavar="FICHIER.xlsx|.csv|.json", help="fichier à écrire")

    def handle(self, *args, slug, output, **options):
        dossier, target = dossier_of(slug), Path(output)
        kind = target.suffix.lower().removeprefix(".")
        if kind not in export.KINDS:
            raise CommandError(f"Le nom du fichier se termine par {', '.join(f'.{one}' for one in export.KINDS)} : "
                               f"« {target.name} » ne dit pas quel format écrire.")
        found = plan(dossier, editing=True)
        try:
            write(target, export.content(kind, found, dossier))
        except OSError as refusal:
            raise CommandError(f"Le fichier « {target} » n’a pas pu être écrit : {cause(refusal)}.") from None
        count = sum(bool(amount) for block in found.blocks for line in block.lines for amount in line.amounts)
        self.stdout.write(f"Plan écrit : {target} (montants : {count}).")


def dossier_of(slug):
    """The negotiation of this name. Raises CommandError, which names those that are known."""
    dossier = Negotiation.objects.filter(slug=slug).first()
    if dossier is None:
        known = ", ".join(Negotiation.objects.values_list("slug", flat=True)) or "aucune"
        raise CommandError(f"Aucune négociation n’a l’identifiant « {slug} ». Négociations connues : {known}.")
    return dossier
