"""The table of rights, whole: every rule × every role, on one's own dossier and on a stranger's."""
import pytest

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Deputy, Handover, Invitation, Negotiation, Opening, ShareLink, User
from negotiation.permissions import PEOPLE, RULES, can
from negotiation.permissions import moves as moves_of
from negotiation.queries.examinations import of_step
from negotiation.workflow import invitations, moves
from negotiation.workflow.transitions import STEP

from . import factories

DOSSIER = set(RULES) - set(PEOPLE)
# On the table of the negotiation; and what is the Region's alone.
POSITIONS = {"position.propose", "position.withdraw"}
TEAM = {*POSITIONS, "mandate.read", "scenario.read"}
# What who answers for a party may do with an edition.
EDITION = {"booklet.publish", "booklet.share", "booklet.sign"}
# What a reviewer may do where their organisation sits (models.review.Seat says where).
SPEAKS = {"step.approve", "step.return", "step.opinion", "step.favourable", "step.reserved", "step.unfavourable",
          "step.cancel_return", "review.read", "remark.write", *POSITIONS}
# What each role may do on a dossier (E: editor and so on of the owner's council; others of their own organisation).
MAY = {
    "editor": {*TEAM, "dossier.write", "remark.answer", "journal.read", "booklet.proof"},
    "manager": {*TEAM, "position.agree", "negotiation.open",
                "dossier.write", "dossier.change", "dossier.share", "step.submit", "step.recall",
                "remark.answer", "journal.read", "booklet.proof", *EDITION},
    "examiner": {*SPEAKS, "step.skip", "journal.read", "booklet.proof"},
    "director": {*SPEAKS, "step.skip", "dossier.share", "step.reopen", "journal.read",
                 "booklet.proof", *EDITION},
    "adviser": {*SPEAKS, "journal.read", "booklet.proof"},
    "partner": set(),
    "administrator": {"review.read", "step.unblock", "step.unblock_return", "journal.read", "booklet.proof"},
    "stranger": {"negotiation.open"},
}


@pytest.fixture
def people(dossier, manager, editor, examiner, director, stranger):
    others = {
        "adviser": (OrganisationKind.SERVICE, Role.ADVISER), "partner": (OrganisationKind.PARTNER, Role.PARTNER),
        "administrator": (OrganisationKind.PLATFORM, Role.ADMINISTRATOR)}
    return {"manager": manager, "editor": editor, "examiner": examiner, "director": director, "stranger": stranger,
            **{name: factories.member(factories.organisation(name, kind), role)
               for name, (kind, role) in others.items()}}


def test_every_rule_for_every_role(people, dossier):
    """Each as they see the dossier: a State service to which it is open, a partner too."""
    for name in ("adviser", "partner"):
        Opening.objects.create(negotiation=dossier, organisation=people[name].memberships.get().organisation)
    found = {}
    for name, user in people.items():
        person = User.objects.get(pk=user.pk)
        seen = Negotiation.objects.visible_to(person).filter(pk=dossier.pk).first()
        assert (seen is None) == (name == "stranger")
        found[name] = {rule for rule in DOSSIER if can(person, rule, seen or dossier)}
    assert found == MAY


def test_an_adviser_reads_the_journal_of_the_dossiers_open_to_their_service_only(people, dossier):
    """A partner here who also advises elsewhere stays a partner here."""
    person = people["partner"]
    service = people["adviser"].memberships.get().organisation
    factories.Membership.objects.create(user=person, organisation=service, role=Role.ADVISER, starts_on="2020-01-01")
    Opening.objects.create(negotiation=dossier, organisation=person.memberships.get(role=Role.PARTNER).organisation)
    person = User.objects.get(pk=person.pk)
    assert not can(person, "journal.read", Negotiation.objects.visible_to(person).get())


def test_nobody_examines_the_work_of_their_own_region(dossier, manager, dgct):
    factories.Membership.objects.create(user=manager, organisation=dgct, role=Role.DIRECTOR, starts_on="2020-01-01")
    both = User.objects.get(pk=manager.pk)
    found = [rule for rule in DOSSIER if rule.startswith("step.") and can(both, rule, dossier)]
    assert sorted(found) == ["step.recall", "step.submit"]


