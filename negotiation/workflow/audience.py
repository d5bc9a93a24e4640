"""Who may be told what: people of today in a role of an organisation that sees the dossier, deputies included."""
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ..choices import CENTRAL, NEXT_AT, ROLES_AT, WRITERS, LevelKind, OrganisationKind, Role, Voice
from ..models import Deputy, Membership, Negotiation, Opening, Organisation, Passage, Seat, User

SPEAKING = {Role.ADVISER, Role.EXAMINER, Role.DIRECTOR}


def people(organisations, roles, **which):
    """Active people who hold one of these roles there today, and those who stand in for them. which: of whom."""
    today, current = timezone.localdate(), Membership.objects.current()
    held = current.filter(organisation__in=organisations, role__in=roles, user__is_active=True, **which)
    colleague = current.filter(user=OuterRef("deputy"), organisation=OuterRef("membership__organisation"))
    standing = Deputy.objects.filter(Exists(colleague), membership__in=held, starts_on__lte=today,
                                     ends_on__gte=today, ended_at__isnull=True)
    return User.objects.filter(Q(pk__in=held.values("user")) | Q(pk__in=standing.values("deputy")), is_active=True)


def team(negotiation):
    return people([negotiation.owner_id], WRITERS)


def reviewers(negotiation, organisations, roles, **which):
    """Those of these organisations that see the dossier, without whoever writes for the Region."""
    open_to = Opening.objects.filter(negotiation=negotiation, organisation=OuterRef("pk"))
    seeing = Organisation.objects.filter(Q(kind__in=CENTRAL) | Exists(open_to), pk__in=organisations)
    return people(seeing, roles, **which).exclude(pk__in=team(negotiation))


def at_seat(seat, progress, *, roles=None):
    """Those who may speak at this seat now: in `roles`, or in all those that speak there."""
    return free(progress, seat.passage.submission, [seat.organisation_id], roles or seat.roles())


def free(progress, submission, organisations, roles):
    """Reviewers of these organisations who have had no part in this submission."""
    spoken = Seat.objects.filter(passage__submission=submission, given_by__isnull=False).exclude(voice=Voice.SKIPPED)
    unblocked = Passage.objects.filter(submission=submission, closed_by__isnull=False).exclude(kind=LevelKind.OPINION)
    return reviewers(progress.negotiation, organisations, roles).exclude(pk__in=spoken.values("given_by")).exclude(
        pk__in=unblocked.values("closed_by")).exclude(pk=submission.submitted_by_id)


def left(seats, progress, submission, *, without):
    """Is there anybody to speak at one of these seats of a level to come, once this person has spoken?"""
    roles = set().union(*(ROLES_AT[seat.passage.kind] for seat in seats))
    return free(progress, submission, [seat.organisation_id for seat in seats], roles).exclude(pk=without.pk).exists()


def administrators(negotiation):
    return reviewers(negotiation, Organisation.objects.filter(kind=OrganisationKind.PLATFORM), {Role.ADMINISTRATOR})


def usual(seat):
    """The roles that speak at this seat before any delay has passed."""
    return ROLES_AT[seat.passage.kind]


def next_after(late, progress):
    """Those who may act once these seats of a level are late, the late ones aside: the next person in charge, or an
    administrator when there is none.

    A late examination falls to the direction; a late opinion may be passed over by the DGCT; a decision, unblocked.
    """
    passage = late[0].passage
    organisations, roles = [seat.organisation_id for seat in late], NEXT_AT[passage.kind]
    if passage.kind == LevelKind.OPINION:
        organisations, roles = Organisation.objects.filter(kind=OrganisationKind.DGCT), {Role.EXAMINER}
    found = free(progress, passage.submission, organisations, roles)
    for seat in late:
        found = found.exclude(pk__in=at_seat(seat, progress, roles=usual(seat)).values("pk"))
    return found if found.exists() else administrators(progress.negotiation)


def readers(negotiation):
    """The team, and those of the organisations to which the dossier is open. Not the DGCT, which reads every one."""
    open_to = Opening.objects.filter(negotiation=negotiation).values("organisation")
    return people([negotiation.owner_id], WRITERS) | people(open_to, {Role.ADVISER, Role.PARTNER})


def signatories(negotiation):
    """Those who deposit the signed copy: the responsables of the Region, the direction of the DGCT."""
    dgct = Organisation.objects.filter(kind=OrganisationKind.DGCT)
    return people([negotiation.owner_id], {Role.MANAGER}) | people(dgct, {Role.DIRECTOR})


def sees(user, negotiation):
    """As the person is today: their roles are read again. Who has left sees nothing, not even what is of no dossier."""
    user = User.objects.get(pk=user.pk)
    if negotiation is None:
        return user.is_active and bool(user.current_memberships)
    return Negotiation.objects.visible_to(user).filter(pk=negotiation.pk).exists()
