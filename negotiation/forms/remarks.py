"""A remark on an element, a message in its thread. They clean; workflow/ acts."""
from django import forms

from .fields import CleanText, new_key


class RemarkForm(forms.Form):
    """What is wrong at this place, and what is asked."""
    target = forms.CharField(max_length=80, widget=forms.HiddenInput)
    problem = CleanText(rows=3, max_length=5_000, label="Ce qui ne va pas", error_messages={
        "required": "Dites ce qui ne va pas."})
    request = CleanText(rows=2, max_length=5_000, label="Ce qui est demandé", error_messages={
        "required": "Dites ce qui est demandé à la Région."})

    def typed(self):
        """The texts as they were posted."""
        return [self.data[name] for name in ("problem", "request") if self.data.get(name)]


class ReplyForm(forms.Form):
    text = CleanText(rows=3, max_length=5_000, label="Message", error_messages={"required": "Écrivez votre réponse."})
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)
    # Where the thread stood on the page (models.Remark.stands).
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, empty_value=None)
