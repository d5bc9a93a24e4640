"""What pages read of remarks: threads, as each side may see them. What is not sent is read by reviewers only."""
from collections import defaultdict, namedtuple
from dataclasses import dataclass, field

from django.db.models import F, OuterRef, Subquery

from ..choices import RemarkState, State
from ..elements import SHARED, part_of
from ..models import Remark, Submission
from ..models.review import mark_of

ReplyLine = namedtuple("ReplyLine", "pk text written_at sent_at author organisation")
REPLY = ("replies__pk", "replies__text", "replies__written_at", "replies__sent_at", "replies__author__name",
         "replies__organisation__name")


@dataclass(frozen=True)
class Thread:
    """A remark and its replies, oldest first."""
    remark: Remark
    replies: list = field(default_factory=list)

    @property
    def is_settled(self):
        return self.remark.state == RemarkState.SETTLED

    @property
    def is_draft(self):
        return self.remark.state == RemarkState.DRAFT

    @property
    def form_anchor(self):
        return f"modifier-{self.remark.pk}"

    @property
    def stands(self):
        """Where the thread stands, for the form that decides on it."""
        return self.remark.stands(self.replies[-1].pk if self.replies else 0)

    @property
    def waits_for_answer(self):
        return self.remark.state == RemarkState.OPEN


def threads(progress, *, reviewer):
    """[Thread] of a step, in one query. reviewer: may read what is not sent yet (`review.read`)."""
    found = gathered(Remark.objects.filter(progress=progress), reviewer=reviewer)
    if not reviewer:
        hide_verdicts(progress, found)
    return found


def sent(progresses):
    """{step of the dossier: [Thread]} as the Region reads them, in one query."""
    by_progress = defaultdict(list)
    for thread in gathered(Remark.objects.filter(progress__in=progresses), reviewer=False):
        by_progress[thread.remark.progress_id].append(thread)
    for progress in progresses:
        hide_verdicts(progress, by_progress[progress.pk])
    return by_progress


def gathered(remarks, *, reviewer):
    asked = Submission.objects.filter(progress=OuterRef("progress")).order_by("-number").values("submitted_at")[:1]
    rows = remarks.select_related("author", "organisation", "settled_by").annotate(
        asked_at=Subquery(asked),
        **{f"reply_{name}": F(path) for name, path in zip(ReplyLine._fields, REPLY, strict=True)}).order_by(
        "pk", "replies__pk")
    found = {}
    for row in rows if reviewer else rows.exclude(state=RemarkState.DRAFT):
        thread = found.setdefault(row.pk, Thread(row))
        reply = ReplyLine(*(getattr(row, f"reply_{name}") for name in ReplyLine._fields))
        if reply.pk and (reviewer or reply.sent_at):
            thread.replies.append(reply)
    return list(found.values())


def hide_verdicts(progress, threads):
    """Before the decision is sent, every remark that the submission answered is still answered for the Region."""
    for thread in threads if progress.state == State.SUBMITTED else ():
        remark = thread.remark
        if not thread.is_settled or remark.settled_at >= remark.asked_at:
            remark.state, remark.settled_at = RemarkState.ANSWERED, None


def of_part(dossier, part):
    """The remarks that a correction waits for on one shared part of the dossier (elements.SHARED), in one query."""
    asked = Remark.objects.filter(progress__negotiation=dossier, progress__state=State.RETURNED,
                                  state__in=[RemarkState.OPEN, RemarkState.ANSWERED]).select_related("progress__step")
    return [one for one in asked if part_of(one.target) == part and SHARED[part] & set(one.progress.step.checks)]


def unsent(threads):
    """The marks of all that these threads hold and that a decision would send."""
    return " ".join([thread.remark.mark for thread in threads if thread.is_draft] + [
        mark_of("m", reply.pk, reply.text) for thread in threads for reply in thread.replies if not reply.sent_at])


def asked_again(threads):
    """Those that the Region answered and nobody has settled: a return would ask them again."""
    return [thread for thread in threads if thread.remark.state == RemarkState.ANSWERED]


def by_target(threads):
    """{element key: [Thread]}"""
    found = {}
    for thread in threads:
        found.setdefault(thread.remark.target, []).append(thread)
    return found
