"""Suppléances: from the first day to the last and no longer, never more than the person replaced could do."""
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Deputy, JournalEntry, Membership, Notification, Step, User
from negotiation.permissions import can
from negotiation.queries.deputies import mine
from negotiation.workflow import accounts, deputies, memberships, moves, steps
from negotiation.workflow.negotiations import share
from negotiation.workflow.transitions import NotAllowed

from .. import factories

TODAY = date(2026, 7, 6)


@pytest.fixture
def on_day(monkeypatch):
    """on_day(date) sets the clock to noon of that day."""
    def go(day, hour=12):
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())
        monkeypatch.setattr(timezone, "now", lambda: moment)
    go(TODAY)
    return go


def named(member, deputy, starts_on=TODAY, ends_on=TODAY, key=""):
    return deputies.name(Deputy(membership=member.memberships.first(), deputy=deputy, starts_on=starts_on,
                                ends_on=ends_on), by=member, key=key)


def again(user):
    """The person as the next request loads them."""
    return User.objects.get(pk=user.pk)


def test_a_deputyship_begins_and_ends_on_the_exact_day(on_day, dossier, manager, editor):
    named(manager, editor, date(2026, 7, 10), date(2026, 7, 12))
    may = {}
    for day in range(8, 15):
        for hour in (0, 23):
            on_day(date(2026, 7, day), hour)
            may[day, hour] = can(again(editor), "step.submit", dossier)
    assert {day for (day, _), allowed in may.items() if allowed} == {10, 11, 12}
    assert all(may[day, 0] == may[day, 23] for day in range(8, 15))


def test_memberships_say_for_whom_in_one_query(on_day, manager, editor, django_assert_num_queries):
    named(manager, editor)
    person = again(editor)
    with django_assert_num_queries(1):
        held = [(m.role, m.acting_for) for m in person.current_memberships]
    assert held == [(Role.EDITOR, ""), (Role.MANAGER, str(manager))]
    assert [m.acting_for for m in again(manager).current_memberships] == [""]


def test_the_journal_says_for_whom_a_deputy_acts_and_only_then(on_day, dossier, manager, editor):
    named(manager, editor)
    progress = dossier.steps.get(step__code="A1")
    person = again(editor)
    steps.start(progress, by=person)
    share(dossier, factories.organisation("DNPD", OrganisationKind.SERVICE), by=person)
    share(dossier, factories.organisation("DNAT", OrganisationKind.SERVICE), by=again(manager))
    told = list(JournalEntry.objects.filter(negotiation=dossier).order_by("pk").values_list(
        "action", "by_name", "organisation")[1:])
    council = "Conseil régional de Kayes"
    assert told == [
        ("step.start", str(editor), council),
        ("dossier.share", f"{editor}, par suppléance de {manager}", council),
        ("dossier.share", str(manager), council)]


def test_a_director_who_stands_in_for_an_examiner_says_so(on_day, dossier, manager, examiner, director):
    """At the level of the examiner only: the decision is the director's own."""
    Step.objects.update(checks=[])
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    factories.complete(step, manager)
    named(examiner, director)
    for person in (again(director), again(factories.member(factories.organisation("DGCT", OrganisationKind.DGCT),
                                                           Role.DIRECTOR))):
        step.refresh_from_db()
        moves.move(step, "approve", by=person, version=step.version)
    deputy = f"{director}, par suppléance de {examiner}"
    assert list(JournalEntry.objects.filter(progress=step).order_by("pk").values_list("action", "by_name")) == [
        ("review.open", deputy), ("step.pass", deputy), ("step.approve", str(person))]


def test_a_deputyship_ends_early_at_once(on_day, dossier, manager, editor):
    deputy = named(manager, editor, ends_on=TODAY + timedelta(days=9))
    assert can(again(editor), "step.submit", dossier)
    deputies.end(deputy, by=manager)
    deputies.end(deputy, by=manager)
    assert not can(again(editor), "step.submit", dossier)
    assert list(JournalEntry.objects.filter(negotiation=None).values_list("action", "by_name")) == [
        ("deputy.end", str(manager)), ("deputy.name", str(manager))]
    on_day(TODAY + timedelta(days=10))
    other = named(manager, editor, TODAY + timedelta(days=10), TODAY + timedelta(days=10))
    on_day(TODAY + timedelta(days=11))
    with pytest.raises(NotAllowed, match="a déjà pris fin"):
        deputies.end(other, by=manager)


@pytest.mark.parametrize("change", [
    lambda manager, editor: editor.memberships.update(ended_at=timezone.now()),
    lambda manager, editor: manager.memberships.update(ended_at=timezone.now()),
    lambda manager, editor: User.objects.filter(pk=manager.pk).update(is_active=False),
], ids=["the deputy leaves the team", "the person replaced leaves", "their account is closed"])
def test_a_deputyship_falls_with_what_it_rests_on(on_day, dossier, manager, editor, change):
    named(manager, editor)
    change(manager, editor)
    assert not can(again(editor), "step.submit", dossier)


def written(row, by, **values):
    """As a form of the administration writes it."""
    before = {name: getattr(row, row._meta.get_field(name).attname) for name in values}
    type(row).objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    accounts.written(row, before, by=by)


