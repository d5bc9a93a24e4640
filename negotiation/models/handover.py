"""Passations: a member hands their work over to a colleague, who accepts it."""
from django.db import models

from ..choices import HandoverState
from .account import Membership, User


class Handover(models.Model):
    """`state` is assigned in workflow/ only."""
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="handovers", verbose_name="appartenance")
    successor = models.ForeignKey(User, models.PROTECT, related_name="successions", verbose_name="successeur")
    state = models.CharField("état", max_length=10, choices=HandoverState, default=HandoverState.PROPOSED)
    note = models.TextField("ce qu’il faut savoir", max_length=5000, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="proposée par")
    proposed_at = models.DateTimeField("proposée le", auto_now_add=True)
    decided_at = models.DateTimeField("acceptée ou retirée le", null=True, blank=True)

    class Meta:
        verbose_name = "passation"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=models.Q(state=HandoverState.PROPOSED),
                name="handover_one_proposed",
                violation_error_message="Une passation attend déjà une réponse : retirez-la avant d’en proposer une "
                                        "autre."),
            models.CheckConstraint(
                condition=models.Q(state=HandoverState.PROPOSED, decided_at__isnull=True)
                | (~models.Q(state=HandoverState.PROPOSED) & models.Q(decided_at__isnull=False)),
                name="handover_decided_is_dated",
                violation_error_message="Une passation acceptée ou retirée est datée."),
        ]

    def __str__(self):
        return f"{self.membership.user} → {self.successor}"
