"""The pages of the positions: the thread as it is read, what is typed and kept, what is refused, what it costs."""
import datetime
import gzip
import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Contribution, FundingLimit, JournalEntry, Mandate, Position, Project, Remark, Step
from negotiation.workflow import commitments, documents, mandates, moves, positions, records, remarks
from negotiation.workflow.negotiations import share
from tests import factories

from .conftest import inputs, name, words

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste de Kléla")


@pytest.fixture
def state(dossier):
    return dossier.actors.create(name="Ministère de l’Économie", acronym="État", side="state", financier=True, order=1)


@pytest.fixture
def region(dossier):
    return dossier.actors.create(name="Région de Kayes", side="authority", financier=True, order=2)


@pytest.fixture
def put(dossier, project, state, region, editor):
    """put(state's amount in 2027, region's, …) puts a position on the table."""
    def act(first, second=0, *, party=region, by=editor, **more):
        return factories.position(dossier, by=by, project=more.pop("project", project), party=party,
                                  amounts={(state.pk, 2027): first, (region.pk, 2028): second}, **more)
    return act


@pytest.fixture
def thread(dossier, put, state, manager):
    """A demand, a proposal withdrawn, another, a compromise."""
    put(500_000_000, 20)
    positions.withdraw(put(1, party=state, kind="proposal"), reason="Erreur de saisie.", by=manager)
    put(450_000_000, 20, party=state, kind="proposal", justification="Enveloppe de 2027.")
    return put(480_000_000, 30, kind="compromise")


@pytest.fixture
def proof(dossier):
    """What the form of an agreement asks beside its date."""
    held = factories.event(dossier.steps.get(step__code="A1"), "Séance n° 3")
    held.save()
    return {"on": f"{TODAY:%d/%m/%Y}", "event": held.pk, "agreed_with": "Secrétaire général", "knowingly": "on"}


@pytest.fixture
def url(dossier, project):
    def of(page="positions", *arguments):
        return reverse(page, args=[dossier.slug, *([project.pk] if page != "positions" else []), *arguments])
    return of


def fields(response):
    """What the form of a position sends back."""
    body = response.content.decode()
    hidden = {key: html.unescape(re.search(rf'name="{key}"(?: value="([^"]*)")?', body)[1] or "")
              for key in ("base", "base_names", "key") if f'name="{key}"' in body}
    return hidden | inputs(response)


def sent(response, state, **typed):
    """A whole form, as a person fills it."""
    kind = "request" if state.side == "authority" else "proposal"
    return fields(response) | {"kind": kind, "party": state.pk, "held_on": f"{TODAY:%d/%m/%Y}",
                               "spokesperson": "Gouverneur", "justification": "Parce que."} | typed


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
    assert "La position n° 4, plus récente, est déjà convenue." in words(page)


def test_a_position_is_typed_and_recorded_once(sign_in, editor, dossier, project, state, region, url):
    event = records.save(factories.event(dossier.steps.get(step__code="A1")), dossier, by=editor)
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=1_500)
    page = client.get(url("position_add"))
    assert inputs(page)[name(project, state, 2027)] == "1 500"
    typed = sent(page, region, event=event.pk, **{name(project, state, 2027): "2 000 FCFA"})
    assert [client.post(url("position_add"), typed).status_code for _ in range(2)] == [302, 302]
    one = Position.objects.get()
    assert (one.number, one.kind, one.party, one.held_on, one.event, one.spokesperson, one.justification) == (
        1, "request", region, TODAY, event, "Gouverneur", "Parce que.")
    assert list(one.amounts.values_list("financier", "year", "amount")) == [(state.pk, 2027, 2_000)]
    # The next one starts from it.
    assert inputs(client.get(url("position_add")))[name(project, state, 2027)] == "2 000"


