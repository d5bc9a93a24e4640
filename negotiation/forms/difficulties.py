"""Difficulties met, and what they teach."""
from ..models import Difficulty
from .events import StepChoice
from .records import RecordForm, clean_field


class DifficultyForm(RecordForm):
    class Meta:
        model = Difficulty
        fields = ["progress", "family", "what", "effect", "remedy", "owner", "state", "lesson", "perspective", "source"]
        formfield_callback = clean_field

    def narrow(self):
        self.fields["progress"] = StepChoice(queryset=self.negotiation.steps.select_related("step"), required=False,
                                             label="Étape", empty_label="Aucune étape en particulier")
