"""Acts of the Region on a step (answering, submitting, recalling), and reopening. Atomic, signed, journalled."""
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from .. import elements
from ..choices import CONTENT_ACTIONS, Action, Outcome, Role, State
from ..models import Answer, JournalEntry, Question, StepProgress, Submission
from . import correction, levels, notices, obstacles
from .journal import fingerprint_of, is_done, one_time, record
from .locks import for_update
from .transitions import NotAllowed, next_state

LOCKED = "L’étape est « {} » : elle ne se modifie plus. Votre texte est conservé dans cette page."
STALE = "L’étape a changé depuis que vous avez ouvert cette page : relisez-la avant de décider."


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
    return for_update(StepProgress.objects).select_related("negotiation", "step").get(
        pk=progress.pk)


def touch(progress, *, by, key="step", label="L’étape entière"):
    """Count a change to an element (`key`); a step that was « à commencer » is now « en cours »."""
    if not progress.is_editable:
        raise NotAllowed(LOCKED.format(progress.get_state_display()))
    if progress.state == State.RETURNED and key != "step" and (
            reason := correction.refusal(correction.scope(progress), key, label)):
        raise NotAllowed(reason)
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
    open_to = correction.scope(progress)
    saved = {answer.question_id: answer for answer in progress.answers.select_related("saved_by")}
    conflicts, changes, refused = [], {}, []
    for question, text in typed.items():
        answer = saved.get(question.pk)
        current = answer.text if answer else ""
        base = bases.get(question.pk, "")
        if text == current or fingerprint_of(text) == base:
            continue
        if reason := correction.refusal(open_to, f"answer:{question.code}", f"Question {number_of(question)}"):
            refused.append(reason)
            continue
        if fingerprint_of(current) != base:
            conflicts.append(Conflict(question, text, current, str(answer.saved_by) if answer else "",
                                      answer.saved_at if answer else None))
            continue
        Answer.objects.update_or_create(progress=progress, question=question,
                                        defaults={"text": text, "saved_by": by})
        # The journal is read beyond the team of the Region: it tells the act, not a reserved answer.
        changes[question.code] = {"reserved": True} if question.confidential else {"before": current, "after": text}
    if refused:
        raise NotAllowed(*refused)
    if changes:
        touch(progress, by=by)
        record(Action.STEP_ANSWER, progress.step, by=by, negotiation=progress.negotiation, progress=progress,
               details={"answers": changes})
    return conflicts


def number_of(question):
    """Its rank in its step, as the page numbers it."""
    return list(Question.objects.filter(step=question.step_id)).index(question) + 1


@transaction.atomic
def start(progress, *, by):
    """Say that the work on a step has begun; saving anything in it does so too."""
    progress = locked(progress)
    touch(progress, by=by)
    return progress


@transaction.atomic
def submit(progress, *, by, version, key="", **_):
    """Freeze what the step holds and hand it to the first level of its chain. The same form twice is one act."""
    progress = locked(progress)
    key = one_time(key, progress.pk, "submit", version)
    if is_done(progress.negotiation, key):
        return progress
    target = next_state("submit", progress.state)
    refuse_stale(progress, version)
    if missing := obstacles.to_submit(progress):
        raise NotAllowed(*missing)
    now = timezone.now()
    submission = freeze(progress, by, now)
    unheard = levels.seat(submission, progress.step, progress.negotiation)
    levels.open_next(submission, now)
    change_state(progress, "submit", target, by=by, now=now, key=key,
                 details={"submission": submission.number, "sha256": submission.sha256, **unheard})
    notices.moved(progress, submission, by=by)
    return progress


def refuse_stale(progress, version):
    if version != progress.version:
        raise NotAllowed(STALE)


def freeze(progress, by, now):
    """The numbered snapshot of a submission: its content and fingerprint."""
    content = elements.content(elements.of_step(progress))
    last = progress.submissions.aggregate(last=Max("number"))["last"] or 0
    return Submission.objects.create(progress=progress, number=last + 1, content=content, submitted_by=by,
                                     sha256=elements.fingerprint(content), submitted_at=now)


