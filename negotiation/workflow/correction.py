"""What may be edited during a correction: the elements that open remarks name, what the step lacks, and nothing else.

A return without any remark, or with a remark on the step as a whole, opens the whole step. A part that several steps
share (actors, projects, plan, obligations) follows the correction, unless another step that examines it is being
written at the same time.
"""
from django.utils import timezone

from .. import elements
from ..choices import State
from ..elements import Scopes, allows, key_of, part_of, scopes_of, shared_parts, steps_of
from ..models import Actor, Event, FundingLimit, Obligation, Project, Representative, StepProgress
from .locks import for_update

REFUSED = "Pendant la correction, seuls les éléments qui portent une observation se modifient : « {} » n’en porte pas."
NO_MORE = ("Pendant la correction, seuls les éléments qui portent une observation se modifient : rien ne s’ajoute dans "
           "« {} ».")
PARTS = {Actor: "actors", Representative: "actors", Project: "projects", Obligation: "obligations",
         FundingLimit: "plan"}
# The other parts that tell the name of a record.
NAMED_IN = {Actor: ("plan", "positions", "obligations"), Project: ("plan", "positions"), Event: ("positions",)}


def scope(progress):
    """What may be edited of one step of a dossier, read anew."""
    one = steps_of(progress.negotiation).get(pk=progress.pk)
    return scopes_of(progress.negotiation, [one])[one.pk]


def shared_scope(negotiation, part):
    """What may be edited of a part of the dossier that several steps examine."""
    return Scopes(negotiation, part).shared[part]


def begin(negotiation, parts, steps=()):
    """The Region changes parts of the dossier: the steps returned to it that examine one of them, or are among `steps`
    (pk), are being corrected. Their return is not cancelled any more.

    The dossier is locked by the caller, which calls this before it writes its line of the journal.
    """
    returned = for_update(StepProgress.objects).select_related("step").filter(
        negotiation=negotiation, state=State.RETURNED).order_by("pk")
    begun = [one.pk for one in returned if one.pk in steps or {*parts} & {*shared_parts(one.step)}]
    if begun:
        StepProgress.objects.filter(pk__in=begun).update(changed_at=timezone.now())


def submitted_amounts(contents):
    """[{(project pk, financier pk, year in words): amount}] of the plan, one for each step now under correction, as it
    was last submitted (Scopes.contents): going back to it is always open."""
    return [{(*row["key"].split(":")[1:], year): amount for row in content if row["key"].startswith("row:")
             for year, amount in row["fields"]} for content in contents
            if any(row["key"] == "plan" for row in content)]


def refusal(scope, key, label):
    """The sentence that refuses an edit, "" when it is allowed."""
    return "" if allows(scope, key) else REFUSED.format(label)


def refusal_of(instance, negotiation):
    """For a record of a shared part (an actor and its representatives, a project, an obligation)."""
    part = PARTS.get(type(instance))
    if not part:
        return ""
    open_to = shared_scope(negotiation, part)
    if isinstance(instance, Representative) and instance.actor_id:
        return refusal(open_to, f"actor:{instance.actor_id}", str(instance.actor))
    if isinstance(instance, Representative) and any(allows(open_to, key_of(one)) for one in negotiation.actors.all()):
        # Whose it is has not been chosen yet, and some actor may have one more.
        return ""
    return refusal(open_to, key_of(instance), str(instance)) if instance.pk else refusal_to_add(open_to, part)


def is_irreplaceable(instance, negotiation):
    """Would nothing be added in the place of this record, while the step that a correction opens does not lack it?"""
    progress = getattr(instance, "progress", None)
    part = PARTS.get(type(instance)) or part_of(key_of(instance))
    if isinstance(instance, Representative):
        return False
    if part in elements.SHARED:
        return not allows(shared_scope(negotiation, part), part)
    return bool(progress) and not allows(scope(progress), part)


def refusal_to_add(scope, part):
    """The sentence that refuses one more element of a part, "" when it is allowed."""
    return "" if allows(scope, part) else NO_MORE.format(elements.PARTS[part])
