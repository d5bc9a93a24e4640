"""Writing the journal, inside the transaction of the act it tells. Refuses nothing, forgets nothing."""
import hashlib
import json

from django.db import transaction
from django.utils import timezone

from ..models import JournalEntry, JournalHead
from .capacity import acting_for
from .chain import seal, told_by

APPLICATION = "L’application"


@transaction.atomic(savepoint=False)
def record(action, subject, *, by, negotiation=None, roles=None, organisation=None, **told):
    """Write one act, at the end of the chain of its dossier. by: None when the application itself acts.

    `told`: progress (the step it is about), from_state, to_state, reason, details (JSON), key (one-time key of the
    form). roles: those that may do this act here, where the act alone does not say (capacity.py); organisation: the one
    for which the person does it, where their seat says so. The head of the chain is the last lock that an act takes:
    dossier, steps, head.
    """
    organisation = (organisation or organisation_of(by, negotiation, roles)) if by else None
    # As the database will give them back: keys are texts, tuples are lists.
    told["details"] = json.loads(json.dumps(told.get("details", {})))
    head = locked_head(negotiation)
    entry = JournalEntry(
        number=head.number + 1, previous=head.hash, at=timezone.now(), action=action, subject=str(subject)[:300],
        by=by, by_name=name_of(by, negotiation, organisation, action, roles), negotiation=negotiation,
        organisation=str(organisation or ""), **told)
    entry.hash = seal(told_by(entry), negotiation.slug if negotiation else "")
    entry.save(force_insert=True)
    head.number, head.hash = entry.number, entry.hash
    head.save(update_fields=["number", "hash"])
    return entry


def name_of(by, negotiation, organisation, action, roles):
    """The name told: the person's, with the name of whoever they stand in for; the application's when it acts."""
    if by is None:
        return APPLICATION
    replaced = negotiation and acting_for(by, organisation, action, roles)
    return (f"{by}, par suppléance de {replaced}" if replaced else str(by))[:150]


def locked_head(negotiation):
    """The head of a chain, under lock; made with the first act of a dossier."""
    chain = negotiation.pk if negotiation else JournalHead.WITHOUT_DOSSIER
    return JournalHead.objects.select_for_update(no_key=True).get_or_create(chain=chain)[0]


def organisation_of(user, negotiation, roles=None):
    """For whom the person acts: the owner of the dossier if a member of it, else the first of their organisations where
    they hold one of these roles, else the first."""
    held = user.current_memberships
    own = [m for m in held if negotiation and m.organisation_id == negotiation.owner_id]
    fit = [m for m in held if roles and m.role in roles]
    return next((m.organisation for m in own or fit or held), None)


def fingerprint_of(text):
    """A short fingerprint of what a page showed; enough to see that it has changed since."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def one_time(key, *act):
    """The one-time key of a form, for this very act: the same form asking for something else is another act."""
    return f"{key[:22]}-{fingerprint_of(json.dumps(act, default=str))}" if key else ""


def is_done(negotiation, key):
    """Has the form with this one-time key been carried out already? (double click, resent page)"""
    return bool(key) and JournalEntry.objects.filter(negotiation=negotiation, key=key).exists()
