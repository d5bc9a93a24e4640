"""No model nor field of the application is missing from the archive unless somebody has said why."""
import datetime
import itertools

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from negotiation.models import (
    Booklet,
    DocumentVersion,
    FrozenContent,
    Grid,
    Signature,
    edition_guard,
    guard,
    signature_guard,
)
from negotiation.workflow.archives.gathering import members_of
from negotiation.workflow.archives.tables import DOSSIER, ELSEWHERE, GRID, ROWS, TABLES

from ..whole_dossier import whole

# JSON values that hold no key of a row, and what they hold.
WITHOUT_KEYS = {
    "Grid.sources": "codes", "Phase.sources": "codes", "Phase.gate": "codes of steps", "Step.sources": "codes",
    "Step.checks": "words of choices.Check", "StepActor.sources": "codes", "ReviewLevel.sources": "codes",
    "ReviewLevel.parties": "codes of actors of the grid", "Question.sources": "codes",
    "ExpectedDocument.sources": "codes", "AttentionPoint.sources": "codes", "StepDifficulty.sources": "codes",
    "Position.plan_before": "names of the day", "JournalEntry.details": "sealed as it is: models/origin.py",
}


def test_every_model_is_in_the_archive_or_left_out_for_a_reason():
    """A new model: add it to workflow/archives/tables.py, in ROWS, or in ELSEWHERE with its reason."""
    known = {model.__name__ for model in apps.get_app_config("negotiation").get_models()}
    told = [table.model.__name__ for table in TABLES]
    assert sorted(told) == sorted(set(told))
    assert known == {*told, *ELSEWHERE}
    assert set(told) & set(ELSEWHERE) == set()
    assert all(ELSEWHERE.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_field_is_in_the_archive_or_left_out_for_a_reason(table):
    fields = {field.name: field for field in table.model._meta.get_fields()
              if field.concrete and not (field.primary_key and not field.is_relation)}
    many = {name for name, field in fields.items() if field.many_to_many}
    assert many == ({"groups", "user_permissions"} if table.name == "people" else set())
    assert {field.name for field in table.fields} == set(fields) - many - set(table.left_out)
    assert set(table.left_out) <= set(fields)
    assert all(table.left_out.values())


def test_every_value_that_may_hold_keys_of_rows_has_been_thought_of():
    """A new JSON field of a dossier: say in tables.py how its keys are moved, or here that it has none."""
    found = {f"{table.model.__name__}.{field.name}": field.name in table.moved for table in TABLES
             for field in table.fields if isinstance(field, models.JSONField)}
    assert {name for name, moved in found.items() if not moved} == set(WITHOUT_KEYS)


def test_every_row_of_a_stored_file_says_where_the_file_is():
    """A new model with a fingerprint and a size: give its table a `member`."""
    stored = [table.name for table in ROWS if {"sha256", "size"} <= {field.name for field in table.fields}]
    assert stored == [table.name for table in ROWS if table.member]


def test_every_row_is_told_before_those_that_name_it():
    seen = {table.model for table in TABLES} - {table.model for table in ROWS}
    for table in ROWS:
        named = {field.related_model for field in table.fields if field.is_relation}
        assert {model for model in named if model in {one.model for one in ROWS}} <= seen | {table.model}, table.name
        seen.add(table.model)


class Marks:
    """Gives each field of each row a value that nothing else has, and remembers how the archive says it."""

    def __init__(self):
        self.numbers, self.expected = itertools.count(1), {}

    def value(self, field):
        """(what the database keeps, what the archive says), or nothing for a field that must stay."""
        number = next(self.numbers)
        if isinstance(field, models.DateTimeField):
            at = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=number)
            return at, f'"{at:%Y-%m-%dT%H:%M:%S}.000000Z"'
        if isinstance(field, models.DateField):
            day = datetime.date(2100, 1, 1) + datetime.timedelta(number)
            return day, f'"{day}"'
        if isinstance(field, models.BigIntegerField):
            return 700_000_000_000 + number, f" {700_000_000_000 + number}"
        if isinstance(field, models.CharField | models.TextField):
            mark = f"zq{number:06}"
            return (mark, f'"{mark}"') if (field.max_length or 99) >= len(mark) else None
        return None

    def put(self, table, row):
        found = {field: marked for field in table.fields
                 if not field.is_relation and not field.choices and (table.model, field.name) not in KEPT
                 and (marked := self.value(field))}
        # Together, so that dates stay in order; else one by one, since the database refuses some beside others.
        if not self.written(table, row, found):
            for field, marked in found.items():
                self.written(table, row, {field: marked})

    def written(self, table, row, found):
        try:
            with transaction.atomic():
                table.model._base_manager.filter(pk=row.pk).update(**{
                    field.name: value for field, (value, _) in found.items()})
        except IntegrityError:
            return False
        self.expected |= {f"{table.model.__name__}.{field.name} {row.pk}": shown for field, (_, shown) in found.items()}
        return True


# What a mark would break: the names of files, which must be there, and a name that every phase repeats.
KEPT = {(Grid, "code"), (DocumentVersion, "sha256"), (DocumentVersion, "kind"), (Booklet, "sha256"),
        (FrozenContent, "text"), (Signature, "sha256"), (Signature, "kind")}
# Too short for a mark: codes by which rows are named, seen in every reference; letters of the matrix.
SHORT = {"Phase.code", "Step.code"}


@pytest.mark.django_db
def test_every_field_of_every_row_is_in_the_archive_exactly_once():
    dossier, marks = whole(), Marks()
    guard.lift(connection)
    edition_guard.lift(connection)
    signature_guard.lift(connection)
    for tables, owner in ((ROWS, dossier.pk), (GRID, dossier.grid_id), ((DOSSIER,), dossier.pk)):
        for table in tables:
            for row in table.model._base_manager.filter(**{table.path or "pk": owner}):
                marks.put(table, row)
    dossier.refresh_from_db()
    members = members_of(dossier).members
    text = "\n".join(members[name].decode() for name in ("dossier.json", "journal.json", "grid.json"))
    assert {label: text.count(shown) for label, shown in marks.expected.items() if text.count(shown) != 1} == {}
    assert len(marks.expected) > 1_500
    markable = {f"{table.model.__name__}.{field.name}" for table in (*ROWS, *GRID, DOSSIER) for field in table.fields
                if not field.is_relation and not field.choices and (table.model, field.name) not in KEPT
                and isinstance(field, models.CharField | models.TextField | models.DateField | models.BigIntegerField)}
    assert markable - {label.split(" ")[0] for label in marks.expected} == SHORT


@pytest.mark.django_db
def test_every_file_is_in_the_archive_under_its_fingerprint():
    dossier = whole()
    members = members_of(dossier).members
    pieces = {f"pieces/{one.sha256}.{one.kind}" for one in DocumentVersion.objects.all()}
    numbers = set(Booklet.objects.values_list("number", flat=True))
    editions = {f"editions/{number}.{kind}" for number in numbers for kind in ("pdf", "json")}
    assert (len(pieces) > 3, numbers) == (True, {1, 2, 3})
    scans = {f"signatures/{one.sha256}.{one.kind}" for one in Signature.objects.all()}
    assert len(scans) == 3
    assert {name for name in members if "/" in name} == pieces | editions | scans
    for content in FrozenContent.objects.select_related("booklet"):
        assert members[f"editions/{content.booklet.number}.json"].decode() == content.text
