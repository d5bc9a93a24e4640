"""A seat where somebody is awaited: whoever could speak there leaves, is closed out, or comes back."""
import datetime
import itertools

import pytest
from django.utils import timezone

from negotiation.choices import LevelKind, OrganisationKind, Role, State
from negotiation.models import (
    Deputy,
    GridActor,
    Membership,
    Negotiation,
    Notification,
    Opening,
    ReviewLevel,
    Seat,
    User,
)
from negotiation.permissions import moves as moves_of
from negotiation.queries import pen, tasks
from negotiation.queries.examinations import of_step
from negotiation.queries.seats import answerable, left_empty
from negotiation.workflow import accounts, audience, deputies, memberships, moves, vacancies
from negotiation.workflow.negotiations import share, unshare
from negotiation.workflow.reminders import sweep
from negotiation.workflow.transitions import NotAllowed

from .. import factories

TODAY = timezone.localdate


def again(user):
    return User.objects.get(pk=user.pk)


@pytest.fixture
def service(dossier, manager):
    found = factories.organisation("DNPD", OrganisationKind.SERVICE)
    found.acronym, found.grid_actor = "DNPD", GridActor.objects.get(code="dnpd")
    found.save()
    share(dossier, found, by=manager)
    return found


@pytest.fixture
def adviser(service):
    return factories.member(service, Role.ADVISER)


@pytest.fixture
def colleague(service):
    """Belongs to the service, and gives no opinion of their own."""
    return factories.member(service, Role.PARTNER)


@pytest.fixture
def opinion(dossier, manager, dgct, adviser):
    """D2 submitted: the opinion of the DNPD is awaited, then a decision of the DGCT."""
    step = dossier.steps.select_related("step", "negotiation").get(step__code="D2")
    ReviewLevel.objects.filter(step=step.step).delete()
    for order, (kind, parties) in enumerate([(LevelKind.OPINION, ["dnpd"]), (LevelKind.DECISION, ["dgct"])], 1):
        ReviewLevel.objects.create(step=step.step, order=order, kind=kind, parties=parties)
    return factories.put(dossier, "D2", State.SUBMITTED, by=manager)


def deputed(user, by_whom):
    return deputies.name(Deputy(membership=user.memberships.get(), deputy=by_whom, starts_on=TODAY(),
                                ends_on=TODAY() + datetime.timedelta(days=9)), by=user)


def everywhere(step):
    """Whether somebody may speak, as the four that say it do: the lists, the tasks, the mails, the pages."""
    seat = Seat.objects.select_related("passage__submission").get(asked_at__isnull=False, voice="",
                                                                  passage__closed_at__isnull=True)
    progress = step.negotiation.steps.select_related("step", "negotiation").get(pk=step.pk)
    read, holders = of_step(progress), [one.holder for one in pen.of(step.negotiation).holdings]
    mine = [user for user in User.objects.filter(is_active=True) if seat in tasks.mine(user)]
    speaking = []
    for user in User.objects.filter(is_active=True):
        for progress.negotiation in Negotiation.objects.visible_to(user):
            if any(offer.action in {"opinion", "approve"} for offer in moves_of(user, progress, read)):
                speaking.append(user)
    assert sorted(map(str, audience.at_seat(seat, progress))) == sorted(map(str, mine)) == sorted(map(str, speaking))
    found = {bool(mine), answerable(Seat.objects.filter(pk=seat.pk)).exists(), not read.is_trapped,
             "Administrateur" not in holders}
    assert len(found) == 1
    return found.pop()


def nobody(step):
    return not everywhere(step)


def write_for(user, owner):
    Membership.objects.create(user=user, organisation=owner, role=Role.EDITOR, starts_on="2020-01-01")


