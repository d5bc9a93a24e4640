"""What may be edited during a correction: the elements that open remarks name, and nothing else.

A return without any remark, or with a remark on the step as a whole, opens the whole step. A part that several steps
share (actors, projects, plan, obligations) follows the correction, unless another step that examines it is being
written at the same time.
"""
from collections import defaultdict

from ..choices import RemarkState, State
from ..elements import SHARED, allows, key_of, scope_of, scope_of_part
from ..models import Actor, FundingLimit, Obligation, Project, Remark, Representative, StepProgress, Submission

REFUSED = "Pendant la correction, seuls les éléments qui portent une observation se modifient : « {} » n’en porte pas."
PARTS = {Actor: "actors", Representative: "actors", Project: "projects", Obligation: "obligations",
         FundingLimit: "plan"}


def scope(progress):
    """The same, read for one step of a dossier."""
    return scope_of(progress.state, targets([progress])[progress.pk] if progress.state == State.RETURNED else ())


def targets(progresses):
    """{step of the dossier: the keys that its sent and unsettled remarks name}."""
    found = defaultdict(set)
    if not progresses:
        return found
    sent = Remark.objects.filter(progress__in=progresses, state__in=[RemarkState.OPEN, RemarkState.ANSWERED])
    for progress, key in sent.values_list("progress_id", "target"):
        found[progress].add(key)
    return found


def shared_scope(negotiation, part):
    """What may be edited of a part of the dossier that several steps examine."""
    progresses = [progress for progress in StepProgress.objects.filter(negotiation=negotiation).select_related("step")
                  if SHARED[part] & set(progress.step.checks)]
    return scope_of_part(progresses, targets(
        [progress for progress in progresses if progress.state == State.RETURNED]))


def submitted_amounts(negotiation):
    """[{(project pk, financier pk, year in words): amount}] of the plan, one for each step now under correction, as it
    was last submitted: going back to it is always open."""
    latest = Submission.objects.filter(progress__negotiation=negotiation, progress__state=State.RETURNED).order_by(
        "progress", "-number")
    found = {}
    for submission in latest:
        found.setdefault(submission.progress_id, submission.content)
    return [{(*row["key"].split(":")[1:], year): amount for row in content if row["key"].startswith("row:")
             for year, amount in row["fields"]} for content in found.values()
            if any(row["key"] == "plan" for row in content)]


def refusal(scope, key, label):
    """The sentence that refuses an edit, "" when it is allowed."""
    return "" if allows(scope, key) else REFUSED.format(label)


def refusal_of(instance, negotiation):
    """For a record of a shared part (an actor and its representatives, a project, an obligation)."""
    part = PARTS.get(type(instance))
    if not part:
        return ""
    key = f"actor:{instance.actor_id}" if isinstance(instance, Representative) else instance.pk and key_of(instance)
    return refusal(shared_scope(negotiation, part), key or part, str(instance))
