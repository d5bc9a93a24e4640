"""One that leaves while another comes is not told as renamed, and one renamed is, when something proves it."""
import pytest

from negotiation.documents.booklet.comparison import compare
from negotiation.models import Actor, Contribution, Event, Obligation, Project

from .test_comparison import N, content, told
from .test_comparison_records import financed, heads

pytestmark = pytest.mark.django_db


@pytest.fixture
def state(dossier):
    return dossier.actors.get(name="État")


def partner(dossier, called, *, project=None, amount=0, duty="", acronym="", **person):
    """A partner, with its amount, its commitment and who represents it."""
    actor = Actor.objects.create(negotiation=dossier, name=called, acronym=acronym, side="funder", financier=True,
                                 order=99)
    actor.representatives.create(function="Responsable de programme", **person)
    if amount:
        Contribution.objects.create(project=project, financier=actor, year=dossier.first_year, amount=amount)
    if duty:
        Obligation.objects.create(negotiation=dossier, party=actor, what=duty)
    return actor


def leave(*actors):
    for actor in actors:
        Contribution.objects.filter(financier=actor).delete()
        Obligation.objects.filter(party=actor).delete()
        actor.delete()


@pytest.mark.parametrize(("old", "new"), [
    ("Espace pastoral de Kourougué", "Centre de santé communautaire"), ("Puits de Kourougué", "École de Kourougué")])
def test_a_project_that_leaves_and_one_that_comes_are_two(dossier, state, old, new):
    shared = {"site": "Kourougué", "source": "S04", "beneficiaries": "Population de Kourougué"}
    gone = financed(dossier, old, state, 100, **shared)
    before = content(dossier)
    gone.delete()
    financed(dossier, new, state, 30, **shared)
    found = told(dossier, before)
    assert heads(found["Projets"]) == [f"Projet « {new} » : ajout", f"Projet « {old} » : suppression"]
    assert found["Financement"] == [f"{new}, engagement {dossier.first_year} de l’État : ajout (30{N}FCFA)",
                                    f"Total du plan de financement : 100 → 30{N}FCFA",
                                    f"{old}, engagement {dossier.first_year} de l’État : suppression (100{N}FCFA)"]


def test_a_name_that_only_grows_names_the_same_project(dossier):
    """It has neither amounts nor words of its own, and nothing else of it has changed."""
    for name, site in (("Espace pastoral de Dinguiraye", "Samé"), ("Espace pastoral de Gavinané", "Gavinané")):
        Project.objects.create(negotiation=dossier, name=name, site=site, source="S04")
    before = content(dossier)
    Project.objects.filter(site="Samé").update(name="Espace pastoral de Dinguiraye et environs")
    assert told(dossier, before) == {"Projets": [
        "Projet renommé : « Espace pastoral de Dinguiraye » → « Espace pastoral de Dinguiraye et environs »"]}


@pytest.mark.parametrize(("amount", "fields"), [
    (400, {}), (0, {"problem": "Troupeaux sans eau", "beneficiaries": "Éleveurs de passage"})])
def test_a_project_under_quite_another_name_is_proven_by_its_amounts_or_its_words(dossier, state, amount, fields):
    project = Project.objects.create(negotiation=dossier, name="Espace pastoral", **fields)
    if amount:
        Contribution.objects.create(project=project, financier=state, year=dossier.first_year, amount=amount)
    before = content(dossier)
    Project.objects.update(name="Aire de repos du bétail")
    assert told(dossier, before) == {"Projets": ["Projet renommé : « Espace pastoral » → « Aire de repos du bétail »"]}


@pytest.mark.parametrize("person", [{}, {"starts_on": "2027-01-01"}])
@pytest.mark.parametrize("new", ["Banque ouest-africaine", "Coopération du Golfe"])
def test_a_partner_that_leaves_and_one_that_comes_are_two(dossier, state, person, new):
    road = financed(dossier, "Route", state)
    gone = partner(dossier, "Coopération du Nord", project=road, amount=200, **person)
    before = content(dossier)
    leave(gone)
    partner(dossier, new, project=road, amount=7, **person)
    changed = compare(before, content(dossier))
    found = {section.title: section.sentences for section in changed}
    assert [one for one in heads(found["Acteurs et représentants"]) if "Responsable" not in one] == [
        f"{new} : ajout", "Coopération du Nord : suppression"]
    assert [one for one in heads(found["Financement"]) if one.endswith("suppression")] == [
        f"Route, engagement {dossier.first_year} de Coopération du Nord : suppression"]
    assert [(row.name, row.before, row.after) for row in changed[0].rows] == [
        ("État", "400", "400"), ("Coopération du Nord", "200", "—"), (new, "—", "7"), ("Total", "600", "407")]


@pytest.mark.parametrize("proof", [
    {"name": "Awa Traoré", "starts_on": "2027-01-01"}, {"amount": 100, "duty": "Publier"}])
def test_an_actor_under_quite_another_name_is_proven_by_its_people_or_its_pledges(dossier, state, proof):
    actor = partner(dossier, "Fonds routier", project=financed(dossier, "Route", state), **proof)
    before = content(dossier)
    Actor.objects.filter(pk=actor.pk).update(name="Agence nationale")
    assert told(dossier, before) == {
        "Acteurs et représentants": ["Acteur renommé : « Fonds routier » → « Agence nationale »"]}


@pytest.mark.parametrize(("old", "new"), [
    (("Groupe de recherche", "GRDR"), ("Migration, citoyenneté", "GRDR")), (("GRDR", ""), ("Migration", "GRDR"))])
def test_an_actor_is_known_by_its_acronym(dossier, state, old, new):
    actor = partner(dossier, old[0], acronym=old[1], project=financed(dossier, "Route", state), amount=100)
    before = content(dossier)
    Actor.objects.filter(pk=actor.pk).update(name=new[0], acronym=new[1])
    Contribution.objects.filter(financier=actor).update(amount=150)
    found = told(dossier, before)
    assert found["Acteurs et représentants"][0] == f"Acteur renommé : « {old[0]} » → « {new[0]} »"
    assert heads(found["Financement"])[0] == (
        f"Route, engagement {dossier.first_year} de GRDR : 100 → 150{N}FCFA")


def test_two_commitments_of_one_indicator_are_two(dossier, state):
    shared = {"negotiation": dossier, "indicator": "Rapport annuel", "due_on": "2028-12-31", "source": "Contrat"}
    Obligation.objects.create(party=state, what="Construire dix forages à Yélimané.", **shared)
    before = content(dossier)
    Obligation.objects.all().delete()
    Obligation.objects.create(party=dossier.actors.filter(side="authority").first(), what="Former vingt agents.",
                              **shared)
    added, removed = heads(told(dossier, before)["Obligations"])
    assert added.endswith("« Former vingt agents. » : ajout")
    assert removed == "État : « Construire dix forages à Yélimané. » : suppression"


def test_two_events_of_one_day_are_two(dossier):
    shared = {"negotiation": dossier, "date": "2027-03-03", "kind": "meeting", "place": "Kayes",
              "participants": "Conseil régional"}
    gone = Event.objects.create(title="Atelier de restitution du diagnostic", **shared)
    before = content(dossier)
    gone.delete()
    Event.objects.create(title="Audience accordée aux bailleurs", **shared)
    assert heads(told(dossier, before)["Chronologie"]) == [
        "« Audience accordée aux bailleurs » : ajout", "« Atelier de restitution du diagnostic » : suppression"]
