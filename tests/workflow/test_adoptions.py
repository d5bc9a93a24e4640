"""Scenarios put on the table: one position for each project that the scenario changes, nothing of what others did."""
import datetime

import pytest
from django.core.exceptions import ValidationError

from negotiation.choices import Action, PositionKind
from negotiation.models import Contribution, JournalEntry, Position, Scenario
from negotiation.queries import commitments as queries
from negotiation.queries import positions as read
from negotiation.scenarios import Delay, Drop, Fix, Percent, Scope, Withdraw, standing
from negotiation.workflow import commitments, positions, scenarios
from negotiation.workflow.transitions import NotAllowed
from tests import factories

from .conftest import cells, stored, words

TODAY = factories.TODAY


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère", acronym="État", side="state", financier=True)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région", side="authority", financier=True)


def seen(scenario):
    """The fingerprint of what a page of adoption shows now."""
    dossier = scenario.negotiation
    names, plan = commitments.Names.of(dossier), stored(dossier)
    known, _ = scenarios.sorted_out(scenarios.draft(scenario), names)
    return scenarios.fingerprint(standing(known, scenarios.copied_plan(scenario, plan, names), plan).offered)


@pytest.fixture
def adopt(editor, region):
    def act(scenario, **told):
        scenario.refresh_from_db()
        base = told.pop("base", None) or seen(scenario)
        key, after = told.pop("key", ""), told.pop("after", None)
        fields = {"kind": PositionKind.COUNTER, "party": region, "held_on": TODAY, "spokesperson": "Président",
                  "justification": "Pour tenir le délai."} | told
        return scenarios.adopt(scenario, Position(**fields), base=base, by=editor, key=key, after=after)
    return act


def test_a_scenario_becomes_one_position_for_each_project_that_differs(dossier, scenario, market, state, region, do,
                                                                        adopt, plan):
    do(scenario, Withdraw(region.pk, heir=state.pk))
    do(scenario, Percent(2_000, Scope(project=market.pk)))
    tabled = adopt(scenario, key="k")
    assert adopt(scenario, key="k") == []
    assert [(one.project.name, one.number, one.kind, one.party, one.scenario, one.justification,
             list(one.amounts.values_list("financier_id", "year", "amount"))) for one in tabled] == [
        ("Piste", 1, "counter", region, "Essai", "Pour tenir le délai.",
         [(state.pk, 0, 7), (state.pk, 2027, 100), (state.pk, 2031, 101)]),
        ("Marché", 1, "counter", region, "Essai", "Pour tenir le délai.", [(state.pk, 2028, 90)])]
    assert stored(dossier) == plan
    entry = JournalEntry.objects.get(action=Action.SCENARIO_ADOPT)
    assert (entry.subject, entry.details) == ("Essai", {
        "positions": "2 positions", "kind": "contre-proposition", "party": "Région", "total": [None, 298]})


def test_a_project_in_reserve_is_put_on_the_table_and_the_agreement_empties_its_plan(
        dossier, scenario, road, market, state, do, adopt, plan, manager):
    do(scenario, Drop(road.pk))
    position, = adopt(scenario)
    assert (position.project, position.kind, list(position.amounts.all())) == (road, "counter", [])
    assert "(contre-proposition de mise en liste de réserve, Région)" in JournalEntry.objects.get(
        action=Action.POSITION_PROPOSE).subject
    factories.position(dossier, by=manager, project=road, party=state)
    factories.agree(position, by=manager)
    assert stored(dossier) == {cell: amount for cell, amount in plan.items() if cell[0] == market.pk}
    thread = next(one for one in read.threads(dossier, {}) if one.project == road)
    assert (thread.in_reserve, thread.agreed.to_reserve, thread.agreed.position.number) == (True, True, 1)
    # The plan follows the agreement: nothing to signal.
    assert queries.agreements(dossier) == [(road.pk, 1, {})]


def test_what_a_scenario_empties_without_putting_it_in_reserve_is_not_put_on_the_table(scenario, market, state, region,
                                                                                      do, adopt):
    do(scenario, Fix(0, Scope(project=market.pk)))
    with pytest.raises(NotAllowed, match="rien à mettre sur la table"):
        adopt(scenario)


