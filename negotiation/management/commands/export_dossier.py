"""Writes the whole dossier of a negotiation to an archive, the confidential included: for the administrator."""
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from negotiation.documents.whole_file import writing
from negotiation.files import bundle
from negotiation.files.refusals import Refused
from negotiation.money import digits
from negotiation.workflow.archives.gathering import gather
from negotiation.workflow.transitions import NotAllowed

from . import cause, dossier_named


class Command(BaseCommand):
    help = "Écrit tout un dossier (données, pièces, éditions, journal) dans une archive ZIP, réservé compris."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", help="identifiant de la négociation, par exemple kayes-2018-2022")
        parser.add_argument("--output", required=True, metavar="FICHIER.zip", help="archive à écrire")

    def handle(self, *args, slug, output, **options):
        target = Path(output)
        if not target.parent.is_dir():
            raise CommandError(f"Le dossier « {target.parent} » n’existe pas.")
        try:
            gathered = gather(dossier_named(slug))
            with writing(target, private=True) as file:
                bundle.write(file, gathered.told, gathered.members)
        except (NotAllowed, Refused) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as refusal:
            raise CommandError(f"L’archive « {target} » n’a pas pu être écrite : {cause(refusal)}.") from None
        self.stdout.write(f"Archive écrite : {target} (membres : {len(gathered.members) + 1}, "
                          f"{digits(target.stat().st_size)} octets).\nSHA-256 : {bundle.digest_of(target)}")
