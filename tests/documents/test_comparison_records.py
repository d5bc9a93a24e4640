"""What two editions say of one record: it stays the same under another name, in another order, among its namesakes."""
import pytest

from negotiation.documents.booklet.comparison import Row, compare
from negotiation.documents.booklet.telling import of
from negotiation.models import (
    Actor,
    ActorRole,
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Event,
    FundingLimit,
    Negotiation,
    Obligation,
    Phase,
    PositionAmount,
    Project,
    Representative,
)

from .. import factories
from .test_comparison import N, content, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def state(dossier):
    return dossier.actors.get(name="État")


@pytest.fixture
def region(dossier):
    return dossier.actors.filter(side="authority").first()


@pytest.fixture
def road(dossier, state):
    return financed(dossier, "Route", state)


def financed(dossier, name, financier, amount=400, **fields):
    project = Project.objects.create(negotiation=dossier, name=name, **fields)
    Contribution.objects.create(project=project, financier=financier, year=dossier.first_year, amount=amount)
    return project


def heads(sentences):
    """What each sentence says, without the details of what is added or removed."""
    return [one.split(" (")[0] for one in sentences]


def test_a_sum_of_the_printed_tables_is_no_commitment(dossier, road, state):
    before = content(dossier)
    financed(dossier, "Pont", state, 100)
    added = f"Pont, engagement {dossier.first_year} de l’État : ajout (100{N}FCFA)"
    assert told(dossier, before)["Financement"] == [added, f"Total du plan de financement : 400 → 500{N}FCFA"]
    for number in range(12):
        financed(dossier, f"Piste {number}", state, 1)
    assert not any("Ensemble" in one for one in told(dossier, before)["Financement"])


def test_an_edition_from_before_the_sheet_is_read_from_its_tables(dossier, road, state):
    financed(dossier, "Pont", state, 100)
    before = content(dossier)
    del before["body"]["sheet"]
    Contribution.objects.filter(project=road).update(amount=300)
    assert told(dossier, before)["Financement"] == [
        f"Route, engagement {dossier.first_year} de l’État : 400 → 300{N}FCFA",
        f"Total du plan de financement : 500 → 400{N}FCFA"]


def test_a_table_printed_in_pieces_shifts_nothing(dossier, road, region, manager):
    partners = [dossier.actors.create(name=f"Partenaire {place}", side="funder", order=50 + place)
                for place in range(8)]
    position = factories.position(dossier, by=manager, project=road, party=region, amounts={
        (one.pk, dossier.first_year): 10 for one in partners[1:]})
    before = content(dossier)
    PositionAmount.objects.create(position=position, financier=partners[0], year=dossier.first_year, amount=10)
    assert told(dossier, before)["Positions de négociation"] == [
        f"Route, position n° 1, montant : 70 → 80{N}FCFA",
        f"Route, position n° 1, {dossier.first_year}, Partenaire 0 : ajout (10{N}FCFA)"]


def namesakes(dossier, state):
    """Three of each kind, which only their details tell apart: (section, the first of them, the start of its name)."""
    progress = dossier.steps.get(step__code="A1")
    made = {"events": [], "obligations": [], "difficulties": [], "pieces": [], "people": []}
    for place in (1, 2, 3):
        made["events"].append(Event.objects.create(negotiation=dossier, date=f"2027-04-0{place}", kind="meeting",
                                                   title="Réunion", decisions=f"Décision {place}"))
        made["obligations"].append(Obligation.objects.create(negotiation=dossier, party=state, what="Rendre compte",
                                                             due_on=f"202{place + 6}-01-01"))
        made["difficulties"].append(Difficulty.objects.create(negotiation=dossier, family="human", what="Retard",
                                                              owner=f"Agent {place}"))
        made["people"].append(state.representatives.create(function="Délégué", name=f"Personne {place}"))
        made["pieces"].append(Document.objects.create(progress=progress, title="Photo"))
    return made


