"""What the journal's page reads."""
from ..models import JournalEntry


def entries(dossier):
    """The acts of a dossier, newest first."""
    return JournalEntry.objects.filter(negotiation=dossier).defer("details")
