"""Writing the journal. Called inside the transaction of the act it tells; refuses nothing, forgets nothing."""
import hashlib
import json

from ..models import JournalEntry
from .capacity import acting_for


def record(action, subject, *, by, negotiation=None, **told):
    """Write one act. `told`: progress (the step it is about), from_state, to_state, reason, details (JSON),
    key (one-time key of the form).
    """
    organisation = organisation_of(by, negotiation)
    replaced = negotiation and acting_for(by, organisation, action)
    name = f"{by}, par suppléance de {replaced}" if replaced else str(by)
    return JournalEntry.objects.create(
        action=action, subject=str(subject)[:300], by=by, by_name=name[:150], negotiation=negotiation,
        organisation=str(organisation or ""), **told)


def organisation_of(user, negotiation):
    """For whom the person acts: the owner of the dossier if a member of it, else their first organisation."""
    organisations = [membership.organisation for membership in user.current_memberships]
    own = [o for o in organisations if negotiation and o.pk == negotiation.owner_id]
    return next(iter(own or organisations), None)


def fingerprint_of(text):
    """A short fingerprint of what a page showed; enough to see that it has changed since."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def one_time(key, *act):
    """The one-time key of a form, for this very act: the same form asking for something else is another act."""
    return f"{key[:22]}-{fingerprint_of(json.dumps(act, default=str))}" if key else ""


def is_done(negotiation, key):
    """Has the form with this one-time key been carried out already? (double click, resent page)"""
    return bool(key) and JournalEntry.objects.filter(negotiation=negotiation, key=key).exists()
