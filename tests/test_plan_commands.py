"""`export_plan` and `import_plan`: what they say, what they write, and how they refuse."""
import io

import pytest
from django.core.management import CommandError, call_command

from negotiation.choices import Action
from negotiation.models import Contribution, JournalEntry, Project
from negotiation.workflow import commitments as acts
from negotiation.workflow import imports
from negotiation.workflow.chain import verify

from . import factories
from .tables import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def cells(dossier, editor):
    project = Project.objects.create(negotiation=dossier, name="-Piste ; \"Kléla\" 🛖")
    state = dossier.actors.create(name="Ministère", acronym="Trésor", side="state", financier=True)
    found = {year: (project.pk, state.pk, year) for year in (2027, 2028, 0)}
    acts.save_plan(dossier, {found[2027]: 100, found[0]: 200}, {}, by=editor)
    return found


def run(command, *args, **options):
    out = io.StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def amounts(dossier):
    return {one.year: one.amount for one in Contribution.objects.filter(project__negotiation=dossier)}


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_what_is_exported_and_imported_again_changes_nothing(dossier, cells, tmp_path, kind):
    """Through the child that reads files, as on a server."""
    target = tmp_path / f"plan.{kind}"
    assert run("export_plan", dossier.slug, output=str(target)) == f"Plan écrit : {target} (montants : 2).\n"
    before = JournalEntry.objects.count()
    for apply in (False, True):
        assert run("import_plan", dossier.slug, str(target), apply=apply) == "0 changement ; montants inchangés : 2.\n"
    assert JournalEntry.objects.count() == before


def test_the_json_of_another_dossier_is_refused_whole(dossier, cells, kayes, manager, tmp_path):
    """Its projects and financiers may have the same names: its amounts are those of another contract."""
    target = tmp_path / "plan.json"
    run("export_plan", dossier.slug, output=str(target))
    told = target.read_text().replace(f'"slug": "{dossier.slug}"', '"slug": "mopti-2027"').replace("100", "999")
    target.write_text(told.replace(f'"title": "{dossier.title}"', '"title": "CPER de Mopti"'))
    for apply in (False, True):
        with pytest.raises(CommandError, match=r"d’un autre dossier, « CPER de Mopti » \(mopti-2027\)"):
            run("import_plan", dossier.slug, str(target), apply=apply)
    assert amounts(dossier) == {2027: 100, 0: 200}


def saved(path, *rows):
    path.write_bytes(workbook(("Projet", "Financeur", 2027, 2028), *rows))
    return str(path)


def test_changes_are_told_then_applied(dossier, cells, tmp_path):
    name = "-Piste ; \"Kléla\" 🛖"
    file = saved(tmp_path / "reçu.xlsx", (name, "Trésor", None, "1 500"))
    lines = [f"{name}, Trésor, 2027 : 100 → aucun montant", f"{name}, Trésor, 2028 : aucun montant → 1\u00a0500",
             "2 changements : 1 nouveau, 1 retiré ; montants inchangés : 0."]
    said = run("import_plan", dossier.slug, file)
    assert said == "\n".join(lines) + " Rien n’est enregistré : relancez avec --apply.\n"
    assert amounts(dossier) == {2027: 100, 0: 200}
    assert run("import_plan", dossier.slug, file, apply=True) == "\n".join(lines) + "\n"
    assert amounts(dossier) == {2028: 1500, 0: 200}
    entry = JournalEntry.objects.filter(action=Action.PLAN_CHANGE).latest("pk")
    assert (entry.by, entry.by_name, entry.details["origin"]) == (None, "L’application", "fichier reçu.xlsx")
    assert verify(dossier)[1] is None


def test_what_is_refused_is_told_with_its_cell_and_nothing_is_written(dossier, cells, tmp_path):
    file = saved(tmp_path / "plan.xlsx", ("-Piste ; \"Kléla\" 🛖", "Trésor", 150, "1,5 M"),
                 ("Barrage", "Trésor", 1, None))
    for apply in (False, True):
        with pytest.raises(CommandError) as refused:
            run("import_plan", dossier.slug, file, apply=apply)
        assert str(refused.value).splitlines() == [
            "Rien n’est importé.",
            "Plan!D2 : « 1,5 M » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000.",
            "Plan!A3 : projet inconnu, « Barrage » : ajoutez-le d’abord au dossier, ou corrigez ce nom."]
        assert refused.value.returncode == 1
    assert amounts(dossier) == {2027: 100, 0: 200}


def test_what_the_act_would_refuse_is_told_without_applying(dossier, manager, examiner, cells, tmp_path):
    factories.corrected(dossier, "C4", "answer:C4.Q1", by=manager, examiner=examiner)
    file = saved(tmp_path / "plan.xlsx", ("-Piste ; \"Kléla\" 🛖", "Trésor", 150, None))
    with pytest.raises(CommandError, match="Pendant la correction"):
        run("import_plan", dossier.slug, file)


def test_a_plan_that_changes_meanwhile_refuses_all_of_it(dossier, editor, cells, tmp_path, monkeypatch):
    file = saved(tmp_path / "plan.xlsx", ("-Piste ; \"Kléla\" 🛖", "Trésor", 150, 160))
    tried = imports.refusals

    def meanwhile(*args, **kwargs):
        found = tried(*args, **kwargs)
        acts.save_plan(dossier, {cells[2028]: 7}, {}, by=editor)
        return found
    monkeypatch.setattr(imports, "refusals", meanwhile)
    with pytest.raises(CommandError) as refused:
        run("import_plan", dossier.slug, file, apply=True)
    assert str(refused.value).replace("\u00a0", " ").splitlines()[1].endswith(
        f", 2028 : {editor.name} vient d’y inscrire 7 FCFA ; dans le fichier : 160 FCFA.")
    assert amounts(dossier) == {2027: 100, 2028: 7, 0: 200}


@pytest.mark.parametrize(("command", "args", "said"), [
    ("export_plan", ["inconnu", "--output", "x.csv"], "Aucune négociation n’a l’identifiant « inconnu »."),
    ("import_plan", ["inconnu", "x.csv"], "Aucune négociation n’a l’identifiant « inconnu »."),
    ("export_plan", ["{slug}", "--output", "x.pdf"], "Le nom du fichier se termine par .xlsx, .csv, .json"),
    ("export_plan", ["{slug}", "--output", "/nowhere/x.csv"], "n’a pas pu être écrit"),
    ("import_plan", ["{slug}", "/nowhere/x.csv"], "n’a pas pu être lu"),
    ("import_plan", ["{slug}", __file__], "Les fichiers .py ne s’importent pas."),
])
def test_what_cannot_be_done_is_said(dossier, command, args, said):
    with pytest.raises(CommandError) as refused:
        run(command, *[arg.format(slug=dossier.slug) for arg in args])
    assert said in str(refused.value)


def test_trying_an_import_writes_nothing(dossier, cells):
    before = JournalEntry.objects.count()
    assert imports.refusals(dossier, {cells[2027]: 5}, {cells[2027]: 100}, by=None) == []
    assert (JournalEntry.objects.count(), amounts(dossier)) == (before, {2027: 100, 0: 200})
    assert verify(dossier)[1] is None
