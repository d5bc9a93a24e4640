"""The plan as a person types it: what is saved, what is refused and kept, what somebody else changed or removed."""
import pytest
from django.urls import reverse

from negotiation.models import Contribution, JournalEntry, Negotiation, Project
from negotiation.workflow import commitments as acts
from tests import factories

from .conftest import YEARS, amounts, hidden, inputs, name, words

pytestmark = pytest.mark.django_db


def test_the_plan_is_typed_and_saved(sign_in, editor, dossier, project, state, region, urls):
    Contribution.objects.create(project=project, financier=state, year=2027, amount=1_500)
    client = sign_in(editor)
    page = client.get(urls["plan"])
    assert inputs(page) == {name(project, state, year): "1 500" if year == 2027 else "" for year in YEARS}
    response = client.post(urls["plan"], hidden(page) | inputs(page) | {
        name(project, state, 2027): "", name(project, state, 2028): "2 173 126\u00a0400 FCFA",
        name(project, state, 0): "0"}, follow=True)
    assert response.redirect_chain == [(urls["commitments"] + "#plan", 302)]
    assert "Le plan de financement est enregistré." in words(response)
    assert amounts(dossier) == [("Piste de Kléla", "Ministère de l’Économie", 2028, 2_173_126_400)]


def test_a_bad_amount_saves_nothing_and_keeps_everything(sign_in, editor, dossier, project, state, urls):
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=1_500)
    page = client.get(urls["plan"])
    typed = inputs(page) | {name(project, state, 2027): "77", name(project, state, 2028): "1,5",
                            name(project, state, 2029): "-4", name(project, state, 2030): "9" * 16,
                            name(project, state, 0): "douze"}
    response = client.post(urls["plan"], hidden(page) | typed)
    assert response.status_code == 422
    assert inputs(response) == typed
    assert hidden(response) == hidden(page)
    told = words(response)
    for sentence in [
        "Piste de Kléla, État, 2028 : « 1,5 » contient un point ou une virgule : écrivez le montant en francs entiers,",
        "Piste de Kléla, État, 2029 : « -4 » est négatif : un montant est un nombre positif de francs.",
        "Piste de Kléla, État, 2030 : Ce montant dépasse 15 chiffres : vérifiez qu’il est bien en francs.",
        "Piste de Kléla, État, non réparti : « douze » n’est pas un montant : écrivez-le en chiffres,",
    ]:
        assert sentence in told
    body = response.content.decode()
    assert f'<a href="#{name(project, state, 2028)}">' in body
    assert f'id="{name(project, state, 2028)}" aria-invalid="true"' in body
    assert body.count('aria-invalid="true"') == 4
    assert amounts(dossier) == [("Piste de Kléla", "Ministère de l’Économie", 2027, 1_500)]
    # A total is not told while one of its amounts cannot be read.
    assert "Sous-total 77 à corriger à corriger à corriger — à corriger à corriger" in told
    assert "Total du plan à corriger" in told


def test_a_cell_changed_underneath_is_shown_and_may_be_imposed(sign_in, editor, manager, dossier, project, state, urls):
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=100)
    page = client.get(urls["plan"])
    acts.save_plan(dossier, {(project.pk, state.pk, 2027): 500_000, (project.pk, state.pk, 2030): 3},
                   {(project.pk, state.pk, 2027): 100}, by=manager)
    response = client.post(urls["plan"], hidden(page) | inputs(page) | {
        name(project, state, 2027): "400000", name(project, state, 2028): "9"})
    assert response.status_code == 409
    assert (f"Piste de Kléla, État, 2027 : {manager} vient d’y inscrire 500 000 FCFA; vous aviez tapé "
            "400 000 FCFA.") in words(response)
    assert "Ce que vous aviez tapé reste dans les cases nommées ci-dessus" in words(response)
    assert inputs(response) == {name(project, state, year): text for year, text in zip(
        YEARS, ["400 000", "9", "", "3", "", ""], strict=True)}
    assert [row[2:] for row in amounts(dossier)] == [(2027, 500_000), (2028, 9), (2030, 3)]
    assert client.post(urls["plan"], hidden(response) | inputs(response)).status_code == 302
    assert [row[2:] for row in amounts(dossier)] == [(2027, 400_000), (2028, 9), (2030, 3)]


