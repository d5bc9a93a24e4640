"""The loader of reference data: all of the files, once, never over an administrator's edit, or nothing."""
import json
import shutil
import time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.models import (
    AttentionPoint,
    ExpectedDocument,
    Grid,
    GridActor,
    GridActorRole,
    KnownDifficulty,
    Phase,
    Question,
    Region,
    ReviewLevel,
    Source,
    Step,
    StepActor,
    StepDifficulty,
    Term,
    Text,
)
from negotiation.workflow.fixtures import ITEMS, TABLES, FixtureError
from negotiation.workflow.reference import load

pytestmark = pytest.mark.django_db
FIXTURES = settings.BASE_DIR / "fixtures"


def content(name):
    return json.loads((FIXTURES / f"{name}.json").read_text())


@pytest.fixture
def files(tmp_path):
    """A copy of the files, and `edit(name)`: a function that changes one of them."""
    for path in FIXTURES.glob("*.json"):
        shutil.copy(path, tmp_path)

    def edit(name, change):
        data = json.loads((tmp_path / f"{name}.json").read_text())
        change(data)
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
        return tmp_path
    return edit


def empty():
    Region.objects.update(origin=None)
    for table in reversed(TABLES):
        table.model.objects.all().delete()


def says(row, data, *without):
    """The row holds every value of the file."""
    for label, value in data.items():
        if label not in without:
            held = getattr(row, label)
            assert (held.slug if isinstance(held, Region) else held) == value, (row, label)


def test_load_brings_seven_phases_and_twenty_eight_steps():
    assert {p.code: p.steps.count() for p in Phase.objects.all()} == {
        "A": 4, "B": 4, "C": 4, "D": 5, "E": 3, "F": 4, "G": 4}
    assert Region.objects.count() == 20
    assert GridActorRole.objects.count() == 17 * 7


def test_load_brings_every_row_of_the_grid_field_by_field():
    data = content("grid")
    says(Grid.objects.get(), data["grid"])
    items = 0
    for phase in data["phases"]:
        says(Phase.objects.get(code=phase["code"]), phase, "steps")
        for step in phase["steps"]:
            row = Step.objects.get(phase__code=phase["code"], code=step["code"])
            says(row, step, *ITEMS)
            for name in ITEMS:
                rows = list(getattr(row, name).all())
                assert len(rows) == len(step[name]), (row, name)
                items += len(rows)
                for item, value in zip(rows, step[name], strict=True):
                    says(item, value)
    models = (StepActor, ReviewLevel, Question, ExpectedDocument, AttentionPoint, StepDifficulty)
    assert items == sum(model.objects.count() for model in models)


@pytest.mark.parametrize(("name", "model", "key"), [
    ("sources", Source, "code"), ("texts", Text, "order"), ("glossary", Term, "slug"), ("regions", Region, "slug"),
    ("difficulties", KnownDifficulty, "code"), ("actors", GridActor, "code")])
def test_load_brings_every_row_field_by_field(name, model, key):
    data = content(name)
    assert model.objects.count() == len(data)
    for row in data:
        says(model.objects.get(**{key: row[key]}), row, "roles")


def test_load_brings_every_cell_of_the_matrix():
    for actor in content("actors"):
        cells = {role.phase: {"role": role.role, "attested": role.attested, "note": role.note}
                 for role in GridActorRole.objects.filter(actor__code=actor["code"])}
        assert cells == actor["roles"]


def test_financiers_are_those_of_a_financing_plan():
    assert set(GridActor.objects.filter(financier=True).values_list("code", flat=True)) == {
        "cr", "etat", "ptf"}


def test_load_again_writes_nothing():
    with CaptureQueriesContext(connection) as queries:
        report = load()
    assert (report.created, report.updated, report.kept, report.absent) == ([], [], [], [])
    assert report.unchanged == sum(table.model.objects.count() for table in TABLES)
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(queries) == len(TABLES) + 3  # one reading a model, the days taken, and the savepoint


def test_load_into_an_empty_database_is_quick():
    empty()
    started = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        report = load()
    assert len(report.created) == sum(table.model.objects.count() for table in TABLES)
    assert len(queries) < 60
    assert time.process_time() - started < 2


def test_an_edited_row_survives_and_is_named(files):
    Question.objects.filter(code="A1.Q1").update(text="Avons-nous la note d’application ?")
    directory = files("grid", lambda grid: grid["phases"][0]["steps"][0]["questions"][0].update(text="Autre ?"))
    for where in (None, directory):
        report = load(where)
        assert report.kept == ["question A1.Q1"]
        assert report.changes == 0
        assert Question.objects.get(code="A1.Q1").text == "Avons-nous la note d’application ?"


def test_a_row_an_administrator_added_survives():
    step = Step.objects.get(code="A1")
    Question.objects.create(step=step, code="A1.Q9", text="Une question de la DGCT ?")
    report = load()
    assert (report.changes, report.kept, report.absent) == (0, [], [])
    assert Question.objects.filter(code="A1.Q9").exists()


