"""Reads the journal again and says whether it is intact, or names the first act that was altered."""
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from negotiation import money
from negotiation.models import Negotiation, guard
from negotiation.workflow.chain import verify, verify_all


class Command(BaseCommand):
    help = "Vérifie le journal d’un dossier, ou de tous : dit « intact », ou nomme le premier acte altéré et échoue."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("slug", nargs="?", help="identifiant d’un dossier, par exemple kayes-2018-2022")
        parser.add_argument("--processes", type=int, help="nombre de processus ; par défaut, un par processeur quand "
                                                          "le journal est long")

    def handle(self, *args, slug, processes, **options):
        negotiation = Negotiation.objects.filter(slug=slug).first() if slug else None
        if slug and not negotiation:
            raise CommandError(f"Aucune négociation n’a l’identifiant « {slug} ».")
        read, fault = verify(negotiation) if negotiation else verify_all(processes)
        if fault:
            raise CommandError(f"Journal altéré : {fault.sentence}")
        if not guard.stands(connection):
            self.stderr.write("Attention : la base n’interdit plus de modifier le journal, ses déclencheurs manquent.")
        self.stdout.write(f"Journal intact : {money.digits(read)} acte{'s' if read > 1 else ''}.")
