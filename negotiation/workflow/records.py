"""Acts on the records of a dossier (actors, projects, obligations, events, difficulties): add, change, remove.

Each is atomic, checked by the model, refused when somebody else changed the record meanwhile, and journalled with
its values before and after.
"""
import json
from collections import Counter
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, ProtectedError
from django.db.models.deletion import Collector
from django.utils.text import get_text_list

from ..choices import Action
from ..elements import key_of, part_of
from ..folding import fold
from ..models import Actor, Mandate, Negotiation, Project, StepProgress
from . import correction, notices
from .authors import Authors
from .journal import fingerprint_of, is_done, one_time, record
from .locks import for_update
from .transitions import NotAllowed

STALE = "Cette fiche a été modifiée{} depuis que vous l’avez ouverte. Votre saisie est conservée ci-dessous : " \
        "comparez-la avec la version enregistrée, puis enregistrez de nouveau pour la remplacer."
STALE_REMOVAL = "Cette fiche a été modifiée{} depuis que vous l’avez ouverte : relisez-la avant de la supprimer."
GONE = "Cette fiche a été supprimée entre-temps{}. Votre saisie est conservée ci-dessous : enregistrez-la de nouveau " \
       "pour en faire une nouvelle fiche."
SAME_NAME = {Actor: "Un acteur de ce nom figure déjà dans la négociation : « {} ».",
             Project: "Un projet de ce nom figure déjà dans la négociation : « {} »."}
CONFUSED = "« {} » {} dans la négociation : les tableaux les confondraient. Donnez un autre {}."


class Stale(NotAllowed):
    """Somebody changed the record meanwhile; `current` is the record as it stands now."""

    def __init__(self, current, author):
        super().__init__(STALE.format(author.by))
        self.current = current


class Gone(NotAllowed):
    """Somebody removed the record meanwhile; base: the fingerprint of what the page showed."""

    def __init__(self, negotiation, base, *, by):
        removals = Authors(negotiation, Action.RECORD_REMOVE, reader=by)
        super().__init__(GONE.format(removals.of(lambda entry: seal(
            {name: value for name, (value, _) in entry.details.items()}) == base).by))


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
    return seal(values(instance)) if instance.pk else ""


def seal(told):
    return fingerprint_of(json.dumps(told, sort_keys=True))


def author_since(current, base, negotiation, *, by):
    """Who changed the record last since `base` was shown: nobody, unless the journal leads from now back to it."""
    authors, was, last = Authors(negotiation, Action.RECORD_CHANGE, reader=by), values(current), None
    for entry in authors.entries:
        if all(name in was and was[name] == new for name, (_, new) in entry.details.items()):
            was |= {name: old for name, (old, _) in entry.details.items()}
            last = last or entry
            if seal(was) == base:
                return authors.named(last)
    return authors.named(None)


def lock(negotiation):
    """Writers of one dossier queue here; what they read next is the truth of this instant.

    Order of locks, everywhere: the dossier, then its steps, then the end of its journal (`record`). NO KEY, because a
    line of the journal that another act writes refers to the dossier: a full lock would make the two wait for each
    other.
    """
    return for_update(Negotiation.objects).get(pk=negotiation.pk)


@transaction.atomic
def save(instance, negotiation, *, by, base=None, key=""):
    """Add or change a record. Raises NotAllowed, Stale, ValidationError.

    base: fingerprint of what the page showed; key: one-time key of the form, so that a double click adds one record.
    """
    lock(negotiation)
    key = one_time(key, instance._meta.model_name, instance.pk, values(instance))
    if is_done(negotiation, key):
        return instance
    before = stored(instance, negotiation, base, by=by)
    old = values(before) if before else {}
    refuse_foreign(instance, negotiation)
    refuse_closed_step(before or instance, instance)
    # As it was, and as it becomes: a representative may change actor.
    refuse_uncorrected(before or instance, negotiation)
    refuse_uncorrected(instance, negotiation)
    refuse_same_name(instance, old.get("name"))
    refuse_same_acronym(instance, before)
    instance.full_clean()
    if old == values(instance):
        return instance
    if before and base is not None and base != fingerprint(before):
        raise Stale(before, author_since(before, base, negotiation, by=by))
    if not before:
        place_last(instance, negotiation)
    begin_correction(negotiation, before or instance, instance)
    instance.save()
    new = values(instance)
    record(Action.RECORD_CHANGE if before else Action.RECORD_ADD, label(instance), by=by, negotiation=negotiation,
           details={name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}, key=key)
    tell(instance, negotiation, by=by)
    return instance


