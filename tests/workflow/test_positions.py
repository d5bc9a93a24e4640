"""Positions on record: put on the table, withdrawn, agreed so that they become the plan."""
import datetime

import pytest
from django.db import IntegrityError, transaction

from negotiation.choices import Action, PositionKind, PositionState
from negotiation.models import Contribution, JournalEntry, Position, Project
from negotiation.workflow import commitments, positions
from negotiation.workflow.transitions import POSITION, NotAllowed
from tests import factories

TODAY = factories.TODAY


@pytest.fixture
def put(dossier, project, region, editor):
    """put(amounts, kind=, party=, by=) puts a position on the table; answered: the State puts the same after it."""
    def act(amounts, *, kind=PositionKind.REQUEST, party=region, by=editor, answered=None, **more):
        fields = {"held_on": TODAY, "spokesperson": "Président du Conseil régional"} | more
        key = fields.pop("key", "")
        found = positions.propose(Position(negotiation=dossier, project=project, kind=kind, party=party, **fields),
                                  amounts, by=by, key=key)
        if answered:
            act(amounts, kind=PositionKind.PROPOSAL, party=answered)
        return found
    return act


def acts(dossier):
    return list(JournalEntry.objects.filter(negotiation=dossier, action__startswith="position.").order_by(
        "pk").values_list("action", flat=True))


def test_a_position_is_numbered_kept_and_told(dossier, project, state, region, put, editor):
    first = put({(state.pk, 2027): 400, (region.pk, 0): 50})
    second = put({(state.pk, 2027): 300}, kind=PositionKind.PROPOSAL, party=state)
    assert [(one.number, one.state, one.recorded_by) for one in Position.objects.all()] == [
        (1, "tabled", editor), (2, "tabled", editor)]
    assert list(first.amounts.values_list("financier_id", "year", "amount")) == [
        (state.pk, 2027, 400), (region.pk, 0, 50)]
    assert JournalEntry.objects.filter(action=Action.POSITION_PROPOSE).order_by("pk").first().details == {
        "position": 1, "kind": "demande", "party": "Région de Kayes", "spokesperson": "Président du Conseil régional",
        "held_on": str(TODAY), "total": [None, 450],
        "cells": {"Piste de Kléla, État, 2027": [None, 400],
                  "Piste de Kléla, Région de Kayes, non réparti": [None, 50]}}
    assert second.project == project


def test_a_double_click_records_one_position(dossier, state, put):
    assert (put({(state.pk, 2027): 400}, key="k").number, put({(state.pk, 2027): 400}, key="k")) == (1, None)
    assert acts(dossier) == ["position.propose"]


@pytest.mark.parametrize(("amounts", "more", "sentence"), [
    ({}, {}, "au moins un montant"), ({2027: 0}, {}, "au moins un montant"), ({2050: 5}, {}, "hors des années"),
    ({2027: 10**15}, {}, "au plus 15 chiffres"),
    ({2027: 5}, {"held_on": TODAY + datetime.timedelta(days=2)}, "ne peut pas être à venir"),
])
def test_an_impossible_position_is_refused(dossier, state, put, amounts, more, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        put({(state.pk, year): amount for year, amount in amounts.items()}, **more)
    assert (Position.objects.count(), acts(dossier)) == (0, [])


def test_a_reviewer_records_the_positions_of_the_state_only(dossier, state, region, put, examiner):
    with pytest.raises(NotAllowed, match="Vous inscrivez les positions de l’État"):
        put({(state.pk, 2027): 5}, by=examiner)
    assert put({(state.pk, 2027): 5}, by=examiner, party=state, kind=PositionKind.PROPOSAL).recorded_for.name == "DGCT"


def test_an_agreed_position_becomes_the_plan_and_the_plan_before_stays_readable(dossier, project, state, region, put,
                                                                                manager):
    other = Project.objects.create(negotiation=dossier, name="Marché")
    kept, changed, gone = (other.pk, state.pk, 2027), (project.pk, state.pk, 2027), (project.pk, region.pk, 2028)
    commitments.save_plan(dossier, {kept: 9, changed: 100, gone: 40}, {}, by=manager)
    position = put({(state.pk, 2027): 300, (region.pk, 2029): 7}, kind=PositionKind.COMPROMISE, answered=state)
    factories.agree(position, on=TODAY, by=manager)
    assert sorted(Contribution.objects.values_list("project_id", "financier_id", "year", "amount")) == sorted([
        (*kept, 9), (*changed, 300), (project.pk, region.pk, 2029, 7)])
    position.refresh_from_db()
    assert (position.state, position.agreed_on, position.plan_before) == (
        "agreed", TODAY, [["État", 2027, 100], ["Région de Kayes", 2028, 40]])
    entry = JournalEntry.objects.get(action=Action.POSITION_AGREE)
    assert entry.details == {"position": 1, "agreed_on": str(TODAY), "agreed_with": "Secrétaire général",
                             "session": "Réunion", "knowingly": "oui", "total": [149, 316], "cells": {
        "Piste de Kléla, État, 2027": [100, 300], "Piste de Kléla, Région de Kayes, 2028": [40, None],
        "Piste de Kléla, Région de Kayes, 2029": [None, 7]}}


def test_a_conflict_names_who_agreed_on_a_position(dossier, project, state, put, manager, editor):
    factories.agree(put({(state.pk, 2027): 300}, answered=state), on=TODAY, by=manager)
    conflict, = commitments.save_plan(dossier, {(project.pk, state.pk, 2027): 5}, {}, by=editor)
    assert (conflict.theirs, conflict.author.name) == (300, manager.name)


@pytest.mark.parametrize("day", [TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=2)])
def test_an_agreement_is_dated_between_the_position_and_today(put, state, manager, day):
    with pytest.raises(NotAllowed, match="La date de l’accord"):
        factories.agree(put({(state.pk, 2027): 300}, answered=state), on=day, by=manager)


