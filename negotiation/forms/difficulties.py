"""Difficulties met, and what they teach."""
from ..models import Difficulty
from .records import RecordForm, clean_field


class DifficultyForm(RecordForm):
    arrangement = [("progress", "family"), "what", "effect", "remedy", ("owner", "state"), "lesson", "perspective",
                   "source"]

    class Meta:
        model = Difficulty
        fields = ["progress", "family", "what", "effect", "remedy", "owner", "state", "lesson", "perspective", "source"]
        formfield_callback = clean_field

    def narrow(self):
        self.fields["effect"].help_text = "Retard, surcoût, projet abandonné…"
        self.fields["remedy"].help_text = "Ce qui a été fait, ou se prépare."
        self.fields["lesson"].help_text = "Ce qu’une prochaine négociation doit en retenir."
        self.fields["perspective"].help_text = "Ce qui est proposé pour la suite."
