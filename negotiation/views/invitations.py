"""The page that the link of an invitation opens, without account: join, or add the roles to one's account."""
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from ..forms.refusals import refuse
from ..forms.team import JoinForm
from ..models import Invitation, User
from ..workflow import invitations
from ..workflow.transitions import NotAllowed
from .responses import too_many

UNKNOWN = ("Ce lien ne sert plus : une invitation plus récente l’a peut-être remplacé, ou il a été coupé par votre "
           "messagerie.")


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@sensitive_variables("token")
def invitation(request, token):
    """Whoever holds the link is at the invited address: the page may say whether an account exists there."""
    found = Invitation.objects.by_token(token).select_related("invited_by").prefetch_related(
        "roles__organisation").first()
    if found is None:
        return refused(request, UNKNOWN, status=404)
    if request.user.is_authenticated and found.accepted_by_id == request.user.pk:
        messages.success(request, "Vous avez déjà accepté cette invitation.")
        return redirect("tasks")
    if words := invitations.refusal(found):
        return refused(request, words, found)
    if request.method == "POST" and not ratelimit.consume(request, action="invitation_join"):
        return too_many(request)
    if request.user.is_authenticated:
        return add_roles(request, found, token)
    if User.objects.filter(email__iexact=found.email).exists():
        return render(request, "invitations/sign_in.html", {"invitation": found, "next": request.path})
    return join(request, found, token)


def refused(request, words, found=None, *, status=410):
    return render(request, "invitations/refused.html", {"words": words, "invitation": found}, status=status)


def add_roles(request, found, token):
    """Somebody is signed in: the invited person accepts with a button; anybody else is told to sign out."""
    if request.user.email.lower() != found.email.lower():
        return render(request, "invitations/other_account.html", {"invitation": found})
    if request.method == "POST":
        try:
            invitations.accept(found, token, by=request.user)
        except NotAllowed as refusal:
            return refused(request, str(refusal), found)
        messages.success(request, "Vos nouveaux rôles sont ouverts.")
        return redirect("team")
    return render(request, "invitations/accept.html", {"invitation": found})


def join(request, found, token):
    """The form of a new account; the address is that of the invitation and is not asked."""
    form = JoinForm(request.POST if request.method == "POST" else None, email=found.email,
                    initial={"name": found.name, "function": found.function})
    if form.is_valid():
        data = form.cleaned_data
        try:
            user = invitations.join(found, token, name=data["name"], function=data["function"],
                                    password=data["password1"])
        except NotAllowed as refusal:
            refuse(form, refusal)
        else:
            login(request, user)
            messages.success(request, "Votre compte est ouvert. Voici ce qui vous attend.")
            return redirect("tasks")
    return render(request, "invitations/join.html", {"invitation": found, "form": form},
                  status=422 if form.errors else 200)
