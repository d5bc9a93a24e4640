"""Projects, obligations, and the total that was announced."""
from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from .. import money
from ..models import Obligation, Project
from ..models.negotiation import SHORT
from .fields import AmountField, CleanText, new_key
from .records import RecordForm, clean_field

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
    arrangement = ["party", "what", ("due_on", "due_text"), "indicator", "state", "source"]

    class Meta:
        model = Obligation
        fields = ["party", "what", "due_on", "due_text", "indicator", "state", "source"]
        formfield_callback = clean_field
        help_texts = {
            "party": "Qui s’engage. Il manque quelqu’un ? Ajoutez-le d’abord parmi les acteurs.",
            "what": "Ce que la partie s’engage à faire, autrement qu’en apportant de l’argent.",
            "due_text": "Si aucune date ne suffit : « chaque année », « avant la réception des travaux »…",
            "indicator": "À quoi on verra que l’engagement est tenu.",
        }

    def narrow(self):
        self.fields["party"].queryset = self.negotiation.actors.all()
        self.fields["party"].label_from_instance = lambda actor: actor.name
        self.fields["party"].empty_label = "Choisissez…"


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
