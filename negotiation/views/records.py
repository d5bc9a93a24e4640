"""Adding, changing and removing the records of a dossier: one screen for every kind of record."""
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ..forms.actors import ActorForm, RepresentativeForm
from ..forms.commitments import ObligationForm, ProjectForm
from ..forms.difficulties import DifficultyForm
from ..forms.events import EventForm
from ..models import Actor, Difficulty, Event, Obligation, Project, Representative
from ..permissions import require
from ..workflow import records
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404


@dataclass(frozen=True)
class Kind:
    """A kind of record: its form, the page that lists it, and how it belongs to a dossier."""
    model: type[models.Model]
    form: type
    page: str
    add: str
    change: str
    path: str = "negotiation"

    def of(self, dossier):
        return self.model.objects.filter(**{self.path: dossier})

    def new(self, dossier):
        return self.model(negotiation=dossier) if self.path == "negotiation" else self.model()


KINDS = {
    "acteurs": Kind(Actor, ActorForm, "actors", "Ajouter un acteur", "Modifier l’acteur"),
    "representants": Kind(Representative, RepresentativeForm, "actors", "Ajouter un représentant",
                          "Modifier le représentant", "actor__negotiation"),
    "projets": Kind(Project, ProjectForm, "commitments", "Ajouter un projet structurant", "Modifier le projet"),
    "obligations": Kind(Obligation, ObligationForm, "commitments", "Ajouter une obligation",
                        "Modifier l’obligation"),
    "evenements": Kind(Event, EventForm, "chronology", "Ajouter un événement", "Modifier l’événement"),
    "difficultes": Kind(Difficulty, DifficultyForm, "difficulties", "Relever une difficulté",
                        "Modifier la difficulté"),
}
# The first values of a new record that a link may give: ?etape=A1, ?acteur=12
GIVEN = {"etape": "progress", "acteur": "actor"}


def kind_or_404(name):
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def edit(request, slug, kind, pk=None):
    """Add (no pk) or change a record; after saving, back to the page that lists it."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    kind = kind_or_404(kind)
    instance = get_object_or_404(kind.of(dossier), pk=pk) if pk else kind.new(dossier)
    form = kind.form(request.POST or None, instance=instance, negotiation=dossier,
                     base=records.fingerprint(instance),
                     initial={field: request.GET[name] for name, field in GIVEN.items() if name in request.GET})
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            records.save(form.instance, dossier, by=request.user, base=form.cleaned_data["base"],
                         key=form.cleaned_data["key"])
        except records.Stale as refusal:
            theirs = shown(refusal.current)
            form.rebase(records.fingerprint(refusal.current))
            form.refuse(refusal)
        except (NotAllowed, ValidationError) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect(kind.page, dossier.slug)
    return render(request, "records/form.html", {
        "dossier": dossier, "kind": kind, "form": form, "record": instance if pk else None, "theirs": theirs,
        "heading": kind.change if pk else kind.add}, status=409 if theirs else 200)


@require_POST
def remove(request, slug, kind, pk):
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    kind = kind_or_404(kind)
    instance = get_object_or_404(kind.of(dossier), pk=pk)
    try:
        records.remove(instance, dossier, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "C’est supprimé. Les valeurs restent lisibles dans le journal.")
    return redirect(kind.page, dossier.slug)


def shown(instance):
    """The stored version of a record, as label and value, for the person to compare with what they typed."""
    return [(field.verbose_name, display(instance, field)) for field in instance._meta.concrete_fields
            if not field.primary_key and field.name != "negotiation" and field.editable]


def display(instance, field):
    value = getattr(instance, f"get_{field.name}_display", lambda: getattr(instance, field.name))()
    return "" if value is None else str(value)
