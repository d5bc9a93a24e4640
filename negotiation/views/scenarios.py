"""Scenarios of the Region's team: the list, one of them with its changes, several side by side, the adoption."""
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from ..forms.refusals import refuse
from ..forms.scenarios import FORMS, AdoptionForm, ScenarioForm, VersionForm
from ..models import Position, Scenario
from ..permissions import require
from ..queries import scenarios as read
from ..workflow import scenarios as acts
from ..workflow.scenario_words import count
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, posted


def opened(request, slug, pk=None):
    """The dossier, and the scenario if one is asked; the team's alone, even to read."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "scenario.read", dossier)
    return dossier, pk and get_object_or_404(Scenario, pk=pk, negotiation=dossier)


def shown(request, template, dossier, *, status=200, **context):
    form = context.get("form")
    return render(request, f"scenarios/{template}.html", {"dossier": dossier, "tab": "commitments", **context},
                  status=status if status != 200 or form is None or not form.errors else 422)


def listing(request, slug):
    dossier, _ = opened(request, slug)
    facts, lines = read.listing(dossier)
    return shown(request, "list", dossier, facts=facts, lines=lines, planned=sum(facts.plan.values()))


def add(request, slug):
    dossier, _ = opened(request, slug)
    sources = Scenario.objects.filter(negotiation=dossier).only("name")
    form = ScenarioForm(request.POST if request.method == "POST" else None, sources=sources)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            made = acts.add(Scenario(negotiation=dossier, name=told["name"], note=told["note"]),
                            source=told["source"], by=request.user, key=told["key"])
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "Le scénario est créé. Le plan de financement, lui, ne change pas.")
            return redirect("scenario", dossier.slug, made.pk)
    return shown(request, "sheet", dossier, form=form)


def scenario(request, slug, pk):
    """GET: the scenario beside the plan. POST: one change; what is refused stays as typed."""
    dossier, one = opened(request, slug, pk)
    facts, status = read.facts(dossier), 200
    page = read.page(one, facts, one_project(request, facts))
    asked = change_form(request, page, facts)
    if asked and asked.is_valid():
        told = asked.cleaned_data
        try:
            acts.change(one, asked.change, version=told["version"], by=request.user, key=told["key"])
            return done(request, one, "Le changement est fait.")
        except acts.Stale as refusal:
            asked.rebase(refusal.current.version)
            refuse(asked, refusal)
            page, status = read.page(refusal.current, facts, page.only), 409
        except NotAllowed as refusal:
            refuse(asked, refusal)
    forms = [asked if asked and asked.kind == kind.kind else kind(page=page, facts=facts) for kind in FORMS]
    return shown(request, "scenario", dossier, page=page, form=asked, status=status, tabled=read.tabled(one),
                 forms=[one for one in forms if one.used or one is asked],
                 button=VersionForm(initial={"version": page.scenario.version}))


def one_project(request, facts):
    """pk of the project that ?projet= asks to show alone; None for all. Raises Http404 for another dossier's."""
    asked = request.GET.get("projet", "")
    found = next((pk for pk in facts.projects if str(pk) == asked), None)
    if asked and not found:
        raise Http404
    return found


def change_form(request, page, facts):
    """The form that was sent, bound; None when the page is read. Raises Http404 for a change that does not exist."""
    if request.method != "POST":
        return None
    kind = next((one for one in FORMS if one.kind == request.POST.get("change")), None)
    if not kind:
        raise Http404
    return kind(request.POST, page=page, facts=facts)


def done(request, scenario, sentence):
    messages.success(request, sentence)
    return redirect("scenario", scenario.negotiation.slug, scenario.pk)


def button(act, sentence):
    """An address that receives one button of the page of a scenario, and leads back to it."""
    @posted("scenario", "slug", "pk")
    def receive(request, slug, pk):
        _, one = opened(request, slug, pk)
        form = VersionForm(request.POST)
        if not form.is_valid():
            raise Http404
        try:
            act(one, version=form.cleaned_data["version"], by=request.user, key=form.cleaned_data["key"])
        except NotAllowed as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return redirect("scenario", slug, pk)
        return done(request, one, sentence)
    return receive


undo = button(acts.undo, "Le dernier changement est annulé.")
catch_up = button(acts.catch_up, "Le scénario reprend le plan d’aujourd’hui ; ses changements restent, mais les "
                                 "montants entrés depuis ne les portent pas : refaites-les au besoin.")
forget = button(acts.forget, "Les montants de ce qui a été supprimé sont retirés du scénario.")


def sheet(request, slug, pk):
    """The name and the note."""
    dossier, one = opened(request, slug, pk)
    form = ScenarioForm(request.POST if request.method == "POST" else None, scenario=one)
    status = 200
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            acts.rename(one, told["name"], told["note"], version=told["version"], by=request.user, key=told["key"])
            return done(request, one, "Le nom et la note sont enregistrés.")
        except acts.Stale as refusal:
            form.rebase(refusal.current.version)
            refuse(form, refusal)
            status = 409
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
    return shown(request, "sheet", dossier, scenario=one, form=form, status=status)


def remove(request, slug, pk):
    dossier, one = opened(request, slug, pk)
    form = VersionForm(request.POST if request.method == "POST" else None, initial={"version": one.version})
    if form.is_bound and form.is_valid():
        try:
            acts.remove(one, version=form.cleaned_data["version"], by=request.user, key=form.cleaned_data["key"])
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return redirect("scenario_remove", slug, pk)
        messages.success(request, f"Le scénario « {one.name} » est supprimé.")
        return redirect("scenarios", slug)
    return shown(request, "remove", dossier, scenario=one, form=form)


def compare(request, slug):
    """?avec=1&avec=2&avec=3: up to three scenarios beside the plan."""
    dossier, _ = opened(request, slug)
    asked = request.GET.getlist("avec")
    return shown(request, "compare", dossier, page=read.comparison(dossier, asked),
                 too_many=len(set(asked)) > read.MOST_COMPARED, most=read.MOST_COMPARED)


def adopt(request, slug, pk):
    """What would be put on the table, then all of it or nothing."""
    dossier, one = opened(request, slug, pk)
    require(request.user, "position.propose", dossier)
    page = read.adoption(one, read.facts(dossier))
    base = acts.fingerprint(page.offered)
    form = AdoptionForm(request.POST if request.method == "POST" else None, negotiation=dossier, base=base,
                        parties=read.speakers(dossier), after=page.stands, answered=page.answered)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            tabled = acts.adopt(one, Position(**form.shared), base=told["base"], by=request.user, key=told["key"],
                                after=form.shown)
        except (NotAllowed, ValidationError) as refusal:
            refuse(form, refusal)
            page = read.adoption(one, read.facts(dossier))
        else:
            many = count(len(tabled), "position est inscrite", "positions sont inscrites")
            return done(request, one, f"{many} sur la table." if tabled else "C’était déjà fait.")
    if form.is_bound:
        form.rebase(acts.fingerprint(page.offered), page.stands)
    return shown(request, "adopt", dossier, scenario=one, page=page, form=form)
