"""From a dossier to the members of its archive. Reads everything, the confidential too: it is for the administrator.

Refuses a dossier whose journal was altered, or a file that the store has lost.
"""
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from ...files.bundle import as_json
from ...files.storage import path_of
from ...models import (
    Actor,
    Document,
    FrozenContent,
    GridActor,
    JournalEntry,
    Negotiation,
    Organisation,
    Origin,
    Region,
    StepProgress,
    User,
)
from ...models.origin import NAMED
from ..chain import verify
from ..records import lock
from ..transitions import NotAllowed
from .tables import DOSSIER, EDITIONS, FORMAT, GRID, ORGANISATIONS, PEOPLE, ROWS, TABLES, VERSION

README = """Archive du dossier « {title} » ({slug})
Contrat-Plan État-Région ou District, application CPER/D

dossier.json : le dossier, fiche par fiche. grid.json : la grille qu’il suit. people.json, organisations.json : qui est
nommé. journal.json : chaque acte, avec son empreinte. pieces/ : chaque version de chaque pièce. editions/ : chaque
édition du livret, en PDF et en données. manifeste.json : la taille et l’empreinte SHA-256 de tout ce qui précède.

Cette archive contient ce qui est réservé à l’équipe de la Région (mandat, scénarios, réponses et pièces réservées) :
ne la confiez qu’à l’administration de l’application. Format {version}, décrit dans docs/archive.md.
Pour la restaurer : manage.py import_dossier FICHIER.zip
"""


@dataclass(frozen=True)
class Gathered:
    """told: the first words of the manifest; members: {name: bytes, or a function that opens the stored file}."""
    told: dict
    members: dict


def gather(negotiation):
    """The whole archive of a dossier, as it is at one instant. Raises NotAllowed."""
    # While it is read, nobody writes.
    with transaction.atomic():
        negotiation = lock(negotiation)
        _, fault = verify(negotiation)
        if fault:
            raise NotAllowed(f"Le journal de ce dossier est altéré, l’archive n’est pas écrite : {fault.sentence}")
        return members_of(negotiation)


def members_of(negotiation):
    """The same, without a word on the journal."""
    rows = {table.model: sort(table, read(table, negotiation)) for table in ROWS}
    grid = {table.model: sort(table, read(table, negotiation.grid)) for table in GRID}
    places = Places({Negotiation: [negotiation]} | rows | grid)
    told = {table.name: [row_of(table, row, places) for row in rows[table.model]] for table in ROWS}
    journal, contents = told.pop("journal"), rows[FrozenContent]
    dossier = row_of(DOSSIER, negotiation, places)
    texts = {
        "dossier.json": {"dossier": dossier} | told,
        "journal.json": {"entries": journal, "origins": origins(negotiation, rows, places)},
        "grid.json": {table.name: [row_of(table, row, places) for row in grid[table.model]] for table in GRID},
        # Named by the rows above: read when they have all been told.
        "organisations.json": {"organisations": places.told(ORGANISATIONS)},
        "people.json": {"people": places.told(PEOPLE)},
    }
    members = {name: as_json(value) for name, value in texts.items()}
    members["LISEZ-MOI.txt"] = README.format(title=negotiation.title, slug=negotiation.slug, version=VERSION).encode()
    members |= {f"{EDITIONS}{one.booklet.number}.json": one.text.encode() for one in contents}
    members |= files(rows)
    return Gathered({"format": FORMAT, "version": VERSION, "slug": negotiation.slug}, members)


def read(table, owner):
    """The rows of one model that belong to a dossier, or to its grid."""
    mine = {table.path: owner.pk} if table.path else {"pk": owner.pk}
    related = {path.removeprefix("-").rpartition("__")[0] for path in (*table.key, *table.order)} - {""}
    found = table.model._default_manager.filter(**mine)
    return list(found.select_related(*related) if related else found)