@pytest.mark.parametrize(("kind", "section", "name", "detail"), [
    ("events", "Chronologie", "« Réunion »", "Décision 1"),
    ("obligations", "Obligations", "État : « Rendre compte »", "1er janvier 2027"),
    ("difficulties", "Difficultés", "Difficulté « Retard »", "Agent 1"),
    ("people", "Acteurs et représentants", "État, Délégué", "Personne 1"),
    ("pieces", "Étapes, réponses et pièces", "Étape A1, pièce Photo, version 1", "photo-1.jpg"),
])
def test_the_first_of_three_namesakes_comes_and_goes_alone(dossier, state, manager, kind, section, name, detail):
    made = namesakes(dossier, state)[kind]
    if kind == "pieces":
        for place, document in enumerate(made, 1):
            DocumentVersion.objects.create(document=document, number=1, sha256=str(place) * 64, size=1, kind="jpeg",
                                           file_name=f"photo-{place}.jpg", uploaded_by=manager)
    three = content(dossier)
    if kind == "pieces":
        made[0].versions.all().delete()
    made[0].delete()
    gone, = told(dossier, three)[section]
    assert gone.startswith(f"{name} : suppression (")
    assert detail in gone
    two = content(dossier)
    sentences = [one for part in compare(two, three) for one in part.sentences]
    come, = (one for one in sentences if name in one)
    assert come == gone.replace("suppression", "ajout")


def test_two_namesakes_that_change_are_told_apart(dossier):
    made = [Event.objects.create(negotiation=dossier, date=f"2027-04-0{place}", kind="meeting", title="Réunion",
                                 participants=f"Groupe {place}") for place in (1, 2, 3)]
    before = content(dossier)
    for event in made[1:]:
        event.place = "Kayes"
        event.save()
    assert told(dossier, before)["Chronologie"] == ["« Réunion », lieu : ajout (« Kayes »)",
                                                    "« Réunion » (2e de ce nom), lieu : ajout (« Kayes »)"]


def test_an_actor_named_like_a_representative_is_not_taken_for_one(dossier, state):
    state.representatives.create(function="Gouverneur", name="Awa Traoré")
    before = content(dossier)
    state.representatives.all().delete()
    dossier.actors.create(name="État, Gouverneur", side="state", order=99)
    added, removed = told(dossier, before)["Acteurs et représentants"]
    assert added.startswith("État, Gouverneur : ajout (partie : ")
    assert removed == "État, Gouverneur : suppression (« Awa Traoré »)"


@pytest.fixture
def partner(dossier, road, state, region, manager):
    """An actor that is named wherever a livret names one."""
    partner = Actor.objects.create(negotiation=dossier, name="Fonds routier", acronym="FR", side="funder", order=99)
    Representative.objects.create(actor=partner, function="Directrice", name="Awa Traoré")
    ActorRole.objects.create(actor=partner, phase=Phase.objects.get(code="A"), role="R")
    Contribution.objects.create(project=road, financier=partner, year=dossier.first_year, amount=100)
    Obligation.objects.create(negotiation=dossier, party=partner, what="Publier")
    FundingLimit.objects.create(negotiation=dossier, kind="financier_share", share=10, financier=partner)
    amounts = {(partner.pk, dossier.first_year): 100}
    factories.position(dossier, by=manager, project=road, party=region, amounts=amounts)
    agreed = factories.position(dossier, by=manager, project=road, party=partner, amounts=amounts)
    factories.agree(agreed, by=manager)
    return partner


@pytest.mark.parametrize(("old", "new", "sentence"), [
    ("", "FR", "Fonds routier, sigle : ajout (« FR »)"),
    ("FR", "F.R.", "Fonds routier, sigle : « FR » → « F.R. »"),
    ("FR", "", "Fonds routier, sigle : suppression (« FR »)"),
])
def test_an_acronym_makes_no_other_actor(dossier, partner, old, new, sentence):
    Actor.objects.filter(pk=partner.pk).update(acronym=old)
    before = content(dossier)
    Actor.objects.filter(pk=partner.pk).update(acronym=new)
    found = told(dossier, before)
    assert found.pop("Acteurs et représentants") == [sentence]
    assert found == {}


@pytest.mark.parametrize("acronym", ["", "FR"])
def test_a_renamed_actor_is_followed_into_positions_rules_and_agreements(dossier, partner, acronym):
    Actor.objects.filter(pk=partner.pk).update(acronym=acronym)
    before = content(dossier)
    Actor.objects.filter(pk=partner.pk).update(name="Fonds d’entretien")
    assert told(dossier, before) == {
        "Acteurs et représentants": ["Acteur renommé : « Fonds routier » → « Fonds d’entretien »"]}


def test_a_renamed_actor_that_brings_more_is_one_line_of_the_table(dossier, partner):
    Actor.objects.filter(pk=partner.pk).update(acronym="")
    before = content(dossier)
    Actor.objects.filter(pk=partner.pk).update(name="Fonds d’entretien")
    Contribution.objects.filter(financier=partner).update(amount=150)
    first, = (one for one in compare(before, content(dossier)) if one.rows)
    assert first.sentences == (f"Route, engagement {dossier.first_year} du Fonds d’entretien : 100 → 150{N}FCFA",
                               f"Total du plan de financement : 100 → 150{N}FCFA")
    assert first.rows == tuple(Row(name, "100", "150", "+50") for name in ("Fonds d’entretien", "Total"))


