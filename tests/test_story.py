"""The whole story through the test client: a negotiation is opened, worked on, examined, and its livret comes out."""
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from negotiation.choices import State
from negotiation.models import Actor, Contribution, Grid, JournalEntry, Negotiation, Project

from . import factories, pdf_files


def hidden(page):
    """The hidden fields of the last form of a page that has them: what a browser sends back without showing it."""
    found = re.findall(r'<input type="hidden" name="(base|key|version)" value="([^"]*)"', page.content.decode())
    return {name: html.unescape(value) for name, value in found}


@pytest.fixture
def region(client, manager, kayes):
    """The manager of Kayes, who has just opened a negotiation."""
    client.force_login(manager)
    client.post("/negociations/ouvrir/", {"owner": kayes.pk, "title": "Contrat-Plan de Kayes 2027-2031",
                                          "first_year": 2027, "last_year": 2031, "grid": Grid.objects.get().pk})
    return client


def add(client, path, fields):
    """Add a record by its form; the page that lists it."""
    form = client.get(path)
    page = client.post(path, fields | hidden(form), follow=True)
    assert page.status_code == 200, page.content.decode()
    return page


def answer_everything(client, step):
    page = client.get(step)
    data = {bound.html_name: bound.value() or "" for bound in page.context["form"]}
    data |= {name: f"Réponse {name} : ɲɛtaa" for name in data if not name.endswith("-base")}
    client.post(step, data)
    for expected in page.context["page"].expected:
        if expected.item.required:
            client.post(f"{step}pieces/", {"expected": expected.item.code, "key": expected.item.code, "file":
                                           SimpleUploadedFile("pièce.pdf", factories.pdf_bytes(expected.item.code))})


def act(client, step, action, reason=""):
    version = client.get(step).context["progress"].version
    return client.post(f"{step}acte/{action}/", {"version": version, "key": f"{action}{version}", "reason": reason},
                       follow=True)


def test_from_opening_to_livret(region, manager, examiner, tmp_path):
    base = "/negociations/kayes-2027-2031/"
    step = f"{base}etapes/A1/"
    dossier = Negotiation.objects.get()

    answer_everything(region, step)
    add(region, f"{base}fiches/evenements/ajouter/?etape=A1", {
        "title": "Séance d’information", "kind": "information", "date": "12/03/2026", "precision": "day",
        "place": "Kayes", "progress": dossier.steps.get(step__code="A1").pk})
    assert act(region, step, "submit").context["progress"].state == State.SUBMITTED
    region.force_login(examiner)
    act(region, step, "return", "Précisez qui porte le dossier.")
    region.force_login(manager)
    assert "Précisez qui porte le dossier." in html.unescape(region.get(step).content.decode())
    act(region, step, "submit")
    region.force_login(examiner)
    act(region, step, "approve")

    region.force_login(manager)
    add(region, f"{base}fiches/projets/ajouter/", {"name": "Piste de l’histoire", "cost": "2 173 126 400",
                                                   "cost_source": "Devis"})
    project, financier = Project.objects.get(), Actor.objects.filter(financier=True).first()
    region.post(f"{base}engagements/total/", {"announced_total": "2 173 126 400 FCFA"} | hidden(
        region.get(f"{base}engagements/total/")))
    add(region, f"{base}engagements/plan/", {f"p{project.pk}-f{financier.pk}-y2027": "2 173 126 400"})
    assert Contribution.objects.get().amount == 2_173_126_400
    add(region, f"{base}fiches/difficultes/ajouter/", {"family": "human", "what": "Équipe réduite", "state": "open",
                                                       "lesson": "Nommer des suppléants"})

    for form in ("etablir", "1/publier"):
        region.post(f"{base}livret/{form}/", {"read": "on"} | hidden(region.get(f"{base}livret/{form}/")))
    region.logout()
    assert "Contrat-Plan de Kayes 2027-2031" in region.get("/livrets/").content.decode()
    livret = tmp_path / "livret.pdf"
    livret.write_bytes(b"".join(region.get("/livrets/kayes-2027-2031/1.pdf").streaming_content))
    text = " ".join(pdf_files.text_of(livret).split())
    for words in ("Séance d’information", "Réponse A1-Q1 : ɲɛtaa", "Piste de l’histoire", "2 173 126 400",
                  "Précisez qui porte le dossier.", "Nommer des suppléants"):
        assert words in text, words
    assert list(JournalEntry.objects.filter(action__startswith="step.").exclude(action="step.answer").order_by(
        "pk").values_list("action", "from_state", "to_state")) == [
        ("step.start", "todo", "draft"), ("step.submit", "draft", "submitted"),
        ("step.return", "submitted", "returned"),
        ("step.submit", "returned", "submitted"), ("step.approve", "submitted", "approved")]
