"""Financing rules, written commitments and evidence on screen: asked, refused, shown, told in the journal."""
import datetime
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from negotiation import elements
from negotiation.choices import State
from negotiation.models import (
    Contribution,
    Document,
    DocumentVersion,
    FundingLimit,
    GridActor,
    JournalEntry,
    Obligation,
    Project,
    User,
)
from negotiation.queries.tasks import is_named, tasks
from negotiation.workflow import documents, obstacles, records
from negotiation.workflow.transitions import NotAllowed

from .. import factories

pytestmark = pytest.mark.django_db
ENVELOPE = {"kind": "state_year", "amount": "400 000 000", "severity": "blocking", "source": "Lettre du 3 mars"}
OVER = "L’État apporte 450 000 000 FCFA en 2028, soit 50 000 000 FCFA de plus que son enveloppe de 400 000 000 FCFA."


def words(response):
    text = html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def urls(dossier):
    return {name: reverse(name, args=[dossier.slug]) for name in ("commitments", "plan", "actors", "negotiation")} | {
        "add": reverse("record_add", args=[dossier.slug, "regles"])}


@pytest.fixture
def state(dossier):
    return dossier.actors.filter(side="state").first()


@pytest.fixture
def project(dossier, state):
    project = Project.objects.create(negotiation=dossier, name="Piste", cost=450_000_000)
    Contribution.objects.create(project=project, financier=state, year=2028, amount=450_000_000)
    return project


@pytest.fixture
def letter(dossier, manager):
    """A deposited document beside those that the grid expects."""
    return documents.deposit(dossier.steps.get(step__code="C4"), factories.stored_pdf("lettre"), by=manager,
                             title="Lettre d’engagement").document


def reserved(dossier, manager):
    progress = dossier.steps.filter(step__documents__confidential=True).first()
    return documents.deposit(progress, factories.stored_pdf("mandat"), by=manager,
                             expected=progress.step.documents.filter(confidential=True).first()).document


def limit(dossier, **fields):
    return FundingLimit.objects.create(negotiation=dossier, **{"kind": "state_year", "amount": 400_000_000,
                                                               "severity": "blocking"} | fields)


def test_a_rule_is_declared_shown_and_told_in_the_journal(sign_in, editor, dossier, project, urls):
    answer = sign_in(editor).post(urls["add"], ENVELOPE, follow=True)
    rule = dossier.limits.get()
    assert answer.redirect_chain == [(f"{urls['commitments']}#regles-{rule.pk}", 302)]
    assert (rule.kind, rule.amount, rule.share, rule.year, rule.severity) == (
        "state_year", 400_000_000, None, None, "blocking")
    page = words(answer)
    assert f"Points à vérifier Par année bloquant {OVER}" in page
    assert "Enveloppe de l’État par année Source : Lettre du 3 mars" in page
    told = words(sign_in(editor).get(reverse("journal", args=[dossier.slug])))
    assert "ajoute la règle de financement « enveloppe de l’État par année »" in told
    assert "400 000 000 FCFA" in told
    assert "bloquant" in told


def test_a_share_is_typed_with_a_comma_and_told_in_percent(sign_in, editor, dossier, urls):
    client = sign_in(editor)
    client.post(urls["add"], {"kind": "region_share", "share": "20,5 %", "severity": "warning"})
    rule = dossier.limits.get()
    assert (rule.share, rule.amount) == (205, None)
    page = client.get(reverse("record", args=[dossier.slug, "regles", rule.pk]))
    assert 'value="20,5"' in page.content.decode()
    client.post(reverse("record", args=[dossier.slug, "regles", rule.pk]), {
        "kind": "region_share", "share": "25", "severity": "warning", "base": records.fingerprint(rule)})
    told = words(client.get(reverse("journal", args=[dossier.slug])))
    assert "20,5 %" in told
    assert "25,0 %" in told


@pytest.mark.parametrize(("typed", "field", "sentence"), [
    ({"amount": ""}, "amount", "Écrivez le montant de l’enveloppe."),
    ({"share": "20"}, "share", "Une enveloppe est un montant : laissez le pourcentage vide."),
    ({"kind": "state_total", "year": "2028"}, "year", "Cette règle vaut pour tout le contrat : laissez « Chaque "
     "année »."),
    ({"kind": "region_share"}, "amount", "Une part est un pourcentage : laissez le montant vide."),
    ({"kind": "region_share", "amount": ""}, "share", "Écrivez la part, en pourcentage."),
    ({"kind": "region_share", "amount": "", "share": "0"}, "share", "Une part va de 0,1 à 100 %."),
    ({"kind": "region_share", "amount": "", "share": "100,1"}, "share", "Une part va de 0,1 à 100 %."),
    ({"kind": "region_share", "amount": "", "share": "20,55"}, "share",
     "Un seul chiffre après la virgule : écrivez-le comme 20,5."),
    ({"kind": "region_share", "amount": "", "share": "un quart"}, "share",
     "« un quart » n’est pas un pourcentage : écrivez-le comme 20 ou 20,5."),
    ({"amount": "12,5"}, "amount", "« 12,5 » contient un point ou une virgule : écrivez le montant en francs entiers, "
     "par exemple 400 000 000."),
])
def test_what_does_not_fit_is_refused_in_words(sign_in, editor, dossier, urls, typed, field, sentence):
    answer = sign_in(editor).post(urls["add"], ENVELOPE | typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors[field]) == [sentence]
    assert dossier.limits.count() == 0


