"""Projects, obligations, and the total that was announced."""
from ..models import Obligation, Project
from .records import RecordForm, clean_field


class ProjectForm(RecordForm):
    class Meta:
        model = Project
        fields = ["name", "site", "problem", "beneficiaries", "cost", "cost_source", "source"]
        formfield_callback = clean_field


class ObligationForm(RecordForm):
    class Meta:
        model = Obligation
        fields = ["party", "what", "due_on", "due_text", "indicator", "state", "source"]
        formfield_callback = clean_field

    def narrow(self):
        self.fields["party"].queryset = self.negotiation.actors.all()
