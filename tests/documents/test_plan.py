"""The financing plan in the livret: its tables, its shares, its chart, its rules, and what it gives each project."""
from itertools import accumulate

import pytest

from negotiation import money
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import Contribution, Project
from negotiation.queries import commitments
from negotiation.workflow import documents

from .. import factories
from .conftest import plan_of

pytestmark = pytest.mark.django_db


def test_the_plan_sums_by_project_and_by_financier(dossier):
    plan_of(dossier, {("Route", 0, 2027): 100, ("Route", 1, 2027): 50, ("Route", 1, 2028): 25, ("Puits", 0, 0): 7})
    dossier.announced_total = 180
    dossier.save()
    plan = assemble(dossier).body.plan
    (table,) = plan.tables
    assert table.columns == ("2027", "2028", "2029", "2030", "2031", "non réparti", "Total")
    assert [(g.title, [line.cells for line in g.lines], g.total and g.total.cells) for g in table.groups] == [
        ("Route", [(100, None, None, None, None, None, 100), (50, 25, None, None, None, None, 75)],
         (150, 25, None, None, None, None, 175)),
        ("Puits", [(None, None, None, None, None, 7, 7)], None),
        ("Ensemble", [(100, None, None, None, None, 7, 107), (50, 25, None, None, None, None, 75)],
         (150, 25, None, None, None, 7, 182)),
    ]
    assert plan.total == 182
    assert plan.sentence.startswith("Le plan de financement (182")
    assert "dépasse" in plan.sentence


def test_years_that_do_not_fit_side_by_side_are_cut_in_tables(kayes, manager):
    dossier = factories.negotiation(kayes, manager, first_year=2050, last_year=2057)
    plan_of(dossier, {("Route", 0, 2050): 1, ("Route", 0, 2057): 2})
    tables = assemble(dossier).body.plan.tables
    assert [table.columns for table in tables] == [
        ("2050", "2051", "2052", "2053", "2054", "2055"), ("2056", "2057", "Total")]
    assert tables[1].groups[0].lines[0].cells == (None, 2, 3)
    assert tables[1].groups[0].total.label == "Total du plan"


def test_many_projects_are_first_told_by_project(dossier):
    plan_of(dossier, {(f"P{number:02}", 0, 2027): number for number in range(1, 15)})
    by_project, by_financier = assemble(dossier).body.plan.tables
    assert (by_project.caption, by_project.head) == ("Par projet", "Projet")
    assert [(group.title, [line.label for line in group.lines]) for group in by_project.groups] == [
        ("Ensemble des projets", [f"P{number:02}" for number in range(1, 15)])]
    assert by_project.groups[0].total.cells == (105, None, None, None, None, 105)
    assert (by_financier.caption, len(by_financier.groups)) == ("Par projet et par financeur", 15)


def test_a_long_group_has_a_table_of_its_own_whose_headings_say_its_title(dossier):
    for number in range(13):
        dossier.actors.create(name=f"Bailleur {number:02}", side="funder", financier=True, order=100 + number)
    actors = list(dossier.actors.all())
    project = Project.objects.create(negotiation=dossier, name="Route")
    for actor in actors[-13:]:
        Contribution.objects.create(project=project, financier=actor, year=2027, amount=1)
    def runs():
        [table] = assemble(dossier).body.plan.tables
        return [(title, [(one.title, len(one.lines), one.total and one.total.cells[0]) for one in groups])
                for title, groups in table.runs]
    assert runs() == [("Route", [("Route", 13, 13)])]
    Contribution.objects.create(project=Project.objects.create(negotiation=dossier, name="Puits", order=2),
                                financier=actors[-1], year=2027, amount=1)
    assert runs() == [("Route", [("Route", 13, 13)]), ("", [("Puits", 1, None)]),
                      ("Ensemble", [("Ensemble", 13, 14)])]
    Contribution.objects.filter(financier__in=actors[-13:-2]).delete()
    assert runs() == [("", [("Route", 2, 2), ("Puits", 1, None), ("Ensemble", 2, 3)])]


def test_shares_fill_the_bar_and_are_those_of_the_page(dossier):
    plan_of(dossier, {("Route", 0, 2027): 1, ("Route", 1, 2027): 1, ("Route", 2, 2027): 1})
    identity = assemble(dossier).body.identity
    assert identity.total == 3
    assert sorted(share.percent for share in identity.shares) == ["33,3\u00a0%", "33,3\u00a0%", "33,4\u00a0%"]
    bar = identity.drawing.rects[:3]
    assert [money.percent(rect.width) for rect in bar] == [share.percent for share in identity.shares]
    assert [rect.x for rect in bar] == list(accumulate((rect.width for rect in bar[:-1]), initial=0))
    assert {(share.name, share.percent) for share in identity.shares} == {
        (share.name, share.percent) for share in commitments.page(dossier).plan.shares}


