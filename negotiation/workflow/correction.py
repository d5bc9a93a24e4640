"""What may be edited during a correction: the elements that open remarks name, and nothing else.

A return without any remark, or with a remark on the step as a whole, opens the whole step. A part that several steps
share (actors, projects, plan, obligations) follows the correction only when no step that examines it is still being
written: the plan of one step is negotiated in another.
"""
from collections import defaultdict

from ..choices import EDITABLE_STATES, RemarkState, State
from ..elements import SHARED, key_of, part_of
from ..models import Actor, Obligation, Project, Remark, Representative, StepProgress

ALL = frozenset({"step"})
NOTHING = frozenset()
REFUSED = "Pendant la correction, seuls les éléments qui portent une observation se modifient : « {} » n’en porte pas."
PARTS = {Actor: "actors", Representative: "actors", Project: "projects", Obligation: "obligations"}


def scope_of(state, targets):
    """The keys that may be edited in this state; `targets`: those of the remarks that are not settled."""
    if state == State.RETURNED:
        return frozenset(targets) if targets and "step" not in targets else ALL
    return ALL if state in EDITABLE_STATES else NOTHING


def scope(progress):
    """The same, read for one step of a dossier."""
    return scope_of(progress.state, targets([progress])[progress.pk] if progress.state == State.RETURNED else ())


def targets(progresses):
    """{step of the dossier: the keys that its sent and unsettled remarks name}."""
    found = defaultdict(set)
    sent = Remark.objects.filter(progress__in=progresses, state__in=[RemarkState.OPEN, RemarkState.ANSWERED])
    for progress, key in sent.values_list("progress_id", "target"):
        found[progress].add(key)
    return found


def allows(scope, key):
    """May this element be edited? Its own key, its part, or the whole step must be open."""
    if "step" in scope or key in scope or part_of(key) in scope:
        return True
    word, _, rest = key.partition(":")
    # A row of the plan opens its cells; the total of the plan follows any of them.
    return word == "cell" and f"row:{rest.rpartition(':')[0]}" in scope


def shared_scope(negotiation, part):
    """What may be edited of a part of the dossier that several steps examine."""
    progresses = [progress for progress in StepProgress.objects.filter(negotiation=negotiation).select_related("step")
                  if SHARED[part] & set(progress.step.checks)]
    returned = [progress for progress in progresses if progress.state == State.RETURNED]
    if not returned or any(progress.state in {State.TODO, State.DRAFT} for progress in progresses):
        return ALL
    named = targets(returned)
    return frozenset().union(*(scope_of(progress.state, named[progress.pk]) for progress in returned))


def refusal(scope, key, label):
    """The sentence that refuses an edit, "" when it is allowed."""
    return "" if allows(scope, key) else REFUSED.format(label)


def refusal_of(instance, negotiation):
    """For a record of a shared part (an actor and its representatives, a project, an obligation)."""
    part = PARTS.get(type(instance))
    if not part:
        return ""
    record = instance.actor if isinstance(instance, Representative) else instance
    return refusal(shared_scope(negotiation, part), key_of(record) if record.pk else part, str(instance))
