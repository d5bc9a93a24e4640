"""The step page as people use it: answering, depositing, submitting, deciding; bad input loses nothing."""
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from negotiation.choices import State
from negotiation.models import Contribution, Difficulty, Event, FundingLimit, Project, StepProgress
from negotiation.workflow import documents, steps

from .. import factories


@pytest.fixture
def progress(dossier):
    return dossier.steps.select_related("step", "negotiation").get(step__code="A4")


@pytest.fixture
def url(progress):
    return reverse("step", args=[progress.negotiation.slug, "A4"])


def form_of(response):
    """What the browser would post back: the fields of the answers form as the page shows them."""
    return {bound.html_name: bound.value() or "" for bound in response.context["form"]}


def test_answers_are_saved_and_what_remains_is_said(sign_in, editor, progress, url):
    client = sign_in(editor)
    data = form_of(client.get(url)) | {"A4-Q1": "Trois objectifs.\r\nPas un de plus."}
    page = client.post(url, data, follow=True)
    assert progress.answers.get().text == "Trois objectifs.\nPas un de plus."
    assert "Vos réponses sont enregistrées. Il reste 6 points" in page.content.decode()


@pytest.mark.parametrize(("typed", "sentence"), [
    ("x" * 20_001, "Ce texte compte 20 001 caractères ; la limite est de 20 000."),
    ("a\x02b", "Le texte contient un caractère invisible interdit (U+0002), après « a »"),
    ("a\x00b", "Le texte contient un caractère invisible interdit (U+0000), après « a »"),
    ("abc\u202edef", "Le texte contient un caractère invisible interdit (U+202E), après « abc »"),
])
def test_a_refused_answer_comes_back_with_its_sentence(sign_in, editor, progress, url, typed, sentence):
    client = sign_in(editor)
    page = client.post(url, form_of(client.get(url)) | {"A4-Q1": typed, "A4-Q2": "L’axe 2."})
    text = html.unescape(page.content.decode())
    assert sentence in text.replace("\u202f", " ").replace("\xa0", " ")
    assert typed.replace("\x00", "") in text.replace("\x00", "")
    assert "L’axe 2." in text
    assert not progress.answers.exists()


@pytest.mark.parametrize("typed", [
    "Ɲɛtaasira ka bɛn san 2063 ma", "عقد", "👩🏾‍🌾 oui",
    "<script>alert(1)</script>", "= 1+1"])
def test_every_script_and_sign_is_kept_as_typed(sign_in, editor, progress, url, typed):
    client = sign_in(editor)
    client.post(url, form_of(client.get(url)) | {"A4-Q1": typed})
    assert progress.answers.get().text == typed
    assert html.escape(typed) in client.get(url).content.decode()


def test_ten_megabytes_of_text_come_back(sign_in, editor, progress, url):
    client = sign_in(editor)
    page = client.post(url, form_of(client.get(url)) | {"A4-Q1": "mot " * 2_500_000})
    assert page.status_code == 422
    assert "la limite est de 20 000" in page.content.decode().replace("\xa0", " ")
    assert len(page.content) > 9_000_000


def test_a_stale_form_shows_both_texts_and_loses_neither(sign_in, editor, manager, progress, url):
    client = sign_in(editor)
    data = form_of(client.get(url)) | {"A4-Q1": "Ma phrase", "A4-Q2": "Une autre réponse"}
    question = progress.step.questions.first()
    steps.save_answers(progress, {question: "La phrase d’une collègue"}, {question.pk: steps.fingerprint_of("")},
                       by=manager)
    page = client.post(url, data)
    text = html.unescape(page.content.decode())
    assert page.status_code == 409
    assert "La phrase d’une collègue" in text
    assert "Ma phrase" in text
    assert str(manager) in text
    assert set(progress.answers.values_list("text", flat=True)) == {"La phrase d’une collègue", "Une autre réponse"}
    client.post(url, form_of(page))
    assert set(progress.answers.values_list("text", flat=True)) == {"Ma phrase", "Une autre réponse"}


def deposit(client, progress, name, content, **data):
    return client.post(reverse("document_deposit", args=[progress.negotiation.slug, "A4"]),
                       {"file": SimpleUploadedFile(name, content), "key": "k", **data}, follow=True)


