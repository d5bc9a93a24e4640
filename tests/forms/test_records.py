"""The forms of records: choices of this dossier only, dates in order and within the life of the contract."""
import pytest
from django.core.exceptions import ValidationError

from negotiation.choices import State
from negotiation.forms.actors import ActorForm, RepresentativeForm, RolesForm
from negotiation.forms.commitments import ObligationForm, ProjectForm
from negotiation.forms.difficulties import DifficultyForm
from negotiation.forms.events import EventForm
from negotiation.forms.refusals import refuse
from negotiation.models import Actor, Event, Obligation
from negotiation.queries.actors import matrix_of

from .. import factories

pytestmark = pytest.mark.django_db
GOOD = {"title": "Réunion", "kind": "meeting", "date": "2026-03-01", "precision": "day"}
UNKNOWN = ["Sélectionnez un choix valide. Ce choix ne fait pas partie de ceux disponibles."]


def event_errors(dossier, **fields):
    return EventForm(GOOD | fields, instance=Event(negotiation=dossier), negotiation=dossier).errors


def test_an_event_is_cleaned(dossier):
    assert event_errors(dossier) == {}


def test_an_event_of_a_step_is_near_the_contract_and_another_may_be_old(dossier):
    step = str(dossier.steps.first().pk)
    found = [event_errors(dossier, date=date, progress=progress)
             for date, progress in (("1995-03-01", ""), ("1995-03-01", step), ("2022-03-01", step))]
    assert found == [{}, {"date": ["L’année 1995 est trop loin du contrat (ici, de 2022 à 2036) : vérifiez-la."]}, {}]


def test_an_empty_event_is_asked_for_what_it_needs(dossier):
    form = EventForm({}, instance=Event(negotiation=dossier), negotiation=dossier)
    assert form.errors == {name: ["Ce champ est obligatoire."] for name in ("title", "kind", "date", "precision")}


@pytest.mark.parametrize(("fields", "errors"), [
    ({"end_date": "2026-02-28"},
     {"end_date": ["La date de fin (28/02/2026) précède la date de début (01/03/2026)."]}),
    ({"date": "3026-03-01"},
     {"date": ["L’année 3026 est trop loin du contrat (ici, de 1990 à 2036) : vérifiez-la."]}),
    ({"date": "1889-03-01", "end_date": "2040-01-01"},
     {"date": ["L’année 1889 est trop loin du contrat (ici, de 1990 à 2036) : vérifiez-la."],
      "end_date": ["L’année 2040 est trop loin du contrat (ici, de 1990 à 2036) : vérifiez-la."]}),
    ({"kind": "dispute"},
     {"kind": ["Sélectionnez un choix valide. dispute n’en fait pas partie."]}),
    ({"progress": "0"}, {"progress": UNKNOWN}),
    ({"progress": "x\x00"}, {"progress": ["Le caractère nul n’est pas autorisé."]}),
])
def test_an_event_is_refused_beside_the_field(dossier, fields, errors):
    assert event_errors(dossier, **fields) == errors


def test_a_step_or_an_actor_of_another_dossier_is_no_choice(dossier, manager):
    other = factories.negotiation(dossier.owner, manager, first_year=2040, last_year=2044)
    assert event_errors(dossier, progress=str(other.steps.first().pk)) == {"progress": UNKNOWN}
    form = RepresentativeForm({"actor": other.actors.first().pk, "function": "Président"}, negotiation=dossier)
    assert form.errors == {"actor": UNKNOWN}


def test_a_mandate_ends_after_it_begins(dossier):
    form = RepresentativeForm({"actor": dossier.actors.first().pk, "function": "Président", "starts_on": "2026-03-01",
                               "ends_on": "2025-03-01"}, negotiation=dossier)
    assert form.errors == {"ends_on": ["La fin du mandat (01/03/2025) précède son début (01/03/2026)."]}


@pytest.mark.parametrize("form", [EventForm, DifficultyForm])
def test_a_link_gives_the_step_by_its_code(dossier, form):
    given = form(negotiation=dossier, initial={"progress": "B2"}).initial["progress"]
    assert given == dossier.steps.get(step__code="B2").pk
    assert form(negotiation=dossier, initial={"progress": "Z9"}).initial["progress"] is None


def test_a_closed_step_says_so_among_the_choices(dossier):
    progress = dossier.steps.get(step__code="A1")
    told = {}
    for state in State:
        dossier.steps.filter(pk=progress.pk).update(state=state, return_reason="À reprendre")
        told[state] = dict(EventForm(negotiation=dossier).fields["progress"].choices)[progress.pk]
    name = str(progress.step)
    assert told == {"todo": name, "draft": name, "submitted": f"{name} (soumise)", "returned": f"{name} (à corriger)",
                    "approved": f"{name} (approuvée)"}


@pytest.mark.parametrize(("due_on", "errors"), [
    ("2022-01-01", {}), ("2036-12-31", {}),
    ("2021-12-31", {"due_on": ["L’année 2021 est trop loin du contrat (ici, de 2022 à 2036) : vérifiez-la."]}),
    ("2037-01-01", {"due_on": ["L’année 2037 est trop loin du contrat (ici, de 2022 à 2036) : vérifiez-la."]}),
])
def test_what_a_party_owes_is_due_near_the_contract(dossier, due_on, errors):
    sent = {"party": dossier.actors.first().pk, "what": "Désigner un point focal", "state": "todo", "due_on": due_on}
    assert ObligationForm(sent, instance=Obligation(negotiation=dossier), negotiation=dossier).errors == errors


def roles_form(dossier, data):
    actors, phases, roles = matrix_of(dossier)
    return RolesForm(data, actors=list(actors), phases=phases, roles=roles)


def test_the_matrix_keeps_the_cells_of_an_actor_removed_meanwhile(dossier):
    form = roles_form(dossier, {"role-999-1": "R", "role-999-2": "X", "bases": '{"999-1": "A"}'})
    assert form.is_valid()
    assert (form.typed, form.cleaned_data["bases"]) == ({(999, 1): "R"}, {(999, 1): "A"})


@pytest.mark.parametrize("bases", ["", "[]", "{", '{"x": 1}', '{"1-2": "R", "": ""}'])
def test_a_spoilt_memory_of_the_page_counts_as_empty(dossier, bases):
    form = roles_form(dossier, {"bases": bases})
    assert form.is_valid()
    assert form.cleaned_data["bases"] == {}


def test_a_role_that_does_not_exist_is_refused(dossier):
    actor, phase = Actor.objects.filter(negotiation=dossier).first(), matrix_of(dossier)[1][0]
    form = roles_form(dossier, {f"role-{actor.pk}-{phase.pk}": "Z", "bases": "{}"})
    assert form.errors == {f"role-{actor.pk}-{phase.pk}": ["Sélectionnez un choix valide. Z n’en fait pas partie."]}


@pytest.mark.parametrize(("form", "sentence", "field"), [
    (ProjectForm, "Le coût est un montant positif.", "cost"),
    (ActorForm, "Un acteur de ce nom figure déjà dans la négociation.", "name"),
    (EventForm, "La date de fin précède la date de début.", "end_date"),
    (EventForm, "Une phrase d’ailleurs.", "__all__")])
def test_what_a_constraint_refuses_goes_to_its_field(dossier, form, sentence, field):
    one = form({}, negotiation=dossier)
    one.errors.clear()
    refuse(one, ValidationError(sentence))
    assert one.errors == {field: [sentence]}
