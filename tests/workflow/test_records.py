"""Acts on the records of a dossier: once, under lock, never over somebody else's work, told in the journal."""
import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from negotiation.choices import Action, State
from negotiation.models import (
    Actor,
    Contribution,
    Event,
    GridActor,
    JournalEntry,
    Obligation,
    Project,
    Representative,
)
from negotiation.workflow import records
from negotiation.workflow.transitions import NotAllowed

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(dossier):
    return dossier.steps.select_related("step").get(step__code="A1")


def event(dossier, **fields):
    return Event(negotiation=dossier, **{"title": "Réunion", "kind": "meeting", "date": datetime.date(2026, 3, 1)}
                 | fields)


def told(dossier):
    return list(JournalEntry.objects.filter(negotiation=dossier, action__startswith="record.").order_by("pk")
                .values_list("action", "subject"))


def test_adding_writes_the_record_and_the_journal(dossier, editor):
    saved = records.save(event(dossier, place="Kayes"), dossier, by=editor)
    entry = JournalEntry.objects.get(negotiation=dossier, action=Action.RECORD_ADD)
    assert (entry.subject, entry.by, entry.organisation) == (
        "événement « Réunion »", editor, "Conseil régional de Kayes")
    assert entry.details == {
        "title": [None, "Réunion"], "kind": [None, "meeting"], "date": [None, "2026-03-01"], "place": [None, "Kayes"],
        "precision": [None, "day"], "participants": [None, ""], "decisions": [None, ""], "source": [None, ""]}
    assert Event.objects.get() == saved


def test_changing_tells_what_was_before_and_after(dossier, editor):
    saved = records.save(event(dossier), dossier, by=editor)
    base = records.fingerprint(saved)
    saved.place = "Yélimané"
    records.save(saved, dossier, by=editor, base=base)
    assert JournalEntry.objects.get(action=Action.RECORD_CHANGE).details == {"place": ["", "Yélimané"]}


def test_saving_nothing_new_is_not_told(dossier, editor):
    saved = records.save(event(dossier), dossier, by=editor)
    records.save(Event.objects.get(pk=saved.pk), dossier, by=editor, base="an older page")
    assert told(dossier) == [("record.add", "événement « Réunion »")]


def test_the_same_form_sent_twice_adds_one_record(dossier, editor):
    for _ in range(2):
        records.save(event(dossier), dossier, by=editor, key="k" * 22)
    assert Event.objects.count() == 1
    assert told(dossier) == [("record.add", "événement « Réunion »")]


def test_the_same_form_sent_again_with_another_text_loses_nothing(dossier, editor):
    for title in ("Réunion", "Atelier"):
        records.save(event(dossier, title=title), dossier, by=editor, key="k" * 22)
    assert list(Event.objects.order_by("pk").values_list("title", flat=True)) == ["Réunion", "Atelier"]


def test_an_actor_added_twice_by_a_double_click_is_not_refused_as_a_homonym(dossier, editor):
    for _ in range(2):
        records.save(Actor(negotiation=dossier, name="Chambre de commerce", side="civil"), dossier, by=editor, key="k")
    assert Actor.objects.filter(name="Chambre de commerce").count() == 1


def test_a_homonym_is_refused_in_words(dossier, editor):
    name = dossier.actors.first().name
    with pytest.raises(ValidationError) as refusal:
        records.save(Actor(negotiation=dossier, name=name, side="civil"), dossier, by=editor)
    assert refusal.value.messages == [f"Un acteur de ce nom figure déjà dans la négociation : « {name} »."]


@pytest.mark.parametrize("name", ["Etat", "ÉTAT", "  état ", "« État »"])
def test_a_name_that_differs_by_accents_alone_is_that_of_the_other_actor(dossier, editor, name):
    dossier.actors.all().delete()
    dossier.actors.create(name="État", side="state")
    with pytest.raises(ValidationError) as refusal:
        records.save(Actor(negotiation=dossier, name=name, side="civil"), dossier, by=editor)
    assert refusal.value.messages == ["Un acteur de ce nom figure déjà dans la négociation : « État »."]


@pytest.mark.parametrize(("acronym", "sentence"), [
    ("adr ", "« Agence de développement régional » porte déjà ce sigle dans la négociation : les tableaux les "
             "confondraient. Donnez un autre sigle, ou laissez-le vide."),
    ("Etat", "« État » est le nom d’un autre acteur dans la négociation : les tableaux les confondraient. Donnez un "
             "autre sigle, ou laissez-le vide."),
    ("état", "« État » est le nom d’un autre acteur dans la négociation : les tableaux les confondraient. Donnez un "
             "autre sigle, ou laissez-le vide."),
])
def test_what_calls_another_actor_is_refused_for_an_acronym(dossier, editor, acronym, sentence):
    with pytest.raises(ValidationError) as refusal:
        records.save(Actor(negotiation=dossier, name="Agence du delta", acronym=acronym, side="civil"), dossier,
                     by=editor)
    assert refusal.value.message_dict == {"acronym": [sentence]}