@transaction.atomic
def remove(instance, negotiation, *, by, base=None, key=""):
    """Remove a record; its values stay in the journal. Raises NotAllowed when something still rests on it."""
    lock(negotiation)
    before = type(instance).objects.filter(pk=instance.pk).first()
    refuse_closed_step(before)
    if not before:
        raise Gone(negotiation, base, by=by)
    refuse_uncorrected(before, negotiation)
    if base is not None and base != fingerprint(before):
        raise NotAllowed(STALE_REMOVAL.format(author_since(before, base, negotiation, by=by).by))
    if reasons := resting_on(before):
        raise NotAllowed(*reasons)
    begin_correction(negotiation, before)
    told, kept = label(before), [(label(r), values(r)) for r in [*dependents(before), before]]
    before.delete()
    for name, was in kept:
        record(Action.RECORD_REMOVE, name, by=by, negotiation=negotiation,
               details={field: [value, None] for field, value in was.items()}, key=key if name == told else "")
    tell(instance, negotiation, by=by)


def begin_correction(negotiation, *instances):
    """What a returned step holds, alone or with others, or names, is about to change."""
    kind = type(instances[0])
    named_in = correction.NAMED_IN.get(kind, ()) if instances[0].pk else ()
    correction.begin(negotiation, {correction.PARTS.get(kind), *named_in},
                     {getattr(one, "progress_id", None) for one in instances})


def tell(instance, negotiation, *, by):
    """What several steps share may have been approved with one of them."""
    if part := correction.PARTS.get(type(instance)):
        notices.changed_since(negotiation, part, by=by)


def stored(instance, negotiation, base, *, by):
    """The record as the database holds it now. Raises Gone when it has been removed meanwhile."""
    if not instance.pk:
        return None
    found = type(instance).objects.filter(pk=instance.pk).first()
    if not found:
        raise Gone(negotiation, base, by=by)
    return found


def refuse_foreign(instance, negotiation):
    """What a record names (its step, its actor) belongs to the same dossier."""
    for field in instance._meta.concrete_fields:
        named = getattr(instance, field.name) if field.is_relation else None
        if getattr(named, "negotiation_id", negotiation.pk) != negotiation.pk:
            raise NotAllowed(f"Le champ « {field.verbose_name} » désigne une fiche d’un autre dossier.")
        if getattr(named, "is_confidential", False):
            raise NotAllowed(f"« {named} » est réservée à l’équipe de la Région : elle ne peut pas être citée ici.")


def refuse_closed_step(*instances):
    """A record attached to a step under examination or approved does not change, and during a correction only those
    that carry a remark do; the steps are locked to be sure."""
    ids = {i.progress_id for i in instances if i and isinstance(getattr(i, "progress_id", None), int)}
    locked = {progress.pk: progress for progress in StepProgress.objects.select_for_update(
        of=("self",), no_key=True).select_related("step").filter(pk__in=ids).order_by("pk")} if ids else {}
    for instance in instances:
        progress = locked.get(getattr(instance, "progress_id", None))
        if progress and (reason := closed(progress, instance, moved=progress.pk != instances[0].progress_id)):
            raise NotAllowed(reason)


def refuse_uncorrected(instance, negotiation):
    """The same for what several steps share."""
    if reason := correction.refusal_of(instance, negotiation):
        raise NotAllowed(reason)


def closed_reason(instance, negotiation):
    """Why this record may not change now, in words; "" when it may."""
    progress = getattr(instance, "progress", None)
    return (closed(progress, instance) if progress else "") or correction.refusal_of(instance, negotiation)


