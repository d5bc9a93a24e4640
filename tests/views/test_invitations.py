"""An invitation, from the form to the roles: one mail, a link that serves once, and every way it is refused."""
import html
import io
import logging
import re
import socket
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role
from negotiation.dates import moment
from negotiation.models import Invitation, JournalEntry, Membership, User

from .. import factories

INVITED = "awa.diarra@kayes.example"
PHRASE = "grenier-mil-2026-fleuve"


def text(response):
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def invite(client, organisation, roles=("editor",), email=INVITED, query="", **data):
    return client.post(reverse("team") + query, {
        "email": email, "name": "Awa Diarra", "function": "Chargée de la planification",
        "roles": [f"{organisation.pk}:{role}" for role in roles], **data})


def link(n=-1):
    return re.search(r"https?://testserver(/invitation/\S+/)", mail.outbox[n].body).group(1)


def join(client, url, **data):
    return client.post(url, {"name": "Awa Diarra", "function": "Planification", "password1": PHRASE,
                             "password2": PHRASE, **data})


def acts():
    return list(JournalEntry.objects.filter(negotiation=None).order_by("pk").values_list("action", flat=True))


@pytest.fixture
def invited(sign_in, manager, kayes):
    """Awa is invited as editor; the client is signed out. → the path of her link."""
    client = sign_in(manager)
    assert invite(client, kayes).status_code == 302
    client.logout()
    return link()


def test_one_mail_for_several_roles_says_who_for_what_and_until_when(sign_in, manager, kayes):
    manager.function = "Secrétaire général"
    manager.save()
    assert invite(sign_in(manager), kayes, ["editor", "manager"]).url == "/equipe/"
    [message] = mail.outbox
    invitation = Invitation.objects.get()
    assert (message.to, message.subject) == ([INVITED], "Invitation : Conseil régional de Kayes")
    for words in [f"{manager} (Secrétaire général) vous invite", "- Conseil régional de Kayes, comme rédacteur",
                  "- Conseil régional de Kayes, comme responsable",
                  f"avant le {moment(invitation.expires_at)} (heure de Bamako)"]:
        assert words in message.body
    assert (invitation.sent_count, invitation.expires_at - invitation.invited_at) == (
        1, pytest.approx(timedelta(days=14), abs=timedelta(seconds=5)))


def test_a_new_person_joins_and_the_journal_tells_it(client, invited, manager, kayes):
    page = client.get(invited)
    assert "rédacteur, Conseil régional de Kayes" in text(page)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert join(client, invited).url == "/taches/"
    person = User.objects.get(email=INVITED)
    assert (person.check_password(PHRASE), person.function) == (True, "Planification")
    assert [(m.organisation, m.role, m.starts_on) for m in person.current_memberships] == [
        (kayes, Role.EDITOR, timezone.localdate())]
    assert client.get("/taches/").status_code == 200
    assert list(JournalEntry.objects.order_by("pk").values_list("action", "by_name", "organisation", "subject")) == [
        ("invitation.send", str(manager), kayes.name, f"Awa Diarra : rédacteur, {kayes.name}"),
        ("invitation.accept", "Awa Diarra", kayes.name, f"Awa Diarra : rédacteur, {kayes.name}")]


def test_the_roles_of_an_existing_account_wait_for_its_acceptance(client, sign_in, manager, kayes, stranger):
    """The address may be typed in capitals; the inviter learns nothing of the account."""
    mopti = stranger.memberships.get().organisation
    answer = invite(sign_in(manager), kayes, email=stranger.email.upper())
    page = client.get(answer.url)
    assert str(stranger) not in text(page)
    assert not Membership.objects.filter(user=stranger, organisation=kayes)
    client.logout()
    assert f"/connexion/?next={link()}" in text(client.get(link()))
    assert "password1" not in text(client.get(link()))
    assert join(client, link()).status_code == 200
    assert not Membership.objects.filter(user=stranger, organisation=kayes)
    client.force_login(stranger)
    assert client.post(link()).url == "/equipe/"
    assert {(m.organisation, m.role) for m in stranger.memberships.all()} == {
        (kayes, Role.EDITOR), (mopti, Role.MANAGER)}
    assert client.post(link()).url == "/taches/"
    assert acts() == ["invitation.send", "invitation.accept"]


def test_another_account_cannot_take_the_roles(client, invited, stranger):
    client.force_login(stranger)
    assert "Cette invitation est pour une autre adresse" in text(client.post(invited))
    assert acts() == ["invitation.send"]


