"""Adding, changing and removing the records of a dossier: one screen for every kind of record."""
import re
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from ..forms.actors import ActorForm, RepresentativeForm
from ..forms.commitments import FundingLimitForm, ObligationForm, ProjectForm
from ..forms.difficulties import DifficultyForm
from ..forms.events import EventForm
from ..forms.records import RemovalForm
from ..forms.refusals import refuse
from ..models import Actor, Difficulty, Event, FundingLimit, Obligation, Project, Representative
from ..permissions import require
from ..queries.records import differences
from ..workflow import correction, records
from ..workflow.journal import is_done
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404


@dataclass(frozen=True)
class Kind:
    """A kind of record: its form, the page that lists it, and how it belongs to a dossier."""
    name: str
    model: type[models.Model]
    form: type
    page: str
    page_title: str
    add: str
    change: str
    path: str = "negotiation"

    def of(self, dossier):
        return self.model.objects.filter(**{self.path: dossier})

    def new(self, dossier):
        return self.model(negotiation=dossier) if self.path == "negotiation" else self.model()

    @property
    def has_step(self):
        return self.model in (Event, Difficulty)


KINDS = {kind.name: kind for kind in [
    Kind("acteurs", Actor, ActorForm, "actors", "Acteurs", "Ajouter un acteur", "Modifier l’acteur"),
    Kind("representants", Representative, RepresentativeForm, "actors", "Acteurs", "Ajouter un représentant",
         "Modifier le représentant", "actor__negotiation"),
    Kind("projets", Project, ProjectForm, "commitments", "Engagements", "Ajouter un projet structurant",
         "Modifier le projet"),
    Kind("obligations", Obligation, ObligationForm, "commitments", "Engagements", "Ajouter une obligation",
         "Modifier l’obligation"),
    Kind("regles", FundingLimit, FundingLimitForm, "commitments", "Engagements", "Ajouter une règle de financement",
         "Modifier la règle"),
    Kind("evenements", Event, EventForm, "chronology", "Chronologie", "Ajouter un événement", "Modifier l’événement"),
    Kind("difficultes", Difficulty, DifficultyForm, "difficulties", "Difficultés", "Relever une difficulté",
         "Modifier la difficulté"),
]}
# The first values of a new record that a link may give: ?etape=A1, ?acteur=12
GIVEN = {"etape": ("progress", re.compile(r"[A-Z][0-9]{1,2}")), "acteur": ("actor", re.compile(r"[0-9]{1,18}"))}


def opened(request, slug, kind):
    """The dossier, which the person may write, and the kind of record that the address names."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    if kind not in KINDS:
        raise Http404
    return dossier, KINDS[kind]


def edit(request, slug, kind, pk=None):
    """Add (no pk) or change a record; after saving, back to where the person came from."""
    dossier, kind = opened(request, slug, kind)
    posted = request.method == "POST"
    record = kind.of(dossier).filter(pk=pk).first() if pk is not None else None
    gone = pk is not None and not record
    if gone and not posted:
        raise Http404
    instance = record or kind.new(dossier)
    form = kind.form(request.POST if posted else None, instance=instance, negotiation=dossier,
                     base=records.fingerprint(instance), initial={} if record else given(request))
    saved, theirs = attempt(form, dossier, request.user, gone=gone) if posted else (None, None)
    if saved:
        messages.success(request, "C’est enregistré.")
        return redirect(back(request, dossier, kind, saved.pk))
    return render(request, "records/form.html", {
        "dossier": dossier, "tab": kind.page, "kind": kind, "form": form, "record": record, "gone": gone,
        "heading": kind.change if record else kind.add, "cancel": back(request, dossier, kind, record and record.pk),
        "closed": "" if posted else records.closed_reason(instance, dossier),
        "theirs": differences(theirs, form.instance) if theirs else [],
    }, status=409 if theirs else 404 if gone else 422 if posted else 200)


def attempt(form, dossier, by, *, gone):
    """(the saved record or None, the version that somebody saved meanwhile or None); the form tells a refusal."""
    try:
        if gone:
            # Removed while the person was typing: the same text may become a new record.
            raise records.Gone(dossier, form.data.get("base", ""), by=by)
        if form.is_valid():
            return records.save(form.instance, dossier, by=by, base=form.cleaned_data["base"],
                                key=form.cleaned_data["key"]), None
    except records.Stale as refusal:
        form.rebase(records.fingerprint(refusal.current))
        refuse(form, refusal)
        return None, refusal.current
    except (NotAllowed, ValidationError) as refusal:
        refuse(form, refusal)
    return None, None


def remove(request, slug, kind, pk):
    """GET: what would be removed. POST: remove it; a second click finds it done."""
    dossier, kind = opened(request, slug, kind)
    sent = RemovalForm(request.POST)
    asked = request.method == "POST" and sent.is_valid()
    if asked and is_done(dossier, sent.cleaned_data["key"]):
        return redirect(back(request, dossier, kind))
    record = get_object_or_404(kind.of(dossier), pk=pk)
    refused = []
    if asked:
        try:
            records.remove(record, dossier, by=request.user, **sent.cleaned_data)
        except NotAllowed as refusal:
            refused = refusal.reasons
        else:
            messages.success(request, "C’est supprimé. Les valeurs restent dans le journal.")
            return redirect(back(request, dossier, kind))
    return render(request, "records/remove.html", {
        "dossier": dossier, "tab": kind.page, "kind": kind, "record": record, "refused": refused,
        "what": record._meta.verbose_name, "obstacles": records.obstacles_to_removal(record, dossier),
        "is_irreplaceable": correction.is_irreplaceable(record, dossier), "has_errors": bool(refused),
        "with_it": [str(one) for one in records.dependents(record)],
        "form": RemovalForm(initial={"base": records.fingerprint(record)}),
        "cancel": back(request, dossier, kind, pk)}, status=409 if request.method == "POST" else 200)


def given(request):
    """The first values that the link gives, only in the shape that each may have."""
    return {field: request.GET[name] for name, (field, shape) in GIVEN.items()
            if shape.fullmatch(request.GET.get(name, ""))}


def back(request, dossier, kind, pk=None):
    """The page of the step that the person came from, or the page that lists the record, at its row."""
    code = given(request).get("progress")
    if kind.has_step and code and request.GET.get("retour") == "etape" \
            and dossier.steps.filter(step__code=code).exists():
        return reverse("step", args=[dossier.slug, code]) + f"#{kind.name}"
    return reverse(kind.page, args=[dossier.slug]) + (f"#{kind.name}-{pk}" if pk else "")