def test_a_document_is_deposited_replaced_and_downloaded(sign_in, editor, progress):
    client = sign_in(editor)
    code = progress.step.documents.first().code
    deposit(client, progress, "note.pdf", factories.pdf_bytes("un"), expected=code, key="k1")
    page = deposit(client, progress, "note 2.pdf", factories.pdf_bytes("deux"), expected=code, key="k2")
    assert "(version 2)" in page.content.decode()
    versions = progress.documents.get().versions.order_by("number")
    assert [v.file_name for v in versions] == ["note.pdf", "note 2.pdf"]
    response = client.get(reverse("document", args=[progress.negotiation.slug, versions[0].pk]))
    assert b"".join(response.streaming_content) == factories.pdf_bytes("un")
    assert response["Content-Disposition"] == 'attachment; filename="note.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")


def test_a_double_click_deposits_once(sign_in, editor, progress):
    client = sign_in(editor)
    for _ in range(2):
        assert deposit(client, progress, "a.pdf", factories.pdf_bytes(), title="Carte des sites").status_code == 200
    assert progress.documents.get().versions.count() == 1


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("vide.pdf", b"", "Ce fichier est vide."),
    ("page.html", b"<html>", "Les fichiers .html ne sont pas acceptés."),
    ("photo.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "porte l’extension .pdf mais"),
    ("gros.pdf", b"%PDF-1.7" + b"0" * (20 * 1024 * 1024 + 1), "alors que la limite est de 20"),
])
def test_a_refused_file_gets_a_sentence_beside_its_field(sign_in, editor, progress, name, content, sentence):
    code = progress.step.documents.first().code
    page = deposit(sign_in(editor), progress, name, content, expected=code)
    assert page.status_code == 422
    assert sentence in html.unescape(page.content.decode()).replace("\xa0", " ")
    assert not progress.documents.exists()


def test_a_refused_file_keeps_the_title_typed(sign_in, editor, progress):
    page = deposit(sign_in(editor), progress, "vide.pdf", b"", title="Carte des sites")
    assert 'value="Carte des sites"' in page.content.decode()


def test_the_mandate_is_read_by_the_team_of_the_region_only(sign_in, dossier, editor, examiner):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D1")
    version = documents.deposit(progress, factories.stored_pdf(), by=editor,
                                expected=progress.step.documents.get(code="D1.P1"))
    url = reverse("document", args=[dossier.slug, version.pk])
    assert sign_in(editor).get(url).status_code == 200
    client = sign_in(examiner)
    assert client.get(url).status_code == 403
    assert "contenu réservé à la Région" in client.get(reverse("step", args=[dossier.slug, "D1"])).content.decode()


def move(client, progress, action, **data):
    progress.refresh_from_db()
    return client.post(reverse("step_move", args=[progress.negotiation.slug, "A4", action]),
                       {"version": progress.version, "key": f"{action}-{progress.version}", **data}, follow=True)


def test_a_step_goes_from_empty_to_approved(client, progress, manager, examiner):
    client.force_login(manager)
    refused = move(client, progress, "submit")
    assert refused.status_code == 409
    assert "Répondez à la question 1" in refused.content.decode()
    factories.fill_step(progress, manager)
    submitted = move(client, progress, "submit")
    assert "L’étape A4 est soumise\u00a0: son examen commence." in html.unescape(submitted.content.decode())
    client.force_login(examiner)
    nothing = move(client, progress, "return")
    assert "Écrivez le motif" in html.unescape(nothing.content.decode())
    move(client, progress, "return", reason="Précisez l’axe de la SNEDD.")
    client.force_login(manager)
    page = client.get(reverse("step", args=[progress.negotiation.slug, "A4"]))
    assert "Précisez l’axe de la SNEDD." in html.unescape(page.content.decode())
    move(client, progress, "submit")
    client.force_login(examiner)
    assert "L’étape A4 est approuvée." in html.unescape(
        move(client, progress, "approve").content.decode())
    progress.refresh_from_db()
    assert (progress.state, progress.return_reason) == (State.APPROVED, "")


def test_a_refused_reason_stays_in_the_page(sign_in, manager, examiner, progress):
    factories.put(progress.negotiation, "A4", State.SUBMITTED, by=manager)
    page = sign_in(examiner).post(reverse("step_move", args=[progress.negotiation.slug, "A4", "return"]),
                                  {"version": 99, "reason": "Il manque l’avis."})
    assert page.status_code == 409
    assert "Il manque l’avis." in html.unescape(page.content.decode())


