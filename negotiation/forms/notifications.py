"""How often a person wants mails, for each kind of notification."""
from crispy_forms.helper import FormHelper
from django import forms

from ..choices import Frequency, NoticeKind

HELP = {
    NoticeKind.TURN: "Un avis, un examen, une décision ou une correction est attendu de vous, ou ne l’est plus.",
    NoticeKind.DECISION: "Une étape de votre dossier est approuvée.",
    NoticeKind.CHANGED: "La Région modifie une partie du dossier que vous aviez examinée et qui est approuvée.",
    NoticeKind.ANSWER: "La Région répond à une observation que vous avez écrite.",
    NoticeKind.LATE: "Le délai d’un autre est passé, et vous pouvez agir à votre tour.",
    NoticeKind.REMINDER: "Deux jours ouvrés avant une échéance, le lendemain, puis une fois par semaine au plus.",
    NoticeKind.TEAM: "Une invitation acceptée, une suppléance ou une passation qui vous concerne ; ce que "
                     "l’administration change dans l’équipe que vous dirigez.",
    NoticeKind.BOOKLET: "Une édition du livret d’un dossier qui vous est ouvert.",
}


class FrequencyForm(forms.Form):
    """One choice for each kind."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in NoticeKind:
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=Frequency, help_text=HELP[kind])
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
