"""When mails leave and what they hold; what a failing server, a crash, a reading or a settlement change."""
import socket
from contextlib import closing
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from negotiation.choices import Frequency, NoticeKind, Role, State
from negotiation.models import JournalEntry, Membership, Notification, NotificationChoice, Seat, Step
from negotiation.notifications.sending import send
from negotiation.workflow import moves, notices, outbox

from .. import factories

KINDS = list(NoticeKind)


def run(*args):
    out = StringIO()
    call_command("send_notifications", *args, stdout=out)
    return out.getvalue().replace("\xa0", " ")


def subjects():
    """[(address, subject)] of the mails since the last question, sorted."""
    found = sorted((one.to[0], one.subject.replace("\xa0", " ")) for one in mail.outbox)
    mail.outbox.clear()
    return found


def sent_on(at, days):
    """{day: [subject]} of what two runs of each day send."""
    found = {}
    for day in days:
        at(day)
        run()
        at(day, 15)
        run()
        if titles := [subject for _, subject in subjects()]:
            found[day] = titles
    return found


@pytest.mark.parametrize(("frequency", "expected"), [
    (Frequency.IMMEDIATE, {10: ["CPER/D : A"], 11: ["CPER/D : B"], 14: ["CPER/D : C"]}),
    (Frequency.DAILY, {14: ["CPER/D : 2 notifications, 14 juillet 2026"], 15: ["CPER/D : C"]}),
    # The Monday is closed: the week's digest leaves on Tuesday; what is written that day, the Monday after.
    (Frequency.WEEKLY, {14: ["CPER/D : 2 notifications, 14 juillet 2026"], 20: ["CPER/D : C"]}),
    (Frequency.NEVER, {}),
])
def test_each_frequency_leaves_on_its_days(at, note, manager, frequency, expected):
    notices.choose(manager, dict.fromkeys(KINDS, frequency))
    found = {}
    for day in range(6, 24):
        at(day, 8)
        for title in {10: ["A"], 11: ["B"], 14: ["C"]}.get(day, []):
            note(manager, title=title)
        found |= sent_on(at, [day])
    assert found == expected


def test_a_digest_is_one_mail_for_each_person_whatever_the_kinds(at, note, manager, editor):
    at(9)
    for user in (manager, editor):
        note(user, NoticeKind.TEAM, "Équipe")
        note(user, NoticeKind.BOOKLET, "Livret")
        note(user, NoticeKind.TURN, "À vous")
    run()
    assert subjects() == sorted((user.email, "CPER/D : À vous") for user in (manager, editor))
    at(14)
    run()
    assert subjects() == sorted((user.email, "CPER/D : 2 notifications, 14 juillet 2026") for user in (manager, editor))
    run()
    assert subjects() == []


def test_a_mail_is_useful_without_the_link_and_leads_to_the_site(at, note, manager, settings):
    settings.SITE_URL = "https://cper.example.ml"
    note(manager, NoticeKind.TURN, "À corriger, étape A1", "Motif : « Chiffrez. »")
    run()
    one = mail.outbox[0]
    assert one.body == (
        f"Bonjour {manager.name},\n\nÀ corriger, étape A1\nMotif : « Chiffrez. »\nhttps://cper.example.ml/equipe/\n\n"
        "Vous recevez ce message parce que vous participez à cette négociation dans CPER/D. Pour choisir ce que vous "
        "recevez, et quand :\nhttps://cper.example.ml/notifications/reglages/\n")
    assert (one.extra_headers["Auto-Submitted"], one.extra_headers["Message-ID"].endswith("@cper.example.ml>"),
            one.content_subtype) == ("auto-generated", True, "plain")


def test_nothing_typed_begins_a_header_or_a_false_line(at, note, manager):
    evil = "Titre\r\nBcc: voleur@exemple.example\r\n\r\nCorps"
    manager.name = "Nom\r\nBcc: autre@exemple.example"
    manager.save()
    note(manager, NoticeKind.TURN, evil, f"Motif : {notices.quoted(evil)}\x0b\x85Fin")
    run()
    message = mail.outbox[0].message()
    assert [name for name in message if name.lower() == "bcc"] == []
    assert mail.outbox[0].recipients() == [manager.email]
    assert "\r" not in mail.outbox[0].body
    assert "Bcc: voleur" not in [line[:11] for line in mail.outbox[0].body.split("\n")]


def test_a_title_altered_in_the_base_begins_no_header_either(at, note, manager):
    note(manager, NoticeKind.TURN)
    Notification.objects.update(title="Titre\r\nBcc: voleur@exemple.example\x01")
    run()
    assert subjects() == [(manager.email, "CPER/D : Titre Bcc: voleur@exemple.example ")]


def test_what_was_read_settled_or_is_no_longer_theirs_never_leaves(at, note, manager, editor, dossier, kayes):
    notices.mark_read(manager, pk=note(manager, NoticeKind.TURN).pk)
    note(manager, NoticeKind.TURN, topic="step:1")
    notices.settle(topic="step:1")
    theirs = note(editor, NoticeKind.TURN, negotiation=dossier)
    closed = note(factories.member(kayes, Role.EDITOR, is_active=False), NoticeKind.TURN)
    Membership.objects.filter(user=editor).update(ends_on=timezone.localdate() - timedelta(days=1))
    run()
    assert subjects() == []
    theirs.refresh_from_db()
    assert (bool(theirs.settled_at), closed.mailed_at) == (True, None)


