"""An archive that is not what an export wrote is refused in words, and nothing of it is written anywhere."""
import io
import json
import re
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from negotiation.choices import OrganisationKind
from negotiation.files import bundle
from negotiation.files.refusals import Refused
from negotiation.files.storage import path_of
from negotiation.models import (
    DocumentVersion,
    Grid,
    GridActor,
    GridActorRole,
    JournalEntry,
    Negotiation,
    Organisation,
    Phase,
    Question,
    Step,
    User,
    guard,
)
from negotiation.workflow.archives.gathering import gather
from negotiation.workflow.archives.restoring import refuse_shared_acronym
from negotiation.workflow.transitions import NotAllowed

from .. import factories
from ..whole_dossier import free_grid
from .conftest import archived, members, remade, restored


def zipped(content, change):
    """The same members, written by the library as change(package, name, bytes) says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, held in members(content).items():
            change(package, name, held)
    return file.getvalue()


def edited(name, change):
    """A forger's change of one JSON member: change(value) works in place."""
    def act(held):
        value = json.loads(held[name])
        change(value)
        held[name] = bundle.as_json(value)
    return lambda content: remade(content, act)


def flipped(content, name):
    """One bit of a member, changed where it lies."""
    held = members(content)[name]
    place = content.index(held)
    return content[:place + 20] + bytes([content[place + 20] ^ 1]) + content[place + 21:]


def added(name, held=b"x"):
    def act(content):
        file = io.BytesIO(content)
        with zipfile.ZipFile(file, "a") as package:
            package.writestr(name, held)
        return file.getvalue()
    return act


def linked(content):
    def write(package, name, held):
        entry = zipfile.ZipInfo(name)
        if name == "grid.json":
            entry.external_attr = 0o120777 << 16
        package.writestr(entry, held)
    return zipped(content, write)


def without(name):
    return lambda content: zipped(content, lambda package, one, held: one == name or package.writestr(one, held))


def renamed(old, new):
    return lambda content: zipped(content, lambda package, name, held: package.writestr(
        new if name == old else name, held))


def compressed(content):
    return zipped(content, lambda package, name, held: package.writestr(name, held, zipfile.ZIP_DEFLATED))


def bomb(content):
    return zipped(content, lambda package, name, held: package.writestr(
        name, b"0" * 50_000_000 if name == "grid.json" else held, zipfile.ZIP_DEFLATED))


def lying(content):
    """The table announces more than there is."""
    place = content.rindex(b"PK\x01\x02")
    return content[:place + 24] + (2**31).to_bytes(4, "little") + content[place + 28:]


def versioned(version, form="cper-dossier"):
    def act(content):
        held = members(content)
        manifest = json.loads(held.pop(bundle.MANIFEST)) | {"version": version, "format": form}
        del manifest["members"]
        file = io.BytesIO()
        bundle.write(file, manifest, held)
        return file.getvalue()
    return act


def put(*path, value):
    """A change of a value deep in a JSON member."""
    def act(found):
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = value
    return act


def nested(held):
    held["people.json"] = b"[" * 100_000 + b"]" * 100_000


def saying(people):
    return lambda content: remade(content, lambda held: held.update({PEOPLE: people}))


def program(held):
    """A piece that is no document, whose row agrees."""
    name = next(name for name in held if name.startswith("pieces/") and name.endswith(".pdf"))
    rows = json.loads(held["dossier.json"])
    made = b"%PDF-1.7 MZ not a document"
    digest = bundle.hashlib.sha256(made).hexdigest()
    for row in rows["versions"]:
        if row["sha256"] == name[7:71]:
            row["sha256"], row["size"] = digest, len(made)
    del held[name]
    held[f"pieces/{digest}.pdf"] = made
    held["dossier.json"] = bundle.as_json(rows)


