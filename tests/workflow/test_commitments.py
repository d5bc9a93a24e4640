"""Acts on the money: the plan saved cell by cell, the announced total, the line for what is not shared."""
import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from negotiation import money
from negotiation.choices import Action
from negotiation.models import Contribution, JournalEntry, Project
from negotiation.workflow import commitments as acts
from negotiation.workflow.journal import record
from negotiation.workflow.transitions import NotAllowed
from tests import factories

pytestmark = pytest.mark.django_db


def stored(dossier):
    return {(p, f, y): amount for p, f, y, amount in Contribution.objects.filter(
        project__negotiation=dossier).values_list("project_id", "financier_id", "year", "amount")}


def journal(dossier, action):
    return list(JournalEntry.objects.filter(negotiation=dossier, action=action))


def test_changed_cells_are_written_and_told(dossier, editor, project, state, region):
    kept, changed, removed = [(project.pk, state.pk, year) for year in (2027, 2028, 0)]
    base = {kept: 100, changed: 200, removed: 300}
    acts.save_plan(dossier, base, {}, by=editor)
    added = (project.pk, region.pk, 2027)
    conflicts = acts.save_plan(dossier, {kept: 100, changed: 250, removed: 0, added: 7}, base, by=editor)
    assert conflicts == []
    assert stored(dossier) == {kept: 100, changed: 250, added: 7}
    dossier.refresh_from_db()
    entry = journal(dossier, Action.PLAN_CHANGE)[0]
    assert (entry.by, entry.subject) == (editor, "plan de financement")
    assert entry.details == {
        "cells": {"Piste de Kléla, État, 2028": [200, 250], "Piste de Kléla, État, non réparti": [300, None],
                  "Piste de Kléla, Région de Kayes, 2027": [None, 7]},
        "total": [600, 357]}


def test_saving_nothing_new_changes_and_tells_nothing(dossier, editor, project, state):
    cell = (project.pk, state.pk, 2027)
    acts.save_plan(dossier, {cell: 100}, {}, by=editor)
    assert acts.save_plan(dossier, {cell: 100}, {cell: 100}, by=editor) == []
    assert acts.save_plan(dossier, {cell: 100}, {}, by=editor) == []
    dossier.refresh_from_db()
    assert len(journal(dossier, Action.PLAN_CHANGE)) == 1


def test_two_people_in_different_cells_both_keep_their_amounts(dossier, editor, manager, project, state):
    mine, theirs = (project.pk, state.pk, 2027), (project.pk, state.pk, 2028)
    base = {mine: 1, theirs: 2}
    acts.save_plan(dossier, base, {}, by=editor)
    assert acts.save_plan(dossier, {mine: 1, theirs: 20}, base, by=manager) == []
    assert acts.save_plan(dossier, {mine: 10, theirs: 2}, base, by=editor) == []
    assert stored(dossier) == {mine: 10, theirs: 20}


def test_a_cell_changed_underneath_is_reported_and_the_rest_is_saved(dossier, editor, manager, project, state):
    contested, other = (project.pk, state.pk, 2027), (project.pk, state.pk, 2028)
    acts.save_plan(dossier, {contested: 100}, {}, by=editor)
    acts.save_plan(dossier, {contested: 500_000}, {contested: 100}, by=manager)
    conflicts = acts.save_plan(dossier, {contested: 400_000, other: 9}, {contested: 100}, by=editor)
    assert [money_spaces(conflict.sentence) for conflict in conflicts] == [
        f"Piste de Kléla, État, 2027 : {manager} vient d’y inscrire 500 000 FCFA ; vous aviez tapé 400 000 FCFA."]
    assert stored(dossier) == {contested: 500_000, other: 9}
    assert acts.save_plan(dossier, {contested: 400_000}, {contested: 500_000}, by=editor) == []
    assert stored(dossier) == {contested: 400_000, other: 9}


def test_a_removal_is_contested_like_any_change(dossier, editor, manager, project, state):
    cell = (project.pk, state.pk, 2027)
    acts.save_plan(dossier, {cell: 100}, {}, by=editor)
    acts.save_plan(dossier, {cell: 0}, {cell: 100}, by=manager)
    conflicts = acts.save_plan(dossier, {cell: 200}, {cell: 100}, by=editor)
    assert [money_spaces(conflict.sentence) for conflict in conflicts] == [
        f"Piste de Kléla, État, 2027 : {manager} vient d’en retirer le montant ; vous aviez tapé 200 FCFA."]
    mine = acts.save_plan(dossier, {cell: 300}, {cell: 100}, by=manager)
    assert money_spaces(mine[0].sentence) == (
        "Piste de Kléla, État, 2027 : vous venez, dans une autre page, d’en retirer le montant ; vous aviez tapé "
        "300 FCFA.")
    assert stored(dossier) == {}


