"""A dossier restored from its archive is the same: same archive again, same journal, same pages."""
import json

from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from negotiation import elements
from negotiation.choices import Role
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import (
    Document,
    Event,
    JournalEntry,
    Membership,
    Negotiation,
    Origin,
    Remark,
    Scenario,
    Submission,
    User,
    guard,
)
from negotiation.queries import comparisons
from negotiation.workflow import records
from negotiation.workflow.archives.tables import ROWS
from negotiation.workflow.chain import verify

from .. import factories
from ..whole_dossier import elsewhere as another
from .conftest import archived, away, members, restored, told


def test_the_whole_dossier_comes_back_the_same(taken_away, elsewhere, tmp_path):
    """On a database where every row has another key, with files that were not there."""
    content, said, livret = taken_away
    rows = json.loads(members(content)["dossier.json"])
    assert [table.name for table in ROWS if table.name != "journal" and not rows[table.name]] == []
    elsewhere()
    another()
    dossier = restored(tmp_path, content)
    assert archived(dossier) == content
    assert verify(dossier) == (len(said), None)
    assert verify()[1] is None
    assert told(dossier) == said
    assert assemble(dossier).text == livret


def test_the_demonstration_comes_back_the_same(demonstration, elsewhere, kayes, manager, tmp_path):
    elsewhere()
    factories.negotiation(kayes, manager)
    assert len(demonstration) == 2
    for content in demonstration.values():
        assert archived(restored(tmp_path, content)) == content
    assert verify()[1] is None


def test_a_restored_dossier_lives_on_and_moves_again(taken_away, tmp_path):
    """An act is added here; a third installation verifies both parts of the chain, each under its own keys."""
    content, said, _ = taken_away
    another()

    def go_on():
        dossier = restored(tmp_path, content)
        by = User.objects.get(email="autre@gao.example")
        records.save(Event(negotiation=dossier, progress=dossier.steps.get(step__code="A3"), date="2026-05-01",
                           kind="meeting", title="Après la restauration"), dossier, by=by)
        assert verify(dossier) == (len(said) + 1, None)
        return archived(dossier), told(dossier)
    again, said_again = away(go_on)
    assert said_again[:-1] == said
    another_one = factories.council("mopti")
    factories.negotiation(another_one, factories.member(another_one, Role.MANAGER))
    dossier = restored(tmp_path, again)
    assert archived(dossier) == again
    assert told(dossier) == said_again
    assert verify(dossier) == (len(said_again), None)
    assert list(Origin.objects.values_list("until", flat=True)) == [len(said), len(said_again)]


def test_an_act_given_to_somebody_else_after_the_restoration_is_found(taken_away, tmp_path):
    """The seal holds the keys of the first installation: the row must still lead to them."""
    dossier = restored(tmp_path, taken_away[0])
    guard.lift(connection)
    other = factories.member(factories.council("gao"), Role.EDITOR)
    JournalEntry.objects.filter(negotiation=dossier, number=3).update(by=other)
    assert verify(dossier)[1].number == 3


def test_what_rows_say_of_one_another_is_right_here(taken_away, tmp_path):
    """Remarks, submissions and scenarios name rows by their keys here; a row that was removed is taken for no other."""
    another()
    dossier = restored(tmp_path, taken_away[0])
    event, step = dossier.events.get(), dossier.steps.get(step__code="A2")
    assert Remark.objects.get(problem="Date à vérifier.").target == f"event:{event.pk}"
    latest = Submission.objects.filter(progress=step).first()
    assert elements.thaw(latest.content) == elements.of_step(step)
    assert comparisons.contents(step, [latest.number])[latest.number]
    scenario = Scenario.objects.get()
    projects, actors = (set(found.values_list("pk", flat=True)) for found in (dossier.projects, dossier.actors))
    assert [(cell[0] in projects, cell[1] in actors) for cell in scenario.cells] == [(True, True)] * 2
    assert [cell[:3] for cell in scenario.base] == [cell[:3] for cell in scenario.cells]
    assert [key < 0 for key in scenario.reserve] == [True]
    version = Document.objects.get(title="Lettre d’engagement").versions.first()
    assert (version.number, dossier.actors.get(acronym="MEF").written_commitment_id) == (2, version.document_id)


def test_an_archive_gives_no_right(taken_away, tmp_path):
    """Accounts that are not here come closed; one that is here stays as it is; nobody joins a team."""
    kept = User.objects.create_user("autre@gao.example", "secret", name="Autre", is_active=False)
    mine = factories.member(factories.council("kayes"), Role.MANAGER)
    emails = {row["email"] for row in json.loads(members(taken_away[0])["people.json"])["people"]}
    before = set(Membership.objects.values_list("pk", flat=True))
    dossier = restored(tmp_path, taken_away[0])
    made = User.objects.filter(email__in=emails).exclude(pk__in=[kept.pk, mine.pk])
    assert made.count() == len(emails - {mine.email})
    assert {(user.is_active, user.has_usable_password(), user.is_staff, user.is_superuser) for user in made} == {
        (False, False, False, False)}
    assert set(Membership.objects.values_list("pk", flat=True)) == before
    assert list(Negotiation.objects.visible_to(mine)) == [dossier]


def test_the_pages_of_a_restored_dossier_open(taken_away, tmp_path, sign_in):
    another()
    mine = factories.member(factories.council("kayes"), Role.MANAGER)
    dossier = restored(tmp_path, taken_away[0])
    client = sign_in(mine)
    for name in ("negotiation", "journal", "commitments", "positions", "booklet", "chronology", "actors", "scenarios"):
        assert client.get(reverse(name, args=[dossier.slug])).status_code == 200, name
    for code in ("A1", "A2", "B1"):
        assert client.get(reverse("step", args=[dossier.slug, code])).status_code == 200
    edition = dossier.booklets.get(number=1)
    assert client.get(reverse("published_pdf", args=[dossier.slug, 1])).status_code == 200
    assert "en vigueur" in client.get(reverse("verification", args=[edition.grouped_code])).content.decode()
    assert reverse("published_edition", args=[dossier.slug, 1]) in client.get(
        reverse("booklets"), {"q": "kayes"}).content.decode()


def test_the_commands_say_what_was_done_and_for_whom(taken_away, tmp_path, capsys):
    another()
    mine = factories.member(factories.council("kayes"), Role.MANAGER)
    path = tmp_path / "dossier.zip"
    path.write_bytes(taken_away[0])
    call_command("import_dossier", str(path))
    out = capsys.readouterr().out
    slug = Negotiation.objects.get(owner=mine.memberships.get().organisation).slug
    assert out.startswith(f"Dossier restauré : {slug} (actes du journal : {len(taken_away[1])}, tous vérifiés")
    assert "Il appartient à « Conseil régional de Kayes » (1 membre ici)." in out
    assert "Il est ouvert à « DNPD » (aucun membre ici)." in out
    call_command("export_dossier", slug, output=str(tmp_path / "again.zip"))
    assert (tmp_path / "again.zip").read_bytes() == taken_away[0]
    said = out.splitlines()[-1].rpartition(" ")[2]
    assert f"SHA-256 : {said}" in capsys.readouterr().out
    act = JournalEntry.objects.filter(negotiation=None).get(action="dossier.restore")
    assert (act.subject, act.by, act.details["sha256"]) == (str(Negotiation.objects.get(slug=slug)), None, said)
