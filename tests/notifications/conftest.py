"""The clock of these tests, and a notification that nothing has settled."""
from datetime import date, datetime

import pytest
from django.utils import timezone

from negotiation.choices import NoticeKind
from negotiation.models import Holiday, Notification
from negotiation.workflow.notices import tell

# Friday the 10th and Monday the 13th of July 2026 are closed.
CLOSED = (date(2026, 7, 10), date(2026, 7, 13))


@pytest.fixture
def at(monkeypatch, db):
    """at(day of July 2026, hour) sets the clock."""
    def go(day, hour=9):
        moment = datetime(2026, 7, day, hour, tzinfo=timezone.get_default_timezone())
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment
    Holiday.objects.all().delete()
    for day in CLOSED:
        Holiday.objects.create(date=day, name="Fête")
    go(6)
    return go


@pytest.fixture
def note(db):
    """note(user, kind, title) writes a notification as an act does, without dossier."""
    def go(user, kind=NoticeKind.TEAM, title="Un titre", text="Un texte.", **fields):
        tell([user], kind, f"essai:{Notification.objects.count()}", title, text, "/equipe/", **fields)
        return Notification.objects.latest("pk")
    return go