def test_a_double_click_saves_once_and_contests_nothing(dossier, editor, manager, project, state):
    cell = (project.pk, state.pk, 2027)
    assert acts.save_plan(dossier, {cell: 100}, {}, by=editor, key="k" * 22) == []
    acts.save_plan(dossier, {cell: 300}, {cell: 100}, by=manager)
    assert acts.save_plan(dossier, {cell: 100}, {}, by=editor, key="k" * 22) == []
    assert stored(dossier) == {cell: 300}
    assert len(journal(dossier, Action.PLAN_CHANGE)) == 2


def test_the_same_form_with_other_amounts_is_another_act(dossier, editor, project, state):
    cell = (project.pk, state.pk, 2027)
    acts.save_plan(dossier, {cell: 100}, {}, by=editor, key="k" * 22)
    acts.save_plan(dossier, {cell: 200}, {cell: 100}, by=editor, key="k" * 22)
    assert stored(dossier) == {cell: 200}


@pytest.mark.parametrize("year", [2026, 2032, 1])
def test_a_year_outside_the_contract_refuses_the_whole_save(dossier, editor, project, state, year):
    with pytest.raises(NotAllowed) as refusal:
        acts.save_plan(dossier, {(project.pk, state.pk, 2027): 5, (project.pk, state.pk, year): 100}, {}, by=editor)
    assert refusal.value.reasons == [
        f"Piste de Kléla, État, {year} : cette année est hors du contrat (2027-2031)."]
    assert stored(dossier) == {}
    assert journal(dossier, Action.PLAN_CHANGE) == []


def test_an_amount_outside_the_contract_may_still_be_removed(dossier, editor, project, state):
    cell = (project.pk, state.pk, 2026)
    Contribution.objects.create(project=project, financier=state, year=2026, amount=5)
    assert acts.save_plan(dossier, {cell: 5}, {cell: 5}, by=editor) == []
    assert acts.save_plan(dossier, {cell: 0}, {cell: 5}, by=editor) == []
    assert stored(dossier) == {}


@pytest.mark.parametrize("amount", [-1, money.MAX_AMOUNT + 1, 1.5])
def test_an_impossible_amount_refuses_the_whole_save(dossier, editor, project, state, amount):
    with pytest.raises(NotAllowed) as refusal:
        acts.save_plan(dossier, {(project.pk, state.pk, 2027): 5, (project.pk, state.pk, 2028): amount}, {}, by=editor)
    assert refusal.value.reasons == [
        "Piste de Kléla, État, 2028 : un montant est un nombre positif de francs, d’au plus 15 chiffres."]
    assert stored(dossier) == {}


def test_an_absurd_total_is_refused(dossier, editor, project, state):
    with pytest.raises(NotAllowed, match="Le total du plan dépasserait 15 chiffres"):
        acts.save_plan(dossier, {(project.pk, state.pk, 2027): money.MAX_AMOUNT, (project.pk, state.pk, 2028): 1}, {},
                       by=editor)
    assert stored(dossier) == {}


def test_another_dossier_is_out_of_reach(dossier, editor, project, state):
    other = factories.negotiation(factories.council("mopti"), editor)
    foreign_project = Project.objects.create(negotiation=other, name="Projet de Mopti")
    foreign_actor = other.actors.first()
    cells = {(foreign_project.pk, state.pk, 2027): 1, (project.pk, foreign_actor.pk, 2027): 2,
             (project.pk, state.pk, 2027): 3}
    conflicts = acts.save_plan(dossier, cells, {}, by=editor)
    gone = "n’est pas enregistré, car ce projet ou ce financeur n’est plus dans le dossier."
    assert [money_spaces(conflict.sentence) for conflict in conflicts] == [
        f"Projet supprimé, État, 2027 : 1 FCFA {gone}", f"Piste de Kléla, financeur supprimé, 2027 : 2 FCFA {gone}"]
    assert (stored(dossier), stored(other)) == ({(project.pk, state.pk, 2027): 3}, {})