def test_what_is_refused_is_named_and_nothing_typed_is_lost(sign_in, editor, dossier, project, state, url):
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=1_500)
    typed = sent(client.get(url("position_add")), state, spokesperson="", held_on="31/02/2027", **{
        name(project, state, 2027): "1,5", name(project, state, 2028): "77"})
    page = client.post(url("position_add"), typed)
    assert (page.status_code, Position.objects.count()) == (422, 0)
    told = words(page)
    assert "Piste de Kléla, État, 2027 : « 1,5 » contient un point ou une virgule" in told
    assert "Cette date n’existe pas" in told
    assert fields(page) == {key: str(value) for key, value in typed.items() if key in fields(page)}
    body = html.unescape(page.content.decode())
    kept = ('value="31/02/2027"', ">\nParce que.</textarea>", f'value="{state.pk}" selected')
    assert [one for one in kept if one not in body] == []


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"amount": ""}, "Une position porte au moins un montant."),
    ({"held_on": f"{TODAY + datetime.timedelta(days=2):%d/%m/%Y}"}, "La date d’une position ne peut pas être à venir"),
])
def test_what_the_act_refuses_is_told_in_the_form(sign_in, editor, project, state, url, typed, sentence):
    client = sign_in(editor)
    page = client.get(url("position_add"))
    typed = {"held_on": f"{TODAY:%d/%m/%Y}", name(project, state, 2027): typed.pop("amount", "5")} | typed
    page = client.post(url("position_add"), sent(page, state, **typed))
    assert (page.status_code, sentence in words(page), Position.objects.count()) == (422, True, 0)
    assert inputs(page)[name(project, state, 2027)] == typed[name(project, state, 2027)]


def test_a_position_that_another_followed_is_recorded_once_its_author_has_read_it(sign_in, editor, put, state, region,
                                                                                 project, url):
    put(5)
    client = sign_in(editor)
    typed = sent(client.get(url("position_add")), region)
    put(6, party=state, kind="proposal")
    page = client.post(url("position_add"), typed)
    assert (page.status_code, Position.objects.count()) == (422, 2)
    assert "la dernière est la position n° 2 (proposition, État)" in words(page)
    assert inputs(page)[name(project, state, 2027)] == "5"
    assert "La position inscrite entre-temps : n° 2, proposition, Ministère de l’Économie, 6 FCFA" in words(page)
    assert "Les montants ci-dessous sont les vôtres, tels que vous les avez tapés." in words(page)
    assert "sont ceux de la dernière position" not in words(page)
    assert client.post(url("position_add"), sent(page, region)).status_code == 302
    assert Position.objects.count() == 3


def test_a_financier_is_added_without_losing_what_was_typed(sign_in, editor, project, state, region, url):
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=100)
    typed = sent(client.get(url("position_add")), state, held_on="hier", **{
        name(project, state, 2028): "1,5", f"financeur-{project.pk}": region.pk, "ajouter": project.pk})
    page = client.post(url("position_add"), typed)
    assert (page.status_code, Position.objects.count()) == (200, 0)
    assert (inputs(page)[name(project, state, 2028)], inputs(page)[name(project, region, 2027)]) == ("1,5", "")
    body = html.unescape(page.content.decode())
    assert all(one in body for one in ('value="hier"', ">\nParce que.</textarea>", f'value="{state.pk}" selected',
                                       f'value="{typed["key"]}"'))
    assert "error-summary" not in body


def test_an_amount_whose_financier_is_gone_is_told_by_its_name(sign_in, editor, dossier, project, state, region, url):
    """Nothing of the position is recorded, and the amount that has no cell any more is said."""
    client = sign_in(editor)
    gone = dossier.actors.create(name="Banque de Kayes", side="partner", financier=True)
    page = client.get(url("position_add"))
    typed = sent(page, state, **{name(project, state, 2027): "5", name(project, gone, 2028): "123456789"})
    gone.delete()
    refused = client.post(url("position_add"), typed)
    assert refused.status_code == 422
    told = words(refused)
    assert "Un acteur de cette position n’est plus dans le dossier" in told
    assert ("Piste de Kléla, Banque de Kayes (financeur supprimé), 2028 : « 123456789 » n’est pas enregistré et n’a "
            "plus de case ci-dessous, car ce financeur n’est plus dans le dossier.") in told
    assert "Tout ce que vous avez tapé est conservé" not in told
    assert inputs(refused)[name(project, state, 2027)] == "5"
    assert not Position.objects.exists()