def test_two_projects_renamed_at_once_keep_their_amounts(dossier, state):
    for name in ("Route", "Pont"):
        financed(dossier, name, state, site=f"Site de {name}", source="Étude")
    before = content(dossier)
    for name in ("Route", "Pont"):
        Project.objects.filter(name=name).update(name=f"{name} de Kita")
    assert told(dossier, before) == {"Projets": ["Projet renommé : « Route » → « Route de Kita »",
                                                 "Projet renommé : « Pont » → « Pont de Kita »"]}


def test_projects_that_nothing_tells_apart_are_not_guessed(dossier):
    for name in ("Route", "Pont"):
        financed(dossier, name, dossier.actors.get(name="État"), site="Kayes")
    before = content(dossier)
    for name, other in (("Route", "Axe nord"), ("Pont", "Ouvrage sud")):
        Project.objects.filter(name=name).update(name=other)
    assert heads(told(dossier, before)["Projets"]) == [
        "Projet « Axe nord » : ajout", "Projet « Ouvrage sud » : ajout", "Projet « Route » : suppression",
        "Projet « Pont » : suppression"]


def test_a_moved_project_is_told_as_moved(dossier):
    for place, name in enumerate(("Route", "Pont", "Puits")):
        Project.objects.create(negotiation=dossier, name=name, order=place)
    before = content(dossier)
    Project.objects.filter(name="Route").update(order=9)
    assert told(dossier, before) == {"Projets": ["L’ordre des projets change : « Route » vient après « Puits »"]}
    moved = content(dossier)
    Project.objects.filter(name="Route").update(order=0)
    assert told(dossier, moved) == {"Projets": ["L’ordre des projets change : « Route » vient en premier"]}


def test_a_moved_actor_is_told_as_moved_among_those_of_its_side(dossier):
    places = {name: dossier.actors.create(name=name, side="funder", order=place).pk
              for place, name in enumerate(("AFD", "BAD", "BID"), 90)}
    before = content(dossier)
    Actor.objects.filter(pk=places["AFD"]).update(order=99)
    assert told(dossier, before) == {"Acteurs et représentants": ["L’ordre des acteurs change : AFD vient après BID"]}


def test_representatives_exchanged_are_told_by_their_actor(dossier, state):
    for function, name in (("Gouverneur", "Awa"), ("Délégué", "")):
        state.representatives.create(function=function, name=name)
    before = content(dossier)
    side, = (one for one in before["body"]["sides"] if any(actor["name"] == "État" for actor in one["actors"]))
    actor, = (one for one in side["actors"] if one["name"] == "État")
    actor["representatives"].reverse()
    assert told(dossier, before) == {"Acteurs et représentants": [
        "L’ordre des représentants de l’État change : « Délégué » vient après « Gouverneur, Awa »"]}


def test_a_project_that_goes_with_its_positions_is_told_position_by_position(dossier, road, state, region, manager):
    pond = financed(dossier, "Mare", state)
    years = [(state.pk, dossier.first_year + place) for place in range(3)]
    factories.position(dossier, by=manager, project=pond, party=region, amounts=dict.fromkeys(years, 100))
    agreed = factories.position(dossier, by=manager, project=pond, party=state, amounts=dict.fromkeys(years, 90))
    factories.agree(agreed, by=manager)
    before, after = content(dossier), content(dossier)
    after["body"]["positions"] = []
    gone, = (part.sentences for part in compare(before, after) if part.title == "Positions de négociation")
    assert heads(gone) == ["Mare, position n° 1 : suppression", "Mare, position n° 2 : suppression"]
    assert [amount in one for one, amount in zip(gone, (f"montant : 300{N}FCFA", f"montant : 270{N}FCFA"),
                                                 strict=True)] == [True, True]


@pytest.mark.parametrize(("name", "said"), [
    ("Communes d’exercice A à E", "des Communes d’exercice A à E"), ("Services de l’État", "des Services de l’État"),
    ("Conseil régional", "du Conseil régional"), ("Kayes", "de Kayes"), ("AFD", "d’AFD"), ("État", "de l’État")])
def test_what_somebody_gives_is_theirs_in_french(name, said):
    assert of(name) == said


