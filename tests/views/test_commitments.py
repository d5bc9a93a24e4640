"""The pages of the commitments: what readers see, what a person types, what is refused and kept."""
import gzip
import html
import re

import pytest
from django.urls import reverse

from negotiation.choices import Nature, OrganisationKind, Role
from negotiation.models import Contribution, JournalEntry, Negotiation, Project
from negotiation.workflow import commitments as acts
from negotiation.workflow.negotiations import share
from tests import factories

pytestmark = pytest.mark.django_db
YEARS = [2027, 2028, 2029, 2030, 2031, 0]


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste de Kléla", cost=2_000)


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère de l’Économie", acronym="État", side="state", financier=True, order=1)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région de Kayes", side="authority", financier=True, order=2)


@pytest.fixture
def urls(dossier):
    return {name: reverse(name, args=[dossier.slug]) for name in ("commitments", "plan", "announced_total")}


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
    return f"p{project.pk}-f{actor.pk}-y{year}"


def amounts(dossier):
    return sorted(Contribution.objects.filter(project__negotiation=dossier).values_list(
        "project__name", "financier__name", "year", "amount"))


def test_the_gap_is_told_to_the_franc(sign_in, editor, dossier, state, region, urls):
    whole = acts.open_whole_contract(dossier, by=editor)
    acts.save_plan(dossier, {(whole.pk, state.pk, year): 400_000_000 for year in YEARS[:5]}
                   | {(whole.pk, region.pk, 0): 181_715_163}, {}, by=editor)
    acts.announce_total(dossier, 2_173_126_400, "L’Essor, 5 septembre 2018", by=editor)
    response = sign_in(editor).get(urls["commitments"])
    assert "2\u00a0173\u00a0126\u00a0400\u00a0FCFA" in response.content.decode()
    page = words(response)
    assert ("Le plan de financement (2 181 715 163 FCFA) dépasse le total annoncé (2 173 126 400 FCFA) : écart de "
            "8 588 763 FCFA.") in page
    assert ("Total annoncé 2 173 126 400 FCFA deux milliards cent soixante-treize millions cent vingt-six mille quatre "
            "cents francs CFA Source du total annoncé L’Essor, 5 septembre 2018") in page
    assert ("Projet et financeurs 2027 2028 2029 2030 2031 Non réparti Total Ensemble du contrat (non réparti par "
            f"projet) {'400 000 000 ' * 5}181 715 163 2 181 715 163 État") in page
    assert "État 2 000 000 000 FCFA 91,7 % Région de Kayes 181 715 163 FCFA 8,3 % Total 2 181 715 163 FCFA" in page


def test_a_project_is_told_whole(sign_in, editor, dossier, state, urls):
    project = Project.objects.create(
        negotiation=dossier, name="Piste", site="Kléla", problem="Les récoltes se perdent.",
        beneficiaries="12 villages", cost=1_000_000, cost_source="Étude de 2026", source="PDSEC")
    Contribution.objects.create(project=project, financier=state, year=2027, amount=400_000)
    page = words(sign_in(editor).get(urls["commitments"]))
    assert ("Piste Site Kléla Problème à résoudre Les récoltes se perdent. Bénéficiaires 12 villages Coût estimé "
            "1 000 000 FCFA Source de l’estimation Étude de 2026 Financement inscrit au plan 400 000 FCFA il manque "
            "600 000 FCFA Source PDSEC") in page


def test_blank_fields_say_so(sign_in, editor, dossier, urls):
    Project.objects.create(negotiation=dossier, name="Piste")
    client, blank = sign_in(editor), "Site, problème à résoudre, bénéficiaires, coût estimé"
    assert f"{blank} non renseigné" in words(client.get(urls["commitments"]))
    type(dossier).objects.filter(pk=dossier.pk).update(nature=Nature.RECONSTITUTED)
    assert f"{blank} non documenté" in words(client.get(urls["commitments"]))


def test_an_obligation_is_told_whole(sign_in, editor, dossier, state, urls):
    dossier.obligations.create(party=state, what="Nommer un point focal.", due_on="2020-01-31",
                               indicator="Lettre reçue", source="PV du 3 mars")
    page = words(sign_in(editor).get(urls["commitments"]))
    assert ("Nommer un point focal. Source : PV du 3 mars · Modifier : Nommer un point focal. Ministère de l’Économie "
            "31 janvier 2020 en retard Lettre reçue ○ à faire") in page


def test_an_empty_dossier_says_what_it_lacks(sign_in, editor, urls):
    page = words(sign_in(editor).get(urls["commitments"]))
    for sentence in ["Aucun total n’est annoncé : indiquez-le pour vérifier que le plan de financement l’égale.",
                     "Aucun projet structurant n’est inscrit.", "Le plan de financement ne contient aucun montant.",
                     "Aucune obligation n’est inscrite."]:
        assert sentence in page


def test_readers_see_everything_and_no_form(sign_in, examiner, dossier, project, state, urls):
    dossier.obligations.create(party=state, what="Nommer un point focal.")
    Contribution.objects.create(project=project, financier=state, year=2027, amount=2_000)
    response = sign_in(examiner).get(urls["commitments"])
    page = words(response)
    assert all(told in page for told in ("Piste de Kléla", "égal au coût", "2 000 FCFA", "Nommer un point focal."))
    for action in ("Modifier", "Ajouter", "Ses montants"):
        assert action not in page
    assert urls["plan"] not in response.content.decode()


@pytest.fixture
def guest(dossier, director):
    partner = factories.organisation("Partenaire", OrganisationKind.PARTNER)
    share(dossier, partner, by=director)
    return factories.member(partner, Role.PARTNER)


