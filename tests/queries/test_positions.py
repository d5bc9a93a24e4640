"""The thread of positions as plain values: gaps, the picture, and what an examination freezes of them."""
import datetime

import pytest
from django.utils import timezone

from negotiation import elements
from negotiation.choices import State
from negotiation.documents import charts
from negotiation.models import Document, Mandate, Project, Remark
from negotiation.queries import comparisons, journal
from negotiation.queries import positions as read
from negotiation.workflow import mandates, positions, remarks
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère de l’Économie", acronym="État", side="state", financier=True)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région de Kayes", side="authority", financier=True)


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste")


@pytest.fixture
def put(dossier, project, state, region, editor):
    def act(amounts, party=region, by=editor, **more):
        return factories.position(dossier, by=by, project=project, party=party, amounts=amounts, **more)
    return act


def thread(dossier, project):
    return read.thread(dossier, project.pk)


def test_gaps_are_told_against_what_still_stands(dossier, project, put, state, region, editor):
    put({(state.pk, 2027): 100, (region.pk, 0): 10})
    positions.withdraw(put({(state.pk, 2027): 1}, party=state, kind="proposal"), reason="Erreur.", by=editor)
    put({(state.pk, 2028): 70}, party=state, kind="proposal")
    found = thread(dossier, project)
    assert [(one.previous, one.gap, one.request, one.from_request, one.total) for one in found.rounds] == [
        (0, None, 0, None, 110), (1, -109, 1, -109, 1), (1, -40, 1, -40, 70)]
    last = found.rounds[-1]
    assert last.columns == ["2027", "2028", "Non réparti"]
    assert [(row.name, [(cell.amount, cell.gap) for cell in row.cells]) for row in last.rows] == [
        ("État", [(0, -100), (70, 70), (0, 0), (70, -30)]), ("Région de Kayes", [(0, 0), (0, 0), (0, -10), (0, -10)])]
    assert [(cell.label, cell.amount, cell.gap) for cell in last.sums] == [
        ("2027", 0, -100), ("2028", 70, 70), ("Non réparti", 0, -10), ("Total", 70, -40)]
    assert (found.region.total, found.state.total, found.gap) == (110, 70, -40)


def test_an_agreement_closes_the_gap(dossier, project, put, state, manager):
    put({(state.pk, 2027): 100})
    put({(state.pk, 2027): 80}, party=state, kind="proposal")
    factories.agree(put({(state.pk, 2027): 90}, kind="compromise"), on=TODAY, by=manager)
    found = thread(dossier, project)
    assert (found.gap, found.planned, [one.settled_by for one in found.rounds]) == (0, 90, [3, 3, 0])


def test_what_follows_an_agreement_is_told_against_it(dossier, project, put, state, manager):
    """And not against the position that the agreement set aside."""
    first = put({(state.pk, 2027): 250})
    put({(state.pk, 2027): 200}, party=state, kind="proposal")
    factories.agree(first, by=manager)
    assert thread(dossier, project).last.position == first
    put({(state.pk, 2027): 240}, kind="counter")
    put({(state.pk, 2027): 245}, party=state, kind="counter")
    found = thread(dossier, project)
    assert [(one.position.number, one.previous, one.gap) for one in found.rounds] == [
        (1, 0, None), (2, 1, -50), (3, 1, -10), (4, 3, 5)]
    assert found.last.position.number == 4
    factories.agree(found.last.position, by=manager)
    assert [one.settled_by for one in thread(dossier, project).rounds] == [0, 1, 4, 0]


def test_the_picture_leaves_withdrawn_positions_out(dossier, project, put, state, editor):
    put({(state.pk, 2027): 100}, held_on=datetime.date(2026, 3, 1))
    positions.withdraw(put({(state.pk, 2027): 1}), reason="Erreur.", by=editor)
    put({(state.pk, 2027): 80}, party=state, kind="proposal", held_on=datetime.date(2026, 4, 2))
    assert charts.gap_of(read.thread(dossier, project.pk)).words == (
        "Piste. 1er\u00a0mars 2026, demande (Région de Kayes) : 100\u00a0FCFA ; "
        "2\u00a0avril 2026, proposition (État) : 80\u00a0FCFA")


