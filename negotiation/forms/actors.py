"""Actors of a negotiation, who speaks for them, and the matrix of their roles."""
import json
import re

from django import forms

from .. import elements
from ..choices import Raci
from ..models import Actor, Representative
from .records import DocumentChoice, RecordForm, clean_field

CELL = re.compile(r"role-([0-9]{1,18})-([0-9]{1,18})")
ROLES = [("", "—"), *((role.value, f"{role.value} — {role.label.split(',')[0]}") for role in Raci)]


class ActorForm(RecordForm):
    arrangement = ["name", ("acronym", "side"), "financier", "written_commitment"]

    class Meta:
        model = Actor
        fields = ["name", "acronym", "side", "financier", "written_commitment"]
        formfield_callback = clean_field

    def narrow(self):
        self.fields["financier"].help_text = "Il paraît alors parmi les financeurs du plan de financement."
        self.fields["written_commitment"] = DocumentChoice(
            self.negotiation, label="Engagement écrit",
            help_text="La pièce où il s’engage à financer : lettre, délibération, convention. Déposez-la d’abord à son "
                      "étape.")


class RepresentativeForm(RecordForm):
    arrangement = ["actor", "function", "name", ("starts_on", "ends_on")]
    in_order = [("starts_on", "ends_on", "La fin du mandat ({}) précède son début ({}).")]

    class Meta:
        model = Representative
        fields = ["actor", "function", "name", "starts_on", "ends_on"]
        formfield_callback = clean_field

    def narrow(self):
        self.fields["actor"].label = "Acteur"
        self.fields["actor"].queryset = self.negotiation.actors.all()
        self.fields["actor"].label_from_instance = lambda actor: actor.name
        self.fields["actor"].empty_label = "Choisissez…"
        # Those that a correction closes are not offered; sent all the same, they are refused by their name.
        scopes = elements.Scopes(self.negotiation, "actors")
        offered = {one.pk for one in self.negotiation.actors.all() if scopes.opens(one)} | {self.instance.actor_id}
        self.fields["actor"].widget.choices = [
            (value, label) for value, label in self.fields["actor"].choices if not value or value.value in offered]
        self.fields["name"].help_text = "Une autre personne occupera un jour la fonction : le nom peut rester vide."
        self.fields["ends_on"].help_text = "Vide tant que le mandat court."


class RolesForm(forms.Form):
    """One select per actor and phase. `bases` remembers what the page showed, so that only real changes are saved."""
    bases = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, actors, phases, roles, closed=frozenset(), **kwargs):
        """roles: {(actor pk, phase pk): role} as stored now; closed: the actors (pk) that a correction does not open.
        Their cells are shown and not sent; sent all the same, the act refuses them in words."""
        super().__init__(*args, **kwargs)
        self.phases = phases
        self.cells = {f"role-{actor.pk}-{phase.pk}": (actor.pk, phase.pk) for actor in actors for phase in phases}
        labels = {f"role-{actor.pk}-{phase.pk}": f"{actor.name}, phase {phase.code}"
                  for actor in actors for phase in phases}
        for name, cell in self.cells.items():
            self.fields[name] = forms.ChoiceField(
                choices=ROLES, required=False, label=labels[name], initial=roles.get(cell, ""),
                widget=forms.Select(attrs={"aria-label": labels[name], "disabled": cell[0] in closed}))
        self.fields["bases"].initial = packed(roles)
        self.table = [(actor, [(phase, self[f"role-{actor.pk}-{phase.pk}"]) for phase in phases])
                      for actor in actors]

    def clean_bases(self):
        """{(actor pk, phase pk): role}; what cannot be read counts as an empty matrix: nothing is overwritten."""
        try:
            return {tuple(map(int, cell.split("-"))): str(role)
                    for cell, role in json.loads(self.cleaned_data["bases"] or "{}").items()}
        except (ValueError, AttributeError, RecursionError):
            return {}

    @property
    def typed(self):
        """{(actor pk, phase pk): role or ""}: every cell that was sent, even of an actor removed meanwhile."""
        gone = {tuple(map(int, found.groups())): self.data[name] for name in self.data
                if name not in self.cells and (found := CELL.fullmatch(name)) and self.data[name] in Raci.values}
        return gone | {cell: self.cleaned_data[name] for name, cell in self.cells.items() if name in self.data}

    def rebase(self, roles):
        """After conflicts have been shown: saving again replaces what was shown."""
        self.data = self.data.copy()
        self.data["bases"] = packed(roles)


def packed(roles):
    return json.dumps({f"{actor}-{phase}": role for (actor, phase), role in sorted(roles.items())})
