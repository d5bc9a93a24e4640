"""Loads the grid and the reference data; running it again changes nothing."""
from django.core.management.base import BaseCommand, CommandError

from negotiation.workflow.fixtures import FixtureError
from negotiation.workflow.reference import load
from negotiation.workflow.steps import freeze_submitted


class Command(BaseCommand):
    help = "Charge la grille et les données de référence (fixtures/). Relancée, elle ne change rien ; ce qu’un " \
           "administrateur a modifié est conservé."

    def handle(self, *args, verbosity, **options):
        try:
            report = load()
        except FixtureError as error:
            raise CommandError("Rien n’a été chargé :\n" + "\n".join(f"- {fault}" for fault in error.faults)) from None
        frozen = freeze_submitted()
        if verbosity:
            if frozen:
                self.stdout.write(f"{counted(frozen, 'étape', ' soumise')} sans copie figée : la copie est faite.")
            for line in summary(report):
                self.stdout.write(line)


def summary(report):
    """The report as lines of French."""
    changes = counted(report.changes, "changement")
    if report.changes:
        changes += f" : {counted(len(report.created), 'ajout')}, {counted(len(report.updated), 'mise', ' à jour')}"
    yield f"{changes} ; {counted(report.unchanged, 'ligne', ' inchangée')}."
    for title, names in (("Modifié par un administrateur, conservé", report.kept),
                         ("Absent des fichiers, conservé", report.absent)):
        for name in names:
            yield f"{title} : {name}."


def counted(number, noun, rest=""):
    """« 2 lignes inchangées »: the noun and its adjective agree."""
    s = "s" if number > 1 else ""
    return f"{number} {noun}{s}{rest}{s if rest and not rest.startswith(' à') else ''}"