def test_a_reason_that_shows_nothing_is_no_reason(sign_in, manager, examiner, editor, dossier, progress):
    factories.put(dossier, "A4", State.SUBMITTED, by=manager)
    page = move(sign_in(examiner), progress, "return", reason="\u200b\xa0\u2060\ufeff")
    assert "Écrivez le motif" in html.unescape(page.content.decode())
    StepProgress.objects.filter(pk=progress.pk).update(state=State.DRAFT)
    page = sign_in(editor).post(reverse("document_waive", args=[progress.negotiation.slug, "A4"]), {
        "expected": progress.step.documents.first().code, "reason": "\u200b\u2800", "base": ""})
    assert "Dites pourquoi la pièce est sans objet." in page.content.decode()
    progress.refresh_from_db()
    assert (progress.state, progress.documents.count()) == (State.DRAFT, 0)


def test_an_editor_prepares_but_does_not_submit(sign_in, editor, progress, url):
    factories.fill_step(progress, editor)
    client = sign_in(editor)
    assert "Prévenez le responsable" in client.get(url).content.decode()
    assert "Soumettre à la DGCT" not in client.get(url).content.decode()
    assert move(client, progress, "submit").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_it_holds(sign_in, manager, progress, rows):
    for number in range(rows):
        Event.objects.create(negotiation=progress.negotiation, progress=progress, date="2026-01-01", kind="meeting",
                             title=f"Réunion {number}")
        Difficulty.objects.create(negotiation=progress.negotiation, progress=progress, family="human", what="x")
        documents.deposit(progress, factories.stored_pdf(str(number)), by=manager,
                          expected=progress.step.documents.first())
        documents.deposit(progress, factories.stored_pdf(str(number)), by=manager, title=f"Autre {number}")
    client = sign_in(manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("step", args=[progress.negotiation.slug, "A4"]))
    assert len(queries) == 14


@pytest.mark.parametrize(("code", "cost"), [("C4", 15), ("D4", 15)])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_step_that_examines_the_plan_costs_the_same_whatever_it_holds(sign_in, manager, dossier, rows, code, cost):
    for number, actor in enumerate(dossier.actors.all()[:rows]):
        project = Project.objects.create(negotiation=dossier, name=f"Piste {number}", cost=100, order=number)
        Contribution.objects.create(project=project, financier=actor, year=2027, amount=60)
        FundingLimit.objects.create(negotiation=dossier, kind="financier_share", share=1, financier=actor)
    client = sign_in(manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("step", args=[dossier.slug, code]))
    assert len(queries) == cost


@pytest.mark.parametrize("data", [{"document": "²"}, {"document": "9" * 5000}, {"expected": "A\x00"},
                                  {"expected": "A1.P1"}])
def test_a_document_that_is_not_of_the_step_does_not_exist(sign_in, editor, progress, data):
    client, slug = sign_in(editor), progress.negotiation.slug
    for name in ("document_deposit", "document_waive"):
        assert client.post(reverse(name, args=[slug, "A4"]), data).status_code == 404


def test_the_reason_of_a_reserved_document_is_read_by_the_team_only(sign_in, dossier, editor, examiner):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D1")
    documents.waive(progress, progress.step.documents.get(code="D1.P1"), "Mandat verbal", by=editor)
    url = reverse("step", args=[dossier.slug, "D1"])
    assert "Mandat verbal" in sign_in(editor).get(url).content.decode()
    assert "Mandat verbal" not in sign_in(examiner).get(url).content.decode()


def test_a_reserved_answer_is_read_by_the_team_only(sign_in, dossier, editor, examiner):
    url = reverse("step", args=[dossier.slug, "D1"])
    told = "réponse réservée à l’équipe de la Région"
    empty = sign_in(examiner).get(url).content.decode()
    drafter = sign_in(editor)
    form = html.unescape(drafter.get(url).content.decode())
    assert form.count("ni la DGCT, ni les services, ni les partenaires ne la lisent") == 3
    drafter.post(url, form_of(drafter.get(url)) | {"D1-Q2": "Deux milliards", "D1-Q4": "Le président"})
    assert form_of(drafter.get(url))["D1-Q2"] == "Deux milliards"
    client = sign_in(examiner)
    page = client.get(url)
    assert ("Deux milliards" in page.content.decode(), "Le président" in page.content.decode()) == (False, True)
    assert (empty.count(told), page.content.decode().count(told)) == (3, 3)
    # Nothing of it is even sent to the template.
    assert {answer.text for answer in page.context["page"].answers.values()} == {"Le président"}
    assert form_of(page)["D1-Q2"] == ""


def test_an_approved_step_shows_its_reserved_answers_to_the_team(sign_in, dossier, editor, manager):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D1")
    factories.fill_step(progress, manager)
    StepProgress.objects.filter(pk=progress.pk).update(state=State.APPROVED)
    page = sign_in(editor).get(reverse("step", args=[dossier.slug, "D1"])).content.decode()
    assert "Réponse D1.Q2" in page
    assert page.count("(réservée à l’équipe de la Région)") == 3