def test_a_changed_file_updates_an_unedited_row(files):
    directory = files("grid", lambda grid: grid["phases"][0]["steps"][0]["questions"][0].update(text="Autre ?"))
    report = load(directory)
    assert (report.updated, report.created, report.kept) == (["question A1.Q1"], [], [])
    assert Question.objects.get(code="A1.Q1").text == "Autre ?"
    assert load(directory).changes == 0


def test_an_edit_that_the_file_takes_up_is_no_longer_an_edit(files):
    Question.objects.filter(code="A1.Q1").update(text="Autre ?")
    directory = files("grid", lambda grid: grid["phases"][0]["steps"][0]["questions"][0].update(text="Autre ?"))
    assert load(directory).kept == []
    assert (load(directory).changes, load(directory).kept) == (0, [])


def test_a_row_that_left_the_file_is_kept_and_named(files):
    directory = files("grid", lambda grid: grid["phases"][0]["steps"][0]["questions"].pop(0))
    report = load(directory)
    assert (report.absent, report.changes) == (["question A1.Q1"], 0)
    assert Question.objects.filter(code="A1.Q1").exists()


def test_a_new_edition_of_the_grid_stands_beside_the_old_one(files):
    before = Question.objects.count()
    report = load(files("grid", lambda grid: grid["grid"].update(code="2027")))
    assert (report.updated, report.kept, report.absent) == ([], [], [])
    assert (Grid.objects.count(), Question.objects.count()) == (2, 2 * before)


STEP = ("phases", 0, "steps", 0)
BROKEN = [
    ("grid", (*STEP, "questions", 0, "sources"), ["S99"], "grid.json, question A1.Q1 : source « S99 » inconnue"),
    ("grid", (*STEP, "checks"), ["nothing"], "grid.json, étape A1 : contrôle « nothing » inconnu"),
    ("grid", (*STEP, "source_status"), "law", "grid.json, étape A1 : « source_status » vaut « law », valeur inconnue"),
    ("grid", (*STEP, "sources"), ["C01"], "« source_status » vaut « sourced » sans citer de source malienne"),
    ("grid", (*STEP, "min_days"), 99, "la durée maximale est plus courte que la minimale"),
    ("grid", (*STEP, "max_days"), 3651, "étape A1 : « max_days » : Écrivez 3650 au plus"),
    ("grid", (*STEP, "levels", 0, "delay_days"), 366, "« delay_days » : Écrivez 365 au plus"),
    ("grid", (*STEP, "title"), "", "« title » : Ce champ ne peut pas être vide."),
    ("grid", (*STEP, "hint"), "x", "le champ « hint » est inconnu"),
    ("grid", (*STEP, "questions", 1, "code"), "A1.Q1", "grid.json, question A1.Q1 : ce code est employé deux fois"),
    ("grid", (*STEP, "levels", 0, "kind"), "opinion", "grid.json, étape A1 : Le dernier niveau est un avis : un avis "),
    ("grid", ("phases", 0), {}, "Les fichiers n’ont pas la forme attendue"),
    ("actors", (0, "roles", "A", "role"), "Z", "actors.json, rôle par phase cr / A : « role » vaut « Z »"),
    ("actors", (0, "roles"), {"Z": {"role": "R"}}, "phase « Z » inconnue de la grille"),
    ("regions", (9, "origin"), "atlantide", "Région d’origine « atlantide » inconnue"),
    ("sources", (0, "url"), "nulle part", "sources.json, source S01 : « url »"),
]


@pytest.mark.parametrize(("name", "path", "value", "sentence"), BROKEN, ids=[row[3][:40] for row in BROKEN])
def test_a_broken_file_is_refused_in_words_with_nothing_written(files, name, path, value, sentence):
    def breaks(data):
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = value
    directory = files(name, breaks)
    with CaptureQueriesContext(connection) as queries, pytest.raises(FixtureError) as refusal:
        load(directory)
    assert sentence in str(refusal.value)
    assert len(queries) == 0


def test_a_missing_file_is_named(files, tmp_path):
    (tmp_path / "texts.json").unlink()
    (tmp_path / "actors.json").write_text("{")
    with pytest.raises(FixtureError) as refusal:
        load(tmp_path)
    assert [fault[:40] for fault in refusal.value.faults] == [
        "texts.json : le fichier manque ou ne peu", "actors.json : ce n’est pas du JSON (Expe"]


def printed():
    out = StringIO()
    call_command("load_grid", stdout=out)
    return out.getvalue()


def test_load_grid_tells_what_it_did():
    lines = sum(table.model.objects.count() for table in TABLES)
    assert printed() == f"0 changement ; {lines} lignes inchangées.\n"
    Question.objects.filter(code="A1.Q1").update(text="Autre ?")
    Question.objects.filter(code="A1.Q2").delete()
    assert printed() == (f"1 changement : 1 ajout, 0 mise à jour ; {lines - 2} lignes inchangées.\n"
                         "Modifié par un administrateur, conservé : question A1.Q1.\n")


def test_load_grid_refuses_in_words(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"Rien n’a été chargé :\n- sources\.json : le fichier manque"):
        call_command("load_grid")
