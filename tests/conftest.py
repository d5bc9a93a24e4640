"""What every test shares: the reference data loaded once, a strict client, people and dossiers."""
import pytest
from django.core.management import call_command
from hypothesis import settings as examples

from negotiation.choices import Nature, OrganisationKind, Role
from negotiation.models import Project, User

from . import factories
from .live import Server
from .places import people, places  # noqa: F401
from .strict import StrictClient

# On a busy machine an example takes what it takes: no test is about time.
examples.register_profile("untimed", deadline=None)
examples.load_profile("untimed")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The real grid and reference data, once for the whole run; each test's changes are rolled back."""
    with django_db_blocker.unblock():
        call_command("load_grid", verbosity=0)


@pytest.fixture(autouse=True)
def _settings(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                                   # What one test counts (throttling) slows down no other.
                                   "LOCATION": str(tmp_path)}}
    # Hashing is Argon2 in the product; its cost is not what these tests are about.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def client():
    return StrictClient()


@pytest.fixture
def sign_in(client):
    """sign_in(user) → the strict client, signed in."""
    def go(user):
        client.force_login(user)
        return client
    return go


@pytest.fixture
def kayes(db):
    return factories.council("kayes")


@pytest.fixture
def manager(kayes):
    return factories.member(kayes, Role.MANAGER)


@pytest.fixture
def editor(kayes):
    return factories.member(kayes, Role.EDITOR)


@pytest.fixture
def dgct(db):
    return factories.organisation("DGCT", OrganisationKind.DGCT)


@pytest.fixture
def examiner(dgct):
    return factories.member(dgct, Role.EXAMINER)


@pytest.fixture
def director(dgct):
    return factories.member(dgct, Role.DIRECTOR)


@pytest.fixture
def stranger(db):
    """The manager of another Region: the dossiers of Kayes do not exist for them."""
    return factories.member(factories.council("mopti"), Role.MANAGER)


@pytest.fixture
def dossier(kayes, manager):
    return factories.negotiation(kayes, manager, nature=Nature.REAL)


@pytest.fixture
def boss(db):
    """A superuser: who may open the administration, and change everything there."""
    return User.objects.create_superuser("admin@exemple.example", factories.PASSWORD, name="Administratrice")


@pytest.fixture
def desk(sign_in, boss):
    """The administration, opened by the superuser."""
    return sign_in(boss)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The demonstration on a real server, shared by the live tests of a run (one group, one process)."""
    live = Server(tmp_path_factory.mktemp("live"))
    try:
        live.manage("demo")
        yield live.start()
    finally:
        live.stop()


@pytest.fixture
def road(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste", order=1)


@pytest.fixture
def market(dossier):
    return Project.objects.create(negotiation=dossier, name="Marché", order=2)
