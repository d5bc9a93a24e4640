"""What reviewers write is theirs until the decision is sent: nobody else reads it, on any page, file or export."""
import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from negotiation.choices import State
from negotiation.models import GridActor, JournalEntry, Phase, Remark, Step
from negotiation.workflow import moves, remarks

from . import factories
from .pdf_files import text_of
from .test_urls import OPEN

HIDDEN_FROM = ("editor", "manager", "partner", "stranger", "anonymous")
PROBLEM, REQUEST, REPLY = "Chiffre introuvable", "Citez la source", "Réponse insuffisante"
OPINION, ACCORD = "Réserve budgétaire", "Accord préalable"
DRAFTS = {PROBLEM, REQUEST, REPLY, OPINION}
SECRETS = DRAFTS | {ACCORD}
# Making a PDF takes a second; what it holds does not depend on who asks.
FILES = {"booklet_pdf", "handover_pdf", "published_pdf", "edition_pdf", "edition_compare_pdf", "document",
         "document_image", "worksheet", "plan_model", "signature_scan", "booklet_docx", "published_docx",
         "edition_docx"}
JOURNAL = {"journal", "journal_act", "journal_csv", "handover"}


@pytest.fixture
def examined(dossier, people):
    """C4 in its second submission, with one secret of each kind; D2 approved by its first level."""
    Step.objects.update(checks=[])
    Phase.objects.update(gate=[])
    service = people["adviser"].memberships.get().organisation
    service.grid_actor = GridActor.objects.get(code="dnpd")
    service.save()
    step = factories.put(dossier, "C4", State.SUBMITTED, by=people["manager"])
    factories.complete(step, people["manager"])
    go(step, "favourable", people["adviser"])
    old = remarks.write(step, "answer:C4.Q1", problem="Trop court.", request="Développez.", by=people["examiner"])
    go(step, "return", people["examiner"])
    remarks.answer(old, "C’est développé.", by=people["manager"])
    go(step, "submit", people["manager"])
    go(step, "reserved", people["adviser"], OPINION)
    remarks.maintain(old, REPLY, by=people["examiner"])
    remarks.write(step, "step", problem=PROBLEM, request=REQUEST, by=people["examiner"])
    other = factories.put(dossier, "D2", State.SUBMITTED, by=people["manager"])
    go(other, "approve", people["examiner"], ACCORD)
    return step, other


def go(step, action, by, reason=""):
    step.refresh_from_db()
    moves.move(step, action, by=by, version=step.version, reason=reason)


def addresses(places, dossier):
    """Every address of the site, those of a step and of an act for each of them."""
    for name in sorted(set(OPEN) - {"account_logout"} - FILES):
        arguments = places.get(name)
        if arguments and "code" in arguments:
            yield from ((name, arguments | {"code": code}) for code in ("C4", "D2"))
        elif name == "journal_act":
            yield from ((name, arguments | {"number": entry.number})
                        for entry in JournalEntry.objects.filter(negotiation=dossier))
        else:
            yield name, arguments


def told(who, people, places, dossier, texts=SECRETS):
    """{(address, text)} that one person reads somewhere."""
    client = Client()
    if people[who]:
        client.force_login(people[who])
    found = set()
    for name, arguments in addresses(places, dossier):
        response = client.get(reverse(name, kwargs=arguments))
        page = b"".join(response) if response.streaming else response.content
        found |= {(name, text) for text in texts if text in page.decode()}
    return found


def test_what_is_not_sent_is_on_no_page_but_the_reviewers(examined, people, places, dossier):
    assert {who: told(who, people, places, dossier) for who in HIDDEN_FROM} == dict.fromkeys(HIDDEN_FROM, set())
    read = {("review", text) for text in SECRETS} | {("step", text) for text in SECRETS}
    assert {who: told(who, people, places, dossier) for who in ("examiner", "administrator")} == {
        "examiner": read, "administrator": read}