@transaction.atomic
def freeze_submitted():
    """Give a submission to each step that was submitted before submissions were kept; how many there were."""
    under_way = Submission.objects.filter(closed_at__isnull=True)
    old = StepProgress.objects.filter(state=State.SUBMITTED).exclude(pk__in=under_way.values("progress"))
    done = 0
    for progress in map(locked, old.order_by("pk")):
        act = JournalEntry.objects.filter(progress=progress, action=Action.STEP_SUBMIT).order_by("-pk").first()
        submission = freeze(progress, act.by if act else progress.negotiation.opened_by, progress.changed_at)
        levels.seat(submission, progress.step, progress.negotiation)
        levels.open_next(submission, timezone.now())
        done += 1
    return done


def change_state(progress, action, target, *, by, now=None, key="", reason="", details=None, roles=None):
    """Write the new state and its line of the journal."""
    before, progress.state = progress.state, target
    progress.changed_at, progress.version = now or timezone.now(), progress.version + 1
    progress.save(update_fields=["state", "return_reason", "return_remarks", "changed_at", "version"])
    record(Action(f"step.{action}"), progress.step, by=by, negotiation=progress.negotiation, progress=progress,
           from_state=before, to_state=target, reason=reason, key=key, details=details or {}, roles=roles)


@transaction.atomic
def recall(progress, *, by, version, key="", **_):
    """Take back a submission that nobody has opened: the step is what it was before, the snapshot stays."""
    progress = locked(progress)
    key = one_time(key, progress.pk, "recall", version)
    if is_done(progress.negotiation, key):
        return progress
    next_state("recall", progress.state)
    submission = progress.submissions.filter(closed_at__isnull=True).first()
    if submission and submission.opened_at:
        raise NotAllowed("Un examinateur a déjà ouvert cette soumission : elle ne se reprend plus. S’il faut la "
                         "corriger, demandez à la DGCT de la renvoyer.")
    refuse_stale(progress, version)
    now = timezone.now()
    if submission:
        submission.closed_at, submission.outcome = now, Outcome.RECALLED
        submission.save(update_fields=["closed_at", "outcome"])
        notices.recalled(progress, submission, by=by)
    action = "recall_correction" if progress.return_reason or progress.return_remarks else "recall"
    change_state(progress, "recall", next_state(action, progress.state), by=by, now=now, key=key)
    return progress


@transaction.atomic
def reopen(progress, *, by, version, key="", reason="", **_):
    """Open an approved step again, whole, with a reason."""
    progress = locked(progress)
    reason = reason.strip()
    key = one_time(key, progress.pk, "reopen", version, reason)
    if is_done(progress.negotiation, key):
        return progress
    target = next_state("reopen", progress.state)
    refuse_stale(progress, version)
    if not reason:
        raise NotAllowed("Écrivez le motif : la Région doit savoir ce qui lui est demandé.")
    progress.return_reason, progress.return_remarks = reason, 0
    change_state(progress, "reopen", target, by=by, key=key, reason=reason, roles={Role.DIRECTOR})
    notices.reopened(progress, by=by)
    return progress


def refuse_unread(progress, seen):
    """A step that checks the actors, the projects or the plan is not approved on other contents than those that were
    read. seen: the last act of the journal that the page showed (`last_act`)."""
    if seen is not None and progress.step.checks and last_act(progress.negotiation) > seen:
        raise NotAllowed("Le dossier (acteurs, projets, plan de financement ou obligations) a changé depuis que vous "
                         "avez ouvert cette page : relisez ce que l’étape demande avant de décider.")


def last_act(negotiation):
    """The number of the last act on the dossier's own contents, 0 before the first."""
    return JournalEntry.objects.filter(negotiation=negotiation, action__in=CONTENT_ACTIONS).aggregate(
        last=Max("pk"))["last"] or 0
