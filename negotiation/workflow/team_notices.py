"""What people are told of invitations, suppléances and passations; written as notices.py says."""
from django.urls import reverse

from ..choices import HandoverState, NoticeKind, Role
from ..dates import NBSP, spoken
from . import audience
from .notices import call_off, quoted, settle, tell


def joined(invitation, user, roles):
    """To whoever sent the invitation, unless they have left since."""
    inviter = invitation.invited_by
    gone = not inviter.is_active or not inviter.current_memberships
    told = "\n".join(f"- {row}" for row in roles)
    tell([] if gone else [inviter], NoticeKind.TEAM, f"joined:{invitation.pk}", f"Invitation acceptée{NBSP}: {user}",
         f"{user} a accepté votre invitation{NBSP}:\n{told}", reverse("team"), by=user)


def team_written(entry, organisations, row, *, by):
    """To those who lead the team: what the administration did to it. The person concerned is told nothing here."""
    leads = audience.people(organisations, {Role.MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR})
    tell(leads, NoticeKind.TEAM, f"written:{entry.pk}", f"Votre équipe dans l’administration{NBSP}: "
         f"{entry.get_action_display()}", f"{entry.by_name} {entry.get_action_display()}{NBSP}: {entry.subject}.",
         reverse("people_journal"), by=by)


def role_of(membership):
    return f"{membership.get_role_display()}, {membership.organisation.name}"


def deputy_named(deputy, *, by):
    """To the deputy: whom they stand in for, and until when."""
    replaced = deputy.membership.user
    tell([deputy.deputy], NoticeKind.TEAM, f"deputy:{deputy.pk}", f"Vous suppléez {replaced}",
         f"Du {spoken(deputy.starts_on)} au {spoken(deputy.ends_on)} inclus, vous agissez à la place de {replaced} "
         f"({role_of(deputy.membership)}).", reverse("deputies"), by=by, topic=f"deputy:{deputy.pk}")


def deputy_ended(deputy, *, by):
    """The one who ends it knows; the other is told if they knew of it, the person replaced in any case. Who has left
    is told nothing."""
    replaced = deputy.membership.user
    title, page = f"Suppléance terminée{NBSP}: {replaced}", reverse("deputies")
    text = f"La suppléance de {replaced} par {deputy.deputy} ({role_of(deputy.membership)}) a pris fin avant son terme."
    call_off([f"deputy:{deputy.pk}"], f"deputy-end:{deputy.pk}", title, text, page, by=by)
    staying = [replaced] if audience.sees(replaced, None) else []
    tell(staying, NoticeKind.TEAM, f"deputy-end:{deputy.pk}", title, text, page, by=by)


def handover_proposed(handover, *, by):
    """To the successor, who accepts it or not: who proposes it, of whose role, and whose note it is."""
    leaver, proposer = handover.membership.user, handover.proposed_by
    whose = "lui succéder" if proposer == leaver else f"succéder à {leaver}"
    note = f"\nCe qu’il faut savoir, selon {proposer}{NBSP}: {quoted(handover.note)}" if handover.note.strip() else ""
    tell([handover.successor], NoticeKind.TEAM, f"handover:{handover.pk}",
         f"Passation proposée par {proposer}",
         f"{proposer} vous propose de {whose}{NBSP}: {role_of(handover.membership)}. Lisez la "
         f"passation, puis acceptez-la.{note}", reverse("handover", args=[handover.pk]), by=by,
         topic=f"handover:{handover.pk}")


def handover_decided(handover, *, by):
    """Accepted, or not by the successor: to whoever leaves and whoever proposed it; the role is the leaver's too until
    somebody ends it. Withdrawn: to the successor who knew of it."""
    topic, page = f"handover:{handover.pk}", reverse("handover", args=[handover.pk])
    role, key = role_of(handover.membership), f"handover-end:{handover.pk}"
    leaver, successor = handover.membership.user, handover.successor
    if handover.state == HandoverState.ACCEPTED:
        settle(topic=topic)
        title, told = f"Passation acceptée par {successor}", (
            f"{successor} tient maintenant ce rôle{NBSP}: {role}. {leaver} le tient aussi, jusqu’à ce qu’on mette fin "
            "à son appartenance.")
    elif handover.state == HandoverState.DECLINED:
        settle(topic=topic)
        title, told = f"Passation non acceptée par {successor}", (
            f"{successor} n’a pas accepté de succéder à {leaver}{NBSP}: {role}. Proposez-la à un autre membre de "
            "l’équipe.")
    else:
        return call_off([topic], key, f"Passation retirée{NBSP}: {leaver}",
                        f"La passation n’est plus proposée{NBSP}: {role}.", page, by=by)
    return tell({leaver, handover.proposed_by}, NoticeKind.TEAM, key, title, told, page, by=by)
