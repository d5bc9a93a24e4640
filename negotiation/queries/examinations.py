"""What pages read of the examination of a step: its submissions, the levels of each, who has spoken, who is awaited."""
from dataclasses import dataclass
from itertools import groupby

from ..choices import Outcome
from ..models import Reading, Seat, Submission


@dataclass(frozen=True)
class Level:
    """One level of one submission, with the seats of its organisations in order."""
    passage: object
    seats: list


@dataclass(frozen=True)
class Round:
    """One submission and its levels in order."""
    submission: Submission
    levels: list

    @property
    def is_sent(self):
        """Has the Region received the decision? Before that, voices are the reviewers' own."""
        return self.submission.outcome in {Outcome.APPROVED, Outcome.RETURNED}


@dataclass(frozen=True)
class Examination:
    """Every submission of a step, newest first."""
    rounds: list

    @property
    def last(self):
        return self.rounds[0].submission

    @property
    def levels(self):
        return self.rounds[0].levels

    @property
    def seats(self):
        return [seat for level in self.levels for seat in level.seats]

    @property
    def waiting(self):
        """The seats whose turn it is now, none once the submission is over."""
        return [] if self.last.closed_at else [
            seat for seat in self.seats if seat.is_waited_for and not seat.passage.closed_at]

    @property
    def next_level(self):
        """The level that comes after the one now open, None at the last."""
        closed = [level.passage.opened_at is not None for level in self.levels]
        later = self.levels[sum(closed):]
        return later[0] if later else None

    def seats_of(self, user):
        """Does the person's organisation sit at one of its levels?"""
        sitting = {seat.organisation_id for seat in self.seats}
        return bool(sitting & {membership.organisation_id for membership in user.current_memberships})

    def is_last_level(self, passage):
        return passage.pk == self.levels[-1].passage.pk


def of_step(progress):
    """The Examination of a step in one query; None when it was never submitted. The frozen contents are not read."""
    seats = list(Seat.objects.filter(passage__submission__progress=progress).select_related(
        "organisation", "given_by", "passage__submission__submitted_by", "passage__submission__opened_by",
    ).defer("passage__submission__content").order_by(
        "-passage__submission__number", "passage__order", "order"))
    rounds = []
    for submission, rows in groupby(seats, lambda seat: seat.passage.submission):
        levels = [Level(passage, list(found)) for passage, found in groupby(rows, lambda seat: seat.passage)]
        rounds.append(Round(submission, levels))
    return Examination(rounds) if rounds else None


def last_read(user, progress):
    """The number of the submission that this reviewer last read, 0 when they read none."""
    read = Reading.objects.filter(user=user, progress=progress).values_list("submission__number", flat=True)
    return read.first() or 0
