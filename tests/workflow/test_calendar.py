"""The proposal of a calendar, the dates corrected by the team, and what the database refuses."""
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from negotiation.choices import Action
from negotiation.dates import is_working_day
from negotiation.models import Holiday, JournalEntry, Phase, Step
from negotiation.workflow import calendar, steps
from negotiation.workflow.transitions import NotAllowed

START = date(2026, 1, 12)


def planned(dossier):
    return {code: (start, end) for code, start, end in dossier.steps.order_by("step__code").values_list(
        "step__code", "planned_start", "planned_end")}


def phases_of(durations):
    """durations: [(phase min, phase max, [(step min, step max), …])] → the argument of `proposed`."""
    found = []
    for low, high, rows in durations:
        steps_ = [Step(pk=len(found) * 100 + n, min_days=a, max_days=b) for n, (a, b) in enumerate(rows)]
        found.append((Phase(min_days=low, max_days=high), steps_))
    return found


SPANS = st.tuples(st.integers(0, 200), st.integers(0, 400)).map(lambda two: (two[0], sum(two)))
PHASES = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.lists(SPANS, min_size=1, max_size=4)).map(
    lambda three: (three[0], three[0] + three[1], three[2])), min_size=1, max_size=4)
CLOSED = st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40)


@given(PHASES, st.dates(date(2026, 1, 1), date(2026, 12, 31)), CLOSED)
def test_every_step_is_planned_in_order_on_working_days(durations, start, closed):
    phases = phases_of(durations)
    plan = calendar.proposed(phases, start, date(2031, 12, 31), closed)
    assert set(plan) == {step.pk for _, found in phases for step in found}
    for first, last in plan.values():
        assert start <= first <= last
        assert is_working_day(first, closed)
        assert is_working_day(last, closed)


@given(st.lists(SPANS, min_size=1, max_size=6), st.integers(0, 3000))
def test_steps_share_the_room_between_their_shortest_and_longest_durations(spans, room):
    (_, found), = phases_of([(0, room, spans)])
    days = calendar.shares(found, room)
    assert all(max(1, low) <= number <= max(1, high) for number, (low, high) in zip(days, spans, strict=True))
    least = sum(max(1, low) for low, _ in spans)
    assert sum(days) <= max(room, least)


@pytest.mark.django_db
def test_the_proposal_of_the_grid_whole(dossier, manager):
    """A contract of 2027 to 2031, begun on 12 January 2026: every date of the 28 steps."""
    calendar.propose(dossier, START, by=manager)
    dossier.refresh_from_db()
    assert dossier.starts_on == START
    assert {code: " ".join(map(str, dates)) for code, dates in planned(dossier).items()} == {
        "A1": "2026-01-12 2026-02-04", "A2": "2026-02-05 2026-02-20", "A3": "2026-02-23 2026-03-27",
        "A4": "2026-03-30 2026-04-10", "B1": "2026-04-13 2026-05-22", "B2": "2026-05-26 2026-06-19",
        "B3": "2026-06-22 2026-07-10", "B4": "2026-07-13 2026-08-07", "C1": "2026-08-10 2027-01-21",
        "C2": "2027-01-22 2027-05-26", "C3": "2027-05-27 2027-06-28", "C4": "2027-06-29 2027-07-30",
        "D1": "2027-08-02 2027-08-27", "D2": "2027-08-30 2027-09-21", "D3": "2027-09-23 2027-11-12",
        "D4": "2027-11-15 2028-01-06", "D5": "2028-01-07 2028-01-26", "E1": "2028-01-27 2028-02-11",
        "E2": "2028-02-14 2028-03-10", "E3": "2028-03-13 2028-03-24", "F1": "2028-03-27 2028-09-21",
        "F2": "2028-09-25 2028-11-16", "F3": "2028-11-17 2031-10-31", "F4": "2031-11-03 2031-12-31",
        "G1": "2028-03-27 2031-12-31", "G2": "2028-03-27 2031-12-31", "G3": "2028-03-27 2031-12-31",
        "G4": "2032-01-01 2032-06-28"}


@pytest.mark.django_db
def test_phases_follow_one_another_and_the_follow_up_accompanies_the_execution(dossier, manager):
    calendar.propose(dossier, START, by=manager)
    found = planned(dossier)
    codes = [code for code in found if code[0] in "ABCDEF"]
    assert all(found[a][1] < found[b][0] for a, b in zip(codes, codes[1:], strict=False))
    assert found["F4"][1] == date(2031, 12, 31)
    assert {found[code] for code in ("G1", "G2", "G3")} == {(found["F1"][0], found["F4"][1])}
    assert found["G4"][0] > found["F4"][1]
    for phase in Phase.objects.filter(code__in="ABCDE"):
        span = [dates for code, dates in found.items() if code[0] == phase.code]
        assert (span[-1][1] - span[0][0]).days + 1 <= phase.max_days
    closed = Holiday.objects.dates(date.min, date.max)
    assert [one for dates in found.values() for one in dates if not is_working_day(one, closed)] == []


