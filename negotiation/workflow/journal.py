"""Writing the journal. Called inside the transaction of the act it tells; refuses nothing, forgets nothing."""
from ..models import JournalEntry


def record(action, subject, *, by, negotiation=None, **told):
    """Write one act. `told`: from_state, to_state, reason, details (JSON), key (one-time key of the form)."""
    organisation = organisation_of(by, negotiation)
    return JournalEntry.objects.create(
        action=action, subject=str(subject)[:300], by=by, by_name=str(by), negotiation=negotiation,
        organisation=str(organisation or ""), **told)


def organisation_of(user, negotiation):
    """For whom the person acts: the owner of the dossier if a member of it, else their first organisation."""
    organisations = [membership.organisation for membership in user.current_memberships]
    own = [o for o in organisations if negotiation and o.pk == negotiation.owner_id]
    return next(iter(own or organisations), None)


def is_done(negotiation, key):
    """Has the form with this one-time key been carried out already? (double click, resent page)"""
    return bool(key) and JournalEntry.objects.filter(negotiation=negotiation, key=key).exists()
