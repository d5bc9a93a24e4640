"""A worker: makes the editions that are queued, takes up what a dead worker left, keeps the drafts ready."""
import os
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from negotiation.documents.booklet.drafts import Drafts
from negotiation.documents.booklet.making import rescue

INTERVAL, DRAFTS_EVERY = 1, 15


class Command(BaseCommand):
    help = "Fait les éditions mises en file et tient les projets prêts. Autant d’exemplaires que voulu."

    def add_arguments(self, parser):
        parser.add_argument("--batch", action="store_true", help="fait ce qui attend, puis s’arrête")

    def handle(self, *args, batch, **options):
        if not settings.QUEUED:
            raise CommandError("Rien n’est mis en file : TASKS ne vaut pas « database » (docs/operations.md, "
                               "« Travail de fond »).")
        # The pages come first.
        os.nice(10)
        worker, drafts, next_look = self.worker(), Drafts(), 0
        worker.configure_signals()
        while worker.running:
            rescue()
            worker.run()
            made = None
            if worker.running and time.monotonic() >= next_look:
                made = drafts.make_one()
                next_look = time.monotonic() + (0 if made else DRAFTS_EVERY)
            if batch and not made:
                return
            if worker.running and not made:
                time.sleep(INTERVAL)

    def worker(self):
        """The loop of the queue itself, which ends when nothing waits (batch), or after its task when told to stop."""
        return Worker(queue_names=["default"], excluded_queue_names=[], interval=INTERVAL, batch=True,
                      backend_name="default", startup_delay=False, max_tasks=None, worker_id=get_random_string(32))