def test_a_position_is_withdrawn_with_a_reason_by_those_who_recorded_it(dossier, state, put, editor, examiner):
    position = put({(state.pk, 2027): 300})
    with pytest.raises(NotAllowed, match="Écrivez pourquoi"):
        positions.withdraw(position, reason=" ", by=editor)
    with pytest.raises(NotAllowed, match="cette organisation seule la retire"):
        positions.withdraw(position, reason="Erreur.", by=examiner)
    positions.withdraw(position, reason="Erreur de saisie.", by=editor)
    position.refresh_from_db()
    assert (position.state, position.withdrawn_reason) == ("withdrawn", "Erreur de saisie.")


@pytest.mark.parametrize("state_of", PositionState.values)
@pytest.mark.parametrize("action", POSITION)
def test_every_act_in_every_state(dossier, state, put, manager, action, state_of):
    position = put({(state.pk, 2027): 300}, by=manager, answered=state)
    if state_of == "agreed":
        factories.agree(position, on=TODAY, by=manager)
    elif state_of == "withdrawn":
        positions.withdraw(position, reason="Erreur.", by=manager)
    act = {"agree": lambda: factories.agree(position, on=TODAY, by=manager),
           "withdraw": lambda: positions.withdraw(position, reason="Erreur.", by=manager)}[action]
    if state_of == "tabled":
        assert act().state == POSITION[action].target
    else:
        with pytest.raises(NotAllowed, match="n’est plus possible"):
            act()


@pytest.mark.parametrize("broken", [{"state": "agreed"}, {"state": "withdrawn"}, {"agreed_on": TODAY},
                                    {"withdrawn_reason": "Sans l’acte."}])
def test_the_database_refuses_a_position_that_says_half(put, state, broken):
    position = put({(state.pk, 2027): 300})
    with pytest.raises(IntegrityError), transaction.atomic():
        Position.objects.filter(pk=position.pk).update(**broken)


def test_an_agreement_takes_two(put, state, manager):
    with pytest.raises(NotAllowed, match="n’a encore rien mis sur la table"):
        factories.agree(put({(state.pk, 2027): 300}), on=TODAY, by=manager)
    theirs = put({(state.pk, 2027): 200}, kind=PositionKind.PROPOSAL, party=state)
    assert factories.agree(theirs, on=TODAY, by=manager).state == "agreed"


def test_a_position_follows_the_others_in_time(put, state, editor):
    first = put({(state.pk, 2027): 300}, held_on=datetime.date(2026, 3, 2))
    with pytest.raises(NotAllowed, match="La position n° 1 est du 2\u00a0mars 2026"):
        put({(state.pk, 2027): 200}, held_on=datetime.date(2026, 3, 1))
    positions.withdraw(first, reason="Mal datée.", by=editor)
    assert put({(state.pk, 2027): 200}, held_on=datetime.date(2026, 3, 1)).number == 2


@pytest.mark.parametrize(("kind", "side", "sentence"), [
    ("request", "state", "« État » ne fait pas une demande : une demande est de la Région"),
    ("proposal", "region", "une proposition est de l’État ou d’un partenaire"),
])
def test_a_demand_is_the_region_s_and_a_proposal_the_others(put, state, region, kind, side, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        put({(state.pk, 2027): 5}, kind=kind, party={"state": state, "region": region}[side])
    for party in (state, region):
        assert [put({(state.pk, 2027): 5}, kind=kind, party=party).kind for kind in ("counter", "compromise")]


def test_an_agreement_is_proved(dossier, put, state, manager):
    position = put({(state.pk, 2027): 300}, answered=state)
    for evidence, sentence in [({"event": None}, "la séance ou le procès-verbal qui prouve"),
                               ({"agreed_with": " "}, "la fonction de qui convient")]:
        with pytest.raises(NotAllowed, match=sentence):
            factories.agree(position, by=manager, **evidence)
    other = factories.event(dossier.steps.get(step__code="A1"), "Séance n° 3")
    other.date = TODAY
    other.save()
    agreed = factories.agree(position, by=manager, event=other, agreed_with=" Directeur du budget ")
    assert (agreed.agreed_event, agreed.agreed_minutes, agreed.agreed_with) == (other, None, "Directeur du budget")
    with pytest.raises(IntegrityError), transaction.atomic():
        Position.objects.filter(number=2).update(agreed_with="Sans l’acte.")


def test_agreeing_on_one_s_own_amounts_is_confirmed_when_the_others_said_something_else(put, state, manager):
    put({(state.pk, 2027): 200}, kind="proposal", party=state)
    ours = put({(state.pk, 2027): 300})
    with pytest.raises(NotAllowed, match="La dernière position de l’autre partie, n° 1"):
        factories.agree(ours, by=manager, knowingly=False)
    same = put({(state.pk, 2027): 200}, kind="counter")
    assert factories.agree(same, by=manager, knowingly=False).state == "agreed"
