"""A step under examination, scenarios, a cast of everybody, and short words to write what happens to them."""
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from negotiation import money
from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import (
    Actor,
    Deputy,
    Difficulty,
    Event,
    FundingLimit,
    GridActor,
    Membership,
    Notification,
    Obligation,
    Phase,
    Project,
    Representative,
    Scenario,
    Step,
    User,
)
from negotiation.workflow import commitments, moves, records, remarks, scenarios
from negotiation.workflow.negotiations import share

from .. import factories

TODAY = timezone.localdate
REGION = {"manager", "editor", "second", "both"}
DGCT = {"examiner", "colleague"}
TURN, DECISION, ANSWER, LATE, TEAM, BOOKLET = "turn", "decision", "answer", "late", "team", "booklet"
OPINION, PASSED = ("favourable", "adviser"), ("approve", "examiner")


@pytest.fixture
def step(dossier, manager, dgct):
    """D2, submitted: examined, then decided."""
    Step.objects.update(checks=[])
    progress = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    factories.complete(progress, manager)
    return progress


@pytest.fixture
def go(step):
    """go(action, by, reason) carries out an act on the step as it stands now."""
    def act(action, by, reason="", **more):
        step.refresh_from_db()
        return moves.move(step, action, by=by, version=step.version, reason=reason, **more)
    return act


@pytest.fixture
def administrator(db):
    return factories.member(factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR)


def remark(step, by, target="step"):
    return remarks.write(step, target, problem="C’est flou.", request="Précisez.", by=by)


def returned(step, go, examiner):
    one = remark(step, examiner)
    go("return", examiner)
    one.refresh_from_db()
    return one


def open_gates():
    for phase in {row.phase for row in Step.objects.select_related("phase")}:
        phase.gate = []
        phase.save()


@pytest.fixture
def held(dossier, manager):
    """held(model, **fields): one more record of the dossier, in its simplest form."""
    actor, step = dossier.actors.first(), dossier.steps.get(step__code="D2")
    told = {Actor: {"name": "Chambre d’agriculture", "side": "state"}, Project: {"name": "Piste", "cost": 1000},
            Representative: {"actor": actor, "function": "Président"},
            Obligation: {"party": actor, "what": "Réunir le comité."},
            FundingLimit: {"kind": "state_total", "amount": 10, "severity": "warning"},
            Difficulty: {"progress": step, "family": "human", "what": "Le quorum a manqué.", "lesson": "Prévenir tôt."},
            Event: {"progress": step, "date": "2026-03-01", "kind": "meeting", "title": "Réunion"}}

    def add(model, **fields):
        belongs = {} if model is Representative else {"negotiation": dossier}
        return records.save(model(**belongs | told[model] | fields), dossier, by=manager)
    return add


def states(step):
    step.refresh_from_db()
    return (step.state, [one.outcome for one in step.submissions.order_by("number")])


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste de Kléla")


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère de l’Économie", acronym="État", side="state", financier=True)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région de Kayes", side="authority", financier=True)


@pytest.fixture
def clock(monkeypatch):
    """clock(day, hour): what « now » is from then on."""
    def go(day, hour=9):
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())
        monkeypatch.setattr(timezone, "now", lambda: moment)
    return go


@pytest.fixture
def plan(dossier, road, market, state, region, editor):
    """{cell: amount} of the plan as saved: two projects, two financiers, an amount not shared between years."""
    cells = {(road.pk, state.pk, 2027): 100, (road.pk, state.pk, 2031): 101, (road.pk, region.pk, 0): 7,
             (market.pk, state.pk, 2028): 50, (market.pk, region.pk, 2028): 25}
    commitments.save_plan(dossier, cells, {}, by=editor)
    return cells


@pytest.fixture
def scenario(dossier, plan, editor):
    return scenarios.add(Scenario(negotiation=dossier, name="Essai"), by=editor)


