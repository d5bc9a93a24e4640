"""A step under examination, scenarios, and short words to write what happens to them."""
from datetime import datetime

import pytest
from django.utils import timezone

from negotiation import money
from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Project, Scenario, Step
from negotiation.workflow import commitments, moves, remarks, scenarios

from .. import factories


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
def road(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste", order=1)


@pytest.fixture
def market(dossier):
    return Project.objects.create(negotiation=dossier, name="Marché", order=2)


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
