"""Scenarios as a person asks for them: one small form for each change, a name, an adoption. A form never acts.

The forms of the changes share a page: each has its own prefix, and gives its change as negotiation/scenarios.py
knows it.
"""
import re

from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from .. import money
from ..choices import PositionKind, Side
from ..models import Actor, Document, Event
from ..models.negotiation import LONG, SHORT
from ..scenarios import MOST_YEARS, Add, Delay, Drop, Fix, Percent, Restore, Scope, Withdraw
from .fields import AmountField, CleanText, DateField, new_key
from .positions import STANDS, EventChoice, MinutesChoice, offer_papers, unwritten, written

PERCENT = re.compile(r"([+-]?)([0-9]{1,4})(?:[.,]([0-9]{1,2}))?%?")
KINDS = [(kind.value, kind.label.capitalize()) for kind in PositionKind.of(Side.AUTHORITY)]
SHOWN = re.compile(f"([0-9]{{1,18}}):({STANDS})")
SCOPE = re.compile("([pfy])([0-9]+)")
CHOOSE = ("", "Choisissez…")
EVENLY = "evenly"


class PercentField(forms.CharField):
    """« 7,5 », « +7.5 % », « -10 » → hundredths of a percent, as an integer."""

    def to_python(self, value):
        typed = money.SPACES.sub("", (value or "").strip().replace("−", "-").replace("–", "-"))
        if not typed:
            return None
        if not (found := PERCENT.fullmatch(typed)):
            raise ValidationError(f"« {money.shown(value)} » n’est pas un pourcentage : écrivez par exemple 7,5 ou "
                                  "-10, avec deux décimales au plus.")
        sign, whole, decimals = found.groups()
        hundredths = int(whole) * 100 + int((decimals or "").ljust(2, "0"))
        if hundredths > (10_000 if sign == "-" else 100_000):
            raise ValidationError("Une variation va de -100 % à 1000 %.")
        return -hundredths if sign == "-" else hundredths

    def validate(self, value):
        if value is None:
            raise ValidationError(self.error_messages["required"], code="required")
        if value == 0:
            raise ValidationError("0 % ne change rien.")

    def run_validators(self, value):
        pass


class Choices(forms.Select):
    """Drawn without a template for each option: on the largest plan the forms of one page offer three hundred."""

    def render(self, name, value, attrs=None, renderer=None):
        drawn = self.get_context(name, value, attrs)["widget"]
        inside = mark_safe("".join(self.group(label, options) for label, options, _ in drawn["optgroups"]))
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(drawn["attrs"]), inside)

    def group(self, label, options):
        rows = format_html_join("", '<option value="{}"{}>{}</option>', (
            (one["value"], flatatt(one["attrs"]), one["label"]) for one in options))
        return format_html('<optgroup label="{}">{}</optgroup>', label, rows) if label else rows