def test_an_unknown_step_does_not_exist(sign_in, manager, dossier):
    client = sign_in(manager)
    for path in ("etapes/Z9/", "etapes/A9/", "etapes/A/"):
        assert client.get(f"/negociations/{dossier.slug}/{path}").status_code == 404
    assert client.get(f"/negociations/{dossier.slug}/etapes/a1/").status_code == 200


def test_an_empty_reason_is_asked_for(sign_in, editor, progress):
    page = sign_in(editor).post(reverse("document_waive", args=[progress.negotiation.slug, "A4"]),
                                {"expected": progress.step.documents.first().code, "reason": "  ", "base": ""})
    assert page.status_code == 422
    assert "Dites pourquoi la pièce est sans objet." in page.content.decode()


def waive(client, progress, reason, base=""):
    return client.post(reverse("document_waive", args=[progress.negotiation.slug, "A4"]),
                       {"expected": progress.step.documents.first().code, "reason": reason, "base": base})


def opened(page):
    """(summary of the errors, the one block of a document that is open), as they are on the page."""
    text = html.unescape(page.content.decode())
    summary = re.search(r'<div class="error-summary".*?</div>', text, re.DOTALL)[0]
    return re.findall(r'<li><a href="#([^"]+)">', summary), re.findall(
        r'<details class="deposit" open>(.*?)</details>', text, re.DOTALL)


def test_a_refused_reason_stays_beside_its_error(sign_in, editor, progress):
    page = waive(sign_in(editor), progress, "x" * 301)
    (link,), (block,) = opened(page)
    assert (page.status_code, link) == (422, "raison-A4.P1")
    assert "Ce texte compte 301 caractères" in block
    assert f'value="{"x" * 301}" aria-invalid="true"' in block


def test_a_reason_written_meanwhile_is_shown_beside_mine_which_may_replace_it(sign_in, editor, manager, progress):
    documents.waive(progress, progress.step.documents.first(), "La première", by=manager)
    client = sign_in(editor)
    page = waive(client, progress, "La mienne")
    _, (block,) = opened(page)
    shown = ["«\xa0La première\xa0»", 'value="La mienne"', 'name="base" value="La première"']
    assert [words in block for words in shown] == [True, True, True]
    assert waive(client, progress, "La mienne", base="La première").status_code == 302
    assert progress.documents.get().waiver == "La mienne"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_what_was_typed_in_a_form_that_is_gone_is_given_back(sign_in, editor, progress, state):
    StepProgress.objects.filter(pk=progress.pk).update(state=state)
    client = sign_in(editor)
    for page in (waive(client, progress, "Une raison"),
                 deposit(client, progress, "a.pdf", factories.pdf_bytes(), title="Une carte")):
        assert page.status_code == 422
        assert "elle ne se modifie plus" in page.content.decode()
        assert re.search(r'readonly dir="auto" rows="2">Une (raison|carte)</textarea>', page.content.decode())
    bare = deposit(client, progress, "a.pdf", factories.pdf_bytes()).content.decode()
    assert ("conservé" in bare, "Le fichier n’est pas déposé." in html.unescape(bare)) == (False, True)


@pytest.mark.parametrize("of", ["first", "second", "new"])
def test_a_bad_file_is_told_in_its_own_form_only(sign_in, editor, progress, of):
    found = {name: documents.deposit(progress, factories.stored_pdf(name), by=editor, title=name).document
             for name in ("first", "second")}
    target = {"document": found[of].pk} if of in found else {"title": "Troisième"}
    page = deposit(sign_in(editor), progress, "vide.pdf", b"", **target)
    (link,), (block,) = opened(page)
    anchor = f"piece-{found[of].pk}" if of in found else "autres-pieces"
    assert (link, f'id="fichier-{anchor}"' in block, page.content.decode().count("Ce fichier est vide.")) == (
        f"fichier-{anchor}", True, 2)


def test_a_conflict_names_the_question_as_the_page_numbers_it(sign_in, editor, manager, progress, url):
    client = sign_in(editor)
    second = progress.step.questions.all()[1]
    data = form_of(client.get(url)) | {second.code.replace(".", "-"): "La mienne"}
    steps.save_answers(progress, {second: "La sienne"}, {second.pk: steps.fingerprint_of("")}, by=manager)
    assert f'href="#{second.code}">Question 2\u00a0: {manager} a enregistré' in client.post(url, data).content.decode()