def test_a_financier_is_named_for_its_own_share_only(sign_in, editor, dossier, state, urls):
    client, share = sign_in(editor), {"share": "60", "severity": "warning", "financier": state.pk}
    answer = client.post(urls["add"], {"kind": "region_share"} | share)
    assert list(answer.context["form"].errors["financier"]) == [
        "Cette règle ne porte pas sur un financeur au choix : laissez « Chaque financeur »."]
    client.post(urls["add"], {"kind": "financier_share"} | share)
    assert dossier.limits.get().financier == state
    again = client.post(urls["add"], {"kind": "financier_share"} | share)
    assert (again.status_code, dossier.limits.count()) == (422, 1)
    assert "Cette règle existe déjà : modifiez-la." in words(again)


def test_another_dossier_s_actor_is_refused(editor, dossier, kayes, manager):
    other = factories.negotiation(kayes, manager, first_year=2035, last_year=2039)
    rule = FundingLimit(negotiation=dossier, kind="financier_share", share=100, financier=other.actors.first())
    with pytest.raises(NotAllowed):
        records.save(rule, dossier, by=editor)


def test_a_broken_blocking_rule_prevents_submission_and_a_warning_does_not(dossier, project):
    """C4 examines the plan; A1 does not."""
    limit(dossier)
    plan, start = (dossier.steps.select_related("step").get(step__code=code) for code in ("C4", "A1"))
    told = [sentence.replace("\u00a0", " ") for sentence in obstacles.to_submit(plan)]
    assert OVER in told
    assert OVER not in [sentence.replace("\u00a0", " ") for sentence in obstacles.to_submit(start)]
    dossier.limits.update(severity="warning")
    assert OVER not in [sentence.replace("\u00a0", " ") for sentence in obstacles.to_submit(plan)]


def test_the_step_shows_what_blocks_with_its_place(sign_in, editor, dossier, project):
    limit(dossier)
    page = sign_in(editor).get(reverse("step", args=[dossier.slug, "C4"]))
    assert OVER in words(page)
    assert f'href="/negociations/{dossier.slug}/engagements/#annee-2028"' in page.content.decode()


