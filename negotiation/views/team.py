"""« Équipe »: who belongs to my organisations, who is invited; inviting, and ending a membership."""
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from ..forms.refusals import refuse
from ..forms.team import InviteForm
from ..models import Invitation, Membership, Organisation
from ..notifications import invitations as mail
from ..permissions import administers, can, holds
from ..queries import people_journal
from ..queries import team as read
from ..queries.seats import left_empty
from ..workflow import invitations, memberships
from ..workflow.transitions import NotAllowed
from .dossier import posted

NOT_SENT = ("Le message n’est pas parti, parce que le serveur de courrier ne répond pas ou refuse l’adresse. "
            "L’invitation est gardée. Vérifiez l’adresse, puis renvoyez-la plus tard.")
TOO_MANY = "Trop d’envois en peu de temps. Attendez une heure, puis recommencez."


def team(request):
    """GET: the teams. POST: invite somebody; the mail leaves once the invitation is kept."""
    organisations = shown(request)
    inviting = [o for o in organisations if can(request.user, "team.invite", o)]
    form = InviteForm(request.POST if request.method == "POST" else None, organisations=inviting)
    if request.method == "POST":
        if not inviting:
            raise PermissionDenied("Votre rôle ne permet pas d’inviter.")
        if form.is_valid() and invited(request, form):
            return back(request)
    choice = Organisation.objects.all() if administers(request.user) else []
    return render(request, "team/team.html", {
        "teams": [rows(request.user, one) for one in read.teams(organisations)], "inviting": inviting, "choice": choice,
        "may_read_journal": administers(request.user) or bool(led(request.user)),
        "form": form, "query": request.GET.urlencode()}, status=422 if form.errors else 200)


def led(user):
    """The person's organisations whose journal they read."""
    own = {m.organisation_id: m.organisation for m in user.current_memberships}
    return [organisation for organisation in own.values() if can(user, "team.journal", organisation)]


def journal(request):
    """The acts on people: all of them for an administrator, those of their teams for who leads them."""
    organisations = None if administers(request.user) else led(request.user)
    if organisations == []:
        raise PermissionDenied("Cette page est celle des personnes qui répondent d’une équipe.")
    return render(request, "team/journal.html", {
        "organisations": organisations, "page": people_journal.page(organisations, request.GET)})


def shown(request):
    """The person's organisations; for an administrator, also those that the address names."""
    own = {m.organisation_id: m.organisation for m in request.user.current_memberships}
    named = [pk for pk in request.GET.getlist("organisation") if pk.isascii() and pk.isdigit() and len(pk) < 10]
    if named and administers(request.user):
        chosen = {o.pk: o for o in Organisation.objects.filter(pk__in=named[:10])}
        return [*chosen.values(), *(o for pk, o in own.items() if pk not in chosen)]
    return list(own.values())


def rows(user, team):
    """What this person may do, beside each line."""
    return {
        "organisation": team.organisation, "leads": can(user, "team.invite", team.organisation),
        "members": [{"membership": m, "own": holds(user, m), "may_end": can(user, "membership.end", m),
                     "may_hand_over": can(user, "handover.propose", m)} for m in team.members],
        "invitations": [(i, can(user, "invitation.manage", i)) for i in team.invitations],
        "handovers": [h for h in team.handovers if can(user, "handover.read", h)]}


def back(request):
    """To the team that an administrator was looking at."""
    chosen = request.GET.getlist("organisation")
    return redirect(reverse("team") + (f"?{urlencode({'organisation': chosen}, doseq=True)}" if chosen else ""))


def invited(request, form):
    """Was the invitation made? Refusals are in the form."""
    if not ratelimit.consume(request, action="invitation"):
        form.add_error(None, TOO_MANY)
        return False
    try:
        made = invitations.invite(form.invitation(), form.cleaned_data["roles"], by=request.user,
                                  key=form.cleaned_data["key"])
    except (NotAllowed, ValidationError) as refusal:
        refuse(form, refusal)
        return False
    if made:
        send(request, *made)
    return True


def send(request, invitation, token):
    """After the transaction: a mail server that fails loses nothing, and the page says so."""
    if mail.send(invitation, request.build_absolute_uri(reverse("invitation", args=[token]))):
        invitations.mark_sent(invitation, token)
        messages.success(request, f"L’invitation est envoyée à {invitation.email}.")
    else:
        messages.warning(request, NOT_SENT)


def invitation_or_404(request, pk):
    found = get_object_or_404(Invitation.objects.select_related("invited_by").prefetch_related("roles__organisation"),
                              pk=pk)
    if not can(request.user, "invitation.manage", found):
        raise Http404
    return found


@posted("team")
def resend(request, pk):
    invitation = invitation_or_404(request, pk)
    if not (ratelimit.consume(request, action="invitation_resend", key=str(pk))
            and ratelimit.consume(request, action="invitation")):
        messages.warning(request, TOO_MANY)
        return back(request)
    try:
        send(request, *invitations.resend(invitation, by=request.user))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return back(request)


@posted("team")
def revoke(request, pk):
    invitation = invitation_or_404(request, pk)
    try:
        invitations.revoke(invitation, by=request.user)
        messages.success(request, f"L’invitation de {invitation.name} est révoquée. Son lien ne sert plus.")
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return back(request)


def end(request, pk):
    """GET: what leaving means, to be confirmed. POST: end the membership."""
    membership = get_object_or_404(Membership.objects.select_related("organisation", "user"), pk=pk)
    if not can(request.user, "membership.end", membership):
        raise Http404
    if request.method == "GET" and membership.ended_at:
        return back(request)
    refused = []
    if request.method == "POST":
        try:
            memberships.end(membership, by=request.user)
        except NotAllowed as refusal:
            refused = refusal.reasons
        else:
            messages.success(request, f"L’appartenance de {membership.user} ({membership.organisation.name}) a "
                                      "pris fin. Son nom reste dans l’histoire des dossiers.")
            return back(request)
    return render(request, "team/end.html", {
        "membership": membership, "refused": refused, "own": membership.user_id == request.user.pk,
        "query": request.GET.urlencode(), "warning": "" if refused else memberships.warning(membership),
        "left": [] if refused else left_empty(membership)},
        status=409 if refused else 200)
