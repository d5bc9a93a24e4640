"""Actors of a negotiation and who speaks for them."""
from ..models import Actor, Representative
from .records import RecordForm, clean_field


class ActorForm(RecordForm):
    class Meta:
        model = Actor
        fields = ["name", "acronym", "side", "financier"]
        formfield_callback = clean_field


class RepresentativeForm(RecordForm):
    class Meta:
        model = Representative
        fields = ["actor", "function", "name", "starts_on", "ends_on"]
        formfield_callback = clean_field

    def narrow(self):
        self.fields["actor"].queryset = self.negotiation.actors.all()
