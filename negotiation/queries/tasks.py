"""« Mes tâches »: computed from the states of the steps and the roles of the person, in two queries."""
from dataclasses import dataclass

from ..choices import Role, State
from ..models import Negotiation, StepProgress


@dataclass(frozen=True)
class Group:
    title: str
    empty: str
    steps: list


def tasks(user):
    """The groups that concern the person's roles; a step is listed when it waits for them and not otherwise."""
    groups = []
    if user.roles & {Role.EXAMINER, Role.DIRECTOR}:
        groups.append(Group("Étapes à examiner", "Aucune étape n’attend votre examen.",
                            waiting(Negotiation.objects.visible_to(user), {State.SUBMITTED})))
    if own := user.organisations_as(Role.EDITOR, Role.MANAGER):
        dossiers = Negotiation.objects.filter(owner__in=own)
        steps = waiting(dossiers, {State.RETURNED, State.DRAFT, State.TODO})
        groups.append(Group("Étapes à corriger", "Aucune étape n’a été renvoyée par la DGCT.",
                            [s for s in steps if s.state == State.RETURNED]))
        groups.append(Group("Étapes à poursuivre", "Aucune étape n’est en cours.",
                            [s for s in steps if s.state == State.DRAFT]))
        groups.append(Group("Prochaine étape à commencer", "Chaque dossier a une étape en cours ou chez la DGCT.",
                            next_ones(steps)))
    return groups


def next_ones(steps):
    """The first step to begin of each dossier where nothing is to be corrected or continued."""
    busy = {step.negotiation_id for step in steps if step.state != State.TODO}
    first = {}
    for step in sorted((s for s in steps if s.state == State.TODO), key=lambda s: s.step.code):
        first.setdefault(step.negotiation_id, step)
    return [step for dossier, step in first.items() if dossier not in busy]


def waiting(dossiers, states):
    """Oldest first: what has waited longest is on top."""
    return list(StepProgress.objects.filter(negotiation__in=dossiers, state__in=states).select_related(
        "negotiation__region", "step").order_by("changed_at", "pk")[:500])