def test_who_may_speak_is_said_alike_everywhere(opinion, adviser, colleague, service, kayes):
    """Every way in which the adviser and their deputy may lose the right to speak, with every other."""
    deputy, opening = deputed(adviser, colleague), Opening.objects.filter(organisation=service)
    write_for(adviser, kayes)
    write_for(colleague, kayes)
    elsewhere = factories.council("mopti")
    for active, is_open, stands, belongs, *writes in itertools.product([True, False], repeat=6):
        User.objects.filter(pk=adviser.pk).update(is_active=active)
        if not is_open:
            opening.delete()
        Deputy.objects.filter(pk=deputy.pk).update(ended_at=None if stands else timezone.now())
        colleague.memberships.filter(organisation=service).update(ended_at=None if belongs else timezone.now())
        for user, does in zip([adviser, colleague], writes, strict=True):
            user.memberships.filter(role=Role.EDITOR).update(organisation=kayes if does else elsewhere)
        may = active and is_open and (not writes[0] or stands and belongs and not writes[1])
        assert everywhere(opinion) == may, (active, is_open, stands, belongs, writes)
        Opening.objects.get_or_create(negotiation=opinion.negotiation, organisation=service)


def test_a_service_to_which_the_dossier_is_closed_speaks_no_more(opinion, service, manager, adviser, dgct):
    """Not even through somebody who sees the dossier otherwise."""
    Membership.objects.create(user=adviser, organisation=dgct, role=Role.EXAMINER, starts_on="2020-01-01")
    assert everywhere(opinion)
    unshare(opinion.negotiation.openings.get(organisation=service), by=manager)
    assert nobody(opinion)
    with pytest.raises(NotAllowed, match="Ce n’est pas, ou plus, à votre organisation"):
        moves.move(opinion, "favourable", by=again(adviser), version=opinion.version)
    share(opinion.negotiation, service, by=manager)
    assert everywhere(opinion)


def test_who_stands_in_for_an_editor_of_the_region_does_not_examine_it(opinion, adviser, kayes):
    Membership.objects.create(user=adviser, organisation=kayes, role=Role.PARTNER, starts_on="2020-01-01")
    assert everywhere(opinion)
    deputed(factories.member(kayes, Role.EDITOR), adviser)
    assert nobody(opinion)


def test_who_submitted_it_or_is_deactivated_is_nobody(opinion, adviser):
    opinion.submissions.update(submitted_by=adviser)
    assert nobody(opinion)
    opinion.submissions.update(submitted_by=opinion.negotiation.opened_by)
    assert everywhere(opinion)
    User.objects.filter(pk=adviser.pk).update(is_active=False)
    assert nobody(opinion)


def told(administrator):
    return [note.settled_at is None for note in Notification.objects.filter(user=administrator).order_by("pk")]


