"""What is late and what that pushes, told whole on a given day; and where real dates come from."""
from datetime import date

import pytest
from django.utils import timezone

from negotiation.choices import Nature, State
from negotiation.models import Event, Holiday, Negotiation
from negotiation.queries import calendar as read
from negotiation.workflow import demonstration, moves, steps

from .. import factories

pytestmark = pytest.mark.django_db
N = "\u00a0"
# Four steps in a row, the last two side by side.
PLAN = {"A3": ("2026-03-02", "2026-04-10"), "B1": ("2026-04-22", "2026-05-29"), "C1": ("2026-06-08", "2026-07-03"),
        "C2": ("2026-06-15", "2026-07-10")}


def day(written):
    return date.fromisoformat(written)


@pytest.fixture
def exercise(kayes, manager):
    """A dossier whose real dates are those of its events."""
    dossier = factories.negotiation(kayes, manager, nature=Nature.FICTIONAL)
    for code, (start, end) in PLAN.items():
        dossier.steps.filter(step__code=code).update(planned_start=start, planned_end=end)
    return dossier


def happened(dossier, code, *dates, approved=False, precision="day"):
    progress = dossier.steps.get(step__code=code)
    for one in dates:
        Event.objects.create(negotiation=dossier, progress=progress, date=one, precision=precision, kind="meeting",
                             title="Réunion")
    if approved:
        dossier.steps.filter(pk=progress.pk).update(state=State.APPROVED)


def on(dossier, today):
    events = Event.objects.filter(negotiation=dossier, progress__isnull=False)
    return read.calendar_of(dossier, read.steps(dossier), read.moves(dossier), events, read.holidays(), day(today))


def told(calendar):
    return {line.code: line.delay_said for line in calendar.lines}


def test_a_late_step_pushes_those_that_are_planned_after_it(exercise):
    """In progress 24 days after its planned end: B1 from 22 April to 5 May, then what B1 now meets; the days left free
    between two steps absorb the rest."""
    happened(exercise, "A3", "2026-03-02")
    calendar = on(exercise, "2026-05-04")
    assert told(calendar) == {
        "A3": f"24{N}jours de retard",
        "B1": f"repoussée de 13{N}jours par A3 : du 5{N}mai au 11{N}juin 2026",
        "C1": f"repoussée de 4{N}jours par A3 : du 12{N}juin au 7{N}juillet 2026", "C2": ""}
    assert calendar.sentences == [
        f"A3 a 24{N}jours de retard : B1 est repoussée au 5{N}mai 2026, 1{N}autre étape aussi."]


def test_a_late_step_that_ends_before_the_next_begins_pushes_nothing(exercise):
    exercise.steps.filter(step__code="A3").update(planned_start="2026-11-02", planned_end="2026-11-20")
    exercise.steps.filter(step__code="A4").update(planned_start="2027-02-15", planned_end="2027-03-12")
    exercise.steps.exclude(step__code__in=["A3", "A4"]).update(planned_start=None, planned_end=None)
    happened(exercise, "A3", "2026-11-26")
    calendar = on(exercise, "2026-11-27")
    assert [line.expected for line in calendar.lines] == [
        (day("2026-11-26"), day("2026-12-14")), (day("2027-02-15"), day("2027-03-12"))]
    assert calendar.sentences == [f"A3 a 24{N}jours de retard."]


def test_nothing_is_late_on_the_last_planned_day(exercise):
    happened(exercise, "A3", "2026-03-02")
    assert (told(on(exercise, "2026-04-10")), on(exercise, "2026-04-10").sentences) == (dict.fromkeys(PLAN, ""), [])
    assert told(on(exercise, "2026-04-11"))["A3"] == f"1{N}jour de retard"


def test_a_step_that_should_have_begun_is_late_and_pushes(exercise):
    calendar = on(exercise, "2026-03-05")
    assert told(calendar)["A3"] == f"3{N}jours de retard"
    assert calendar.sentences == [f"A3 a 3{N}jours de retard."]
    late = on(exercise, "2026-03-16")
    assert late.sentences == [f"A3 a 14{N}jours de retard : B1 est repoussée au 27{N}avril 2026."]


def test_a_finished_late_step_pushes_what_follows_until_it_is_made_up_for(exercise):
    happened(exercise, "A3", "2026-03-02", "2026-04-24", approved=True)
    calendar = on(exercise, "2026-04-24")
    assert calendar.sentences == [
        f"A3 s’est terminée avec 14{N}jours de retard : B1 est repoussée au 27{N}avril 2026."]
    happened(exercise, "B1", "2026-04-22", "2026-05-29", approved=True)
    made_up = on(exercise, "2026-06-01")
    assert (told(made_up), made_up.sentences) == (
        {"A3": f"14{N}jours de retard", "B1": "", "C1": "", "C2": ""}, [])


