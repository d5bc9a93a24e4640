"""Positions: the thread of each project, putting one on the table, withdrawing it, agreeing on it; the mandate."""
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from ..choices import PositionState
from ..documents import charts
from ..forms.positions import (
    AgreementForm,
    AmountsForm,
    MandateForm,
    PositionForm,
    WithdrawalForm,
    typed_cells,
    written,
)
from ..forms.refusals import refuse
from ..models import Position
from ..permissions import can, require
from ..queries import consequences, pen, remarks
from ..queries import positions as read
from ..queries.records import differences
from ..workflow import mandates
from ..workflow import positions as acts
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404


def positions(request, slug):
    dossier = dossier_or_404(request, slug)
    found = read.page(dossier, request.GET.get("projet", ""))
    if not found:
        raise Http404
    may_withdraw = can(request.user, "position.withdraw", dossier)
    mine = {one.organisation_id for one in request.user.current_memberships} if may_withdraw else set()
    return render(request, "positions/positions.html", {
        "dossier": dossier, "tab": "commitments", "page": found, "mine": mine,
        "shown": [(thread, charts.gap_of(thread)) for thread in found.shown],
        "remarks": observed(dossier, found) if dossier.read_by_team else [],
        "only": request.GET.get("projet", ""),
        "may_propose": can(request.user, "position.propose", dossier),
        "may_agree": can(request.user, "position.agree", dossier)})


def observed(dossier, page):
    """[(remark, address of the position that it is about)] of those that a correction waits for, the Region's to
    answer; "" when it is about all of them, or about none of this dossier any more."""
    places = {f"position:{one.position.pk}": f"?projet={thread.project.pk}#position-{one.position.pk}"
              for thread in page.threads for one in thread.rounds}
    return [(one, places.get(one.target, "")) for one in remarks.of_part(dossier, "positions")]


def add(request, slug, project):
    """One form: what is said, and the amounts. The button that adds a financier sends it all and records nothing."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "position.propose", dossier)
    data = request.POST if request.method == "POST" else None
    thread = read.thread(dossier, project)
    if not thread:
        return gone(request, dossier, PositionForm(data, negotiation=dossier, state_only=not dossier.read_by_team),
                    AmountsForm(data, project=project, plan=read.nothing(dossier)))
    amounts = AmountsForm(data, project=project, plan=read.offered(
        dossier, thread, typed_cells(data, project) if data is not None else None))
    asks = data is not None and amounts.asks_to_save
    instance = Position(negotiation=dossier, project=thread.project)
    begun = {"reserve": thread.last and thread.last.to_reserve} if data is None else data.dict()
    base, is_part = written(thread.stands), thread.project.has_others
    form = PositionForm(data if asks else None, instance=instance, negotiation=dossier, base=base, initial=begun,
                        state_only=not dossier.read_by_team)
    if asks and attempt(request, form, amounts):
        return redirect(thread_url(dossier, project))
    came = None
    if form.followed:
        thread, came = round_or_404(dossier, project, form.followed)
    refused = bool(amounts.errors or asks)
    return render(request, "positions/form.html", {
        "dossier": dossier, "tab": "commitments", "thread": thread, "form": form, "amounts": amounts,
        "is_part": is_part, "came": came, "is_typed": data is not None, "has_errors": refused,
    }, status=422 if refused else 200)


def attempt(request, form, amounts):
    """Record the position of two forms that are both right; the forms tell a refusal."""
    if not all([form.is_valid(), amounts.is_valid()]):
        return False
    told = form.cleaned_data
    if told["reserve"] and not amounts.is_as_offered:
        form.add_error("reserve", "Vous demandez la liste de réserve et vous avez tapé des montants : décochez cette "
                                  "case, ou videz celles du tableau.")
        return False
    try:
        acts.propose(form.instance, {} if told["reserve"] else amounts.by_financier, by=request.user, key=told["key"],
                     after=told["base"], to_reserve=told["reserve"])
    except acts.Followed as refusal:
        form.followed = refusal.number
        form.rebase(written(refusal.stands))
        refuse(form, refusal)
    except (NotAllowed, ValidationError) as refusal:
        refuse(form, refusal)
    else:
        messages.success(request, "La position est inscrite.")
        return True
    return False


def withdraw(request, slug, project, number):
    dossier = dossier_or_404(request, slug)
    require(request.user, "position.withdraw", dossier)
    thread, shown = round_or_404(dossier, project, number)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.withdraw(in_dossier(shown, dossier), by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"La position n° {number} est retirée.")
            return redirect(thread_url(dossier, project))
    mine = {one.organisation_id for one in request.user.current_memberships}
    return render(request, "positions/withdraw.html", {
        "dossier": dossier, "tab": "commitments", "thread": thread, "shown": shown, "form": form,
        "is_mine": shown.position.recorded_for_id in mine}, status=422 if form.errors else 200)


def agree(request, slug, project, number):
    """GET: what the agreement would change in the plan. POST: agree, if the plan is still the one that was shown."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "position.agree", dossier)
    held = consequences.held(dossier)
    dossier.pen, steps = pen.with_steps(dossier)
    thread, shown = round_or_404(dossier, project, number, held)
    position, theirs = in_dossier(shown, dossier), thread.unlike(shown)
    before, changes = acts.change_of(position, held.plan, shown.cells)
    base = acts.plan_fingerprint(before)
    form = AgreementForm(request.POST if request.method == "POST" else None, negotiation=dossier, base=base,
                         theirs=theirs)
    if request.method == "POST" and form.is_valid() and conclude(request, position, form, base):
        return redirect(thread_url(dossier, project))
    is_tabled = shown.position.state == PositionState.TABLED
    names = acts.Names({one.pk: one.name for one in held.facts.projects}, thread.actors)
    return render(request, "positions/agree.html", {
        "dossier": dossier, "tab": "commitments", "thread": thread, "shown": shown, "form": form, "theirs": theirs,
        "changes": read.agreement(thread, changes), "is_tabled": is_tabled,
        "consequences": consequences.consequences(held.facts, held.plan | {
            cell: then for cell, (_, then) in changes.items()}),
        "obstacles": acts.obstacles_to_agree(
            position, [one.position for one in thread.rounds], held.facts, steps, changes, names)
        if is_tabled else []},
        status=422 if form.errors else 200)


