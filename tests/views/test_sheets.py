"""The plan as files, on the screen: downloads, preview, confirmation, and what is refused without being lost."""
import html
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from negotiation.choices import Action
from negotiation.models import Contribution, FundingLimit, JournalEntry, Project
from negotiation.workflow import commitments as acts
from tests import factories, tables
from tests.strict import StrictClient
from tests.tables import workbook

pytestmark = pytest.mark.django_db
HEAD = ("Projet", "Financeur", 2027, 2028)
ROW = ("Piste de Kléla", "Trésor")


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    tables.read_here(monkeypatch)


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste de Kléla")


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère de l’Économie", acronym="Trésor", side="state", financier=True)


@pytest.fixture
def cells(project, state, dossier, editor):
    """Two amounts in the plan; {year: cell}."""
    found = {year: (project.pk, state.pk, year) for year in (2027, 2028, 2029)}
    acts.save_plan(dossier, {found[2027]: 100, found[2028]: 200}, {}, by=editor)
    return found


@pytest.fixture
def url(dossier):
    return reverse("plan_import", args=[dossier.slug])


def sent(*rows, name="plan.xlsx"):
    return {"file": SimpleUploadedFile(name, workbook(*rows))}


def words(response):
    text = html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).replace("\u00a0", " ")
    return re.sub(r"\s+([;.,»])", r"\1", re.sub(r"\s+", " ", text)).replace("« ", "«").replace(" »", "»")


def hidden(response):
    body = response.content.decode()
    return {name: html.unescape(re.search(rf'name="{name}" value="([^"]*)"', body)[1]) for name in ("plan", "key")}


def amounts(dossier):
    return {one.year: one.amount for one in Contribution.objects.filter(project__negotiation=dossier)}


def told(dossier):
    return list(JournalEntry.objects.filter(negotiation=dossier, action=Action.PLAN_CHANGE).order_by("pk"))[1:]


def test_a_file_is_previewed_then_imported(sign_in, editor, dossier, cells, url):
    client = sign_in(editor)
    response = client.post(url, sent(("Projet", "Financeur", 2027, 2028, 2029), (*ROW, 150, None, "5 000")))
    assert response.status_code == 200
    page = words(response)
    assert "Ce que «plan.xlsx» changerait Changements 3 changements : 1 nouveau, 1 changé, 1 retiré" in page
    assert "Montants inchangés 0 Total du plan 300 FCFA → 5 150 FCFA" in page
    head = "(1) Projet, financeur, année Avant Après Case du fichier Piste de Kléla, Trésor,"
    for said in (f"Retirés {head} 2028 200 aucun Plan!D2", f"Changés {head} 2027 100 150 Plan!C2",
                 f"Nouveaux {head} 2029 aucun 5 000 Plan!E2"):
        assert said in page
    assert amounts(dossier) == {2027: 100, 2028: 200}
    response = client.post(url, hidden(response))
    assert (response.status_code, response.url) == (302, reverse("commitments", args=[dossier.slug]) + "#plan")
    assert amounts(dossier) == {2027: 150, 2029: 5000}
    entry, = told(dossier)
    assert (entry.by, entry.details["origin"], entry.details["total"]) == (editor, "fichier plan.xlsx", [300, 5150])
    assert "Le plan de financement est importé de «plan.xlsx»." in words(client.get(response.url))


def test_the_preview_says_what_the_rules_would_say(sign_in, editor, dossier, cells, url):
    FundingLimit.objects.create(negotiation=dossier, kind="state_year", severity="blocking", year=2027, amount=120)
    page = words(sign_in(editor).post(url, sent(HEAD, (*ROW, 150, 200))))
    assert "Une fois ces montants importés, le plan aurait 1 point bloquant et 1 avertissement." in page
    assert "bloquant nouveau L’État apporte 150 FCFA en 2027, soit 30 FCFA de plus que son enveloppe" in page