class ChangeForm(forms.Form):
    """title: the words of the fold and of the button; used says whether there is anything to change so."""
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)
    kind = title = ""

    def __init__(self, data=None, *, page, facts):
        super().__init__(data, prefix=self.kind, initial={"version": page.scenario.version})
        self.page, self.facts = page, facts
        self.offer()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(*(AppendedText(name, money.CURRENCY) if name == "amount" else
                                      AppendedText(name, "%") if name == "percent" else name
                                      for name in self.fields if name not in ("version", "key")))

    def offer(self):
        """Fill in the choices; subclasses say which."""

    @property
    def used(self):
        return bool(self.page.cells)

    @property
    def projects(self):
        return [(row.pk, row.label) for row in self.page.by_project if row.total.amount]

    @property
    def financiers(self):
        return [(row.pk, row.label) for row in self.page.by_financier if row.total.amount]

    def scopes(self, *, years):
        found = [("tout", "Tout le plan"), ("Un projet", [(f"p{pk}", name) for pk, name in self.projects]),
                 ("Un financeur", [(f"f{pk}", name) for pk, name in self.financiers])]
        if not years:
            return found
        shown = {row.pk: row.label for row in self.page.by_year if row.total.amount}
        pairs = {(financier, year) for _, financier, year in self.page.cells}
        return [*found, ("Une année", [(f"y{year}", label) for year, label in shown.items()]),
                *((f"{name}, une année", [(f"f{pk}y{year}", f"{name}, {label.lower()}") for year, label in shown.items()
                                          if (pk, year) in pairs]) for pk, name in self.financiers)]

    def rebase(self, version):
        """After what changed has been shown: sending again applies it to the scenario as it stands."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = version
        self.data[self.add_prefix("key")] = new_key()


def scope(text):
    """« p12 » → Scope(project=12); « f3y2027 » → Scope(financier=3, year=2027); « tout » → Scope()"""
    names = {"p": "project", "f": "financier", "y": "year"}
    return Scope(**{names[letter]: int(number) for letter, number in SCOPE.findall(text)})


class DelayForm(ChangeForm):
    kind, title = "delay", "Retarder"
    years = forms.IntegerField(
        label="Nombre d’années", min_value=1, max_value=MOST_YEARS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        error_messages={"invalid": "Écrivez un nombre d’années en chiffres, par exemple 1."},
        help_text="Ce qui n’est pas réparti entre les années ne bouge pas. Ce qui passe après la dernière année est "
                  "gardé, et signalé.")
    scope = forms.ChoiceField(widget=Choices, label="Ce qui est retardé")

    def offer(self):
        self.fields["scope"].choices = self.scopes(years=False)

    @property
    def change(self):
        return Delay(self.cleaned_data["years"], scope(self.cleaned_data["scope"]))


class PercentForm(ChangeForm):
    kind, title = "percent", "Augmenter ou réduire"
    percent = PercentField(
        label="Variation", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Par exemple 7,5 pour augmenter, -10 pour réduire. Le nouveau total est arrondi au franc, puis "
                  "partagé entre les montants, sans un franc de plus ni de moins.")
    scope = forms.ChoiceField(widget=Choices, label="Ce qui varie")

    def offer(self):
        self.fields["scope"].choices = self.scopes(years=True)

    @property
    def change(self):
        return Percent(self.cleaned_data["percent"], scope(self.cleaned_data["scope"]))


class FixForm(ChangeForm):
    kind, title = "fix", "Fixer un montant"
    amount = AmountField(
        zero=True, label="Nouveau montant",
        help_text="En francs entiers. Il remplace le total de ce que vous choisissez, et se partage entre ses montants "
                  "dans les mêmes proportions, au franc près. 0 les retire.")
    scope = forms.ChoiceField(widget=Choices, label="Ce qui reçoit ce montant")

    def offer(self):
        self.fields["scope"].choices = self.scopes(years=True)

    @property
    def change(self):
        return Fix(self.cleaned_data["amount"], scope(self.cleaned_data["scope"]))


class WithdrawForm(ChangeForm):
    kind, title = "withdraw", "Retirer un financeur"
    financier = forms.TypedChoiceField(widget=Choices, label="Financeur qui se retire", coerce=int)
    heir = forms.TypedChoiceField(widget=Choices, label="Ses montants", coerce=int, required=False, empty_value=None)

    def offer(self):
        self.fields["financier"].choices = [CHOOSE, *self.financiers]
        self.fields["heir"].choices = [("", "sont perdus"), ("Sont repris par", list(self.facts.names.items()))]

    @property
    def change(self):
        return Withdraw(self.cleaned_data["financier"], self.cleaned_data["heir"])


class AddForm(ChangeForm):
    kind, title = "add", "Ajouter un financeur à un projet"
    project = forms.TypedChoiceField(widget=Choices, label="Projet", coerce=int)
    financier = forms.TypedChoiceField(widget=Choices, label="Financeur", coerce=int)
    amount = AmountField(label="Montant",
                         help_text="En francs entiers. Il s’ajoute à ce que ce financeur apporte déjà.")
    year = forms.ChoiceField(widget=Choices, label="Quand")

    def offer(self):
        self.fields["project"].choices = [CHOOSE, *((pk, name) for pk, name in self.facts.projects.items()
                                                    if pk not in self.page.reserve)]
        self.fields["financier"].choices = [CHOOSE, *self.facts.names.items()]
        years = self.facts.dossier.years
        self.fields["year"].choices = [(EVENLY, f"Réparti également de {years[0]} à {years[-1]}"),
                                       *((str(year), str(year)) for year in years), ("0", "Non réparti")]

    @property
    def used(self):
        return len(self.facts.projects) > len(self.page.reserve) and bool(self.facts.parties)

    @property
    def change(self):
        told = self.cleaned_data
        return Add(told["project"], told["financier"], told["amount"],
                   None if told["year"] == EVENLY else int(told["year"]))


class DropForm(ChangeForm):
    kind, title = "drop", "Mettre un projet en réserve"
    project = forms.TypedChoiceField(widget=Choices, label="Projet", coerce=int,
                                     help_text="Ses montants quittent le scénario ; le projet peut revenir.")

    def offer(self):
        self.fields["project"].choices = [CHOOSE, *self.projects]

    @property
    def change(self):
        return Drop(self.cleaned_data["project"])


class RestoreForm(ChangeForm):
    kind, title = "restore", "Ramener un projet de la réserve"
    project = forms.TypedChoiceField(widget=Choices, label="Projet", coerce=int,
                                     help_text="Il revient avec les montants du plan que ce scénario a copié.")

    def offer(self):
        self.fields["project"].choices = [CHOOSE, *self.page.reserve.items()]

    @property
    def used(self):
        return bool(self.page.reserve)

    @property
    def change(self):
        return Restore(self.cleaned_data["project"])


FORMS = (DelayForm, PercentForm, FixForm, WithdrawForm, AddForm, DropForm, RestoreForm)


class VersionForm(forms.Form):
    """A button that acts on the scenario as the page showed it."""
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)


class ScenarioForm(forms.Form):
    """A name and a note; source: what a new scenario starts from."""
    name = CleanText(label="Nom", max_length=120, help_text="Court, par exemple « L’État retarde d’un an ».")
    note = CleanText(label="Note", max_length=SHORT, required=False,
                     help_text="Ce que ce scénario suppose. L’équipe de la Région seule la lit.")
    source = forms.ModelChoiceField(None, label="Partir", required=False,
                                    empty_label="du plan de financement d’aujourd’hui")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, data=None, *, sources=None, scenario=None):
        """sources: the scenarios that may be copied; None when the form is that of an existing scenario."""
        super().__init__(data, initial=scenario and {"name": scenario.name, "note": scenario.note,
                                                     "version": scenario.version})
        if sources is None:
            del self.fields["source"]
        else:
            self.fields["source"].queryset = sources
            self.fields["source"].label_from_instance = lambda one: f"du scénario « {one.name} »"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def rebase(self, version):
        self.data = self.data.copy()
        self.data["version"] = version


class AdoptionForm(forms.Form):
    """What the positions share. base: the fingerprint of the amounts shown; after: how the table of each project
    stood when the page was read."""
    kind = forms.ChoiceField(label="Nature des positions", choices=KINDS)
    party = forms.ModelChoiceField(Actor.objects.none(), label="Au nom de", empty_label="Choisissez…",
                                   help_text="Un acteur du côté de la Région.")
    held_on = DateField(label="Date", help_text="Le jour où ces positions sont mises sur la table.")
    spokesperson = CleanText(label="Fonction du porte-parole", max_length=200)
    event = EventChoice(Event.objects.none(), required=False, label="Séance", empty_label="Aucune en particulier")
    minutes = MinutesChoice(Document.objects.none(), required=False, label="Procès-verbal", empty_label="Aucun")
    justification = CleanText(label="Justification", required=False, rows=4, max_length=LONG,
                              help_text="La même pour toutes les positions ; tous ceux qui les lisent la liront.")
    base = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    after = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, data=None, *, negotiation, parties, base, after, answered):
        """answered: has anybody else something on the table that these positions would answer?"""
        is_begun = any(last for last, _ in after.values())
        super().__init__(data, initial={
            "base": base, "after": joined(after), "held_on": timezone.localdate(),
            "kind": PositionKind.COUNTER if answered else "" if is_begun else PositionKind.REQUEST})
        self.fields["kind"].choices = KINDS if answered or not is_begun else [CHOOSE, *KINDS]
        offer_papers(self, negotiation)
        self.fields["party"].queryset = parties
        self.fields["party"].label_from_instance = lambda actor: actor.name
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def shared(self):
        return {name: self.cleaned_data[name] for name in (
            "kind", "party", "held_on", "spokesperson", "event", "minutes", "justification")}

    @property
    def shown(self):
        """{project pk: how its table stood} as the page wrote it; what cannot be read is left out, and then was not
        shown."""
        return {int(project): unwritten(told) for project, told in SHOWN.findall(self.cleaned_data["after"])}

    def rebase(self, base, after):
        self.data = self.data.copy()
        self.data["base"], self.data["after"] = base, joined(after)


def joined(after):
    """{12: (3, {2, 3})} → « 12:3,2,3 »"""
    return " ".join(f"{project}:{written(stands)}" for project, stands in after.items())
