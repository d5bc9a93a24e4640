"""« Notifications » and their settings: one's own only, the counter, marking read, frequencies."""
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import USUAL_FREQUENCY, Frequency, NoticeKind
from negotiation.models import Notification, NotificationChoice, User
from negotiation.queries.notifications import frequencies
from negotiation.workflow.notices import settle, tell


def note(user, title="Un titre", **fields):
    tell([user], NoticeKind.TURN, f"essai:{Notification.objects.count()}", title, "Un texte.", "/equipe/", **fields)
    return Notification.objects.latest("pk")


def words(response):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))).replace("\xa0", " ")


def titles(response):
    return re.findall(r'<p><a href="/equipe/">(?:<strong>)?([^<]*)<', response.content.decode())


def unread(user):
    return User.objects.get(pk=user.pk).n_unread


def test_the_list_shows_one_s_own_newest_first(sign_in, manager, editor, dossier):
    for title in ("Ancienne", "Récente"):
        note(manager, title)
    note(editor, "D’un autre")
    settle(pk=note(manager, "Réglée").pk)
    page = sign_in(manager).get("/notifications/")
    assert titles(page) == ["Réglée", "Récente", "Ancienne"]
    assert (words(page).count("non lue "), words(page).count("réglée")) == (2, 1)


def test_reading_one_or_all_up_to_what_the_page_showed(sign_in, manager):
    client = sign_in(manager)
    first, second, third = note(manager), note(manager), note(manager)
    assert unread(manager) == 3
    assert client.post(f"/notifications/{first.pk}/lue/").url == "/notifications/"
    assert unread(manager) == 2
    for until in ("", "abc", "-1", "9" * 30, "²"):
        assert client.post("/notifications/lues/", {"until": until}).url == "/notifications/"
    assert unread(manager) == 2
    client.post("/notifications/lues/", {"until": second.pk})
    assert (unread(manager), Notification.objects.get(read_at=None)) == (1, third)


def test_those_of_others_do_not_exist(sign_in, manager, editor, stranger, dossier):
    theirs = note(editor)
    client = sign_in(manager)
    assert [client.post(f"/notifications/{pk}/lue/").status_code for pk in (theirs.pk, 10**9)] == [404, 404]
    client.post("/notifications/lues/", {"until": 10**9})
    assert unread(editor) == 1


def test_those_of_a_dossier_that_one_no_longer_sees_are_not_shown(sign_in, stranger, dossier):
    row = note(stranger, "Un secret", negotiation=dossier)
    client = sign_in(stranger)
    assert titles(client.get("/notifications/")) == []
    assert client.post(f"/notifications/{row.pk}/lue/").status_code == 404


def test_the_counter_is_on_every_page_and_costs_no_query(sign_in, manager, dossier):
    client, counted = sign_in(manager), []
    for number in (0, 3):
        for _ in range(number):
            note(manager)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/negociations/{dossier.slug}/")
        counted.append(len(queries))
        assert re.findall(r'user__count">(\d+)', page.content.decode()) == ([str(number)] if number else [])
    assert counted[0] == counted[1] <= 15


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(sign_in, manager, dossier, rows):
    for _ in range(rows):
        note(manager, negotiation=dossier)
    client = sign_in(manager)
    with CaptureQueriesContext(connection) as queries:
        client.get("/notifications/")
    assert len(queries) == 5


def test_pages_of_thirty(sign_in, manager):
    for number in range(31):
        note(manager, f"N° {number}")
    client = sign_in(manager)
    assert [len(titles(client.get(f"/notifications/?page={page}"))) for page in ("1", "2", "9", "x")] == [30, 1, 1, 30]


def test_choosing_frequencies(sign_in, manager):
    client = sign_in(manager)
    assert frequencies(manager) == {kind.value: value.value for kind, value in USUAL_FREQUENCY.items()}
    chosen = frequencies(manager) | {"turn": "daily", "booklet": "never"}
    assert client.post("/notifications/reglages/", chosen).url == "/notifications/reglages/"
    assert frequencies(manager) == chosen
    assert NotificationChoice.objects.count() == 2
    assert '<option value="never" selected>' in client.get("/notifications/reglages/").content.decode()


def test_an_unknown_frequency_is_refused_and_nothing_is_lost(sign_in, manager):
    client = sign_in(manager)
    page = client.post("/notifications/reglages/", frequencies(manager) | {"turn": "souvent", "late": Frequency.WEEKLY})
    assert page.status_code == 422
    assert NotificationChoice.objects.count() == 0
    assert 'value="weekly" selected' in page.content.decode()
