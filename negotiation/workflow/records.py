"""Acts on the records of a dossier (actors, projects, obligations, events, difficulties): add, change, remove.

Each is atomic, checked by the model, refused when somebody else changed the record meanwhile, and journalled with
its values before and after.
"""
import hashlib
import json

from django.db import models, transaction
from django.db.models import ProtectedError

from ..choices import Action
from ..models import Negotiation, StepProgress
from .journal import is_done, record
from .transitions import NotAllowed

STALE = "Cette fiche a été modifiée par quelqu’un d’autre depuis que vous l’avez ouverte. Votre saisie est conservée " \
        "ci-dessous : comparez-la avec la version enregistrée, puis enregistrez de nouveau pour la remplacer."


class Stale(NotAllowed):
    """Somebody changed the record meanwhile; `current` is the record as it stands now."""

    def __init__(self, current):
        super().__init__(STALE)
        self.current = current


def fingerprint_of(text):
    """A short fingerprint of what a page showed; enough to see that it has changed since."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def values(instance):
    """{field name: JSON value} of what the form of this record edits."""
    return {
        field.name: plain(field.value_from_object(instance))
        for field in instance._meta.concrete_fields
        if not field.primary_key and field.name != "negotiation"
    }


def plain(value):
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def fingerprint(instance):
    return fingerprint_of(json.dumps(values(instance), sort_keys=True)) if instance.pk else ""


def lock(negotiation):
    """Writers of one dossier queue here; what they read next is the truth of this instant."""
    return Negotiation.objects.select_for_update(of=("self",)).get(pk=negotiation.pk)


@transaction.atomic
def save(instance, negotiation, *, by, base=None, key=""):
    """Add or change a record. Raises NotAllowed, Stale, ValidationError.

    base: fingerprint of what the page showed; key: one-time key of the form, so that a double click adds one record.
    """
    lock(negotiation)
    if is_done(negotiation, key):
        return instance
    before = stored(instance)
    if before and base is not None and base != fingerprint(before):
        raise Stale(before)
    refuse_closed_step(instance, before)
    instance.full_clean()
    old, new = values(before) if before else {}, values(instance)
    if old == new:
        return instance
    instance.save()
    changed = {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
    record(Action.RECORD_CHANGE if before else Action.RECORD_ADD, label(instance), by=by, negotiation=negotiation,
           details=changed, key=key)
    return instance


@transaction.atomic
def remove(instance, negotiation, *, by):
    """Remove a record; its values stay in the journal. Raises NotAllowed when something still rests on it."""
    lock(negotiation)
    refuse_closed_step(instance, instance)
    told, kept = label(instance), values(instance)
    try:
        instance.delete()
    except ProtectedError:
        raise NotAllowed(f"{told} ne peut pas être supprimé : le plan de financement ou une obligation s’y "
                         "rattache. Retirez-les d’abord.") from None
    record(Action.RECORD_REMOVE, told, by=by, negotiation=negotiation, details={n: [v, None] for n, v in kept.items()})


def stored(instance):
    """The record as the database holds it now. Raises NotAllowed when it has been removed meanwhile."""
    if not instance.pk:
        return None
    found = type(instance).objects.filter(pk=instance.pk).first()
    if not found:
        raise NotAllowed("Cette fiche a été supprimée entre-temps. Votre saisie est conservée ci-dessous.")
    return found


def refuse_closed_step(*instances):
    """A record attached to a step under examination or approved does not change."""
    ids = {i.progress_id for i in instances if i and isinstance(getattr(i, "progress_id", None), int)}
    for progress in StepProgress.objects.filter(pk__in=ids).select_related("step"):
        if not progress.is_editable:
            raise NotAllowed(f"L’étape {progress.step.code} est « {progress.get_state_display()} » : ce qui s’y "
                             "rattache ne se modifie plus.")


def label(instance: models.Model):
    return f"{instance._meta.verbose_name} « {instance} »"
