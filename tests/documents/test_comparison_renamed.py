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


def test_a_label_that_two_actors_bore_follows_neither(dossier, state):
    """In an edition from before an acronym was borne once."""
    road = financed(dossier, "Route", state)
    for number in (1, 2):
        partner(dossier, f"Agence {number}", project=road, amount=100 * number, name=f"Personne {number}")
    before = content(dossier)
    for actor in (one for side in before["body"]["sides"] for one in side["actors"]):
        if actor["name"].startswith("Agence"):
            actor["acronym"] = "AGX"
    for financier in before["body"]["sheet"]["financiers"]:
        if financier["name"].startswith("Agence"):
            financier["label"] = "AGX"
    year = dossier.first_year
    assert told(dossier, before)["Financement"] == [
        f"Route, engagement {year} d’Agence 1 : ajout (100{N}FCFA)",
        f"Route, engagement {year} d’Agence 2 : ajout (200{N}FCFA)",
        f"Route, engagement {year} d’AGX : suppression (100{N}FCFA)",
        f"Route, engagement {year} d’AGX (2e de ce nom) : suppression (200{N}FCFA)"]


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


@pytest.mark.parametrize(("old", "new"), [
    ("Réunion n° 1 du comité de suivi", "Réunion n° 4 du comité de suivi"),
    ("CROCSAD de 2027", "CROCSAD de 2028"), ("Session III du comité", "Session IV du comité"),
    ("Première réunion du comité régional", "Deuxième réunion du comité régional")])
def test_two_events_that_a_number_tells_apart_are_two(dossier, old, new):
    """Whatever they share of their kind, their place and their people."""
    shared = {"negotiation": dossier, "kind": "meeting", "place": "Kayes", "participants": "Conseil régional"}
    gone = Event.objects.create(title=old, date="2027-11-03", **shared)
    before = content(dossier)
    gone.delete()
    Event.objects.create(title=new, date="2027-11-20", **shared)
    assert heads(told(dossier, before)["Chronologie"]) == [f"« {new} » : ajout", f"« {old} » : suppression"]


def test_two_commitments_that_a_number_tells_apart_are_two(dossier, state):
    Obligation.objects.create(negotiation=dossier, party=state, what="Livrer le lot n° 1", due_on="2028-12-31")
    before = content(dossier)
    Obligation.objects.all().delete()
    Obligation.objects.create(negotiation=dossier, party=dossier.actors.filter(side="authority").first(),
                              what="Livrer le lot n° 2", due_on="2029-12-31")
    added, removed = heads(told(dossier, before)["Obligations"])
    assert added.endswith("« Livrer le lot n° 2 » : ajout")
    assert removed == "État : « Livrer le lot n° 1 » : suppression"


def test_a_commitment_of_which_only_a_number_changes_is_reworded(dossier, state):
    """The same party and the same day; what has become of it may have changed."""
    Obligation.objects.create(negotiation=dossier, party=state, what="Financer 5 % du coût", due_on="2028-12-31")
    before = content(dossier)
    Obligation.objects.update(what="Financer 50 % du coût", state="ongoing")
    assert told(dossier, before)["Obligations"] == [
        "Autre rédaction : État : « Financer 5 % du coût » → « Financer 50 % du coût »",
        "État : « Financer 50 % du coût », état : « à faire » → « en cours »"]


def test_sessions_renumbered_are_never_told_as_one_retitled(dossier):
    """1, 2, 3 become 2, 3, 4: the first and the last are not one."""
    made = [Event.objects.create(negotiation=dossier, date=f"2027-11-0{place}", kind="meeting",
                                 title=f"Session n° {place}") for place in (1, 2, 3)]
    before = content(dossier)
    for place, event in enumerate(made, 2):
        Event.objects.filter(pk=event.pk).update(title=f"Session n° {place}")
    assert told(dossier, before)["Chronologie"][0] == (
        "« Session n° 2 », date : « 2 novembre 2027 » → « 1er novembre 2027 »")
    assert not any("Autre titre" in one for one in told(dossier, before)["Chronologie"])


def test_two_projects_that_a_number_tells_apart_are_two(dossier, state):
    shared = {"problem": "Troupeaux sans eau", "beneficiaries": "Éleveurs", "site": "Samé"}
    gone = financed(dossier, "Forage lot 1", state, 100, **shared)
    before = content(dossier)
    gone.delete()
    financed(dossier, "Forage lot 2", state, 30, cost=40, **shared)
    assert heads(told(dossier, before)["Projets"]) == [
        "Projet « Forage lot 2 » : ajout", "Projet « Forage lot 1 » : suppression"]