def test_the_same_scenario_is_not_put_on_the_table_twice(dossier, scenario, road, market, state, do, adopt, manager):
    do(scenario, Percent(1_000))
    first = adopt(scenario)
    with pytest.raises(NotAllowed, match="C’est déjà sur la table"):
        adopt(scenario)
    do(scenario, Percent(1_000, Scope(project=market.pk)))
    second = adopt(scenario)
    assert [(one.project, one.number) for one in (*first, *second)] == [(road, 1), (market, 1), (market, 2)]
    # An agreement on something else closes what was on the table: it may come back.
    factories.agree(factories.position(dossier, by=manager, project=road, party=state), by=manager)
    scenario.refresh_from_db()
    scenarios.catch_up(scenario, version=scenario.version, by=manager)
    assert road in [one.project for one in adopt(scenario)]
    assert [one.project for one in scenario.positions.order_by("pk")] == [road, market, market, road]


def test_what_an_agreement_on_an_earlier_position_closed_may_come_back(dossier, scenario, road, state, do, adopt,
                                                                      manager):
    theirs = factories.position(dossier, by=manager, project=road, party=state)
    do(scenario, Percent(1_000, Scope(project=road.pk)))
    adopt(scenario)
    factories.agree(theirs, by=manager)
    scenario.refresh_from_db()
    scenarios.catch_up(scenario, version=scenario.version, by=manager)
    assert [(one.project, one.number) for one in adopt(scenario)] == [(road, 3)]


def test_a_position_tabled_meanwhile_refuses_the_adoption_and_is_told(dossier, scenario, road, market, state, do, adopt,
                                                                     manager):
    do(scenario, Percent(1_000))
    shown = {road.pk: (0, set()), market.pk: (0, set())}
    theirs = factories.position(dossier, by=manager, project=road, party=state, amounts={(state.pk, 2027): 1_000})
    for after in (shown, {}):
        with pytest.raises(NotAllowed) as refusal:
            adopt(scenario, after=after)
        assert refusal.value.reasons[0] == (
            "Piste : entre-temps, une autre position a été inscrite sur ce projet ; la dernière est la position n° 1 "
            "(proposition, État).")
    shown[road.pk] = (1, {1})
    positions.withdraw(theirs, reason="Erreur.", by=manager)
    with pytest.raises(NotAllowed) as refusal:
        adopt(scenario, after=shown)
    assert refusal.value.reasons[0] == "Piste : entre-temps, la position n° 1 a été retirée."
    assert Position.objects.count() == 1
    assert len(adopt(scenario, after=shown | {road.pk: (1, set())})) == 2


def test_a_position_agreed_meanwhile_is_told_beside_the_plan_that_it_changed(dossier, scenario, road, state, region,
                                                                            do, adopt, manager):
    do(scenario, Percent(1_000, Scope(project=road.pk)))
    factories.position(dossier, by=manager, project=road, party=region)
    shown = {road.pk: (1, {1})}
    factories.agree(factories.position(dossier, by=manager, project=road, party=state), by=manager)
    with pytest.raises(NotAllowed) as refusal:
        adopt(scenario, after=shown)
    assert refusal.value.reasons == [
        "Le plan a changé depuis cette copie pour « Piste », que ce scénario change aussi : reprenez d’abord le plan "
        "d’aujourd’hui dans le scénario.",
        "Piste : entre-temps, la position n° 2 a été convenue, et fait le plan de ce projet."]


def test_a_project_that_differs_and_cannot_be_proposed_prevents_all(dossier, scenario, do, adopt):
    do(scenario, Percent(1_000))
    for told in ({"spokesperson": ""}, {"held_on": TODAY + datetime.timedelta(days=2)}):
        with pytest.raises((NotAllowed, ValidationError)):
            adopt(scenario, **told)
    assert (Position.objects.count(), JournalEntry.objects.filter(action__startswith="position").count()) == (0, 0)


def test_an_adoption_refuses_amounts_outside_a_foreign_party_and_a_page_read_too_long_ago(
        dossier, scenario, state, road, region, do, adopt, editor):
    do(scenario, Percent(1_000))
    with pytest.raises(NotAllowed, match="n’est pas du côté de la Région"):
        adopt(scenario, party=state)
    with pytest.raises(NotAllowed, match="une demande, une contre-proposition ou un compromis"):
        adopt(scenario, kind=PositionKind.PROPOSAL)
    base = seen(scenario)
    do(scenario, Percent(100))
    with pytest.raises(NotAllowed, match="a changé depuis que vous avez ouvert"):
        adopt(scenario, base=base)
    do(scenario, Delay(1))
    with pytest.raises(NotAllowed, match="FCFA sortent du contrat"):
        adopt(scenario)
    assert Position.objects.count() == 0