def test_the_acronym_of_another_actor_is_refused_for_a_name(dossier, editor):
    with pytest.raises(ValidationError) as refusal:
        records.save(Actor(negotiation=dossier, name="ADR", side="civil"), dossier, by=editor)
    assert refusal.value.message_dict == {"name": [
        "« Agence de développement régional » a déjà ce nom pour sigle dans la négociation : les tableaux les "
        "confondraient. Donnez un autre nom."]}


def test_the_database_keeps_an_acronym_to_one_actor_of_a_dossier(dossier, kayes, manager):
    other = factories.negotiation(kayes, manager, first_year=2040, last_year=2044, prefill=False)
    other.actors.create(name="Agence", acronym="ADR", side="civil")
    for number in range(2):
        dossier.actors.create(name=f"Sans sigle {number}", side="civil")
    with pytest.raises(IntegrityError), transaction.atomic():
        dossier.actors.create(name="Agence du delta", acronym="Adr", side="civil")


def test_the_grid_that_gives_an_acronym_twice_opens_a_dossier(kayes, manager):
    for number in range(2):
        GridActor.objects.create(code=f"agence-{number}", name=f"Agence {number}", acronym="AGX", side="civil",
                                 financier=True)
    dossier = factories.negotiation(kayes, manager)
    assert list(dossier.actors.filter(grid_actor__code__startswith="agence-").order_by("order").values_list(
        "name", "acronym")) == [("Agence 0", "AGX"), ("Agence 1", "")]


def test_dossiers_from_before_leave_an_acronym_to_its_first_bearer(dossier, kayes, manager):
    migration = import_module("negotiation.migrations.0018_acronym_borne_once")
    other = factories.negotiation(kayes, manager, first_year=2040, last_year=2044, prefill=False)
    constraint = next(one for one in Actor._meta.constraints if one.name == "actor_acronym_unique")
    editor = connection.schema_editor()
    editor.remove_constraint(Actor, constraint)
    for order, acronym in ((52, "AGX"), (51, "Agx"), (53, "ÉX"), (54, "éx"), (55, "")):
        dossier.actors.create(name=f"Agence {order}", acronym=acronym, side="civil", order=order)
    other.actors.create(name="Agence", acronym="AGX", side="civil")
    migration.keep_the_first_bearer(apps, editor)
    editor.add_constraint(Actor, constraint)
    assert list(dossier.actors.filter(order__gte=51).values_list("order", "acronym")) == [
        (51, "Agx"), (52, ""), (53, "ÉX"), (54, ""), (55, "")]
    assert other.actors.get().acronym == "AGX"


def test_a_new_actor_comes_last(dossier, editor):
    records.save(Actor(negotiation=dossier, name="Chambre de commerce", side="civil"), dossier, by=editor)
    assert dossier.actors.last().name == "Chambre de commerce"


def test_what_somebody_else_changed_is_not_overwritten(dossier, editor, manager):
    saved = records.save(event(dossier), dossier, by=editor)
    base = records.fingerprint(saved)
    theirs = Event.objects.get(pk=saved.pk)
    theirs.place = "Nioro"
    records.save(theirs, dossier, by=manager, base=base)
    saved.place = "Kita"
    with pytest.raises(records.Stale) as refusal:
        records.save(saved, dossier, by=editor, base=base)
    assert refusal.value.current.place == Event.objects.get().place == "Nioro"
    assert refusal.value.reasons == [records.STALE.format(f" par {manager}")]
    with pytest.raises(records.Stale) as mine:
        records.save(saved, dossier, by=manager, base=base)
    assert mine.value.reasons == [records.STALE.format(" par vous-même dans une autre page")]


def test_nobody_is_named_whom_the_journal_does_not_tell(dossier, editor, manager):
    """An amount makes an actor a financier without a change of its record: the last who changed the record did not."""
    actor = dossier.actors.filter(financier=False).first()
    actor.acronym = "ABC"
    records.save(actor, dossier, by=manager)
    base = records.fingerprint(actor)
    type(actor).objects.filter(pk=actor.pk).update(financier=True)
    actor.acronym = "ABCD"
    with pytest.raises(records.Stale) as refusal:
        records.save(actor, dossier, by=editor, base=base)
    assert refusal.value.reasons == [records.STALE.format("")]


def test_a_record_removed_meanwhile_is_named(dossier, editor, manager):
    saved = records.save(event(dossier), dossier, by=editor)
    records.remove(Event.objects.get(), dossier, by=manager)
    with pytest.raises(NotAllowed) as refusal:
        records.save(saved, dossier, by=editor, base=records.fingerprint(saved))
    assert refusal.value.reasons == [records.GONE.format(f" par {manager}")]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_what_belongs_to_a_closed_step_does_not_change(dossier, editor, step, state):
    saved = records.save(event(dossier, progress=step), dossier, by=editor)
    type(step).objects.filter(pk=step.pk).update(state=state)
    sentence = [f"L’étape A1 est « {state.label} » : ce qui s’y rattache ne se modifie plus."]
    saved.progress = None
    for act in (lambda: records.save(saved, dossier, by=editor), lambda: records.remove(saved, dossier, by=editor),
                lambda: records.save(event(dossier, progress_id=step.pk), dossier, by=editor)):
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert refusal.value.reasons == sentence
    assert Event.objects.get().progress_id == step.pk