def test_confirming_twice_imports_once(sign_in, editor, dossier, cells, url):
    client = sign_in(editor)
    form = hidden(client.post(url, sent(HEAD, (*ROW, 150, 200))))
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert len(told(dossier)) == 1


def test_a_file_that_changes_nothing_says_so(sign_in, editor, cells, url):
    response = sign_in(editor).post(url, sent(HEAD, (*ROW, 100, 200)))
    assert "«plan.xlsx» ne changerait rien Changements 0 changement Montants inchangés 2" in words(response)
    assert 'name="plan"' not in response.content.decode()


def test_one_refusal_refuses_the_whole_file(sign_in, editor, dossier, cells, url):
    response = sign_in(editor).post(url, sent(HEAD, (*ROW, 150, "1,5 M"), ("Barrage", "Trésor", 3, None)))
    assert response.status_code == 422
    page = words(response)
    assert ("Rien n’est importé de «plan.xlsx» Plan!D2 : «1,5 M» n’est pas un montant : écrivez-le en chiffres, par "
            "exemple 400 000 000. Plan!A3 : projet inconnu, «Barrage» : ajoutez-le d’abord au dossier, ou corrigez ce "
            "nom.") in page
    assert "Ce qui se lit du fichier Changements 1 changement : 1 changé" in page
    assert "<title>Erreur\u00a0: Importer le plan de financement" in response.content.decode()
    assert 'name="plan"' not in response.content.decode()
    assert amounts(dossier) == {2027: 100, 2028: 200}


def test_a_plan_changed_since_the_preview_is_refused_whole_and_offered_anew(sign_in, editor, manager, dossier, cells,
                                                                            url):
    client = sign_in(editor)
    form = hidden(client.post(url, sent(HEAD, (*ROW, 150, 250))))
    acts.save_plan(dossier, {cells[2028]: 999}, {cells[2028]: 200}, by=manager)
    response = client.post(url, form)
    assert response.status_code == 409
    assert (f"Rien n’est importé : le plan a changé entre-temps Piste de Kléla, Trésor, 2028 : {manager.name} vient "
            "d’y inscrire 999 FCFA; dans le fichier : 250 FCFA.") in words(response)
    assert amounts(dossier) == {2027: 100, 2028: 999}
    assert client.post(url, hidden(response)).status_code == 302
    assert amounts(dossier) == {2027: 150, 2028: 250}


def test_what_is_removed_since_the_preview_is_refused_at_its_place_in_the_file(sign_in, editor, manager, dossier, cells,
                                                                               state, url):
    """Each by its name, without a button that could only be refused again, and with the total of what is left."""
    gone = Project.objects.create(negotiation=dossier, name="Barrage de Kita")
    bank = dossier.actors.create(name="Banque de Kayes", side="partner", financier=True)
    client = sign_in(editor)
    form = hidden(client.post(url, sent(HEAD, (*ROW, 150, 250), ("Barrage de Kita", "Trésor", 7, None),
                                        ("Piste de Kléla", "Banque de Kayes", None, 9))))
    gone.delete()
    bank.delete()
    acts.save_plan(dossier, {cells[2028]: 999}, {cells[2028]: 200}, by=manager)
    response = client.post(url, form)
    assert response.status_code == 409
    page = words(response)
    assert ("Plan!C3 : Barrage de Kita (projet supprimé), Trésor, 2027 : ce projet n’est plus dans le dossier. "
            "Plan!D4 : Piste de Kléla, Banque de Kayes (financeur supprimé), 2028 : ce financeur n’est plus dans le "
            f"dossier. Piste de Kléla, Trésor, 2028 : {manager.name} vient d’y inscrire 999 FCFA; dans le fichier : "
            "250 FCFA. Corrigez ces points dans le fichier, puis choisissez-le de nouveau.") in page
    assert "Changements 2 changements : 2 changés Total du plan 1 099 FCFA → 400 FCFA" in page
    assert "Piste de Kléla, Trésor, 2027 100 150 Plan!C2" in page
    assert 'name="plan"' not in response.content.decode()
    assert amounts(dossier) == {2027: 100, 2028: 999}


