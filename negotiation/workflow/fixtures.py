"""Reads the files of reference data and checks them whole: every fault is told in words, with its file and code."""
import json
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from ..choices import UNDECIDED, Check, SourceStatus, is_decided
from ..models import (
    AttentionPoint,
    ExpectedDocument,
    Grid,
    GridActor,
    GridActorRole,
    Holiday,
    KnownDifficulty,
    Phase,
    Question,
    Region,
    ReviewLevel,
    Source,
    Step,
    StepActor,
    StepDifficulty,
    Term,
    Text,
)

FILES = ("sources", "texts", "glossary", "regions", "grid", "difficulties", "actors")
STATED = ("sources", "source_status")
LASTING = ("duration", "min_days", "max_days")
# What a stated reliability must cite: the first letter of at least one of its sources.
CITED = {SourceStatus.SOURCED: ("S", "malienne"), SourceStatus.COMPARATIVE: ("C", "de comparaison")}


class FixtureError(Exception):
    """Reference files that cannot be loaded: `faults` are French sentences, one a fault."""

    def __init__(self, faults):
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Table:
    """How one model is loaded: its key (within its parent) and the fields that come from the file."""
    model: type
    file: str
    key: str
    fields: tuple
    parent: str = ""

    @property
    def above(self):
        return TABLE_OF[self.model._meta.get_field(self.parent).related_model] if self.parent else None

    @property
    def ancestors(self):
        """« step__phase__grid » for a question: what to fetch to know its natural key."""
        further = self.above.ancestors if self.parent else ""
        return f"{self.parent}__{further}" if further else self.parent

    @property
    def relations(self):
        return [label for label in self.fields if self.model._meta.get_field(label).is_relation]

    def natural_key(self, row):
        own = (getattr(row, self.key),)
        return self.above.natural_key(getattr(row, self.parent)) + own if self.parent else own

    def name(self, key):
        """« question A1.Q2 », « rôle par phase cr / A »."""
        own = f"{key[-2]} / {key[-1]}" if self.parent and self.key != "code" else key[-1]
        return f"{self.model._meta.verbose_name} {own}"

    def default(self, label):
        return self.model._meta.get_field(label).get_default()


TABLES = (
    Table(Source, "sources", "code", ("origin", "label", "url", "note")),
    Table(Text, "texts", "order", ("title", "contribution", "sources")),
    Table(Term, "glossary", "slug", ("term", "expansion", "definition", "english", "aliases", "sources")),
    Table(Region, "regions", "slug", ("kind", "name", "capital", "code_ct", "code_ca", "iso", "codes_to_check",
                                      "origin", "note", "sources")),
    Table(Grid, "grid", "code", ("title", "note", "sources")),
    Table(Phase, "grid", "code", ("title", "goal", "lead", "other_actors", "inputs", "outputs", "difficulties",
                                  "measures", "gate", *LASTING, "duration_status", *STATED), "grid"),
    Table(Step, "grid", "code", ("title", "objective", *LASTING, "validation", "validation_status", "source_note",
                                 "checks", *STATED), "phase"),
    Table(StepActor, "grid", "order", ("role", "name", *STATED), "step"),
    Table(ReviewLevel, "grid", "order", ("kind", "parties", "rule", "quorum", "mode", "delay_days", *STATED), "step"),
    Table(Question, "grid", "code", ("text", "confidential", *STATED), "step"),
    Table(ExpectedDocument, "grid", "code", ("name", "required", "confidential", *STATED), "step"),
    Table(AttentionPoint, "grid", "code", ("text", *STATED), "step"),
    Table(StepDifficulty, "grid", "code", ("family", "difficulty", "measure", *STATED), "step"),
    Table(KnownDifficulty, "difficulties", "code", ("family", "text", "evidence", "sources", "remedy",
                                                    "remedy_sources", "remedy_status", "note")),
    Table(GridActor, "actors", "code", ("acronym", "name", "side", "role", "matrix_order", "financier", *STATED)),
    Table(GridActorRole, "actors", "phase", ("role", "attested", "note"), "actor"),
    # No file of ours: workflow/holidays.py gives its rows.
    Table(Holiday, "", "code", ("date", "name", "is_closed")),
)
TABLE_OF = {table.model: table for table in TABLES}
# The lists of a step in grid.json, and what each is a list of.
ITEMS = {"actors": StepActor, "levels": ReviewLevel, "questions": Question, "documents": ExpectedDocument,
         "attention": AttentionPoint, "difficulties": StepDifficulty}


def entries(directory):
    """{model: {natural key: values}} of every row of the files, all valid; or FixtureError with every fault."""
    content = read(directory)
    try:
        found = list(flatten(content))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FixtureError([f"Les fichiers n’ont pas la forme attendue ({type(error).__name__} : {error})."]) from None
    faults, rows = [], {table.model: {} for table in TABLES}
    for table, key, data in found:
        values, wrong = clean(table, key, data)
        if key in rows[table.model]:
            wrong.append("ce code est employé deux fois.")
        rows[table.model][key] = values
        faults += told(table, key, wrong)
    faults = faults or cross_check(rows)
    if faults:
        raise FixtureError(faults)
    return rows


def told(table, key, faults):
    return [f"{table.file}.json, {table.name(key)} : {fault}" for fault in faults]


