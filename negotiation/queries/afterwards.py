"""What the Region changed, since a step was submitted or approved, in the parts of the dossier that it examines.

Told from the journal, in one query for any number of steps and acts. Nothing is changed here, nor asked of anybody.
"""
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from ..choices import CONTENT_ACTIONS, Action, State
from ..elements import SAID, shared_parts
from ..models import Actor, JournalEntry, Obligation, Project, Representative, StepProgress


def of_records(*models):
    """The acts on records of these kinds: the subject of each begins with the name of its kind (records.label)."""
    named = Q()
    for model in models:
        named |= Q(subject__startswith=f"{model._meta.verbose_name} « ")
    return named & Q(action__in=[Action.RECORD_ADD, Action.RECORD_CHANGE, Action.RECORD_REMOVE])


ACTS = {"actors": of_records(Actor, Representative), "projects": of_records(Project),
        "plan": Q(action__in=[Action.PLAN_CHANGE, Action.POSITION_AGREE, Action.TOTAL_ANNOUNCE]),
        "obligations": of_records(Obligation)}
# By what the journal is filtered to show them (choices.ACT_FAMILIES).
FAMILIES = {"plan": "financement", "actors": "fiches", "projects": "fiches", "obligations": "fiches"}


EXAMINED = {State.SUBMITTED, State.APPROVED}


@dataclass(frozen=True)
class Part:
    """« le plan de financement », how many acts changed it, and the query that shows them in the journal."""
    said: str
    acts: int
    query: str


@dataclass(frozen=True)
class Afterwards:
    progress: StepProgress
    parts: list

    @property
    def since(self):
        return self.progress.changed_at

    @property
    def is_approved(self):
        return self.progress.state == State.APPROVED


def of_step(progress):
    """The Afterwards of one step in a list, [] when it is neither examined nor approved, or nothing changed."""
    return changed(progress.negotiation, [progress])


def of_dossier(dossier, parts):
    """[Afterwards] of the steps examined or approved that concern these parts, in two queries."""
    approved = StepProgress.objects.filter(negotiation=dossier, state__in=EXAMINED).select_related("step")
    return changed(dossier, approved.order_by("step__code"), parts)


def changed(dossier, progresses, among=tuple(ACTS)):
    asked = [(progress, part) for progress in progresses if progress.state in EXAMINED
             for part in shared_parts(progress.step) if part in among]
    if not asked:
        return []
    counts = JournalEntry.objects.filter(
        negotiation=dossier, action__in=CONTENT_ACTIONS, at__gt=min(progress.changed_at for progress, _ in asked),
    ).aggregate(**{f"acts_{place}": Count("pk", filter=ACTS[part] & Q(at__gt=progress.changed_at))
                   for place, (progress, part) in enumerate(asked)})
    found = {}
    for place, (progress, part) in enumerate(asked):
        if acts := counts[f"acts_{place}"]:
            found.setdefault(progress, []).append(Part(SAID[part], acts, query(part, progress)))
    return [Afterwards(progress, parts) for progress, parts in found.items()]


def query(part, progress):
    return f"famille={FAMILIES[part]}&du={timezone.localdate(progress.changed_at).isoformat()}"
