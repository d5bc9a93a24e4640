"""The chapter of the positions: what it says, what it says of nothing, and a long thread that prints whole."""
import re
from datetime import timedelta

import pytest

from negotiation import money
from negotiation.choices import Nature, Role
from negotiation.dates import spoken
from negotiation.documents.booklet import figures, render
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import Mandate, Negotiation, Position, Project
from negotiation.workflow import commitments, mandates, positions
from negotiation.workflow.negotiations import open_negotiation

from .. import factories
from .conftest import make, small_grid

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
ROUNDS, FINANCIERS = 20, 8


def test_the_chapter_tells_the_rounds_and_the_plan_before_an_agreement(dossier, manager):
    state, region = list(dossier.actors.all()[:2])
    project = Project.objects.create(negotiation=dossier, name="Piste")
    commitments.save_plan(dossier, {(project.pk, state.pk, 2027): 3, (project.pk, region.pk, 0): 4}, {}, by=manager)
    before = TODAY - timedelta(days=2)
    put, council = {"by": manager, "project": project}, dossier.actors.filter(side="authority").first()
    factories.position(dossier, amounts={(state.pk, 2027): 100}, party=council, held_on=before,
                       justification="Le pont.", **put)
    gone = factories.position(dossier, amounts={(state.pk, 2027): 1}, party=state, scenario="Repli", **put)
    positions.withdraw(gone, reason="Erreur.", by=manager)
    factories.agree(factories.position(dossier, amounts={(state.pk, 2028): 90}, kind="compromise", **put), on=TODAY,
                    by=manager)
    mandates.save_mandate(Mandate(project=project, floor=77), dossier, by=manager)
    (thread,) = assemble(dossier).body.positions
    party = state.name
    told = {"party": party, "spokesperson": "Président du Conseil régional", "session": "", "minutes": ""}
    assert (thread.project, thread.positions) == ("Piste", (
        figures.Position(number=1, date=spoken(before), kind="demande", total=100, gap="", state="tabled",
                         said="suivie d’un accord (n° 3)", withdrawn_because="", justification="Le pont.",
                         **told | {"party": council.name}),
        figures.Position(number=2, date=spoken(TODAY), kind="proposition", total=1, gap="−\u00a099 (n° 1)",
                         state="withdrawn", said="", withdrawn_because="Erreur.", justification="", **told),
        figures.Position(number=3, date=spoken(TODAY), kind="compromis", total=90, gap="−\u00a010 (n° 1)",
                         state="agreed", said=f"le {spoken(TODAY)}", withdrawn_because="", justification="",
                         proof="Convenue avec : Secrétaire général · Séance de l’accord : Réunion", **told)))
    (table,) = thread.tables
    assert table.columns == ("2027", "2028", "2029", "2030", "2031", "non réparti", "Total")
    assert [(group.title, [(line.label, line.cells) for line in group.lines], group.total and group.total.cells)
            for group in table.groups] == [
        (f"Position n° 1 : demande, {council}", [(str(state), (100, *[None] * 5, 100))], None),
        (f"Position n° 2 : proposition, {state}", [(str(state), (1, *[None] * 5, 1))], None),
        (f"Position n° 3 : compromis, {state}", [(str(state), (None, 90, *[None] * 4, 90))], None),
        ("Plan avant l’accord sur la position n° 3",
         [(str(state), (3, *[None] * 5, 3)), (str(region), (*[None] * 5, 4, 4))], (3, *[None] * 4, 4, 7))]


@pytest.mark.parametrize(("nature", "blank"), [(Nature.REAL, "non renseigné"), (Nature.RECONSTITUTED, "non documenté")])
def test_no_position_is_said_so(dossier, nature, blank):
    type(dossier).objects.filter(pk=dossier.pk).update(nature=nature)
    assert f"Aucune position de négociation n’est inscrite ({blank})." in render.html(assemble(dossier))


def long_thread():
    """Twenty positions of eight financiers over ten years."""
    council = factories.council("kayes")
    manager = factories.member(council, Role.MANAGER)
    dossier = open_negotiation(Negotiation(
        region=council.region, owner=council, grid=small_grid(), nature=Nature.FICTIONAL, first_year=2040,
        last_year=2049, title="Long"), by=manager, prefill=False)
    actors = [dossier.actors.create(name=f"Financeur {n}", side="state", order=n) for n in range(FINANCIERS)]
    project = Project.objects.create(negotiation=dossier, name="Route")
    for number in range(ROUNDS):
        factories.position(dossier, by=manager, project=project, party=actors[0], justification="Une raison. " * number,
                           amounts={(actor.pk, year): amount(number, place, year)
                                    for place, actor in enumerate(actors) for year in dossier.years})
    return assemble(dossier)


def amount(number, place, year):
    return 400_000_000 + number * 10_000 + place * 100 + year - 2040


def test_a_long_thread_prints_every_amount_and_no_empty_page(rolled_back, tmp_path):
    livret = make(rolled_back(long_thread), tmp_path)
    wanted = {"".join(money.digits(amount(number, place, year)).split())
              for number in range(ROUNDS) for place in range(FINANCIERS) for year in range(2040, 2050)}
    assert {one for one in wanted if one not in livret.bare} == set()
    chapter = [page for page in livret.pages if "Positions de négociation" in page.split("\n", 3)[0]]
    assert (len(chapter) > 10, [page for page in chapter if len(page.split()) < 40]) == (True, [])


def test_a_position_that_puts_a_project_in_reserve_is_told_without_amounts(dossier, manager):
    state, council = dossier.actors.first(), dossier.actors.filter(side="authority").first()
    put = {"by": manager, "project": Project.objects.create(negotiation=dossier, name="Piste")}
    factories.position(dossier, amounts={(state.pk, 2027): 100}, party=state, **put)
    positions.propose(Position(negotiation=dossier, project=put["project"], party=council, kind="counter",
                               held_on=TODAY, spokesperson="Président"), {}, by=manager, to_reserve=True)
    (thread,) = assemble(dossier).body.positions
    assert [(one.kind, one.total) for one in thread.positions] == [
        ("proposition", 100), ("contre-proposition, mise en liste de réserve", 0)]
    assert [group.title for table in thread.tables for group in table.groups] == [
        f"Position n° 1 : proposition, {state}"]
    assert "Liste de réserve, que" not in render.html(assemble(dossier))
    factories.agree(Position.objects.get(number=2), by=manager)
    page = re.sub(r"\s+", " ", render.html(assemble(dossier)))
    assert "Liste de réserve, que les parties sont convenues de sortir du plan : Piste." in page
    assert f"Piste : position n° 2, {council.name}, mise en liste de réserve, convenue le" in page