def test_a_changed_announced_total_is_told_once(dossier, road):
    Negotiation.objects.filter(pk=dossier.pk).update(announced_total=500)
    before = content(dossier)
    Negotiation.objects.filter(pk=dossier.pk).update(announced_total=600)
    assert [one for one in sum(told(dossier, before).values(), []) if "annoncé" in one] == [
        f"Total annoncé : 500 → 600{N}FCFA"]


def test_signs_that_are_not_seen_make_no_other_record(dossier, state):
    """A letter whose accent is a sign of its own, a hard space, a sign without a width."""
    financed(dossier, "École de Nioro", state)
    Obligation.objects.create(negotiation=dossier, party=state, what="Publier le décret")
    before = content(dossier)
    Project.objects.update(name="E\u0301cole de\u00a0Nioro\u200b")
    Obligation.objects.update(what="Publier le de\u0301cret")
    unseen = "(seuls changent des espaces ou des signes qui ne se voient pas)"
    found = told(dossier, before)
    assert found["Obligations"] == [
        f"État : « Publier le décret », texte entier : « Publier le décret » {unseen}"]
    assert found["Projets"] == [f"Projet renommé : « École de Nioro » {unseen}"]
    assert "Financement" not in found


def test_a_longer_period_is_told_in_years(dossier, road):
    before = content(dossier)
    years = f"« {dossier.first_year}-{dossier.last_year} » → « {dossier.first_year}-{dossier.last_year + 1} »"
    Negotiation.objects.filter(pk=dossier.pk).update(last_year=dossier.last_year + 1)
    found = told(dossier, before)
    assert found["Financement"] == [f"Années du plan : {years}"]
    assert "Autres différences" not in found


def test_a_role_that_never_was_is_not_told(dossier):
    actor = dossier.actors.create(name="Fonds routier", side="funder", order=99)
    before = content(dossier)
    ActorRole.objects.create(actor=actor, phase=Phase.objects.get(code="B"), role="C")
    assert told(dossier, before)["Rôles"] == ["Fonds routier, phase B : ajout (« C »)"]


def test_a_commitment_reworded_with_few_details_is_one_sentence(dossier, state):
    Obligation.objects.create(negotiation=dossier, party=state, what="Assurer la maîtrise d’ouvrage des projets",
                              source="S11")
    before = content(dossier)
    Obligation.objects.update(what="Assurer la maîtrise d’ouvrage déléguée.")
    assert told(dossier, before)["Obligations"] == [
        "Autre rédaction : État : « Assurer la maîtrise d’ouvrage des projets » → "
        "« Assurer la maîtrise d’ouvrage déléguée. »"]


def test_a_commitment_given_to_another_party_is_one_sentence(dossier, state, region):
    Obligation.objects.create(negotiation=dossier, party=region, what="Publier", due_text="2028")
    before = content(dossier)
    Obligation.objects.update(party=state)
    assert told(dossier, before)["Obligations"] == [
        f"État : « Publier », à la charge de : « {region} » → « État »"]


def test_two_records_reworded_at_once_are_each_told(dossier, state):
    for place, what in enumerate(("Publier le bilan", "Recruter un agent")):
        Obligation.objects.create(negotiation=dossier, party=state, what=what, indicator=f"Preuve {place}")
        Event.objects.create(negotiation=dossier, date=f"2027-04-0{place + 1}", kind="meeting", title=what)
    before = content(dossier)
    for number, (one, event) in enumerate(zip(Obligation.objects.order_by("pk"), Event.objects.filter(
            negotiation=dossier).order_by("date"), strict=True)):
        Obligation.objects.filter(pk=one.pk).update(what=f"{one.what} {number} fois")
        Event.objects.filter(pk=event.pk).update(title=f"{event.title} {number} fois")
    found = told(dossier, before)
    assert found["Obligations"] == ["Autre rédaction : État : « Publier le bilan » → « Publier le bilan 0 fois »",
                                    "Autre rédaction : État : « Recruter un agent » → « Recruter un agent 1 fois »"]
    assert found["Chronologie"] == ["Autre titre : « Publier le bilan » → « Publier le bilan 0 fois »",
                                    "Autre titre : « Recruter un agent » → « Recruter un agent 1 fois »"]


def test_a_long_difficulty_reworded_is_told_once(dossier):
    Difficulty.objects.create(negotiation=dossier, family="human", what="Agents absents du service. " * 8,
                              lesson="Prévoir des relais")
    before = content(dossier)
    Difficulty.objects.update(what="Agents absents, trop peu nombreux")
    sentence, = told(dossier, before)["Difficultés"]
    assert sentence.startswith("Autre rédaction : Difficulté « Agents absents du service. Agents absents")
    assert sentence.endswith("» → « Agents absents, trop peu nombreux »")
