"""The form of a position: what it offers, what is typed and recorded once, what is refused and kept."""
import datetime
import html
import re

import pytest

from negotiation.models import Contribution, Position, Project
from negotiation.workflow import documents, positions, records
from tests import factories

from .conftest import fields, inputs, kept, name, words

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY


def sent(response, state, **typed):
    """A whole form, as a person fills it."""
    kind = "request" if state.side == "authority" else "proposal"
    return fields(response) | {"kind": kind, "party": state.pk, "held_on": f"{TODAY:%d/%m/%Y}",
                               "spokesperson": "Gouverneur", "justification": "Parce que."} | typed


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
    ({"amount": ""}, "Une position porte au moins un montant, ou demande la mise en liste de réserve."),
    ({"held_on": f"{TODAY + datetime.timedelta(days=2):%d/%m/%Y}"}, "La date d’une position ne peut pas être à venir"),
])
def test_what_the_act_refuses_is_told_in_the_form(sign_in, editor, project, state, url, typed, sentence):
    client = sign_in(editor)
    page = client.get(url("position_add"))
    typed = {"held_on": f"{TODAY:%d/%m/%Y}", name(project, state, 2027): typed.pop("amount", "5")} | typed
    page = client.post(url("position_add"), sent(page, state, **typed))
    assert (page.status_code, sentence in words(page), Position.objects.count()) == (422, True, 0)
    assert inputs(page)[name(project, state, 2027)] == typed[name(project, state, 2027)]


def reserved(page):
    return re.search(r'<input[^>]*name="reserve"[^>]*>', page.content.decode())[0].count(" checked")


def test_a_project_is_put_on_the_table_for_the_reserve_list_and_accepted_as_it_is(sign_in, editor, project, state,
                                                                                 region, url):
    """The amounts that the page began with do not count; the next position begins where the last one is."""
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=1_500)
    page = client.get(url("position_add"))
    assert reserved(page) == 0
    assert client.post(url("position_add"), sent(page, region, reserve="on")).status_code == 302
    page = client.get(url("position_add"))
    assert reserved(page) == 1
    assert "Les montants sont ceux du plan de financement : ils ne comptent que si vous la décochez." in words(page)
    assert client.post(url("position_add"), sent(page, state, reserve="on")).status_code == 302
    assert [(one.party, one.amounts.count()) for one in Position.objects.all()] == [(region, 0), (state, 0)]
    page = client.get(url("position_add"))
    assert client.post(url("position_add"), sent(page, state)).status_code == 302
    assert [one.amount for one in Position.objects.get(number=3).amounts.all()] == [1_500]


def test_amounts_typed_beside_the_reserve_list_are_not_dropped_in_silence(sign_in, editor, project, state, region,
                                                                          put, url):
    client = sign_in(editor)
    Contribution.objects.create(project=project, financier=state, year=2027, amount=1_500)
    typed = sent(client.get(url("position_add")), region, reserve="on", **{name(project, state, 2028): "77"})
    page = client.post(url("position_add"), typed)
    assert (page.status_code, Position.objects.count()) == (422, 0)
    assert "vous avez tapé des montants : décochez cette case, ou videz celles du tableau." in words(page)
    assert (reserved(page), inputs(page)[name(project, state, 2028)]) == (1, "77")
    # What the page had offered, whatever is said since: the position that came meanwhile is told.
    put(5)
    page = client.post(url("position_add"), typed | {name(project, state, 2028): ""})
    assert "La position inscrite entre-temps : n° 1" in words(page)
    Position.objects.all().delete()
    emptied = typed | {name(project, state, 2027): "", name(project, state, 2028): ""}
    assert client.post(url("position_add"), emptied).status_code == 302
    assert Position.objects.get().amounts.count() == 0


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


def agree(first, put, by):
    factories.agree(first, by=by)


def withdraw(first, put, by):
    positions.withdraw(first, reason="Une erreur.", by=by)


def answer_then_agree(first, put, by):
    put(7, kind="counter")
    factories.agree(first, by=by)


def agree_then_answer(first, put, by):
    factories.agree(first, by=by)
    put(7, kind="counter")


