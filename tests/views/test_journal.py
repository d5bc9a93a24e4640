"""The journal's page, the page of one act and the table: minutes that everybody allowed can read, and nothing more."""
import csv
import html
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import ACT_FAMILIES, Action, OrganisationKind, Role, State, acts_of
from negotiation.documents.journal_table import safe
from negotiation.models import Actor, Event, ExpectedDocument, FundingLimit, JournalEntry, Phase, Project
from negotiation.queries import journal as read
from negotiation.workflow import commitments, documents, records, steps
from negotiation.workflow.actors import save_roles
from negotiation.workflow.journal import fingerprint_of, record
from negotiation.workflow.negotiations import share

from .. import factories

pytestmark = pytest.mark.django_db
STEP = "A1 — S’approprier le dispositif et décider de s’engager"


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/journal/"


def told(page):
    """The sentences of a page of the journal."""
    return [f"{line.who}{',' if line.comma else ''} {line.act}." for line in page.lines]


def page(dossier, team=True, **asked):
    return read.page(dossier, asked, team=team)


def bare(text):
    """With plain spaces."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def text_of(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def answer(progress, text, by, before=""):
    question = progress.step.questions.first()
    steps.save_answers(progress, {question: text}, {question.pk: fingerprint_of(before)}, by=by)
    return question


def move(dossier, action, by, reason=""):
    """A move of A1, as the journal tells it, whatever the step still lacks."""
    progress = dossier.steps.select_related("step").get(step__code="A1")
    source, target = {"submit": (State.DRAFT, State.SUBMITTED), "return": (State.SUBMITTED, State.RETURNED)}[action]
    return record(Action(f"step.{action}"), progress.step, by=by, negotiation=dossier, progress=progress,
                  from_state=source, to_state=target, reason=reason)


def test_the_journal_reads_like_minutes(dossier, manager, examiner):
    manager.name, examiner.name = "Responsable, Conseil régional de Kayes", "Examen, DGCT"
    progress = dossier.steps.get(step__code="A1")
    answer(progress, "Oui.", manager)
    documents.deposit(progress, factories.stored_pdf(), by=manager, title="Note")
    project = records.save(Project(negotiation=dossier, name="Piste"), dossier, by=manager)
    actor = dossier.actors.first()
    records.save(FundingLimit(negotiation=dossier, kind="state_total", severity="warning", amount=9), dossier,
                 by=manager)
    commitments.save_plan(dossier, {(project.pk, actor.pk, 2027): 5}, {}, by=manager)
    save_roles(dossier, {(actor.pk, Phase.objects.first().pk): "R"}, {}, by=manager)
    share(dossier, factories.organisation("DNPD", OrganisationKind.SERVICE), by=manager)
    move(dossier, "submit", manager)
    move(dossier, "return", examiner, "À préciser.")
    record(Action.RECORD_CHANGE, "réglage", by=None, negotiation=dossier)
    who = "Responsable, Conseil régional de Kayes,"
    assert told(page(dossier))[::-1] == [
        f"{dossier.journal.last().by_name}, Conseil régional de Kayes, ouvre la négociation.",
        f"{who} commence l’étape A1.", f"{who} enregistre des réponses à l’étape A1.",
        f"{who} dépose la pièce Note, étape A1, version 1.", f"{who} ajoute le projet structurant « Piste ».",
        f"{who} ajoute la règle de financement « enveloppe de l’État pour tout le contrat ».",
        f"{who} modifie le plan de financement.", f"{who} modifie la matrice des rôles.",
        f"{who} ouvre le dossier à DNPD.", f"{who} soumet l’étape A1 à la DGCT.",
        "Examen, DGCT, renvoie l’étape A1 pour correction.", "L’application modifie réglage."]


def test_the_page_says_when_who_what_states_and_reason(sign_in, examiner, dossier, url, manager):
    entry = move(dossier, "return", examiner, "Précisez qui porte le dossier.")
    response = sign_in(examiner).get(url)
    text = text_of(response)
    assert "renvoie l’étape A1 pour correction. n° 2 ▸ soumise → ↺ à corriger Précisez qui porte le dossier." in text
    assert f"n° 2, empreinte {entry.hash[:16]} ." in text
    assert "Chaque acte porte l’empreinte de celui qui le précède" in text


@pytest.mark.parametrize(("act", "changes"), [
    (lambda d, by: records.save(Event(negotiation=d, date="2026-03-12", kind="meeting", title="Séance", place="Kayes",
                                      progress=d.steps.get(step__code="A1")), d, by=by),
     [("Étape", "", STEP), ("Date", "", "12 mars 2026"), ("Précision", "", "au jour"), ("Nature", "", "réunion"),
      ("Objet", "", "Séance"), ("Lieu", "", "Kayes")]),
    (lambda d, by: commitments.announce_total(d, 2_000_000, "Discours", by=by),
     [("Total annoncé (FCFA)", "", "2 000 000 FCFA"), ("Source du total annoncé", "", "Discours")]),
    (lambda d, by: answer(d.steps.get(step__code="A1"), "Oui.", by), [("Question A1.Q1", "", "Oui.")]),
    (lambda d, by: record(Action.PLAN_CHANGE, "plan", by=by, negotiation=d, details={
        "cells": {"Piste, État, 2028": [None, 5]}, "total": [7, 12]}),
     [("Piste, État, 2028", "", "5 FCFA"), ("Total du plan", "7 FCFA", "12 FCFA")]),
    (lambda d, by: record(Action.ROLES_CHANGE, "rôles", by=by, negotiation=d, details={"État, phase A": ["R", None]}),
     [("État, phase A", "R — réalise", "")]),
    (lambda d, by: record(Action.CALENDAR_CHANGE, "étapes", by=by, negotiation=d, details={
        "A10": ["2026-01-12/2026-02-04", "2026-01-12/2027-02-04"], "A1": ["/", "2026-01-12/"],
        "A2": ["/2026-02-04", "/"]}),
     [("Étape A1", "", "à partir du 12 janvier 2026"), ("Étape A2", "jusqu’au 4 février 2026", ""),
      ("Étape A10", "du 12 janvier au 4 février 2026", "du 12 janvier 2026 au 4 février 2027")]),
    (lambda d, by: record(Action.CALENDAR_PROPOSE, "dates", by=by, negotiation=d, details={
        "starts_on": [None, "2026-01-12"], "A1": ["/", "2026-02-02/2026-02-02"]}),
     [("Étape A1", "", "2 février 2026"), ("Début des travaux", "", "12 janvier 2026")]),
    (lambda d, by: record(Action.DOSSIER_SHARE, "X", by=by, negotiation=d, details={
        "jusqu’au": ["2026", "2027"], "liste": [1, 2, 3], "groupe": {"vrai 10": True, "vrai 9": 1}, "rien": None}),
     [("vrai 9", "", "1"), ("vrai 10", "", "oui"), ("jusqu’au", "2026", "2027"), ("liste", "", "3 lignes")]),
])
def test_what_changed_is_told_in_words(dossier, manager, act, changes):
    act(dossier, manager)
    assert [(one.label, bare(one.before), bare(one.after)) for one in page(dossier).lines[0].changes] == changes


def test_a_link_to_what_was_removed_since_is_told_so(dossier, manager):
    actor = records.save(Actor(negotiation=dossier, name="Passager", side="funder"), dossier, by=manager)
    record(Action.RECORD_ADD, "obligation de faire « X »", by=manager, negotiation=dossier,
           details={"party": [None, actor.pk], "what": [None, "X"], "order": [1, 2], "inconnu": [1, 2]})
    records.remove(actor, dossier, by=manager)
    line = page(dossier).lines[1]
    assert [(one.label, one.after) for one in line.changes] == [("Partie", "retiré depuis"), ("Engagement", "X")]


def test_a_long_list_of_changes_and_a_long_text_are_short_on_the_page_and_whole_on_the_page_of_the_act(
        sign_in, manager, dossier, url):
    text = "Un texte long. " * 200
    record(Action.PLAN_CHANGE, "plan", by=manager, negotiation=dossier,
           details={"cells": {f"Projet {n}, État, 2028": [n, n + 1] for n in range(1, 41)}})
    answer(dossier.steps.get(step__code="A1"), text, manager)
    client = sign_in(manager)
    listed = text_of(client.get(url))
    assert (text.strip() in listed, "Projet 6, État" in listed, "Projet 7, État" in listed, "Voir les 34 autres" in
            listed) == (False, True, False, True)
    assert text.strip() in text_of(client.get(f"{url}4/"))
    assert "Projet 40, État, 2028 avant : 40 FCFA après : 41 FCFA" in text_of(client.get(f"{url}2/"))
    assert client.get(f"{url}99/").status_code == 404


def test_what_is_reserved_to_the_region_is_told_to_its_team_alone(sign_in, manager, examiner, dossier, url):
    """The name of a reserved file, even in the journal of before, the reason of a reserved waiver; search too."""
    reserved = ExpectedDocument.objects.filter(confidential=True).first()
    progress = dossier.steps.get(step=reserved.step)
    documents.waive(progress, reserved, "Motif réservé", by=manager)
    documents.deposit(progress, factories.stored_pdf("secret-mandat"), by=manager, expected=reserved)
    assert JournalEntry.objects.first().details == {"step": reserved.step.code, "version": 1}
    record(Action.DOCUMENT_DEPOSIT, "Mandat, étape, version 1", by=manager, negotiation=dossier, progress=progress,
           details={"step": "D1", "version": 1, "sha256": "ab" * 32, "file": "secret-mandat.pdf"})
    for user, seen in ((manager, True), (examiner, False)):
        client = sign_in(user)
        pages = [client.get(url).content, client.get(f"{url}{JournalEntry.objects.first().number}/").content,
                 b"".join(client.get(f"{url[:-1]}.csv").streaming_content)]
        assert [b"secret-mandat" in one for one in pages] == [seen] * 3
        assert [b"Motif r\xc3\xa9serv\xc3\xa9" in one for one in pages] == [False] * 3
        assert client.get(url, {"q": "secret-mandat"}).context["page"].lines == []


@pytest.fixture
def filled(dossier, manager, examiner):
    """Acts 1 to 5: the opening, an event without step, then A1 started, submitted by the Region, returned by DGCT."""
    records.save(Event(negotiation=dossier, date="2026-03-12", kind="meeting", title="Séance à Kayes"), dossier,
                 by=manager)
    steps.start(dossier.steps.get(step__code="A1"), by=manager)
    move(dossier, "submit", manager)
    move(dossier, "return", examiner, "Motif du renvoi : 100 % _précis_")
    return dossier


@pytest.mark.parametrize(("asked", "numbers"), [
    ({}, [5, 4, 3, 2, 1]),
    ({"etape": "A1"}, [5, 4, 3]), ({"etape": "A2"}, []),
    ({"famille": "fiches"}, [2]), ({"famille": "acces"}, [1]),
    ({"famille": "etapes"}, [3]), ({"famille": "examen"}, [5, 4]),
    ({"organisation": "DGCT"}, [5]), ({"organisation": "Conseil régional de Kayes", "famille": "examen"}, [4]),
    ({"q": "séance"}, [2]), ({"q": "RENVOI"}, [5]), ({"q": " soumet   l’étape "}, [4]), ({"q": "100 % _pré"}, [5]),
    ({"q": "%"}, [5]), ({"q": "x' OR 1=1"}, []),
    ({"du": "2020-01-01", "au": "31/12/2099"}, [5, 4, 3, 2, 1]), ({"du": "2099-01-01"}, []), ({"au": "2020-01-01"}, []),
    # What means nothing is ignored.
    ({"etape": "Z9", "famille": "rien", "organisation": "Inconnue", "page": "x"}, [5, 4, 3, 2, 1]),
    ({"page": "999"}, [5, 4, 3, 2, 1]), ({"page": "-1"}, [5, 4, 3, 2, 1]), ({"page": "9" * 30}, [5, 4, 3, 2, 1]),
    ({"du": " 01/01/2020 ", "page": "²"}, [5, 4, 3, 2, 1]),
])
def test_filters_of_the_page_and_of_the_table(sign_in, manager, filled, url, asked, numbers):
    client = sign_in(manager)
    shown = client.get(url, asked).context["page"]
    assert ([line.entry.number for line in shown.lines], shown.found) == (numbers, len(numbers))
    table = list(csv.reader(io.StringIO(b"".join(client.get(f"{url[:-1]}.csv", asked).streaming_content).decode()),
                            delimiter=";"))
    assert [int(row[0]) for row in table[1:]] == numbers[::-1]


@pytest.mark.parametrize("end", ["/", ".csv"])
def test_a_day_that_cannot_be_read_is_said_and_kept(sign_in, manager, filled, url, end):
    page = sign_in(manager).get(url[:-1] + end, {"du": "abc", "au": "9999-12-31", "etape": "A1"})
    content, said = page.content.decode(), ["écrivez une date comme 31/12/2026.",
                                            "cette date est hors de la période du journal, de 2000 à 2100."]
    assert (page.status_code, [content.count(words) for words in said],
            [line.entry.number for line in page.context["page"].lines]) == (422, [1, 1], [5, 4, 3])
    assert "Une date n’est pas retenue&nbsp;: elle n’a rien filtré." in content
    assert ['value="abc" aria-invalid="true"' in content, 'value="9999-12-31" aria-invalid="true"' in content] == [
        True, True]


def test_days_that_are_crossed_are_said_so(sign_in, manager, filled, url):
    words = "Les jours sont inversés&nbsp;: «&nbsp;Du&nbsp;» vient après «&nbsp;Au&nbsp;»."
    client, days = sign_in(manager), ("2026-01-02", "2026-01-01")
    assert [words in client.get(url, {"du": du, "au": au}).content.decode() for du, au in (days, days[::-1])] == [
        True, False]


def test_a_day_is_the_whole_day(filled):
    day = f"{JournalEntry.objects.first().at:%Y-%m-%d}"
    assert len(page(filled, du=day, au=day).lines) == 5


def test_pages_keep_the_filters(sign_in, manager, dossier, url):
    for number in range(40):
        record(Action.DOSSIER_SHARE, f"Service & {number}", by=manager, negotiation=dossier)
    client = sign_in(manager)
    first = client.get(url, {"famille": "acces", "q": "Service &"})
    shown = first.context["page"]
    assert (len(shown.lines), shown.found, shown.has_next) == (30, 40, True)
    link = html.unescape(re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1])
    second = client.get(url + link).context["page"]
    assert ([line.entry.number for line in second.lines], second.number, second.found, second.has_next) == (
        list(range(11, 1, -1)), 2, 40, False)
    assert [line.entry.number for line in client.get(url, {"page": 2}).context["page"].lines] == list(range(11, 0, -1))


@pytest.mark.parametrize("asked", ["ELEVEURS", "éleveurs", "Eleveurs de l'oeuvre", "n°3"])
def test_words_are_found_without_accents_nor_case(manager, dossier, asked):
    record(Action.DOSSIER_SHARE, "Éleveurs de l’Œuvre, n° 3", by=manager, negotiation=dossier)
    record(Action.DOSSIER_SHARE, "Pêcheurs", by=manager, negotiation=dossier)
    assert [line.entry.subject for line in page(dossier, q=asked).lines] == ["Éleveurs de l’Œuvre, n° 3"]


def test_more_than_can_be_counted_is_said_so(monkeypatch, sign_in, manager, dossier, url):
    monkeypatch.setattr(read, "MOST_COUNTED", 35)
    for number in range(40):
        record(Action.DOSSIER_SHARE, f"Service {number}", by=manager, negotiation=dossier)
    assert page(dossier, q="Service").found is None
    assert "répondent à ces filtres" in text_of(sign_in(manager).get(url, {"q": "Service"}))


def test_the_page_costs_the_same_for_more_acts(sign_in, manager, filled, url):
    client, counts = sign_in(manager), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(url, {"famille": "etapes", "q": "étape"})
        counts.append(len(queries))
        for _ in range(3):
            move(filled, "submit", manager)
            move(filled, "return", manager, "Encore.")
    assert counts == [13, 13]


def test_organisations_of_another_dossier_are_not_offered(filled, stranger):
    factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    assert page(filled).organisations == ["Conseil régional de Kayes", "DGCT"]


def test_the_table_is_whole_and_a_spreadsheet_carries_nothing_out(sign_in, manager, dossier, url):
    record(Action.RECORD_CHANGE, "=HYPERLINK(\"http://x\")", by=manager, negotiation=dossier, reason="+33;\n\"cité\"",
           details={"x": ["@avant", "-après"]})
    response = sign_in(manager).get(f"{url[:-1]}.csv")
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbfNum\xc3\xa9ro;Date et heure;Personne;Organisation;")
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "text/csv; charset=utf-8", f'attachment; filename="journal-{dossier.slug}.csv"')
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [len(row) for row in rows] == [12, 12, 12]
    entry = JournalEntry.objects.first()
    assert rows[2] == ["2", f"{entry.at:%d/%m/%Y %H:%M:%S}", manager.name, "Conseil régional de Kayes", "modifie", "",
                       "'=HYPERLINK(\"http://x\")", "", "", "'+33;\n\"cité\"", "x : @avant → -après", entry.hash]


def test_the_table_says_as_the_page_that_nothing_is_left_of_a_value(sign_in, manager, dossier, url):
    record(Action.CALENDAR_CHANGE, "calendrier", by=manager, negotiation=dossier,
           details={"A1": ["2026-01-12/2026-02-04", "/"]})
    client = sign_in(manager)
    content = b"".join(client.get(f"{url[:-1]}.csv").streaming_content).decode("utf-8-sig")
    changed = list(csv.reader(io.StringIO(content), delimiter=";"))[2][10]
    assert changed.replace("\xa0", " ") == "Étape A1 : du 12 janvier au 4 février 2026 → rien"
    assert '<span class="muted">rien</span>' in client.get(url).content.decode()


def test_who_is_not_of_the_team_is_told_what_the_missing_numbers_are(sign_in, manager, examiner, dossier, url):
    record(Action.SCENARIO_ADD, "Prudent", by=manager, negotiation=dossier)
    record(Action.RECORD_CHANGE, "x", by=manager, negotiation=dossier)
    told = "Les numéros qui manquent, s’il y en a, sont ceux d’actes réservés à l’équipe de la Région."
    for user, expected in ((examiner, True), (manager, False)):
        client = sign_in(user)
        table = b"".join(client.get(f"{url[:-1]}.csv").streaming_content).decode()
        rows = list(csv.reader(io.StringIO(table), delimiter=";"))
        assert (told in client.get(url).content.decode(), told in rows[-1]) == (expected, expected)
        assert [row[0] for row in rows[1:]] == (["1", "3", ""] if expected else ["1", "2", "3"])
        assert told not in client.get(url, {"q": "x"}).content.decode()
        assert told not in b"".join(client.get(f"{url[:-1]}.csv", {"q": "x"}).streaming_content).decode()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1"])
def test_a_cell_that_a_spreadsheet_would_carry_out_is_held(text):
    assert safe(text) == f"'{text}"
    assert safe(f"a{text}") == f"a{text}"


def test_a_cell_is_no_longer_than_a_spreadsheet_takes():
    assert len(safe("a" * 100_000)) == 32_001


def test_every_act_belongs_to_one_family():
    assert sorted(action for family in ACT_FAMILIES for action in acts_of(family)) == sorted(Action)


def test_the_head_of_a_journal(dossier, manager):
    entry = record(Action.RECORD_CHANGE, "x", by=manager, negotiation=dossier)
    head = read.head(dossier)
    assert (head.number, head.hash) == (2, entry.hash)


def test_a_partner_has_no_journal_at_all(sign_in, dossier, manager, url):
    organisation = factories.organisation("PTF", OrganisationKind.PARTNER)
    share(dossier, organisation, by=manager)
    client = sign_in(factories.member(organisation, Role.PARTNER))
    assert [client.get(address).status_code for address in (url, f"{url}1/", f"{url[:-1]}.csv")] == [403] * 3