def test_an_amount_whose_project_or_financier_is_gone_is_told(sign_in, editor, dossier, project, state, region, urls):
    """What was typed in a cell that no longer exists is said when another refusal keeps the page."""
    gone = Project.objects.create(negotiation=dossier, name="Barrage de Kita")
    Contribution.objects.create(project=project, financier=state, year=2027, amount=100)
    Contribution.objects.create(project=gone, financier=state, year=2027, amount=200)
    client = sign_in(editor)
    page = client.get(urls["plan"])
    typed = inputs(page) | {name(gone, state, 2028): "123456789", name(project, region, 2027): "1,7 M",
                            name(project, state, 2028): "1,5 M", name(gone, state, 2029): ""}
    gone_pk, region_pk = gone.pk, region.pk
    gone.delete()
    region.delete()
    gone.pk, region.pk = gone_pk, region_pk
    response = client.post(urls["plan"], hidden(page) | typed)
    assert response.status_code == 422
    told = words(response)
    lost = "n’est pas enregistré et n’a plus de case ci-dessous, car"
    assert f"Barrage de Kita (projet supprimé), État, 2028 : « 123456789 » {lost} ce projet n’est plus dans" in told
    assert f"Piste de Kléla, Région de Kayes (financeur supprimé), 2027 : « 1,7 M » {lost} ce financeur" in told
    assert "Piste de Kléla, État, 2028 : « 1,5 M » n’est pas un montant" in told
    assert ("Notez les montants qui n’ont plus de case, s’ils servent encore. Tout le reste de ce que vous avez tapé "
            "est conservé ci-dessous.") in told
    # Nothing was typed in the cell that only shows what was stored, nor in the one that was empty.
    assert told.count(lost) == 2
    assert f'<a href="#{name(project, state, 2028)}">' in response.content.decode()
    assert f'<a href="#{name(project, region, 2027)}">' not in response.content.decode()
    assert client.post(urls["plan"], hidden(response) | inputs(response) | {
        name(project, state, 2028): "9"}).status_code == 302


@pytest.mark.parametrize("asked", ["projet", "annee"])
def test_the_page_of_what_is_gone_still_tells_what_was_typed(sign_in, editor, dossier, project, state, urls, asked):
    gone = Project.objects.create(negotiation=dossier, name="Barrage de Kita")
    Contribution.objects.create(project=gone, financier=state, year=2031, amount=200)
    client = sign_in(editor)
    url = f"{urls['plan']}?{asked}={gone.pk if asked == 'projet' else 2031}"
    page = client.get(url)
    typed = inputs(page) | {name(gone, state, 2031): "123456789"}
    gone.delete()
    Negotiation.objects.filter(pk=dossier.pk).update(last_year=2030)
    response = client.post(url, hidden(page) | typed)
    assert response.status_code == 409
    assert "Barrage de Kita (projet supprimé), État, 2031 : 123 456 789 FCFA n’est pas enregistré" in words(response)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("asked", ["", "?annee=2031"])
def test_an_amount_of_a_year_that_left_the_contract_is_told_once(sign_in, editor, dossier, project, state, urls, asked):
    client = sign_in(editor)
    page = client.get(urls["plan"] + asked)
    Negotiation.objects.filter(pk=dossier.pk).update(last_year=2030)
    response = client.post(urls["plan"] + asked, hidden(page) | {name(project, state, 2031): "77"})
    assert (response.status_code, words(response).count("Piste de Kléla, État, 2031 :")) == (422, 1)
    assert ("Piste de Kléla, État, 2031 : « 77 » n’est pas enregistré et n’a plus de case ci-dessous, car cette année "
            "n’est plus dans le contrat.") in words(response)