def test_a_project_removed_since_the_preview_is_told_once(sign_in, editor, dossier, project, state, url):
    client = sign_in(editor)
    form = hidden(client.post(url, sent(HEAD, (*ROW, 150, None))))
    project.delete()
    response = client.post(url, form)
    assert response.status_code == 409
    page = words(response)
    assert "Rien n’est importé de «plan.xlsx» Plan!C2 : Piste de Kléla (projet supprimé), Trésor, 2027 :" in page
    assert page.count("n’est plus dans le dossier") == 1
    assert "Changements 0 changement Total du plan 0 FCFA" in page


@pytest.mark.parametrize(("file", "said"), [
    (None, "Choisissez d’abord un fichier."),
    (SimpleUploadedFile("plan.xlsx", b""), "Ce fichier est vide."),
    (SimpleUploadedFile("plan.pdf", b"%PDF-"), "Les fichiers.pdf ne s’importent pas. Importez un classeur Excel "
                                               "(.xlsx), "
                                               "un fichier CSV ou un fichier JSON."),
    (SimpleUploadedFile("plan.xlsx", b"Projet;"),
     "Ce fichier porte l’extension.xlsx mais n’est pas un classeur Excel."),
])
def test_a_wrong_file_leaves_the_page_useful(sign_in, editor, dossier, url, file, said):
    response = sign_in(editor).post(url, {"file": file} if file else {})
    assert response.status_code == 422
    page = words(response)
    assert f"Rien n’est importé {said}" in page
    assert "Voir ce qui changerait" in page


def test_a_confirmation_that_cannot_be_read_asks_for_the_file_again(sign_in, editor, url):
    response = sign_in(editor).post(url, {"plan": "x"})
    assert response.status_code == 422
    assert "Cette prévisualisation ne peut plus être confirmée : choisissez de nouveau le fichier." in words(response)


def test_a_confirmation_is_good_for_its_dossier_only(sign_in, editor, dossier, stranger, cells, url):
    form = hidden(sign_in(editor).post(url, sent(HEAD, (*ROW, 150, 200))))
    assert sign_in(stranger).post(url, form).status_code == 404
    assert amounts(dossier) == {2027: 100, 2028: 200}


def test_a_lost_session_loses_nothing_of_a_confirmation(sign_in, editor, dossier, cells, url):
    """The form carries all of it: signed in again, the person resumes what was about to be imported."""
    form = hidden(sign_in(editor).post(url, sent(HEAD, (*ROW, 150, 200))))
    response = StrictClient().post(url, form)
    assert response.status_code == 403
    carried = dict(re.findall(r'name="resume:(\w+)" value="([^"]*)"', response.content.decode()))
    assert {name: html.unescape(value) for name, value in carried.items()} == form
    assert sign_in(editor).post(url, form).status_code == 302
    assert amounts(dossier) == {2027: 150, 2028: 200}


def test_a_correction_refuses_what_it_does_not_name(sign_in, editor, manager, examiner, dossier, cells, url):
    """The preview asks the act itself: what it would refuse is said before confirming, and nothing is written."""
    factories.corrected(dossier, "C4", "answer:C4.Q1", by=manager, examiner=examiner)
    response = sign_in(editor).post(url, sent(HEAD, (*ROW, 150, 200)))
    assert response.status_code == 422
    assert ("Pendant la correction, seuls les éléments qui portent une observation se modifient : «Piste de Kléla, "
            "Trésor, 2027» n’en porte pas.") in words(response)
    assert (told(dossier), amounts(dossier)) == ([], {2027: 100, 2028: 200})


