"""Forms of an edition: establish, abandon, publish, withdraw (a one-time key each), and the code to verify.

They clean; workflow/ acts.
"""
from crispy_forms.helper import FormHelper
from django import forms

from .. import codes
from .fields import CleanText, new_key


class Plain(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class Keyed(Plain):
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)


class EstablishForm(Keyed):
    read = forms.BooleanField(label="J’ai relu le projet", error_messages={
        "required": "Relisez le projet, puis cochez « J’ai relu le projet » : une édition établie ne se modifie plus."})


class PublishForm(Keyed):
    read = forms.BooleanField(label="J’ai relu le fichier de cette édition", error_messages={
        "required": "Ouvrez le fichier, puis cochez « J’ai relu le fichier de cette édition »."})


class AbandonForm(Keyed):
    pass


class WithdrawForm(Keyed):
    reason = CleanText(rows=3, max_length=2000, label="Motif du retrait", help_text="Tous le lisent, sans compte.",
                       error_messages={"required": "Dites pourquoi l’édition est retirée : le motif est public."})


class CompareForm(Plain):
    refused_title = "Ces éditions ne se comparent pas"
    avant = forms.TypedChoiceField(label="De l’édition", coerce=int)
    apres = forms.TypedChoiceField(label="à l’édition", coerce=int)

    def __init__(self, *args, editions, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("avant", "apres"):
            self.fields[name].choices = [(one.number, f"édition {one.number}, {one.get_state_display()}")
                                         for one in editions]
            self.fields[name].error_messages["invalid_choice"] = "Choisissez une édition de la liste."

    def clean(self):
        found = super().clean()
        if "avant" in found and found["avant"] == found.get("apres"):
            self.add_error("apres", "C’est la même édition : choisissez-en une autre à lui comparer.")
        return found


class CodeForm(Plain):
    """What is typed is forgiven its spaces, dashes and case; only what cannot be a code is refused."""
    refused_title = "Le code n’a pas été cherché"
    code = forms.CharField(
        max_length=100, label="Code de vérification",
        help_text="Douze lettres et chiffres, sur la couverture et à la fin du livret : par exemple K7QF-2M9X-TR4B.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "Tapez le code imprimé sur la couverture du livret."})

    def clean_code(self):
        code = codes.read(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError("Ce n’est pas un code de vérification : il a douze lettres et chiffres, sans "
                                        "U. Comparez avec la couverture du livret.")
        return codes.grouped(code)
