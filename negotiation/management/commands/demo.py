"""Sets up the embedded database with the reference data and the demonstration; serves nothing."""
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from negotiation.choices import Role
from negotiation.workflow.demonstration import ACCOUNTS, PASSWORD, load


class Command(BaseCommand):
    help = "Prépare la base, charge la grille et la démonstration, et affiche les comptes. Ne sert rien."

    def handle(self, *args, verbosity, **options):
        if settings.PRODUCTION:
            raise CommandError("La démonstration ne se charge pas avec les réglages de production (SECRET_KEY défini "
                               "et DEBUG absent).")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_grid", verbosity=verbosity)
        for title in load():
            self.stdout.write(f"Dossier chargé : {title}")
        self.stdout.write(f"\nComptes de démonstration (mot de passe : {PASSWORD})")
        for email, (name, _, role) in ACCOUNTS.items():
            where = f" : {reverse('admin:index')}" if role == Role.ADMINISTRATOR else ""
            self.stdout.write(f"  {email:32} {name}{where}")
