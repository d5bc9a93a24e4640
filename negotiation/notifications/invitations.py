"""The mail of an invitation, sent outside every transaction; a server that fails is told, never raised."""
import logging
import smtplib

from django.core.mail import send_mail
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def send(invitation, link):
    """True when the mail server took the message. The log says that it did not, and never the link."""
    roles = list(invitation.roles.select_related("organisation"))
    teams = sorted({row.organisation.name for row in roles})
    subject = f"Invitation : {teams[0]}" if len(teams) == 1 else "Invitation à rejoindre CPER/D"
    body = render_to_string("invitations/message.txt", {"invitation": invitation, "roles": roles, "link": link})
    try:
        return send_mail(subject, body, None, [invitation.email]) > 0
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        logger.warning("Invitation %s not sent: %s", invitation.pk, type(failure).__name__)
        return False
