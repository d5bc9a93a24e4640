"""The chronology's form and its filter."""
from django.utils import timezone

from ..models import Event
from .records import YEARS_BEFORE, RecordForm, clean_field


class EventForm(RecordForm):
    arrangement = ["title", ("kind", "progress"), ("date", "precision", "end_date"), "place", "participants",
                   "decisions", "source"]
    in_order = [("date", "end_date", "La date de fin ({}) précède la date de début ({}).")]

    class Meta:
        model = Event
        fields = ["title", "kind", "date", "precision", "end_date", "place", "participants", "decisions", "progress",
                  "source"]
        labels = {"date": "Date (ou début)", "precision": "Date connue"}
        formfield_callback = clean_field

    @property
    def first_year(self):
        """An event of a step is one of its real dates: near the contract, or of this year when that is prepared long
        before. A decree without a step may be old.
        """
        near = min(self.negotiation.first_year - YEARS_BEFORE, timezone.localdate().year)
        return near if self.cleaned_data.get("progress") else super().first_year

    def narrow(self):
        self.fields["title"].help_text = "En une ligne : ce qui a eu lieu."
        self.fields["date"].help_text = "Jour inconnu : donnez le premier du mois ou de l’année."
        self.fields["end_date"].help_text = "Si cela a duré plusieurs jours."
        self.fields["source"].help_text = "D’où vient l’information : procès-verbal, courrier, site…"