@pytest.mark.parametrize("state", [State.TODO, State.DRAFT, State.RETURNED])
def test_what_belongs_to_an_open_step_changes(dossier, editor, step, state):
    type(step).objects.filter(pk=step.pk).update(state=state, return_reason="Motif")
    saved = records.save(event(dossier, progress_id=step.pk), dossier, by=editor)
    assert records.closed_reason(saved, dossier) == ""
    records.remove(saved, dossier, by=editor)
    assert not Event.objects.exists()


def test_a_step_of_another_dossier_is_refused(dossier, editor, manager):
    other = factories.negotiation(dossier.owner, manager, first_year=2040, last_year=2044)
    with pytest.raises(NotAllowed) as refusal:
        records.save(event(dossier, progress=other.steps.first()), dossier, by=editor)
    assert refusal.value.reasons == ["Le champ « étape » désigne une fiche d’un autre dossier."]


def test_an_actor_of_another_dossier_is_refused(dossier, editor, manager):
    other = factories.negotiation(dossier.owner, manager, first_year=2040, last_year=2044)
    with pytest.raises(NotAllowed) as refusal:
        records.save(Representative(actor=other.actors.first(), function="Président"), dossier, by=editor)
    assert refusal.value.reasons == ["Le champ « acteur » désigne une fiche d’un autre dossier."]


def test_dates_out_of_order_are_refused_by_the_database_rule(dossier, editor):
    with pytest.raises(ValidationError) as refusal:
        records.save(event(dossier, end_date=datetime.date(2026, 2, 1)), dossier, by=editor)
    assert refusal.value.messages == ["La date de fin précède la date de début."]


def test_removing_an_actor_tells_its_representatives_too(dossier, editor):
    actor = dossier.actors.first()
    records.save(Representative(actor=actor, function="Président"), dossier, by=editor)
    records.remove(actor, dossier, by=editor)
    assert told(dossier) == [
        ("record.add", "représentant « Président »"), ("record.remove", "représentant « Président »"),
        ("record.remove", f"acteur « {actor} »")]
    assert not Representative.objects.exists()


def test_an_actor_who_finances_or_owes_is_not_removed(dossier, editor, manager):
    actor = dossier.actors.first()
    project = Project.objects.create(negotiation=dossier, name="Piste")
    for year in (2027, 2028):
        Contribution.objects.create(project=project, financier=actor, year=year, amount=1)
    Obligation.objects.create(negotiation=dossier, party=actor, what="Entretenir la piste")
    with pytest.raises(NotAllowed) as refusal:
        records.remove(actor, dossier, by=editor)
    assert refusal.value.reasons == [
        f"Impossible de supprimer « {actor} » : 2 contributions et 1 obligation de faire en dépendent. "
        "Retirez d’abord ces engagements."]
    factories.position(dossier, by=manager, project=project, party=actor)
    with pytest.raises(NotAllowed) as refusal:
        records.remove(actor, dossier, by=editor)
    assert refusal.value.reasons == [
        f"Impossible de supprimer « {actor} » : 2 contributions, 1 montant d’une position, 1 obligation de faire et "
        "1 position en dépendent. Retirez d’abord ces engagements."]
    assert dossier.actors.filter(pk=actor.pk).exists()


def test_a_project_with_amounts_is_not_removed(dossier, editor):
    project = Project.objects.create(negotiation=dossier, name="Piste")
    Contribution.objects.create(project=project, financier=dossier.actors.first(), year=2027, amount=1)
    with pytest.raises(NotAllowed) as refusal:
        records.remove(project, dossier, by=editor)
    assert refusal.value.reasons == ["Impossible de supprimer « Piste » : ce projet porte des montants "
                                     "dans le plan de financement. Retirez-les d’abord."]


def test_removing_keeps_the_values_in_the_journal(dossier, editor):
    saved = records.save(event(dossier, decisions="Mandat donné"), dossier, by=editor)
    records.remove(saved, dossier, by=editor, base=records.fingerprint(saved), key="once")
    entry = JournalEntry.objects.get(action=Action.RECORD_REMOVE)
    assert (entry.details["decisions"], entry.key) == (["Mandat donné", None], "once")


def test_removing_what_somebody_else_just_changed_is_refused(dossier, editor):
    saved = records.save(event(dossier), dossier, by=editor)
    with pytest.raises(NotAllowed) as refusal:
        records.remove(saved, dossier, by=editor, base="an older page")
    assert refusal.value.reasons == [records.STALE_REMOVAL.format("")]
    assert Event.objects.exists()
