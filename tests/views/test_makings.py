"""An edition between its request and its file: made at once or by a worker, shown, failed, tried again, given up."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from negotiation.choices import Action, MakingState
from negotiation.documents.booklet import editions, making
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.pdf import to_pdf
from negotiation.models import Booklet, Event, JournalEntry, Making
from negotiation.models.making import LEASE
from negotiation.workflow import makings

from ..documents.conftest import small_dossier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def queued(settings):
    """As in production: what is asked for waits for a worker."""
    settings.QUEUED = True
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def dossier(kayes, manager):
    return small_dossier(kayes, manager)


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/livret/"


@pytest.fixture
def asked(dossier, manager):
    """Edition 1, asked for; nobody works on it."""
    return editions.ask(dossier, by=manager)


def establish(client, url, **data):
    return client.post(f"{url}etablir/", {"read": "on", **data})


def run_worker():
    """Every task that waits, as a worker runs them; its loop would close the connection that the test lives in."""
    worker = Worker(queue_names=["default"], excluded_queue_names=[], interval=0, batch=True, backend_name="default",
                    startup_delay=False, max_tasks=None, worker_id="essai")
    while task := DBTaskResult.objects.ready().first():
        task.claim(worker.worker_id)
        worker.run_task(task)


def silence(**fields):
    """As if the process that works on it had died long enough ago."""
    Making.objects.update(seen_at=timezone.now() - 2 * LEASE, **fields)


def test_in_the_embedded_form_the_edition_is_there_when_the_page_answers(sign_in, manager, dossier, url):
    answer = establish(sign_in(manager), url)
    assert (answer.status_code, answer.url) == (302, f"{url}1/publier/")
    assert (Booklet.objects.get().number, Making.objects.count()) == (1, 0)


def test_in_production_a_worker_makes_what_the_page_has_frozen(queued, sign_in, manager, dossier, url):
    """The form sent twice is one edition; what changes after the act is not in it; the page leads to the edition."""
    client, content = sign_in(manager), assemble(dossier)
    answers = [establish(client, url, key="once") for _ in range(2)]
    assert [(one.status_code, one.url) for one in answers] == [(302, f"{url}1/preparation/")] * 2
    asked = Making.objects.get()
    assert (asked.state, asked.text, Booklet.objects.count()) == (MakingState.WAITING, content.text, 0)
    Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion")
    page = client.get(f"{url}1/preparation/").content.decode()
    assert "La préparation attend son tour" in page
    run_worker()
    edition = Booklet.objects.select_related("content").get()
    assert (edition.number, edition.code, edition.established_at, edition.established_by) == (
        1, asked.code, asked.at, manager)
    assert edition.content.text == content.text
    assert [(act.by, act.key) for act in JournalEntry.objects.filter(action=Action.BOOKLET_FREEZE)] == [
        (manager, "once")]
    assert (Making.objects.count(), client.get(f"{url}1/preparation/").url) == (0, f"{url}1/publier/")
    assert establish(client, url, key="once").url == url
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


@pytest.mark.parametrize(("state", "tags"), [
    ("waiting", ["fait", "à venir", "à venir", "à venir"]), ("gathering", ["fait", "en cours", "à venir", "à venir"]),
    ("layout", ["fait", "fait", "en cours", "à venir"]), ("writing", ["fait", "fait", "fait", "en cours"])])
def test_the_page_tells_how_far_it_is(sign_in, manager, url, asked, state, tags):
    Making.objects.update(state=state, holder="" if state == "waiting" else "x")
    client = sign_in(manager)
    answer = client.get(f"{url}1/preparation/")
    page = answer.content.decode()
    assert [part.partition("</span>")[0].partition(">")[2] for part in page.split('class="tag tag--')[1:]] == tags
    assert "Actualiser" in page
    mark = page.partition('data-progress="')[2].partition('"')[0]
    assert client.get(f"{url}1/preparation/?vu={mark}").status_code == 204
    Making.objects.update(attempts=9)
    assert client.get(f"{url}1/preparation/?vu={mark}").status_code == 200


def test_the_page_of_the_livret_says_that_an_edition_is_coming(sign_in, manager, editor, url, asked):
    page = sign_in(manager).get(url).content.decode()
    for said in ("L’édition 1 est en préparation", "Où elle en est\u00a0: en attente", f"{url}1/preparation/"):
        assert said.replace("\u00a0", " ") in page.replace("\u00a0", " "), said
    assert "Établir une édition" not in page
    assert sign_in(manager).get(f"{url}etablir/").url == f"{url}1/preparation/"
    page = sign_in(editor).get(url).content.decode()
    assert "L’édition 1 est en préparation" in page
    assert f"{url}1/preparation/" not in page


def test_the_page_of_a_making_costs_little_and_reads_nothing_of_the_content(sign_in, manager, url, asked):
    client = sign_in(manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{url}1/preparation/")
    assert len(queries) == 7
    assert not any('"negotiation_making"."text"' in query["sql"] for query in queries)


def test_a_failure_says_why_and_is_tried_again(queued, sign_in, manager, url, asked, monkeypatch):
    """The engine itself is stopped: no livret is made in two tenths of a second. Then it is let go."""
    client = sign_in(manager)
    with monkeypatch.context() as patch:
        patch.setattr("negotiation.documents.booklet.render.PATIENT_SECONDS", 0.2)
        making.start(asked)
        run_worker()
    page = client.get(f"{url}1/preparation/").content.decode()
    for said in ("L’édition 1 n’est pas faite", "n’a pas pu être mis en page en 0.2 secondes", "Réessayer",
                 "la machine est occupée", "Rien n’est perdu"):
        assert said in page, said
    assert "raccourcissez" not in page
    assert (Making.objects.get().attempts, DBTaskResult.objects.count()) == (makings.ATTEMPTS, makings.ATTEMPTS)
    assert "Voir pourquoi, réessayer ou abandonner" in client.get(url).content.decode()
    assert making.rescue() == 0
    assert client.post(f"{url}1/reprendre/").url == f"{url}1/preparation/"
    assert Making.objects.get().state == MakingState.WAITING
    run_worker()
    assert [(one.number, one.code) for one in Booklet.objects.all()] == [(1, asked.code)]


def test_what_a_busy_machine_did_not_let_finish_waits_again_and_is_made(queued, url, asked, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("negotiation.documents.booklet.render.PATIENT_SECONDS", 0.2)
        making.start(asked)
        task = DBTaskResult.objects.get()
        making.make_edition.func(asked.pk)
    waiting = Making.objects.get()
    assert (waiting.state, waiting.holder, waiting.failure, waiting.attempts) == (MakingState.WAITING, "", "", 1)
    assert waiting.task != str(task.id)
    run_worker()
    assert [(one.number, one.code) for one in Booklet.objects.all()] == [(1, asked.code)]


def test_in_the_embedded_form_a_failure_leads_to_its_page(sign_in, manager, dossier, url, monkeypatch):
    client = sign_in(manager)
    with monkeypatch.context() as patch:
        patch.setitem(to_pdf.__kwdefaults__, "seconds", 0.2)
        assert establish(client, url).url == f"{url}1/preparation/"
    assert "n’a pas pu être mis en page en 0.2 secondes" in client.get(f"{url}1/preparation/").content.decode()
    assert client.post(f"{url}1/reprendre/").url == f"{url}1/preparation/"
    assert Booklet.objects.get().number == 1


def test_a_making_is_given_up_once_and_its_number_is_free(sign_in, manager, dossier, url, asked):
    client = sign_in(manager)
    for _ in range(2):
        assert client.post(f"{url}1/abandonner/", {"key": "once"}).url == url
    assert Making.objects.count() == 0
    assert [(act.by, act.subject) for act in JournalEntry.objects.filter(action=Action.BOOKLET_ABANDON)] == [
        (manager, "livret, édition 1")]
    client.post(f"{url}1/abandonner/", {"key": "other"})
    assert "n’est plus en préparation" in client.get(url).content.decode()
    assert establish(client, url).url == f"{url}1/publier/"
    assert Booklet.objects.get().code != asked.code


def test_a_second_request_waits_for_the_first(sign_in, manager, director, url, asked):
    refused = establish(sign_in(director), url, key="mine")
    assert refused.status_code == 409
    assert "L’édition 1 est déjà en préparation" in refused.content.decode()


@pytest.mark.parametrize("who", ["editor", "examiner", "stranger"])
def test_those_who_may_not_publish_neither_follow_nor_stop_it(request, sign_in, url, asked, who):
    client = sign_in(request.getfixturevalue(who))
    status = 404 if who == "stranger" else 403
    assert [client.get(f"{url}1/preparation/").status_code, client.post(f"{url}1/reprendre/").status_code,
            client.post(f"{url}1/abandonner/").status_code] == [status] * 3
    assert Making.objects.get() == asked


def test_an_edition_that_nobody_begins_says_so(queued, sign_in, manager, url, asked):
    silence()
    client = sign_in(manager)
    for address in (url, f"{url}1/preparation/"):
        assert "La préparation n’a pas encore commencé" in client.get(address).content.decode()


def test_an_address_of_nothing_leads_to_the_livret(sign_in, manager, url):
    assert sign_in(manager).get(f"{url}7/preparation/").url == url


def test_what_a_dead_worker_left_is_queued_once_and_made(queued, dossier, asked):
    """Alive, or waiting in the queue: left alone. Silent and in no queue: queued again, once."""
    assert making.rescue() == 0
    silence()
    assert [making.rescue() for _ in range(3)] == [1, 0, 0]
    DBTaskResult.objects.update(status="RUNNING")
    makings.take(asked.pk)
    assert making.rescue() == 0
    silence()
    assert [making.rescue() for _ in range(3)] == [1, 0, 0]
    run_worker()
    assert (Booklet.objects.get().code, Making.objects.count()) == (asked.code, 0)


def test_a_making_that_kills_three_workers_is_stopped(queued, sign_in, manager, url, asked):
    for _ in range(3):
        assert makings.take(asked.pk)
        silence()
    assert makings.take(asked.pk) is None
    assert "s’est arrêtée trois fois" in sign_in(manager).get(f"{url}1/preparation/").content.decode()
    assert makings.retry(asked.negotiation, 1).attempts == 0


GOES_ON = "celle du livret dira où elle en est"
BY_ITSELF = "elle sera reprise d’elle-même dès que le service de préparation sera libre"


def silent_page(client, url, asked):
    """The page of a making that goes on, then of the same one after its process has died."""
    makings.take(asked.pk)
    going = client.get(f"{url}1/preparation/").content.decode()
    silence()
    silent = client.get(f"{url}1/preparation/").content.decode()
    assert [GOES_ON in page for page in (going, silent)] == [True, False]
    assert ["La préparation n’avance plus" in page for page in (going, silent)] == [False, True]
    return silent


def test_a_silent_making_says_so_and_may_be_taken_again(queued, sign_in, manager, url, asked):
    page = silent_page(sign_in(manager), url, asked)
    assert (BY_ITSELF in page, "ne reprendra pas d’elle-même" in page) == (True, False)
    assert sign_in(manager).post(f"{url}1/reprendre/").url == f"{url}1/preparation/"
    run_worker()
    assert Booklet.objects.get().code == asked.code


@pytest.mark.parametrize("state", ["waiting", "layout"])
def test_in_the_embedded_form_a_silent_making_promises_nothing_and_may_be_taken_again(
        sign_in, manager, url, asked, state):
    client = sign_in(manager)
    silent_page(client, url, asked)
    silence(state=state, holder="" if state == "waiting" else "x")
    page = client.get(f"{url}1/preparation/").content.decode()
    assert (BY_ITSELF in page, "service de préparation" in page, "ne reprendra pas d’elle-même" in page,
            "Réessayer" in page) == (False, False, True, True)
    assert client.post(f"{url}1/reprendre/").url == f"{url}1/preparation/"
    assert Booklet.objects.get().code == asked.code
