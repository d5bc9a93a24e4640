"""Sets up the embedded database with the reference data and the demonstration; serves nothing."""
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
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


def collect_static():
    """Collect and compress the static files; not again while none has changed: it takes more than half of the time."""
    seen = Path(settings.STATIC_ROOT) / "collected.sha256"
    now = hashlib.sha256("\n".join(sorted(map(state_of, sources()))).encode()).hexdigest()
    if not seen.exists() or seen.read_text() != now:
        call_command("collectstatic", interactive=False, verbosity=0)
        seen.write_text(now)


def sources():
    return (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))


def state_of(path):
    """What changes when the file does."""
    found = path.stat()
    return f"{path} {found.st_size} {found.st_mtime_ns}"


class Command(BaseCommand):
    help = "Prépare la base, charge la grille et la démonstration, et affiche les comptes. Ne sert rien."

    def handle(self, *args, verbosity, **options):
        if settings.PRODUCTION:
            raise CommandError("La démonstration ne se charge pas avec les réglages de production (SECRET_KEY défini "
                               "et DEBUG absent).")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        collect_static()
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
