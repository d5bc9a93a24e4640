"""From the rows of an archive to rows of this database: every value is checked, every name is looked up here.

Refuses, in whole sentences, what an export could not have written.
"""
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models

from ...models import GridActor, Region
from ..transitions import NotAllowed

MALFORMED = "L’archive n’est pas telle que l’export l’écrit : {}. Exportez de nouveau le dossier, puis importez-la."
# What JSON gives for each kind of field; a bool is an int for Python, not for us.
KINDS = ((models.BooleanField, bool), (models.IntegerField, int), (models.JSONField, object))
# What `load_grid` gives every installation, and no archive brings.
LOADED = (Region, GridActor)
LOAD = " Chargez d’abord ici les données de référence (manage.py load_grid), puis recommencez."


class Here:
    """The rows of this database by what names them in the archive: {model: {name: key}}; filled as they are made."""

    def __init__(self):
        self.keys, self.by_word = {}, {}

    def add(self, table, name, row):
        self.keys.setdefault(table.model, {})[name] = row.pk
        self.by_word.setdefault(table.model._meta.model_name, self.keys[table.model])

    def find(self, model, name):
        if name is None:
            return None
        known = self.keys.get(model, {})
        if not isinstance(name, str | int) or isinstance(name, bool) or name not in known:
            remedy = LOAD if model in LOADED and not known else ""
            raise NotAllowed(f"L’archive nomme « {name} » ({model._meta.verbose_name}), qui n’existe ni en elle ni sur "
                             f"cette installation.{remedy}")
        return known[name]

    def place(self, word, place):
        """The key of a row from its place, inside another value (keys.py); a negative one names a removed row."""
        return self.by_word.get(word, {}).get(place, -abs(place))


def malformed(what):
    return NotAllowed(MALFORMED.format(what))


def listed(document, name, member):
    """A list of rows, each a dict. Raises NotAllowed."""
    found = document.get(name) if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise malformed(f"« {member} » n’a pas de liste « {name} »")
    return found


def formed(table, told, here, place=None, **given):
    """A row of the model, not saved. told: its values in the archive; given: those that the archive does not tell."""
    where = f"{table.name}, {place or 'fiche unique'}"
    unknown = set(told) - {field.name for field in table.fields} - {"id"}
    if unknown:
        raise malformed(f"« {min(unknown)} » y est inconnu ({where})")
    if place and not table.key and told.get("id") != place:
        raise malformed(f"les fiches n’y sont pas dans l’ordre ({where})")
    row = table.model(**given)
    for field in table.fields:
        if field.name in told:
            value = told[field.name]
            if field.name in table.moved:
                value = moved(table.moved[field.name], value, here, f"{where}, {field.name}")
            setattr(row, field.attname, read(field, value, here, f"{where}, {field.name}"))
        elif not (field.has_default() or field.null or field.blank):
            raise malformed(f"« {field.name} » y manque ({where})")
    return row


def moved(move, value, here, where):
    try:
        return move(value, here.place)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise malformed(f"valeur illisible ({where})") from None


def read(field, value, here, where):
    """The value of a field, of the kind and within the limits of its model."""
    if field.is_relation:
        found = here.find(field.related_model, value)
        if found is None and not field.null:
            raise malformed(f"un nom y manque ({where})")
        return found
    if value is None:
        if not field.null:
            raise malformed(f"une valeur y manque ({where})")
        return None
    try:
        value = typed(field, value)
        if field.choices and value not in dict(field.flatchoices) and not (field.blank and value == ""):
            raise ValueError(value)
        field.run_validators(value)
    except (ValueError, TypeError, ValidationError):
        raise malformed(f"valeur refusée ({where})") from None
    return value


def typed(field, value):
    """Raises ValueError, TypeError."""
    if isinstance(field, models.DateTimeField):
        if not (found := datetime.fromisoformat(value)).tzinfo:
            raise ValueError(value)
        return found
    if isinstance(field, models.DateField):
        return date.fromisoformat(value)
    kind = next((kind for known, kind in KINDS if isinstance(field, known)), str)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(value)
    return value


def insert(row):
    """Write a row as it is told: no date is set again, nothing is added."""
    row.save_base(raw=True, force_insert=True)
    return row