@pytest.mark.parametrize("rows", [1, 3])
def test_the_preview_costs_the_same_for_many_rows(sign_in, editor, dossier, state, url, rows,
                                                  django_assert_num_queries):
    names = [Project.objects.create(negotiation=dossier, name=f"Projet {n}").name for n in range(rows)]
    client = sign_in(editor)
    file = sent(HEAD, *[(name, "Trésor", 5, 6) for name in names])
    with django_assert_num_queries(31):
        assert client.post(url, file).status_code == 200


def test_the_page_of_the_plan_leads_to_its_files(sign_in, editor, examiner, dossier):
    page = reverse("commitments", args=[dossier.slug])
    links = {name: reverse(name, args=[dossier.slug]) for name in ("plan_model", "plan_import")}
    files = [reverse("plan_file", args=[dossier.slug, kind]) for kind in ("xlsx", "csv", "json")]
    seen = sign_in(editor).get(page).content.decode()
    assert all(f'href="{link}"' in seen for link in (*links.values(), *files))
    seen = sign_in(examiner).get(page).content.decode()
    assert all(f'href="{link}"' in seen for link in files)
    assert not any(link in seen for link in links.values())


TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8",
         "json": "application/json"}


@pytest.mark.parametrize("kind", TYPES)
def test_a_download_is_a_file_to_save_and_comes_back_unchanged(sign_in, editor, dossier, cells, url, kind):
    client = sign_in(editor)
    response = client.get(reverse("plan_file", args=[dossier.slug, kind]))
    content = b"".join(response.streaming_content)
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        TYPES[kind], f'attachment; filename="plan-{dossier.slug}.{kind}"')
    back = client.post(url, {"file": SimpleUploadedFile(f"plan.{kind}", content)})
    assert "Changements 0 changement Montants inchangés 2" in words(back)


def test_the_json_of_another_dossier_is_refused_in_words(sign_in, editor, dossier, cells, url):
    client = sign_in(editor)
    content = b"".join(client.get(reverse("plan_file", args=[dossier.slug, "json"])).streaming_content).decode()
    other = content.replace(dossier.slug, "mopti-2027").replace(": 100", ": 999")
    response = client.post(url, {"file": SimpleUploadedFile("plan.json", other.encode())})
    assert response.status_code == 422
    assert f"Ce fichier vient d’un autre dossier, «{dossier.title}» (mopti-2027)" in words(response)
    assert "Importer ces montants" not in words(response)
    # Written by hand, it says nothing of where it comes from.
    bare = json.dumps({"cells": json.loads(other)["cells"]}).encode()
    assert "1 changement" in words(client.post(url, {"file": SimpleUploadedFile("plan.json", bare)}))


@pytest.mark.parametrize("currency", ["fcfa ", "F CFA", "xof", "FCFA"])
def test_a_json_written_by_hand_names_its_dossier_and_its_franc_in_any_capitals(sign_in, editor, dossier, cells, url,
                                                                                currency):
    client = sign_in(editor)
    told = json.loads(b"".join(client.get(reverse("plan_file", args=[dossier.slug, "json"])).streaming_content))
    told |= {"slug": f" {dossier.slug.upper()}", "currency": currency}
    response = client.post(url, {"file": SimpleUploadedFile("plan.json", json.dumps(told).encode())})
    assert "Changements 0 changement Montants inchangés 2" in words(response)


def test_an_unknown_format_does_not_exist(sign_in, editor, dossier):
    assert sign_in(editor).get(reverse("plan_file", args=[dossier.slug, "ods"])).status_code == 404


def test_the_json_of_a_reader_holds_the_plan_alone(sign_in, examiner, dossier, cells):
    response = sign_in(examiner).get(reverse("plan_file", args=[dossier.slug, "json"]))
    found = json.load(io.BytesIO(b"".join(response.streaming_content)))
    assert sorted(found) == ["cells", "currency", "financiers", "projects", "slug", "title", "version", "years"]
