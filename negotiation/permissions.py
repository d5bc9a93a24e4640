"""Who may do what: one table. The button and the guard ask the same question.

A rule takes the person (memberships loaded once) and the dossier (or what PEOPLE says), and makes no query. Seeing a
dossier at all is `Negotiation.objects.visible_to(user)`: what a person may not see does not exist for them. At which
level of approval a person speaks is their organisation's seat (`Seat.is_of`), read with the page and again by the act.
"""
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from .choices import LevelKind, OrganisationKind, Role, State, Voice
from .workflow.transitions import STEP


def council_of(user, *roles):
    """The councils for which the person holds one of these roles."""
    return [m.organisation for m in user.current_memberships
            if m.role in roles and m.organisation.kind == OrganisationKind.COUNCIL]


def writes(user, negotiation):
    return negotiation.owner_id in user.organisations_as(Role.EDITOR, Role.MANAGER)


def manages(user, negotiation):
    return negotiation.owner_id in user.organisations_as(Role.MANAGER)


def examines(user, negotiation):
    """DGCT's reviewers, except those who also belong to the Region: nobody approves their own work."""
    return bool(user.roles & {Role.EXAMINER, Role.DIRECTOR}) and not writes(user, negotiation)


def directs(user, negotiation):
    return Role.DIRECTOR in user.roles and not writes(user, negotiation)


def publishes(user, negotiation):
    return manages(user, negotiation) or directs(user, negotiation)


def reviews(user, negotiation):
    """The DGCT, and a State service to which this dossier is open: they speak at the levels where they sit."""
    return examines(user, negotiation) or (getattr(negotiation, "is_advised", False) and not writes(user, negotiation))


def unblocks(user, negotiation):
    return Role.ADMINISTRATOR in user.roles and not writes(user, negotiation)


def reads_reviews(user, negotiation):
    """What reviewers write before it is sent: theirs and the administrator's."""
    return reviews(user, negotiation) or unblocks(user, negotiation)


def reads_journal(user, negotiation):
    """Not a partner: the team, the State's reviewers, and a State service to which this dossier is open."""
    reviewers = {Role.EXAMINER, Role.DIRECTOR, Role.ADMINISTRATOR}
    return writes(user, negotiation) or bool(user.roles & reviewers) or getattr(negotiation, "is_advised", False)


def own(user):
    """Without those of the colleagues they stand in for: ten days of suppléance must not become a lasting right, so
    a deputy invites nobody, ends no membership and names no successor."""
    return [m for m in user.current_memberships if not m.acting_for]


def holds(user, membership):
    """Is this membership the person's own, today?"""
    return membership.pk in {m.pk for m in own(user)}


def administers(user):
    return any(m.role == Role.ADMINISTRATOR for m in own(user))


def leads(user, organisation):
    """Who answers for a team: the responsables of a council, the directors of the DGCT, administrators of theirs."""
    return any(m.organisation_id == organisation.pk and m.role in LEADS for m in own(user))


def belongs(user, organisation):
    return organisation.pk in {m.organisation_id for m in own(user)}


def invites(user, organisation):
    return leads(user, organisation) or administers(user)


def reads_handover(user, handover):
    """Both people while they belong to the organisation, and those who lead it; nobody else."""
    membership = handover.membership
    both = {membership.user_id, handover.successor_id}
    return leads(user, membership.organisation) or user.pk in both and belongs(user, membership.organisation)


LEADS = {Role.MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR}
# What concerns people and no dossier; the second parameter says on what each rule is asked.
PEOPLE = {
    "team.invite": invites,
    "team.journal": invites,
    "invitation.manage": lambda user, invitation: all(invites(user, r.organisation) for r in invitation.roles.all()),
    "membership.end": lambda user, membership: (user.pk == membership.user_id
                                                or invites(user, membership.organisation)),
    "deputy.name": holds,
    "deputy.end": lambda user, deputy: user.pk in {deputy.deputy_id, deputy.membership.user_id},
    "handover.propose": lambda user, membership: holds(user, membership) or invites(user, membership.organisation),
    "handover.read": reads_handover,
    "handover.accept": lambda user, handover: user.pk == handover.successor_id and reads_handover(user, handover),
    "handover.withdraw": reads_handover,
    # The copy of an edition that was given to the person's organisation.
    "share.receive": lambda user, link: link.organisation_id in {m.organisation_id for m in user.current_memberships},
}
RULES = {
    **PEOPLE,
    "negotiation.open": lambda user, _: bool(council_of(user, Role.MANAGER)),
    "dossier.write": writes,
    "dossier.change": manages,
    "dossier.share": publishes,
    "step.submit": manages,
    "step.recall": manages,
    "step.approve": reviews,
    "step.return": reviews,
    "step.opinion": reviews,
    "step.favourable": reviews,
    "step.reserved": reviews,
    "step.unfavourable": reviews,
    # A service, its own return (`own_moves`, workflow/cancelled_returns.py).
    "step.cancel_return": reviews,
    "step.skip": examines,
    "step.unblock": unblocks,
    "step.unblock_return": unblocks,
    "step.reopen": directs,
    "review.read": reads_reviews,
    "remark.write": reviews,
    "remark.answer": writes,
    "journal.read": reads_journal,
    # An edition that is established and not published: a partner is given a copy in its name (booklet.share).
    "booklet.proof": reads_journal,
    # The Region records every position; a reviewer of the State, those of the State (workflow/positions.py).
    "position.propose": lambda user, dossier: writes(user, dossier) or reviews(user, dossier),
    "position.agree": manages,
    "position.withdraw": lambda user, dossier: writes(user, dossier) or reviews(user, dossier),
    # The mandate and the scenarios are the team's alone, even to read.
    "mandate.read": writes,
    "scenario.read": writes,
    "booklet.publish": publishes,
    # Who may publish may also give one reader what is not public yet, and deposit what is signed.
    "booklet.share": publishes,
    "booklet.sign": publishes,
}


