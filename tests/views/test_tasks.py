"""« Mes tâches »: what nobody is in time to move on is listed for the administrator who may unblock it."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Membership, Seat, User
from negotiation.permissions import moves as moves_of
from negotiation.queries import tasks
from negotiation.queries.examinations import of_step
from negotiation.workflow import moves

from .. import factories

TITLE = "Examens en retard à débloquer"
LATE = datetime.date(2020, 1, 1)


@pytest.fixture
def administrator(db):
    return factories.member(factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR)


def late(step, *organisations):
    seats = Seat.objects.filter(passage__submission__progress=step, asked_at__isnull=False)
    (seats.filter(organisation__in=organisations) if organisations else seats).update(due_on=LATE)
    return step


def listed(user):
    """[(step, until when, what is wrong)] of the group, None without it."""
    groups = {group.title: group.tasks for group in tasks.tasks(User.objects.get(pk=user.pk))}
    return [(task.progress.step.code, task.due_on, task.note) for task in groups[TITLE]] if TITLE in groups else None


def test_what_everybody_is_late_on_is_listed(dossier, manager, dgct, administrator):
    late(factories.put(dossier, "D2", State.SUBMITTED, by=manager))
    factories.put(dossier, "D5", State.SUBMITTED, by=manager)
    late(factories.put(dossier, "A1", State.RETURNED, by=manager))
    assert listed(administrator) == [("D2", LATE, "en retard")]


def test_a_step_where_somebody_is_still_in_time_is_not(dossier, manager, dgct, administrator):
    step = late(factories.put(dossier, "D2", State.SUBMITTED, by=manager))
    other = factories.organisation("DNPD", OrganisationKind.SERVICE)
    passage = step.submissions.get().passages.get(kind="examination")
    seat = Seat.objects.create(passage=passage, organisation=other, order=2, asked_at=step.changed_at,
                               due_on=datetime.date(2099, 1, 1))
    assert listed(administrator) == []
    Seat.objects.filter(pk=seat.pk).update(due_on=datetime.date(2021, 1, 1))
    assert listed(administrator) == [("D2", datetime.date(2021, 1, 1), "en retard")]


def test_a_step_that_nobody_can_judge_is_listed_at_once(dossier, manager, administrator):
    """There is no DGCT."""
    factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    assert listed(administrator) == [("D2", None, "personne ne peut se prononcer")]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EXAMINER, None])
def test_only_what_the_administrator_may_unblock_is_listed(dossier, kayes, manager, dgct, administrator, role):
    """Not the dossiers of their own Region, nor where they have spoken; the act offered on its page says the same."""
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    if role:
        Membership.objects.create(user=administrator, organisation=dgct if role == Role.EXAMINER else kayes, role=role,
                                  starts_on="2020-01-01")
    person = User.objects.get(pk=administrator.pk)
    if role == Role.EXAMINER:
        moves.move(step, "approve", by=person, version=step.version)
        step.refresh_from_db()
    late(step)
    offered = "unblock" in [offer.action for offer in moves_of(person, step, of_step(step))]
    assert (offered, listed(person)) == (not role, [] if role else [("D2", LATE, "en retard")])


def test_nobody_else_has_the_group(dossier, manager, examiner, director):
    assert [listed(user) for user in (manager, examiner, director)] == [None] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_waits(sign_in, dossier, manager, dgct, administrator, rows):
    for code in ["D1", "D2", "D5"][:rows]:
        late(factories.put(dossier, code, State.SUBMITTED, by=manager))
    client = sign_in(administrator)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/taches/").content.decode()
    assert page.count("/examen/\">") == rows
    assert len(queries) == 4
