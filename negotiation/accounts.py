"""How people sign in: by e-mail, no open registration, demonstration accounts kept out of production."""
import logging
import smtplib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

logger = logging.getLogger(__name__)


def is_refused(user):
    return user.is_demo and settings.PRODUCTION


class Adapter(DefaultAccountAdapter):
    """Accounts are created by an administrator: registration is always closed."""

    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        """A mail server that fails is told to the log, without the link. The page says the same for every address: a
        failure must not tell which ones have an account."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            logger.warning("Mail %s not sent: %s", template_prefix, type(failure).__name__)

    def get_client_ip(self, request):
        """Without it nobody signs in: attempts are counted by address. Its absence is a proxy that is badly set."""
        try:
            return super().get_client_ip(request)
        except PermissionDenied:
            raise PermissionDenied("Le serveur ne reçoit pas l’adresse de ses visiteurs, et ne peut donc connecter "
                                   "personne : prévenez l’administrateur.") from None

    def pre_login(self, request, user, **kwargs):
        if is_refused(user):
            return redirect("account_inactive")
        return super().pre_login(request, user, **kwargs)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """The account as tried from this address: a stranger's failures do not lock the office out. The library's
        own key holds the Host header, which whoever tries may vary (tests/views/test_session.py holds us to it)."""
        return f"{self.get_client_ip(request)}:{email_of(credentials)}"

    def pre_authenticate(self, request, **credentials):
        super().pre_authenticate(request, **credentials)
        if not ratelimit.consume(request, action="login_account", key=email_of(credentials)):
            raise self.validation_error("too_many_login_attempts")


def email_of(credentials):
    return (credentials.get("email") or credentials.get("username") or "").strip().lower()


class Backend(AuthenticationBackend):
    """The library's backend; a demonstration account that was signed in elsewhere is nobody in production."""

    def get_user(self, user_id):
        user = super().get_user(user_id)
        return None if user and is_refused(user) else user