# What each role may do on the membership of the editor, handed over to the manager, who also stands in for them.
OF_PEOPLE = {
    "editor": {"membership.end", "deputy.name", "deputy.end", "handover.propose", "handover.read", "handover.withdraw"},
    "manager": {"team.invite", "team.journal", "invitation.manage", "membership.end", "deputy.end", "handover.propose",
                "handover.read", "handover.accept", "handover.withdraw"},
    "administrator": {"team.invite", "team.journal", "invitation.manage", "membership.end", "handover.propose"},
    "partner": {"share.receive"},
    **dict.fromkeys(["examiner", "director", "adviser", "stranger"], set()),
}


def test_every_rule_on_people_for_every_role(people, kayes, editor, manager):
    theirs = editor.memberships.get()
    invitation, _ = invitations.invite(Invitation(email="awa@kayes.example", name="Awa"), [(kayes, Role.EDITOR)],
                                       by=manager)
    deputy = Deputy(membership=theirs, deputy=manager)
    handover = Handover(membership=theirs, successor=manager)
    link = ShareLink(organisation=people["partner"].memberships.get().organisation)
    objects = {"share": link, "team": kayes, "invitation": invitation, "membership": theirs, "deputy": deputy,
               "handover": handover}
    found = {}
    for name, user in people.items():
        person = User.objects.get(pk=user.pk)
        found[name] = {rule for rule in PEOPLE
                       if can(person, rule, theirs if rule in ("deputy.name", "handover.propose")
                              else objects[rule.split(".")[0]])}
    assert found == OF_PEOPLE


UNBLOCK = ["unblock", "unblock_return"]


def offered(dossier, people, code):
    progress = dossier.steps.select_related("step__phase").get(step__code=code)
    progress.negotiation = dossier
    found = {}
    for name, user in people.items():
        person = User.objects.get(pk=user.pk)
        seen = Negotiation.objects.visible_to(person).filter(pk=dossier.pk).first()
        progress.negotiation = seen or dossier
        found[name] = [offer.action for offer in moves_of(person, progress, of_step(progress))]
    return {name: actions for name, actions in found.items() if actions}


@pytest.mark.parametrize(("state", "expected"), [
    (State.TODO, {"manager": ["submit"]}), (State.DRAFT, {"manager": ["submit"]}),
    (State.RETURNED, {"manager": ["submit"], "examiner": ["cancel_return"], "director": ["cancel_return"]}),
    (State.SUBMITTED, {"manager": ["recall"], "examiner": ["approve", "return"], "administrator": UNBLOCK}),
    (State.APPROVED, {"director": ["reopen"]}),
])
def test_moves_offered_in_every_state(people, dossier, manager, state, expected):
    factories.put(dossier, "A1", state, by=manager)
    assert offered(dossier, people, "A1") == expected


def test_who_has_spoken_is_offered_nothing_more_even_as_administrator(people, dossier, manager):
    """The act would refuse them."""
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    spoken, platform = people["examiner"], people["administrator"].memberships.get().organisation
    factories.Membership.objects.create(user=spoken, organisation=platform, role=Role.ADMINISTRATOR,
                                        starts_on="2020-01-01")
    people = {"both": User.objects.get(pk=spoken.pk)}
    assert offered(dossier, people, "D2") == {"both": ["approve", "return", *UNBLOCK]}
    moves.move(step, "approve", by=people["both"], version=step.version)
    assert offered(dossier, people, "D2") == {}


def test_a_membership_that_ended_gives_nothing(dossier, manager):
    manager.memberships.update(ends_on="2021-01-01")
    gone = User.objects.get(pk=manager.pk)
    assert [rule for rule in DOSSIER if can(gone, rule, dossier)] == []


def test_the_table_of_moves_is_whole():
    assert {(action, source, move.target) for action, move in STEP.items() for source in move.sources} == {
        ("start", State.TODO, State.DRAFT),
        ("submit", State.TODO, State.SUBMITTED), ("submit", State.DRAFT, State.SUBMITTED),
        ("submit", State.RETURNED, State.SUBMITTED),
        ("recall", State.SUBMITTED, State.DRAFT), ("recall_correction", State.SUBMITTED, State.RETURNED),
        ("approve", State.SUBMITTED, State.APPROVED), ("return", State.SUBMITTED, State.RETURNED),
        ("cancel_return", State.RETURNED, State.SUBMITTED), ("reopen", State.APPROVED, State.RETURNED),
    }
