"""Inviting, sending again, revoking, accepting. Journalled without dossier; knows no mail: the caller sends it after.

The token is returned once, to be sent; the base keeps its SHA-256 only.
"""
import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..choices import Action
from ..dates import moment
from ..models import Invitation, InvitedRole, Membership, Organisation, User
from ..models.invitation import hash_of
from . import team_notices, vacancies
from .journal import is_done, one_time, record
from .locks import for_update
from .transitions import NotAllowed

LASTS = timedelta(days=14)


@transaction.atomic
def invite(invitation, roles, *, by, key=""):
    """Create the invitation for these [(organisation, role)]: (invitation, token), or None when the form with this key
    was already carried out. Raises NotAllowed, ValidationError.
    """
    lock_teams(organisation for organisation, _ in roles)
    invitation.email = invitation.email.lower()
    key = one_time(key, Action.INVITATION_SEND, invitation.email, [(o.pk, role) for o, role in roles])
    if is_done(None, key):
        return None
    refuse_known(invitation.email, roles)
    token = renew(invitation)
    invitation.invited_by = by
    invitation.full_clean()
    invitation.save()
    for organisation, role in roles:
        row = InvitedRole(invitation=invitation, organisation=organisation, role=role)
        row.full_clean()
        row.save()
    record(Action.INVITATION_SEND, told(invitation), by=by, key=key, details=details(invitation))
    return invitation, token


def lock_teams(organisations):
    """Those who change one team queue here."""
    pks = {organisation.pk for organisation in organisations}
    list(for_update(Organisation.objects).filter(pk__in=pks).order_by("pk"))


def refuse_known(email, roles):
    """Who has the role already, or is invited already to the same team: what their team reads, and nothing more."""
    for organisation, role in roles:
        if Membership.objects.current().filter(user__email__iexact=email, organisation=organisation, role=role):
            raise NotAllowed(f"Cette personne a déjà ce rôle dans « {organisation.name} ».")
        if Invitation.objects.pending().filter(email__iexact=email, roles__organisation=organisation):
            raise NotAllowed(f"Une invitation à rejoindre « {organisation.name} » attend déjà cette personne : "
                             "renvoyez-la, ou révoquez-la pour en faire une autre.")


def renew(invitation):
    """A new link for the days to come; the old one is worth nothing any more."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.expires_at = hash_of(token), timezone.now() + LASTS
    return token


def locked(invitation):
    return for_update(Invitation.objects).get(pk=invitation.pk)


@transaction.atomic
def resend(invitation, *, by):
    """(invitation, token) of the new link. Raises NotAllowed."""
    invitation = locked(invitation)
    if invitation.accepted_at or invitation.revoked_at:
        raise NotAllowed(refusal(invitation))
    token = renew(invitation)
    invitation.sent_at = None
    invitation.save(update_fields=["token_hash", "expires_at", "sent_at"])
    record(Action.INVITATION_RESEND, told(invitation), by=by, details=details(invitation))
    return invitation, token


@transaction.atomic
def mark_sent(invitation, token):
    """The mail server took the message with this link; a later one may have replaced it meanwhile."""
    invitation = locked(invitation)
    if invitation.token_hash == hash_of(token):
        invitation.sent_at, invitation.sent_count = timezone.now(), invitation.sent_count + 1
        invitation.save(update_fields=["sent_at", "sent_count"])


@transaction.atomic
def revoke(invitation, *, by):
    """A second post changes nothing. Raises NotAllowed when the person has accepted meanwhile."""
    invitation = locked(invitation)
    if invitation.revoked_at:
        return invitation
    if invitation.accepted_at:
        raise NotAllowed(refusal(invitation))
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record(Action.INVITATION_REVOKE, told(invitation), by=by, details=details(invitation))
    return invitation


def refusal(invitation):
    """Why this invitation cannot be accepted, in words; nothing when it can."""
    if invitation.accepted_at:
        return "Cette invitation a déjà servi : le compte est ouvert et les rôles y sont rattachés."
    if invitation.revoked_at:
        return "Cette invitation a été révoquée par l’équipe qui l’avait envoyée."
    if invitation.has_expired:
        return f"Cette invitation a expiré le {moment(invitation.expires_at)}."
    return ""


def to_accept(invitation, token):
    """The invitation read again under lock, still open, and still with this link. Raises NotAllowed."""
    invitation = locked(invitation)
    if words := refusal(invitation):
        raise NotAllowed(words)
    if invitation.token_hash != hash_of(token):
        raise NotAllowed("Ce lien ne sert plus : une invitation plus récente l’a remplacé.")
    return invitation


@transaction.atomic
def accept(invitation, token, *, by):
    """Attach the roles to an existing account, which must be that of the invited address. Raises NotAllowed."""
    invitation = to_accept(invitation, token)
    if by.email.lower() != invitation.email.lower():
        raise NotAllowed(f"Cette invitation est adressée à {invitation.email} : déconnectez-vous, puis "
                         "rouvrez le lien.")
    attach(invitation, by)
    return by


@transaction.atomic
def join(invitation, token, *, name, function, password):
    """Open an account at the invited address, with its roles. Raises NotAllowed. The form has judged the password."""
    invitation = to_accept(invitation, token)
    known = NotAllowed("Un compte existe déjà à cette adresse : connectez-vous, puis rouvrez le lien.")
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise known
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name, function=function)
    except IntegrityError:
        raise known from None
    attach(invitation, user)
    return user


def attach(invitation, user):
    """The memberships begin today; a role that the person already holds is left as it is."""
    roles = list(invitation.roles.select_related("organisation"))
    lock_teams(role.organisation for role in roles)
    for row in roles:
        if not Membership.objects.current().filter(user=user, organisation=row.organisation, role=row.role):
            Membership.objects.create(user=user, organisation=row.organisation, role=row.role)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    # The roles are read again: they are now the person's own.
    user = User.objects.get(pk=user.pk)
    record(Action.INVITATION_ACCEPT, told(invitation), by=user, details=details(invitation))
    team_notices.joined(invitation, user, roles)
    vacancies.of_person(user)


def told(invitation):
    return f"{invitation.name} : " + " ; ".join(str(row) for row in invitation.roles.select_related("organisation"))


def details(invitation):
    """Never the link, nor anything it can be made from."""
    return {"invitation": invitation.pk, "email": invitation.email,
            "roles": [[row.organisation_id, row.role] for row in invitation.roles.all()]}
