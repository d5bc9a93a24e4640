"""The chain of approval: who sits at each level of a submission, and whose turn it is."""
from datetime import timedelta

from django.utils import timezone

from ..choices import LevelKind, LevelMode, LevelRule, OrganisationKind, is_decided
from ..dates import working_days_after
from ..models import Holiday, Opening, Organisation, Passage, ReviewLevel, Seat

DGCT = "dgct"
# A step without a chain, or whose chain ends on an opinion, is examined by the DGCT: an opinion decides nothing.
DEFAULT = {"kind": LevelKind.EXAMINATION, "parties": [DGCT], "rule": LevelRule.ANY}


# Said of an opinion that the grid asks for, when no service to which the dossier is open can give it.
UNHEARD = "aucun service n’y est associé, ce niveau ne s’ouvre pas"


def seat(submission, step, negotiation):
    """Create the levels of a submission with their organisations, as the grid has them today.

    Returns what the journal tells of the opinions that nobody can give.
    """
    chain = list(ReviewLevel.objects.filter(step=step))
    found = parties(negotiation, chain)
    sitting = {level.pk: dict.fromkeys(organisation for code in level.parties for organisation in found.get(code, []))
               for level in chain}
    # Nobody to give this opinion: the level does not exist for this submission.
    heard = [level for level in chain if level.kind != LevelKind.OPINION or sitting[level.pk]]
    if not heard or not is_decided([level.kind for level in heard]):
        heard.append(ReviewLevel(step=step, order=max((level.order for level in chain), default=0) + 1, **DEFAULT))
    for level in heard:
        copy(level, submission, sitting.get(level.pk, found[DGCT]))
    return {"unheard": UNHEARD} if any(level not in heard for level in chain) else {}


def copy(level, submission, organisations):
    """The level as this submission has it, with who sits there: the grid may change, it does not."""
    passage = Passage.objects.create(
        submission=submission, order=level.order, kind=level.kind, rule=level.rule, quorum=level.quorum,
        mode=level.mode, delay_days=level.delay_days)
    Seat.objects.bulk_create(Seat(passage=passage, organisation=organisation, order=order)
                             for order, organisation in enumerate(organisations, 1))
    return passage


def parties(negotiation, levels):
    """{actor code: [organisation]} of those that can read this dossier: the DGCT, and services to which it is open."""
    codes = {code for level in levels for code in level.parties}
    open_to = set(Opening.objects.filter(negotiation=negotiation).values_list("organisation_id", flat=True))
    found = {DGCT: list(Organisation.objects.filter(kind=OrganisationKind.DGCT).order_by("pk"))}
    for one in Organisation.objects.filter(grid_actor__code__in=codes - {DGCT}, kind=OrganisationKind.SERVICE,
                                           pk__in=open_to).select_related("grid_actor").order_by("pk"):
        found.setdefault(one.grid_actor.code, []).append(one)
    return found


def open_next(submission, now):
    """Open the next level: the Passage now open, or None when the chain is through, which no opinion ends."""
    levels = list(submission.passages.order_by("order"))
    passage = next((level for level in levels if not level.closed_at), None)
    if not passage and not is_decided([level.kind for level in levels]):
        # Submitted when such a chain was not refused yet.
        passage = copy(ReviewLevel(order=levels[-1].order + 1, **DEFAULT), submission,
                       parties(submission.progress.negotiation, [])[DGCT])
    if passage:
        passage.opened_at = now
        passage.save(update_fields=["opened_at"])
        ask(passage, list(passage.seats.all()), now)
    return passage


def ask(passage, seats, now):
    """It is their turn: all at once, or the first that has not spoken."""
    waiting = [one for one in seats if not one.voice]
    if passage.mode == LevelMode.SEQUENTIAL:
        waiting = waiting[:1]
    today = timezone.localdate(now)
    # Twice the days and a month hold every week-end and holiday of the delay.
    closed = Holiday.objects.dates(today, today + timedelta(days=2 * passage.delay_days + 30))
    due = working_days_after(today, passage.delay_days, closed)
    for one in waiting:
        if not one.asked_at:
            one.asked_at, one.due_on = now, due
            one.save(update_fields=["asked_at", "due_on"])


def close(passage, outcome, now, reason="", by=None):
    """by: who closes it without the voices that it waited for."""
    passage.closed_at, passage.outcome, passage.reason, passage.closed_by = now, outcome, reason, by
    passage.save(update_fields=["closed_at", "outcome", "reason", "closed_by"])