def test_a_step_that_has_begun_is_not_pushed(exercise):
    happened(exercise, "A3", "2026-03-02")
    happened(exercise, "B1", "2026-04-20")
    assert told(on(exercise, "2026-04-22")) == {
        "A3": f"12{N}jours de retard", "B1": "", "C1": "", "C2": ""}


def test_steps_side_by_side_do_not_push_each_other(exercise):
    for code in ("A3", "B1"):
        happened(exercise, code, *PLAN[code], approved=True)
    happened(exercise, "C1", "2026-06-08")
    happened(exercise, "C2", "2026-06-15")
    assert told(on(exercise, "2026-07-08")) == {"A3": "", "B1": "", "C1": f"5{N}jours de retard", "C2": ""}


def test_a_pushed_date_is_a_working_day(exercise):
    happened(exercise, "A3", "2026-03-02")
    Holiday.objects.create(date="2026-04-23", name="Jour chômé")
    assert on(exercise, "2026-04-22").lines[1].expected[0] == date(2026, 4, 24)


def test_a_step_begun_late_is_expected_late(exercise):
    happened(exercise, "A3", "2026-03-09")
    assert told(on(exercise, "2026-03-10"))["A3"] == f"7{N}jours de retard"


def test_the_journal_says_when_a_real_step_began_and_was_approved(dossier, manager, examiner):
    progress = dossier.steps.get(step__code="A1")
    Event.objects.create(negotiation=dossier, progress=progress, date="2020-01-01", kind="meeting", title="Réunion")
    assert on(dossier, "2099-01-01").lines == []
    factories.fill_step(progress, manager)
    today = timezone.localdate()
    line, = read.page(dossier).lines
    assert (line.code, line.real.start, line.real.end) == ("A1", today, None)
    for action, by in (("submit", manager), ("approve", examiner)):
        progress.refresh_from_db()
        moves.move(progress, action, by=by, version=progress.version)
    line, = read.page(dossier).lines
    assert (line.real.start, line.real.end, line.finished) == (today, today, True)


@pytest.mark.parametrize(("events", "said", "span"), [
    ([("2015-01-01", "year")], "2015", ("2015-01-01", "2015-12-31")),
    ([("2022-04-01", "month")], "avril 2022", ("2022-04-01", "2022-04-30")),
    ([("2022-12-01", "month")], "décembre 2022", ("2022-12-01", "2022-12-31")),
    ([("2018-08-31", "day")], f"31{N}août 2018", ("2018-08-31", "2018-08-31")),
    ([("2015-01-01", "year"), ("2018-08-31", "day")], f"2015 à 31{N}août 2018", ("2015-01-01", "2018-08-31")),
    ([("2014-03-01", "month"), ("2014-04-01", "month")], "de mars à avril 2014", ("2014-03-01", "2014-04-30")),
])
def test_a_reconstituted_step_is_dated_by_its_events_no_more_precisely(dossier, manager, events, said, span):
    Negotiation.objects.update(nature=Nature.RECONSTITUTED)
    dossier.refresh_from_db()
    steps.start(dossier.steps.get(step__code="A1"), by=manager)
    steps.start(dossier.steps.get(step__code="A2"), by=manager)
    for written, precision in events:
        happened(dossier, "A1", written, precision=precision)
    happened(dossier, "A1", "2199-01-01")
    calendar = read.page(dossier)
    assert [(line.code, line.real.said, line.real.start, line.real.end) for line in calendar.lines] == [
        ("A1", said, *map(day, span))]
    assert (len(calendar.silent), calendar.source) == (27, read.SOURCES[Nature.RECONSTITUTED])


def test_no_delay_is_deduced_from_reconstituted_dates(exercise):
    Negotiation.objects.update(nature=Nature.RECONSTITUTED)
    exercise.refresh_from_db()
    happened(exercise, "A3", "2026-05-20")
    calendar = on(exercise, "2026-08-01")
    assert (told(calendar), calendar.sentences) == (dict.fromkeys(PLAN, ""), [])


def test_an_exercise_without_events_is_dated_by_its_journal(exercise, manager):
    steps.start(exercise.steps.get(step__code="A3"), by=manager)
    assert next(line for line in read.page(exercise).lines if line.code == "A3").real.start == timezone.localdate()


def test_the_demonstration_has_one_late_step_and_kayes_what_its_events_document(db):
    demonstration.load()
    exercise, kayes = (read.page(Negotiation.objects.get(slug=slug))
                       for slug in ("exercice-2027-2031", "kayes-2018-2022"))
    late = [line.code for line in exercise.lines if line.delay and not line.is_pushed]
    assert (exercise.starts_on, len(exercise.lines), late) == (date(2026, 1, 12), 28, ["B1"])
    assert exercise.sentences == [f"B1 a 12{N}jours de retard."]
    assert [(line.code, line.real.said, line.planned) for line in kayes.lines] == [
        ("A2", "2015", None), ("E3", f"31{N}août 2018", None), ("G1", "avril 2022", None)]
