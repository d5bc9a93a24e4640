"""How people sign in: by e-mail, no open registration, demonstration accounts kept out of production."""
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings


class Adapter(DefaultAccountAdapter):
    """Accounts are created by an administrator: registration is always closed."""

    def is_open_for_signup(self, request):
        return False


class Backend(AuthenticationBackend):
    """The library's backend, which refuses the demonstration accounts in production settings."""

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and not (user.is_demo and settings.PRODUCTION)

    def get_user(self, user_id):
        user = super().get_user(user_id)
        return user if user and self.user_can_authenticate(user) else None
