"""The page of an agreement: what it shows and asks before, what it changes, what it refuses, and what may follow it."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation.choices import Check, State
from negotiation.models import Contribution, FundingLimit, JournalEntry, Position, Project, Remark, Step
from negotiation.workflow import commitments, moves, positions, remarks
from tests import factories

from .conftest import fields, words

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY


@pytest.fixture
def proof(dossier):
    """What the form of an agreement asks beside its date."""
    held = factories.event(dossier.steps.get(step__code="A1"), "Séance n° 3")
    held.save()
    return {"on": f"{TODAY:%d/%m/%Y}", "event": held.pk, "agreed_with": "Secrétaire général", "knowingly": "on"}


def test_an_agreement_is_shown_before_it_is_made_and_the_plan_before_it_after(sign_in, manager, dossier, thread,
                                                                            project, state, url, proof):
    commitments.save_plan(dossier, {(project.pk, state.pk, 2027): 100}, {}, by=manager)
    client = sign_in(manager)
    page = client.get(url("position_agree", 4))
    assert ("État, 2027 100 480 000 000 + 479 999 900 Région de Kayes, 2028 — 30 + 30 Total du projet 100 480 000 030 "
            "+ 479 999 930") in words(page)
    typed = fields(page) | proof
    found = [client.post(url("position_agree", 4), typed) for _ in range(2)]
    assert [(one.status_code, one.url) for one in found] == [(302, f"{url()}?projet={project.pk}")] * 2
    page = words(client.get(url()))
    assert "✓ convenue le" in page
    assert "Convenue avec : Secrétaire général · Séance de l’accord : Séance n° 3" in page
    assert ("Le plan avant cet accord Plan de financement du projet avant cet accord Financeur Année Montant État 2027 "
            "100 Total 100") in page
    assert page.count("suivie d’un accord (n° 4)") == 2
    assert "Convenir de cette position" not in page
    assert list(Contribution.objects.values_list("year", "amount")) == [(2027, 480_000_000), (2028, 30)]
    assert JournalEntry.objects.filter(action="position.agree").count() == 1


def test_an_agreement_on_a_plan_that_changed_is_refused_once(sign_in, manager, dossier, thread, project, state, url,
                                                                     proof):
    client = sign_in(manager)
    typed = fields(client.get(url("position_agree", 4))) | proof
    commitments.save_plan(dossier, {(project.pk, state.pk, 2027): 7}, {}, by=manager)
    page = client.post(url("position_agree", 4), typed)
    assert (page.status_code, "Le plan de ce projet a changé depuis" in words(page)) == (422, True)
    assert "État, 2027 7 480 000 000" in words(page)
    assert Position.objects.get(number=4).state == "tabled"
    assert client.post(url("position_agree", 4), fields(page) | proof).status_code == 302


def test_an_agreement_that_the_correction_refuses_is_told_before(sign_in, manager, dossier, thread, examiner, url):
    # The plan is not empty: the correction would open it.
    Step.objects.filter(code="D4").update(checks=["plan"])
    dossier.projects.create(name="Digue").contributions.create(financier=dossier.actors.first(), year=2027, amount=5)
    step = factories.put(dossier, "D4", State.RETURNED, by=manager)
    Remark.objects.create(progress=step, submission=step.submissions.get(), target="events", label="Chronologie",
                          problem="Flou.", request="Précisez.", state="open", author=examiner,
                          written_at=timezone.now(), sent_at=timezone.now(),
                          organisation=examiner.memberships.get().organisation)
    client = sign_in(manager)
    page = client.get(url("position_agree", 4))
    assert "Pendant la correction, seuls les éléments qui portent une observation se modifient" in words(page)
    assert 'name="on"' not in page.content.decode()
    refused = client.post(url("position_agree", 4), {"on": f"{TODAY:%d/%m/%Y}", "base": positions.plan_fingerprint({})})
    assert (refused.status_code, Position.objects.filter(state="agreed").exists()) == (422, False)


def test_a_position_older_than_an_agreed_one_is_not_agreed(sign_in, manager, dossier, thread, url):
    factories.agree(Position.objects.get(number=4), on=TODAY, by=manager)
    page = sign_in(manager).get(url("position_agree", 3))
    assert "L’accord sur la position n° 4 a clos celle-ci." in words(page)


def test_an_agreement_asks_for_its_proof_and_warns_of_what_the_others_said(sign_in, manager, thread, url, proof):
    client = sign_in(manager)
    page = client.get(url("position_agree", 4))
    assert ("Vous êtes sur le point de convenir de votre propre position, n° 4 : 480 000 030 FCFA. La dernière de "
            "l’autre partie, n° 3 ( proposition, Ministère de l’Économie ), est de 450 000 020 FCFA.") in words(page)
    for missing, sentence in [({"event": ""}, "Indiquez la séance ou le procès-verbal qui prouve l’accord"),
                              ({"agreed_with": ""}, "obligatoire"),
                              ({"knowingly": ""}, "confirmez que l’autre partie convient bien de ces montants")]:
        refused = client.post(url("position_agree", 4), fields(page) | proof | missing)
        assert (refused.status_code, sentence in words(refused)) == (422, True)
    assert not Position.objects.filter(state="agreed").exists()
    theirs = client.get(url("position_agree", 3))
    assert 'name="knowingly"' not in theirs.content.decode()
    assert "votre propre position" not in words(theirs)


def test_an_agreement_says_before_what_the_rules_will_say(sign_in, manager, dossier, thread, project, state, region,
                                                          url):
    old = Project.objects.create(negotiation=dossier, name="Marché")
    commitments.save_plan(dossier, {(old.pk, state.pk, 2028): 60}, {}, by=manager)
    limit = {"negotiation": dossier, "kind": "state_year", "severity": "blocking"}
    FundingLimit.objects.create(year=2027, amount=400_000_000, **limit)
    FundingLimit.objects.create(year=2028, amount=50, **limit)
    page = words(sign_in(manager).get(url("position_agree", 4)))
    assert "Une fois cette position convenue, le plan aurait 2 points bloquants" in page
    assert "un point bloquant arrête la soumission de l’étape tant qu’il n’est pas levé" in page
    assert ("bloquant nouveau L’État apporte 480 000 000 FCFA en 2027, soit 80 000 000 FCFA de plus que son enveloppe "
            "de 400 000 000 FCFA.") in page
    assert "que le plan a déjà bloquant L’État apporte 60 FCFA en 2028" in page


def test_a_project_reopened_after_an_agreement_says_so_and_compares_what_came_after(sign_in, manager, thread, put,
                                                                                   state, url):
    factories.agree(thread, by=manager)
    client = sign_in(manager)
    put(600_000_000)
    page = words(client.get(url()))
    assert "Où en est-on" in page
    assert ("Piste de Kléla 600 000 000 demande (n° 5) rien — convenu à 480 000 030 FCFA (n° 4), rouvert"
            ) in page
    put(550_000_000, party=state)
    page = words(client.get(url()))
    assert ("600 000 000 demande (n° 5) 550 000 000 proposition (n° 6) − 50 000 000 "
            "convenu à 480 000 030 FCFA (n° 4), rouvert") in page


@pytest.mark.parametrize("days", [0, 3])
def test_what_was_on_the_table_before_the_agreement_reopens_nothing(sign_in, manager, thread, put, state, url, days):
    """The parties agree on a position that others had followed, days before or the same day."""
    before = TODAY - datetime.timedelta(days=days)
    Position.objects.update(held_on=before)
    put(400_000_000, party=state, held_on=before)
    factories.agree(thread, by=manager)
    page = words(sign_in(manager).get(url()))
    assert "convenu ✓ convenue le" in page
    assert "rouvert" not in page.replace("si le projet est rouvert", "")
    assert page.count("suivie d’un accord (n° 4)") == 3
    assert "L’accord sur la position n° 4 a clos celle-ci." in words(sign_in(manager).get(url("position_agree", 5)))
    put(450_000_000, party=state, held_on=TODAY)
    assert "convenu à 480 000 030 FCFA (n° 4), rouvert" in words(sign_in(manager).get(url()))


def test_a_project_agreed_out_of_the_plan_is_in_the_reserve_list(sign_in, manager, dossier, project, put, state, region,
                                                                url):
    commitments.save_plan(dossier, {(project.pk, state.pk, 2027): 100}, {}, by=manager)
    put(100, party=state)
    aside = positions.propose(Position(negotiation=dossier, project=project, kind="counter", party=region,
                                       held_on=TODAY, spokesperson="Président"), {}, by=manager, to_reserve=True)
    client = sign_in(manager)
    page = words(client.get(url("position_agree", 2)))
    assert "Le projet n’aura plus aucun montant dans le plan de financement, et passera en liste de réserve." in page
    assert "Liste de réserve" not in words(client.get(url()))
    factories.agree(aside, by=manager)
    page = words(client.get(url()))
    assert ("Piste de Kléla en réserve contre-proposition (n° 2) 100 proposition (n° 1) convenu en liste de réserve "
            "convenu le") in page
    assert "sont convenues de sortir du plan) : Piste de Kléla." in page
    assert "Position n° 2 : contre-proposition de mise en liste de réserve, Région de Kayes" in page
    assert "La position convenue, n° 2, met le projet en liste de réserve" in words(client.get(url("position_add")))


def test_the_page_of_an_agreement_says_who_has_the_pen_at_no_more_cost(sign_in, manager, examiner, dossier, thread,
                                                                       project, state, url):
    """At its dearest: narrow corrections of steps that examine the plan."""
    commitments.save_plan(dossier, {(project.pk, state.pk, 2027): 100}, {}, by=manager)
    Step.objects.filter(code__in=["C4", "D4"]).update(checks=list(Check))
    for code in ("C4", "D4"):
        step = factories.put(dossier, code, State.SUBMITTED, by=manager)
        remarks.write(step, f"answer:{code}.Q1", problem="Flou.", request="Précisez.", by=examiner)
        moves.move(step, "return", by=examiner, version=step.version)
    client = sign_in(manager)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url("position_agree", 4))
    assert ("Qui a la main" in words(page), len(queries)) == (True, 15)