def test_what_is_not_sent_is_in_no_file(examined, people, places, dossier, tmp_path):
    """The livret by its command, those that the site makes for the Region and for a partner, a passation."""
    call_command("booklet", dossier.slug, output=str(tmp_path / "command.pdf"))
    for who, name in (("manager", "booklet_pdf"), ("partner", "booklet_pdf"), ("manager", "handover_pdf")):
        client = Client()
        client.force_login(people[who])
        response = client.get(reverse(name, kwargs=places[name]))
        (tmp_path / f"{who}-{name}.pdf").write_bytes(b"".join(response))
    texts = {path.name: " ".join(text_of(path).split()) for path in tmp_path.glob("*.pdf")}
    client.force_login(people["partner"])
    word = Document(io.BytesIO(b"".join(client.get(reverse("booklet_docx", kwargs=places["booklet_docx"])))))
    told_in_word = "".join(node.text or "" for node in word.element.body.iter(qn("w:t")))
    assert {text for text in SECRETS if text in told_in_word} == set()
    assert sorted(texts) == ["command.pdf", "manager-booklet_pdf.pdf", "manager-handover_pdf.pdf",
                             "partner-booklet_pdf.pdf"]
    assert {(name, text) for name, page in texts.items() for text in SECRETS if text in page} == set()
    assert all("Personne" in page for page in texts.values())


def test_nobody_learns_that_a_level_has_approved(examined, people, dossier):
    """Neither on the page of the step, which says only that the DGCT has spoken, nor by the act of the journal."""
    pages, told = {}, {}
    for who in ("manager", "examiner"):
        client = Client()
        client.force_login(people[who])
        pages[who] = client.get(reverse("step", args=[dossier.slug, "D2"])).content.decode()
        journal = client.get(reverse("journal", args=[dossier.slug])).content.decode()
        told[who] = [one in journal for one in ("se prononce sur l’étape D2", "propose d’approuver", "avis réservé")]
    assert told == {"manager": [True, False, False], "examiner": [False, True, True]}
    assert {who: ("s’est prononcé le" in page, ">approuve<" in page) for who, page in pages.items()} == {
        "manager": (True, False), "examiner": (False, True)}


@pytest.mark.parametrize("act", ["repondre", "lever", "maintenir", "supprimer"])
@pytest.mark.parametrize("who", ["editor", "manager", "partner", "stranger"])
def test_a_draft_remark_answers_the_region_like_one_that_does_not_exist(examined, people, dossier, who, act):
    draft = Remark.objects.get(state="draft")
    client = Client()
    client.force_login(people[who])
    found = [client.post(reverse("remark_act", args=[dossier.slug, "C4", pk, act]), {"text": "Voilà."}).status_code
             for pk in (draft.pk, draft.pk + 1_000)]
    role = 404 if who == "stranger" else 403
    assert found == [404 if who in ("editor", "manager") and act == "repondre" else role] * 2
    assert not draft.replies.exists()


def test_the_region_reads_all_of_it_once_it_is_sent(examined, people, places, dossier):
    step, other = examined
    go(step, "return", people["examiner"], "Voir les observations.")
    go(other, "approve", people["director"])
    on_step = {("step", text) for text in SECRETS}
    for who in ("editor", "manager"):
        assert told(who, people, places, dossier) >= on_step
    assert told("stranger", people, places, dossier) == set()


def test_a_cancelled_return_hides_them_again(examined, people, places, dossier):
    """On every page; the journal, which is never rewritten, still tells what was sent on that day."""
    step, _ = examined
    go(step, "return", people["examiner"], "Motif annulé.")
    go(step, "cancel_return", people["director"], "Envoyé trop tôt.")
    texts = SECRETS | {"Motif annulé."}
    found = {who: told(who, people, places, dossier, texts) for who in HIDDEN_FROM}
    assert {who: {place for place in places_read if place[0] not in JOURNAL}
            for who, places_read in found.items()} == dict.fromkeys(HIDDEN_FROM, set())
    assert {who for who, places_read in found.items() if places_read} == {"editor", "manager"}
    assert Remark.objects.get(problem=PROBLEM).state == "draft"
