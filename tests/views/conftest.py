"""What the tests of pages share: the words of a page, what its forms send back, acts on a step, money to look at."""
import html
import re

import pytest
from django.urls import reverse

from negotiation.models import Contribution, Project, Scenario
from negotiation.workflow import commitments, moves, positions, remarks, scenarios

from .. import factories

YEARS = [2027, 2028, 2029, 2030, 2031, 0]


def words(response):
    """The text of a page, with ordinary spaces."""
    body = re.sub(r"<(script|option)\b.*?</\1>", "", response.content.decode(), flags=re.S)
    text = html.unescape(re.sub(r"<[^>]*>", " ", body))
    return re.sub(r"\s+([;.,])", r"\1", re.sub(r"\s+", " ", text)).replace(" ;", ";")


def text_of(page):
    """The source of a page, with ordinary spaces and characters."""
    return html.unescape(page.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def address(name, step, *more):
    """The address of a page of a step."""
    return reverse(name, args=[step.negotiation.slug, step.step.code, *more])


def inputs(response):
    """{name: value} of every input of the matrix."""
    found = re.findall(r'<input name="(p[^"]+)" (?:id="[^"]+" )?value="([^"]*)"', response.content.decode())
    return {name: html.unescape(value).replace("\u00a0", " ") for name, value in found}


def hidden(response):
    """What the page sends back without being seen."""
    body = response.content.decode()
    return {name: html.unescape(re.search(rf'name="{name}"(?: value="([^"]*)")?', body)[1] or "")
            for name in ("base", "base_names", "offered", "key") if f'name="{name}"' in body}


def fields(response):
    """What the form of a position sends back."""
    return hidden(response) | inputs(response)


def kept(response):
    """{label: what is shown of it, to be copied}"""
    body = response.content.decode()
    return {html.unescape(label): html.unescape(re.search(rf'id="{pk}"[^>]*>([^<]*)</textarea>', body)[1])
            for pk, label in re.findall(r'<label class="field__label" for="(\w+)">([^<]*)<', body)}


def name(project, actor, year):
    """The name of an input of the matrix."""
    return f"p{project.pk}-f{actor.pk}-y{year}"


def amounts(dossier):
    """What is stored of the plan."""
    return sorted(Contribution.objects.filter(project__negotiation=dossier).values_list(
        "project__name", "financier__name", "year", "amount"))


def go(step, action, by, reason="", **more):
    """Carry out an act on a step as it stands now."""
    step.refresh_from_db()
    return moves.move(step, action, by=by, version=step.version, reason=reason, **more)


def remark(step, by, target="step", problem="C’est flou."):
    return remarks.write(step, target, problem=problem, request="Précisez.", by=by)


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste de Kléla")


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère de l’Économie", acronym="État", side="state", financier=True, order=1)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région de Kayes", side="authority", financier=True, order=2)


@pytest.fixture
def urls(dossier):
    """{page: its address} for the money of the dossier."""
    return {name: reverse(name, args=[dossier.slug]) for name in ("commitments", "plan", "announced_total")}


@pytest.fixture
def url(dossier, project):
    """url(page, number) → the address of a page of the positions on the project, or of all positions."""
    def of(page="positions", *arguments):
        return reverse(page, args=[dossier.slug, *([project.pk] if page != "positions" else []), *arguments])
    return of


@pytest.fixture
def put(dossier, project, state, region, editor):
    """put(state's amount in 2027, region's, …) puts a position on the table."""
    def act(first, second=0, *, party=region, by=editor, **more):
        return factories.position(dossier, by=by, project=more.pop("project", project), party=party,
                                  amounts={(state.pk, 2027): first, (region.pk, 2028): second}, **more)
    return act


@pytest.fixture
def thread(dossier, put, state, manager):
    """A demand, a proposal withdrawn, another, a compromise."""
    put(500_000_000, 20)
    positions.withdraw(put(1, party=state, kind="proposal"), reason="Erreur de saisie.", by=manager)
    put(450_000_000, 20, party=state, kind="proposal", justification="Enveloppe de 2027.")
    return put(480_000_000, 30, kind="compromise")


@pytest.fixture
def plan(dossier, road, market, state, region, editor):
    """What scenarios start from: two projects, two financiers, and an announced total."""
    commitments.save_plan(dossier, {
        (road.pk, state.pk, 2027): 100_000, (road.pk, region.pk, 2027): 10_000, (road.pk, state.pk, 2031): 50_000,
        (market.pk, state.pk, 2028): 40_000}, {}, by=editor)
    commitments.announce_total(dossier, 210_000, "Lettre", by=editor)


@pytest.fixture
def make(dossier, plan, editor):
    """make("Nom", change, …) → a scenario, as stored."""
    def act(name, *changes):
        scenario = scenarios.add(Scenario(negotiation=dossier, name=name), by=editor)
        for what in changes:
            scenario = scenarios.change(scenario, what, version=scenario.version, by=editor)
        return scenario
    return act
