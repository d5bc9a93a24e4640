"""A dossier with at least one row of every kind, made through the doors of the application, for tests of exports."""
from datetime import date, timedelta

from django.utils import timezone

from negotiation.choices import Nature, OrganisationKind, Role, State
from negotiation.models import (
    Actor,
    Difficulty,
    Event,
    FundingLimit,
    Mandate,
    Obligation,
    Organisation,
    Phase,
    Project,
    Representative,
    Scenario,
    Step,
    User,
)
from negotiation.scenarios import Percent, Scope
from negotiation.workflow import (
    booklets,
    calendar,
    commitments,
    documents,
    mandates,
    moves,
    positions,
    records,
    remarks,
    scenarios,
)
from negotiation.workflow.negotiations import share

from . import factories

SECRET = "Ne pas descendre sous le plancher"


def whole(nature=Nature.REAL):
    """Every table of an archive has a row; some rows were removed since they were named."""
    free_grid()
    council = factories.council("kayes")
    manager, editor = factories.member(council, Role.MANAGER), factories.member(council, Role.EDITOR)
    examiner = factories.member(factories.organisation("DGCT", OrganisationKind.DGCT), Role.EXAMINER)
    dossier = factories.negotiation(council, manager, nature=nature)
    share(dossier, factories.organisation("DNPD", OrganisationKind.SERVICE), by=manager)
    commitments.announce_total(dossier, 900_000_000, "Contrat, annexe 2", by=manager)
    calendar.propose(dossier, date(2026, 1, 12), by=manager)
    records_of(dossier, manager)
    money_of(dossier, manager, editor, examiner)
    examined(dossier, manager, examiner)
    for text in ("premier", "deuxième"):
        edition = factories.published(dossier, examiner, text)
    booklets.withdraw(edition, "Une annexe manquait.", by=manager)
    edition = factories.established(dossier, manager, "troisième")
    factories.signed(edition, manager, text="page tachée")
    factories.signed(edition, manager, reason="La page était tachée.")
    factories.signed(edition, manager, "state", text="page de l’État")
    return dossier


def free_grid():
    """A grid that lets any step be submitted; its edition is another one, for whoever compares."""
    Step.objects.update(checks=[])
    Phase.objects.update(gate=[])


def records_of(dossier, manager):
    """Facts, parties and promises; one record of each kind was there and is removed."""
    step = dossier.steps.get(step__code="A1")
    factories.fill_step(step, manager)
    proof = documents.deposit(step, factories.stored_photo(), by=manager, title="Lettre d’engagement").document
    documents.deposit(step, factories.stored_pdf("autre"), by=manager, document=proof)
    documents.waive(dossier.steps.get(step__code="A2"),
                    dossier.steps.get(step__code="A2").step.documents.first(), "Sans objet ici.", by=manager)
    gone = records.save(Event(negotiation=dossier, date="2026-01-05", kind="meeting", title="À retirer"), dossier,
                        by=manager)
    records.remove(gone, dossier, by=manager)
    records.save(Event(negotiation=dossier, progress=dossier.steps.get(step__code="A2"), date="2026-02-01",
                       kind="council", title="Session ordinaire", decisions="Ɲɛtaasira : ŋ, ɔ, « guillemets »"),
                 dossier, by=manager)
    state = records.save(Actor(negotiation=dossier, name="Ministère de l’Économie", acronym="MEF", side="state",
                               financier=True, written_commitment=proof), dossier, by=manager)
    records.save(Representative(actor=state, function="Directeur général", starts_on="2026-01-01"), dossier, by=manager)
    records.save(Obligation(negotiation=dossier, party=state, what="Nommer un point focal", due_on="2027-01-01",
                            evidence_document=proof), dossier, by=manager)
    records.save(Difficulty(negotiation=dossier, progress=dossier.steps.get(step__code="A2"), family="security",
                            what="Piste coupée", lesson="Prévoir la saison"), dossier, by=manager)
    records.save(FundingLimit(negotiation=dossier, kind="state_year", year=2027, amount=400_000_000), dossier,
                 by=manager)


def money_of(dossier, manager, editor, examiner):
    state = dossier.actors.get(name="Ministère de l’Économie")
    region = dossier.actors.filter(side="authority").first()
    road, market = (records.save(Project(negotiation=dossier, name=name), dossier, by=manager)
                    for name in ("Piste de Kléla", "Marché"))
    gone = records.save(Project(negotiation=dossier, name="À retirer"), dossier, by=manager)
    commitments.save_plan(dossier, {(road.pk, state.pk, 2027): 300_000_000, (market.pk, region.pk, 0): 5_000_001}, {},
                          by=manager)
    scenario = scenarios.add(Scenario(negotiation=dossier, name="Prudent", note="À discuter"), by=editor)
    scenarios.change(scenario, Percent(-1_000, Scope(financier=state.pk)), version=1, by=editor)
    Scenario.objects.update(reserve=[gone.pk])
    records.remove(gone, dossier, by=manager)
    mandates.save_mandate(Mandate(project=road, floor=250_000_000, arguments=SECRET), dossier, by=editor)
    event = dossier.events.get()
    asked = factories.position(dossier, by=manager, project=road, party=region, amounts={(state.pk, 2027): 310_000_000},
                               event=event)
    factories.position(dossier, by=examiner, project=road, party=state, kind="proposal",
                       amounts={(state.pk, 2027): 305_000_000})
    gone = factories.position(dossier, by=manager, project=market, party=region, amounts={(region.pk, 2028): 1_000})
    positions.withdraw(gone, reason="Erreur de ligne.", by=manager)
    factories.agree(asked, by=manager, event=event)


def examined(dossier, manager, examiner):
    """A2 returned with a remark that was answered, then submitted again, read, and taken in hand."""
    step = dossier.steps.get(step__code="A2")
    factories.complete(step, manager)
    go(step, "submit", manager)
    target = f"event:{dossier.events.get().pk}"
    remark = remarks.write(step, target, problem="Date à vérifier.", request="Citez le procès-verbal.", by=examiner)
    go(step, "return", examiner)
    remarks.answer(remark, "C’est le bon jour.", by=manager)
    go(step, "submit", manager)
    remarks.settle(remark, by=examiner, text="Vu.")
    remarks.write(step, "step", problem="Encore flou.", request="Précisez.", by=examiner)
    factories.put(dossier, "B1", State.APPROVED, by=manager)


def go(step, action, by, reason=""):
    step.refresh_from_db()
    moves.move(step, action, by=by, version=step.version, reason=reason)


def elsewhere():
    """Another dossier, written first on the installation that restores: no row gets the key that it had. Same grid."""
    free_grid()
    council = factories.council("gao")
    manager = factories.member(council, Role.MANAGER)
    User.objects.filter(pk=manager.pk).update(email="autre@gao.example")
    dossier = factories.negotiation(council, manager)
    records.save(Event(negotiation=dossier, date=timezone.localdate() - timedelta(days=3), kind="meeting", title="Ici"),
                 dossier, by=manager)
    for name in ("Organisation A", "Organisation B"):
        Organisation.objects.get_or_create(name=name, defaults={"kind": OrganisationKind.PARTNER})
    return dossier
