"""The decisions on steps that stand, for the livret and the passations: neither a return that was cancelled, whose
reason is the reviewers' own again, nor a submission that the Region took back. The journal keeps them all.
"""
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from ..choices import Action
from ..models import JournalEntry

DECISIONS = (Action.STEP_SUBMIT, Action.STEP_RETURN, Action.STEP_APPROVE, Action.STEP_REOPEN)
# What each undoes is the decision just before it, on the same step.
UNDOING = (Action.STEP_RECALL, Action.STEP_CANCEL_RETURN)


def standing(entries):
    """Of these entries of the journal, the decisions that stand."""
    later = JournalEntry.objects.filter(progress=OuterRef("progress"), pk__gt=OuterRef("pk"),
                                        action__in=[*DECISIONS, *UNDOING]).order_by("pk")
    return entries.filter(action__in=DECISIONS).alias(
        then=Coalesce(Subquery(later.values("action")[:1]), Value(""))).exclude(then__in=UNDOING)
