"""Projects, obligations, and the total that was announced."""
from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

from .. import money
from ..choices import AMOUNT_LIMITS, LimitKind
from ..models import FundingLimit, Obligation, Project
from ..models.negotiation import SHORT
from .fields import AmountField, CleanText, PercentField, new_key
from .records import YEARS_BEFORE, DocumentChoice, RecordForm, clean_field

UNDIVIDED_HAS_NO = ("site", "problem", "beneficiaries", "cost", "cost_source")


class ProjectForm(RecordForm):
    """A projet structurant; the line « ensemble du contrat » has a name and a source only."""
    arrangement = ["name", "site", "problem", "beneficiaries", AppendedText("cost", money.CURRENCY), "cost_source",
                   "source"]

    class Meta:
        model = Project
        fields = ["name", "site", "problem", "beneficiaries", "cost", "cost_source", "source"]
        formfield_callback = clean_field
        help_texts = {
            "site": "Commune, village ou périmètre où le projet se réalise.",
            "problem": "Ce que vivent les habitants aujourd’hui, et que le projet doit changer.",
            "beneficiaries": "Qui, et combien de personnes si le nombre est connu.",
            "cost": "En francs entiers, par exemple 400 000 000. Études, contrôle et entretien initial compris.",
            "cost_source": "D’où vient ce coût : étude et sa date, devis, ratio.",
            "source": "Le document qui atteste ce projet : PDSEC, délibération, article…",
        }

    def narrow(self):
        if self.instance.whole_contract:
            for name in UNDIVIDED_HAS_NO:
                del self.fields[name]
            self.arrangement = ["name", "source"]


class ObligationForm(RecordForm):
    arrangement = ["party", "what", ("due_on", "due_text"), "indicator", "state", "evidence", "evidence_document",
                   "source"]

    class Meta:
        model = Obligation
        fields = ["party", "what", "due_on", "due_text", "indicator", "state", "evidence", "evidence_document",
                  "source"]
        formfield_callback = clean_field
        help_texts = {
            "party": "Qui s’engage. Il manque quelqu’un ? Ajoutez-le d’abord parmi les acteurs.",
            "what": "Ce que la partie s’engage à faire, autrement qu’en apportant de l’argent.",
            "due_text": "Si aucune date ne suffit : « chaque année », « avant la réception des travaux »…",
            "indicator": "À quoi on verra que l’engagement est tenu.",
            "evidence": "Ce qui montre qu’il est tenu : « PV du 12 mars », « lettre reçue »…",
        }

    @property
    def first_year(self):
        return self.negotiation.first_year - YEARS_BEFORE

    def narrow(self):
        self.fields["party"].queryset = self.negotiation.actors.all()
        self.fields["party"].label_from_instance = lambda actor: actor.name
        self.fields["party"].empty_label = "Choisissez…"
        self.fields["evidence_document"] = DocumentChoice(self.negotiation, label="Pièce qui le prouve")


class FundingLimitForm(RecordForm):
    """A financing rule: an envelope is an amount, a share is a percentage, and each says what it bounds."""
    arrangement = ["kind", Fieldset("Si c’est une enveloppe", AppendedText("amount", money.CURRENCY), "year"),
                   Fieldset("Si c’est une part", AppendedText("share", "%"), "financier"), "severity", "source"]
    share = PercentField(required=False, label="Part, en pourcentage du plan",
                         help_text="20, ou 20,5. La part de la Région compte aussi celle des autres collectivités.")

    class Meta:
        model = FundingLimit
        fields = ["kind", "amount", "year", "share", "financier", "severity", "source"]
        formfield_callback = clean_field
        help_texts = {
            "amount": "En francs entiers, par exemple 400 000 000. Ce qu’apportent les services déconcentrés compte "
                      "avec l’État.",
            "severity": "Un point bloquant empêche de soumettre les étapes qui examinent le plan ; un avertissement se "
                        "lit, et n’empêche rien.",
            "source": "Le texte, la lettre ou la décision qui fixe cette règle, et sa date.",
        }

    def narrow(self):
        years = sorted({*self.negotiation.years, *filter(None, [self.instance.year])})
        self.fields["year"] = forms.TypedChoiceField(
            choices=[("", "Chaque année"), *((year, year) for year in years)], coerce=int, empty_value=None,
            required=False, label="Année", help_text="Pour une enveloppe par année.")
        self.fields["financier"].queryset = self.negotiation.actors.order_by("-financier", "order", "pk")
        self.fields["financier"].label_from_instance = lambda actor: actor.name
        self.fields["financier"].empty_label = "Chaque financeur"
        self.fields["financier"].help_text = "Pour une part maximale."

    def clean(self):
        super().clean()
        kind = self.cleaned_data.get("kind")
        if not kind:
            return
        of_amount = kind in AMOUNT_LIMITS
        self.ask("amount", of_amount, "Écrivez le montant de l’enveloppe.", "Une part est un pourcentage : laissez le "
                 "montant vide.")
        self.ask("share", not of_amount, "Écrivez la part, en pourcentage.", "Une enveloppe est un montant : laissez "
                 "le pourcentage vide.")
        self.refuse_unless("year", kind == LimitKind.STATE_YEAR, "Cette règle vaut pour tout le contrat : laissez "
                           "« Chaque année ».")
        self.refuse_unless("financier", kind == LimitKind.FINANCIER_SHARE, "Cette règle ne porte pas sur un financeur "
                           "au choix : laissez « Chaque financeur ».")

    def ask(self, name, wanted, missing, useless):
        if wanted and self.cleaned_data.get(name) is None and name not in self.errors:
            self.add_error(name, missing)
        self.refuse_unless(name, wanted, useless)

    def refuse_unless(self, name, wanted, sentence):
        if not wanted and self.cleaned_data.get(name) is not None:
            self.add_error(name, sentence)


class AnnouncedTotalForm(forms.Form):
    """The total that was announced and where it was; workflow/commitments.py saves it."""
    amount = AmountField(required=False, label="Total annoncé",
                         help_text="En francs entiers, par exemple 2 173 126 400. Vide : aucun total n’est annoncé.")
    source = CleanText(required=False, max_length=SHORT, label="Source",
                       help_text="Le texte, le procès-verbal ou l’article qui l’annonce, et sa date.")
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, data=None, *, negotiation, base):
        super().__init__(data, initial={"amount": negotiation.announced_total, "source": negotiation.announced_source,
                                        "base": base})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(AppendedText("amount", money.CURRENCY), "source")

    def rebase(self, base):
        """After the other total has been shown: saving again replaces it."""
        self.data = self.data.copy()
        self.data["base"] = base