def test_a_link_expires_at_the_exact_second(client, invited, monkeypatch):
    expires = Invitation.objects.get().expires_at
    monkeypatch.setattr(timezone, "now", lambda: expires - timedelta(seconds=1))
    page = client.get(invited)
    assert (page.status_code, moment(expires) in html.unescape(page.content.decode())) == (200, True)
    monkeypatch.setattr(timezone, "now", lambda: expires)
    for response in (client.get(invited), join(client, invited)):
        assert response.status_code == 410
        assert f"a expiré le {' '.join(moment(expires).split())}" in text(response)
    assert not User.objects.filter(email=INVITED).exists()


def test_a_revoked_link_is_refused_in_words(client, sign_in, invited, manager):
    pk = Invitation.objects.get().pk
    sign_in(manager)
    for _ in range(2):
        assert client.post(reverse("invitation_revoke", args=[pk])).url == "/equipe/"
    client.logout()
    for response in (client.get(invited), join(client, invited)):
        assert (response.status_code, "a été révoquée" in text(response)) == (410, True)
    assert acts() == ["invitation.send", "invitation.revoke"]


def test_sending_again_kills_the_old_link(client, sign_in, invited, manager):
    pk = Invitation.objects.get().pk
    sign_in(manager).post(reverse("invitation_resend", args=[pk]))
    client.logout()
    assert len(mail.outbox) == 2
    old = join(client, invited)
    assert (old.status_code, "une invitation plus récente" in text(old)) == (404, True)
    assert join(client, link()).url == "/taches/"
    assert Invitation.objects.get().sent_count == 2


def test_a_link_serves_once(client, invited):
    assert join(client, invited).status_code == 302
    client.logout()
    again = join(client, invited, name="Une autre")
    assert (again.status_code, "a déjà servi" in text(again)) == (410, True)
    assert User.objects.get(email=INVITED).name == "Awa Diarra"


def test_an_unknown_link_says_nothing_of_anybody(client, invited):
    known = Invitation.objects.get()
    for token in ("x", "é" * 50, "a" * 3000, "%00", known.token_hash):
        response = client.get(f"/invitation/{token}/")
        assert (response.status_code, INVITED in text(response)) == (404, False)


@pytest.mark.parametrize(("password", "words"), [
    ("trop-court", "au minimum 12 caractères"), ("password1234", "trop courant"), (INVITED, "trop semblable"),
])
def test_the_validators_of_passwords_apply(client, invited, password, words):
    response = join(client, invited, password1=password, password2=password)
    assert response.status_code == 422
    assert words in text(response)
    assert 'value="Awa Diarra"' in text(response)
    assert f'type="password" value="{password}"' not in text(response)
    assert not User.objects.filter(email=INVITED).exists()


def test_two_different_passwords_are_refused(client, invited):
    assert "ne sont pas les mêmes" in text(join(client, invited, password2="autre-phrase-de-passe"))
    assert not User.objects.filter(email=INVITED).exists()


def test_a_double_click_invites_once(sign_in, manager, kayes):
    client = sign_in(manager)
    for _ in range(2):
        assert invite(client, kayes, key="une-clé").status_code == 302
    assert (len(mail.outbox), Invitation.objects.count(), acts()) == (1, 1, ["invitation.send"])


def test_a_person_is_invited_once_and_a_member_not_at_all(sign_in, manager, editor, kayes):
    client = sign_in(manager)
    invite(client, kayes)
    twice = invite(client, kayes, ["manager"])
    member = invite(client, kayes, email=editor.email)
    assert (twice.status_code, member.status_code, len(mail.outbox)) == (422, 422, 1)
    assert "attend déjà cette personne" in text(twice)
    assert "a déjà ce rôle" in text(member)
    assert "Chargée de la planification" in text(member)


@pytest.fixture
def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_mail_server_that_refuses_loses_no_invitation(sign_in, manager, kayes, settings, closed_port, caplog):
    outbox = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port
    client = sign_in(manager)
    page = client.get(invite(client, kayes).url)
    assert "Le message n’est pas parti" in text(page)
    assert "Non envoyée" in text(page)
    invitation = Invitation.objects.get()
    assert (invitation.sent_at, invitation.sent_count) == (None, 0)
    assert "Invitation" in caplog.text
    assert "/invitation/" not in caplog.text
    settings.EMAIL_BACKEND = outbox
    page = client.post(reverse("invitation_resend", args=[invitation.pk]), follow=True)
    assert "L’invitation est envoyée" in text(page)
    assert "Non envoyée" not in text(page)
    client.logout()
    assert join(client, link()).url == "/taches/"


