"""« Mes tâches »: what nobody is in time to move on is listed for the administrator who may unblock it, and an opinion
that is late for the DGCT, which may pass over it."""
import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation.choices import OrganisationKind, RemarkState, Role, State
from negotiation.models import Handover, Membership, Passage, Remark, Seat, User
from negotiation.permissions import moves as moves_of
from negotiation.queries import handover, tasks
from negotiation.queries.examinations import of_step
from negotiation.workflow import handovers, moves, remarks
from negotiation.workflow.negotiations import share

from .. import factories

TITLE, OPINIONS = "Examens à débloquer", "Avis en retard à passer outre"
LATE = datetime.date(2020, 1, 1)


@pytest.fixture
def administrator(db):
    return factories.member(factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR)


def late(step, *organisations):
    seats = Seat.objects.filter(passage__submission__progress=step, asked_at__isnull=False)
    (seats.filter(organisation__in=organisations) if organisations else seats).update(due_on=LATE)
    return step


def listed(user, title=TITLE):
    """[(step, until when, what is wrong)] of the group, None without it."""
    groups = {group.title: group.tasks for group in tasks.tasks(User.objects.get(pk=user.pk))}
    return [(task.progress.step.code, task.due_on, task.note) for task in groups[title]] if title in groups else None


def opinion(dossier, code, manager):
    """A step where a State service is awaited for its opinion."""
    step = factories.put(dossier, code, State.SUBMITTED, by=manager)
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    Passage.objects.filter(submission__progress=step, opened_at__isnull=False).update(kind="opinion")
    Seat.objects.filter(passage__submission__progress=step, asked_at__isnull=False).update(organisation=service)
    return step


def test_what_everybody_is_late_on_is_listed(dossier, manager, examiner, administrator):
    late(factories.put(dossier, "D2", State.SUBMITTED, by=manager))
    factories.put(dossier, "D5", State.SUBMITTED, by=manager)
    late(factories.put(dossier, "A1", State.RETURNED, by=manager))
    assert listed(administrator) == [("D2", LATE, "en retard")]


def test_a_step_where_somebody_is_still_in_time_is_not(dossier, manager, dgct, administrator):
    step = late(factories.put(dossier, "D2", State.SUBMITTED, by=manager))
    other = factories.organisation("DNPD", OrganisationKind.SERVICE)
    passage = step.submissions.get().passages.get(kind="examination")
    factories.member(other, Role.ADVISER)
    dossier.openings.create(organisation=other)
    seat = Seat.objects.create(passage=passage, organisation=other, order=2, asked_at=step.changed_at,
                               due_on=datetime.date(2099, 1, 1))
    assert listed(administrator) == []
    Seat.objects.filter(pk=seat.pk).update(due_on=datetime.date(2021, 1, 1))
    assert listed(administrator) == [("D2", datetime.date(2021, 1, 1), "en retard")]


def test_a_step_that_nobody_can_judge_is_listed_at_once(dossier, manager, administrator):
    """There is no DGCT."""
    factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    assert listed(administrator) == [("D2", None, "personne ne peut se prononcer")]


@pytest.mark.parametrize("examined", [False, True])
def test_the_pen_of_a_step_that_nobody_can_judge_is_the_administrators(sign_in, dossier, manager, dgct, administrator,
                                                                       examined):
    """The same test as here: a DGCT without anybody, then one whose examiner may act."""
    if examined:
        factories.member(dgct, Role.EXAMINER)
    factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    client, trapped = sign_in(manager), "personne ne peut s’y prononcer, un administrateur peut débloquer l’étape"
    pages = [client.get(f"/negociations/{dossier.slug}/{end}") for end in ("", "etapes/D2/")]
    assert [[(one.holder, one.verb, one.codes) for one in page.context["dossier"].pen.holdings] for page in pages] == [
        [("DGCT", "examiner", ("D2",)) if examined else ("Administrateur", "débloquer", ("D2",))]] * 2
    assert (trapped in pages[1].content.decode(), bool(listed(administrator))) == (not examined, not examined)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EXAMINER, None])
def test_only_what_the_administrator_may_unblock_is_listed(dossier, kayes, manager, dgct, administrator, role):
    """Not the dossiers of their own Region, nor where they have spoken; the act offered on its page says the same."""
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    if role:
        Membership.objects.create(user=administrator, organisation=dgct if role == Role.EXAMINER else kayes, role=role,
                                  starts_on="2020-01-01")
    person = User.objects.get(pk=administrator.pk)
    if role == Role.EXAMINER:
        moves.move(step, "approve", by=person, version=step.version)
        step.refresh_from_db()
    late(step)
    offered = "unblock" in [offer.action for offer in moves_of(person, step, of_step(step))]
    assert (offered, listed(person)) == (not role, [] if role else [("D2", LATE, "en retard")])


