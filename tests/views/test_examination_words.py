"""What the pages of an examination say and offer: only what is true, and only what the act would accept."""
import pytest

from negotiation.choices import LevelKind, LevelRule, OrganisationKind, Role, State
from negotiation.models import Contribution, Document, GridActor, Project, Remark, ReviewLevel, Seat, Step
from negotiation.workflow import moves, remarks, reviews
from negotiation.workflow.negotiations import share

from .. import factories

REVIEW, STEP = "/negociations/{}/etapes/D2/examen/", "/negociations/{}/etapes/D2/"


@pytest.fixture
def advisers(dossier, manager):
    found = {}
    for code in ("dgb", "dnpd", "dnat"):
        service = factories.organisation(code.upper(), OrganisationKind.SERVICE)
        service.acronym, service.grid_actor = code.upper(), GridActor.objects.get(code=code)
        service.save()
        share(dossier, service, by=manager)
        found[code] = factories.member(service, Role.ADVISER)
    return found


def submitted(dossier, manager, kind, **level):
    Step.objects.update(checks=[])
    step = dossier.steps.select_related("step", "negotiation").get(step__code="D2")
    ReviewLevel.objects.filter(step=step.step).delete()
    ReviewLevel.objects.create(step=step.step, order=1, kind=kind, parties=["dgb", "dnpd", "dnat"], **level)
    ReviewLevel.objects.create(step=step.step, order=2, kind=LevelKind.DECISION, parties=["dgct"])
    return factories.put(dossier, "D2", State.SUBMITTED, by=manager)


def post(client, step, action, **data):
    return client.post(f"{STEP.format(step.negotiation.slug)}acte/{action}/", {"version": step.version, **data},
                       follow=True)


def test_a_voice_that_returns_nothing_yet_is_said_so(sign_in, dossier, manager, dgct, advisers):
    step = submitted(dossier, manager, LevelKind.EXAMINATION, rule=LevelRule.QUORUM, quorum=2)
    page = post(sign_in(advisers["dgb"]), step, "return", reason="Le coût.").content.decode()
    assert "L’étape n’est pas encore renvoyée" in page
    assert "Encore attendus\xa0: DNPD, DNAT" in page.replace(" : ", "\xa0: ") or "DNAT, DNPD" in page
    assert "a maintenant la main" not in page


def test_an_opinion_that_came_too_late_keeps_its_text(sign_in, dossier, manager, dgct, advisers):
    step = submitted(dossier, manager, LevelKind.OPINION, rule=LevelRule.ANY)
    version = step.version
    moves.move(step, "favourable", by=advisers["dgb"], version=version)
    page = post(sign_in(advisers["dnpd"]), step, "opinion", voice="reserved", reason="Le coût est incertain.")
    assert page.status_code == 409
    assert "Le niveau «\xa0avis\xa0» est clos" in page.content.decode().replace("« avis »", "«\xa0avis\xa0»")
    assert 'readonly dir="auto" rows="2">Le coût est incertain.</textarea>' in page.content.decode()


def test_the_acts_on_a_remark_are_offered_to_its_side_alone(sign_in, dossier, manager, dgct, advisers):
    step = submitted(dossier, manager, LevelKind.OPINION)
    one = remarks.write(step, "step", problem="Flou.", request="Précisez.", by=advisers["dgb"])
    Remark.objects.update(state="open", sent_at=step.changed_at)
    shown = {code: f"/{one.pk}/lever/" in sign_in(advisers[code]).get(REVIEW.format(dossier.slug)).content.decode()
             for code in ("dgb", "dnpd")}
    assert shown == {"dgb": True, "dnpd": False}
    page = sign_in(advisers["dnpd"]).post(f"{STEP.format(dossier.slug)}observations/{one.pk}/maintenir/",
                                          {"text": "Il manque le coût."})
    assert page.status_code == 409
    assert [words in page.content.decode() for words in (
        "Seule l’organisation qui a écrit une observation", "Il manque le coût.")] == [True, True]


def test_the_last_who_could_decide_is_warned_before_the_click(sign_in, dossier, manager, director, dgct):
    Step.objects.update(checks=[])
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    reviews.escalate(Seat.objects.get(passage__submission__progress=step, passage__kind="examination"))
    client = sign_in(director)
    warned = [("personne d’autre ne pourra se prononcer" in client.get(REVIEW.format(dossier.slug)).content.decode())]
    factories.member(dgct, Role.DIRECTOR)
    warned.append("personne d’autre ne pourra se prononcer" in client.get(REVIEW.format(dossier.slug)).content.decode())
    assert warned == [True, False]


def test_why_a_document_is_needless_is_labelled_for_the_reviewer(sign_in, dossier, manager, examiner):
    step = dossier.steps.select_related("step").get(step__code="D2")
    expected = step.step.documents.filter(confidential=False).first()
    Document.objects.create(progress=step, expected=expected, title=expected.name, waiver="Déjà fourni en A1.")
    factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    page = sign_in(examiner).get(REVIEW.format(dossier.slug)).content.decode()
    shown = page[:page.index("Déjà fourni en A1.")]
    assert shown[shown.rindex("<dl"):].startswith('<dl class="values">')


def test_a_remark_on_a_cell_leads_to_it(sign_in, dossier, manager, examiner):
    Step.objects.filter(code="D2").update(checks=["plan"])
    project = Project.objects.create(negotiation=dossier, name="Piste de Kléla")
    state = dossier.actors.create(name="Ministère", side="state", financier=True)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=5_000_000)
    step = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    remarks.write(step, f"cell:{project.pk}:{state.pk}:2027", problem="Flou.", request="Précisez.", by=examiner)
    moves.move(step, "return", by=examiner, version=step.version)
    page = sign_in(manager).get(STEP.format(dossier.slug)).content.decode()
    link = f"/negociations/{dossier.slug}/engagements/plan/?projet={project.pk}"
    assert f'href="{link}#p{project.pk}-f{state.pk}-y2027"' in page
    assert f'id="p{project.pk}-f{state.pk}-y2027"' in sign_in(manager).get(link).content.decode()




def test_a_return_says_how_many_remarks_it_asks_again(sign_in, dossier, manager, examiner):
    step = factories.put(dossier, "A1", State.SUBMITTED, by=manager)
    one = remarks.write(step, "step", problem="Flou.", request="Précisez.", by=examiner)
    client, places = sign_in(examiner), [f"/negociations/{dossier.slug}/etapes/A1/{more}" for more in ("", "examen/")]
    said = "Elle devra répondre de nouveau à celle que vous n’avez pas levée (1)."
    assert [said.split(" à ")[0] in client.get(place).content.decode() for place in places] == [False, False]
    moves.move(step, "return", by=examiner, version=step.version, reason="Flou.")
    remarks.answer(one, "Précisé.", by=manager)
    factories.put(dossier, "A1", State.SUBMITTED, by=manager)
    assert [said in client.get(place).content.decode() for place in places] == [True, True]
