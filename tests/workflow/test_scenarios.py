"""Scenarios: copied, changed, undone, caught up with the plan; each act told to the team, and the plan left alone."""
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection

from negotiation import money
from negotiation.choices import Action
from negotiation.models import JournalEntry, Scenario
from negotiation.queries.changes import Names, changes
from negotiation.scenarios import Add, Delay, Drop, Fix, Percent, Restore, Scope, Withdraw
from negotiation.workflow import commitments, scenarios
from negotiation.workflow.transitions import NotAllowed

from .conftest import cells, stored, words


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère", acronym="État", side="state", financier=True)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région", side="authority", financier=True)


def test_a_scenario_copies_the_plan_and_leaves_it_alone(dossier, plan, scenario, state, do, editor):
    assert (cells(scenario), scenario.version, scenario.created_by) == (plan, 1, editor)
    do(scenario, Percent(1_000, Scope(financier=state.pk)))
    assert stored(dossier) == plan
    copy = scenarios.add(Scenario(negotiation=dossier, name="Copie"), source=scenario, by=editor)
    assert (cells(copy), words(copy)) == (cells(scenario), words(scenario))
    assert words(copy) == ["Hausse de 10 % : financeur « État », de 251 FCFA à 276 FCFA"]
    with pytest.raises(NotAllowed, match="ne s’annule plus"):
        scenarios.undo(copy, version=1, by=editor)


def test_each_change_in_amounts_and_in_words(dossier, plan, scenario, road, market, state, region, do):
    r, m, s, g = road.pk, market.pk, state.pk, region.pk
    do(scenario, Delay(1, Scope(project=r)))
    assert cells(scenario) == {(r, s, 2028): 100, (r, s, 2032): 101, (r, g, 0): 7, (m, s, 2028): 50, (m, g, 2028): 25}
    do(scenario, Percent(-1_000, Scope(year=2028)))
    # 175 francs less 10 %: 157.5, half a franc counts as one.
    assert cells(scenario) == {(r, s, 2028): 90, (r, s, 2032): 101, (r, g, 0): 7, (m, s, 2028): 45, (m, g, 2028): 23}
    do(scenario, Withdraw(g, heir=s))
    assert cells(scenario) == {(r, s, 2028): 90, (r, s, 2032): 101, (r, s, 0): 7, (m, s, 2028): 68}
    do(scenario, Add(m, g, 12))
    do(scenario, Drop(r))
    assert cells(scenario) == {(m, s, 2028): 68, (m, g, 2027): 3, (m, g, 2028): 3, (m, g, 2029): 2, (m, g, 2030): 2,
                               (m, g, 2031): 2}
    assert scenario.reserve == [r]
    do(scenario, Restore(r))
    assert {cell: amount for cell, amount in cells(scenario).items() if cell[0] == r} == {
        cell: amount for cell, amount in plan.items() if cell[0] == r}
    assert words(scenario) == [
        "Retard d’un an : projet « Piste » ; 101 FCFA sortent du contrat",
        "Baisse de 10 % : année 2028, de 175 FCFA à 158 FCFA",
        "Retrait du financeur « Région » : 30 FCFA, repris par « État »",
        "Ajout du financeur « Région » au projet « Marché » : 12 FCFA, répartis également de 2027 à 2031",
        "Mise en réserve du projet « Piste » : 198 FCFA",
        "Retour du projet « Piste » avec 208 FCFA, comme au plan copié",
    ]


