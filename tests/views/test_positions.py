"""The pages of the positions: the thread as it is read, what is withdrawn, who is offered what, what it costs."""
import gzip
import re

import pytest
from django.urls import reverse

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Mandate, Position, Project, Remark, Step
from negotiation.workflow import commitments, mandates, moves, positions, remarks
from negotiation.workflow.negotiations import share
from tests import factories

from .conftest import words

pytestmark = pytest.mark.django_db


def test_the_thread_tells_every_position_and_its_gaps(sign_in, editor, dossier, thread, project, url):
    commitments.save_plan(dossier, {(project.pk, dossier.actors.get(acronym="État").pk, 2027): 480_000_000}, {},
                          by=editor)
    page = words(sign_in(editor).get(url()))
    for told in [
        "Position n° 1 : demande, Région de Kayes ◐ sur la table Total : 500 000 020 FCFA écart au plan actuel : "
        "+ 20 000 020 FCFA",
        "Position n° 2 : proposition, Ministère de l’Économie × retirée Total : 1 FCFA écart à la position n° 1 : "
        "− 500 000 019 FCFA",
        "Motif du retrait. Erreur de saisie.",
        "Position n° 3 : proposition, Ministère de l’Économie ◐ sur la table Total : 450 000 020 FCFA écart à la "
        "position n° 1 : − 50 000 000 FCFA écart au plan actuel : − 29 999 980 FCFA Enveloppe de 2027.",
        "Position n° 4 : compromis, Région de Kayes ◐ sur la table Total : 480 000 030 FCFA écart à la position n° 3 : "
        "+ 30 000 010 FCFA écart à la demande n° 1 : − 19 999 990 FCFA écart au plan actuel : + 30 FCFA",
        "État 480 000 000 + 30 000 000 — 480 000 000 + 30 000 000 Région de Kayes — 30 + 10 30 + 10",
        "Piste de Kléla 480 000 030 compromis (n° 4) 450 000 020 proposition (n° 3) − 30 000 010 ◐ sur la table",
    ]:
        assert told in page


def test_a_position_is_withdrawn_with_a_reason(sign_in, editor, put, url):
    put(5)
    client = sign_in(editor)
    page = client.get(url("position_withdraw", 1))
    key = re.search(r'name="key" value="([^"]*)"', page.content.decode())[1]
    empty = client.post(url("position_withdraw", 1), {"key": key, "reason": " "})
    assert (empty.status_code, "Écrivez pourquoi cette position est retirée." in words(empty)) == (422, True)
    found = [client.post(url("position_withdraw", 1), {"key": key, "reason": "Erreur."}).status_code for _ in range(2)]
    assert (found, Position.objects.get().withdrawn_reason) == ([302, 302], "Erreur.")


def test_the_links_are_offered_to_those_who_may(sign_in, dossier, manager, editor, examiner, put, state, url):
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    share(dossier, partner, by=manager)
    put(5)
    put(6, party=state, kind="proposal", by=examiner)
    found = {}
    for who, user in {"manager": manager, "editor": editor, "examiner": examiner,
                      "partner": factories.member(partner, Role.PARTNER)}.items():
        body = sign_in(user).get(url()).content.decode()
        found[who] = [body.count(one) for one in ("/ajouter/", "/mandat/", "/convenir/", "/1/retirer/", "/2/retirer/")]
    assert found == {"manager": [1, 1, 2, 1, 0], "editor": [1, 1, 0, 1, 0], "examiner": [1, 0, 0, 0, 1],
                     "partner": [0, 0, 0, 0, 0]}


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_any_number_of_rows(sign_in, manager, dossier, put, url, rows, project, state,
                                                    django_assert_num_queries):
    for n in range(rows):
        other = project if not n else Project.objects.create(negotiation=dossier, name=f"Projet {n}")
        for _ in range(rows):
            put(5, 6, project=other)
        put(5, 6, project=other, party=state, kind="proposal")
        mandates.save_mandate(Mandate(project=other, floor=5), dossier, by=manager)
    client = sign_in(manager)
    for page, queries in [(url(), 13), (url("position_add"), 15), (url("position_withdraw", 1), 11),
                          (url("position_agree", 1), 14), (url("mandate"), 12)]:
        with django_assert_num_queries(queries):
            client.get(page)


def test_many_positions_are_read_one_project_at_a_time(sign_in, manager, kayes):
    """Twenty positions of eight financiers over ten years, and what a page of them weighs."""
    dossier = factories.negotiation(kayes, manager, first_year=2040, last_year=2049)
    actors = list(dossier.actors.all()[:8])
    project = Project.objects.create(negotiation=dossier, name="Route")
    for n in range(20):
        factories.position(dossier, by=manager, project=project, amounts={
            (actor.pk, year): 400_000_000 + n * 1_000 + actor.pk for actor in actors for year in dossier.years})
    client, url = sign_in(manager), reverse("positions", args=[dossier.slug])
    folded, whole = client.get(url), client.get(f"{url}?projet={project.pk}")
    assert "choisissez un projet dans le tableau" in words(folded)
    assert (words(folded).count("Position n°"), words(whole).count("Position n°")) == (0, 20)
    assert len(gzip.compress(folded.content)) < 14_000
    assert len(gzip.compress(whole.content)) < 40_000