ACTS = {
    "the access is closed": lambda cast: unshare(cast["opening"], by=cast["manager"]),
    "the person is deactivated": lambda cast: accounts.deactivate(cast["adviser"], by=cast["administrator"]),
    "the membership ends": lambda cast: memberships.end(cast["adviser"].memberships.get(), by=cast["administrator"]),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_the_administrators_are_told_at_once_that_nobody_is_left(opinion, adviser, service, manager, administrator,
                                                                act):
    """Once, and one more time once somebody had come back."""
    cast = {"opening": Opening.objects.get(organisation=service), "manager": manager, "adviser": adviser,
            "administrator": administrator}
    act(cast)
    assert (nobody(opinion), told(administrator)) == (True, [True])
    note = Notification.objects.get()
    assert (note.title, note.kind) == ("À débloquer, étape D2 — Région de Kayes", "turn")
    assert ("Ceux qui le pourraient ont déjà eu une part dans cette soumission, ou le dossier leur est fermé, ou il "
            "n’y a personne.") in note.text
    assert [one.progress for one in tasks.blocked(administrator)] == [opinion]
    vacancies.look([service])
    assert told(administrator) == [True]
    share(opinion.negotiation, service, by=manager)
    newcomer = factories.member(service, Role.ADVISER)
    accounts.written(newcomer.memberships.get(), {}, by=administrator, added=True)
    assert (everywhere(opinion), told(administrator)) == (True, [False])
    accounts.deactivate(newcomer, by=administrator)
    accounts.deactivate(adviser, by=administrator)
    assert (nobody(opinion), told(administrator)) == (True, [False, True])


def test_the_administrators_are_told_when_the_deputy_who_was_left_stands_in_no_more(opinion, adviser, colleague,
                                                                                   administrator, manager):
    deputy = deputed(adviser, colleague)
    opinion.submissions.update(submitted_by=adviser)
    assert everywhere(opinion)
    deputies.end(deputy, by=adviser)
    assert (nobody(opinion), told(administrator)) == (True, [True])


def test_who_ends_a_membership_is_told_first_which_steps_it_would_leave_to_nobody(opinion, adviser, colleague, service,
                                                                                sign_in, administrator):
    leaving = adviser.memberships.get()
    page = sign_in(administrator).get(f"/equipe/appartenances/{leaving.pk}/fin/").content.decode()
    assert ("Personne ne pourra plus se prononcer" in page, "Étape D2 (" in page) == (True, True)
    assert (left_empty(leaving), left_empty(colleague.memberships.get())) == ([opinion], [])
    # A deputy speaks in the name of who leaves, and leaves with them; a colleague of the same role stays.
    deputed(adviser, colleague)
    assert (left_empty(leaving), left_empty(colleague.memberships.get())) == ([opinion], [])
    second = factories.member(service, Role.ADVISER)
    assert left_empty(leaving) == []
    opinion.submissions.update(submitted_by=second)
    assert left_empty(leaving) == [opinion]
    memberships.end(leaving, by=administrator)
    assert (nobody(opinion), told(administrator), left_empty(second.memberships.get())) == (True, [True], [])


@pytest.mark.parametrize("of_the_deputy", [False, True])
def test_the_administrators_are_told_of_what_a_date_ends_and_begins(opinion, adviser, colleague, service, administrator,
                                                                   clock, of_the_deputy):
    """At the next run of the scheduler, once; called off when a date brings somebody."""
    last = TODAY()
    ended = deputed(adviser, colleague) if of_the_deputy else adviser.memberships.get()
    if of_the_deputy:
        opinion.submissions.update(submitted_by=adviser)
    type(ended).objects.filter(pk=ended.pk).update(ends_on=last)
    newcomer = factories.member(factories.council("segou"), Role.EDITOR)

    def days_after(count):
        clock(last + datetime.timedelta(days=count))
        # A working day or not, twice: what is told, and whether nobody may speak.
        vacancies.of_dates(TODAY())
        vacancies.of_dates(TODAY())
        return not everywhere(opinion), told(administrator)
    assert days_after(0) == (False, [])
    assert days_after(1) == (True, [True])
    Membership.objects.create(user=newcomer, organisation=service, role=Role.ADVISER,
                                        starts_on=last + datetime.timedelta(days=2))
    assert days_after(1) == (True, [True])
    assert days_after(2) == (False, [False])


def test_the_scheduler_looks_at_the_dates(opinion, adviser, administrator, clock):
    """Once, though the opinion is late too. A Tuesday, and the Wednesday after it."""
    adviser.memberships.update(ends_on=datetime.date(2027, 3, 9))
    clock(datetime.date(2027, 3, 10))
    sweep(TODAY())
    assert told(administrator) == [True]


def test_nothing_is_told_while_somebody_may_speak(opinion, adviser, service, administrator):
    other = factories.member(service, Role.ADVISER)
    accounts.deactivate(adviser, by=administrator)
    assert (everywhere(opinion), told(administrator)) == (True, [])
    write_for(other, opinion.negotiation.owner)
    accounts.written(other.memberships.get(role=Role.EDITOR), {}, by=administrator, added=True)
    assert (nobody(opinion), told(administrator)) == (True, [True])


def test_the_page_warns_before_an_awaited_service_is_closed_out(opinion, sign_in, service, manager, director):
    words = ("On attend sa position sur D2. Une fois l’accès fermé, elle ne pourra plus être donnée&nbsp;: s’il ne "
             "reste personne d’autre, ou si toutes les positions sont exigées, un administrateur devra débloquer "
             "l’étape.")
    for user in (manager, director):
        assert words in sign_in(user).get(f"/negociations/{opinion.negotiation.slug}/acces/").content.decode()
    moves.move(opinion, "favourable", by=factories.member(service, Role.ADVISER), version=opinion.version)
    page = sign_in(manager).get(f"/negociations/{opinion.negotiation.slug}/acces/").content.decode()
    assert "On attend sa position" not in page