def kept(response):
    """{label: what is shown of it, to be copied}"""
    body = response.content.decode()
    return {html.unescape(label): html.unescape(re.search(rf'id="{pk}"[^>]*>([^<]*)</textarea>', body)[1])
            for pk, label in re.findall(r'<label class="field__label" for="(\w+)">([^<]*)<', body)}


def test_what_was_typed_for_a_project_that_is_gone_is_shown_to_be_copied(sign_in, editor, stranger, dossier, project,
                                                                        state, url):
    client = sign_in(editor)
    page = client.get(url("position_add"))
    typed = sent(page, state, justification="Le bac\nest fermé.", **{
        name(project, state, 2027): "5 000", name(project, state, 2028): "1,5", name(project, state, 2029): ""})
    Project.objects.all().delete()
    refused = client.post(url("position_add"), typed)
    assert (refused.status_code, "La position n’a pas été inscrite" in words(refused)) == (409, True)
    assert kept(refused) == {
        "Nature": "Proposition", "Partie": "Ministère de l’Économie", "Date": f"{TODAY:%d/%m/%Y}",
        "Fonction du porte-parole": "Gouverneur", "Justification": "Le bac\nest fermé.",
        "Montants": "Piste de Kléla (projet supprimé), État, 2027 : 5 000\n"
                    "Piste de Kléla (projet supprimé), État, 2028 : 1,5"}
    assert client.get(url("position_add")).status_code == 404
    unknown = sign_in(stranger).post(url("position_add"), typed)
    assert (unknown.status_code, "fermé" in unknown.content.decode()) == (404, False)


def test_a_mandate_on_a_project_that_is_gone_is_shown_to_the_team_alone(sign_in, editor, examiner, project, url):
    typed = {"base": "", "key": "k", "floor": "300 000", "concessions": "Un an.", "arguments": ""}
    Project.objects.all().delete()
    refused = sign_in(editor).post(url("mandate"), typed)
    assert (refused.status_code, "Le mandat n’a pas été enregistré" in words(refused)) == (409, True)
    assert kept(refused) == {"Plancher (FCFA)": "300 000", "Concessions possibles": "Un an."}
    for other in (sign_in(editor).get(url("mandate")), sign_in(examiner).post(url("mandate"), typed)):
        assert (other.status_code in (403, 404), "Un an." in other.content.decode()) == (True, False)


def test_adding_no_financier_is_explained(sign_in, editor, project, state, url):
    page = sign_in(editor).post(url("position_add"), {"ajouter": project.pk, f"financeur-{project.pk}": ""})
    assert page.status_code == 422
    assert "Choisissez d’abord, dans la liste, le financeur à ajouter." in words(page)


def test_a_reviewer_is_offered_the_parties_of_the_state_only(sign_in, examiner, dossier, state, region, project, url):
    client = sign_in(examiner)
    page = client.get(url("position_add"))
    offered = html.unescape(re.search(r'<select name="party".*?</select>', page.content.decode(), re.S)[0])
    assert ("Ministère de l’Économie" in offered, "Région de Kayes" in offered) == (True, False)
    assert '<option value="request">' not in page.content.decode()
    typed = sent(page, region, kind="proposal", **{name(project, state, 2027): "5"})
    assert (client.post(url("position_add"), typed).status_code, Position.objects.count()) == (422, 0)
    assert client.post(url("position_add"), typed | {"party": state.pk}).status_code == 302
    assert Position.objects.get().recorded_for.name == "DGCT"


