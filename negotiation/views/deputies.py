"""« Suppléances »: naming one's deputy for some days, and ending it."""
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from ..forms.deputies import DeputyForm
from ..forms.refusals import refuse
from ..models import Deputy, Membership
from ..permissions import can, own, require
from ..queries import deputies as read
from ..queries.team import colleagues
from ..workflow import deputies as acts
from ..workflow.transitions import NotAllowed
from .dossier import posted


def deputies(request):
    """GET: who stands in for whom. POST: name my deputy."""
    held = own(request.user)
    form = DeputyForm(
        request.POST if request.method == "POST" else None,
        memberships=Membership.objects.filter(pk__in=[m.pk for m in held]).select_related("organisation"),
        colleagues=colleagues([m.organisation_id for m in held], request.user))
    if request.method == "POST" and form.is_valid():
        deputy = form.suppleance()
        require(request.user, "deputy.name", deputy.membership)
        try:
            acts.name(deputy, by=request.user, key=form.cleaned_data["key"])
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{deputy.deputy} vous supplée du {deputy.starts_on:%d/%m/%Y} au "
                                      f"{deputy.ends_on:%d/%m/%Y} inclus.")
            return redirect("deputies")
    replacing_me, replaced_by_me = read.mine(request.user)
    return render(request, "deputies/deputies.html", {
        "replacing_me": replacing_me, "replaced_by_me": replaced_by_me, "form": form, "may_name": bool(held),
        "has_colleagues": form.fields["deputy"].queryset.exists()}, status=422 if form.errors else 200)


@posted("deputies")
def end(request, pk):
    deputy = get_object_or_404(Deputy.objects.select_related("membership"), pk=pk)
    if not can(request.user, "deputy.end", deputy):
        raise Http404
    try:
        acts.end(deputy, by=request.user)
        messages.success(request, "La suppléance a pris fin.")
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("deputies")
