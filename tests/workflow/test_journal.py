"""The journal: chained, append-only in the database itself, and any alteration underneath is found and named."""
import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from negotiation.choices import Action, State
from negotiation.models import Event, JournalEntry, JournalHead, guard
from negotiation.workflow import records, steps
from negotiation.workflow.chain import TOLD, Stretch, seal, stretches_of, told_by, verify
from negotiation.workflow.journal import record

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(dossier, manager, examiner):
    """Five acts: the opening, an event, a step started, submitted, returned. The database lets them be altered."""
    records.save(Event(negotiation=dossier, date="2026-03-01", kind="meeting", title="Séance"), dossier, by=manager)
    progress = dossier.steps.get(step__code="A1")
    progress.step.checks = []
    steps.start(progress, by=manager)
    record(Action.STEP_SUBMIT, progress.step, by=manager, negotiation=dossier, progress=progress,
           from_state=State.DRAFT, to_state=State.SUBMITTED)
    record(Action.STEP_RETURN, progress.step, by=examiner, negotiation=dossier, progress=progress,
           from_state=State.SUBMITTED, to_state=State.RETURNED, reason="Précisez la date.")
    guard.lift(connection)
    return dossier


def entry(dossier, number):
    return JournalEntry.objects.filter(negotiation=dossier, number=number)


def fault(dossier):
    """(number, what is wrong) of the first fault, as the command and the function both tell it."""
    _, found = verify(dossier)
    with pytest.raises(CommandError, match="^Journal altéré : dossier kayes-2027-2031, acte n° ") as told:
        call_command("verify_journal", dossier.slug)
    assert str(told.value) == f"Journal altéré : {found.sentence}"
    assert verify()[1] == found
    return found.number, found.what.split(" : ")[0].rstrip(".")


def test_each_entry_follows_the_one_before_in_the_chain_of_its_dossier(story, stranger):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    alone = [record(Action.RECORD_CHANGE, "réglage", by=None) for _ in range(2)]
    chains = {chain: list(JournalEntry.objects.filter(negotiation=chain).order_by("number").values_list(
        "number", "previous", "hash")) for chain in (story.pk, other.pk, None)}
    assert {chain: [number for number, *_ in rows] for chain, rows in chains.items()} == {
        story.pk: [1, 2, 3, 4, 5], other.pk: [1], None: [1, 2]}
    for rows in chains.values():
        assert [previous for _, previous, _ in rows] == ["", *(sealed for *_, sealed in rows[:-1])]
    assert set(JournalHead.objects.values_list("chain", "number", "hash")) == {
        (chain or 0, len(rows), rows[-1][-1]) for chain, rows in chains.items()}
    assert verify() == (8, None)
    assert (alone[0].by, alone[0].by_name, alone[0].organisation) == (None, "L’application", "")


def test_the_hash_of_an_entry_is_the_same_for_ever():
    """Entries already written were sealed so: this value never changes."""
    entry = JournalEntry(
        number=2, previous="ab" * 32, negotiation_id=7, progress_id=3, by_id=5, by_name="Awa Diarra",
        action="step.return",
        at=datetime(2026, 3, 12, 14, 5, 6, 7, tzinfo=UTC), organisation="DGCT", subject="A1 — Étape", key="",
        from_state="submitted", to_state="returned", reason="À préciser", details={"b": [1, None], "a": "é"})
    assert seal(told_by(entry), "kayes-2027-2031") == \
        "040d9e19f721910c1ef0f89ca0628aabb32a29f7df30b6775c2ab31d0b50641c"


