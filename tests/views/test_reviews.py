"""The pages of the examination: the reviewers' screen, the correction and the comparison."""
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from negotiation.choices import LevelKind, OrganisationKind, Role, State
from negotiation.models import (
    Answer,
    Contribution,
    Deputy,
    Difficulty,
    Event,
    GridActor,
    JournalEntry,
    Phase,
    Project,
    Remark,
    Reply,
    ReviewLevel,
    Step,
    Submission,
)
from negotiation.workflow import deputies, documents, records, remarks, reviews, steps
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.negotiations import share

from .. import factories
from .conftest import address, go, remark, text_of


@pytest.fixture
def step(dossier, manager, dgct):
    """D2, submitted: five questions, examined, then decided."""
    Step.objects.exclude(code="C4").update(checks=[])
    Phase.objects.update(gate=[])
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D2")
    factories.complete(progress, manager)
    return factories.put(dossier, "D2", State.SUBMITTED, by=manager)


def typed(page):
    """What the forms and the kept texts of the page hold."""
    return set(filter(None, (text.strip() for text in re.findall(
        r"<textarea\b[^>]*>(.*?)</textarea>", html.unescape(page.content.decode()), re.S))))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_review_screen_costs_the_same_whatever_it_holds(sign_in, step, manager, examiner, dossier, rows):
    for number in range(rows):
        Event.objects.create(negotiation=dossier, progress=step, date="2026-01-01", kind="meeting", title=f"R{number}")
        Difficulty.objects.create(negotiation=dossier, progress=step, family="human", what="x")
    client = sign_in(examiner)
    for number in range(rows):
        remark(step, examiner, problem=f"Point {number}.")
    go(step, "return", examiner)
    for number in range(rows):
        documents.deposit(step, factories.stored_pdf(str(number)), by=manager, title=f"Autre {number}")
    for one in Remark.objects.all():
        remarks.answer(one, "C’est précisé.", by=manager)
    go(step, "submit", manager)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address("review", step))
    assert len(queries) == 15
    assert page.content.decode().count('class="remark ') == rows
    assert len(page.content) > 5_000


def test_the_screen_shows_the_element_its_change_and_its_remarks_together(sign_in, step, manager, examiner):
    remark(step, examiner, "answer:D2.Q1")
    go(step, "return", examiner)
    question = step.step.questions.first()
    steps.save_answers(step, {question: "Oui, au comité."}, {question.pk: fingerprint_of("Oui.")}, by=manager)
    remarks.answer(Remark.objects.get(), "C’est précisé.", by=manager)
    go(step, "submit", manager)
    page = html.unescape(sign_in(examiner).get(address("review", step)).content.decode())
    element = page[page.index('id="element-answer-D2.Q1"'):page.index('id="element-answer-D2.Q2"')]
    assert re.findall(r"<(ins|del)>.*?</span>(.*?)<span", element) == [("del", "Oui."), ("ins", "Oui, au comité.")]
    assert ("C’est flou." in element, "C’est précisé." in element) == (True, True)
    whole = sign_in(examiner).get(address("review", step) + "?depuis=0").content.decode()
    assert not re.search("<ins>|<del>", whole)


def test_a_remark_is_written_changed_and_discarded_by_plain_forms(sign_in, step, examiner):
    client = sign_in(examiner)
    form = {"target": "answer:D2.Q1", "problem": "C’est flou.", "request": "Précisez."}
    for _ in range(2):
        assert client.post(address("remark", step), form).status_code == 302
    one = Remark.objects.get()
    client.post(address("remark", step), form | {"remark": one.pk, "problem": "C’est vague."})
    assert Remark.objects.get().problem == "C’est vague."
    for _ in range(2):
        response = client.post(address("remark_act", step, one.pk, "supprimer"))
        assert (response.status_code, response.url) == (302, address("review", step))
    assert not Remark.objects.exists()