def test_what_was_removed_meanwhile_is_kept_apart_then_taken_out(dossier, scenario, market, state, do, adopt, editor):
    Contribution.objects.filter(project=market).delete()
    market.delete()
    do(scenario, Percent(1_000, Scope(financier=state.pk)))
    assert sum(cells(scenario).values()) == 7 + 221 + 75
    with pytest.raises(NotAllowed, match="75.FCFA portent sur un projet ou un financeur supprimé"):
        adopt(scenario)
    scenarios.forget(scenario, version=scenario.version, by=editor)
    assert sum(cells(scenario).values()) == 7 + 221
    with pytest.raises(NotAllowed, match="ont leur projet et leur financeur"):
        scenarios.forget(scenario, version=scenario.version, by=editor)
    assert len(adopt(scenario)) == 1


def test_what_the_plan_did_since_the_copy_is_not_put_on_the_table(dossier, scenario, plan, road, market, state, region,
                                                                  do, adopt, editor):
    """The scenario changes the market; the road changes in the plan: the scenario does not undo it."""
    do(scenario, Percent(-1_000, Scope(project=market.pk)))
    commitments.save_plan(dossier, {(road.pk, state.pk, 2027): 900}, {(road.pk, state.pk, 2027): 100}, by=editor)
    position, = adopt(scenario)
    assert (position.project, list(position.amounts.values_list("financier_id", "year", "amount"))) == (
        market, [(state.pk, 2028, 45), (region.pk, 2028, 23)])
    assert stored(dossier)[road.pk, state.pk, 2027] == 900


def test_what_both_changed_is_tabled_only_after_the_plan_was_taken_again(dossier, scenario, road, market, state, region,
                                                                         do, adopt, editor):
    do(scenario, Percent(-1_000, Scope(financier=state.pk, year=2028)))
    do(scenario, Drop(road.pk))
    new = {(market.pk, state.pk, 2028): 60, (market.pk, region.pk, 2028): 0, (market.pk, region.pk, 2029): 30,
           (road.pk, region.pk, 2030): 8}
    old = {(market.pk, state.pk, 2028): 50, (market.pk, region.pk, 2028): 25}
    commitments.save_plan(dossier, new, old, by=editor)
    with pytest.raises(NotAllowed, match="« Piste », « Marché », que ce scénario change aussi"):
        adopt(scenario)
    scenarios.catch_up(scenario, version=scenario.version, by=editor, key="k")
    # The State's amount is the scenario's, the Region's the plan's, and the road stays in reserve, without any amount.
    assert cells(scenario) == {(market.pk, state.pk, 2028): 45, (market.pk, region.pk, 2029): 30}
    assert (scenario.reserve, scenario.version) == ([road.pk], 4)
    assert words(scenario)[-1] == (
        "Reprise du plan d’aujourd’hui, qui a changé pour « Piste », « Marché » ; le scénario garde ses montants où "
        "lui aussi avait changé « Piste », « Marché » ; les montants entrés depuis dans « Marché » ne portent pas les "
        "changements du scénario")
    assert JournalEntry.objects.latest("pk").details == {"words": scenario.changes[-1]["words"], "total": [45 + 25, 75]}
    scenarios.catch_up(scenario, version=3, by=editor, key="k")
    with pytest.raises(NotAllowed, match="n’a pas changé depuis cette copie"):
        scenarios.catch_up(scenario, version=4, by=editor)
    with pytest.raises(NotAllowed, match="ne s’annule plus"):
        scenarios.undo(scenario, version=4, by=editor)
    assert {one.project: sum(line.amount for line in one.amounts.all()) for one in adopt(scenario)} == {
        market: 75, road: 0}


def test_a_copy_of_a_scenario_knows_the_same_plan(dossier, scenario, plan, road, market, state, do, adopt, editor):
    do(scenario, Percent(-1_000, Scope(project=market.pk)))
    commitments.save_plan(dossier, {(road.pk, state.pk, 2027): 900}, {(road.pk, state.pk, 2027): 100}, by=editor)
    copy = scenarios.add(Scenario(negotiation=dossier, name="Copie"), source=scenario, by=editor)
    assert [one.project for one in adopt(copy)] == [market]


def test_of_an_unknown_copy_each_difference_is_the_scenario_s(dossier, scenario, road, market, state, do, adopt,
                                                              editor):
    do(scenario, Percent(-1_000, Scope(project=market.pk)))
    commitments.save_plan(dossier, {(road.pk, state.pk, 2027): 900}, {(road.pk, state.pk, 2027): 100}, by=editor)
    Scenario.objects.update(base=None)
    with pytest.raises(NotAllowed, match="On ne sait plus quel plan ce scénario a copié"):
        scenarios.catch_up(scenario, version=2, by=editor)
    assert [one.project for one in adopt(scenario)] == [road, market]