def sort(table, rows):
    """In the order of the table, by the values themselves: databases order texts differently."""
    for path in reversed(table.order):
        name = path.removeprefix("-").replace("__", ".")
        rows.sort(key=lambda row, name=name: followed(row, name), reverse=path.startswith("-"))
    return rows


def followed(row, name):
    for part in name.split("."):
        row = getattr(row, part)
    return row


class Places:
    """What names a row in the archive: its key where it has one, else its place in its list, from 1."""

    def __init__(self, found):
        """found: {model: its rows, in order}."""
        self.of = {table.model: {row.pk: table.name_of(row) if table.key else place
                                 for place, row in enumerate(found.get(table.model, ()), 1)} for table in TABLES}
        self.of[Region] = dict(Region.objects.values_list("pk", "slug"))
        self.of[GridActor] = dict(GridActor.objects.values_list("pk", "code"))
        self.of[Organisation] = dict(Organisation.objects.values_list("pk", "name"))
        self.of[User] = dict(User.objects.values_list("pk", "email"))
        self.named = {Organisation: set(), User: set()}
        self.by_word = {table.model._meta.model_name: self.of[table.model] for table in ROWS}

    def name(self, model, key):
        """The name of the row of this key; None for none."""
        if key is None:
            return None
        self.named.setdefault(model, set()).add(key)
        return self.of[model][key]

    def place(self, word, key):
        """The same for a key inside another value (keys.py)."""
        return self.by_word[word].get(key, -abs(key))

    def told(self, table):
        """The rows of a model that something in the archive names."""
        found = sort(table, list(table.model._default_manager.filter(pk__in=self.named[table.model])))
        return [row_of(table, row, self) for row in found]


def row_of(table, row, places):
    """{field: value} of one row."""
    values = {} if table.key else {"id": places.of[table.model][row.pk]}
    for field in table.fields:
        value = getattr(row, field.attname)
        if field.is_relation:
            value = places.name(field.related_model, value)
        elif field.name in table.moved:
            value = table.moved[field.name](value, places.place)
        values[field.name] = plain(value)
    return values


def plain(value):
    """A value as JSON says it; an instant in the one way in which it is sealed."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value if value is None or isinstance(value, str | int | bool | float | list | dict) else str(value)


def origins(negotiation, rows, places):
    """Under which keys the acts were sealed: those of each former installation, then those of this one."""
    journal, known = rows[JournalEntry], list(Origin.objects.filter(negotiation=negotiation))
    last = journal[-1].number if journal else 0
    if not known or known[-1].until < last:
        known.append(here(negotiation, rows, last))
    return [{"until": origin.until, "negotiation": origin.keys["negotiation"]} | {
        kind: {str(places.of[model][int(key)]): there for key, there in origin.keys[kind].items()
               if int(key) in places.of[model]} for kind, model in KINDS.items()} for origin in known]


KINDS = dict(zip(NAMED, (User, StepProgress, Actor, Document), strict=True))


def here(negotiation, rows, until):
    keys = {kind: {str(row.pk): row.pk for row in rows[model]} for kind, model in KINDS.items() if model is not User}
    keys["user"] = {str(key): key for key in {entry.by_id for entry in rows[JournalEntry]} - {None}}
    return Origin(negotiation=negotiation, until=until, keys=keys | {"negotiation": negotiation.pk})


def files(rows):
    """{member: function that opens it}. Raises NotAllowed when one is missing."""
    found = {table.member(row): row for table in ROWS if table.member for row in rows[table.model]}
    for member, row in found.items():
        if not path_of(row.sha256).is_file():
            raise NotAllowed(f"Le fichier « {getattr(row, 'file_name', member)} » manque au rangement des pièces "
                             f"(FILES_ROOT) : restaurez-le d’une sauvegarde (empreinte {row.sha256}), puis exportez de "
                             "nouveau.")
    return {member: opener(row.sha256) for member, row in found.items()}


def opener(sha256):
    return lambda: path_of(sha256).open("rb")