def test_undoing_goes_back_one_by_one_and_is_told(dossier, plan, scenario, road, state, do, editor):
    past = [cells(scenario)]
    for what in (Delay(2), Drop(road.pk), Restore(road.pk), Percent(750)):
        do(scenario, what)
        past.append(cells(scenario))
    for before in reversed(past[:-1]):
        scenarios.undo(scenario, version=scenario.version, by=editor)
        assert cells(scenario) == before
    assert (cells(scenario), scenario.reserve, scenario.changes, scenario.version) == (plan, [], [], 9)
    with pytest.raises(NotAllowed, match="aucun changement à annuler"):
        scenarios.undo(scenario, version=9, by=editor)
    last = JournalEntry.objects.filter(action=Action.SCENARIO_CHANGE).order_by("-pk").first()
    told = [(one.label, one.before.replace(money.NBSP, " "), one.after.replace(money.NBSP, " "))
            for one in changes(last, Names.of(dossier), team=True)]
    assert told == [("Changement", "", "Annulation : Retard de 2 ans : tout le plan ; 101 FCFA sortent du contrat"),
                    ("Total du scénario", "283 FCFA", "283 FCFA")]


def test_only_the_last_changes_keep_what_undoes_them(dossier, scenario, do, editor):
    for n in range(scenarios.MOST_UNDONE + 2):
        do(scenario, Percent(10_000 + n))
    scenario.refresh_from_db()
    assert ["cells" in one for one in scenario.changes] == [False] * 2 + [True] * scenarios.MOST_UNDONE


@pytest.mark.parametrize(("what", "sentence"), [
    (lambda r, s, g: Delay(0), "de 1 à 10 ans"), (lambda r, s, g: Delay(11), "de 1 à 10 ans"),
    (lambda r, s, g: Delay(7), "au-delà de 2041"),
    (lambda r, s, g: Delay(1, Scope(financier=g + 999)), "plus dans"),
    (lambda r, s, g: Percent(0), "au franc près"), (lambda r, s, g: Percent(-10_001), "ne dépasse pas 100"),
    (lambda r, s, g: Percent(500, Scope(year=2030)), "Aucun montant"), (lambda r, s, g: Withdraw(s, s), "par lui-même"),
    (lambda r, s, g: Add(r, s, 0), "Écrivez le montant"), (lambda r, s, g: Add(r, s, 5, 2050), "hors du contrat"),
    (lambda r, s, g: Add(r, s, money.MAX_AMOUNT), "15 chiffres"), (lambda r, s, g: Restore(r), "pas en liste"),
    (lambda r, s, g: Drop(r + 999), "plus dans le dossier"),
])
def test_a_change_that_means_nothing_is_refused_in_words(scenario, plan, road, state, region, do, what, sentence):
    change = what(road.pk, state.pk, region.pk)
    if change == Delay(7):
        do(scenario, Delay(6))
    before = cells(scenario)
    with pytest.raises(NotAllowed, match=sentence):
        do(scenario, change)
    assert cells(scenario) == before


def test_a_stale_page_is_refused_and_names_who_changed_it(scenario, do, editor, manager):
    do(scenario, Percent(1_000), by=manager)
    with pytest.raises(scenarios.Stale, match=f"modifié par {manager.name} depuis"):
        do(scenario, Percent(500), version=1)
    for act in (scenarios.undo, scenarios.remove, scenarios.forget):
        with pytest.raises(scenarios.Stale):
            act(scenario, version=1, by=editor)
    with pytest.raises(scenarios.Stale):
        scenarios.rename(scenario, "Autre", "", version=1, by=editor)
    scenario.refresh_from_db()
    assert (len(scenario.changes), scenario.name) == (1, "Essai")


def test_a_double_click_is_one_act(dossier, scenario, do, editor):
    for _ in range(2):
        do(scenario, Percent(1_000), version=1, key="k")
        scenarios.add(Scenario(negotiation=dossier, name="Autre"), by=editor, key="k2")
    scenario.refresh_from_db()
    assert (len(scenario.changes), Scenario.objects.count()) == (1, 2)
    for _ in range(2):
        scenarios.remove(scenario, version=2, by=editor, key="k3")
    assert Scenario.objects.count() == 1
    with pytest.raises(NotAllowed, match="supprimé entre-temps"):
        scenarios.change(scenario, Percent(5), version=2, by=editor)


