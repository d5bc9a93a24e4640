"""The matrix of roles is saved cell by cell: only what changed, never over somebody else's choice."""
import pytest

from negotiation.choices import Action
from negotiation.models import ActorRole, JournalEntry, Phase
from negotiation.workflow.actors import Conflict, save_roles
from negotiation.workflow.authors import Author

pytestmark = pytest.mark.django_db


@pytest.fixture
def cells(dossier):
    """Two cells of the first actor: phase A, phase B; emptied."""
    actor = dossier.actors.first()
    ActorRole.objects.filter(actor=actor).delete()
    return [(actor.pk, phase.pk) for phase in Phase.objects.filter(grid=dossier.grid, code__in="AB").order_by("code")]


def stored(dossier, cells):
    roles = {(r.actor_id, r.phase_id): r.role for r in ActorRole.objects.filter(actor__negotiation=dossier)}
    return [roles.get(cell, "") for cell in cells]


def test_roles_are_given_changed_and_taken_away(dossier, editor, cells):
    actor = dossier.actors.first()
    assert save_roles(dossier, dict(zip(cells, "RC", strict=True)), {}, by=editor) == []
    bases = dict(zip(cells, "RC", strict=True))
    assert save_roles(dossier, {cells[0]: "A", cells[1]: ""}, bases, by=editor) == []
    assert stored(dossier, cells) == ["A", ""]
    entries = JournalEntry.objects.filter(action=Action.ROLES_CHANGE).order_by("pk")
    assert [entry.details for entry in entries] == [
        {f"{actor}, phase A": [None, "R"], f"{actor}, phase B": [None, "C"]},
        {f"{actor}, phase A": ["R", "A"], f"{actor}, phase B": ["C", None]}]


def test_saving_without_a_change_is_not_told(dossier, editor, cells):
    save_roles(dossier, dict.fromkeys(cells, ""), {}, by=editor)
    assert not JournalEntry.objects.filter(action=Action.ROLES_CHANGE).exists()


def test_two_people_on_two_cells_do_not_disturb_each_other(dossier, editor, manager, cells):
    bases = dict.fromkeys(cells, "")
    save_roles(dossier, {cells[0]: "R", cells[1]: ""}, bases, by=manager)
    assert save_roles(dossier, {cells[0]: "", cells[1]: "I"}, bases, by=editor) == []
    assert stored(dossier, cells) == ["R", "I"]


def test_two_people_on_one_cell_are_told_and_the_other_cells_are_saved(dossier, editor, manager, cells):
    bases = dict.fromkeys(cells, "")
    save_roles(dossier, {cells[0]: "R"}, bases, by=manager)
    conflicts = save_roles(dossier, {cells[0]: "C", cells[1]: "I"}, bases, by=editor)
    actor = str(dossier.actors.first())
    assert conflicts == [Conflict(actor, "A", "C", "R", Author(manager.name))]
    assert conflicts[0].sentence == (
        f"{actor}, phase A : {manager} vient d’y mettre « R — réalise » ; vous aviez choisi « C — consulté ».")
    again = save_roles(dossier, {cells[0]: "I"}, bases, by=manager)
    assert again[0].sentence.startswith(f"{actor}, phase A : vous venez, dans une autre page, d’y mettre « R")
    assert stored(dossier, cells) == ["R", "I"]


def test_the_same_choice_by_two_people_is_no_conflict(dossier, editor, manager, cells):
    save_roles(dossier, {cells[0]: "R"}, {}, by=manager)
    assert save_roles(dossier, {cells[0]: "R"}, {}, by=editor) == []


def test_an_actor_removed_meanwhile_is_told(dossier, editor, cells):
    dossier.actors.filter(pk=cells[0][0]).delete()
    conflicts = save_roles(dossier, {cells[0]: "R"}, {}, by=editor)
    assert [c.sentence for c in conflicts] == [
        "Un acteur a été supprimé entre-temps : le rôle que vous lui donniez n’est pas enregistré."]
