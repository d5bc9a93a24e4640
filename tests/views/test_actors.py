"""The actors by side with who speaks for them, and the matrix of their roles."""
import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role
from negotiation.models import Actor, ActorRole, Opening, Phase, Representative
from negotiation.queries import actors as read

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/acteurs/"


@pytest.fixture
def cell(dossier):
    """(field name, actor, phase) of the first actor in phase A; emptied."""
    actor, phase = dossier.actors.first(), Phase.objects.get(grid=dossier.grid, code="A")
    ActorRole.objects.filter(actor=actor, phase=phase).delete()
    return f"role-{actor.pk}-{phase.pk}", actor, phase


def test_the_actors_of_the_grid_are_there_by_side_with_their_roles(dossier):
    page = read.page(dossier)
    assert [(side.label, len(side.lines)) for side in page.sides] == [
        ("État central", 6), ("État déconcentré", 3), ("Région, District et autres collectivités", 5),
        ("Agences et financeurs", 2), ("Société civile, diaspora, secteur privé", 2)]
    assert [phase.code for phase in page.phases] == list("ABCDEFG")
    assert (page.count, len(page.matrix), [actor.name for actor in page.without_role]) == (
        18, 18 - len(page.without_role), ["État"])
    assert "".join(cell.role for cell in page.matrix[0][1]) == "AAAAAII"


def test_an_ended_mandate_comes_last_and_is_marked(dossier):
    actor, today = dossier.actors.first(), timezone.localdate()
    for function, ends in (("Ancien", today - datetime.timedelta(1)), ("Actuel", today), ("Sans fin", None)):
        Representative.objects.create(actor=actor, function=function, starts_on="2020-01-01", ends_on=ends)
    lines = [line for side in read.page(dossier).sides for line in side.lines if line.actor == actor]
    assert [(m.representative.function, m.ended) for m in lines[0].mandates] == [
        ("Actuel", False), ("Sans fin", False), ("Ancien", True)]


def test_blank_fields_say_so(sign_in, editor, dossier, url):
    Representative.objects.create(actor=dossier.actors.first(), function="Président")
    html = sign_in(editor).get(url).content.decode()
    assert "nom non renseigné" in html
    assert "dates non renseignées" in html


def test_the_page_costs_the_same_with_one_row_and_three(sign_in, editor, manager, kayes):
    dossier = factories.negotiation(kayes, manager, prefill=False)
    client, counts = sign_in(editor), []
    for rows in (1, 2):
        for number in range(rows):
            actor = Actor.objects.create(negotiation=dossier, name=f"Acteur {rows}{number}", side="civil")
            Representative.objects.create(actor=actor, function="Président")
            ActorRole.objects.create(actor=actor, phase=Phase.objects.get(grid=dossier.grid, code="A"), role="R")
        pair = []
        for path in ("", "roles/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/negociations/{dossier.slug}/acteurs/{path}")
            pair.append(len(queries))
        counts.append(pair)
    assert counts == [[11, 10], [11, 10]]


def test_writers_have_buttons_and_readers_have_none(sign_in, editor, examiner, url):
    assert b"fiches/acteurs/ajouter/" in sign_in(editor).get(url).content
    html = sign_in(examiner).get(url).content
    assert b"fiches/" not in html
    assert b"acteurs/roles/" not in html


def test_a_partner_reads_and_a_stranger_finds_nothing(sign_in, dossier, stranger, url):
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    person = factories.member(partner, Role.PARTNER)
    assert sign_in(person).get(url).status_code == 404
    Opening.objects.create(negotiation=dossier, organisation=partner)
    client = sign_in(person)
    assert [client.get(url).status_code, client.get(f"{url}roles/").status_code] == [200, 403]
    assert client.post(f"{url}roles/", {}).status_code == 403
    client = sign_in(stranger)
    assert [client.get(url).status_code, client.post(f"{url}roles/", {}).status_code] == [404, 404]


def test_a_role_is_chosen_and_shown(sign_in, editor, url, cell):
    name, actor, phase = cell
    client = sign_in(editor)
    bases = client.get(f"{url}roles/").context["form"].fields["bases"].initial
    answer = client.post(f"{url}roles/", {name: "R", "bases": bases}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert ActorRole.objects.get(actor=actor, phase=phase).role == "R"


def test_a_cell_changed_meanwhile_is_named_and_my_choice_stays(sign_in, editor, url, cell):
    name, actor, phase = cell
    client = sign_in(editor)
    bases = client.get(f"{url}roles/").context["form"].fields["bases"].initial
    ActorRole.objects.create(actor=actor, phase=phase, role="I")
    answer = client.post(f"{url}roles/", {name: "R", "bases": bases})
    assert answer.status_code == 409
    assert [c.sentence for c in answer.context["conflicts"]] == [
        f"{actor}, phase A : quelqu’un vient d’y mettre « I — informé » ; vous aviez choisi « R — réalise »."]
    form = answer.context["form"]
    assert form.data[name] == "R"
    assert client.post(f"{url}roles/", {name: "R", "bases": form.data["bases"]}).status_code == 302
    assert ActorRole.objects.get(actor=actor, phase=phase).role == "R"


def test_a_role_that_does_not_exist_is_refused_in_french(sign_in, editor, url, cell):
    answer = sign_in(editor).post(f"{url}roles/", {cell[0]: "Z", "bases": json.dumps({})})
    assert (answer.status_code, answer.context["form"].errors) == (
        422, {cell[0]: ["Sélectionnez un choix valide. Z n’en fait pas partie."]})