@pytest.fixture
def do(editor):
    """do(scenario, change) applies a change on the version that is stored."""
    def act(scenario, what, *, by=editor, **more):
        scenario.refresh_from_db()
        return scenarios.change(scenario, what, version=more.pop("version", scenario.version), by=by, **more)
    return act


def cells(scenario):
    """The amounts of a scenario, as stored now."""
    scenario.refresh_from_db()
    return scenarios.draft(scenario).cells


def stored(dossier):
    """The amounts of the plan, as stored now."""
    return scenarios.contract(dossier).plan


def words(scenario):
    """What each change of a scenario says of itself."""
    return [one["words"].replace(money.NBSP, " ") for one in scenario.changes]


@pytest.fixture
def cast(dossier, kayes, dgct, manager, editor, examiner, director, stranger):
    """Everybody by name. « colleague » examines and stands in for the direction; « gone » has left, « closed » has no
    account any more, « later » has not begun; « both » examines, and writes for the Region."""
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    service.grid_actor = GridActor.objects.get(code="dnpd")
    service.save()
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    for organisation in (service, partner):
        share(dossier, organisation, by=manager)
    blind = factories.organisation("DGB", OrganisationKind.SERVICE)
    people = {
        "manager": manager, "editor": editor, "second": factories.member(kayes, Role.MANAGER), "examiner": examiner,
        "colleague": factories.member(dgct, Role.EXAMINER), "director": director, "stranger": stranger,
        "adviser": factories.member(service, Role.ADVISER), "partner": factories.member(partner, Role.PARTNER),
        "blind": factories.member(blind, Role.ADVISER), "gone": factories.member(dgct, Role.EXAMINER),
        "closed": factories.member(dgct, Role.EXAMINER, is_active=False),
        "later": factories.member(dgct, Role.EXAMINER), "both": factories.member(dgct, Role.EXAMINER),
        "administrator": factories.member(
            factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR),
    }
    people["gone"].memberships.update(ends_on=TODAY() - timedelta(days=1))
    people["later"].memberships.update(starts_on=TODAY() + timedelta(days=1))
    stand_in(director, people["colleague"])
    other = factories.council("kayes")
    Membership.objects.create(user=people["both"], organisation=other, role=Role.EDITOR, starts_on="2020-01-01")
    return people


def stand_in(member, deputy):
    Deputy.objects.create(membership=member.memberships.first(), deputy=deputy, starts_on=TODAY(), ends_on=TODAY(),
                          created_by=member)


@pytest.fixture
def dgb(cast, dossier):
    """The DGB gives its opinion at the same level as the DNPD."""
    service = cast["blind"].memberships.get().organisation
    service.grid_actor = GridActor.objects.get(code="dgb")
    service.save()
    share(dossier, service, by=cast["manager"])
    return service


@pytest.fixture
def told(cast):
    """told(act, …) → {(name, kind)} of those who are told of what it does."""
    names = {user.pk: name for name, user in cast.items()}

    def go(act, *args, **kwargs):
        last = Notification.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        act(*args, **kwargs)
        return {(names[row.user_id], row.kind) for row in Notification.objects.filter(pk__gt=last)}
    return go


@pytest.fixture
def ready(dossier, manager, cast):
    """C4, ready to be submitted: an opinion of the DNPD, the examination, the decision."""
    Step.objects.update(checks=[])
    for phase in Phase.objects.all():
        phase.gate = []
        phase.save()
    progress = dossier.steps.select_related("step__phase", "negotiation").get(step__code="C4")
    factories.complete(progress, manager)
    return progress


@pytest.fixture
def act(ready, cast):
    """act(action, name, reason) carries out an act on that step as it stands now, by a person read again."""
    def go(action, name, reason="", **more):
        ready.refresh_from_db()
        return moves.move(ready, action, by=again(cast[name]), version=ready.version, reason=reason, **more)
    return go


def again(user):
    return User.objects.get(pk=user.pk)


def all_of(names, kind):
    return {(name, kind) for name in names}


def submitted(go, *voices):
    """Submit the step, and let these speak: (act, name)."""
    go("submit", "manager")
    for action, name in voices:
        go(action, name)