# who: status of the page, of the plan's form, of the total's form
RIGHTS = {"editor": (200, 200, 200), "manager": (200, 200, 200), "examiner": (200, 403, 403),
          "director": (200, 403, 403), "guest": (200, 403, 403), "stranger": (404, 404, 404)}


@pytest.mark.parametrize("who", RIGHTS)
def test_rights(sign_in, request, dossier, urls, who):
    client = sign_in(request.getfixturevalue(who))
    assert tuple(client.get(urls[page]).status_code for page in urls) == RIGHTS[who]
    sent = {"amount": "5", "base": acts.total_fingerprint(dossier)}
    posts = tuple(client.post(urls[page], sent).status_code for page in ("plan", "announced_total"))
    assert posts == {200: (302, 302), 403: (403, 403), 404: (404, 404)}[RIGHTS[who][1]]
    dossier.refresh_from_db()
    assert dossier.announced_total == (5 if RIGHTS[who][1] == 200 else None)


def test_without_a_sign_in_there_is_nothing_to_see(client, urls):
    assert [client.get(url).status_code for url in urls.values()] == [302, 302, 302]


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_any_number_of_rows(sign_in, editor, dossier, urls, rows, django_assert_num_queries):
    actors = list(dossier.actors.all())
    for n in range(rows):
        project = Project.objects.create(negotiation=dossier, name=f"Projet {n}", cost=100)
        for actor in actors[:rows]:
            Contribution.objects.create(project=project, financier=actor, year=2027, amount=n + 1)
        dossier.obligations.create(party=actors[n], what=f"Obligation {n}")
    client = sign_in(editor)
    for page, queries in [("commitments", 13), ("plan", 12), ("announced_total", 6)]:
        with django_assert_num_queries(queries):
            client.get(urls[page])


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


def test_the_plan_of_an_ordinary_dossier_is_light(sign_in, editor, dossier, urls):
    for number in range(3):
        project = Project.objects.create(negotiation=dossier, name=f"Projet structurant numéro {number}")
        for actor in dossier.actors.all()[:4]:
            for year in YEARS[:5]:
                Contribution.objects.create(project=project, financier=actor, year=year,
                                            amount=100_000_000 + 7919 * actor.pk * year)
    client = sign_in(editor)
    assert [len(gzip.compress(client.get(urls[page]).content)) <= 14_000 for page in urls] == [True, True, True]


def test_the_total_is_announced(sign_in, editor, dossier, urls):
    client = sign_in(editor)
    page = client.get(urls["announced_total"])
    response = client.post(urls["announced_total"], hidden(page) | {
        "amount": "2 173 126 400 FCFA", "source": "L’Essor"}, follow=True)
    assert response.redirect_chain == [(urls["commitments"], 302)]
    dossier.refresh_from_db()
    assert (dossier.announced_total, dossier.announced_source) == (2_173_126_400, "L’Essor")


@pytest.mark.parametrize(("typed", "sentence"), [
    ("1,5", "« 1,5 » contient un point ou une virgule"), ("-3", "« -3 » est négatif"),
    ("0", "0 franc n’est pas un montant"), ("9" * 16, "Ce montant dépasse 15 chiffres")])
def test_a_bad_total_is_refused_and_kept(sign_in, editor, dossier, urls, typed, sentence):
    response = sign_in(editor).post(urls["announced_total"], {
        "amount": typed, "source": "L’Essor", "base": acts.total_fingerprint(dossier)})
    assert response.status_code == 422
    assert sentence in words(response)
    assert f'value="{typed}"' in response.content.decode()
    dossier.refresh_from_db()
    assert dossier.announced_total is None


def test_a_total_changed_underneath_is_shown_and_may_be_replaced(sign_in, editor, manager, dossier, urls):
    client = sign_in(editor)
    page = client.get(urls["announced_total"])
    acts.announce_total(dossier, 7_000, "Arrêté", by=manager)
    typed = {"amount": "8 000", "source": ""}
    response = client.post(urls["announced_total"], hidden(page) | typed)
    assert response.status_code == 409
    assert f"{manager} vient d’inscrire 7 000 FCFA (source : Arrêté)." in words(response)
    assert client.post(urls["announced_total"], hidden(response) | typed).status_code == 302
    dossier.refresh_from_db()
    assert dossier.announced_total == 8_000


def test_a_project_is_added_with_its_cost(sign_in, editor, dossier, urls):
    url = reverse("record_add", args=[dossier.slug, "projets"])
    response = sign_in(editor).post(url, {"name": "Piste", "cost": "1 200 000 FCFA", "cost_source": "Étude"})
    assert response.status_code == 302
    assert [(p.name, p.cost, p.cost_source) for p in dossier.projects.all()] == [("Piste", 1_200_000, "Étude")]


def test_the_undivided_line_has_a_name_and_a_source_only(sign_in, editor, dossier):
    line = acts.open_whole_contract(dossier, by=editor)
    page = sign_in(editor).get(reverse("record", args=[dossier.slug, "projets", line.pk]))
    visible = re.findall(r'<(?:input|textarea)[^>]*name="([^"]+)"', page.content.decode())
    assert [field for field in visible if field not in ("csrfmiddlewaretoken", "base", "key")] == ["name", "source"]


def test_an_obligation_names_an_actor_of_the_dossier(sign_in, editor, dossier, state, stranger):
    other = factories.negotiation(factories.council("mopti"), stranger)
    url = reverse("record_add", args=[dossier.slug, "obligations"])
    client = sign_in(editor)
    told = {"what": "Nommer un point focal.", "state": "todo"}
    assert client.post(url, told | {"party": other.actors.first().pk}).status_code == 422
    assert client.post(url, told | {"party": state.pk}).status_code == 302
    assert [str(one.party) for one in dossier.obligations.all()] == ["État"]
