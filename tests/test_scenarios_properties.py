"""Scenarios to the franc, whatever is done to them and in whatever order: pure values, then through the acts."""
import json
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation import scenarios as pure
from negotiation.models import Contribution, Position, Project, Scenario
from negotiation.queries import commitments as read
from negotiation.scenarios import Add, Contract, Delay, Draft, Drop, Fix, Percent, Restore, Scope, Withdraw
from negotiation.workflow import commitments, scenarios
from negotiation.workflow.transitions import NotAllowed
from tests import factories

YEARS = range(2027, 2032)
PROJECTS, FINANCIERS = (1, 2, 3), (11, 12, 13)
PARTIES = [read.Party(pk, f"Financeur {pk}", f"Financeur {pk}", True) for pk in FINANCIERS]
ROWS = [SimpleNamespace(pk=pk, name=f"Projet {pk}", whole_contract=False) for pk in PROJECTS]
AMOUNTS = st.integers(1, 10**12)
project, financier = st.sampled_from(PROJECTS), st.sampled_from(FINANCIERS)
year = st.sampled_from([*YEARS, 0])
PLANS = st.dictionaries(st.tuples(project, financier, year), AMOUNTS, max_size=20)
LINES = st.one_of(st.just(Scope()), project.map(lambda pk: Scope(project=pk)),
                  financier.map(lambda pk: Scope(financier=pk)))
SCOPES = LINES | year.map(lambda one: Scope(year=one)) | st.builds(
    lambda one, when: Scope(financier=one, year=when), financier, year)
CHANGES = st.one_of(
    st.builds(Delay, st.integers(1, 6), LINES), st.builds(Percent, st.integers(-10_000, 20_000), SCOPES),
    st.builds(Fix, st.integers(0, 10**12), SCOPES),
    st.builds(Withdraw, financier, st.none() | financier), st.builds(Drop, project), st.builds(Restore, project),
    st.builds(Add, project, financier, AMOUNTS, st.none() | year))


def expected(change, draft, plan):
    """The total that a change must give, worked out apart from it, cell by cell or in whole numbers."""
    found = draft.total
    if isinstance(change, Percent):
        was = sum(amount for cell, amount in draft.cells.items() if change.scope.holds(cell))
        exact, rest = divmod(was * (10_000 + change.hundredths), 10_000)
        return found - was + exact + (rest >= 5_000)
    if isinstance(change, Fix):
        return found - sum(amount for cell, amount in draft.cells.items() if change.scope.holds(cell)) + change.total
    if isinstance(change, Withdraw) and change.heir is None:
        return found - sum(amount for cell, amount in draft.cells.items() if cell[1] == change.financier)
    if isinstance(change, Add):
        return found + change.amount
    if isinstance(change, Drop):
        return found - sum(amount for cell, amount in draft.cells.items() if cell[0] == change.project)
    if isinstance(change, Restore):
        return found + sum(amount for cell, amount in plan.items() if cell[0] == change.project)
    return found


def assert_sums(cells):
    """By row, by column and in all, as the pages add them up; shares sum to 100."""
    table = read.matrix(ROWS, [(*cell, amount) for cell, amount in cells.items()], PARTIES, YEARS)
    whole = sum(cells.values())
    assert {sum(line.total for block in table.blocks for line in block.lines),
            sum(block.total for block in table.blocks),
            sum(table.amounts), table.total, sum(share.amount for share in table.shares)} == {whole}
    assert sum(share.tenths for share in table.shares) == (1000 if whole else 0)


@given(PLANS, st.lists(CHANGES, max_size=8))
def test_sums_agree_after_any_sequence_of_changes_and_each_is_undone(plan, changes):
    contract, draft = Contract(YEARS, plan), Draft(plan)
    past = []
    for change in changes:
        try:
            after = pure.apply(change, draft, contract)
        except pure.Impossible:
            continue
        assert after.total == expected(change, draft, plan)
        assert min(after.cells.values(), default=1) > 0
        assert {cell[0] for cell in after.cells}.isdisjoint(after.reserve)
        assert_sums(after.cells)
        past.append((draft, pure.trace(draft, after)))
        draft = after
    for before, trace in reversed(past):
        draft = pure.undone(draft, trace)
        assert draft == before


@given(PLANS, st.integers(1, 10), LINES)
def test_a_delay_moves_amounts_and_keeps_them_all(plan, years, scope):
    try:
        after = pure.apply(Delay(years, scope), Draft(plan), Contract(YEARS))
    except pure.Impossible:
        return
    inside = sum(amount for cell, amount in after.cells.items() if cell[2] in (*YEARS, 0))
    assert inside + sum(pure.outside(after.cells, YEARS).values()) == sum(plan.values())
    assert sorted(after.cells.values()) == sorted(plan.values())
    assert {cell: amount for cell, amount in after.cells.items() if cell[2] == 0} == {
        cell: amount for cell, amount in plan.items() if cell[2] == 0}


@given(PLANS, st.integers(-10_000, 20_000), SCOPES)
def test_a_percentage_touches_its_scope_alone_and_no_cell_by_more_than_a_franc(plan, hundredths, scope):
    change = Percent(hundredths, scope)
    try:
        after = pure.apply(change, Draft(plan), Contract(YEARS)).cells
    except pure.Impossible:
        return
    was = {cell: amount for cell, amount in plan.items() if scope.holds(cell)}
    target, whole = change.target(sum(was.values())), sum(was.values())
    assert sum(after.get(cell, 0) for cell in was) == target
    assert all(abs(after.get(cell, 0) * whole - amount * target) < whole for cell, amount in was.items())
    assert all(after.get(cell) == amount for cell, amount in plan.items() if cell not in was)


