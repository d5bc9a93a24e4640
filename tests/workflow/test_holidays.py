"""Public holidays: loaded once from the library, corrected by an administrator, never overwritten."""
from datetime import date

import pytest

from negotiation.models import Holiday
from negotiation.workflow import holidays
from negotiation.workflow.fixtures import TABLE_OF
from negotiation.workflow.reference import digest_of, load

pytestmark = pytest.mark.django_db
YEAR_2026 = {
    date(2026, 1, 1): "Jour de l’An", date(2026, 1, 20): "Journée de l’Armée",
    date(2026, 3, 20): "Journée de la Fête du Ramadan (date à confirmer)", date(2026, 3, 26): "Journée du 26 mars",
    date(2026, 4, 6): "Lundi de Pâques", date(2026, 5, 1): "Fête du Travail",
    date(2026, 5, 25): "Journée de l’Afrique", date(2026, 5, 27): "Journée de la Tabaski (date à confirmer)",
    date(2026, 8, 25): "Journée du Maouloud (Naissance du Prophète) (date à confirmer)",
    date(2026, 9, 1): "Journée du Maouloud (Baptême du Prophète) (date à confirmer)",
    date(2026, 9, 22): "Fête Nationale de la République du Mali", date(2026, 12, 25): "Fête de Noël"}


def test_the_holidays_of_the_library_are_loaded_in_french():
    assert dict(Holiday.objects.filter(date__year=2026).values_list("date", "name")) == YEAR_2026
    assert {day.year for day in Holiday.objects.values_list("date", flat=True)} == set(holidays.YEARS)


def test_dates_gives_the_closed_days_of_a_span():
    assert Holiday.objects.dates(date(2026, 3, 20), date(2026, 4, 6)) == {
        date(2026, 3, 20), date(2026, 3, 26), date(2026, 4, 6)}
    Holiday.objects.filter(date="2026-04-06").update(is_closed=False)
    assert Holiday.objects.dates(date(2026, 3, 20), date(2026, 4, 6)) == {date(2026, 3, 20), date(2026, 3, 26)}


def test_a_feast_that_an_administrator_moved_stays_moved():
    Holiday.objects.filter(date="2026-03-20").update(date="2026-03-21", name="Fête du Ramadan")
    report = load()
    assert (report.changes, report.kept) == (0, ["jour férié 2026 Journée de la Fête du Ramadan"])
    assert Holiday.objects.dates(date(2026, 3, 19), date(2026, 3, 22)) == {date(2026, 3, 21)}


def test_a_day_added_by_hand_stays_and_its_date_is_not_taken():
    Holiday.objects.filter(date="2026-09-22").delete()
    Holiday.objects.create(date="2026-09-22", name="Fête nationale")
    Holiday.objects.create(date="2026-06-15", name="Deuil national")
    assert load().changes == 0
    assert Holiday.objects.get(date="2026-09-22").name == "Fête nationale"
    assert Holiday.objects.get(date="2026-06-15").code is None


def test_a_date_that_the_library_knows_better_follows():
    """The row is as an earlier library would have loaded it: a day earlier."""
    feast = Holiday.objects.get(date="2026-05-27")
    feast.date = date(2026, 5, 26)
    feast.loaded_digest = digest_of(TABLE_OF[Holiday], {"date": feast.date, "name": feast.name})
    feast.save()
    assert load().updated == ["jour férié 2026 Journée de la Tabaski"]
    feast.refresh_from_db()
    assert feast.date == date(2026, 5, 27)
    assert load().changes == 0
