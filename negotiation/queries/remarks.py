"""What pages read of remarks: threads, as each side may see them. What is not sent is read by reviewers only."""
from dataclasses import dataclass, field

from ..choices import RemarkState
from ..models import Remark, Reply


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
    def waits_for_answer(self):
        return self.remark.state == RemarkState.OPEN


def threads(progress, *, reviewer):
    """[Thread] of a step, in two queries. reviewer: may read what is not sent yet (`review.read`)."""
    remarks = Remark.objects.filter(progress=progress).select_related("author", "organisation", "settled_by")
    replies = Reply.objects.filter(remark__progress=progress).select_related("author", "organisation")
    if not reviewer:
        remarks = remarks.exclude(state=RemarkState.DRAFT)
        replies = replies.filter(sent_at__isnull=False)
    found = {remark.pk: Thread(remark) for remark in remarks.order_by("pk")}
    for reply in replies.order_by("pk"):
        if reply.remark_id in found:
            found[reply.remark_id].replies.append(reply)
    return list(found.values())


def by_target(threads):
    """{element key: [Thread]}"""
    found = {}
    for thread in threads:
        found.setdefault(thread.remark.target, []).append(thread)
    return found