def test_a_remark_without_request_keeps_what_was_typed_in_its_own_form(sign_in, step, examiner):
    draft = remark(step, examiner, "answer:D2.Q1")
    client = sign_in(examiner)
    page = client.post(address("remark", step), {"target": "answer:D2.Q1", "problem": "Nouveau.", "request": ""})
    assert page.status_code == 422
    assert typed(page) == {"Nouveau.", "C’est flou.", "Précisez."}
    page = client.post(address("remark", step),
                       {"target": "answer:D2.Q1", "problem": "Autre.", "request": "", "remark": draft.pk})
    assert (page.status_code, typed(page)) == (422, {"Autre."})
    assert f'<a href="#demande-modifier-{draft.pk}">Dites ce qui est demandé à la Région.</a>' in text_of(page)


@pytest.mark.parametrize(("data", "status", "links"), [
    ({"target": "answer:D2.Q1"}, 422, ["probleme-element-answer-D2.Q1", "demande-element-answer-D2.Q1"]),
    ({"target": "answer:D2.Q1", "problem": "Flou."}, 422, ["demande-element-answer-D2.Q1"]),
    ({"target": "answer:Z9.Q1", "problem": "Flou.", "request": "Précisez."}, 409, []),
    ({"target": "answer:Z9.Q1", "problem": "Flou."}, 422, []),
    ({"target": "", "problem": "Flou."}, 422, []),
])
def test_what_is_refused_of_a_remark_leads_to_its_form_or_is_kept(sign_in, step, examiner, data, status, links):
    page = sign_in(examiner).post(address("remark", step), data)
    content = text_of(page)
    assert (page.status_code, re.findall(r'<a href="#((?:probleme|demande)-[^"]*)"', content)) == (status, links)
    assert [content.count(f' id="{link}"') for link in links] == [1] * len(links)
    texts = [data[name] for name in ("problem", "request") if name in data]
    assert typed(page) == set(texts)
    assert content.count('class="kept-text"') == (0 if links else len(texts))


def test_a_remark_on_one_year_of_a_row_keeps_the_year_chosen(sign_in, dossier, manager, examiner, dgct):
    project = records.save(Project(negotiation=dossier, name="Piste"), dossier, by=manager)
    financier = dossier.actors.filter(side="state").first()
    Contribution.objects.create(project=project, financier=financier, year=2028, amount=5)
    step = factories.put(dossier, "C4", State.SUBMITTED, by=manager)
    cell = f"cell:{project.pk}:{financier.pk}:2028"
    client = sign_in(examiner)
    page = client.post(address("remark", step), {"target": cell, "problem": "Trop.", "request": ""})
    assert typed(page) == {"Trop."}
    assert f'<option value="{cell}" selected>2028</option>' in page.content.decode()
    client.post(address("remark", step), {"target": cell, "problem": "Trop.", "request": "Moins."})
    assert Remark.objects.get().label.endswith(", 2028")


def test_a_remark_written_too_late_is_refused_and_kept(sign_in, step, examiner, director):
    client = sign_in(examiner)
    go(step, "return", factories.member(examiner.memberships.get().organisation, Role.EXAMINER), "Tout revoir.")
    for data, status, kept in (({"problem": "Long texte.", "request": "Reprenez."}, 409, {"Long texte.", "Reprenez."}),
                               ({"problem": "Long texte.", "request": ""}, 422, {"Long texte."})):
        page = client.post(address("remark", step), {"target": "step"} | data)
        assert (page.status_code, kept <= typed(page)) == (status, True)
    assert not Remark.objects.exists()


def test_an_answer_given_too_late_is_refused_and_kept(sign_in, step, manager, examiner):
    one = remark(step, examiner)
    go(step, "return", examiner)
    go(step, "cancel_return", examiner)
    go(step, "return", examiner)
    remarks.answer(one, "Première réponse.", by=manager)
    go(step, "submit", manager)
    page = sign_in(manager).post(address("remark_act", step, one.pk, "repondre"), {"text": "Ma réponse.", "key": "k"})
    assert (page.status_code, "Ma réponse." in typed(page)) == (409, True)
    assert "L’étape n’est plus en correction" in text_of(page)
    assert Reply.objects.get().text == "Première réponse."


