"""What may be edited during a correction: the elements that open remarks name, and nothing else.

A return without any remark, or with a remark on the step as a whole, opens the whole step. A part that several steps
share (actors, projects, plan, obligations) follows the correction, unless another step that examines it is being
written at the same time.
"""
from ..choices import State
from ..elements import allows, key_of, scope_of, sent_targets, shared_scopes
from ..models import Actor, FundingLimit, Obligation, Project, Representative, Submission

REFUSED = "Pendant la correction, seuls les éléments qui portent une observation se modifient : « {} » n’en porte pas."
PARTS = {Actor: "actors", Representative: "actors", Project: "projects", Obligation: "obligations",
         FundingLimit: "plan"}


def scope(progress):
    """The same, read for one step of a dossier."""
    returned = [progress] if progress.state == State.RETURNED else []
    return scope_of(progress.state, sent_targets(returned)[progress.pk])


def shared_scope(negotiation, part):
    """What may be edited of a part of the dossier that several steps examine."""
    return shared_scopes([negotiation.pk], part)[negotiation.pk]


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
