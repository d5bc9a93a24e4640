"""What pages show of one record, in words: what it leaves empty, what differs between two versions of it."""
from datetime import date

from django.db import models
from django.utils.formats import date_format

from .. import money
from ..models import Document, StepProgress


def differences(theirs, mine):
    """[(label, the stored value in words)] for the fields in which the stored record differs from what was typed."""
    return [(field.verbose_name, told(theirs, field)) for field in theirs._meta.concrete_fields
            if field.editable and not field.primary_key and field.name != "negotiation"
            and field.value_from_object(theirs) != field.value_from_object(mine)]


def told(record, field):
    """One value as a person reads it; "" when there is none."""
    value = getattr(record, field.name)
    if field.choices:
        return getattr(record, f"get_{field.name}_display")()
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, int):
        return money.format(value) if isinstance(field, models.BigIntegerField) else small(field, value)
    if isinstance(value, Document):
        return value.label
    if isinstance(value, StepProgress):
        return str(value.step)
    return "" if value is None else str(value)


def small(field, value):
    """A number that is no amount: a share is in tenths of a percent, a year is a year."""
    return money.percent(value) if field.name == "share" else str(value)


def blanks(record, *names):
    """« Lieu, participants »: the labels of the fields that say nothing; "" when all do."""
    labels = ", ".join(record._meta.get_field(name).verbose_name for name in names if not getattr(record, name))
    return labels[:1].upper() + labels[1:]