def test_an_empty_answer_is_refused_beside_its_field(sign_in, step, manager, examiner):
    one = remark(step, examiner)
    go(step, "return", examiner)
    page = sign_in(manager).post(address("remark_act", step, one.pk, "repondre"), {"text": " ", "key": "k"})
    assert page.status_code == 422
    assert "Écrivez votre réponse." in text_of(page)


def test_a_message_to_the_region_written_too_late_is_refused_and_kept(sign_in, step, manager, examiner):
    one = remark(step, examiner)
    go(step, "return", examiner)
    page = sign_in(examiner).post(address("remark_act", step, one.pk, "maintenir"), {"text": "Encore.", "key": "k"})
    assert (page.status_code, "Encore." in typed(page)) == (409, True)


def test_a_reason_whose_act_is_no_longer_possible_is_kept(sign_in, step, examiner, dgct):
    version = step.version
    go(step, "return", factories.member(dgct, Role.EXAMINER), "Avant vous.")
    page = sign_in(examiner).post(address("step_move", step, "return"),
                                  {"version": version, "reason": "Mon long motif.", "key": "k"})
    assert (page.status_code, "Mon long motif." in typed(page)) == (409, True)
    assert "n’est plus possible" in text_of(page)


def test_each_form_posted_twice_is_one_act(sign_in, step, manager, examiner):
    client = sign_in(examiner)

    def twice(name, *more, **data):
        found = [client.post(address(name, step, *more), data).status_code for _ in range(2)]
        assert found == [302, 302]
    twice("review_take")
    twice("remark", target="step", problem="Flou.", request="Précisez.")
    one = Remark.objects.get()
    step.refresh_from_db()
    twice("step_move", "return", version=step.version, reason="Voir l’observation.", key="a")
    sign_in(manager)
    twice("remark_act", one.pk, "repondre", text="C’est précisé.", key="b")
    step.refresh_from_db()
    twice("step_move", "submit", version=step.version, key="c")
    sign_in(examiner)
    twice("remark_act", one.pk, "maintenir", text="Pas encore.", key="d")
    twice("remark_act", one.pk, "lever", text="", key="e")
    step.refresh_from_db()
    twice("step_move", "approve", version=step.version, key="f")
    assert list(JournalEntry.objects.filter(progress=step).order_by("pk").values_list("action", flat=True)) == [
        "review.open", "step.return", "remark.answer", "step.submit", "review.open",
        "remark.maintain", "remark.settle", "step.pass"]
    assert list(Reply.objects.values_list("text", flat=True)) == ["C’est précisé.", "Pas encore."]


def test_the_dgct_settles_what_a_service_asks_where_it_has_no_level(sign_in, dossier, manager, examiner):
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    service.grid_actor = GridActor.objects.get(code="dnpd")
    service.save()
    share(dossier, service, by=manager)
    ReviewLevel.objects.filter(step__code="A4").exclude(kind=LevelKind.OPINION).delete()
    ReviewLevel.objects.filter(step__code="A4").update(kind=LevelKind.DECISION)
    progress = factories.put(dossier, "A4", State.SUBMITTED, by=manager)
    one = remark(progress, factories.member(service, Role.ADVISER))
    discard = address("remark_act", progress, one.pk, "supprimer")
    page = sign_in(examiner).get(address("review", progress)).content.decode()
    # Removed, and not written in the place of the service.
    assert (f'action="{discard}"' in page, 'name="target"' in page) == (True, False)
    sign_in(examiner).post(discard, {})
    assert not Remark.objects.exists()


def correcting(step, examiner, *targets):
    for target in targets:
        remark(step, examiner, target)
    go(step, "return", examiner)


def forms_of(page):
    """What a page lets one change: questions, documents, links to add or change a record."""
    content = page.content.decode()
    fields = re.findall(r"<textarea\b[^>]*>", content)
    return ({re.search(r'name="([^"]*)"', one)[1] for one in fields if "disabled" not in one and "D2-Q" in one},
            set(re.findall(r'name="expected" value="([^"]*)"', content)),
            set(re.findall(r"/fiches/(\w+)/(?:\d+|ajouter)/", content)), 'id="titre-piece"' in content)


