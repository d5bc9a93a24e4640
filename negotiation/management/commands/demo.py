"""Sets up the embedded database with the reference data and the demonstration; serves nothing."""
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from negotiation.choices import EditionState, Role
from negotiation.documents.booklet.making import establish
from negotiation.documents.pdf import PdfError
from negotiation.documents.slots import Busy
from negotiation.models import Negotiation, User
from negotiation.workflow.booklets import publish
from negotiation.workflow.demonstration import ACCOUNTS, DOSSIERS, PASSWORD, load
from negotiation.workflow.transitions import NotAllowed

PUBLISHED = "kayes-2018-2022"


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
        self.publish_first()
        self.stdout.write(f"\nComptes de démonstration (mot de passe : {PASSWORD})")
        for email, (name, _, role) in ACCOUNTS.items():
            where = f" : {reverse('admin:index')}" if role == Role.ADMINISTRATOR else ""
            self.stdout.write(f"  {email:32} {name}{where}")

    def publish_first(self):
        """Edition 1 of Kayes, laid out once: running the command again finds it."""
        dossier = Negotiation.objects.get(slug=PUBLISHED)
        by = User.objects.get(email=DOSSIERS["kayes"][1])
        edition = dossier.booklets.filter(number=1).first()
        try:
            if edition is None:
                edition = establish(dossier, by=by)
            if edition.state == EditionState.ESTABLISHED:
                publish(edition, by=by)
                self.stdout.write(f"Livret publié : {edition.grouped_code}")
        except (PdfError, Busy, NotAllowed) as refusal:
            self.stderr.write(f"Le livret de démonstration n’est pas publié : {refusal}")