def test_beyond_six_financiers_the_last_pattern_is_for_the_others(dossier):
    plan_of(dossier, {("Route", number, 2027): 100 - number for number in range(8)})
    body = assemble(dossier).body
    names = [share.name for share in body.identity.shares]
    for drawing in (body.identity.drawing, body.plan.chart):
        assert [rect.pattern for rect in drawing.rects] == [1, 2, 3, 4, 5, 6, 6, 6, 1, 2, 3, 4, 5, 6]
        assert [label.text for label in drawing.labels if label.anchor == "start"] == [*names[:5], "autres financeurs"]


def test_the_chart_says_in_words_what_it_draws(dossier):
    plan_of(dossier, {("Route", 0, 2027): 1_000, ("Route", 1, 0): 1})
    chart = assemble(dossier).body.plan.chart
    assert chart.title == "Financement par année, en FCFA"
    assert chart.words == "Financement par année. 2027 : 1\u00a0000\u00a0FCFA ; non réparti : 1\u00a0FCFA"
    assert [(rect.height, rect.pattern) for rect in chart.rects] == [(170, 1), (3, 2), (16, 1), (16, 2)]


@pytest.mark.parametrize(("years", "amount", "unit", "shown"), [
    (5, 400_000_000, "en FCFA", "400\u00a0000\u00a0000"),
    (12, 181_715_163, "en FCFA", "181\u00a0715\u00a0163"),
    (12, 2_173_126_400, "en millions de FCFA", "2\u00a0173,1"),
    (12, 999_999_999_999_999, "en milliards de FCFA", "1\u00a0000\u00a0000,0")])
def test_amounts_too_wide_for_their_bars_are_said_in_a_larger_unit(kayes, manager, years, amount, unit, shown):
    dossier = factories.negotiation(kayes, manager, first_year=2050, last_year=2059)
    plan_of(dossier, {("Route", 0, year): amount for year in range(2050, 2050 + years)})
    chart = assemble(dossier).body.plan.chart
    amounts = {label.text for label in chart.labels if label.anchor == "middle" and not label.bold}
    assert (chart.title, amounts) == (f"Financement par année, {unit}", {shown})
    assert f"2050 : {money.format(amount)}" in chart.words


@pytest.mark.parametrize(("cost", "financed", "said"), [
    (None, 0, "aucun montant"), (None, 5, "5\u00a0FCFA"), (5, 5, "5\u00a0FCFA, égal au coût"),
    (7, 5, "5\u00a0FCFA ; il manque 2\u00a0FCFA"), (3, 5, "5\u00a0FCFA ; dépasse le coût de 2\u00a0FCFA"),
    (3, 0, "aucun montant ; il manque 3\u00a0FCFA")])
def test_a_project_says_what_the_plan_gives_it(dossier, cost, financed, said):
    if financed:
        plan_of(dossier, {("Route", 0, 2027): financed})
    Project.objects.update_or_create(negotiation=dossier, name="Route", defaults={"cost": cost})
    (project,) = assemble(dossier).body.projects
    assert [fact.value for fact in project.facts if fact.label == "Financement inscrit au plan"] == [said]


def test_the_rules_the_totals_in_words_and_the_proofs_are_told(dossier, manager):
    state = dossier.actors.filter(side="state").first()
    letter = documents.deposit(dossier.steps.get(step__code="C4"), factories.stored_pdf("lettre"), by=manager,
                               title="Lettre").document
    state.written_commitment = letter
    state.save()
    project = Project.objects.create(negotiation=dossier, name="Piste")
    Contribution.objects.create(project=project, financier=state, year=2027, amount=2_000_000)
    dossier.obligations.create(party=state, what="Rendre compte", state="kept", evidence="PV", evidence_document=letter)
    dossier.limits.create(kind="financier_share", share=400, severity="warning", financier=state, source="Accord")
    dossier.limits.create(kind="state_total", amount=3_000_000, severity="blocking")
    dossier.announced_total = 1_000_000
    dossier.save()
    body = assemble(dossier).body
    assert [(rule.label, rule.measure.replace("\u00a0", " "), rule.severity, rule.standing.replace("\u00a0", " "),
             rule.source) for rule in body.plan.rules] == [
        ("Enveloppe de l’État pour tout le contrat", "3 000 000 FCFA", "bloquant", "Respectée.", ""),
        (f"Part maximale d’un financeur ({state})", "40,0 %", "avertissement",
         f"Non respectée.\nAvec 2 000 000 FCFA, la part de « {state} » est de 100,0 % du plan : à total égal, c’est "
         "1 200 000 FCFA de plus que sa part maximale de 40,0 %.", "Accord")]
    assert [(rule.verdict, len(rule.breaches)) for rule in body.plan.rules] == [
        ("Respectée.", 0), ("Non respectée.", 1)]
    assert body.plan.spelt == ("Plan de financement arrêté à la somme de deux millions de francs CFA.",
                               "Total annoncé : un million de francs CFA.")
    assert [one.evidence for one in body.obligations] == ["PV ; pièce C4 — Lettre"]
    assert {actor.name: actor.written for side in body.sides for actor in side.actors if actor.written} == {
        state.name: "pièce C4 — Lettre"}
