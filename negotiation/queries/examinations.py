"""What pages read of the examination of a step: its submissions, the levels of each, who has spoken, who is awaited."""
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Value

from ..choices import Outcome, Role, State, Voice, conclusion
from ..models import Organisation, Passage, Reading, Seat, Submission, User
from .seats import answerable, is_followed

# What is read of a seat, and of the two that it names, with its level.
SEAT = ("pk", "order", "asked_at", "due_on", "escalated_at", "voice", "reasons", "given_at")
NAMED = {"organisation": (Organisation, ("pk", "name", "acronym")), "given_by": (User, ("pk", "name", "email"))}


@dataclass(frozen=True)
class Level:
    """One level of one submission, with the seats of its organisations in order; none when nobody can speak there."""
    passage: object
    seats: list


@dataclass(frozen=True)
class Round:
    """One submission and its levels in order. unheard: the grid asks for an opinion that no organisation can give."""
    submission: Submission
    levels: list
    unheard: bool = False

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
    def is_trapped(self):
        """Is there nobody to speak at the level now open?"""
        return not any(seat.is_answerable for seat in self.waiting)

    @property
    def answered(self):
        """The newest round that the Region received an answer to: what it submitted since may have been recalled."""
        return next((one for one in self.rounds if one.is_sent), self.rounds[0])

    @property
    def returners(self):
        """The seats whose voice returned the last submission; none when it was unblocked."""
        return [seat for level in self.answered.levels for seat in level.seats if seat.voice == Voice.RETURN
                and level.passage.outcome == Outcome.RETURNED and not level.passage.closed_by_id]

    @property
    def asks(self):
        """Who asks the Region for a correction, as the title of the reason says it."""
        if self.answered.submission.outcome == Outcome.APPROVED:
            return "Étape rouverte par la DGCT"
        names = ", ".join(seat.organisation.name for seat in self.returners)
        return f"Correction demandée par : {names or 'l’administration de l’application'}"

    def is_returned_for(self, user):
        """Is the return of the person's own service, and of no other organisation?"""
        sides = {seat.organisation_id for seat in self.returners}
        return bool(sides) and sides <= user.organisations_as(Role.ADVISER)

    def is_returned_by_another(self, user):
        """Is the return a colleague's, and not this person's own?"""
        authors = {seat.given_by_id for seat in self.returners} | {
            level.passage.closed_by_id for level in self.answered.levels if level.passage.outcome == Outcome.RETURNED}
        return bool(authors - {user.pk, None})

    def stands_as_returned(self, progress):
        """Was the last submission returned, and nothing of it touched by the Region since?"""
        return self.last.outcome == Outcome.RETURNED and self.last.closed_at == progress.changed_at

    @property
    def next_level(self):
        """The level that comes after the one now open, None at the last."""
        closed = [level.passage.opened_at is not None for level in self.levels]
        later = self.levels[sum(closed):]
        return later[0] if later else None

    @property
    def then(self):
        """Who speaks next when those now awaited agree, as a Level: the next of theirs where they speak one after the
        other, else the whole next level. None when nobody is."""
        if not (waited := self.waiting):
            return None
        level = next(one for one in self.levels if one.passage.pk == waited[0].passage.pk)
        passage, later = level.passage, [seat for seat in level.seats if not seat.voice and seat not in waited]
        voices = [Voice.APPROVE if seat in waited else seat.voice for seat in level.seats]
        if later and not conclusion(passage.kind, passage.rule, passage.quorum, voices):
            return Level(passage, later[:1])
        return self.next_level

    def has_spoken(self, user):
        """Did the person speak on the submission that is examined now? They say no more of it, deputies or not."""
        return not self.last.closed_at and any(
            seat.given_by_id == user.pk and seat.voice != Voice.SKIPPED for seat in self.seats)

    def seats_of(self, user):
        """Does the person's organisation sit at one of its levels?"""
        sitting = {seat.organisation_id for seat in self.seats}
        return bool(sitting & {membership.organisation_id for membership in user.current_memberships})

    def is_last_level(self, passage):
        return passage.pk == self.levels[-1].passage.pk


def of_step(progress):
    """The Examination of a step in one query; None when it was never submitted. The frozen contents are not read."""
    columns = [*SEAT, *(f"{name}__{field}" for name, (_, fields) in NAMED.items() for field in fields)]
    # Where nothing is awaited, no page asks.
    can_speak = Exists(answerable(Seat.objects.filter(pk=OuterRef("seats__pk")))) if (
        progress.state == State.SUBMITTED) else Value(True)
    rows = Passage.objects.filter(submission__progress=progress).select_related(
        "submission__submitted_by", "submission__opened_by").defer("submission__content").annotate(
        **{f"seat_{path}": F(f"seats__{path}") for path in columns}, seat_is_answerable=can_speak,
        is_followed=is_followed("submission") if progress.state == State.SUBMITTED else Value(False)).order_by(
        "-submission__number", "order", "seats__order")
    rounds = []
    for submission, found in groupby(rows, lambda row: row.submission):
        found = list(found)
        submission.follower = submission.opened_by if found[0].is_followed else None
        levels = [Level(passage, [seat_of(row) for row in [passage, *others] if row.seat_pk])
                  for passage, *others in (list(same) for _, same in groupby(found, lambda row: row.pk))]
        # The levels of a chain are numbered from 1: one that nobody could give was left out of those of the submission.
        rounds.append(Round(submission, levels, levels[-1].passage.order > len(levels)))
    return Examination(rounds) if rounds else None


def seat_of(row):
    """The Seat that came with its level, and whom it names."""
    named = {name: model(**{field: getattr(row, f"seat_{name}__{field}") for field in fields})
             for name, (model, fields) in NAMED.items() if getattr(row, f"seat_{name}__pk")}
    seat = Seat(passage=row, **named, **{name: getattr(row, f"seat_{name}") for name in SEAT})
    seat.is_answerable = row.seat_is_answerable
    return seat


def last_read(user, progress):
    """The number of the submission that this reviewer last read, 0 when they read none."""
    read = Reading.objects.filter(user=user, progress=progress).values_list("submission__number", flat=True)
    return read.first() or 0