def test_reserved_documents_are_not_offered_as_minutes(sign_in, editor, dossier, project, state, url):
    steps = {code: dossier.steps.select_related("step", "negotiation").get(step__code=code) for code in ("A1", "D1")}
    open_one, reserved = (next(one for one in steps[code].step.documents.all() if one.confidential == (code == "D1"))
                          for code in steps)
    kept = [documents.deposit(steps[code], factories.stored_pdf(code), by=editor, expected=expected).document
            for code, expected in (("A1", open_one), ("D1", reserved))]
    client = sign_in(editor)
    page = client.get(url("position_add"))
    offered = re.search(r'<select name="minutes".*?</select>', page.content.decode(), re.S)[0]
    assert [f'value="{one.pk}"' in offered for one in kept] == [True, False]
    typed = sent(page, state, minutes=kept[1].pk, **{name(project, state, 2027): "5"})
    assert (client.post(url("position_add"), typed).status_code, Position.objects.count()) == (422, 0)
    client.post(url("position_add"), typed | {"minutes": kept[0].pk})
    assert "Procès-verbal : " in words(client.get(url()))


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


def test_the_mandate_is_written_and_a_version_saved_meanwhile_is_shown(sign_in, editor, manager, dossier, project, put,
                                                                      url):
    put(500)
    client = sign_in(editor)
    page = client.get(url("mandate"))
    typed = {key: html.unescape(re.search(rf'name="{key}"(?: value="([^"]*)")?', page.content.decode())[1] or "")
             for key in ("base", "key")} | {"floor": "300", "concessions": "Un an.", "arguments": ""}
    mandates.save_mandate(Mandate(project=project, floor=200), dossier, by=manager)
    refused = client.post(url("mandate"), typed)
    assert refused.status_code == 409
    assert f"Ce mandat a été modifié par {manager.name}" in words(refused)
    assert "Plancher (FCFA) 200 FCFA" in words(refused)
    base = re.search(r'name="base" value="([^"]*)"', refused.content.decode())[1]
    assert client.post(url("mandate"), typed | {"base": base}).status_code == 302
    assert (Mandate.objects.get().floor, Mandate.objects.get().concessions) == (300, "Un an.")
    assert "Réservé à l’équipe : 200 FCFA au-dessus du plancher" in words(client.get(url()))
    assert ("ni dans aucun export, sauf l’archive complète du dossier et les sauvegardes, que seul l’administrateur du "
            "serveur peut faire.") in words(page)
    bad = client.post(url("mandate"), typed | {"base": base, "floor": "1,5"})
    assert (bad.status_code, "contient un point ou une virgule" in words(bad)) == (422, True)


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
    for page, queries in [(url(), 13), (url("position_add"), 15), (url("position_withdraw", 1), 9),
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


def test_the_kinds_are_written_as_in_the_adoption_of_a_scenario(sign_in, manager, examiner, url, state, region):
    told = {user: re.findall(r'<option value="(?:request|proposal|counter|compromise)"[^>]*>([^<]*)<',
                             sign_in(user).get(url("position_add")).content.decode()) for user in (manager, examiner)}
    assert told == {manager: ["Demande", "Proposition", "Contre-proposition", "Compromis"],
                    examiner: ["Proposition", "Contre-proposition", "Compromis"]}


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


def test_what_was_on_the_table_before_the_agreement_reopens_nothing(sign_in, manager, thread, put, state, url):
    """The parties agree on a position that others had followed, days before."""
    before = TODAY - datetime.timedelta(days=3)
    Position.objects.update(held_on=before)
    put(400_000_000, party=state, held_on=before)
    factories.agree(thread, by=manager)
    page = words(sign_in(manager).get(url()))
    assert "convenu ✓ convenue le" in page
    assert "rouvert" not in page.replace("si le projet est rouvert", "")


def test_a_project_without_a_position_offers_the_first(sign_in, editor, examiner, dossier, project, url):
    address = url("position_add")
    body = sign_in(editor).get(url()).content.decode()
    assert (f'href="{address}"' in body, "Inscrire une première position" in body) == (True, True)


@pytest.mark.parametrize(("number", "sentence"), [
    (2, "Cette position est déjà retirée"), (3, "Cette position n’est pas la vôtre"),
    (4, "Cette position est convenue"),
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
    assert "demande la mise en liste de réserve du projet" in words(client.get(url("position_add")))