def test_two_projects_removed_underneath_are_told_apart(sign_in, editor, dossier, project, state, urls):
    gone = [Project.objects.create(negotiation=dossier, name=one) for one in ("Barrage de Kita", "Pont de Bafoulabé")]
    client = sign_in(editor)
    page = client.get(urls["plan"])
    typed = {name(one, state, 2028): str(amount) for one, amount in zip(gone, (5, 6), strict=True)}
    for one in gone:
        Project.objects.get(pk=one.pk).delete()
    response = client.post(urls["plan"], hidden(page) | typed | {name(project, state, 2027): "7"})
    assert response.status_code == 409
    told = words(response)
    assert "Barrage de Kita (projet supprimé), État, 2028 : 5 FCFA n’est pas enregistré, car ce projet" in told
    assert "Pont de Bafoulabé (projet supprimé), État, 2028 : 6 FCFA n’est pas enregistré, car ce projet" in told
    assert [row[2:] for row in amounts(dossier)] == [(2027, 7)]
    assert not JournalEntry.objects.filter(negotiation=dossier, details__icontains="Barrage").exists()


@pytest.mark.parametrize("names", ["", "p1", "p1=%ff&f2&zz=1", "=" * 9000, "p" + "9" * 30 + "=x"])
def test_spoilt_names_name_nothing(sign_in, editor, dossier, project, state, urls, names):
    gone = Project.objects.create(negotiation=dossier, name="Barrage de Kita")
    client = sign_in(editor)
    typed = hidden(client.get(urls["plan"])) | {name(gone, state, 2028): "5", "base_names": names}
    gone.delete()
    response = client.post(urls["plan"], typed)
    assert response.status_code == 409
    assert "Projet supprimé, État, 2028 : 5 FCFA n’est pas enregistré" in words(response)


def test_what_else_is_saved_is_said_only_when_something_is(sign_in, editor, manager, dossier, project, state, urls):
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=100)
    page = client.get(urls["plan"])
    acts.save_plan(dossier, {(project.pk, state.pk, 2027): 500}, {(project.pk, state.pk, 2027): 100}, by=manager)
    typed = hidden(page) | inputs(page) | {name(project, state, 2027): "400"}
    alone = words(client.post(urls["plan"], typed))
    assert "Le plan n’a pas été enregistré" in alone
    assert "Vos autres changements" not in alone
    assert "Ce que vous aviez tapé reste dans les cases nommées ci-dessus" in alone
    beside = words(client.post(urls["plan"], typed | {name(project, state, 2028): "9"}))
    assert "Une partie du plan n’a pas été enregistrée" in beside
    assert "Vos autres changements sont enregistrés. Ce que vous aviez tapé reste" in beside


def test_a_double_click_saves_once(sign_in, editor, dossier, project, state, urls):
    client = sign_in(editor)
    typed = hidden(client.get(urls["plan"])) | {name(project, state, 2027): "5"}
    assert [client.post(urls["plan"], typed).status_code for _ in range(2)] == [302, 302]
    assert JournalEntry.objects.filter(negotiation=dossier, action="plan.change").count() == 1


def test_one_project_is_typed_alone(sign_in, editor, dossier, project, state, urls):
    other = Project.objects.create(negotiation=dossier, name="Barrage")
    for one in (project, other):
        Contribution.objects.create(project=one, financier=state, year=2027, amount=100)
    client = sign_in(editor)
    url = f"{urls['plan']}?projet={project.pk}"
    page = client.get(url)
    assert inputs(page) == {name(project, state, year): "100" if year == 2027 else "" for year in YEARS}
    assert "Total du plan 200 FCFA" in words(page)
    assert client.post(url, hidden(page) | inputs(page) | {name(project, state, 2028): "5"}).status_code == 302
    assert [(row[0], *row[2:]) for row in amounts(dossier)] == [
        ("Barrage", 2027, 100), ("Piste de Kléla", 2027, 100), ("Piste de Kléla", 2028, 5)]