# With how many notices reach whoever leaves the team: those who are elsewhere since are still here.
LEAVING = {
    "the membership is ended": (0, lambda user, by: memberships.end(user.memberships.get(), by=by)),
    "the account is closed": (0, lambda user, by: accounts.deactivate(user, by=by)),
    "the account is closed in its form": (0, lambda user, by: written(user, by, is_active=False)),
    "a date ends the membership": (0, lambda user, by: written(
        user.memberships.get(), by, ends_on=TODAY - timedelta(days=1))),
    "the membership goes to another team": (2, lambda user, by: written(
        user.memberships.get(), by, organisation=factories.council("mopti"))),
}


@pytest.mark.parametrize(("n_told", "leave"), LEAVING.values(), ids=LEAVING)
@pytest.mark.parametrize("leaver", ["deputy", "holder"])
def test_a_deputyship_ends_in_the_act_that_makes_one_of_the_two_leave(on_day, kayes, manager, editor, administrator,
                                                                      leaver, n_told, leave):
    """Today's and the one to come; whoever stays is told of each once; other suppléances go on."""
    fallen = [named(manager, editor), named(manager, editor, *[TODAY + timedelta(days=9)] * 2)]
    going_on = named(factories.member(kayes, Role.MANAGER), factories.member(kayes, Role.EDITOR))
    Notification.objects.update(read_at=timezone.now())
    leave({"deputy": editor, "holder": manager}[leaver], administrator)
    staying = {"deputy": manager, "holder": editor}[leaver]
    assert list(Deputy.objects.filter(ended_at=timezone.now())) == fallen
    assert list(Deputy.objects.open()) == [going_on]
    assert [again(user).notifications.filter(title__startswith="Suppléance terminée").count()
            for user in (staying, *{manager, editor} - {staying})] == [2, n_told]
    assert not Notification.objects.filter(topic__in=[f"deputy:{one.pk}" for one in fallen], settled_at=None).exists()
    assert [*JournalEntry.objects.filter(action="deputy.end").values_list("by_name", flat=True)] == [
        str(administrator)] * 2


def test_a_membership_given_to_another_person_ends_what_the_first_stood_in_for(on_day, manager, editor, administrator,
                                                                              stranger):
    named(manager, editor)
    written(editor.memberships.get(), administrator, user=stranger)
    assert Deputy.objects.filter(ended_at=timezone.now()).count() == 1


def test_what_a_date_has_made_void_is_shown_to_nobody_and_prevents_no_other(on_day, kayes, manager, editor):
    later = TODAY + timedelta(days=5)
    named(manager, editor, ends_on=later)
    editor.memberships.update(ends_on=TODAY)
    assert [len(rows) for user in (manager, editor) for rows in mine(again(user))] == [1, 0, 0, 1]
    on_day(TODAY + timedelta(days=1))
    assert [len(rows) for user in (manager, editor) for rows in mine(again(user))] == [0, 0, 0, 0]
    assert named(manager, factories.member(kayes, Role.EDITOR), timezone.localdate(), later)
    manager.memberships.update(ends_on=later)
    on_day(later)
    assert len(mine(again(manager))[0]) == 1
    on_day(later + timedelta(days=1))
    assert not Deputy.objects.open().exists()


def test_a_deputy_of_the_region_examines_nothing_there(on_day, dossier, manager, editor, dgct):
    """Neither by the suppléance, nor by a seat at the DGCT that the person holds besides."""
    Membership.objects.create(user=editor, organisation=dgct, role=Role.DIRECTOR, starts_on="2020-01-01")
    named(manager, editor)
    assert [rule for rule in ("step.submit", "step.approve", "step.return", "step.reopen")
            if can(again(editor), rule, dossier)] == ["step.submit"]


def test_a_deputy_gains_no_lasting_right(on_day, kayes, manager, editor):
    named(manager, editor)
    person, theirs = again(editor), manager.memberships.get()
    assert [rule for rule, on in [("team.invite", kayes), ("membership.end", theirs), ("deputy.name", theirs),
                                  ("handover.propose", theirs)] if can(person, rule, on)] == []


def test_who_cannot_be_a_deputy_and_when(on_day, manager, editor, examiner):
    later = TODAY + timedelta(days=5)
    refused = {}
    named(manager, editor, TODAY, later)
    for name, values in {
        "oneself": (manager, TODAY, TODAY), "a stranger": (examiner, TODAY, TODAY),
        "backwards": (editor, later + timedelta(days=9), later + timedelta(days=8)),
        "the past": (editor, TODAY - timedelta(days=1), TODAY), "for ever": (editor, later, date(3018, 1, 1)),
        "overlap": (editor, later, later + timedelta(days=1)),
    }.items():
        with pytest.raises(ValidationError) as refusal:
            named(manager, *values)
        refused[name] = refusal.value.messages
    assert refused == {
        "oneself": ["Nul n’est son propre suppléant : choisissez un collègue."],
        "a stranger": ["Le suppléant appartient à la même organisation (« Conseil régional de Kayes »)."],
        "backwards": ["La fin de la suppléance précède son début."],
        "the past": ["Une suppléance ne se donne pas pour des jours passés."],
        "for ever": ["Une suppléance dure un an au plus : au-delà, préparez une passation."],
        "overlap": [f"{editor} est déjà suppléant du 06/07/2026 au 11/07/2026 : choisissez d’autres dates, ou mettez "
                    "fin à cette suppléance."]}
    assert Deputy.objects.count() == 1


def test_a_double_click_names_one_deputy(on_day, manager, editor):
    assert named(manager, editor, key="clé") is not None
    assert named(manager, editor, key="clé") is None
    assert Deputy.objects.count() == 1
