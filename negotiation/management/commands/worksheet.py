"""Writes the worksheet of a step to a PDF file, without what is reserved to the team of the Region unless asked."""
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from negotiation.documents.pdf import PdfError
from negotiation.documents.slots import Busy
from negotiation.documents.worksheet import content, render
from negotiation.models import Negotiation
from negotiation.queries import steps

from . import cause
from .booklet import write


class Command(BaseCommand):
    help = "Écrit la fiche de travail d’une étape, à remplir à la main, dans un fichier PDF."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")
        parser.add_argument("step", help="code de l’étape, par exemple A1")
        parser.add_argument("--output", required=True, metavar="FICHIER.pdf", help="fichier PDF à écrire")
        parser.add_argument("--team", action="store_true", help="avec la feuille réservée à l’équipe de la Région")

    def handle(self, *args, slug, step, output, team, **options):
        dossier = Negotiation.objects.filter(slug=slug).select_related("owner").first()
        if dossier is None:
            known = ", ".join(Negotiation.objects.values_list("slug", flat=True)) or "aucune"
            raise CommandError(f"Aucune négociation n’a l’identifiant « {slug} ». Négociations connues : {known}.")
        dossier.read_by_team = team
        page = steps.page(dossier, step.upper())
        if page is None:
            codes = ", ".join(dossier.steps.order_by("step__code").values_list("step__code", flat=True))
            raise CommandError(f"Aucune étape n’a le code « {step} » : {codes}.")
        target = Path(output)
        if not target.parent.is_dir():
            raise CommandError(f"Le dossier « {target.parent} » n’existe pas.")
        try:
            pdf = render.pdf(content.of(dossier, page, today=timezone.localdate()), wait=120)
            write(target, pdf)
        except (PdfError, Busy) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as refusal:
            raise CommandError(f"Le fichier « {target} » n’a pas pu être écrit : {cause(refusal)}.") from None
        self.stdout.write(f"Fiche écrite : {target} ({len(pdf)} octets).")
