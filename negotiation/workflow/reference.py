"""Loads the reference data: creates, updates what nobody edited, leaves what an administrator edited, deletes nothing.

Each row keeps `loaded_digest`, the digest of the values it was loaded with: a row whose values no longer have this
digest was edited by hand, and stays as it is.
"""
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ..models import Grid, Holiday, ReviewLevel
from . import holidays
from .fixtures import TABLES, entries


@dataclass
class Report:
    """What a load did: `created`, `updated`, `kept` (edited by hand) and `absent` (from the files) name rows."""
    created: list = field(default_factory=list)
    updated: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    absent: list = field(default_factory=list)
    unchanged: int = 0

    @property
    def changes(self):
        return len(self.created) + len(self.updated)


def load(directory=None):
    """Load every file of `directory` (fixtures/) and the public holidays, or nothing (FixtureError, in French)."""
    wanted = entries(Path(directory or settings.BASE_DIR / "fixtures"))
    report, known = Report(), {}
    with transaction.atomic():
        wanted[Holiday] = holidays.known()
        for table in TABLES:
            known[table.model] = load_table(table, wanted, known, report)
    return report


def load_table(table, wanted, known, report):
    """Load one model in five queries at most; `known` gives the rows of the models above it, by natural key."""
    related = [name for name in (table.ancestors, *table.relations) if name]
    found = {table.natural_key(row): row for row in table.model.objects.select_related(*related)}
    new, changed, theirs = {}, [], edited_chains(table, found, wanted[table.model])
    for key, values in wanted[table.model].items():
        digest, row = digest_of(table, values), found.get(key)
        if key[:-1] in theirs:
            sort(report, "kept" if row is None or judge(table, row, digest) != "unchanged" else "unchanged",
                 table.name(key))
        elif row is None:
            new[key] = build(table, key, values, digest, known)
        else:
            verdict = judge(table, row, digest)
            if verdict == "updated":
                write(table, row, values, digest, found | new)
                changed.append(row)
            sort(report, verdict, table.name(key))
    report.created += [table.name(key) for key in new]
    report.absent += absent(table, found, wanted)
    table.model.objects.bulk_create(new.values())
    found |= new
    # A row may name another of its own model, which has to be there first.
    for key in new if table.relations else ():
        write(table, new[key], wanted[table.model][key], new[key].loaded_digest, found)
        changed.append(new[key])
    table.model.objects.bulk_update(changed, [*table.fields, "loaded_digest"], batch_size=100)
    return found


def edited_chains(table, found, wanted):
    """The steps whose levels of approval somebody edited, moved or removed: a chain is one thing, and stays whole."""
    if table.model is not ReviewLevel:
        return set()
    def by_step(rows):
        chains = defaultdict(dict)
        for key, values in rows.items():
            chains[key[:-1]][key] = digest_of(table, values)
        return chains
    held, files = by_step({key: current_values(table, row) for key, row in found.items()}), by_step(wanted)
    return {key[:-1] for key, row in found.items()
            if row.loaded_digest != held[key[:-1]][key] and held[key[:-1]] != files[key[:-1]]}


def build(table, key, values, digest, known):
    plain = {label: value for label, value in values.items() if label not in table.relations}
    parent = {table.parent: known[table.above.model][key[:-1]]} if table.parent else {}
    return table.model(**parent, **{table.key: key[-1]}, **plain, loaded_digest=digest)


def judge(table, row, digest):
    """What becomes of a row that exists: « unchanged », « updated » or « kept »."""
    current = digest_of(table, current_values(table, row))
    if digest == row.loaded_digest:
        return "unchanged" if current == digest else "kept"
    # The file has moved: the row follows if it is still as loaded, or already says what the file says.
    return "updated" if current in (row.loaded_digest, digest) else "kept"


def sort(report, verdict, name):
    if verdict == "unchanged":
        report.unchanged += 1
    else:
        getattr(report, verdict).append(name)


def write(table, row, values, digest, rows):
    for label, value in values.items():
        setattr(row, label, value if label not in table.relations else rows.get((value,)))
    row.loaded_digest = digest


def absent(table, found, wanted):
    """Rows loaded once whose code has left the file; an older edition of the grid is not one of them."""
    if table.model is Grid:
        return []
    return [table.name(key) for key, row in found.items() if row.loaded_digest and key not in wanted[table.model]
            and (not table.parent or key[:-1] in wanted[table.above.model])]


def current_values(table, row):
    values = {label: getattr(row, label) for label in table.fields}
    for label in table.relations:
        values[label] = values[label] and table.natural_key(values[label])[0]
    return values


def digest_of(table, values):
    """SHA-256 of the values that are not defaults: a field added to the model later makes no row look edited."""
    told = {label: value for label, value in values.items() if value != table.default(label)}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