def test_saving_the_plan_says_what_is_to_be_checked(sign_in, editor, dossier, project, state, urls):
    limit(dossier)
    client = sign_in(editor)
    page = client.get(urls["plan"])
    assert OVER in words(page)
    fields = dict(re.findall(r'name="(base|key)"[^>]*value="([^"]*)"', html.unescape(page.content.decode()))) | {
        "base": page.context["form"]["base"].value() or "", "key": page.context["form"]["key"].value() or ""}
    answer = client.post(urls["plan"], fields | {f"p{project.pk}-f{state.pk}-y2028": "460 000 000"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "Le plan de financement est enregistré.",
        "Points à vérifier dans les engagements : 1 point bloquant et 2 avertissements."]


def test_nothing_to_say_is_said(sign_in, editor, dossier, urls):
    assert "Points à vérifier Rien à signaler." in words(sign_in(editor).get(urls["commitments"]))


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_any_number_of_rules(sign_in, editor, dossier, project, letter, urls, rows):
    actors = list(dossier.actors.all()[:3])
    for actor in actors[:rows]:
        limit(dossier, kind="financier_share", amount=None, share=1, financier=actor)
        Contribution.objects.get_or_create(project=project, financier=actor, year=2027, amount=5)
        actor.written_commitment = letter
        actor.save()
        dossier.obligations.create(party=actor, what="Rendre compte", state="kept", evidence_document=letter)
    client, counts = sign_in(editor), {}
    for name in ("commitments", "plan", "actors", "negotiation"):
        with CaptureQueriesContext(connection) as queries:
            client.get(urls[name])
        counts[name] = len(queries)
    assert counts == {"commitments": 14, "plan": 11, "actors": 11, "negotiation": 14}


def test_a_written_commitment_is_chosen_among_what_may_be_read(sign_in, editor, manager, dossier, project, state,
                                                               letter, urls):
    mandate = reserved(dossier, manager)
    url = reverse("record", args=[dossier.slug, "acteurs", state.pk])
    client = sign_in(editor)
    page = client.get(url)
    assert [str(label) for _, label in page.context["form"].fields["written_commitment"].choices] == [
        "Aucune pièce", "C4 — Lettre d’engagement"]
    fields = {"name": state.name, "acronym": state.acronym, "side": state.side, "financier": "on"}
    refused = client.post(url, fields | {"written_commitment": mandate.pk, "base": records.fingerprint(state)})
    assert refused.status_code == 422
    client.post(url, fields | {"written_commitment": letter.pk, "base": records.fingerprint(state)})
    state.refresh_from_db()
    assert state.written_commitment == letter
    place = f'href="/negociations/{dossier.slug}/etapes/C4/#piece-{letter.pk}"'
    for name in ("actors", "commitments"):
        page = client.get(urls[name])
        assert place in page.content.decode()
        assert "C4 — Lettre d’engagement" in words(page)
    assert "sans engagement écrit" not in words(client.get(urls["commitments"]))
    told = words(client.get(reverse("journal", args=[dossier.slug])))
    assert "Engagement écrit" in told
    assert "C4 — Lettre d’engagement" in told


def test_the_act_too_refuses_a_reserved_or_foreign_document(manager, editor, dossier, kayes, state):
    state.written_commitment = reserved(dossier, manager)
    with pytest.raises(NotAllowed, match="réservée à l’équipe"):
        records.save(state, dossier, by=editor)
    other = factories.negotiation(kayes, manager, first_year=2035, last_year=2039)
    state.written_commitment = Document.objects.create(progress=other.steps.first(), title="Ailleurs")
    with pytest.raises(NotAllowed, match="autre dossier"):
        records.save(state, dossier, by=editor)


def test_evidence_of_an_obligation_is_written_and_shown(sign_in, editor, dossier, state, letter, urls):
    duty = Obligation.objects.create(negotiation=dossier, party=state, what="Rendre compte", state="kept")
    client = sign_in(editor)
    assert "« Rendre compte » : cette obligation est dite tenue, sans preuve au dossier." in words(
        client.get(urls["commitments"]))
    client.post(reverse("record", args=[dossier.slug, "obligations", duty.pk]), {
        "party": state.pk, "what": "Rendre compte", "state": "kept", "evidence": "PV du 12 mars",
        "evidence_document": letter.pk, "base": records.fingerprint(duty)})
    page = words(client.get(urls["commitments"]))
    assert "Preuve : PV du 12 mars , C4 — Lettre d’engagement" in page
    assert "sans preuve" not in page


def test_what_is_submitted_holds_rules_commitments_and_evidence(dossier, state, letter):
    rule = limit(dossier, year=2028, source="Lettre")
    state.written_commitment = letter
    state.save()
    duty = Obligation.objects.create(negotiation=dossier, party=state, what="Rendre compte", state="kept",
                                     evidence="PV", evidence_document=letter)
    found = {element.key: dict(element.fields) for code in ("A2", "C4", "D5")
             for element in elements.of_step(dossier.steps.select_related("step", "negotiation").get(step__code=code))}
    assert found[f"fundinglimit:{rule.pk}"] == {"Mesure": "400\u00a0000\u00a0000\u00a0FCFA", "Portée": "bloquant",
                                                "Source": "Lettre"}
    assert found[f"actor:{state.pk}"]["Engagement écrit"] == "C4 — Lettre d’engagement"
    assert (found[f"obligation:{duty.pk}"]["Preuve"], found[f"obligation:{duty.pk}"]["Pièce qui le prouve"]) == (
        "PV", "C4 — Lettre d’engagement")
    assert elements.part_of(f"fundinglimit:{rule.pk}") == "plan"


@pytest.mark.parametrize("rows", [1, 3])
def test_late_obligations_are_tasks_of_the_team(sign_in, editor, examiner, dossier, state, rows):
    yesterday = timezone.localdate() - datetime.timedelta(1)
    for n in range(rows):
        dossier.obligations.create(party=state, what=f"Promesse {n}", due_on=yesterday, state="todo")
    dossier.obligations.create(party=state, what="Tenue", due_on=yesterday, state="kept")
    dossier.obligations.create(party=state, what="Plus tard", due_on=timezone.localdate(), state="todo")
    client = sign_in(editor)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("tasks"))
    assert len(queries) == 7
    group = page.context["groups"][-1]
    assert (group.title, [duty.what for duty in group.obligations]) == (
        "Obligations en retard", [f"Promesse {n}" for n in range(rows)])
    assert f"Obligations en retard ({rows})" in words(page)
    assert f"{rows} en retard" in words(client.get(reverse("negotiation", args=[dossier.slug])))
    step = words(client.get(reverse("step", args=[dossier.slug, "D5"])))
    assert f"{rows} obligation{'s' if rows > 1 else ''} de faire en retard" in step
    assert "de faire en retard" not in words(client.get(reverse("step", args=[dossier.slug, "D4"])))