@pytest.mark.django_db
def test_a_proposal_is_journalled_with_every_date(dossier, manager):
    calendar.propose(dossier, START, by=manager)
    entry = JournalEntry.objects.get(action=Action.CALENDAR_PROPOSE)
    assert entry.subject == "à partir du 12\u00a0janvier 2026"
    assert (len(entry.details), entry.details["starts_on"], entry.details["A1"]) == (
        29, [None, "2026-01-12"], ["/", "2026-01-12/2026-02-04"])


@pytest.mark.django_db
def test_a_double_click_proposes_once(dossier, manager):
    shown = calendar.fingerprint(dossier)
    for _ in range(2):
        calendar.propose(dossier, START, by=manager, base=shown, key="k" * 22)
    assert JournalEntry.objects.filter(action=Action.CALENDAR_PROPOSE).count() == 1


@pytest.mark.django_db
def test_a_proposal_never_replaces_dates_that_nobody_saw(dossier, manager, editor):
    shown = calendar.fingerprint(dossier)
    progress = dossier.steps.get(step__code="A1")
    calendar.plan(dossier, {progress.pk: (START, START)}, {progress.pk: "/"}, by=editor)
    with pytest.raises(NotAllowed, match="Quelqu’un d’autre a changé le calendrier"):
        calendar.propose(dossier, START, by=manager, base=shown)
    assert planned(dossier) == dict.fromkeys(planned(dossier), (None, None)) | {"A1": (START, START)}


@pytest.mark.django_db
def test_dates_are_saved_and_told_in_the_journal(dossier, manager):
    one, two = dossier.steps.filter(step__code__in=["A1", "A2"]).order_by("step__code")
    later = START + timedelta(days=30)
    typed = {one.pk: (START, later), two.pk: (later, later)}
    assert calendar.plan(dossier, typed, {one.pk: "/", two.pk: "/"}, by=manager) == []
    assert planned(dossier) == dict.fromkeys(planned(dossier), (None, None)) | {
        "A1": (START, later), "A2": (later, later)}
    entry = JournalEntry.objects.get(action=Action.CALENDAR_CHANGE)
    assert (entry.subject, entry.details) == ("étapes A1 et A2", {
        "A1": ["/", "2026-01-12/2026-02-11"], "A2": ["/", "2026-02-11/2026-02-11"]})
    calendar.plan(dossier, typed, {one.pk: "/", two.pk: "/"}, by=manager)
    calendar.plan(dossier, {one.pk: (None, None)}, {one.pk: "2026-01-12/2026-02-11"}, by=manager)
    assert [e.subject for e in JournalEntry.objects.filter(action=Action.CALENDAR_CHANGE)] == [
        "étape A1", "étapes A1 et A2"]
    assert planned(dossier)["A1"] == (None, None)


@pytest.mark.django_db
def test_dates_changed_meanwhile_are_named_and_the_others_are_saved(dossier, manager, editor):
    one, two = dossier.steps.filter(step__code__in=["A1", "A2"]).order_by("step__code")
    calendar.plan(dossier, {one.pk: (START, START)}, {one.pk: "/"}, by=editor)
    later = START + timedelta(days=7)
    conflicts = calendar.plan(dossier, {one.pk: (later, later), two.pk: (later, later)}, {}, by=manager)
    assert [one.sentence for one in conflicts] == [
        "A1 : quelqu’un d’autre vient de prévoir « 12\u00a0janvier 2026 », vous aviez écrit "
        "« 19\u00a0janvier 2026 »."]
    assert (planned(dossier)["A1"], planned(dossier)["A2"]) == ((START, START), (later, later))


@pytest.mark.django_db
@pytest.mark.parametrize("dates", [(START, None), (None, START), (START, START - timedelta(days=1))])
def test_a_step_without_its_two_dates_in_order_is_refused_twice(dossier, manager, dates):
    progress = dossier.steps.get(step__code="A1")
    with pytest.raises(NotAllowed, match="A1 : une étape prévue a un début et une fin"):
        calendar.plan(dossier, {progress.pk: dates}, {progress.pk: "/"}, by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        dossier.steps.filter(pk=progress.pk).update(planned_start=dates[0], planned_end=dates[1])


@pytest.mark.django_db
def test_planning_disturbs_no_work_in_progress(dossier, manager):
    """Neither the version nor the state of a step moves: an answer being typed is not contested."""
    before = list(dossier.steps.values_list("pk", "state", "version", "changed_at"))
    calendar.propose(dossier, START, by=manager)
    assert list(dossier.steps.values_list("pk", "state", "version", "changed_at")) == before
    progress = dossier.steps.get(step__code="A1")
    steps.start(progress, by=manager)
    progress.refresh_from_db()
    assert progress.planned_start == START