def conclude(request, position, form, base):
    """Agree as the form says; it tells a refusal."""
    told = form.cleaned_data
    evidence = acts.Evidence(told["agreed_with"], told["event"], told["minutes"], told.get("knowingly", False))
    try:
        acts.agree(position, by=request.user, on=told["on"], evidence=evidence, base=told["base"], key=told["key"])
    except NotAllowed as refusal:
        form.rebase(base)
        refuse(form, refusal)
        return False
    became = "elle est devenue le plan de ce projet" if acts.amounts_of(position) else \
        "le projet sort du plan, en liste de réserve"
    messages.success(request, f"La position n° {position.number} est convenue : {became}.")
    return True


def mandate(request, slug, project):
    """The confidential mandate on one project: nobody but the Region's team reads it, nor what the journal tells of it.

    The numbers that are missing in the journal of the others say that the team did something of its own, not what.
    """
    dossier = dossier_or_404(request, slug)
    require(request.user, "mandate.read", dossier)
    thread = read.thread(dossier, project)
    if not thread:
        return gone(request, dossier, MandateForm(request.POST or None, negotiation=dossier))
    stored = mandates.mandate_of(thread.project)
    base, theirs = mandates.fingerprint(stored), None
    form = MandateForm(request.POST if request.method == "POST" else None, instance=stored, negotiation=dossier,
                       base=base)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            mandates.save_mandate(form.instance, dossier, by=request.user, base=told["base"], key=told["key"])
        except mandates.Changed as refusal:
            theirs = refusal.current
            form.rebase(mandates.fingerprint(theirs))
            refuse(form, refusal)
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "Le mandat est enregistré.")
            return redirect(thread_url(dossier, project))
    return render(request, "positions/mandate.html", {
        "dossier": dossier, "tab": "commitments", "thread": thread, "form": form,
        "theirs": differences(theirs, form.instance) if theirs else []},
        status=409 if theirs else 422 if form.errors else 200)


def gone(request, dossier, form, amounts=None):
    """What was sent about a project that left the dossier meanwhile, to be copied; a page of it does not exist."""
    if request.method != "POST":
        raise Http404
    return render(request, "positions/gone.html", {
        "dossier": dossier, "tab": "commitments", "form": form, "amounts": amounts, "has_errors": True}, status=409)


def thread_or_404(dossier, project, held=None):
    found = read.thread(dossier, project, held)
    if not found:
        raise Http404
    return found


def round_or_404(dossier, project, number, held=None):
    thread = thread_or_404(dossier, project, held)
    shown = next((one for one in thread.rounds if one.position.number == number), None)
    if not shown:
        raise Http404
    return thread, shown


def in_dossier(shown, dossier):
    """The position, for an act; its dossier is already here."""
    shown.position.negotiation = dossier
    return shown.position


def thread_url(dossier, project):
    return reverse("positions", args=[dossier.slug]) + f"?projet={project}"
