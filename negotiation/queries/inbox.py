"""The inbox of reviewers: the steps under examination, filtered, what is due first on top."""
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from ..choices import LevelKind, RemarkState
from ..models import Region
from .seats import is_followed
from .tasks import awaited, mine


@dataclass(frozen=True)
class Filters:
    """What the person asked to see; a value that does not exist filters nothing."""
    region: str = ""
    kind: str = ""
    mine: bool = False
    late: bool = False

    @classmethod
    def of(cls, data):
        kind = data.get("niveau", "")
        return cls(data.get("region", "")[:60], kind if kind in LevelKind.values else "", bool(data.get("moi")),
                   bool(data.get("retard")))

    @property
    def query(self):
        """The same filters in an address."""
        named = {"region": self.region, "niveau": self.kind, "moi": "1" if self.mine else "",
                 "retard": "1" if self.late else ""}
        return "".join(f"&{name}={value}" for name, value in named.items() if value)

    @property
    def kinds(self):
        return LevelKind.choices


def lines(user, filters):
    """The seats awaited on dossiers that the person may see; each with `n_remarks`, remarks that are not settled, and
    `is_followed`: does somebody follow the submission?"""
    seats = mine(user) if filters.mine else awaited(user)
    if filters.region:
        seats = seats.filter(passage__submission__progress__negotiation__region__slug=filters.region)
    if filters.kind:
        seats = seats.filter(passage__kind=filters.kind)
    if filters.late:
        seats = seats.filter(due_on__lt=timezone.localdate())
    left = ~Q(passage__submission__progress__remarks__state=RemarkState.SETTLED)
    return seats.annotate(is_followed=is_followed("passage__submission"),
                          n_remarks=Count("passage__submission__progress__remarks", filter=left))


def regions():
    return Region.objects.order_by("name")
