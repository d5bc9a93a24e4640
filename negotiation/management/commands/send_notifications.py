"""What a scheduler runs every few minutes: delays and reminders of the day, then the mails that are due."""
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from negotiation.notifications.digests import due
from negotiation.notifications.sending import send, subject
from negotiation.workflow.outbox import still_concerns
from negotiation.workflow.reminders import sweep


class Command(BaseCommand):
    help = "Signale les retards, écrit les rappels du jour et envoie les courriels dus. Se relance sans risque."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--preview", action="store_true", help="dit qui recevrait quoi ; n’écrit et n’envoie rien")

    def handle(self, *args, preview, **options):
        now = timezone.now()
        if preview:
            return self.preview(now)
        escalated, reminded = sweep(timezone.localdate(now))
        result = send(now)
        self.stdout.write(f"Retards signalés : {escalated}. Rappels écrits : {reminded}. "
                          f"Courriels envoyés : {result.sent}.")
        if result.failed:
            raise CommandError(
                f"Courriels non partis : {result.failed} (dernière erreur du serveur de courrier : "
                f"{result.failure or 'message refusé'}). Rien n’est perdu : ils repartiront au prochain passage.")
        return None

    @transaction.atomic
    def preview(self, now):
        """The same run, undone at the end: what it prints is what would leave."""
        sweep(timezone.localdate(now))
        count = 0
        for parcel in due(now):
            rows = [row for row in parcel.rows if still_concerns(row)]
            if rows:
                count += 1
                self.stdout.write(f"À {parcel.user.email} — {subject(rows, now)}")
                for row in rows if len(rows) > 1 else ():
                    self.stdout.write(f"    {row.title}")
        self.stdout.write(f"Courriels qui partiraient : {count}. Rien n’est envoyé, rien n’est écrit.")
        transaction.set_rollback(True)