def test_one_year_is_typed_alone(sign_in, editor, dossier, project, state, urls):
    other = Project.objects.create(negotiation=dossier, name="Barrage")
    for one, year in ((project, 2027), (other, 2027), (other, 2028)):
        Contribution.objects.create(project=one, financier=state, year=year, amount=100)
    client = sign_in(editor)
    url = f"{urls['plan']}?annee=2027"
    page = client.get(url)
    assert inputs(page) == {name(one, state, 2027): "100" for one in (project, other)}
    assert "Total de l’année : 200 FCFA" in words(page)
    assert "Total du plan 300 FCFA" in words(page)
    assert client.post(url, hidden(page) | inputs(page) | {name(project, state, 2027): "5"}).status_code == 302
    assert [(row[0], *row[2:]) for row in amounts(dossier)] == [
        ("Barrage", 2027, 100), ("Barrage", 2028, 100), ("Piste de Kléla", 2027, 5)]


@pytest.mark.parametrize("name", ["projet", "annee"])
@pytest.mark.parametrize("asked", ["-1", "x", "9" * 30, "’", "2050"])
def test_a_project_or_a_year_that_is_not_there_is_not_found(sign_in, editor, urls, name, asked):
    assert sign_in(editor).get(urls["plan"], {name: asked}).status_code == 404


def test_another_dossiers_project_is_not_found(sign_in, editor, manager, project, stranger, urls):
    other = factories.negotiation(factories.council("mopti"), stranger)
    foreign = Project.objects.create(negotiation=other, name="Projet de Mopti")
    client = sign_in(editor)
    assert client.get(urls["plan"], {"projet": foreign.pk}).status_code == 404
    response = client.post(urls["plan"], {name(foreign, other.actors.first(), 2027): "5"})
    assert response.status_code == 409
    assert "Projet de Mopti" not in words(response)
    # No cell is left where what was typed could stay.
    assert "Le plan n’a pas été enregistré" in words(response)
    assert "Vos autres changements" not in words(response)
    assert "Ce que vous aviez tapé" not in words(response)
    assert amounts(other) == []


def test_a_year_outside_the_contract_is_refused(sign_in, editor, dossier, project, state, urls):
    response = sign_in(editor).post(urls["plan"], {name(project, state, 2040): "5"})
    assert response.status_code == 422
    assert "Piste de Kléla, État, 2040 : « 5 » n’est pas enregistré et n’a plus de case ci-dessous" in words(response)
    assert amounts(dossier) == []


@pytest.mark.parametrize("base", ["", "[[", "2027|1-2 x", "2027|1 5", "9" * 6000, "2027|1-2 1 2"])
def test_a_spoilt_base_overwrites_nothing(sign_in, editor, dossier, project, state, urls, base):
    Contribution.objects.create(project=project, financier=state, year=2027, amount=100)
    response = sign_in(editor).post(urls["plan"], {"base": base, name(project, state, 2027): "5"})
    assert response.status_code == 409
    assert [row[3] for row in amounts(dossier)] == [100]


def test_forty_projects_eight_financiers_ten_years(sign_in, kayes, manager):
    dossier = factories.negotiation(kayes, manager, first_year=2040, last_year=2049)
    actors = list(dossier.actors.all()[:8])
    projects = [Project.objects.create(negotiation=dossier, name=f"Projet {n}") for n in range(40)]
    Contribution.objects.bulk_create(
        Contribution(project=p, financier=a, year=year, amount=400_000_000 + p.pk)
        for p in projects for a in actors for year in dossier.years)
    client, url = sign_in(manager), reverse("plan", args=[dossier.slug])
    page = client.get(url)
    assert len(inputs(page)) == 40 * 8 * 11
    changed = name(projects[3], actors[2], 2044)
    assert client.post(url, hidden(page) | inputs(page) | {changed: "1"}).status_code == 302
    entry = JournalEntry.objects.filter(negotiation=dossier, action="plan.change").get()
    assert list(entry.details["cells"].values()) == [[400_000_000 + projects[3].pk, 1]]


def test_a_line_tells_the_whole_name_of_a_financier_that_the_page_calls_by_its_acronym(
        sign_in, editor, dossier, project, state, urls):
    state.acronym = "MEF"
    state.save()
    Contribution.objects.create(project=project, financier=state, year=2027, amount=1_500)
    client = sign_in(editor)
    for query in ({}, {"projet": project.pk}, {"annee": 2027}):
        assert client.get(urls["plan"], query).content.decode().count(f'data-line data-name="{state.name}"') == 1
