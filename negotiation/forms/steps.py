"""The answers of a step, the file of a document, the reason of a return. They clean; workflow/ acts."""
from django import forms
from django.core.exceptions import ValidationError

from ..choices import VOICES_OF, LevelKind, Voice
from ..files.inspection import inspect
from ..files.refusals import Refused
from .fields import CleanText, new_key

RESERVED = ("Réponse réservée à l’équipe de la Région : ni la DGCT, ni les services, ni les partenaires ne la lisent, "
            "et elle ne paraît pas dans le livret.")
CHECKED = "J’ai vérifié : ce fichier ne contient aucune feuille réservée à l’équipe de la Région"
CHECKED_WHY = "À cocher pour un long document numérisé, qui n’est pas regardé en entier : la DGCT le lira aussi."
UNLOOKED = ("Ce fichier n’a pas pu être regardé en entier : l’application ne sait pas s’il contient une feuille "
            "réservée à l’équipe de la Région. Vérifiez-le, choisissez-le de nouveau, puis cochez.")


class AnswersForm(forms.Form):
    """One text per question, each beside the fingerprint of the text that the page showed."""

    def __init__(self, data=None, *, questions, answers, fingerprint, closed=()):
        """closed: the questions that a correction leaves as they are."""
        super().__init__(data)
        self.questions = questions
        for number, question in enumerate(questions, 1):
            text = answers[question.pk].text if question.pk in answers else ""
            self.fields[name_of(question)] = CleanText(
                rows=4, required=False, label=f"{number}. {question.text}", initial=text,
                disabled=question.pk in closed, help_text=RESERVED if question.confidential else "")
            self.fields[f"{name_of(question)}-base"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=fingerprint(text))

    def rows(self):
        """[(question, answer field, hidden base field)] in the order of the grid."""
        return [(question, self[name_of(question)], self[f"{name_of(question)}-base"]) for question in self.questions]

    def typed(self):
        """{question: text} of the questions that the page held: a missing field erases nothing."""
        return {q: self.cleaned_data[name_of(q)] for q in self.questions
                if not self.fields[name_of(q)].disabled and name_of(q) in self.data and name_of(q) in self.cleaned_data
                } | self.closed()

    def closed(self):
        """{question: text} typed where nothing may be changed any more, by a page that was open before."""
        found = {q: self.data[name_of(q)].replace("\r\n", "\n").strip() for q in self.questions
                 if self.fields[name_of(q)].disabled and name_of(q) in self.data}
        return {q: text for q, text in found.items() if text != self.fields[name_of(q)].initial}

    @property
    def is_open(self):
        """Is there a question that may be answered?"""
        return not all(self.fields[name_of(q)].disabled for q in self.questions)

    def bases(self):
        return {q.pk: self.cleaned_data.get(f"{name_of(q)}-base", "") for q in self.questions}

    def rebase(self, question, base):
        """After a conflict has been shown, saving again replaces the text that was shown."""
        self.data = self.data.copy()
        self.data[f"{name_of(question)}-base"] = base


def name_of(question):
    return question.code.replace(".", "-")


class CheckedForm(forms.Form):
    """A file that could not be looked into is taken from those who say that they have looked. Offered from the start:
    on a slow line, a long scan is not sent twice.
    """
    checked = forms.BooleanField(required=False, label=CHECKED, help_text=CHECKED_WHY)

    def must_be_checked(self):
        """Refuse the file, until the person has ticked."""
        if not self.cleaned_data.get("checked"):
            self.add_error("checked", UNLOOKED)


class DepositForm(CheckedForm):
    """A file judged by its structure, for an expected document, another version, or one more document."""
    file = forms.FileField(label="Fichier", allow_empty_file=True, error_messages={
        "required": "Choisissez un fichier avant de le déposer."})
    title = CleanText(max_length=200, required=False, label="Intitulé de la pièce")
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.verdict = inspect(file, file.name)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None
        return file


class WaiverForm(forms.Form):
    reason = CleanText(max_length=300, required=False, label="Sans objet parce que")
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("reason") and not cleaned.get("base") and not self.errors:
            self.add_error("reason", "Dites pourquoi la pièce est sans objet.")
        return cleaned


class MoveForm(forms.Form):
    """An act on the step: the version that was read, a one-time key, and a reason where one is due.

    drafts: the marks of what reviewers have written and not sent, as the page showed it.
    """
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)
    drafts = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = CleanText(rows=4, required=False, label="Motif")

    def clean_drafts(self):
        """None from a form that showed nothing of what is not sent."""
        return self.cleaned_data["drafts"] if "drafts" in self.data else None


class OpinionForm(MoveForm):
    """The opinion itself is chosen in the form."""
    voice = forms.ChoiceField(
        label="Votre avis", widget=forms.RadioSelect,
        choices=[(voice.value, voice.label) for voice in Voice if voice in VOICES_OF[LevelKind.OPINION]],
        error_messages=dict.fromkeys(["required", "invalid_choice"],
                                     "Choisissez votre avis : favorable, réservé ou défavorable."))
