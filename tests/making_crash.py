"""Run on the database of a live server for tests/test_making_crash.py: makers killed at each of their statements.

`trials EVERY`: for a moment in EVERY moments, a process that makes an edition receives SIGKILL just after it has sent
one statement to the database (the last ones are sent, and not yet committed); then two processes take it up at the
same time. `prepare` and `ask`: what the test and the measure of the real workers need.
"""
import hashlib
import itertools
import json
import os
import signal
import sys
from contextlib import nullcontext

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cper.settings")
django.setup()

from django.db import connection, connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from negotiation.choices import Action, Nature  # noqa: E402
from negotiation.documents.booklet import editions, making  # noqa: E402
from negotiation.files.storage import path_of  # noqa: E402
from negotiation.models import Booklet, Event, JournalEntry, Making, Negotiation, Organisation, User  # noqa: E402
from negotiation.models.making import LEASE  # noqa: E402
from negotiation.workflow.negotiations import open_negotiation  # noqa: E402
from tests.documents.conftest import small_grid  # noqa: E402
from tests.prepare_race import session_of  # noqa: E402


def manager():
    return User.objects.get(email="responsable@kayes.example")


@transaction.atomic
def small_dossier():
    council = Organisation.objects.get(memberships__user=manager())
    return open_negotiation(Negotiation(
        region=council.region, owner=council, grid=small_grid(), nature=Nature.REAL, title="Contrat-plan 2040-2044",
        first_year=2040, last_year=2044), by=manager())


def ask(dossier, number):
    """The next edition, of a dossier that says something new."""
    Event.objects.create(negotiation=dossier, date="2041-01-01", kind="meeting", title=f"Réunion {number}")
    return editions.ask(dossier, by=manager(), key=f"essai-{number}")


class Killed:
    """Counts the statements of this process, and kills it just after one of them."""

    def __init__(self, moment):
        self.moment, self.sent = moment, 0

    def __call__(self, execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        self.sent += 1
        if self.sent == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def maker(pk, moment=None):
    """A process of its own that makes the edition; its number."""
    connections.close_all()
    if pid := os.fork():
        return pid
    try:
        with connection.execute_wrapper(Killed(moment)) if moment else nullcontext():
            making.work(pk, patient=True, wait=120)
    finally:
        os._exit(0)


def was_killed(pid):
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def trials(every):
    """{violations, killed}"""
    dossier, violations = small_dossier(), []
    for number in itertools.count():
        moment = 1 + number * every
        asked = ask(dossier, number)
        if not was_killed(maker(asked.pk, moment)):
            break
        rows = Making.objects.filter(pk=asked.pk).count(), Booklet.objects.filter(code=asked.code).count()
        if rows not in ((1, 0), (0, 1)):
            violations.append(f"after statement {moment}: {rows[0]} makings, {rows[1]} editions")
        # A minute later.
        Making.objects.update(seen_at=timezone.now() - 2 * LEASE)
        for pid in [maker(asked.pk), maker(asked.pk)]:
            was_killed(pid)
        violations += faults(dossier, asked, moment)
    return {"violations": [*violations, *faults(dossier, asked, moment)], "killed": number}


def faults(dossier, asked, moment):
    """What is not as if nothing had happened."""
    found = list(Booklet.objects.filter(negotiation=dossier, number=asked.number).select_related("content"))
    acts = JournalEntry.objects.filter(negotiation=dossier, action=Action.BOOKLET_FREEZE, key=asked.key).count()
    if (len(found), acts, Making.objects.count()) != (1, 1, 0):
        yield f"after statement {moment}: {len(found)} editions, {acts} acts, {Making.objects.count()} makings"
    for edition in found:
        file = path_of(edition.sha256)
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != edition.sha256:
            yield f"after statement {moment}: the file is not there"
        if (edition.code, edition.content.text) != (asked.code, asked.text):
            yield f"after statement {moment}: another code or another content"


def ask_kayes():
    """One more edition of Kayes to be made, by whoever takes it."""
    dossier = Negotiation.objects.get(slug="kayes-2018-2022")
    making.start(ask(dossier, Event.objects.count()))


def prepare():
    """{session, slug}: the dossier of Kayes, which says something new since its edition 1."""
    dossier = Negotiation.objects.get(slug="kayes-2018-2022")
    Event.objects.create(negotiation=dossier, date="2022-01-01", kind="meeting", title="Réunion de plus")
    return {"session": session_of(manager()), "slug": dossier.slug}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    acts = {"trials": trials, "prepare": prepare, "ask": ask_kayes}
    print(json.dumps(acts[command](*map(int, arguments))))