@pytest.mark.parametrize(("targets", "expected"), [
    (["answer:D2.Q2"], ({"D2-Q2"}, set(), set(), False)),
    (["document:D2.P1"], (set(), {"D2.P1"}, set(), False)),
    (["events"], (set(), set(), {"evenements"}, False)),
    (["answers", "difficulties"], ({f"D2-Q{n}" for n in range(1, 6)}, set(), {"difficultes"}, False)),
    (["answer:D2.Q1", "step"], ({f"D2-Q{n}" for n in range(1, 6)}, {f"D2.P{n}" for n in range(1, 4)},
                                {"evenements", "difficultes"}, True)),
])
def test_in_correction_only_what_carries_a_remark_has_a_form(sign_in, step, manager, examiner, targets, expected):
    correcting(step, examiner, *targets)
    page = sign_in(manager).get(address("step", step))
    found = forms_of(page)
    assert (found[0], found[1] & {f"D2.P{n}" for n in range(1, 4)}, found[2], found[3]) == expected
    assert ("Seuls les éléments qui portent une" in text_of(page)) == ("step" not in targets)
    assert page.content.decode().count("Répondre à l’observation") == len(targets)


def test_an_answer_typed_before_the_return_is_refused_and_kept(sign_in, step, manager, examiner):
    """The page was open before: the question is closed now, the text is still there."""
    correcting(step, examiner, "answer:D2.Q2")
    page = sign_in(manager).post(address("step", step), {
        "D2-Q1": "Texte de l’ancienne page.", "D2-Q1-base": fingerprint_of("Oui."),
        "D2-Q2": "Réponse corrigée.", "D2-Q2-base": fingerprint_of("Oui.")})
    assert page.status_code == 422
    assert {"Texte de l’ancienne page.", "Réponse corrigée."} <= typed(page)
    assert "seuls les éléments qui portent une observation se modifient" in text_of(page)
    assert set(Answer.objects.filter(progress=step).values_list("text", flat=True)) == {"Oui."}


def test_the_comparison_marks_words_and_names_both_submissions(sign_in, step, manager, examiner):
    client = sign_in(manager)
    assert client.get(address("comparison", step)).url == address("step", step)
    correcting(step, examiner, "answer:D2.Q1")
    question = step.step.questions.first()
    steps.save_answers(step, {question: "Non.\nAu comité."}, {question.pk: fingerprint_of("Oui.")}, by=manager)
    remarks.answer(Remark.objects.get(), "C’est précisé.", by=manager)
    go(step, "submit", manager)
    page = text_of(client.get(address("comparison", step)))
    assert "Entre la soumission n° 1 et la soumission n° 2 : 1 élément change." in page
    assert re.findall(r"<(ins|del)>.*?</span>(.*?)<span", page) == [("del", "Oui."), ("ins", "Non.<br>Au comité.")]
    assert all(one.sha256 in page for one in Submission.objects.all())
    for query in ("?de=2&a=1", "?de=9&a=²", "?de=x", "?de=1&a=1" + "0" * 5_000):
        assert "la soumission n° 1 et la soumission n° 2" in text_of(client.get(address("comparison", step) + query))
    assert "rien ne change" in text_of(client.get(address("comparison", step) + "?de=2&a=2"))


def test_taking_a_submission_that_was_recalled_says_so(sign_in, step, manager, examiner):
    go(step, "recall", manager)
    page = sign_in(examiner).post(address("review_take", step))
    assert page.status_code == 409
    assert "La Région a repris cette soumission le" in text_of(page)
    assert "Reprise par la Région</strong> le" in page.content.decode()


def test_who_submitted_reads_the_screen_without_its_forms(sign_in, step, manager, dgct, examiner):
    """They belong to the DGCT since."""
    reviews.open_review(step, by=examiner)
    manager.memberships.all().delete()
    manager.memberships.create(organisation=dgct, role=Role.EXAMINER, starts_on="2020-01-01")
    page = sign_in(manager).get(address("review", step)).content.decode()
    assert ("Écrire une observation" in page, "step_move" in page, 'class="move"' in page) == (False, False, False)


