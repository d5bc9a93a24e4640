"""What the tests of pages share: the words of a page, what its forms send back, money to look at."""
import html
import re

import pytest
from django.urls import reverse

from negotiation.models import Contribution, Project

YEARS = [2027, 2028, 2029, 2030, 2031, 0]


def words(response):
    """The text of a page, with ordinary spaces."""
    body = re.sub(r"<(script|option)\b.*?</\1>", "", response.content.decode(), flags=re.S)
    text = html.unescape(re.sub(r"<[^>]*>", " ", body))
    return re.sub(r"\s+([;.,])", r"\1", re.sub(r"\s+", " ", text)).replace(" ;", ";")


def inputs(response):
    """{name: value} of every input of the matrix."""
    found = re.findall(r'<input name="(p[^"]+)" (?:id="[^"]+" )?value="([^"]*)"', response.content.decode())
    return {name: html.unescape(value).replace("\u00a0", " ") for name, value in found}


def hidden(response):
    """What the page sends back without being seen."""
    body = response.content.decode()
    return {name: html.unescape(re.search(rf'name="{name}"(?: value="([^"]*)")?', body)[1] or "")
            for name in ("base", "base_names", "key") if f'name="{name}"' in body}


def name(project, actor, year):
    """The name of an input of the matrix."""
    return f"p{project.pk}-f{actor.pk}-y{year}"


def amounts(dossier):
    """What is stored of the plan."""
    return sorted(Contribution.objects.filter(project__negotiation=dossier).values_list(
        "project__name", "financier__name", "year", "amount"))


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