@given(PLANS, financier, financier)
def test_a_transfer_keeps_the_sum_of_each_project_and_year(plan, leaving, heir):
    try:
        after = pure.apply(Withdraw(leaving, heir), Draft(plan), Contract(YEARS)).cells
    except pure.Impossible:
        return
    assert leaving not in {cell[1] for cell in after}
    assert by_project_and_year(after) == by_project_and_year(plan)


def by_project_and_year(cells):
    found = {}
    for (one, _, year), amount in cells.items():
        found[one, year] = found.get((one, year), 0) + amount
    return found


@given(PLANS)
def test_what_is_kept_as_json_is_read_back(plan):
    assert pure.read(json.loads(json.dumps(pure.written(plan)))) == plan


@given(PLANS, PLANS)
def test_a_project_differs_or_stands_as_in_the_plan(cells, plan):
    found = pure.differing(cells, plan)
    rebuilt = {cell: amount for cell, amount in plan.items() if cell[0] not in found} | {
        (one, *cell): amount for one, amounts in found.items() for cell, amount in amounts.items()}
    assert rebuilt == cells


@given(PLANS, PLANS, PLANS)
def test_a_scenario_on_a_plan_that_moved_keeps_its_changes_and_takes_the_rest(cells, copied, plan):
    draft = Draft(cells)
    found = pure.standing(draft, copied, plan)
    # Each project that differs from the plan is the scenario's own, or is told as the plan's.
    assert {*found.offered, *found.older} == {*pure.differing(cells, plan)}
    assert not {*found.offered} & {*found.older}
    after, crossed = pure.caught_up(draft, copied, plan)
    assert all(after.cells.get(cell) == (plan if cells.get(cell) == copied.get(cell) else cells).get(cell)
               for cell in {*cells, *copied, *plan, *after.cells})
    assert crossed == found.crossed
    again = pure.standing(after, plan, plan)
    assert (again.older, again.crossed, pure.caught_up(after, plan, plan)) == ([], [], (after, []))


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS, changes=st.lists(CHANGES | st.just("undo"), max_size=6))
def test_sums_agree_after_any_sequence_of_acts(dossier, editor, manager, plan, changes):
    """The same through the database: edits of the plan, changes and undoings, and an adoption at the end."""
    Position.objects.all().delete()
    Contribution.objects.all().delete()
    Scenario.objects.all().delete()
    rows = [Project.objects.get_or_create(negotiation=dossier, name=f"Projet {n}")[0].pk for n in PROJECTS]
    actors = list(dossier.actors.values_list("pk", flat=True)[:3])
    named = {**dict(zip(PROJECTS, rows, strict=True)), **dict(zip(FINANCIERS, actors, strict=True))}
    commitments.save_plan(dossier, {(named[one], named[other], when): amount
                                    for (one, other, when), amount in plan.items()}, {}, by=editor)
    planned = sum(plan.values())
    scenario = scenarios.add(Scenario(negotiation=dossier, name="Essai"), by=editor)
    totals = [planned]
    for change in changes:
        try:
            if change == "undo":
                scenarios.undo(scenario, version=scenario.version, by=editor)
                totals.pop()
            else:
                change = translated(change, named)
                draft = scenarios.draft(scenario)
                scenarios.change(scenario, change, version=scenario.version, by=editor)
                totals.append(expected(change, draft, scenarios.contract(dossier).plan))
        except NotAllowed:
            pass
        scenario.refresh_from_db()
        assert sum(amount for *_, amount in scenario.cells) == totals[-1]
    assert_adopted(dossier, scenario, planned, by=manager)


def assert_adopted(dossier, scenario, planned, *, by):
    """Agreed on, the positions of a scenario make its amounts the plan, but for the projects that it empties without
    putting them in reserve."""
    cells, before = pure.read(scenario.cells), scenarios.contract(dossier).plan
    assert sum(before.values()) == planned
    offered = pure.differing(cells, before)
    going = {pk for pk, amounts in offered.items() if amounts or pk in scenario.reserve}
    try:
        tabled = scenarios.adopt(scenario, Position(
            kind="request", party=dossier.actors.filter(side="authority").first(), held_on=factories.TODAY,
            spokesperson="Président"), base=scenarios.fingerprint(offered), by=by)
    except NotAllowed:
        assert pure.outside(cells, YEARS) or not going
        return
    assert sorted(one.project_id for one in tabled) == sorted(going)
    for position in tabled:
        factories.position(dossier, by=by, project=position.project, party=dossier.actors.filter(side="state").first())
        factories.agree(position, by=by)
    emptied = {cell: amount for cell, amount in before.items() if offered.get(cell[0]) == {} and cell[0] not in going}
    assert scenarios.contract(dossier).plan == cells | emptied


def translated(change, named):
    """The same change on the rows of the database."""
    told = {name: value for name, value in vars(change).items() if name != "scope"}
    for name in ("project", "financier", "heir"):
        if told.get(name) is not None:
            told[name] = named[told[name]]
    if scope := getattr(change, "scope", None):
        told["scope"] = Scope(named.get(scope.project), named.get(scope.financier), scope.year)
    return type(change)(**told)
