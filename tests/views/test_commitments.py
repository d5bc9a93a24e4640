"""The pages of the commitments: what readers see, who may write, what the announced total says and costs."""
import gzip
import re

import pytest
from django.urls import reverse

from negotiation.choices import Nature, OrganisationKind, Role
from negotiation.models import Contribution, Project
from negotiation.workflow import commitments as acts
from negotiation.workflow.negotiations import share
from tests import factories

from .conftest import YEARS, hidden, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste de Kléla", cost=2_000)


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
    for page, queries in [("commitments", 14), ("plan", 11), ("announced_total", 6)]:
        with django_assert_num_queries(queries):
            client.get(urls[page])


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
