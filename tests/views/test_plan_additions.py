"""A financier, a line or a year added on the page of the plan: what was typed before is still there."""
import re

import pytest

from negotiation.models import Contribution, Project
from tests import factories

from .conftest import YEARS, amounts, hidden, inputs, name, words

pytestmark = pytest.mark.django_db


def test_adding_a_line_tells_the_amounts_that_are_gone(sign_in, editor, dossier, project, state, urls):
    gone = Project.objects.create(negotiation=dossier, name="Barrage de Kita")
    client = sign_in(editor)
    page = client.get(urls["plan"])
    typed = {name(gone, state, 2028): "123456789", f"financeur-{project.pk}": state.pk, "ajouter": project.pk}
    gone.delete()
    response = client.post(urls["plan"], hidden(page) | typed)
    assert response.status_code == 422
    assert "Barrage de Kita (projet supprimé), État, 2028 : « 123456789 » n’est pas enregistré" in words(response)
    assert name(project, state, 2027) in inputs(response)


def test_a_financier_is_added_without_losing_what_was_typed(sign_in, editor, dossier, project, state, region, urls):
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=100)
    page = client.get(urls["plan"])
    response = client.post(urls["plan"], hidden(page) | inputs(page) | {
        name(project, state, 2028): "1,5", f"financeur-{project.pk}": region.pk, "ajouter": project.pk})
    assert response.status_code == 200
    assert inputs(response) == {name(project, state, year): text for year, text in zip(
        YEARS, ["100", "1,5", "", "", "", ""], strict=True)} | {name(project, region, year): "" for year in YEARS}
    assert len(re.findall(r"<input[^>]* autofocus>", response.content.decode())) == 1
    assert [row[2:] for row in amounts(dossier)] == [(2027, 100)]
    saved = client.post(urls["plan"], hidden(response) | inputs(response) | {
        name(project, state, 2028): "", name(project, region, 0): "7"})
    assert saved.status_code == 302
    assert [row[1:] for row in amounts(dossier)] == [("Ministère de l’Économie", 2027, 100), ("Région de Kayes", 0, 7)]


def test_adding_no_financier_is_explained(sign_in, editor, project, urls):
    response = sign_in(editor).post(urls["plan"], {"ajouter": project.pk, f"financeur-{project.pk}": ""})
    assert response.status_code == 422
    assert "Choisissez d’abord, dans la liste, le financeur à ajouter." in words(response)


def test_a_financier_chosen_and_not_added_is_not_dropped_without_a_word(sign_in, editor, dossier, project, state,
                                                                        region, urls):
    client = sign_in(editor)
    page = client.get(urls["plan"])
    refused = client.post(urls["plan"], hidden(page) | {name(project, state, 2027): "5",
                                                        f"financeur-{project.pk}": region.pk})
    assert refused.status_code == 422
    sentence = f"{project} : vous avez choisi {region} sans l’ajouter. Sa ligne est ouverte"
    assert sentence in words(refused)
    first, body = name(project, region, 2027), refused.content.decode()
    assert f'<li><a href="#{first}">' in body
    assert f'id="{first}" aria-invalid="true" aria-describedby="e{first}"' in body
    assert f'<li id="e{first}">{region}, 2027' in body
    assert "ce financeur a été choisi sans être ajouté." in words(refused)
    assert "Total du plan 5 FCFA" in words(refused)
    assert inputs(refused)[name(project, state, 2027)] == "5"
    assert name(project, region, 2027) in inputs(refused)
    assert client.post(urls["plan"], hidden(refused) | inputs(refused)).status_code == 302
    assert [row[2:] for row in amounts(dossier)] == [(2027, 5)]


@pytest.mark.parametrize("button", [{}, {"ajouter": 0}], ids=["save", "add"])
def test_a_financier_chosen_and_removed_meanwhile_is_told(sign_in, editor, dossier, project, state, urls, button):
    gone = dossier.actors.create(name="Banque de Kayes", side="partner", financier=True)
    client = sign_in(editor)
    page = client.get(urls["plan"])
    gone_pk = gone.pk
    gone.delete()
    refused = client.post(urls["plan"], hidden(page) | {name(project, state, 2027): "5",
                                                        f"financeur-{project.pk}": gone_pk} | dict.fromkeys(
        button, project.pk))
    assert refused.status_code == 422
    assert words(refused).count("Piste de Kléla : Banque de Kayes, que vous aviez choisi, n’est plus dans le dossier "
                                "et n’est pas ajouté.") == 1
    assert (inputs(refused)[name(project, state, 2027)], amounts(dossier)) == ("5", [])
    assert client.post(urls["plan"], hidden(refused) | inputs(refused)).status_code == 302
    assert [row[2:] for row in amounts(dossier)] == [(2027, 5)]


def test_a_financier_not_added_and_a_wrong_amount_are_told_together(sign_in, editor, dossier, project, state, region,
                                                                    urls):
    client = sign_in(editor)
    page = client.get(urls["plan"])
    refused = client.post(urls["plan"], hidden(page) | {name(project, state, 2027): "1,5 M",
                                                        f"financeur-{project.pk}": region.pk})
    assert refused.status_code == 422
    body = refused.content.decode()
    for cell in (name(project, region, 2027), name(project, state, 2027)):
        assert f'<li><a href="#{cell}">' in body
        assert f'<li id="e{cell}">' in body
    assert words(refused).count("vous avez choisi") == 1


def test_the_undivided_line_is_opened_without_losing_what_was_typed(sign_in, editor, dossier, project, state, urls):
    response = sign_in(editor).post(urls["plan"], {name(project, state, 2027): "12", "ensemble": "1"})
    assert response.status_code == 200
    assert "Ensemble du contrat (non réparti par projet)" in words(response)
    assert inputs(response)[name(project, state, 2027)] == "12"
    assert 'name="ensemble"' not in response.content.decode()
    assert amounts(dossier) == []


def test_the_contract_is_lengthened_without_losing_what_was_typed(sign_in, manager, dossier, project, state, urls):
    client = sign_in(manager)
    asked = {name(project, state, 2027): "1,5", "allonger": "2032"}
    for _ in range(2):
        response = client.post(urls["plan"], asked)
        assert (response.status_code, inputs(response)[name(project, state, 2027)]) == (200, "1,5")
        assert name(project, state, 2032) in inputs(response)
    dossier.refresh_from_db()
    assert (dossier.last_year, amounts(dossier)) == (2032, [])


def test_a_contract_is_not_lengthened_over_the_next_one(sign_in, kayes, manager, dossier, urls):
    factories.negotiation(kayes, manager, first_year=2032, last_year=2036)
    response = sign_in(manager).post(urls["plan"], {"allonger": "2032"})
    assert response.status_code == 422
    assert "a déjà une négociation sur la période 2032-2036" in words(response)


def test_an_editor_does_not_lengthen_the_contract(sign_in, editor, dossier, urls):
    assert "Ajouter l’année" not in words(sign_in(editor).get(urls["plan"]))
    assert sign_in(editor).post(urls["plan"], {"allonger": "2032"}).status_code == 403
