"""Sends what is due, one mail at a time, outside every transaction. A server that fails is told, and loses nothing."""
import hashlib
import logging
import re
import smtplib
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from ..dates import spoken
from ..workflow import outbox
from .digests import due

logger = logging.getLogger(__name__)
# Neither line ends nor any other control character: nothing that a person typed can begin a header.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass
class Result:
    """How many mails left, how many did not, and what the server answered last."""
    sent: int = 0
    failed: int = 0
    failure: str = ""


def send(now):
    """Try every mail that is due; each is marked sent only once the server has taken it."""
    result = Result()
    for parcel in due(now):
        rows = outbox.claim([row.pk for row in parcel.rows], now)
        if not rows:
            continue
        try:
            taken = message(parcel.user, rows, now).send()
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            taken, result.failure = 0, type(failure).__name__
            logger.warning("Notifications of person %s not sent: %s", parcel.user.pk, result.failure)
        if taken:
            outbox.sent(rows, now)
            result.sent += 1
        else:
            outbox.release(rows)
            result.failed += 1
    return result


def message(user, rows, now):
    body = render_to_string("notifications/mail.txt", {
        "user": user, "rows": rows, "site": settings.SITE_URL, "settings": reverse("notification_settings")})
    # Sent twice after a crash, it is the same message: many mail readers then show it once.
    name = hashlib.sha256(",".join(str(row.pk) for row in rows).encode()).hexdigest()[:32]
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return EmailMessage(subject(rows, now), tidy(body), None, [user.email], headers={
        "Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"})


def subject(rows, now):
    words = rows[0].title if len(rows) == 1 else f"{len(rows)} notifications, {spoken(now)}"
    return CONTROL.sub(" ", f"CPER/D : {words}")


def tidy(body):
    return "\n".join(CONTROL.sub(" ", line).rstrip() for line in re.split(r"\r\n?|\n", body)).strip() + "\n"
