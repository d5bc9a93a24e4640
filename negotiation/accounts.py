"""How people sign in: by e-mail, no open registration, demonstration accounts kept out of production."""
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.shortcuts import redirect


def is_refused(user):
    return user.is_demo and settings.PRODUCTION


class Adapter(DefaultAccountAdapter):
    """Accounts are created by an administrator: registration is always closed."""

    def is_open_for_signup(self, request):
        return False

    def pre_login(self, request, user, **kwargs):
        if is_refused(user):
            return redirect("account_inactive")
        return super().pre_login(request, user, **kwargs)


class Backend(AuthenticationBackend):
    """The library's backend; a demonstration account that was signed in elsewhere is nobody in production."""

    def get_user(self, user_id):
        user = super().get_user(user_id)
        return None if user and is_refused(user) else user