def test_the_picture_of_the_gap_says_that_it_slides_on_a_small_screen(sign_in, manager, url, thread):
    body = sign_in(manager).get(url()).content.decode()
    picture = re.search(r'<p class="muted too-wide">([^<]*)</p>\s*<div class="scroll" role="region" aria-label="'
                        r'Piste de Kléla[^"]*" tabindex="0">\s*<svg', body)
    assert picture[1] == "Sur un petit écran, faites glisser l’image pour la voir en entier."


@pytest.fixture
def returned(dossier, thread, manager, examiner):
    """A step that examines the positions, returned with a remark on the compromise, settled by none."""
    Step.objects.exclude(code="D4").update(checks=[])
    Step.objects.filter(code="D4").update(checks=["balanced"])
    step = factories.put(dossier, "D4", State.SUBMITTED, by=manager)
    remarks.write(step, f"position:{thread.pk}", problem="Montant de 2027 sans source.", request="Citez la lettre.",
                  by=examiner)
    return step


def test_a_remark_on_a_position_is_read_on_the_page_of_the_positions_once_it_is_sent(
        sign_in, manager, examiner, dossier, thread, returned, url):
    client = sign_in(manager)
    assert "sans source" not in words(client.get(url()))
    moves.move(returned, "return", by=examiner, version=returned.version)
    remark, page = Remark.objects.get(), client.get(url())
    assert ("Position n° 4 sur « Piste de Kléla » : compromis, Région de Kayes : Montant de 2027 sans source. "
            "Demandé : Citez la lettre. Répondre") in words(page)
    body = page.content.decode()
    assert f'href="?projet={thread.project_id}#position-{thread.pk}"' in body
    assert f'href="{reverse("step", args=[dossier.slug, "D4"])}#observation-{remark.pk}"' in body
    assert f'id="observation-{remark.pk}"' in client.get(reverse("step", args=[dossier.slug, "D4"])).content.decode()
    remarks.answer(remark, "La lettre est jointe.", by=manager)
    assert "Citez la lettre. Voir la réponse" in words(client.get(url()))


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30])
def test_a_project_that_is_not_there_is_not_found(sign_in, editor, dossier, url, asked, project):
    assert sign_in(editor).get(url(), {"projet": asked}).status_code == 404


def test_a_project_or_a_position_of_another_dossier_does_not_exist(sign_in, manager, editor, stranger, dossier, put):
    put(5)
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    theirs = factories.position(other, by=stranger)
    client = sign_in(manager)
    for page, number in [("position_add", []), ("mandate", []), ("position_withdraw", [1]), ("position_agree", [1])]:
        assert client.get(reverse(page, args=[dossier.slug, theirs.project_id, *number])).status_code == 404


def test_a_project_without_a_position_offers_the_first(sign_in, editor, examiner, dossier, project, url):
    address = url("position_add")
    body = sign_in(editor).get(url()).content.decode()
    assert (f'href="{address}"' in body, "Inscrire une première position" in body) == (True, True)


@pytest.mark.parametrize(("number", "sentence"), [
    (2, "Cette position est déjà retirée"), (3, "Cette position n’est pas la vôtre"),
    (4, "Cette position est convenue"), (1, "Un accord a clos cette position"),
])
def test_a_position_that_cannot_be_withdrawn_offers_no_form(sign_in, manager, examiner, dossier, put, state, url,
                                                            number, sentence):
    put(500)
    positions.withdraw(put(1, party=state), reason="Erreur de saisie.", by=manager)
    put(450, party=state, by=examiner)
    factories.agree(put(450, kind="compromise"), by=manager)
    page = sign_in(manager).get(url("position_withdraw", number))
    assert sentence in words(page)
    assert 'name="reason"' not in page.content.decode()


def test_a_position_that_an_agreement_closed_meanwhile_is_not_withdrawn(sign_in, manager, put, state, url):
    put(500)
    put(450, party=state)
    client = sign_in(manager)
    client.get(url("position_withdraw", 1))
    factories.agree(put(450, kind="compromise"), by=manager)
    page = client.post(url("position_withdraw", 1), {"reason": "Erreur."})
    assert (page.status_code, Position.objects.get(number=1).state) == (422, "tabled")
    assert "L’accord sur la position n° 3 a clos celle-ci." in words(page)


@pytest.mark.parametrize("projects", [1, 2])
def test_a_page_that_leaves_projects_out_says_so_to_what_reads_a_pasted_block(sign_in, manager, dossier, url, project,
                                                                              projects):
    """Where there is one project, the sums of the contract are its own."""
    for n in range(1, projects):
        Project.objects.create(negotiation=dossier, name=f"Projet {n}")
    client, plan = sign_in(manager), reverse("plan", args=[dossier.slug])
    found = {page: " data-part" in client.get(page).content.decode()
             for page in (url("position_add"), f"{plan}?projet={project.pk}", plan)}
    assert list(found.values()) == [projects > 1, projects > 1, False]