def test_a_document_that_the_correction_leaves_closed_is_refused_and_what_was_typed_is_kept(
        sign_in, step, manager, examiner):
    """The page was open before: its forms are gone now."""
    correcting(step, examiner, "document:D2.P1")
    client = sign_in(manager)
    page = client.post(address("document_waive", step), {"expected": "D2.P2", "reason": "Déjà au dossier.",
                                                         "base": "Sans objet."})
    assert (page.status_code, "Déjà au dossier." in typed(page)) == (422, True)
    assert "seuls les éléments qui portent une observation se modifient" in text_of(page)
    page = client.post(address("document_deposit", step), {
        "file": SimpleUploadedFile("a.pdf", factories.pdf_bytes()), "title": "Une carte", "key": "k"})
    assert (page.status_code, "Une carte" in typed(page)) == (422, True)
    assert client.post(address("document_deposit", step), {
        "file": SimpleUploadedFile("a.pdf", factories.pdf_bytes()), "expected": "D2.P1", "key": "k"}).status_code == 302


def test_a_refused_decision_comes_back_to_the_screen_of_the_examination(sign_in, dossier, manager, examiner, editor):
    """The sentence first, and what was typed in its place; the Region's acts come back to the page of the step."""
    progress = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    client = sign_in(examiner)
    url = reverse("step_move", args=[dossier.slug, "D2", "return"])
    empty = client.post(url, {"version": progress.version, "reason": " "})
    assert (empty.status_code, empty.templates[0].name) == (409, "reviews/review.html")
    page = html.unescape(empty.content.decode())
    places = [page.index(one) for one in ("data-error-summary", '<a href="#motif-return">Écrivez le motif', "<h2 id=")]
    assert places == sorted(places)
    stale = client.post(url, {"version": progress.version + 7, "reason": "Le détail des coûts manque."})
    assert (stale.status_code, stale.templates[0].name) == (409, "reviews/review.html")
    assert stale.content.decode().count("Le détail des coûts manque.") == 1
    steps_page = sign_in(manager).post(reverse("step_move", args=[dossier.slug, "D2", "recall"]),
                                       {"version": progress.version + 7})
    assert (steps_page.status_code, steps_page.templates[0].name) == (409, "steps/step.html")


@pytest.mark.parametrize(("who", "expected"), [("editor", (True, True, False)), ("examiner", (False, False, True))])
def test_what_remains_is_asked_of_those_who_write_only(sign_in, request, dossier, who, expected):
    page = sign_in(request.getfixturevalue(who)).get(reverse("step", args=[dossier.slug, "A1"])).content.decode()
    assert ("Ce qu’il reste à faire" in page, "Répondez à la question 1" in page,
            "Il manque encore" in page) == expected


def test_a_closed_examination_has_no_empty_frame(sign_in, step, examiner):
    """Where whole parts were remarked on, nothing is left once the step is back at the Region."""
    client, part = sign_in(examiner), re.compile('class="element[^>]*id="element-(answers|documents|step)"')
    assert part.findall(client.get(address("review", step)).content.decode()) == ["answers", "documents", "step"]
    remark(step, examiner, target="documents")
    go(step, "return", examiner)
    assert part.findall(client.get(address("review", step)).content.decode()) == ["documents"]


def test_who_has_spoken_is_told_that_what_follows_is_of_others_even_as_their_deputy(sign_in, step, examiner, director):
    def told():
        return "Votre position est donnée" in sign_in(examiner).get(address("review", step)).content.decode()
    before = told()
    deputies.name(Deputy(membership=director.memberships.get(), deputy=examiner, starts_on=factories.TODAY,
                         ends_on=factories.TODAY), by=director)
    go(step, "approve", examiner)
    assert (before, told(), "step_move" in sign_in(examiner).get(address("review", step)).content.decode()) == (
        False, True, False)
    go(step, "approve", director)
    assert told() is False