def test_a_conflict_on_a_plan_that_came_with_its_dossier_names_nobody(dossier, editor, project, state):
    """The act that entered it tells no cells: a project deleted meanwhile is told, and the rest is saved."""
    record(Action.PLAN_CHANGE, dossier, by=editor, negotiation=dossier, details={"contributions": []})
    gone = Project.objects.create(negotiation=dossier, name="Ancien")
    pk = gone.pk
    gone.delete()
    conflicts = acts.save_plan(dossier, {(pk, state.pk, 2027): 1, (project.pk, state.pk, 2027): 3}, {}, by=editor)
    assert [money_spaces(conflict.sentence) for conflict in conflicts] == [
        "Projet supprimé, État, 2027 : 1 FCFA n’est pas enregistré, car ce projet ou ce financeur n’est plus dans le "
        "dossier."]
    assert stored(dossier) == {(project.pk, state.pk, 2027): 3}


def test_a_large_plan_is_saved(dossier, editor, django_assert_max_num_queries):
    projects = [Project.objects.create(negotiation=dossier, name=f"Projet {n}") for n in range(40)]
    actors = [dossier.actors.create(name=f"Financeur {n}", side="funder") for n in range(8)]
    cells = {(p.pk, a.pk, year): p.pk * 1000 + a.pk for p in projects for a in actors for year in dossier.years}
    with django_assert_max_num_queries(30):
        assert acts.save_plan(dossier, cells, {}, by=editor) == []
    assert Contribution.objects.aggregate(n=Sum("amount"))["n"] == sum(cells.values())


def test_the_announced_total_is_saved_and_told(dossier, editor):
    acts.announce_total(dossier, 2_173_126_400, "L’Essor, 5 septembre 2018", by=editor)
    acts.announce_total(dossier, 2_173_126_400, "L’Essor, 5 septembre 2018", by=editor)
    dossier.refresh_from_db()
    assert (dossier.announced_total, dossier.announced_source) == (2_173_126_400, "L’Essor, 5 septembre 2018")
    assert [entry.details for entry in journal(dossier, Action.TOTAL_ANNOUNCE)] == [
        {"announced_total": [None, 2_173_126_400], "announced_source": ["", "L’Essor, 5 septembre 2018"]}]


def test_the_announced_total_may_be_withdrawn(dossier, editor):
    acts.announce_total(dossier, 5, "", by=editor)
    acts.announce_total(dossier, None, "", by=editor)
    dossier.refresh_from_db()
    assert dossier.announced_total is None


@pytest.mark.parametrize("amount", [0, -5, money.MAX_AMOUNT + 1])
def test_an_impossible_total_is_refused(dossier, editor, amount):
    with pytest.raises(ValidationError) as refusal:
        acts.announce_total(dossier, amount, "", by=editor)
    assert refusal.value.messages == ["Le total annoncé est un montant positif."]


def test_a_total_changed_underneath_is_shown_before_it_is_replaced(dossier, editor, manager):
    base = acts.total_fingerprint(dossier)
    acts.announce_total(dossier, 7000, "Arrêté", by=manager, base=base)
    with pytest.raises(acts.TotalChanged) as refusal:
        acts.announce_total(dossier, 8000, "", by=editor, base=base)
    assert money_spaces(str(refusal.value)) == (
        f"Le total annoncé a changé : {manager} vient d’inscrire 7 000 FCFA (source : Arrêté). Votre saisie est "
        "conservée : enregistrez de nouveau pour le remplacer.")
    acts.announce_total(dossier, 8000, "", by=editor, base=acts.total_fingerprint(refusal.value.current))
    dossier.refresh_from_db()
    assert dossier.announced_total == 8000


def test_a_double_click_announces_once(dossier, editor, manager):
    acts.announce_total(dossier, 5, "", by=editor, key="k")
    acts.announce_total(dossier, 6, "", by=manager)
    acts.announce_total(dossier, 5, "", by=editor, key="k")
    dossier.refresh_from_db()
    assert dossier.announced_total == 6


def test_the_undivided_line_is_opened_once(dossier, editor):
    line = acts.open_whole_contract(dossier, by=editor)
    assert acts.open_whole_contract(dossier, by=editor) == line
    assert [(p.name, p.whole_contract) for p in dossier.projects.all()] == [
        ("Ensemble du contrat (non réparti par projet)", True)]
    assert len(journal(dossier, Action.RECORD_ADD)) == 1


def test_the_undivided_line_leaves_a_project_of_its_name_alone(dossier, editor):
    Project.objects.create(negotiation=dossier, name=acts.WHOLE_CONTRACT)
    with pytest.raises(NotAllowed, match="Un projet porte déjà le nom"):
        acts.open_whole_contract(dossier, by=editor)


def money_spaces(text):
    return text.replace(money.NBSP, " ")