def test_a_name_is_unique_in_the_dossier_and_changes(dossier, scenario, editor):
    with pytest.raises(ValidationError, match="existe déjà"):
        scenarios.add(Scenario(negotiation=dossier, name="Essai"), by=editor)
    scenarios.rename(scenario, "Prudent", "Si l’État retarde.", version=1, by=editor)
    scenario.refresh_from_db()
    assert (scenario.name, scenario.note, scenario.version) == ("Prudent", "Si l’État retarde.", 2)
    entry = JournalEntry.objects.filter(action=Action.SCENARIO_CHANGE).get()
    assert entry.details == {"name": ["Essai", "Prudent"], "note": ["", "Si l’État retarde."]}


def test_a_dossier_keeps_a_limited_number_of_scenarios(dossier, scenario, editor, monkeypatch):
    monkeypatch.setattr(scenarios, "MOST_SCENARIOS", 1)
    with pytest.raises(NotAllowed, match="au plus 1 scénarios"):
        scenarios.add(Scenario(negotiation=dossier, name="Deux"), by=editor)


def test_a_new_amount_and_one_financier_in_one_year(scenario, road, market, state, region, do):
    do(scenario, Fix(1_000, Scope(project=road.pk)))
    # 208 francs become 1 000, in the same proportions, to the franc.
    assert [cells(scenario)[cell] for cell in ((road.pk, state.pk, 2027), (road.pk, state.pk, 2031),
                                               (road.pk, region.pk, 0))] == [481, 485, 34]
    do(scenario, Percent(-5_000, Scope(financier=state.pk, year=2028)))
    assert cells(scenario)[market.pk, state.pk, 2028] == 25
    assert words(scenario) == ["Nouveau montant : projet « Piste », de 208 FCFA à 1 000 FCFA",
                               "Baisse de 50 % : « État » en 2028, de 50 FCFA à 25 FCFA"]


def test_amounts_that_came_to_a_project_of_the_scenario_are_said_to_be_without_its_change(
        dossier, scenario, market, state, do, editor):
    """No cell was changed by both; the new one of the same project is the plan's, whole."""
    do(scenario, Percent(-1_000, Scope(project=market.pk)))
    commitments.save_plan(dossier, {(market.pk, state.pk, 2030): 1_000}, {}, by=editor)
    scenarios.catch_up(scenario, version=2, by=editor)
    assert cells(scenario)[market.pk, state.pk, 2030] == 1_000
    assert words(scenario)[-1] == (
        "Reprise du plan d’aujourd’hui, qui a changé pour « Marché » ; le scénario garde ses montants où lui aussi "
        "avait changé « Marché » ; les montants entrés depuis dans « Marché » ne portent pas les changements du "
        "scénario")


def test_a_project_comes_back_as_it_was_copied(dossier, scenario, plan, road, state, do, editor):
    do(scenario, Drop(road.pk))
    commitments.save_plan(dossier, {(road.pk, state.pk, 2027): 900}, {(road.pk, state.pk, 2027): 100}, by=editor)
    do(scenario, Restore(road.pk))
    assert cells(scenario) == plan
    scenarios.catch_up(scenario, version=3, by=editor)
    assert cells(scenario) == stored(dossier)


def test_the_plan_copied_by_an_older_scenario_is_found_again(dossier, scenario, plan, road, do):
    """What the migration does, on scenarios made before the copy was kept."""
    Scenario.objects.create(negotiation=dossier, name="Copie", created_by=scenario.created_by,
                            cells=scenario.cells, changes=[{"words": "Retard d’un an : tout le plan"}])
    for what in (Delay(2), Drop(road.pk), Percent(750)):
        do(scenario, what)
    base = scenario.base
    Scenario.objects.update(base=None)
    migration = import_module("negotiation.migrations.0017_scenario_base")
    migration.find_the_copied_plan(apps, connection.schema_editor())
    assert list(Scenario.objects.order_by("pk").values_list("base", flat=True)) == [base, None]
    assert base == scenarios.pure.written(plan)
