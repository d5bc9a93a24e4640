"""A journal of 100 000 entries, and how long it takes to verify it."""
import datetime
import time

from django.utils import timezone

from negotiation.choices import Action, State
from negotiation.models import JournalEntry, JournalHead
from negotiation.workflow.chain import seal, told_by, verify_all

ENTRIES, BATCH = 100_000, 2000
ACTS = [Action.STEP_ANSWER, Action.RECORD_ADD, Action.RECORD_CHANGE, Action.PLAN_CHANGE, Action.DOCUMENT_DEPOSIT,
        Action.STEP_SUBMIT, Action.STEP_RETURN, Action.STEP_APPROVE]
TEXT = "Les élus ont examiné ce point en session ; la réponse tient compte des avis des communes. "


def fill(dossier, by, count):
    """Add `count` entries to the chain of a dossier, as the acts would have written them. The guard must be lifted: it
    lets a head advance by one only.
    """
    head = JournalHead.objects.get(chain=dossier.pk)
    steps = list(dossier.steps.select_related("step"))
    start = timezone.now() - datetime.timedelta(minutes=count)
    for first in range(0, count, BATCH):
        JournalEntry.objects.bulk_create(
            following(head, dossier, by, steps[n % len(steps)], n, start + datetime.timedelta(minutes=n))
            for n in range(first, min(first + BATCH, count)))
    head.save()


def following(head, dossier, by, progress, n, at):
    """The entry that follows the head, which advances to it."""
    action = ACTS[n % len(ACTS)]
    move = action in {Action.STEP_SUBMIT, Action.STEP_RETURN, Action.STEP_APPROVE}
    entry = JournalEntry(
        number=head.number + 1, previous=head.hash, negotiation=dossier, progress=progress, at=at, by=by,
        by_name=str(by), organisation=f"Organisation {n % 7}", action=action, subject=str(progress.step),
        from_state=State.DRAFT if move else "", to_state=State.SUBMITTED if move else "",
        reason=TEXT if action == Action.STEP_RETURN else "",
        details={"answers": {f"{progress.step.code}.Q1": {"before": TEXT, "after": TEXT * 2}}}
        if action == Action.STEP_ANSWER else {"what": [None, TEXT], "order": [n, n + 1]})
    entry.hash = seal(told_by(entry), dossier.slug)
    head.number, head.hash = entry.number, entry.hash
    return entry


def measure():
    start = time.perf_counter()
    read, fault = verify_all()
    assert fault is None, fault
    return f"`verify_journal` : {read} actes vérifiés en {time.perf_counter() - start:.2f} s.\n"
