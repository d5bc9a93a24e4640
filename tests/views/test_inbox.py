"""The inbox of examinations: what waits for whom, filtered, counted, and answered by an opinion."""
import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import OrganisationKind, RemarkState, Role, State
from negotiation.models import GridActor, Remark, Seat, Step
from negotiation.workflow.negotiations import share

from .. import factories
from .conftest import address, go, remark, text_of


@pytest.fixture
def waiting(dossier, manager, dgct, stranger):
    """D2 at the examination, late; D5 at the decision; C4 at its opinion; A1 of Mopti at the examination."""
    Step.objects.update(checks=[])
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    service.grid_actor = GridActor.objects.get(code="dnpd")
    service.save()
    share(dossier, service, by=manager)
    found = {code: factories.put(dossier, code, State.SUBMITTED, by=manager) for code in ("C4", "D2", "D5")}
    go(found["D5"], "approve", factories.member(dgct, Role.EXAMINER))
    Seat.objects.filter(passage__submission__progress=found["D2"], asked_at__isnull=False).update(
        due_on=datetime.date(2020, 1, 1))
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    factories.put(other, "A1", State.SUBMITTED, by=stranger)
    return found | {"adviser": factories.member(service, Role.ADVISER)}


def listed(client, query=""):
    page = client.get(f"/examens/{query}")
    return [re.sub(r"\s", "", code) for code in re.findall(
        r'etapes/([A-G]\d)/examen/">', page.content.decode())]


@pytest.mark.parametrize(("query", "expected"), [
    ("", ["D2", "A1", "C4", "D5"]), ("?region=mopti", ["A1"]), ("?region=kayes", ["D2", "C4", "D5"]),
    ("?niveau=opinion", ["C4"]), ("?niveau=decision", ["D5"]), ("?niveau=autre", ["D2", "A1", "C4", "D5"]),
    ("?moi=1", ["D2", "A1"]), ("?retard=1", ["D2"]), ("?retard=1&region=mopti", []), ("?region=%00", []),
    ("?page=9", ["D2", "A1", "C4", "D5"]),
])
def test_the_inbox_is_filtered(sign_in, waiting, examiner, query, expected):
    found = listed(sign_in(examiner), query)
    assert (found[:1], sorted(found)) == (expected[:1], sorted(expected))


def test_each_reviewer_sees_what_waits_for_them(sign_in, waiting, examiner, director):
    found = {}
    for who, user in (("director", director), ("adviser", waiting["adviser"])):
        client = sign_in(user)
        found[who] = (sorted(listed(client)), listed(client, "?moi=1"))
    assert found == {"director": (["A1", "C4", "D2", "D5"], ["D5"]), "adviser": (["C4", "D2", "D5"], ["C4"])}


@pytest.mark.parametrize("name", ["review", "step"])
def test_an_opinion_is_chosen_in_one_form(sign_in, waiting, name):
    page = sign_in(waiting["adviser"]).get(address(name, waiting["C4"])).content.decode()
    assert re.findall(r'class="move" method="post" action="([^"]*)"', page) == [
        address("step_move", waiting["C4"], "opinion")]
    assert re.findall(r'<input type="radio" name="voice" value="(\w+)"', page) == [
        "favourable", "reserved", "unfavourable"]
    assert page.count('name="reason"') == 1


def test_the_inbox_counts_remarks_and_says_who_follows(sign_in, waiting, examiner):
    remark(waiting["D2"], examiner)
    remark(waiting["D2"], examiner, "answer:D2.Q1")
    Remark.objects.filter(target="step").update(state=RemarkState.SETTLED, sent_at=waiting["D2"].changed_at,
                                                settled_at=waiting["D2"].changed_at, settled_by=examiner)
    page = text_of(sign_in(examiner).get("/examens/?retard=1"))
    assert "1 attente." in page
    assert f"suivie par {examiner}, 1 observation<" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_costs_the_same_whatever_it_holds(sign_in, dossier, manager, examiner, dgct, rows):
    for code in ["D1", "D2", "D5"][:rows]:
        remark(factories.put(dossier, code, State.SUBMITTED, by=manager), examiner)
    client = sign_in(examiner)
    with CaptureQueriesContext(connection) as queries:
        assert len(listed(client)) == rows
    assert len(queries) == 6
