"""Says what a file would change in a financing plan; with --apply, changes it, whole or not at all."""
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from negotiation.files.names import clean_name
from negotiation.files.refusals import Refused
from negotiation.forms.sheets.forms import read_preview
from negotiation.money import digits
from negotiation.queries.commitments import plan
from negotiation.workflow import imports
from negotiation.workflow.transitions import NotAllowed

from . import cause
from .export_plan import dossier_of


class Command(BaseCommand):
    help = "Dit ce qu’un fichier XLSX, CSV ou JSON changerait dans le plan de financement ; --apply le change, en " \
           "entier ou pas du tout."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")
        parser.add_argument("file", metavar="FICHIER", help="fichier .xlsx, .csv ou .json")
        parser.add_argument("--apply", action="store_true", help="enregistre les changements")

    def handle(self, *args, slug, file, **options):
        dossier, source = dossier_of(slug), Path(file)
        preview = self.preview_of(dossier, source)
        cells = {change.cell: change.after for change in preview.changes}
        base = {change.cell: change.before for change in preview.changes}
        refused = [str(one) for one in preview.refused] or imports.refusals(dossier, cells, base, by=None)
        if refused:
            raise CommandError("\n".join(["Rien n’est importé.", *refused]))
        if options["apply"]:
            self.apply(dossier, cells, base, clean_name(source.name))
        for change in preview.changes:
            self.stdout.write(f"{change.words} : {told(change.before)} → {told(change.after)}")
        for note in preview.notes:
            self.stdout.write(note)
        self.stdout.write(f"{preview.summary} ; montants inchangés : {preview.unchanged}."
                          + ("" if options["apply"] or not preview.changes else
                             " Rien n’est enregistré : relancez avec --apply."))

    def preview_of(self, dossier, source):
        try:
            with source.open("rb") as opened:
                return read_preview(opened, source.name, plan(dossier, editing=True), dossier)
        except OSError as refusal:
            raise CommandError(f"Le fichier « {source} » n’a pas pu être lu : {cause(refusal)}.") from None
        except Refused as refusal:
            raise CommandError(f"Rien n’est importé.\n{refusal}") from None

    def apply(self, dossier, cells, base, name):
        try:
            conflicts = imports.import_plan(dossier, cells, base, by=None, name=name)
        except NotAllowed as refusal:
            raise CommandError("\n".join(["Rien n’est importé.", *refusal.reasons])) from None
        if conflicts:
            raise CommandError("\n".join(["Rien n’est importé : le plan a changé entre-temps.",
                                          *(conflict.sentence for conflict in conflicts)]))


def told(amount):
    return digits(amount) if amount else "aucun montant"
