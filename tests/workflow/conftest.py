"""A step under examination, and short words to write what happens to it."""
from datetime import datetime

import pytest
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Project, Step
from negotiation.workflow import moves, remarks

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
