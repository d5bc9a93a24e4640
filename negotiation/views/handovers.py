"""Passations: proposing one, its page and its PDF, accepting or withdrawing it."""
import io

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from ..choices import HandoverState
from ..documents import handover as document
from ..documents.pdf import PdfError
from ..documents.slots import Busy
from ..forms.handovers import HandoverForm
from ..forms.refusals import refuse
from ..models import Handover, Membership
from ..permissions import can
from ..queries.handover import content
from ..queries.team import colleagues
from ..workflow import handovers as acts
from ..workflow.transitions import NotAllowed
from .dossier import posted
from .responses import attachment


def propose(request, pk):
    """Designate a successor for one membership, one's own or that of somebody of the team one leads."""
    membership = get_object_or_404(Membership.objects.current().select_related("organisation", "user"), pk=pk)
    if not can(request.user, "handover.propose", membership):
        raise Http404
    form = HandoverForm(request.POST if request.method == "POST" else None,
                        instance=Handover(membership=membership),
                        colleagues=colleagues([membership.organisation_id], membership.user))
    if form.is_valid():
        try:
            made = acts.propose(form.instance, by=request.user, key=form.cleaned_data["key"])
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"La passation est proposée à {form.instance.successor}, qui la trouvera "
                                      "dans ses tâches.")
            readable = made and can(request.user, "handover.read", made)
            return redirect("handover", made.pk) if readable else redirect("team")
    return render(request, "handovers/propose.html", {
        "membership": membership, "form": form, "has_colleagues": form.fields["successor"].queryset.exists(),
        "may_invite": can(request.user, "team.invite", membership.organisation)},
        status=422 if form.errors else 200)


def handover_or_404(request, pk):
    found = get_object_or_404(Handover.objects.select_related(
        "membership__organisation", "membership__user", "successor", "proposed_by"), pk=pk)
    if not can(request.user, "handover.read", found):
        raise Http404
    return found


def handover(request, pk):
    return show(request, handover_or_404(request, pk))


def show(request, found, *, refused=(), status=200):
    waits = found.state == HandoverState.PROPOSED
    # The role is given, not taken away: whoever leaves holds it until somebody ends it.
    held = found.state == HandoverState.ACCEPTED and Membership.objects.current().filter(
        pk=found.membership_id).exists()
    return render(request, "handovers/handover.html", {
        "handover": found, "content": content(found), "refused": refused, "still_held": held,
        "may_end": held and can(request.user, "membership.end", found.membership),
        "may_accept": waits and can(request.user, "handover.accept", found),
        "may_withdraw": waits and can(request.user, "handover.withdraw", found)}, status=status)


def pdf(request, pk):
    found = handover_or_404(request, pk)
    try:
        made = document.pdf(found, content(found))
    except (PdfError, Busy):
        response = show(request, found, status=503, refused=[
            "Le PDF n’a pas pu être préparé. Cette page dit la même chose ; réessayez dans une minute."])
        response["Retry-After"] = "60"
        return response
    return attachment(io.BytesIO(made), f"passation-{found.pk}.pdf", "application/pdf")


TOLD = {HandoverState.ACCEPTED: "La passation est acceptée.", HandoverState.WITHDRAWN: "La passation est retirée.",
        HandoverState.DECLINED: "Vous n’avez pas accepté la passation."}


@posted("handover", "pk")
def move(request, pk, action):
    found = handover_or_404(request, pk)
    if action not in ("accept", "withdraw") or not can(request.user, f"handover.{action}", found):
        raise Http404
    try:
        found = acts.move(found, action, by=request.user)
    except NotAllowed as refusal:
        return show(request, found, refused=refusal.reasons, status=409)
    messages.success(request, TOLD[found.state])
    return redirect("handover", pk)
