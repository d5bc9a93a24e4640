"""Scenarios: copied, changed, undone, put on the table; each act told to the team, and the plan left alone."""
import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection

from negotiation import money
from negotiation.choices import Action, PositionKind
from negotiation.models import Contribution, JournalEntry, Position, Project, Scenario
from negotiation.queries import commitments as queries
from negotiation.queries import positions as read
from negotiation.queries.changes import Names, changes
from negotiation.scenarios import Add, Delay, Drop, Fix, Percent, Restore, Scope, Withdraw, standing
from negotiation.workflow import commitments, scenarios
from negotiation.workflow.transitions import NotAllowed
from tests import factories

TODAY = datetime.date.today()


@pytest.fixture
def road(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste", order=1)


@pytest.fixture
def market(dossier):
    return Project.objects.create(negotiation=dossier, name="Marché", order=2)


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère", acronym="État", side="state", financier=True)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région", side="authority", financier=True)


@pytest.fixture
def plan(dossier, road, market, state, region, editor):
    """{cell: amount} of the plan as saved: two projects, two financiers, an amount not shared between years."""
    cells = {(road.pk, state.pk, 2027): 100, (road.pk, state.pk, 2031): 101, (road.pk, region.pk, 0): 7,
             (market.pk, state.pk, 2028): 50, (market.pk, region.pk, 2028): 25}
    commitments.save_plan(dossier, cells, {}, by=editor)
    return cells


@pytest.fixture
def scenario(dossier, plan, editor):
    return scenarios.add(Scenario(negotiation=dossier, name="Essai"), by=editor)


@pytest.fixture
def do(editor):
    """do(scenario, change) applies a change on the version that is stored."""
    def act(scenario, what, *, by=editor, **more):
        scenario.refresh_from_db()
        return scenarios.change(scenario, what, version=more.pop("version", scenario.version), by=by, **more)
    return act


def cells(scenario):
    scenario.refresh_from_db()
    return scenarios.draft(scenario).cells


def seen(scenario):
    """The fingerprint of what a page of adoption shows now."""
    dossier = scenario.negotiation
    names, plan = commitments.Names.of(dossier), stored(dossier)
    known, _ = scenarios.sorted_out(scenarios.draft(scenario), names)
    return scenarios.fingerprint(standing(known, scenarios.copied_plan(scenario, plan, names), plan).offered)


def stored(dossier):
    return scenarios.contract(dossier).plan


def words(scenario):
    return [one["words"].replace(money.NBSP, " ") for one in scenario.changes]


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


def test_a_position_tabled_meanwhile_refuses_the_adoption_and_is_told(dossier, scenario, road, market, state, do, adopt,
                                                                     manager):
    do(scenario, Percent(1_000))
    shown = {road.pk: 0, market.pk: 0}
    factories.position(dossier, by=manager, project=road, party=state, amounts={(state.pk, 2027): 1_000})
    for after in (shown, {}):
        with pytest.raises(NotAllowed) as refusal:
            adopt(scenario, after=after)
        assert refusal.value.reasons[0].replace(money.NBSP, " ") == (
            "Piste : entre-temps, la position n° 1 (proposition, État, 1 000 FCFA) a été inscrite.")
    assert Position.objects.count() == 1
    assert len(adopt(scenario, after=shown | {road.pk: 1})) == 2


def test_a_new_amount_and_one_financier_in_one_year(scenario, road, market, state, region, do):
    do(scenario, Fix(1_000, Scope(project=road.pk)))
    # 208 francs become 1 000, in the same proportions, to the franc.
    assert [cells(scenario)[cell] for cell in ((road.pk, state.pk, 2027), (road.pk, state.pk, 2031),
                                               (road.pk, region.pk, 0))] == [481, 485, 34]
    do(scenario, Percent(-5_000, Scope(financier=state.pk, year=2028)))
    assert cells(scenario)[market.pk, state.pk, 2028] == 25
    assert words(scenario) == ["Nouveau montant : projet « Piste », de 208 FCFA à 1 000 FCFA",
                               "Baisse de 50 % : « État » en 2028, de 50 FCFA à 25 FCFA"]


def test_a_project_that_differs_and_cannot_be_proposed_prevents_all(dossier, scenario, do, adopt):
    do(scenario, Percent(1_000))
    for told in ({"spokesperson": ""}, {"held_on": TODAY + datetime.timedelta(days=1)}):
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
