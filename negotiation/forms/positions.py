"""A position, its amounts, its withdrawal, the agreement on it, and the confidential mandate. Refuses what cannot be
read; never acts."""
import re

from crispy_forms.bootstrap import AppendedText
from django import forms
from django.utils import timezone

from .. import dates, money
from ..choices import STATE_SIDES, PositionKind, Side
from ..models import Actor, Document, Event, Mandate, Position
from .fields import CleanText, DateField, new_key
from .plan import PlanForm, cell_of, packed, unpacked
from .records import RecordForm, clean_field


class EventChoice(forms.ModelChoiceField):
    def label_from_instance(self, event):
        return f"{dates.period(event.date, event.precision, event.end_date)} : {event.title}"


class MinutesChoice(forms.ModelChoiceField):
    def label_from_instance(self, document):
        return f"{document.progress.step.code} : {document.title}"


class ActorChoice(forms.ModelChoiceField):
    def label_from_instance(self, actor):
        return actor.name


def offer_papers(form, negotiation):
    """What may be shown as the session and the minutes of a position, or of an agreement."""
    form.fields["event"].queryset = negotiation.events.filter(date__lte=timezone.localdate())
    form.fields["event"].help_text = "Un événement de la chronologie."
    form.fields["minutes"].queryset = Document.objects.filter(
        progress__negotiation=negotiation, versions__isnull=False).exclude(
        expected__confidential=True).select_related("progress__step").distinct()
    form.fields["minutes"].help_text = "Une pièce déposée dans le dossier ; les pièces réservées n’y sont pas."


class PositionForm(RecordForm):
    """What is said around the amounts. `base`: how the table stood when the page was read (see `written`).

    state_only: a reviewer of the State records the positions of the State; followed: the number of the position that
    changed the table meanwhile.
    """
    followed = None
    party = ActorChoice(Actor.objects.none(), label="Partie", empty_label="Choisissez…")
    reserve = forms.BooleanField(required=False, label="Demander la mise en liste de réserve du projet",
                                 help_text="La position ne porte alors aucun montant : ceux du tableau ne comptent "
                                           "pas.")
    event = EventChoice(Event.objects.none(), required=False, label="Séance", empty_label="Aucune en particulier")
    minutes = MinutesChoice(Document.objects.none(), required=False, label="Procès-verbal", empty_label="Aucun")

    class Meta:
        model = Position
        fields = ["kind", "party", "held_on", "spokesperson", "event", "minutes", "justification"]
        formfield_callback = clean_field
        help_texts = {
            "spokesperson": "La fonction, sans le nom : « Président du Conseil régional ».",
            "justification": "Pourquoi ces montants : ce qui est demandé, ce qui est cédé, contre quoi.",
        }

    def __init__(self, *args, state_only=False, **kwargs):
        self.state_only = state_only
        super().__init__(*args, **kwargs)

    def narrow(self):
        actors = self.negotiation.actors.all()
        self.fields["party"].queryset = actors.filter(side__in=STATE_SIDES) if self.state_only else actors
        self.fields["party"].help_text = "Vous inscrivez les positions de l’État et de ses services." \
            if self.state_only else "Qui parle. Il manque quelqu’un ? Ajoutez-le d’abord parmi les acteurs."
        offer_papers(self, self.negotiation)
        said = ("", *(PositionKind.of(Side.STATE) if self.state_only else PositionKind))
        self.fields["kind"].choices = [(kind, label.capitalize()) for kind, label in self.fields["kind"].choices
                                       if kind in said]
        self.fields["kind"].help_text = "Demande : la Région. Proposition : l’État ou un partenaire."

    def clean_base(self):
        """How the table stood; when it cannot be read, what no table is."""
        told = self.cleaned_data["base"]
        return unwritten(told) if re.fullmatch(STANDS, told) else (-1, set())


STANDS = "[0-9]{1,5}(?:,[0-9]{1,5})*"


def written(stands):
    """How the table of a project stands, as a page sends it back: « 3,2,3 », the last number, then those on it."""
    last, tabled = stands
    return ",".join(map(str, (last, *sorted(tabled))))


def unwritten(told):
    """(3, {2, 3}) of « 3,2,3 », which STANDS matches."""
    last, *tabled = map(int, told.split(","))
    return last, set(tabled)


class AmountsForm(PlanForm):
    """The amounts of a position: the rows of one project of the plan's matrix.

    plan: what is offered to begin with, which the page sends back (`offered`)."""
    base = key = None
    offered = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, plan, project):
        self.project = project
        super().__init__(data, plan=plan, only=project)
        self.initial["offered"] = packed(plan, self.shown)

    @property
    def by_financier(self):
        """{(financier pk, year): amount} as typed, for the project alone."""
        return {(financier, year): amount for (project, financier, year), amount in self.typed.items()
                if project == self.project}

    @property
    def is_as_offered(self):
        """Are the amounts those that the page began with, or none at all?"""
        begun = {cell: amount for cell, amount in unpacked(self.data.get("offered", "")).items() if amount}
        return {cell: amount for cell, amount in self.typed.items() if amount} in ({}, begun)


def typed_cells(data, project):
    """{(financier pk, year)} that a sent form names for this project."""
    return {cell[1:] for name in data if (cell := cell_of(name)) and cell[0] == project}


class WithdrawalForm(forms.Form):
    reason = CleanText(rows=4, label="Motif du retrait",
                       error_messages={"required": "Écrivez pourquoi cette position est retirée."},
                       help_text="Il sera lu de tous ceux qui lisent le dossier, et le journal le garde.")
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key)


class AgreementForm(forms.Form):
    """base: fingerprint of the plan that the page showed; theirs: the last word of the other side when it is something
    else, which must then be confirmed."""
    on = DateField(label="Date de l’accord", help_text=DateField.HINT)
    event = EventChoice(Event.objects.none(), required=False, label="Séance de l’accord", empty_label="Aucune")
    minutes = MinutesChoice(Document.objects.none(), required=False, label="Procès-verbal de l’accord",
                            empty_label="Aucun")
    agreed_with = CleanText(label="Fonction de qui convient pour l’autre partie", max_length=200,
                            help_text="La fonction, sans le nom : « Secrétaire général du ministère chargé du "
                                      "budget ».")
    knowingly = forms.BooleanField(required=False, label="L’autre partie convient bien de ces montants, bien que sa "
                                                         "dernière position soit différente.")
    base = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, data=None, *, negotiation, base, theirs):
        super().__init__(data, initial={"base": base, "on": timezone.localdate()})
        offer_papers(self, negotiation)
        if not theirs:
            del self.fields["knowingly"]

    def clean(self):
        told = super().clean()
        if not told.get("event") and not told.get("minutes") and not {"event", "minutes"} & set(self.errors):
            self.add_error("event", "Indiquez la séance ou le procès-verbal qui prouve l’accord : l’un des deux au "
                                    "moins.")
        return told

    def rebase(self, base):
        """After the plan as it stands has been shown: confirming again is confirming that."""
        self.data = self.data.copy()
        self.data["base"] = base


class MandateForm(RecordForm):
    arrangement = [AppendedText("floor", money.CURRENCY), "concessions", "arguments"]

    class Meta:
        model = Mandate
        fields = ["floor", "concessions", "arguments"]
        formfield_callback = clean_field
        help_texts = {
            "floor": "Le montant total, tous financeurs réunis, en dessous duquel la Région n’accepte pas. En francs "
                     "entiers.",
            "concessions": "Ce que la Région peut céder, et contre quoi.",
            "arguments": "Ce qui se dit à la table, et ce qui se garde.",
        }