class WithDepth(EmailBackend):
    """How many transactions are open while a message leaves."""
    depths = []

    def send_messages(self, messages):
        self.depths.append(len(connection.atomic_blocks))
        return super().send_messages(messages)


def test_the_mail_leaves_outside_every_transaction(sign_in, manager, kayes, settings):
    WithDepth.depths.clear()
    settings.EMAIL_BACKEND = f"{__name__}.WithDepth"
    client = sign_in(manager)
    invite(client, kayes)
    client.post(reverse("invitation_resend", args=[Invitation.objects.get().pk]))
    assert WithDepth.depths == [len(connection.atomic_blocks)] * 2


def test_sending_again_is_slowed_down(sign_in, manager, kayes):
    client = sign_in(manager)
    invite(client, kayes)
    url = reverse("invitation_resend", args=[Invitation.objects.get().pk])
    for _ in range(5):
        page = client.post(url, follow=True)
    assert len(mail.outbox) == 4
    assert "Trop d’envois" in text(page)


def test_opening_accounts_is_slowed_down(client, invited):
    answers = [join(client, invited, password1="court").status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def test_the_log_never_holds_a_link(client, invited, monkeypatch):
    """A refusal is not told there; a fault is, with the address of its page but without the link."""
    [handler] = [h for h in logging.getLogger().handlers if h.get_name() == "stderr"]
    monkeypatch.setattr(handler, "stream", io.StringIO())
    join(client, invited, password1="court")
    logging.getLogger("django.request").error("Internal Server Error: %s", invited)
    assert re.findall(r"(?:WARNING|ERROR) (.*)", handler.stream.getvalue()) == [
        "django.request Internal Server Error: /invitation/…/"]


def test_only_the_fingerprint_of_the_link_is_kept(invited):
    token = invited.split("/")[2]
    kept = [str(value) for value in Invitation.objects.values_list().get()] + [
        f"{entry.subject} {entry.details} {entry.key}" for entry in JournalEntry.objects.all()]
    assert [value for value in kept if token in value] == []


def test_who_may_invite_where(client, kayes, dgct, manager, editor, examiner, director, stranger):
    platform = factories.organisation("Application", OrganisationKind.PLATFORM)
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    people = {"manager": manager, "editor": editor, "examiner": examiner, "director": director, "stranger": stranger,
              "administrator": factories.member(platform, Role.ADMINISTRATOR),
              "adviser": factories.member(service, Role.ADVISER), "partner": factories.member(partner, Role.PARTNER)}
    found = set()
    for who, user in people.items():
        for organisation in (kayes, dgct, service, partner, platform):
            for role in Role:
                client.force_login(user)
                before = Invitation.objects.count()
                answer = invite(client, organisation, [role], email=f"{who}.{organisation.pk}.{role}@exemple.example",
                                query=f"?organisation={organisation.pk}")
                assert answer.status_code in (302, 403, 422)
                if Invitation.objects.count() > before:
                    found.add((who, organisation.kind, role))
    offered = {("manager", "council", Role.EDITOR), ("manager", "council", Role.MANAGER),
               ("director", "dgct", Role.EXAMINER), ("director", "dgct", Role.DIRECTOR)}
    assert found == offered | {("administrator", kind, role) for kind, role in [
        ("council", Role.EDITOR), ("council", Role.MANAGER), ("dgct", Role.EXAMINER), ("dgct", Role.DIRECTOR),
        ("service", Role.ADVISER), ("partner", Role.PARTNER), ("platform", Role.ADMINISTRATOR)]}


def test_an_administrator_invites_to_two_teams_in_one_mail(client, kayes, dgct):
    admin = factories.member(factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR)
    client.force_login(admin)
    client.post(f"{reverse('team')}?organisation={kayes.pk}&organisation={dgct.pk}", {
        "email": INVITED, "name": "Awa", "roles": [f"{kayes.pk}:editor", f"{dgct.pk}:examiner"]})
    [message] = mail.outbox
    assert message.subject == "Invitation à rejoindre CPER/D"
    assert "Conseil régional de Kayes, comme rédacteur" in message.body
    assert "DGCT, comme examinateur" in message.body


def test_a_stranger_s_invitation_does_not_exist(client, invited, stranger, editor):
    pk = Invitation.objects.get().pk
    for user in (stranger, editor):
        client.force_login(user)
        for name in ("invitation_resend", "invitation_revoke"):
            assert client.post(reverse(name, args=[pk])).status_code == 404
    assert (len(mail.outbox), acts()) == (1, ["invitation.send"])