def closed(progress, instance, *, moved=False):
    """A new record, or one moved here, needs the whole part to be open, or a remark of its own."""
    if not progress.is_editable:
        return (f"L’étape {progress.step.code} est « {progress.get_state_display()} » : "
                "ce qui s’y rattache ne se modifie plus.")
    open_to, key = correction.scope(progress), key_of(instance)
    if moved:
        # It is not of this step yet: the correction did not add it here.
        open_to = replace(open_to, submitted=frozenset())
    return correction.refusal(open_to, key, label(instance)) if instance.pk else \
        correction.refusal_to_add(open_to, part_of(key))


def refuse_same_name(instance, before):
    """Two names that differ by capitals, accents, signs or spaces are one. A name kept as it was is left alone."""
    if type(instance) not in SAME_NAME or instance.name == before:
        return
    others = type(instance).objects.filter(negotiation=instance.negotiation_id).exclude(pk=instance.pk)
    for name in others.values_list("name", flat=True):
        if bare(name) == bare(instance.name):
            raise ValidationError({"name": SAME_NAME[type(instance)].format(name)})


def refuse_same_acronym(instance, before):
    """Tables call an actor by its acronym, or by its name when it has none: two of them are never called the same."""
    if not isinstance(instance, Actor) or before and str(before) == str(instance):
        return
    for other in Actor.objects.filter(negotiation=instance.negotiation_id).exclude(pk=instance.pk):
        if bare(str(other)) != bare(str(instance)):
            continue
        if not instance.acronym:
            raise ValidationError({"name": CONFUSED.format(other.name, "a déjà ce nom pour sigle", "nom")})
        borne = "porte déjà ce sigle" if other.acronym else "est le nom d’un autre acteur"
        raise ValidationError({"acronym": CONFUSED.format(other.name, borne, "sigle, ou laissez-le vide")})


def bare(name):
    """A name as it is compared: folded, unless it is made of signs alone."""
    return fold(name) or " ".join(name.casefold().split())


def obstacles_to_removal(instance, negotiation):
    """Why this record may not be removed now, in whole sentences: the page says it before the act refuses it."""
    return [reason] if (reason := closed_reason(instance, negotiation)) else resting_on(instance)


def resting_on(instance):
    """The commitments that rest on a record. The amounts of a project are part of the financing plan: they leave it
    in the plan, seen and journalled there."""
    if isinstance(instance, Project) and instance.contributions.exists():
        return [f"Impossible de supprimer « {instance} » : ce projet porte des montants dans le plan de financement. "
                "Retirez-les d’abord."]
    if isinstance(instance, Project) and Mandate.objects.filter(project=instance).exclude(
            floor=None, concessions="", arguments="").exists():
        return [f"Impossible de supprimer « {instance} » : ce projet porte un mandat confidentiel, que rien d’autre ne "
                "garde. Videz-le d’abord."]
    try:
        Collector(using=instance._state.db).collect([instance])
    except ProtectedError as refusal:
        return [f"Impossible de supprimer « {instance} » : {resting(refusal.protected_objects)}. Retirez d’abord ces "
                "engagements."]
    return []


def resting(objects):
    """« 2 contributions et 1 obligation de faire en dépendent »."""
    counted = Counter(type(one) for one in objects)
    told = [f"{n} {model._meta.verbose_name if n == 1 else model._meta.verbose_name_plural}"
            for model, n in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]._meta.verbose_name))]
    return f"{get_text_list(told, 'et')} en {'dépendent' if sum(counted.values()) > 1 else 'dépend'}"


def dependents(instance):
    """The records that go with this one, so that the journal tells each."""
    return list(instance.representatives.all()) if isinstance(instance, Actor) else []


def place_last(instance, negotiation):
    """A new record of an ordered list comes after the others."""
    if isinstance(instance, Actor | Project):
        last = type(instance).objects.filter(negotiation=negotiation).aggregate(last=Max("order"))["last"]
        instance.order = (last or 0) + 1


def label(instance: models.Model):
    return f"{instance._meta.verbose_name} « {instance} »"