def can(user, action, negotiation=None):
    return user.is_authenticated and RULES[action](user, negotiation)


def require(user, action, negotiation=None):
    """Raises PermissionDenied (the French 403 page) when the table says no."""
    if not can(user, action, negotiation):
        raise PermissionDenied("Votre rôle ne permet pas cet acte.")


@dataclass(frozen=True)
class Offer:
    """An act that a page offers. reason: "" (none asked), « optional » or « required »; text: one written before;
    warning: what it would lead to, said before the click."""
    action: str
    label: str
    reason: str = ""
    text: str = ""
    warning: str = ""


FURTHER = "Approuver et transmettre au niveau suivant"
# What was sent is not unsaid: the journal is never rewritten.
SENT = ("Le motif et les observations redeviendront des brouillons. Mais ils ont été envoyés : la Région pourra encore "
        "les lire dans le journal, qui garde tout.")

UNTOUCHED = "Rien n’a été corrigé dans cette étape depuis le renvoi, et aucune observation n’y a reçu de réponse."


def moves(user, progress, examination=None):
    """[Offer] that this person may carry out on this step now. `examination`: queries.examinations.Examination."""
    return [*own_moves(user, progress, examination), *voices(user, progress, examination),
            *ways_out(user, progress, examination)]


def own_moves(user, progress, examination):
    """The moves of the table that rest on the role alone."""
    dossier, last = progress.negotiation, examination and examination.last
    untouched = bool(last) and examination.stands_as_returned(progress)
    offered = {
        "submit": True,
        "recall": bool(last) and not last.opened_at,
        # Once the Region has touched the step, its correction has begun.
        "cancel_return": untouched and last.submitted_by_id != user.pk and (
            examines(user, dossier) or examination.is_returned_for(user)),
        "reopen": True,
    }
    # A colleague's return is taken back with a reason.
    asked = {action for action in offered if STEP[action].needs_reason or action == "cancel_return" and examination
             and examination.is_returned_by_another(user)}
    return [Offer(action, STEP[action].label, "required" if action in asked else "",
                  warning=SENT if action == "cancel_return" else UNTOUCHED if action == "submit" and untouched else "")
            for action, open_to in offered.items()
            if open_to and progress.state in STEP[action].sources and can(user, f"step.{action}", dossier)]


def has_part(user, examination):
    """Has the person submitted, or spoken already? Nobody has two parts in one submission."""
    return examination.last.submitted_by_id == user.pk or any(
        one.given_by_id == user.pk and one.voice != Voice.SKIPPED for one in examination.seats)


def has_unblocked(user, examination):
    """Has the person gone over a level that decides? They do not speak at the next."""
    return any(level.passage.closed_by_id == user.pk and level.passage.kind != LevelKind.OPINION
               for level in examination.levels)


def seat(user, progress, examination):
    """The seat at which the person speaks now, if it is their turn and they have not taken part in this submission."""
    if progress.state != State.SUBMITTED or not examination or not can(user, "step.approve", progress.negotiation):
        return None
    if has_part(user, examination) or has_unblocked(user, examination):
        return None
    return next((one for one in examination.waiting if one.is_answerable and one.is_of(user)), None)


def voices(user, progress, examination):
    """What the person may say at the level now open."""
    mine = seat(user, progress, examination)
    if not mine:
        return []
    if mine.passage.kind == LevelKind.OPINION:
        # Which one is chosen in its form.
        return [Offer("opinion", "Rendre l’avis", "optional")]
    further = mine.passage.kind != LevelKind.DECISION and not examination.is_last_level(mine.passage)
    return [Offer(Voice.APPROVE.value, FURTHER if further else "Approuver"),
            Offer(Voice.RETURN.value, "Renvoyer pour correction", "optional", mine.reasons)]


def ways_out(user, progress, examination):
    """Passing over an opinion that is late, and what an administrator does when nobody else can."""
    if progress.state != State.SUBMITTED or not examination or has_part(user, examination):
        return []
    dossier, waiting = progress.negotiation, examination.waiting
    late = waiting and all(one.due_on < timezone.localdate() for one in waiting)
    offers = []
    if late and waiting[0].passage.kind == LevelKind.OPINION and can(user, "step.skip", dossier):
        offers.append(Offer("skip", f"Passer outre l’avis en retard ({names(waiting)})", "required"))
    if can(user, "step.unblock", dossier):
        level = next((level for level in examination.levels if not level.passage.closed_at), None)
        offers += [Offer("unblock", unblocking(examination, level), "required"),
                   Offer("unblock_return", "Débloquer : renvoyer à la Région", "required",
                         level.passage.reason if level else "")]
    return offers


def names(seats):
    return ", ".join(str(one.organisation) for one in seats)


def unblocking(examination, level):
    """What going on without those who are waited for comes to. level: the one now open, or None."""
    is_opinion = level and level.passage.kind == LevelKind.OPINION
    if not level or examination.is_last_level(level.passage) and not is_opinion:
        return "Débloquer : approuver l’étape"
    if is_opinion and any(not (one.voice or one.asked_at) for one in level.seats):
        return f"Débloquer : passer outre l’avis attendu ({names(examination.waiting)})"
    return "Débloquer : passer au niveau suivant"