def test_the_floor_is_read_for_the_team_only(dossier, project, put, state, manager):
    put({(state.pk, 2027): 100})
    mandates.save_mandate(Mandate(project=project, floor=60), dossier, by=manager)
    found = {team: read.page(team_reads(dossier, team)).threads[0] for team in (False, True)}
    assert {team: (one.rounds[0].above_floor, one.has_mandate) for team, one in found.items()} == {
        False: (None, False), True: (40, True)}


def team_reads(dossier, team):
    dossier.read_by_team = team
    return dossier


def test_a_submission_freezes_positions_and_a_comparison_shows_the_new_one(dossier, put, state, region, manager):
    minutes = Document.objects.create(progress=dossier.steps.get(step__code="D4"), title="Procès-verbal n° 1")
    first = put({(state.pk, 2028): 5, (region.pk, 0): 7}, minutes=minutes, justification="Le pont.")
    step = factories.put(dossier, "D4", State.RETURNED, by=manager)
    second = put({(state.pk, 2028): 6}, party=state, kind="proposal", scenario="Repli")
    factories.put(dossier, "D4", State.SUBMITTED, by=manager)
    before, after = (comparisons.contents(step, [number])[number] for number in (1, 2))
    assert [one for one in before if one.part == "positions"] == [
        elements.Element("positions", "Positions de négociation"),
        elements.Element(f"position:{first.pk}", "Position n° 1 sur « Piste » : demande, Région de Kayes", (
            ("Nature", "demande"), ("Partie", "Région de Kayes"), ("Date", elements.dates.spoken(TODAY)),
            ("Procès-verbal", "Procès-verbal n° 1"), ("Porte-parole", "Président du Conseil régional"),
            ("Justification", "Le pont."), ("État", "sur la table"), ("Total", 12),
            ("Ministère de l’Économie, 2028", 5), ("Région de Kayes, non réparti", 7)))]
    assert [(one.key, one.kind) for one in comparisons.compare(before, after) if one.part == "positions"] == [
        ("positions", "same"), (f"position:{first.pk}", "same"), (f"position:{second.pk}", "added")]
    assert "Repli" not in str(after)


def test_a_remark_is_put_on_a_position(dossier, project, put, state, manager, examiner, sign_in):
    one = put({(state.pk, 2028): 5})
    factories.put(dossier, "D4", State.SUBMITTED, by=manager)
    client, url = sign_in(examiner), f"/negociations/{dossier.slug}/etapes/D4/"
    assert f"element-position-{one.pk}" in client.get(f"{url}examen/").content.decode()
    client.post(f"{url}observations/", {"target": f"position:{one.pk}", "problem": "Trop.", "request": "Moins."})
    assert list(Remark.objects.values_list("target", "label")) == [
        (f"position:{one.pk}", "Position n° 1 sur « Piste » : demande, Région de Kayes")]
    assert f'id="observation-{Remark.objects.get().pk}"' in client.get(f"{url}examen/").content.decode()


def test_in_correction_a_position_is_recorded_whatever_carries_a_remark(dossier, project, put, state, region, manager,
                                                                       examiner):
    one = put({(state.pk, 2028): 5})
    step = factories.put(dossier, "D4", State.SUBMITTED, by=manager)
    remarks.write(step, f"position:{one.pk}", problem="Trop.", request="Moins.", by=examiner)
    Remark.objects.update(state="open", sent_at=timezone.now())
    type(step).objects.filter(pk=step.pk).update(state=State.RETURNED, return_reason="Voir.")
    assert put({(state.pk, 2028): 4}, party=region, kind="counter").number == 2


def test_the_journal_tells_a_position_in_words(dossier, project, put, state, manager):
    position = put({(state.pk, 2028): 5}, party=state, kind="proposal")
    positions.withdraw(put({(state.pk, 2028): 6}), reason="Erreur.", by=manager)
    put({(state.pk, 2028): 6})
    factories.agree(position, on=TODAY, by=manager)
    lines = [line.act for line in journal.page(dossier, {"famille": "positions"}, team=True).lines]
    assert lines == [
        "convient de la position n° 1 sur « Piste », qui devient le plan de ce projet",
        "inscrit la position n° 3 (demande, Région de Kayes) sur « Piste »",
        "retire la position n° 2 sur « Piste »",
        "inscrit la position n° 2 (demande, Région de Kayes) sur « Piste »",
        "inscrit la position n° 1 (proposition, État) sur « Piste »"]
