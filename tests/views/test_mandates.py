"""The page of the mandate: written, changed meanwhile, and kept to the team."""
import html
import re

import pytest

from negotiation.models import Mandate, Project
from negotiation.workflow import mandates

from .conftest import kept, text_of, words

pytestmark = pytest.mark.django_db


def test_a_mandate_on_a_project_that_is_gone_is_shown_to_the_team_alone(sign_in, editor, examiner, project, url):
    typed = {"base": "", "key": "k", "floor": "300 000", "concessions": "Un an.", "arguments": ""}
    Project.objects.all().delete()
    refused = sign_in(editor).post(url("mandate"), typed)
    assert (refused.status_code, "Le mandat n’a pas été enregistré" in words(refused)) == (409, True)
    assert kept(refused) == {"Plancher (FCFA)": "300 000", "Concessions possibles": "Un an."}
    guessed = typed | {"concessions": "Deux ans."}
    for other in (sign_in(editor).get(url("mandate")), sign_in(examiner).post(url("mandate"), guessed)):
        assert (other.status_code in (403, 404), "Un an." in other.content.decode()) == (True, False)


def test_the_mandate_is_written_and_a_version_saved_meanwhile_is_shown(sign_in, editor, manager, dossier, project, put,
                                                                      url):
    put(500)
    client = sign_in(editor)
    page = client.get(url("mandate"))
    typed = {key: html.unescape(re.search(rf'name="{key}"(?: value="([^"]*)")?', page.content.decode())[1] or "")
             for key in ("base", "key")} | {"floor": "300", "concessions": "Un an.", "arguments": ""}
    mandates.save_mandate(Mandate(project=project, floor=200), dossier, by=manager)
    refused = client.post(url("mandate"), typed)
    assert refused.status_code == 409
    assert f"Ce mandat a été modifié par {manager.name}" in words(refused)
    assert "Plancher (FCFA) 200 FCFA" in words(refused)
    base = re.search(r'name="base" value="([^"]*)"', refused.content.decode())[1]
    assert client.post(url("mandate"), typed | {"base": base}).status_code == 302
    assert (Mandate.objects.get().floor, Mandate.objects.get().concessions) == (300, "Un an.")
    assert "Réservé à l’équipe : 200 FCFA au-dessus du plancher" in words(client.get(url()))
    assert ("ni dans aucun export, sauf l’archive complète du dossier et les sauvegardes, que seul l’administrateur du "
            "serveur peut faire.") in words(page)
    bad = client.post(url("mandate"), typed | {"base": base, "floor": "1,5"})
    assert (bad.status_code, "contient un point ou une virgule" in words(bad)) == (422, True)


def test_what_is_reserved_to_the_team_is_not_printed(sign_in, editor, dossier, project, put, url):
    """The page is taken to the table, on paper."""
    position = put(500)
    mandates.save_mandate(Mandate(project=project, floor=200), dossier, by=editor)
    type(position).objects.update(scenario="Sans le marché")
    page = text_of(sign_in(editor).get(url()))
    assert re.findall(r"<(\w+) class=\"([^\"]*)\">[ ·]*Réservé à l’équipe", page) == [
        ("li", "gaps__reserved no-print"), ("span", "no-print")]
    assert page.count("Réservé à l’équipe") == 2