@pytest.mark.parametrize("microsecond", [0, 7, 120, 1000, 12000, 100000, 120000, 123000, 123400, 123450, 123456])
def test_an_act_is_intact_whatever_the_instant_it_was_written_at(dossier, manager, monkeypatch, microsecond):
    """Databases write instants each in their way: without the zeros at the end, with their zone."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 12, 14, 5, 6, microsecond, tzinfo=UTC))
    record(Action.RECORD_CHANGE, "réglage", by=manager, negotiation=dossier)
    assert verify(dossier) == (2, None)


def test_every_field_of_an_entry_is_sealed():
    fields = {field.attname for field in JournalEntry._meta.concrete_fields}
    assert fields - {"id", "hash"} == set(TOLD)


def test_details_are_sealed_as_the_database_gives_them_back(dossier, manager):
    record(Action.PLAN_CHANGE, "plan", by=manager, negotiation=dossier,
           details={2: (1, 2), "z": {"é": 10**15, "a": [None, True, "ɲɛtaa 🌾"]}, "État": State.DRAFT})
    assert entry(dossier, 2).get().details == {
        "2": [1, 2], "z": {"é": 10**15, "a": [None, True, "ɲɛtaa 🌾"]}, "État": "draft"}
    assert verify(dossier) == (2, None)


def test_the_command_says_intact(story, stranger, capsys):
    factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    call_command("verify_journal", story.slug)
    guard.install(connection)
    call_command("verify_journal")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("Journal intact : 5 actes.\nJournal intact : 6 actes.\n", (
        "Attention : la base n’interdit plus de modifier le journal, ses déclencheurs manquent.\n"))
    with pytest.raises(CommandError, match="Aucune négociation n’a l’identifiant « inconnu »"):
        call_command("verify_journal", "inconnu")


@pytest.mark.parametrize("act", [
    lambda entries, heads: entries.update(reason="autre"),
    lambda entries, heads: entries.filter(number=1).update(number=9),
    lambda entries, heads: entries.filter(number=5).delete(),
    lambda entries, heads: entries._raw_delete("default"),
    lambda entries, heads: heads.update(number=F("number") - 1),
    lambda entries, heads: heads.update(number=F("number") + 2),
    lambda entries, heads: heads.update(hash="0" * 64),
    lambda entries, heads: heads._raw_delete("default"),
    lambda entries, heads: entries.first().save(),
    lambda entries, heads: entries.bulk_create(
        [entries.first()], update_conflicts=True, unique_fields=["id"], update_fields=["reason"]),
])
def test_the_database_refuses_to_change_or_remove_what_is_written(story, act):
    guard.install(connection)
    with pytest.raises(DatabaseError, match="Le journal ne se modifie pas"), transaction.atomic():
        act(JournalEntry.objects.filter(negotiation=story), JournalHead.objects.filter(chain=story.pk))
    assert verify() == (5, None)


def test_the_database_refuses_what_its_own_language_offers_to_rewrite(story):
    """PostgreSQL: TRUNCATE. SQLite: REPLACE, which removes before it adds, from a connection that tells nobody."""
    guard.install(connection)
    columns = ", ".join(field.column for field in JournalEntry._meta.concrete_fields[1:])
    statements = {
        "postgresql": ["TRUNCATE negotiation_journalentry", "TRUNCATE negotiation_journalhead",
                       "TRUNCATE negotiation_negotiation CASCADE"],
        "sqlite": ["REPLACE INTO negotiation_journalentry SELECT * FROM negotiation_journalentry WHERE number = 2",
                   f"REPLACE INTO negotiation_journalentry ({columns}) SELECT {columns} FROM negotiation_journalentry "
                   "WHERE number = 2",
                   "REPLACE INTO negotiation_journalhead SELECT * FROM negotiation_journalhead"],
    }[connection.vendor]
    connection.check_constraints()
    told = connection.vendor == "sqlite" and "PRAGMA recursive_triggers = {}"
    with connection.cursor() as cursor:
        if told:
            cursor.execute(told.format("OFF"))
        for statement in statements:
            with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
                cursor.execute(statement)
        if told:
            cursor.execute(told.format("ON"))
    assert verify() == (5, None)


@pytest.mark.parametrize(("field", "value"), [
    ("reason", "Précisez l’heure."), ("at", datetime(2020, 1, 1, tzinfo=UTC)), ("by_name", "Quelqu’un"), ("by", None),
    ("organisation", ""), ("action", Action.STEP_APPROVE), ("subject", "A2"), ("from_state", State.TODO),
    ("to_state", State.APPROVED), ("progress", None), ("key", "x"), ("details", {"a": 1}), ("hash", "0" * 64)])
def test_an_altered_entry_is_named(story, field, value):
    entry(story, 4).update(**{field: value})
    assert fault(story) == (4, "cet acte n’est plus tel qu’il a été inscrit")


def test_one_character_of_the_details_is_enough(story):
    details = entry(story, 2).get().details
    entry(story, 2).update(details=json.loads(json.dumps(details).replace("S\\u00e9ance", "s\\u00e9ance")))
    assert entry(story, 2).get().details != details
    assert fault(story) == (2, "cet acte n’est plus tel qu’il a été inscrit")
    _, found = verify(story)
    assert f" : {entry(story, 2).get().by_name} ajoute, événement « Séance ») : cet acte" in found.sentence


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps dates and JSON only")
@pytest.mark.parametrize(("column", "value"), [
    ("at", "hier"), ("at", "2026-13-45 99:99:99.000000"), ("at", "0001-01-01"),
    ("details", "{"), ("details", ""), ("details", "{} {}")])
def test_what_cannot_even_be_read_is_altered(story, column, value):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"UPDATE negotiation_journalentry SET {column} = %s WHERE number = 4", [value])
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert fault(story) == (4, "cet acte n’est plus tel qu’il a été inscrit")


@pytest.mark.parametrize(("number", "what"), [
    (1, "cet acte manque"), (3, "cet acte manque"), (5, "cet acte et ceux qui le suivent manquent")])
def test_a_removed_entry_is_missed(story, number, what):
    """The first, one in the middle, the last."""
    entry(story, number).delete()
    assert fault(story) == (number, what)


def test_a_journal_removed_whole_is_missed(story):
    JournalEntry.objects.filter(negotiation=story).delete()
    assert fault(story) == (1, "cet acte manque, et tous les autres")
    JournalHead.objects.filter(chain=story.pk).delete()
    assert fault(story) == (1, "cet acte manque, et tous les autres")


def test_acts_without_dossier_are_missed_too(story):
    for _ in range(2):
        record(Action.RECORD_CHANGE, "réglage", by=None)
    JournalEntry.objects.filter(negotiation=None, number=2).delete()
    assert verify()[1].sentence.startswith("actes sans dossier, acte n° 2 : cet acte et ceux qui le suivent manquent")
    JournalEntry.objects.filter(negotiation=None).delete()
    assert verify()[1].sentence.startswith("actes sans dossier, acte n° 1 : cet acte manque, et tous les autres")


def test_an_entry_beyond_a_hole_at_the_end_hides_nothing(story):
    entry(story, 5).update(number=6)
    assert fault(story) == (5, "cet acte et ceux qui le suivent manquent")


def test_two_entries_that_change_places_are_found(story):
    entry(story, 2).update(number=90)
    entry(story, 3).update(number=2)
    entry(story, 90).update(number=3)
    assert fault(story) == (2, "cet acte ne suit pas celui qui le précède")


def test_a_removed_entry_is_found_when_the_others_are_numbered_again(story):
    entry(story, 2).delete()
    for number in (3, 4, 5):
        entry(story, number).update(number=number - 1)
    assert fault(story) == (2, "cet acte ne suit pas celui qui le précède")


@pytest.mark.parametrize(("number", "found"), [
    (3, (4, "cet acte ne suit pas celui qui le précède")),
    (5, (5, "cet acte n’est pas le dernier que l’application a inscrit"))])
def test_an_entry_sealed_again_is_found_by_what_follows_it(story, number, found):
    one = entry(story, number).get()
    one.reason = "Réécrit avec son empreinte."
    entry(story, number).update(reason=one.reason, hash=seal(told_by(one), story.slug))
    assert fault(story) == found


def test_an_entry_added_underneath_is_found(story):
    last = entry(story, 5).get()
    last.pk, last.number, last.previous = None, 6, last.hash
    last.hash = seal(told_by(last), story.slug)
    last.save(force_insert=True)
    assert fault(story) == (6, "cet acte a été ajouté sans passer par l’application")


def test_an_entry_moved_to_another_dossier_is_missed(story, stranger):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    entry(story, 5).update(negotiation=other, number=2)
    assert fault(story) == (5, "cet acte et ceux qui le suivent manquent")


@pytest.mark.parametrize(("counts", "parts", "bounds"), [
    ({}, 2, []), ({0: 3}, 2, []), ({4: 9}, 3, [4]), ({1: 5, 2: 5}, 2, [1]), ({0: 2, 1: 5, 2: 5, 9: 2}, 2, [1]),
    ({1: 1, 2: 1, 3: 1, 4: 1, 5: 96}, 2, [5]), ({1: 96, 2: 1, 3: 1, 4: 2}, 4, [1]), ({1: 2, 2: 2, 3: 2}, 3, [1, 2])])
def test_processes_share_the_chains_in_about_equal_parts(counts, parts, bounds):
    assert stretches_of(sorted(counts.items()), parts) == [
        Stretch(*both) for both in zip([None, *bounds], [*bounds, None], strict=True)]


def test_each_act_is_in_one_stretch_and_no_fault_is_missed(story, stranger):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    record(Action.RECORD_CHANGE, "réglage", by=None)
    stretches = [Stretch(None, story.pk), Stretch(story.pk, other.pk), Stretch(other.pk, None)]
    assert [verify(stretch=one) for one in stretches] == [(6, None), (1, None), (0, None)]
    entry(other, 1).update(reason="Autre")
    assert [fault and (fault.dossier, fault.number) for _, fault in (verify(stretch=one) for one in stretches)] == [
        None, (other.slug, 1), None]
