"""Adding, changing and removing records on screen: nothing typed is lost, nothing of others is overwritten."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Actor, Contribution, Difficulty, Event, JournalEntry, Opening, Project, Representative
from negotiation.workflow import records

from .. import factories

pytestmark = pytest.mark.django_db
EVENT = {"title": "Réunion", "kind": "meeting", "date": "2026-03-01", "precision": "day"}
KINDS = ["acteurs", "representants", "projets", "obligations", "regles", "evenements", "difficultes"]


@pytest.fixture
def base(dossier):
    return f"/negociations/{dossier.slug}/fiches/"


@pytest.fixture
def event(dossier, editor):
    return records.save(Event(negotiation=dossier, title="Réunion", kind="meeting", date=datetime.date(2026, 3, 1)),
                        dossier, by=editor)


def typed(response):
    return response.context["form"].data


def errors(response):
    return response.context["form"].errors


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form(sign_in, editor, base, kind):
    page = sign_in(editor).get(f"{base}{kind}/ajouter/")
    assert (page.status_code, b"<form" in page.content) == (200, True)


def test_adding_goes_back_to_the_row_with_a_word(sign_in, editor, dossier, base):
    answer = sign_in(editor).post(f"{base}evenements/ajouter/", EVENT, follow=True)
    event = Event.objects.get(negotiation=dossier)
    assert answer.redirect_chain == [(f"/negociations/{dossier.slug}/chronologie/#evenements-{event.pk}", 302)]
    assert [str(m) for m in answer.context["messages"]] == ["C’est enregistré."]
    assert f'id="evenements-{event.pk}"'.encode() in answer.content


@pytest.mark.parametrize(("kind", "fields", "page"), [
    ("acteurs", {"name": "Chambre de commerce", "side": "civil"}, "acteurs/#acteurs-"),
    ("projets", {"name": "Piste de Kléla"}, "engagements/#projets-"),
    ("difficultes", {"family": "human", "what": "Un départ", "state": "open"}, "difficultes/#difficultes-"),
])
def test_each_kind_goes_back_to_its_page(sign_in, editor, dossier, base, kind, fields, page):
    answer = sign_in(editor).post(f"{base}{kind}/ajouter/", fields)
    assert answer.url.startswith(f"/negociations/{dossier.slug}/{page}")


@pytest.mark.parametrize(("query", "target"), [
    ("?etape=A1&retour=etape", "etapes/A1/#evenements"),
    ("?etape=A1", "chronologie/#evenements-"),
    ("?etape=Z9&retour=etape", "chronologie/#evenements-"),
    ("?etape=//mechant.example&retour=etape", "chronologie/#evenements-"),
    ("?etape=A1&retour=https://mechant.example/", "chronologie/#evenements-"),
])
def test_after_saving_only_known_pages_are_returned_to(sign_in, editor, dossier, base, query, target):
    answer = sign_in(editor).post(f"{base}evenements/ajouter/{query}", EVENT)
    assert answer.url.startswith(f"/negociations/{dossier.slug}/{target}")


def test_the_step_and_the_actor_of_the_link_are_chosen(sign_in, editor, dossier, base):
    client, step, actor = sign_in(editor), dossier.steps.get(step__code="A1"), dossier.actors.last()
    page = client.get(f"{base}evenements/ajouter/?etape=A1&acteur=5")
    assert f'<option value="{step.pk}" selected>' in page.content.decode()
    page = client.get(f"{base}representants/ajouter/?acteur={actor.pk}&etape=A1")
    assert f'<option value="{actor.pk}" selected>' in page.content.decode()


def test_a_double_click_adds_one_record(sign_in, editor, dossier, base):
    client = sign_in(editor)
    key = client.get(f"{base}evenements/ajouter/").context["form"].fields["key"].initial()
    for _ in range(2):
        assert client.post(f"{base}evenements/ajouter/", EVENT | {"key": key}).status_code == 302
    assert Event.objects.filter(negotiation=dossier).count() == 1


@pytest.mark.parametrize("text", ["👍🏾 réunion", "اجتماع مع المجلس", "<script>x</script>", "=1+1", "x" * 20_000])
def test_any_honest_text_is_kept(sign_in, editor, base, text):
    client = sign_in(editor)
    answer = client.post(f"{base}evenements/ajouter/", EVENT | {"decisions": text}, follow=True)
    assert (answer.status_code, Event.objects.get().decisions) == (200, text)


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("decisions", "a\x07b", "Le texte contient un caractère invisible interdit (U+0007), après « a » : retapez ce "
                            "passage."),
    ("decisions", "x" * 20_001, "Ce texte compte 20\u00a0001 caractères ; la limite est de 20\u00a0000. "
                                "Raccourcissez-le, ou joignez-le en pièce."),
    ("decisions", "x" * 10_000_000, "Ce texte compte 10\u00a0000\u00a0000 caractères ; la limite est de 20\u00a0000. "
                                    "Raccourcissez-le, ou joignez-le en pièce."),
    ("title", "x" * 201, "Ce texte compte 201 caractères ; la limite est de 200. Raccourcissez-le."),
    ("date", "31/02/2026", "Cette date n’existe pas, ou ne se lit pas : écrivez-la comme 31/08/2018."),
    ("date", "3026-01-01", "L’année 3026 est trop loin du contrat (ici, de 1990 à 2036) : vérifiez-la."),
    ("end_date", "2026-02-01", "La date de fin (01/02/2026) précède la date de début (01/03/2026)."),
])
def test_a_bad_input_gets_a_sentence_and_loses_nothing(sign_in, editor, base, field, value, sentence):
    sent = EVENT | {"place": "Kayes", field: value}
    answer = sign_in(editor).post(f"{base}evenements/ajouter/", sent)
    assert (answer.status_code, errors(answer)) == (422, {field: [sentence]})
    assert {name: typed(answer)[name] for name in sent} == sent
    assert value.replace("\x07", "\x07") in answer.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize(("kind", "fields", "field", "sentence"), [
    ("acteurs", {"name": "chambre  DE commerce", "side": "civil"}, "name",
     "Un acteur de ce nom figure déjà dans la négociation : « Chambre de commerce »."),
    ("acteurs", {"name": "Agence du delta", "acronym": "adr", "side": "civil"}, "acronym",
     "« Agence de développement régional » porte déjà ce sigle dans la négociation : les tableaux les confondraient. "
     "Donnez un autre sigle, ou laissez-le vide."),
    ("projets", {"name": "PISTE DE KLÉLA"}, "name",
     "Un projet de ce nom figure déjà dans la négociation : « Piste de Kléla »."),
    ("projets", {"name": "Pont", "cost": "0"}, "cost",
     "0 franc n’est pas un montant : laissez la case vide tant qu’il n’est pas connu.")])
def test_what_the_database_refuses_is_told_beside_its_field(sign_in, editor, dossier, base, kind, fields, field,
                                                            sentence):
    records.save(Actor(negotiation=dossier, name="Chambre de commerce", side="civil"), dossier, by=editor)
    records.save(Project(negotiation=dossier, name="Piste de Kléla"), dossier, by=editor)
    answer = sign_in(editor).post(f"{base}{kind}/ajouter/", fields)
    assert (answer.status_code, errors(answer)) == (422, {field: [sentence]})


def test_a_record_keeps_its_name_and_may_change_its_capitals(sign_in, editor, dossier, base):
    one = records.save(Project(negotiation=dossier, name="piste"), dossier, by=editor)
    for name, site in [("piste", "Kléla"), ("Piste", "Kléla")]:
        assert sign_in(editor).post(f"{base}projets/{one.pk}/", {
            "name": name, "site": site, "base": records.fingerprint(one)}).status_code == 302
        one.refresh_from_db()
    assert (one.name, one.site) == ("Piste", "Kléla")


@pytest.mark.parametrize("path", [
    "evenements/0/", "evenements/99999999999999999999999/", "evenements/1/supprimer/", "inconnus/ajouter/",
    "representants/999/"])
def test_what_does_not_exist_is_not_found(sign_in, editor, base, path):
    client = sign_in(editor)
    assert client.get(base + path).status_code == 404
    assert client.get(base.replace("kayes", "autre") + "evenements/ajouter/").status_code == 404


@pytest.mark.parametrize("kind", ["evenements", "representants"])
def test_the_record_of_another_dossier_is_not_found(sign_in, editor, manager, dossier, base, kind):
    other = factories.negotiation(dossier.owner, manager, first_year=2040, last_year=2044)
    theirs = records.save(Event(negotiation=other, title="x", kind="other", date=datetime.date(2041, 1, 1)), other,
                          by=manager) if kind == "evenements" else records.save(
        Representative(actor=other.actors.first(), function="x"), other, by=manager)
    client = sign_in(editor)
    assert [client.get(f"{base}{kind}/{theirs.pk}/{end}").status_code for end in ("", "supprimer/")] == [404, 404]
    assert client.post(f"{base}{kind}/{theirs.pk}/supprimer/").status_code == 404
    assert type(theirs).objects.filter(pk=theirs.pk).exists()


def test_a_stale_form_shows_the_saved_version_and_may_then_replace_it(sign_in, editor, manager, dossier, base, event):
    client, url = sign_in(editor), f"{base}evenements/{event.pk}/"
    shown = client.get(url).context["form"]
    sent = EVENT | {"place": "Kita", "base": shown.fields["base"].initial, "key": "une-cle"}
    event.place = "Nioro"
    records.save(event, dossier, by=manager)
    answer = client.post(url, sent)
    assert (answer.status_code, answer.context["theirs"]) == (409, [("lieu", "Nioro")])
    assert errors(answer) == {"__all__": [records.STALE.format(f" par {manager}")]}
    assert (typed(answer)["place"], Event.objects.get().place) == ("Kita", "Nioro")
    assert client.post(url, {name: typed(answer)[name] for name in sent}).status_code == 302
    assert Event.objects.get().place == "Kita"


def test_a_record_removed_while_typing_becomes_a_new_one(sign_in, editor, dossier, base, event):
    client = sign_in(editor)
    shown = records.fingerprint(event)
    records.remove(event, dossier, by=editor)
    answer = client.post(f"{base}evenements/{event.pk}/", EVENT | {"place": "Kita", "base": shown})
    assert (answer.status_code, errors(answer), typed(answer)["place"]) == (404, {
        "__all__": [records.GONE.format(" par vous-même dans une autre page")]}, "Kita")
    assert f'action="{base}evenements/ajouter/"' in answer.content.decode()


def test_an_empty_post_is_answered_in_words(sign_in, editor, base, event):
    client = sign_in(editor)
    answers = [client.post(f"{base}evenements/{end}") for end in ("ajouter/", f"{event.pk}/", "0/")]
    assert [answer.status_code for answer in answers] == [422, 422, 404]


def test_a_record_of_a_closed_step_is_refused_in_words(sign_in, editor, dossier, base, event):
    step = dossier.steps.get(step__code="A1")
    Event.objects.update(progress=step)
    dossier.steps.filter(pk=step.pk).update(state=State.SUBMITTED)
    sentence = "L’étape A1 est « soumise » : ce qui s’y rattache ne se modifie plus."
    client, url = sign_in(editor), f"{base}evenements/{event.pk}/"
    assert client.get(url).context["closed"] == client.get(f"{url}supprimer/").context["obstacles"][0] == sentence
    answer = client.post(url, EVENT | {"progress": step.pk, "place": "Kita"})
    assert (answer.status_code, errors(answer), typed(answer)["place"]) == (422, {"__all__": [sentence]}, "Kita")
    answer = client.post(f"{url}supprimer/")
    assert (answer.status_code, answer.context["refused"]) == (409, [sentence])
    assert Event.objects.get().place == ""


def test_removing_asks_first_and_then_removes_once(sign_in, editor, dossier, base, event):
    client, url = sign_in(editor), f"{base}evenements/{event.pk}/supprimer/"
    form = client.get(url).context["form"]
    sent = {"base": form.initial["base"], "key": form.fields["key"].initial()}
    assert Event.objects.exists()
    answers = [client.post(url, sent) for _ in range(2)]
    assert [a.url for a in answers] == [f"/negociations/{dossier.slug}/chronologie/"] * 2
    assert not Event.objects.exists()
    assert JournalEntry.objects.filter(action="record.remove").count() == 1


def test_removing_without_the_page_that_was_shown_is_refused(sign_in, editor, base, event):
    answer = sign_in(editor).post(f"{base}evenements/{event.pk}/supprimer/", {"base": "old", "key": "x"})
    assert (answer.status_code, answer.context["refused"]) == (409, [records.STALE_REMOVAL.format("")])


def test_an_actor_who_finances_stays_and_the_page_says_why(sign_in, editor, dossier, base):
    actor, project = dossier.actors.first(), Project.objects.create(negotiation=dossier, name="Piste")
    Contribution.objects.create(project=project, financier=actor, year=2027, amount=1)
    client, url = sign_in(editor), f"{base}acteurs/{actor.pk}/supprimer/"
    records.save(Representative(actor=actor, function="Président"), dossier, by=editor)
    sentence = (f"Impossible de supprimer « {actor} » : 1 contribution en dépend. Retirez d’abord ces "
                "engagements.")
    page = client.get(url)
    answer = client.post(url, {"base": page.context["form"].initial["base"]})
    assert (page.status_code, page.context["obstacles"], page.context["refused"]) == (200, [sentence], [])
    assert (answer.status_code, answer.context["refused"]) == (409, [sentence])
    for one in (page, answer):
        assert one.content.decode().count(f"Impossible de supprimer «\xa0{actor}") == 1
        assert ('type="submit">Supprimer' in one.content.decode(), "supprimé aussi" in one.content.decode()) == (
            False, False)
    assert Actor.objects.filter(pk=actor.pk).exists()


def test_removing_an_actor_names_who_goes_with_it(sign_in, editor, dossier, base):
    actor = dossier.actors.first()
    records.save(Representative(actor=actor, function="Président"), dossier, by=editor)
    assert sign_in(editor).get(f"{base}acteurs/{actor.pk}/supprimer/").context["with_it"] == ["Président"]


ROLES = {
    "editor": 200, "manager": 200, "examiner": 403, "director": 403, "adviser": 403, "partner": 403, "stranger": 404}


@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_who_writes(request, sign_in, dossier, base, event, role, status):
    if role in ("adviser", "partner"):
        kind = OrganisationKind.SERVICE if role == "adviser" else OrganisationKind.PARTNER
        organisation = factories.organisation("Autre", kind)
        user = factories.member(organisation, Role(role))
        Opening.objects.create(negotiation=dossier, organisation=organisation)
    else:
        user = request.getfixturevalue(role)
    client = sign_in(user)
    paths = ["evenements/ajouter/", f"evenements/{event.pk}/", f"evenements/{event.pk}/supprimer/"]
    assert [client.get(base + path).status_code for path in paths] == [status] * 3
    if status != 200:
        assert [client.post(base + path, EVENT).status_code for path in paths] == [status] * 3
    assert Event.objects.count() == 1


def test_a_visitor_signs_in_first(client, base):
    assert client.get(f"{base}evenements/ajouter/").url.startswith("/connexion/")


def test_the_form_costs_the_same_whatever_the_dossier_holds(sign_in, editor, dossier, base):
    client = sign_in(editor)
    counts = []
    for number in range(3):
        Difficulty.objects.create(negotiation=dossier, family="human", what=f"Difficulté {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{base}difficultes/ajouter/?etape=A1&retour=etape")
        counts.append(len(queries))
    assert counts == [9, 9, 9]