@pytest.mark.parametrize("rows", [1, 3])
def test_late_obligations_are_followed_by_the_party_that_owes_them(sign_in, people, dossier, state, rows):
    """The State's by the DGCT, those of a service by its members where the dossier is open to them; nobody else's."""
    yesterday = timezone.localdate() - datetime.timedelta(1)
    service = people["adviser"].memberships.get().organisation
    service.grid_actor = GridActor.objects.get(code="dnpd")
    service.save()
    dnpd = dossier.actors.create(name="Direction du Plan", side="civil", grid_actor=service.grid_actor)
    for n in range(rows):
        dossier.obligations.create(party=state, what=f"Promesse {n}", due_on=yesterday)
    region = dossier.actors.create(name="Conseil", side="authority")
    dossier.obligations.create(party=region, what="De la Région", due_on=yesterday)
    other = dossier.obligations.create(party=dnpd, what="Du Plan", due_on=yesterday)
    promised = [f"Promesse {n}" for n in range(rows)]

    def followed(who):
        person = User.objects.get(pk=people[who].pk)
        return [duty.what for group in tasks(person) if group.is_followed for duty in group.obligations]

    assert {who: followed(who) for who in ("examiner", "director", "adviser", "partner", "stranger", "editor")} == {
        "examiner": promised, "director": promised, "adviser": ["Du Plan"], "partner": [], "stranger": [], "editor": []}
    dossier.openings.filter(organisation=service).delete()
    assert followed("adviser") == []
    client = sign_in(people["examiner"])
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("tasks"))
    assert len(queries) == 8
    assert f"Obligations en retard à suivre ({rows}) Pour information" in words(page)
    address = reverse("commitments", args=[dossier.slug])
    assert page.content.decode().count(f'href="{address}#obligations-') == rows
    assert f'id="obligations-{other.pk}"' in client.get(address).content.decode()


@pytest.mark.parametrize(("name", "acronym", "is_theirs"), [
    ("Ministère des Finances", "MEF : DGB, DNPD", True),
    ("Le Plan", "dnpd", True),
    ("direction nationale de la planification du developpement", "", True),
    ("DGB, DNPD", "", True),
    ("DNPD de Kayes", "", False),
    ("Ministère des Finances", "DNPDX", False),
    ("Ministère des Finances", "", False),
])
def test_a_typed_actor_is_the_organisation_of_its_name(people, dossier, name, acronym, is_theirs):
    service = people["adviser"].memberships.get().organisation
    service.name, service.acronym = "Direction nationale de la Planification du Développement", "DNPD"
    service.save()
    party = dossier.actors.create(name=name, acronym=acronym, side="civil")
    dossier.obligations.create(party=party, what="Du Plan", due_on=timezone.localdate() - datetime.timedelta(1))
    person = User.objects.get(pk=people["adviser"].pk)
    assert [duty.what for group in tasks(person) if group.is_followed for duty in group.obligations] == (
        ["Du Plan"] if is_theirs else [])


def test_a_council_is_not_the_council_of_another_dossier(dossier):
    """Each Council may have the acronym that the grid prefills, « CR »."""
    other = factories.council("mopti")
    other.acronym = "CR"
    assert not is_named(other, dossier.actors.get(acronym="CR"))


def test_a_late_obligation_that_cannot_be_edited_is_no_task(editor, manager, dgct, examiner, dossier, state):
    """D5 is returned with a remark on one obligation: the other waits."""
    yesterday = timezone.localdate() - datetime.timedelta(1)
    first, second = (dossier.obligations.create(party=state, what=what, due_on=yesterday) for what in ("a", "b"))
    factories.put(dossier, "D5", State.RETURNED, by=manager)
    progress = dossier.steps.get(step__code="D5")
    progress.remarks.create(submission=progress.submissions.get(), target=f"obligation:{first.pk}", label="a",
                            problem="Flou.", request="Précisez.", state="open", author=examiner,
                            organisation=dgct, written_at=timezone.now(), sent_at=timezone.now())
    assert [duty.what for group in tasks(editor) for duty in group.obligations] == ["a"]
    assert records.closed_reason(first, dossier) == ""
    assert records.closed_reason(second, dossier) != ""


def test_no_dossier_is_given_a_rule(dossier):
    """The national facts are no rules: a rule comes from the team."""
    assert FundingLimit.objects.count() == 0
    assert not DocumentVersion.objects.exists()
    assert not JournalEntry.objects.filter(subject__startswith="règle").exists()
