"""Acts on a step: answering, submitting, approving, returning, reopening. Atomic, signed, journalled."""
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ..choices import CONTENT_ACTIONS, Action, State
from ..models import Answer, JournalEntry, StepProgress
from . import obstacles
from .journal import fingerprint_of, is_done, one_time, record
from .transitions import STEP, NotAllowed, next_state

LOCKED = "L’étape est « {} » : elle ne se modifie plus. Votre texte est conservé dans cette page."


@dataclass(frozen=True)
class Conflict:
    """Somebody saved this answer after the page was read: both texts, and who wrote the other."""
    question: object
    mine: str
    theirs: str
    by: str
    at: object


def locked(progress):
    """The same step, read again under lock: what follows decides on the truth of this instant."""
    return StepProgress.objects.select_for_update(of=("self",), no_key=True).select_related("negotiation", "step").get(
        pk=progress.pk)


def touch(progress, *, by):
    """Count a change; a step that was « à commencer » is now « en cours »."""
    if not progress.is_editable:
        raise NotAllowed(LOCKED.format(progress.get_state_display()))
    fields = ["version", "changed_at"]
    if progress.state == State.TODO:
        progress.state = next_state("start", progress.state)
        fields.append("state")
        record(Action.STEP_START, progress.step, by=by, negotiation=progress.negotiation,
               from_state=State.TODO, to_state=progress.state, progress=progress)
    progress.version += 1
    progress.changed_at = timezone.now()
    progress.save(update_fields=fields)


@transaction.atomic
def save_answers(progress, typed, bases, *, by):
    """Save the answers that the person changed; return the list of Conflict for those somebody else changed too.

    typed: {question: text}; bases: {question pk: fingerprint of the text that the page showed}.
    """
    progress = locked(progress)
    if not progress.is_editable:
        raise NotAllowed(LOCKED.format(progress.get_state_display()))
    saved = {answer.question_id: answer for answer in progress.answers.select_related("saved_by")}
    conflicts, changes = [], {}
    for question, text in typed.items():
        answer = saved.get(question.pk)
        current = answer.text if answer else ""
        base = bases.get(question.pk, "")
        if text == current or fingerprint_of(text) == base:
            continue
        if fingerprint_of(current) != base:
            conflicts.append(Conflict(question, text, current, str(answer.saved_by) if answer else "",
                                      answer.saved_at if answer else None))
            continue
        Answer.objects.update_or_create(progress=progress, question=question,
                                        defaults={"text": text, "saved_by": by})
        # The journal is read beyond the team of the Region: it tells the act, not a reserved answer.
        changes[question.code] = {"reserved": True} if question.confidential else {"before": current, "after": text}
    if changes:
        touch(progress, by=by)
        record(Action.STEP_ANSWER, progress.step, by=by, negotiation=progress.negotiation, progress=progress,
               details={"answers": changes})
    return conflicts


@transaction.atomic
def start(progress, *, by):
    """Say that the work on a step has begun; saving anything in it does so too."""
    progress = locked(progress)
    touch(progress, by=by)
    return progress


@transaction.atomic
def move(progress, action, *, by, version, key="", reason="", seen=None):
    """Carry out one move of the table. A second post of the same form changes nothing and succeeds.

    seen: the last act of the journal that the page showed (`last_act`); a step that checks the actors, the projects
    or the plan is not approved on other contents than those that were read.
    """
    progress = locked(progress)
    reason = reason.strip()
    key = one_time(key, progress.pk, action, version, reason)
    if is_done(progress.negotiation, key):
        return progress
    target = next_state(action, progress.state)
    if version != progress.version:
        raise NotAllowed("L’étape a changé depuis que vous avez ouvert cette page : relisez-la avant de décider.")
    if action == "approve" and seen is not None and progress.step.checks and last_act(progress.negotiation) > seen:
        raise NotAllowed("Le dossier (acteurs, projets, plan de financement ou obligations) a changé depuis que vous "
                         "avez ouvert cette page : relisez ce que l’étape demande avant de décider.")
    if STEP[action].needs_reason and not reason:
        raise NotAllowed("Écrivez le motif : la Région doit savoir ce qui lui est demandé.")
    if action == "submit" and (missing := obstacles.to_submit(progress)):
        raise NotAllowed(*missing)
    before, progress.state = progress.state, target
    progress.return_reason = reason
    progress.changed_at = timezone.now()
    progress.version += 1
    progress.save(update_fields=["state", "return_reason", "changed_at", "version"])
    record(Action(f"step.{action}"), progress.step, by=by, negotiation=progress.negotiation, from_state=before,
           to_state=target, reason=reason, key=key, progress=progress)
    return progress


def last_act(negotiation):
    """The number of the last act on the dossier's own contents, 0 before the first."""
    return JournalEntry.objects.filter(negotiation=negotiation, action__in=CONTENT_ACTIONS).aggregate(
        last=Max("pk"))["last"] or 0
