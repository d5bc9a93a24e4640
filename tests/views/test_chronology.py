"""The chronology: events in order, year by year, dated no more precisely than they are known."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import Nature, OrganisationKind, Role, State
from negotiation.models import Event, Negotiation, Opening
from negotiation.queries import chronology as read

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/chronologie/"


def add(dossier, date, code=None, **fields):
    return Event.objects.create(
        negotiation=dossier, date=datetime.date.fromisoformat(date),
        progress=dossier.steps.get(step__code=code) if code else None,
        **{"title": "Réunion", "kind": "meeting"} | fields)


def shown(page):
    return [(year, [line.event for line in lines]) for year, lines in page.years]


def test_events_come_in_order_year_by_year(dossier):
    last, first, second = add(dossier, "2026-05-01"), add(dossier, "2025-03-01"), add(dossier, "2025-04-01")
    assert shown(read.page(dossier)) == [(2025, [first, second]), (2026, [last])]


def test_filters_keep_one_phase_and_one_kind(dossier):
    found = add(dossier, "2026-01-01", "B2", kind="signature")
    add(dossier, "2026-01-02", "B2")
    add(dossier, "2026-01-03", "C1", kind="signature")
    add(dossier, "2026-01-04", kind="signature")
    page = read.page(dossier, "B", "signature")
    assert (shown(page), page.shown, page.total) == ([(2026, [found])], 1, 4)


@pytest.mark.parametrize("query", ["?phase=Z&nature=x", "?phase=b"])
def test_a_filter_that_does_not_exist_filters_nothing(sign_in, editor, dossier, url, query):
    add(dossier, "2026-01-01")
    page = sign_in(editor).get(url + query).context["page"]
    assert (page.shown, page.filtered) == (1, False)


@pytest.mark.parametrize(("precision", "said"), [
    ("day", "1er\xa0août 2026"), ("month", ">août 2026"), ("year", ">2026 ")])
def test_a_date_is_said_as_precisely_as_it_is_known(sign_in, editor, dossier, url, precision, said):
    add(dossier, "2026-08-01", precision=precision)
    assert f'timeline__date">{said.lstrip(">")}' in sign_in(editor).get(url).content.decode()


def test_two_dates_are_said_as_one_period_here_and_on_the_step(sign_in, editor, dossier, url):
    add(dossier, "2026-08-01", "A1", end_date="2026-08-03")
    client = sign_in(editor)
    for path in (url, f"/negociations/{dossier.slug}/etapes/A1/"):
        assert 'timeline__date">du 1er au 3\xa0août 2026 ·' in client.get(path).content.decode()


@pytest.mark.parametrize(("nature", "label"), [(Nature.REAL, "Non renseigné"),
                                               (Nature.RECONSTITUTED, "Non documenté")])
def test_what_is_empty_is_named_on_one_line(sign_in, editor, dossier, url, nature, label):
    Negotiation.objects.update(nature=nature)
    add(dossier, "2026-08-01", place="Kayes")
    html = sign_in(editor).get(url).content.decode()
    assert f'<dt class="muted">{label}</dt><dd class="muted">Participants, décisions et suites, source</dd>' in html


def test_an_empty_chronology_says_so(sign_in, editor, url):
    client = sign_in(editor)
    assert "Aucun événement n’est inscrit." in client.get(url).content.decode()
    assert "0 événement" not in client.get(url).content.decode()
    assert "Aucun événement ne répond à ce filtre." in client.get(f"{url}?phase=A").content.decode()


def test_who_reads_and_who_has_buttons(sign_in, dossier, editor, examiner, stranger, url):
    event = add(dossier, "2026-08-01")
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    Opening.objects.create(negotiation=dossier, organisation=partner)
    found = []
    for user in (editor, examiner, factories.member(partner, Role.PARTNER), stranger):
        page = sign_in(user).get(url)
        found.append((page.status_code, f"fiches/evenements/{event.pk}/".encode() in page.content,
                      b"fiches/evenements/ajouter/" in page.content))
    assert found == [(200, True, True), (200, False, False), (200, False, False), (404, False, False)]


def test_a_closed_step_offers_no_change(sign_in, editor, dossier, url):
    event = add(dossier, "2026-08-01", "A1")
    dossier.steps.filter(step__code="A1").update(state=State.SUBMITTED)
    html = sign_in(editor).get(url).content.decode()
    assert f"fiches/evenements/{event.pk}/" not in html
    assert "(soumise\u00a0: la fiche ne se modifie plus)" in html


def test_the_page_costs_the_same_with_one_row_and_three(sign_in, editor, dossier, url):
    client, counts = sign_in(editor), []
    for codes in (["A1"], ["B2", None]):
        for code in codes:
            add(dossier, "2026-08-01", code)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts == [9, 9]
