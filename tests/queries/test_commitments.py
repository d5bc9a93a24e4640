"""The financing matrix as plain values: sums that agree, shares that add up, a constant price."""
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.models import Contribution, Project
from negotiation.queries import commitments as read
from negotiation.workflow import commitments as acts

YEARS = range(2027, 2032)
PARTIES = [read.Party(pk, f"Financeur {pk}", f"Financeur {pk}", True) for pk in range(1, 5)]
PROJECTS = [SimpleNamespace(pk=pk, name=f"Projet {pk}", whole_contract=pk == 3) for pk in range(1, 4)]
CELLS = st.tuples(st.integers(1, 3), st.integers(1, 4), st.sampled_from([*YEARS, 0]))


def test_the_matrix_holds_every_sum():
    found = read.matrix(PROJECTS, [(1, 2, 2027, 10), (1, 1, 2028, 5), (3, 2, 0, 85)], PARTIES, range(2027, 2029))
    assert found == read.Plan(
        columns=(read.Column(2027), read.Column(2028), read.Column(0)),
        blocks=(
            read.Block(1, "Projet 1", False, (read.Line(1, "Financeur 1", (0, 5, 0)),
                                              read.Line(2, "Financeur 2", (10, 0, 0))), (10, 5, 0)),
            read.Block(2, "Projet 2", False, (), (0, 0, 0)),
            read.Block(3, "Projet 3", True, (read.Line(2, "Financeur 2", (0, 0, 85)),), (0, 0, 85)),
        ),
        amounts=(10, 5, 85),
        shares=(read.Share("Financeur 1", 5, 50), read.Share("Financeur 2", 95, 950)),
        parties=tuple(PARTIES))
    assert [column.label for column in found.columns] == ["2027", "2028", "Non réparti"]
    assert (found.total, found.without_amount, found.has_whole_contract) == (100, ["Projet 2"], True)
    assert found.by_financier == [read.Line(1, "Financeur 1", (0, 5, 0)), read.Line(2, "Financeur 2", (10, 0, 85))]


def test_a_year_outside_the_contract_keeps_its_column():
    found = read.matrix(PROJECTS, [(1, 1, 2035, 10)], PARTIES, range(2027, 2029))
    assert [column.year for column in found.columns] == [2027, 2028, 2035]
    assert found.total == 10


def test_editing_offers_the_undivided_column():
    assert [column.year for column in read.matrix([], [], [], range(2027, 2029), editing=True).columns] == [
        2027, 2028, 0]


@given(st.dictionaries(CELLS, st.integers(1, 10**15 - 1)))
def test_rows_and_columns_have_the_same_sum(amounts):
    plan = read.matrix(PROJECTS, [(*cell, amount) for cell, amount in amounts.items()], PARTIES, YEARS)
    assert_sums(plan, sum(amounts.values()))


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saves=st.lists(st.dictionaries(CELLS, st.integers(0, 10**12), max_size=8), max_size=4))
def test_sums_agree_after_any_sequence_of_saves(dossier, editor, saves):
    Contribution.objects.all().delete()
    projects = [Project.objects.get_or_create(negotiation=dossier, name=f"Projet {n}")[0] for n in range(3)]
    actors = list(dossier.actors.all()[:4])
    expected = {}
    for save in saves:
        cells = {(projects[p - 1].pk, actors[f - 1].pk, year): amount for (p, f, year), amount in save.items()}
        assert acts.save_plan(dossier, cells, dict(expected), by=editor) == []
        expected |= cells
    assert_sums(read.plan(dossier), sum(expected.values()))


def assert_sums(plan, total):
    lines = [line for block in plan.blocks for line in block.lines]
    assert sum(line.total for line in lines) == sum(block.total for block in plan.blocks) == total
    assert plan.total == sum(plan.amounts) == sum(share.amount for share in plan.shares) == total
    assert sum(share.tenths for share in plan.shares) == (1000 if total else 0)
    for column, amount in enumerate(plan.amounts):
        assert sum(line.amounts[column] for line in lines) == amount


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_six_queries(dossier, rows, django_assert_num_queries):
    fill(dossier, rows)
    with django_assert_num_queries(6):
        page = read.page(dossier)
        assert len([line.obligation.party.name for line in page.obligations]) == rows
    assert len(page.projects) == len(page.plan.funded) == rows


@pytest.mark.django_db
def test_a_project_is_shown_beside_its_financing(dossier):
    state = dossier.actors.first()
    for name, cost, amount in [("a", 100, 60), ("b", 100, 100), ("c", 100, 130), ("d", None, 5), ("e", 100, 0)]:
        project = Project.objects.create(negotiation=dossier, name=name, cost=cost)
        if amount:
            Contribution.objects.create(project=project, financier=state, year=0, amount=amount)
    cards = read.page(dossier).projects
    assert [(c.project.name, c.financed, c.gap, c.missing, c.beyond) for c in cards] == [
        ("a", 60, -40, 40, 0), ("b", 100, 0, 0, 0), ("c", 130, 30, 0, 30), ("d", 5, None, 0, 0), ("e", 0, -100, 100, 0)]


@pytest.mark.django_db
def test_amounts_kept_for_the_whole_contract_leave_no_project_short(dossier):
    Project.objects.create(negotiation=dossier, name="a", cost=100)
    whole = Project.objects.create(negotiation=dossier, name="z", whole_contract=True)
    Contribution.objects.create(project=whole, financier=dossier.actors.first(), year=0, amount=100)
    assert [(c.project.name, c.gap) for c in read.page(dossier).projects] == [("a", None)]


@pytest.mark.django_db
def test_late_obligations_are_marked_and_undated_ones_come_last(dossier):
    yesterday, today = timezone.localdate() - timedelta(1), timezone.localdate()
    for what, due_on, state in [("sans date", None, "todo"), ("aujourd’hui", today, "todo"),
                                ("en retard", yesterday, "ongoing"), ("tenue", yesterday, "kept"),
                                ("inconnue", yesterday, "undocumented")]:
        dossier.obligations.create(party=dossier.actors.first(), what=what, due_on=due_on, state=state)
    assert [(line.obligation.what, line.late) for line in read.page(dossier).obligations] == [
        ("en retard", True), ("tenue", False), ("inconnue", False), ("aujourd’hui", False), ("sans date", False)]


def fill(dossier, rows):
    actors = list(dossier.actors.all())
    for n in range(rows):
        project = Project.objects.create(negotiation=dossier, name=f"Projet {n}", cost=100)
        Contribution.objects.create(project=project, financier=actors[n], year=2027, amount=n + 1)
        dossier.obligations.create(party=actors[n], what=f"Obligation {n}")
