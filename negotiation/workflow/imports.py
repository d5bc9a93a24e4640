"""Importing the plan from a file: the act that saves it by hand, whole or not at all; and the same act, only tried."""
from django.db import transaction

from .commitments import save_plan
from .transitions import NotAllowed


def import_plan(negotiation, cells, base, *, by, name, key=""):
    """Save every amount, or none: the list of Conflict tells which changed since `base`. Raises NotAllowed."""
    return save_plan(negotiation, cells, base, by=by, key=key, whole=True, origin=f"fichier {name}")


@transaction.atomic
def refusals(negotiation, cells, base, *, by):
    """Why these amounts would be refused, as whole sentences: the act itself, undone at the end, cannot be wrong."""
    try:
        conflicts = save_plan(negotiation, cells, base, by=by, whole=True, origin="fichier")
    except NotAllowed as refusal:
        return refusal.reasons
    finally:
        transaction.set_rollback(True)
    return [conflict.sentence for conflict in conflicts]