@pytest.fixture
def submitted(at, dossier, manager, examiner, director):
    """D2, submitted by the act."""
    Step.objects.update(checks=[])
    progress = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    notices.moved(progress, progress.submissions.get(), by=manager)
    return progress


def test_a_decision_before_the_run_leaves_no_mail_about_the_turn(submitted, examiner, director):
    moves.move(submitted, "approve", by=examiner, version=submitted.version)
    run()
    assert [to for to, _ in subjects()] == [director.email]


def test_a_turn_that_has_become_somebody_else_s_does_not_leave(submitted, examiner, dgct):
    """The examiner has changed office; a seat that spoke without settling would not be told either."""
    examiner.memberships.update(role=Role.DIRECTOR)
    run()
    assert subjects() == []
    assert Notification.objects.get(user=examiner).settled_at


def test_the_region_gets_no_mail_before_the_decision(submitted, examiner, director, manager, editor):
    notices.choose(manager, dict.fromkeys(KINDS, Frequency.IMMEDIATE))
    moves.move(submitted, "approve", by=examiner, version=submitted.version)
    run()
    assert {to for to, _ in subjects()} == {director.email}
    submitted.refresh_from_db()
    moves.move(submitted, "return", by=director, version=submitted.version, reason="À revoir.")
    run()
    assert {to for to, _ in subjects()} == {manager.email, editor.email}


def test_preview_tells_everything_and_does_nothing(submitted, at, note, manager, examiner, director):
    Seat.objects.filter(asked_at__isnull=False).update(due_on=timezone.localdate() - timedelta(days=1))
    before = (list(Notification.objects.values()), JournalEntry.objects.count())
    at(7)
    expected = [f"À {examiner.email} — CPER/D : Examen attendu : étape D2 — Région de Kayes",
                f"À {examiner.email} — CPER/D : Échéance passée, étape D2 — Région de Kayes",
                f"À {director.email} — CPER/D : En retard, étape D2 — Région de Kayes"]
    told = run("--preview").splitlines()
    assert (sorted(told[:-1]), told[-1]) == (
        sorted(expected), "Courriels qui partiraient : 3. Rien n’est envoyé, rien n’est écrit.")
    assert (mail.outbox, list(Notification.objects.values()), JournalEntry.objects.count()) == ([], *before)
    assert run() == "Retards signalés : 1. Rappels écrits : 1. Courriels envoyés : 3.\n"
    assert [f"À {to} — {subject}" for to, subject in subjects()] == sorted(expected)
    assert run() == "Retards signalés : 0. Rappels écrits : 0. Courriels envoyés : 0.\n"


def closed_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_server_that_fails_loses_nothing_and_blocks_no_act(submitted, note, manager, examiner, director, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", closed_port()
    settings.EMAIL_HOST = "127.0.0.1"
    note(manager, NoticeKind.TURN)
    with pytest.raises(CommandError) as refusal:
        run()
    assert str(refusal.value) == (
        "Courriels non partis : 2 (dernière erreur du serveur de courrier : ConnectionRefusedError). Rien n’est "
        "perdu : ils repartiront au prochain passage.")
    assert set(Notification.objects.values_list("mailed_at", "claimed_at")) == {(None, None)}
    moves.move(submitted, "approve", by=examiner, version=submitted.version)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run()
    assert [to for to, _ in subjects()] == sorted([manager.email, director.email])


def test_one_address_that_fails_does_not_hold_the_others(at, note, manager, editor):
    manager.email = "sans\narobase"
    manager.save()
    for user in (manager, editor):
        note(user, NoticeKind.TURN)
    with pytest.raises(CommandError, match="^Courriels non partis : 1 "):
        run()
    assert subjects() == [(editor.email, "CPER/D : Un titre")]


def test_a_process_that_dies_leaves_a_claim_that_runs_out(at, note, manager):
    """Nothing is lost; the mail may leave twice, under the same Message-ID."""
    row = note(manager, NoticeKind.TURN)
    now = at(6)
    assert [one.pk for one in outbox.claim([row.pk], now)] == [row.pk]
    assert send(now + outbox.LEASE).sent == 0
    assert send(now + outbox.LEASE + timedelta(seconds=1)).sent == 1
    row.refresh_from_db()
    assert (bool(row.mailed_at), row.claimed_at) == (True, None)


def test_who_wanted_no_mail_is_not_sent_the_past(at, note, manager):
    notices.choose(manager, {NoticeKind.TURN: Frequency.NEVER})
    note(manager, NoticeKind.TURN, "Avant")
    at(7)
    notices.choose(manager, {NoticeKind.TURN: Frequency.IMMEDIATE})
    note(manager, NoticeKind.TURN, "Après")
    run()
    assert subjects() == [(manager.email, "CPER/D : Après")]
    assert NotificationChoice.objects.count() == 1
