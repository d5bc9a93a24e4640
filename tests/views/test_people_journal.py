"""« Journal des personnes »: the acts without a dossier; all for administrators, those of a team for who leads it."""
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation.choices import Action, OrganisationKind, Role
from negotiation.models import Deputy, Handover, Invitation
from negotiation.workflow import deputies, handovers, invitations, memberships
from negotiation.workflow.journal import record

from .. import factories

URL = "/equipe/journal/"


@pytest.fixture
def administrator(db):
    return factories.member(factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR)


def invite(name, *roles, by):
    return invitations.invite(Invitation(email=f"{name}@exemple.example".lower(), name=name), roles, by=by)[0]


def told(client, query=""):
    """The sentences of the page, newest first."""
    page = client.get(URL + query).content.decode()
    found = re.findall(r"<strong>(.*?)</strong>(.*?) <span", page, re.S)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", "".join(one))).split()) for one in found]


@pytest.fixture
def acts(dossier, manager, editor, kayes, dgct, director, administrator, stranger):
    """Acts of every kind at Kayes, one at Mopti, one at the DGCT, one for both."""
    today = timezone.localdate()
    mopti = stranger.current_memberships[0].organisation
    other = factories.member(kayes, Role.EDITOR)
    invitations.revoke(invite("Awa", (kayes, Role.EDITOR), by=manager), by=manager)
    deputies.name(Deputy(membership=editor.memberships.get(), deputy=other, starts_on=today, ends_on=today), by=editor)
    handovers.propose(Handover(membership=editor.memberships.get(), successor=other), by=editor)
    memberships.end(other.memberships.get(), by=administrator)
    invite("Bakary", (mopti, Role.EDITOR), by=stranger)
    invite("Coumba", (dgct, Role.EXAMINER), by=director)
    invite("Demba", (kayes, Role.EDITOR), (mopti, Role.EDITOR), by=administrator)
    record(Action.RECORD_CHANGE, "réglage", by=None)
    return other


def test_the_journal_of_people_reads_like_minutes(sign_in, acts, manager, editor, administrator):
    who = f"{manager}, Conseil régional de Kayes,"
    theirs, day = f"{editor}, Conseil régional de Kayes,", f"{timezone.localdate():%d/%m/%Y}"
    assert told(sign_in(manager)) == [
        f"{administrator}, Application, invite à rejoindre une équipe : Demba : rédacteur, Conseil régional de Kayes ; "
        "rédacteur, Conseil régional de Mopti.",
        f"{administrator}, Application, met fin à une appartenance : {acts} : rédacteur, Conseil régional de Kayes.",
        f"{administrator}, Application, met fin à une suppléance : {acts}, suppléance de {editor} (rédacteur, Conseil "
        f"régional de Kayes), du {day} au {day}.",
        f"{theirs} propose une passation : {editor} → {acts} : rédacteur, Conseil régional de Kayes.",
        f"{theirs} désigne un suppléant : {acts}, suppléance de {editor} (rédacteur, Conseil régional de Kayes), "
        f"du {day} au {day}.",
        f"{who} révoque une invitation : Awa : rédacteur, Conseil régional de Kayes.",
        f"{who} invite à rejoindre une équipe : Awa : rédacteur, Conseil régional de Kayes."]


def names(lines):
    return [next((name for name in ("Awa", "Bakary", "Coumba", "Demba") if name in line), "-") for line in lines]


def test_who_leads_a_team_reads_its_acts_only_and_an_administrator_all(
        sign_in, acts, director, stranger, administrator):
    found = {who: names(told(sign_in(user))) for who, user in (
        ("director", director), ("stranger", stranger), ("administrator", administrator))}
    assert found == {"director": ["Coumba"], "stranger": ["Demba", "Bakary"],
                     "administrator": ["-", "Demba", "Coumba", "Bakary", "-", "-", "-", "-", "Awa", "Awa"]}


def test_the_team_page_leads_there_whoever_may_read_it(sign_in, editor, manager, administrator):
    found = [f'href="{URL}"' in sign_in(user).get("/equipe/").content.decode()
             for user in (editor, manager, administrator)]
    assert found == [False, True, True]
    assert sign_in(editor).get(URL).status_code == 403


def test_a_deputy_of_the_manager_does_not_read_it(sign_in, manager, editor):
    """What concerns people rests on one's own memberships."""
    today = timezone.localdate()
    deputies.name(Deputy(membership=manager.memberships.get(), deputy=editor, starts_on=today, ends_on=today),
                  by=manager)
    assert sign_in(editor).get(URL).status_code == 403


def test_its_pages(sign_in, administrator):
    for number in range(35):
        record(Action.MEMBERSHIP_END, f"Départ {number}", by=administrator)
    client = sign_in(administrator)
    pages = [client.get(URL + query).context["page"] for query in ("", "?page=2", "?page=9", "?page=x")]
    assert [([line.entry.subject for line in page.lines][:1], len(page.lines), page.number, page.has_next)
            for page in pages] == [(["Départ 34"], 30, 1, True), (["Départ 4"], 5, 2, False),
                                   (["Départ 34"], 30, 1, True), (["Départ 34"], 30, 1, True)]
    assert 'rel="next" href="?page=2"' in client.get(URL).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_it_holds(sign_in, kayes, manager, rows):
    for number in range(rows):
        invite(f"Awa{number}", (kayes, Role.EDITOR), by=manager)
    client = sign_in(manager)
    with CaptureQueriesContext(connection) as queries:
        assert len(told(client)) == rows
    assert len(queries) == 6