def withdraw_the_answer(first, put, by):
    positions.withdraw(put(7, kind="counter"), reason="Une erreur.", by=by)


def agree_on_the_reserve(first, put, by):
    factories.agree(put(0, kind="counter", to_reserve=True), by=by)


AGREED = "la position n° 1 a été convenue, et fait le plan de ce projet"
REOPENS = " Inscrire la vôtre rouvrirait la négociation de ce projet."


@pytest.mark.parametrize(("act", "told", "shown"), [
    (agree, f"{AGREED}.{REOPENS}", "La position convenue entre-temps : n° 1, demande"),
    (withdraw, "la position n° 1 a été retirée.", "La position retirée entre-temps : n° 1, demande"),
    (answer_then_agree, f"{AGREED}.{REOPENS}", "La position convenue entre-temps : n° 1, demande"),
    (agree_then_answer, f"{AGREED}; puis une autre position a été inscrite sur ce projet; la dernière est la "
                        "position n° 3 (contre-proposition, Région de Kayes).",
     "La position inscrite entre-temps : n° 3, contre-proposition"),
    (withdraw_the_answer, "la position n° 3 a été inscrite, puis retirée.", "La position retirée entre-temps : n° 3"),
    (agree_on_the_reserve, f"la position n° 3 a été convenue, et sort ce projet du plan.{REOPENS}",
     "0 FCFA Elle met le projet en liste de réserve."),
])
def test_what_came_meanwhile_is_told_once(sign_in, editor, manager, put, state, region, url, act, told, shown):
    first = put(5)
    put(6, party=state, kind="proposal")
    client = sign_in(editor)
    typed = sent(client.get(url("position_add")), region)
    act(first, put, manager)
    page, count = client.post(url("position_add"), typed), Position.objects.count()
    assert f"Entre-temps, {told} Votre saisie est conservée" in words(page)
    assert (page.status_code, shown in words(page)) == (422, True)
    assert client.post(url("position_add"), sent(page, region)).status_code == 302
    assert Position.objects.count() == count + 1


@pytest.mark.parametrize("base", ["99", "1", "-1", "un", ""])
def test_a_table_that_never_was_is_told_as_it_is(sign_in, editor, put, region, url, base):
    put(5)
    client = sign_in(editor)
    page = client.post(url("position_add"), sent(client.get(url("position_add")), region, base=base))
    assert (page.status_code, "la dernière est la position n° 1 (demande" in words(page)) == (422, True)
    assert client.post(url("position_add"), sent(page, region)).status_code == 302


def test_the_next_position_starts_from_what_was_agreed(sign_in, editor, manager, put, state, region, project, url):
    """An agreement on an earlier position sets aside the one that followed it."""
    first = put(5)
    put(6, party=state, kind="proposal")
    factories.agree(first, by=manager)
    client = sign_in(editor)
    page = client.get(url("position_add"))
    assert inputs(page)[name(project, state, 2027)] == "5"
    assert "sont ceux de la position convenue, n° 1 (demande, " in words(page)
    assert client.post(url("position_add"), sent(page, region, **{name(project, state, 2027): "7"})).status_code == 302
    page = client.get(url("position_add"))
    assert inputs(page)[name(project, state, 2027)] == "7"
    assert "sont ceux de la dernière position, n° 3 (demande, " in words(page)


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
        "Montants": "Piste de Kléla (projet supprimé), État, 2027\u00a0: 5 000\n"
                    "Piste de Kléla (projet supprimé), État, 2028\u00a0: 1,5"}
    assert client.get(url("position_add")).status_code == 404
    unknown = sign_in(stranger).post(url("position_add"), typed)
    assert (unknown.status_code, "Kléla" in unknown.content.decode()) == (404, False)


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


def test_the_kinds_are_written_as_in_the_adoption_of_a_scenario(sign_in, manager, examiner, url, state, region):
    told = {user: re.findall(r'<option value="(?:request|proposal|counter|compromise)"[^>]*>([^<]*)<',
                             sign_in(user).get(url("position_add")).content.decode()) for user in (manager, examiner)}
    assert told == {manager: ["Demande", "Proposition", "Contre-proposition", "Compromis"],
                    examiner: ["Proposition", "Contre-proposition", "Compromis"]}
