"""The act on the confidential mandate of the Region on one project: its floor, what it may concede, its arguments.

The journal says that it changed and which fields, never what they say: the values stay in their table, read by the
team alone.
"""
import json

from django.db import transaction
from django.utils.crypto import salted_hmac

from ..choices import Action
from ..models import Mandate, Project
from .authors import Authors
from .journal import is_done, one_time, record
from .records import lock
from .transitions import NotAllowed

FIELDS = ("floor", "concessions", "arguments")


class Changed(NotAllowed):
    """Somebody changed the mandate meanwhile; `current` is the mandate as it stands now."""

    def __init__(self, current, author):
        super().__init__(f"Ce mandat a été modifié{author.by} depuis que vous l’avez ouvert. Votre saisie est "
                         "conservée ci-dessous : comparez-la avec la version enregistrée, puis enregistrez de nouveau "
                         "pour la remplacer.")
        self.current = current


def mandate_of(project):
    """The stored mandate of a project, or an empty one."""
    return Mandate.objects.filter(project=project).first() or Mandate(project=project)


def values(mandate):
    return {name: getattr(mandate, name) for name in FIELDS}


def fingerprint(mandate):
    """What the page showed, to see that it has changed since. Keyed: nobody guesses a floor from it."""
    return salted_hmac("mandate", json.dumps(values(mandate), sort_keys=True)).hexdigest()[:16]


@transaction.atomic
def save_mandate(mandate, negotiation, *, by, base=None, key=""):
    """Write the mandate of a project. Raises NotAllowed, Changed, ValidationError.

    mandate: with the values typed; base: fingerprint of what the page showed; key: one-time key of the form.
    """
    negotiation = lock(negotiation)
    key = one_time(key, "mandate", mandate.project_id, fingerprint(mandate))
    if is_done(negotiation, key):
        return mandate
    project = Project.objects.filter(pk=mandate.project_id, negotiation=negotiation).first()
    if not project:
        raise NotAllowed("Ce projet n’est plus dans le dossier : relisez la page.")
    stored = mandate_of(project)
    changed = [name for name in FIELDS if getattr(stored, name) != getattr(mandate, name)]
    if not changed:
        return stored
    if base is not None and base != fingerprint(stored):
        authors = Authors(negotiation, Action.MANDATE_CHANGE, reader=by)
        raise Changed(stored, authors.of(lambda act: act.subject == str(stored)[:300]))
    for name in changed:
        setattr(stored, name, getattr(mandate, name))
    stored.full_clean()
    stored.save()
    record(Action.MANDATE_CHANGE, str(stored), by=by, negotiation=negotiation, key=key, details={
        "fields": ", ".join(Mandate._meta.get_field(name).verbose_name for name in changed)})
    return stored