DOSSIER, JOURNAL, PEOPLE = "dossier.json", "journal.json", "people.json"
HOSTILE = {
    "no archive": (lambda content: b"PK\x03\x04 no archive", "abîmée"),
    "half an archive": (lambda content: content[:len(content) // 2], "abîmée"),
    "empty": (lambda content: b"", "abîmée"),
    "no manifest": (without(bundle.MANIFEST), "« manifeste.json » manque"),
    "a member is missing": (without("grid.json"), "« grid.json » manque"),
    "an edition is missing": (without("editions/1.pdf"), "« editions/1.pdf » manque"),
    "an edition is missing everywhere": (lambda content: remade(content, lambda held: held.pop("editions/1.pdf")),
                                         "« editions/1.pdf » manque"),
    "a member that no manifest names": (added("pieces/x.pdf"), "« pieces/x.pdf » n’est pas de ceux"),
    "a member that no row names": (lambda content: remade(content, lambda held: held.update({"x.txt": b"x"})),
                                   "« x.txt » n’est pas de ceux"),
    "a piece that no row names": (lambda content: remade(content, lambda held: held.update(
        {"pieces/x.pdf": factories.pdf_bytes("x")})), "« pieces/x.pdf » n’est pas de ceux"),
    "one bit of the data": (lambda content: flipped(content, DOSSIER), "« dossier.json » n’est plus tel"),
    "one bit of an edition": (lambda content: flipped(content, "editions/1.pdf"), "« editions/1.pdf » n’est plus tel"),
    "one bit of the manifest": (lambda content: flipped(content, bundle.MANIFEST), "manifeste"),
    "above its folder": (renamed("grid.json", "../grid.json"), "nom interdit"),
    "at the root": (renamed("grid.json", "/etc/grid.json"), "nom interdit"),
    "for Windows": (renamed("grid.json", "C:\\grid.json"), "nom interdit"),
    "a folder": (added("pieces/", b""), "nom interdit"),
    "a link": (linked, "nom interdit"),
    "the same member twice": (added("GRID.json"), "deux membres du même nom"),
    "compressed": (compressed, "compressé ou chiffré"),
    "a bomb": (bomb, "compressé ou chiffré"),
    "a size that lies": (lying, "compressé ou chiffré"),
    "too many members": (lambda content: crowd(), "compte plus"),
    "another version": (versioned(2), "suit la version 2 du format ; cette installation lit la version 1"),
    "another format": (versioned(1, "autre"), "n’est pas l’archive d’un dossier"),
    "no JSON": (saying(b"{"), "n’est pas du JSON"),
    "JSON without end": (lambda content: remade(content, nested), "n’est pas du JSON"),
    "half a character": (saying(b'{"people": ["\\ud800"]}'), "n’est pas du JSON"),
    "a NUL": (saying(b'{"people": ["\\u0000"]}'), "n’est pas du JSON"),
    "a list of nothing": (edited(DOSSIER, put("answers", value=[3])), "n’a pas de liste « answers »"),
    "no list": (edited(DOSSIER, lambda value: value.pop("answers")), "n’a pas de liste « answers »"),
    "an unknown field": (edited(DOSSIER, put("events", 0, "is_staff", value=True)), "« is_staff » y est inconnu"),
    "a right": (edited(PEOPLE, put("people", 0, "is_superuser", value=True)), "« is_superuser » y est inconnu"),
    "a word for an amount": (edited(DOSSIER, put("contributions", 0, "amount", value="300")), "valeur refusée"),
    "a truth for an amount": (edited(DOSSIER, put("contributions", 0, "amount", value=True)), "valeur refusée"),
    "an amount below zero": (edited(DOSSIER, put("contributions", 0, "amount", value=-5)), "ne peut pas garder"),
    "an amount without end": (edited(DOSSIER, put("contributions", 0, "amount", value=10**30)), "valeur refusée"),
    "a text too long": (edited(DOSSIER, put("events", 0, "title", value="x" * 5_000)), "valeur refusée"),
    "an unknown choice": (edited(DOSSIER, put("steps", 0, "state", value="signed")), "valeur refusée"),
    "no day": (edited(DOSSIER, put("events", 0, "date", value="le 3")), "valeur refusée"),
    "an hour of nowhere": (edited(DOSSIER, put("versions", 0, "uploaded_at", value="2026-01-01T10:00:00")),
                           "valeur refusée"),
    "an empty place": (edited(DOSSIER, put("contributions", 0, "amount", value=None)), "une valeur y manque"),
    "nobody's answer": (edited(DOSSIER, put("answers", 0, "saved_by", value=None)), "un nom y manque"),
    "a row of elsewhere": (edited(DOSSIER, put("contributions", 0, "project", value=99)), "nomme « 99 »"),
    "a row by a list": (edited(DOSSIER, put("contributions", 0, "project", value=[1])), r"nomme « \[1\] »"),
    "the key of a row": (edited(DOSSIER, put("events", 0, "id", value=7)), "pas dans l’ordre"),
    "a scenario of words": (edited(DOSSIER, put("scenarios", 0, "cells", value=[["a"]])), "valeur"),
    "an acronym borne twice": (edited(DOSSIER, lambda value: [row.update(acronym=acronym) for row, acronym in zip(
        value["actors"], ("AGX", "agx"), strict=False)]), "portent le même sigle « agx »"),
    "the same cell twice": (edited(DOSSIER, lambda value: value["contributions"].append(
        value["contributions"][0] | {"id": len(value["contributions"]) + 1})), "la base ne peut pas garder"),
    "a step too few": (edited(DOSSIER, lambda value: value["steps"].pop()), "toutes les étapes"),
    "a contract signed by one": (edited(DOSSIER, lambda value: value["signatures"].pop()), "des deux parties"),
    "a signature of another edition": (edited(DOSSIER, put("signatures", 0, "edition_sha256", value="0" * 64)),
                                       "porte l’empreinte de l’édition"),
    "no journal": (edited(JOURNAL, put("entries", value=[])), "journal y est vide"),
    "an act rewritten": (edited(JOURNAL, put("entries", 2, "subject", value="Autre chose")), "acte n° 3"),
    "an act given to another": (edited(JOURNAL, put("entries", 2, "by", value=None)), "acte n° 3"),
    "an origin of elsewhere": (edited(JOURNAL, put("origins", 0, "negotiation", value=77)), "acte n° 1 "),
    "an act removed": (edited(JOURNAL, lambda value: value["entries"].pop()), "actes au lieu de"),
    "no origin": (edited(JOURNAL, put("origins", value=[])), "actes au lieu de 0"),
    "an origin of words": (edited(JOURNAL, put("origins", 0, "user", value={"a": "b"})), "d’où viennent ses actes"),
    "a program for a piece": (lambda content: remade(content, program), "« pieces/.* : Ce PDF"),
    "an edition rewritten": (lambda content: remade(content, lambda held: held.update({"editions/1.json": b"{}"})),
                             "« editions/1.json » n’est plus tel"),
}


def crowd():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for number in range(bundle.MAX_MEMBERS + 1):
            package.writestr(str(number), b"")
    return file.getvalue()


def state(settings):
    """How many rows each table has, and which files are kept."""
    models = DocumentVersion._meta.apps.get_app_config("negotiation").get_models()
    files = sorted(path.name for path in settings.FILES_ROOT.rglob("*") if path.is_file()) \
        if settings.FILES_ROOT.exists() else []
    return {model.__name__: model._base_manager.count() for model in models}, files


def test_every_hostile_archive_is_refused_and_writes_nothing(taken_away, elsewhere, settings, tmp_path):
    """One test for all: making the archive takes longer than refusing it."""
    elsewhere()
    free_grid()
    before, wrong = state(settings), {}
    for what, (make, said) in HOSTILE.items():
        try:
            restored(tmp_path, make(taken_away[0]))
            wrong[what] = "restored"
        except (Refused, NotAllowed) as refusal:
            if not re.search(said, str(refusal).replace("\u00a0", " ")):
                wrong[what] = str(refusal)
        if state(settings) != before:
            wrong[what] = "something was written"
    assert wrong == {}
    restored(tmp_path, taken_away[0])


def test_a_dossier_that_is_here_is_not_replaced(taken_away, tmp_path):
    free_grid()
    dossier = restored(tmp_path, taken_away[0])
    with pytest.raises(CommandError, match=f"Rien n’est restauré.\nLe dossier « {dossier.slug} » existe déjà"):
        call_command("import_dossier", str(tmp_path / "archive.zip"))
    with pytest.raises(CommandError, match="absente.zip » : il n’existe pas"):
        call_command("import_dossier", str(tmp_path / "absente.zip"))


def test_a_period_that_is_taken_here_is_refused(taken_away, tmp_path, kayes, manager):
    factories.negotiation(kayes, manager, first_year=2030, last_year=2034)
    with pytest.raises(NotAllowed, match="a déjà une négociation sur la période 2030-2034"):
        restored(tmp_path, taken_away[0])


def test_an_organisation_of_the_same_name_and_another_kind_is_refused(taken_away, tmp_path):
    Organisation.objects.create(name="DNPD", kind=OrganisationKind.PARTNER)
    with pytest.raises(NotAllowed, match="« DNPD » n’est pas la même ici que dans l’archive"):
        restored(tmp_path, taken_away[0])


def test_a_grid_that_is_not_here_comes_with_the_dossier(taken_away, tmp_path):
    """Under its own code; the restored dossier exports the same."""
    free_grid()
    Grid.objects.update(code="autre-edition")
    dossier = restored(tmp_path, taken_away[0])
    assert (Grid.objects.count(), dossier.grid.phases.count()) == (2, 7)
    assert archived(dossier) == taken_away[0]


def test_a_grid_that_differs_here_is_told_and_kept(taken_away, tmp_path, capsys):
    free_grid()
    Question.objects.filter(code="A1.Q1").update(text="Reformulée ici")
    (tmp_path / "a.zip").write_bytes(taken_away[0])
    call_command("import_dossier", str(tmp_path / "a.zip"))
    assert "était déjà ici et s’en écarte (éléments : 1)" in capsys.readouterr().out
    assert Question.objects.get(code="A1.Q1").text == "Reformulée ici"


def test_an_archive_made_before_a_field_of_the_grid_was_there_differs_where_it_really_does(
        taken_away, tmp_path, capsys):
    """What it does not tell had its default then."""
    def older(rows):
        for table in rows.values():
            for row in table:
                row.pop("duration_status", None)
    free_grid()
    Phase.objects.update(duration_status="proposed")
    Phase.objects.filter(code="A").update(duration_status="sourced")
    (tmp_path / "a.zip").write_bytes(edited("grid.json", older)(taken_away[0]))
    call_command("import_dossier", str(tmp_path / "a.zip"))
    assert "s’en écarte (éléments : 1)" in capsys.readouterr().out



@pytest.mark.parametrize(("change", "said"), [
    (lambda: Question.objects.filter(code="A1.Q1").update(confidential=True), "A1.Q1 .* n’est pas réservée de la même"),
    (lambda: Step.objects.filter(code="G4").update(code="G5"), r"pas les mêmes étapes ici que dans .*\(G4, G5\)"),
    (lambda: Question.objects.filter(code="A1.Q1").update(code="A1.Q9"), "nomme « A1/A1.Q1 » .question."),
])
def test_a_grid_that_reads_otherwise_is_refused(taken_away, tmp_path, change, said):
    free_grid()
    change()
    with pytest.raises(NotAllowed, match=said):
        restored(tmp_path, taken_away[0])
    assert not User.objects.exists()
    assert not Negotiation.objects.exists()


def test_an_installation_without_its_reference_data_is_told_to_load_it(taken_away, tmp_path):
    free_grid()
    for model in (GridActorRole, GridActor):
        model.objects.all().delete()
    with pytest.raises(NotAllowed, match=r"Chargez d’abord ici les données de référence \(manage.py load_grid\)"):
        restored(tmp_path, taken_away[0])


def test_a_dossier_whose_journal_was_altered_is_not_exported(dossier, tmp_path):
    guard.lift(connection)
    JournalEntry.objects.filter(negotiation=dossier).update(reason="réécrit")
    with pytest.raises(CommandError, match="Le journal de ce dossier est altéré, l’archive n’est pas écrite : dossier"):
        call_command("export_dossier", dossier.slug, output=str(tmp_path / "a.zip"))
    assert list(tmp_path.glob("*.zip")) == []


def test_a_dossier_that_lacks_a_file_is_not_exported(dossier, manager, tmp_path):
    factories.fill_step(dossier.steps.get(step__code="A1"), manager)
    path_of(DocumentVersion.objects.first().sha256).unlink()
    with pytest.raises(NotAllowed, match="Le fichier « .*.pdf » manque au rangement"):
        gather(dossier)


def test_the_command_says_where_it_cannot_write(dossier, tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("export_dossier", dossier.slug, output=str(tmp_path / "nulle-part" / "a.zip"))
    with pytest.raises(CommandError, match="Aucune négociation n’a l’identifiant « rien »"):
        call_command("export_dossier", "rien", output=str(tmp_path / "a.zip"))


def test_an_archive_that_lacks_a_field_added_since_gets_its_default(taken_away, tmp_path):
    """What has a default, or may be empty, may be missing; what must be told may not."""
    free_grid()
    for name, said in (("kind", "« kind » y manque"), ("title", "« title » y manque")):
        with pytest.raises(NotAllowed, match=f"{said} .events, 1."):
            restored(tmp_path, edited(DOSSIER, lambda value, name=name: value["events"][0].pop(name))(taken_away[0]))
    dossier = restored(tmp_path, edited(DOSSIER, lambda value: [
        value["events"][0].pop(name) for name in ("source", "precision", "end_date")])(taken_away[0]))
    assert list(dossier.events.values_list("source", "precision", "end_date")) == [("", "day", None)]


def test_what_could_not_be_read_back_is_not_written():
    with pytest.raises(Refused, match="peut peser"):
        bundle.write(io.BytesIO(), {}, {"a.json": b" " * (bundle.MAX_TEXT + 1)})


def test_acronyms_that_differ_by_their_accents_come_back_as_they_were():
    """They are refused today to who types them; a dossier that has them is still restored."""
    actors = [{"acronym": "Etat", "name": "A"}, {"acronym": "État", "name": "B"}]
    assert refuse_shared_acronym({"actors": actors}) is None