def read(directory):
    """{file name: its JSON}."""
    content, faults = {}, []
    for name in FILES:
        try:
            content[name] = json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))
        except OSError:
            faults.append(f"{name}.json : le fichier manque ou ne peut pas être lu.")
        except ValueError as error:
            faults.append(f"{name}.json : ce n’est pas du JSON ({error}).")
    if faults:
        raise FixtureError(faults)
    return content


def flatten(content):
    """Every row of the files as (table, natural key, data); what is nested gives rows of its own."""
    for file, model in (("sources", Source), ("texts", Text), ("glossary", Term), ("regions", Region),
                        ("difficulties", KnownDifficulty)):
        for data in content[file]:
            yield row(model, (), data)
    for data in content["actors"]:
        yield row(GridActor, (), data, without=("roles",))
        for phase, cell in data.get("roles", {}).items():
            yield row(GridActorRole, (data["code"],), cell | {"phase": phase})
    yield from flatten_grid(content["grid"])


def flatten_grid(content):
    grid = (content["grid"]["code"],)
    yield row(Grid, (), content["grid"])
    for phase in content["phases"]:
        yield row(Phase, grid, phase, without=("steps",))
        for step in phase["steps"]:
            yield row(Step, (*grid, phase["code"]), step, without=ITEMS)
            for items, model in ITEMS.items():
                for order, item in enumerate(step.get(items, []), 1):
                    numbered = item | {"order": order} if TABLE_OF[model].key == "order" else item
                    yield row(model, (*grid, phase["code"], step["code"]), numbered)


def row(model, parent, data, without=()):
    table = TABLE_OF[model]
    own = {label: value for label, value in data.items() if label != table.key and label not in without}
    return table, (*parent, data[table.key]), own


def clean(table, key, data):
    """(values of the fields of the table, faults in words) of one row."""
    faults = [f"le champ « {label} » est inconnu." for label in data if label not in table.fields]
    values = {label: data.get(label, table.default(label)) for label in table.fields}
    for label, value in (values | {table.key: key[-1]}).items():
        column = table.model._meta.get_field(label)
        if column.choices and value not in dict(column.flatchoices):
            expected = ", ".join(str(choice) for choice, _ in column.flatchoices)
            faults.append(f"« {label} » vaut « {value} », valeur inconnue (attendu : {expected}).")
        elif not column.is_relation:
            try:
                column.clean(value, None)
            except ValidationError as error:
                faults.append(f"« {label} » : {' '.join(error.messages)}")
    return values, faults


def cross_check(rows):
    """What rows say of one another: sources, statuses, checks, origins, phases and durations."""
    known = {
        "sources": {code for code, in rows[Source]},
        "regions": {slug for slug, in rows[Region]},
        "phases": {code for _, code in rows[Phase]},
        "steps": {code for *_, code in rows[Step]},
        "actors": {code for code, in rows[GridActor]},
    }
    faults = undecided(rows[ReviewLevel])
    for table in TABLES:
        for key, values in rows[table.model].items():
            faults += told(table, key, [*citations(values, known["sources"]), *measures(values),
                                        *named(values, known)])
            if values.get("origin") and table.model is Region and values["origin"] not in known["regions"]:
                faults += told(table, key, [f"Région d’origine « {values['origin']} » inconnue."])
            if table.model is GridActorRole and key[-1] not in known["phases"]:
                faults += told(table, key, [f"phase « {key[-1]} » inconnue de la grille."])
    return faults


def undecided(levels):
    """The steps whose last level is an opinion. levels: {natural key: values}, in the order of the file."""
    kinds = defaultdict(list)
    for (*step, _), values in levels.items():
        kinds[tuple(step)].append(values["kind"])
    return [fault for step, chain in kinds.items() if not is_decided(chain)
            for fault in told(TABLE_OF[Step], step, [UNDECIDED])]


def citations(values, known):
    """Sources that are not in sources.json, and a reliability that rests on nothing."""
    cited = [*values.get("sources", []), *values.get("remedy_sources", [])]
    for code, times in Counter(code for code in cited if code not in known).items():
        yield f"source « {code} » inconnue de sources.json" + (f" (citée {times} fois)." if times > 1 else ".")
    for status, sources in (("source_status", "sources"), ("duration_status", "sources"),
                            ("remedy_status", "remedy_sources")):
        letter, kind = CITED.get(values.get(status), ("", ""))
        if letter and not any(code.startswith(letter) for code in values[sources]):
            yield f"« {status} » vaut « {values[status]} » sans citer de source {kind}."


def named(values, known):
    """Actors that a level of approval names, steps that a gate names, and are not in the files."""
    for code in values.get("parties", []):
        if code not in known["actors"]:
            yield f"l’acteur « {code} » est inconnu de actors.json."
    for code in values.get("gate", []):
        if code not in known["steps"]:
            yield f"l’étape « {code} » de « gate » est inconnue de la grille."


def measures(values):
    for check in values.get("checks", []):
        if check not in Check.values:
            yield f"contrôle « {check} » inconnu (attendu : {', '.join(Check.values)})."
    if values.get("min_days", 0) > values.get("max_days", 0):
        yield "la durée maximale est plus courte que la minimale."
