"""Reminders: on the exact working days, to the person who has the pen, and never for what is settled."""
from datetime import date, timedelta

import pytest
from django.utils import timezone

from negotiation.choices import Nature, Role, State
from negotiation.models import Deputy, Holiday, JournalEntry, Notification, Seat, Step, StepProgress
from negotiation.workflow import calendar, moves, reviews
from negotiation.workflow.reminders import reminder, sweep

from .. import factories

MONDAY = date(2026, 7, 6)
# Friday the 10th and Monday the 13th are closed.
CLOSED = {date(2026, 7, 10), date(2026, 7, 13)}


@pytest.mark.parametrize(("due", "first", "after"), [
    (date(2026, 7, 9), date(2026, 7, 7), date(2026, 7, 14)), (date(2026, 7, 14), date(2026, 7, 8), date(2026, 7, 15)),
    (date(2026, 7, 15), date(2026, 7, 9), date(2026, 7, 16)), (date(2026, 7, 16), date(2026, 7, 14), date(2026, 7, 17)),
])
def test_two_working_days_before_and_the_working_day_after(due, first, after):
    """Holidays and week-ends between are not counted."""
    found = {}
    for offset in range(-10, 30):
        day = due + timedelta(days=offset)
        one = reminder(due, day, CLOSED)
        if one:
            found.setdefault(one.cause, day)
    assert found[f"before:{due}"] == first
    assert [found[f"after:{due}:{week}"] for week in range(3)] == [after + timedelta(weeks=week) for week in range(3)]
    assert len({cause for cause in found if cause.startswith("before")}) == 1


def test_somebody_asked_on_the_day_of_the_reminder_has_just_been_told():
    due = date(2026, 7, 9)
    assert [bool(reminder(due, date(2026, 7, 8), set(), since=date(2026, 7, day))) for day in (6, 7, 8)] == [
        True, False, False]


@pytest.fixture
def on_day(clock, db):
    Holiday.objects.all().delete()
    for day in CLOSED:
        Holiday.objects.create(date=day, name="Fête")
    clock(MONDAY)
    return clock


@pytest.fixture
def submitted(on_day, dossier, manager, examiner, director):
    """D2, examined by the DGCT until Thursday the 16th."""
    Step.objects.update(checks=[])
    progress = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    Seat.objects.filter(asked_at__isnull=False).update(due_on=date(2026, 7, 16))
    return progress


def days_told(on_day, days):
    """{day of July: [(person, kind)]} of what each day's run tells; each run is made twice."""
    found = {}
    for day in days:
        on_day(date(2026, 7, day))
        last = Notification.objects.count()
        sweep(timezone.localdate())
        sweep(timezone.localdate())
        rows = list(Notification.objects.order_by("pk"))[last:]
        if rows:
            found[day] = sorted((row.user_id, row.kind) for row in rows)
    return found


def test_a_seat_reminds_its_people_and_the_delay_goes_to_the_next(on_day, submitted, examiner, director):
    mine, theirs = (examiner.pk, "reminder"), (director.pk, "late")
    assert days_told(on_day, range(6, 32)) == {14: [mine], 17: sorted([mine, theirs]), 24: [mine], 31: [mine]}
    assert JournalEntry.objects.filter(action="step.escalate").count() == 1


def test_nothing_reminds_of_what_is_settled(on_day, submitted, examiner, director):
    assert days_told(on_day, [14]) == {14: [(examiner.pk, "reminder")]}
    moves.move(submitted, "return", by=examiner, version=submitted.version, reason="À revoir.")
    assert not Notification.objects.filter(kind="reminder", settled_at=None).exists()
    assert days_told(on_day, range(15, 32)) == {}


def test_nothing_is_done_on_a_closed_day(on_day, submitted):
    Seat.objects.filter(asked_at__isnull=False).update(due_on=date(2026, 7, 9))
    for day in (10, 11, 12, 13):
        assert sweep(date(2026, 7, day)) == (0, 0)
    assert list(reviews.late(date(2026, 7, 14))) != []
    assert sweep(date(2026, 7, 14)) == (1, 1)


def plan(dossier, code, end, state=None):
    rows = StepProgress.objects.filter(negotiation=dossier, step__code=code)
    rows.update(planned_start=end - timedelta(days=5), planned_end=end, **({"state": state} if state else {}))
    return rows.get()


def test_a_planned_end_reminds_the_team_that_has_the_step_in_hand(on_day, dossier, manager, editor, examiner):
    plan(dossier, "A1", date(2026, 7, 16), State.DRAFT)
    plan(dossier, "A2", date(2026, 7, 16))
    plan(dossier, "A3", date(2026, 7, 16), State.APPROVED)
    team = [(manager.pk, "reminder"), (editor.pk, "reminder")]
    assert days_told(on_day, range(6, 32)) == {14: team, 17: team, 24: team, 31: team}


def test_only_the_next_step_to_begin_reminds(on_day, dossier, manager, editor):
    for code in ("A1", "A2", "B1"):
        plan(dossier, code, date(2026, 7, 8))
    StepProgress.objects.filter(step__code="A1").update(state=State.APPROVED)
    sweep(MONDAY)
    assert {row.progress.step.code for row in Notification.objects.all()} == {"A2"}


def test_a_new_date_makes_the_old_reminder_void(on_day, dossier, manager, editor):
    progress = plan(dossier, "A1", date(2026, 7, 8), State.DRAFT)
    sweep(MONDAY)
    calendar.plan(dossier, {progress.pk: (date(2026, 7, 1), date(2026, 8, 28))},
                  {progress.pk: calendar.shown(progress.planned_start, progress.planned_end)}, by=manager)
    assert [bool(row.settled_at) for row in Notification.objects.all()] == [True, True]
    assert days_told(on_day, range(7, 32)) == {}


def test_an_invented_calendar_reminds_nobody(on_day, kayes, manager):
    dossier = factories.negotiation(kayes, manager, nature=Nature.FICTIONAL)
    plan(dossier, "A1", date(2026, 7, 8), State.DRAFT)
    assert sweep(MONDAY) == (0, 0)


def test_a_deputy_is_reminded_too(on_day, submitted, examiner, director, dgct):
    colleague = factories.member(dgct, Role.DIRECTOR)
    Deputy.objects.create(membership=examiner.memberships.get(), deputy=colleague, starts_on=date(2026, 7, 14),
                          ends_on=date(2026, 7, 14), created_by=examiner)
    assert days_told(on_day, [14]) == {14: sorted([(examiner.pk, "reminder"), (colleague.pk, "reminder")])}