def test_nobody_else_has_the_group(dossier, manager, examiner, director):
    assert [listed(user) for user in (manager, examiner, director)] == [None] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_waits(sign_in, dossier, manager, dgct, administrator, rows):
    for code in ["D1", "D2", "D5"][:rows]:
        late(factories.put(dossier, code, State.SUBMITTED, by=manager))
    client = sign_in(administrator)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/taches/").content.decode()
    assert page.count("/examen/\">") == rows
    assert len(queries) == 6


@pytest.mark.parametrize(("who", "expected"), [
    ("examiner", [("D2", LATE, "en retard")]), ("director", [("D2", LATE, "en retard")]), ("manager", None),
    ("both", None), ("spoken", None), ("adviser", None)])
def test_a_late_opinion_is_listed_for_those_who_may_pass_over_it(dossier, kayes, manager, examiner, director, who,
                                                                 expected):
    """The act offered on its page says the same: not to who writes for the Region, nor to who has spoken."""
    step = opinion(dossier, "D2", manager)
    opinion(dossier, "D5", manager)
    late(step)
    person = {"manager": manager, "director": director}.get(who, examiner)
    if who == "both":
        Membership.objects.create(user=examiner, organisation=kayes, role=Role.EDITOR, starts_on="2020-01-01")
    if who == "spoken":
        passage = step.submissions.get().passages.first()
        Seat.objects.create(passage=passage, organisation=examiner.memberships.first().organisation, order=2,
                            asked_at=step.changed_at, due_on=LATE, voice="favourable", given_by=examiner,
                            given_at=step.changed_at)
    if who == "adviser":
        person = factories.member(factories.organisation("DNPD", OrganisationKind.SERVICE), Role.ADVISER)
    person = User.objects.get(pk=person.pk)
    offered = "skip" in [offer.action for offer in moves_of(person, step, of_step(step))]
    assert (offered, listed(person, OPINIONS)) == (bool(expected), expected)


def test_a_late_decision_is_listed_for_the_administrator(dossier, manager, examiner, director, administrator):
    """A decision falls to nobody else: neither passed over nor handed to the next person."""
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    moves.move(step, "approve", by=examiner, version=step.version)
    assert step.submissions.get().passages.get(opened_at__isnull=False, closed_at__isnull=True).kind == "decision"
    assert listed(administrator) == []
    late(step)
    assert listed(administrator) == [("D2", LATE, "en retard")]
    assert [listed(user, OPINIONS) for user in (examiner, director)] == [None, None]


@pytest.mark.parametrize("rows", [1, 3])
def test_late_opinions_cost_the_same_whatever_waits(sign_in, dossier, manager, examiner, rows):
    for code in ["D1", "D2", "D5"][:rows]:
        late(opinion(dossier, code, manager))
    client = sign_in(examiner)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/taches/").content.decode()
    assert page.count("/examen/\">") == rows
    assert len(queries) == 8


@pytest.mark.parametrize(("who", "links"), [
    ("editor", ["/negociations/"]), ("manager", ["/negociations/ouvrir/", "/negociations/"]),
    ("director", ["/negociations/", "/examens/"]),
    ("administrator", ["/negociations/", "/examens/", "/administration/"])])
def test_the_page_leads_to_what_each_works_on(sign_in, request, dossier, who, links):
    user = request.getfixturevalue(who)
    User.objects.filter(pk=user.pk).update(is_staff=who == "administrator")
    page = sign_in(user).get("/taches/").content.decode()
    actions = page.partition('<p class="actions">')[2].partition("</p>")[0]
    assert re.findall(r'href="([^"]*)"', actions) == links


def test_an_answered_remark_waits_for_the_organisation_that_has_no_more_to_say(dossier, manager, examiner):
    """The last approval waits for it; while the organisation is to speak, the examination itself is its task."""
    step = opinion(dossier, "D2", manager)
    seat = Seat.objects.get(passage__submission__progress=step, asked_at__isnull=False)
    adviser, answers = factories.member(seat.organisation, Role.ADVISER), "Réponses à vos observations"
    share(dossier, seat.organisation, by=manager)
    remarks.write(step, "step", problem="Flou.", request="Précisez.", by=adviser)
    assert listed(adviser, answers) is None
    Remark.objects.update(state=RemarkState.ANSWERED, sent_at=timezone.now())
    assert (listed(adviser, answers), listed(adviser, "Avis à rendre")) == (None, [("D2", seat.due_on, "")])
    moves.move(step, "favourable", by=adviser, version=step.version)
    assert listed(adviser, answers) == [("D2", None, "observation à lever ou à maintenir")]
    assert (listed(examiner, answers), listed(manager, answers)) == (None, None)
    assert tasks.steps_of(adviser, dossier) == {seat.passage.submission.progress_id}
    passation = handovers.propose(Handover(membership=adviser.memberships.get(), successor=factories.member(
        seat.organisation, Role.ADVISER)), by=adviser)
    [one] = handover.content(passation).dossiers
    assert (one.next.sentence, [(found.step.code, words.partition(" ; ")[0]) for found, words in one.waiting]) == (
        "Examiner l’étape D2.", [("D2", "observation à lever ou à maintenir")])
    remarks.settle(Remark.objects.get(), by=adviser)
    assert listed(adviser, answers) is None
