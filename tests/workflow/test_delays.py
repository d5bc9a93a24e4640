"""Who is told that somebody is late: the next person, once, until it is settled; never who is late."""
from datetime import date, timedelta

import pytest
from django.db import transaction

from negotiation.choices import Role
from negotiation.dates import spoken
from negotiation.models import Deputy, Holiday, JournalEntry, Membership, ReviewLevel, Seat
from negotiation.workflow import reviews
from negotiation.workflow.negotiations import unshare
from negotiation.workflow.reminders import sweep
from negotiation.workflow.transitions import NotAllowed

from .conftest import DGCT, LATE, OPINION, PASSED, TODAY, TURN, all_of, stand_in, submitted


@pytest.fixture
def step(ready):
    return ready


@pytest.fixture
def go(act):
    return act


@pytest.mark.parametrize(("voices", "kind", "expected"), [
    ([], "opinion", DGCT), ([OPINION], "examination", {"director"}),
    ([OPINION, PASSED], "decision", {"administrator"})])
def test_a_delay_is_told_to_the_next_person_only_and_once(told, go, voices, kind, expected):
    submitted(go, *voices)
    seat = Seat.objects.get(passage__kind=kind)
    assert told(reviews.escalate, seat) == all_of(expected, LATE)
    assert told(reviews.escalate, seat) == set()


def test_a_delay_stands_when_the_return_that_settled_it_is_cancelled(told, go, cast):
    submitted(go, OPINION)
    told(reviews.escalate, Seat.objects.get(passage__kind="examination"))
    go("return", "examiner", "Trop tôt.")
    assert [stands for _, stands in delays(cast["director"])] == [False]
    go("cancel_return", "examiner")
    assert [stands for _, stands in delays(cast["director"])] == [True]
    go("return", "examiner", "Cette fois.")
    assert [stands for _, stands in delays(cast["director"])] == [False]


def test_a_delay_without_next_person_goes_to_an_administrator(told, go, cast):
    submitted(go, OPINION)
    Deputy.objects.all().delete()
    cast["director"].memberships.update(ends_on=TODAY() - timedelta(days=1))
    assert told(reviews.escalate, Seat.objects.get(passage__kind="examination")) == {("administrator", LATE)}


def delays(user):
    """[(the text that says who is late, whether it still asks for something)]"""
    return [(row.text.replace("\xa0", " ").partition(" : ")[0], row.settled_at is None)
            for row in user.notifications.filter(kind=LATE).order_by("pk")]


def test_opinions_that_are_late_together_are_told_once_and_say_who_is_late_still(told, go, cast, dgb):
    submitted(go)
    Seat.objects.filter(asked_at__isnull=False).update(due_on=(due := date(2026, 6, 1)))
    assert told(sweep, date(2026, 11, 24)) >= all_of(DGCT, LATE)
    assert JournalEntry.objects.filter(action="step.escalate").count() == 2
    words = f"Avis attendu le {spoken(due)} ({{}}), rien n’est venu".replace("\xa0", " ")
    assert delays(cast["examiner"]) == delays(cast["colleague"]) == [(words.format("DGB, DNPD"), True)]
    go(*OPINION)
    assert delays(cast["examiner"]) == delays(cast["colleague"]) == [(words.format("DGB"), True)]
    assert told(go, "skip", "examiner", "Attendu depuis un mois.") >= {("colleague", TURN)}
    assert delays(cast["examiner"]) == delays(cast["colleague"]) == [(words.format("DGB"), False)]


def test_each_opinion_asked_one_after_the_other_is_late_in_its_own_time(told, go, step, cast, dgb):
    """And what ends the examination settles the delay; the Region, which does not take back what was judged, does not.
    """
    ReviewLevel.objects.filter(step=step.step, kind="opinion").update(mode="sequential")
    submitted(go)
    for due in (date(2026, 6, 1), date(2026, 7, 1)):
        awaited = Seat.objects.awaited().get()
        Seat.objects.filter(pk=awaited.pk).update(due_on=due)
        awaited.refresh_from_db()
        assert told(reviews.escalate, awaited) == all_of(DGCT, LATE)
        if due.month == 6:
            go("skip", "colleague", "Attendu depuis un mois.")
    assert [asks for _, asks in delays(cast["examiner"])] == [False, True]
    with pytest.raises(NotAllowed, match="a déjà ouvert"):
        go("recall", "manager")
    go("skip", "colleague", "Attendu depuis un mois.")
    assert [asks for _, asks in delays(cast["examiner"])] == [False, False]


def test_a_delay_never_goes_to_who_is_late_nor_to_who_has_spoken(told, go, cast, dgct):
    """The direction examines too, or stands in for an examiner, or has given the opinion: the administrators are next.
    The « colleague », who stands in for it, is late."""
    director, service = cast["director"], cast["adviser"].memberships.get().organisation
    submitted(go, OPINION)
    late = Seat.objects.get(passage__kind="examination")
    ways = {
        "examines": lambda: Membership.objects.create(user=director, organisation=dgct, role=Role.EXAMINER),
        "stands in": lambda: stand_in(cast["examiner"], director),
        "has spoken": lambda: Seat.objects.filter(organisation=service).update(given_by=director),
    }
    next_to = {}
    for name, way in ways.items():
        with transaction.atomic():
            way()
            next_to[name] = told(reviews.escalate, late)
            transaction.set_rollback(True)
    assert next_to == dict.fromkeys(ways, {("administrator", LATE)})


def test_an_organisation_to_which_the_dossier_is_closed_again_is_told_nothing(told, go, dossier, cast):
    submitted(go)
    unshare(dossier.openings.get(organisation__name="DNPD"), by=cast["manager"])
    Seat.objects.filter(asked_at__isnull=False).update(due_on=TODAY() - timedelta(days=60))
    day = TODAY()
    while day.weekday() > 4 or Holiday.objects.filter(date=day).exists():
        day += timedelta(days=1)
    assert told(sweep, day) == all_of(DGCT, LATE)
