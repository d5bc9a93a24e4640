"""Difficulties met and known, taken over in one action; what they teach."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Difficulty, Opening, Phase, Step, StepDifficulty
from negotiation.models.grid import Grid
from negotiation.queries import difficulties as read

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/difficultes/"


@pytest.fixture
def known(dossier):
    return StepDifficulty.objects.select_related("step").filter(step__phase__grid=dossier.grid, step__code="B2").first()


def add(dossier, code=None, **fields):
    return Difficulty.objects.create(
        negotiation=dossier, progress=dossier.steps.get(step__code=code) if code else None,
        **{"family": "human", "what": "Un départ"} | fields)


def shown(page):
    return {group.phase.code if group.phase else "": [line.difficulty for line in group.met]
            for group in page.phases if group.met}


def test_difficulties_are_grouped_by_phase_and_step(dossier):
    apart, late, early = add(dossier), add(dossier, "B3"), add(dossier, "B1")
    assert shown(read.page(dossier)) == {"B": [early, late], "": [apart]}


def test_filters_keep_one_family_and_one_state(dossier):
    add(dossier, "A1")
    found = add(dossier, "A1", family="financial", state="resolved")
    add(dossier, "A1", family="financial")
    page = read.page(dossier, "financial", "resolved")
    assert (shown(page), page.shown, page.total) == ({"A": [found]}, 1, 3)
    assert {known.family for group in page.phases for known in group.known} == {"financial"}


@pytest.mark.parametrize("query", ["?famille=x&etat=y", "?etat[]=open"])
def test_a_filter_that_does_not_exist_filters_nothing(sign_in, editor, dossier, url, query):
    add(dossier)
    page = sign_in(editor).get(url + query).context["page"]
    assert (page.shown, page.filtered) == (1, False)


def test_what_is_empty_is_named_on_one_line(dossier):
    add(dossier, effect="Retard")
    assert read.page(dossier).phases[-1].met[0].blanks == "Remède, qui s’en occupe, enseignement, perspective"


def test_lessons_are_gathered(dossier):
    add(dossier)
    told = [add(dossier, lesson="Partir tôt"), add(dossier, perspective="Un fonds d’études")]
    assert read.page(dossier).lessons == told


def test_the_grid_offers_what_is_not_taken_yet_of_this_edition_only(dossier, editor, known):
    grid = Grid.objects.create(code="autre", title="Autre édition")
    phase = Phase.objects.create(grid=grid, code="A", title="Phase", min_days=1, max_days=2)
    step = Step.objects.create(phase=phase, code="A1", title="Étape", min_days=1, max_days=2)
    StepDifficulty.objects.create(step=step, code="A1.D1", family="human", difficulty="x", measure="y")

    def offered():
        return {known.pk for group in read.page(dossier).phases for known in group.known}
    own = set(StepDifficulty.objects.filter(step__phase__grid=dossier.grid).values_list("pk", flat=True))
    assert offered() == own
    add(dossier, known=known)
    assert offered() == own - {known.pk}


def test_taking_over_goes_to_the_new_row_and_twice_changes_nothing(sign_in, editor, dossier, url, known):
    client = sign_in(editor)
    answers = [client.post(f"{url}reprendre/", {"known": known.pk}, follow=True) for _ in range(2)]
    taken = Difficulty.objects.get()
    assert [a.redirect_chain for a in answers] == [[(f"{url}#difficultes-{taken.pk}", 302)]] * 2
    assert [str(m) for m in answers[0].context["messages"]] == [
        "La difficulté et sa mesure sont reprises : complétez ce qui s’est passé."]
    assert (taken.what, taken.remedy, taken.progress.step.code) == (known.difficulty, known.measure, "B2")


def test_taking_over_from_a_step_returns_to_it(sign_in, editor, dossier, url, known):
    answer = sign_in(editor).post(f"{url}reprendre/", {"known": known.pk, "retour": "etape"})
    assert answer.url == f"/negociations/{dossier.slug}/etapes/B2/#difficultes"


def test_taking_over_at_a_closed_step_says_that_it_is_apart(sign_in, editor, dossier, url, known):
    dossier.steps.filter(step=known.step).update(state=State.APPROVED)
    answer = sign_in(editor).post(f"{url}reprendre/", {"known": known.pk}, follow=True)
    assert [str(m) for m in answer.context["messages"]] == [
        "La difficulté et sa mesure sont reprises : complétez ce qui s’est passé. L’étape B2 ne se modifie plus : elle "
        "n’y est pas rattachée."]


@pytest.mark.parametrize("pk", ["", "x", "0", "-1", "²", "9" * 40, "1\x00"])
def test_an_unknown_difficulty_is_not_found(sign_in, editor, url, pk):
    assert sign_in(editor).post(f"{url}reprendre/", {"known": pk}).status_code == 404
    assert not Difficulty.objects.exists()


def test_reading_does_not_take_over(sign_in, editor, url):
    assert sign_in(editor).get(f"{url}reprendre/").status_code == 302


def test_who_reads_and_who_takes_over(sign_in, dossier, manager, examiner, stranger, url, known):
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    Opening.objects.create(negotiation=dossier, organisation=service)
    adviser = factories.member(service, Role.ADVISER)
    take = {"known": known.pk}
    found = [(sign_in(user).get(url).status_code, sign_in(user).post(f"{url}reprendre/", take).status_code)
             for user in (manager, examiner, adviser, stranger)]
    assert found == [(200, 302), (200, 403), (200, 403), (404, 404)]


def test_readers_have_no_buttons(sign_in, examiner, dossier, url):
    add(dossier)
    html = sign_in(examiner).get(url).content
    assert b"fiches/" not in html
    assert b"reprendre/" not in html


def test_a_closed_step_offers_no_change(sign_in, editor, dossier, url):
    difficulty = add(dossier, "A1")
    link = f"fiches/difficultes/{difficulty.pk}/"
    client = sign_in(editor)
    assert link in client.get(url).content.decode()
    dossier.steps.filter(step__code="A1").update(state=State.SUBMITTED)
    assert link not in client.get(url).content.decode()


def test_the_page_costs_the_same_with_one_row_and_three(sign_in, editor, dossier, url):
    client, counts = sign_in(editor), []
    for codes in (["A1"], ["B2", "C3"]):
        for code in codes:
            add(dossier, code, lesson="Partir tôt")
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts == [10, 10]
