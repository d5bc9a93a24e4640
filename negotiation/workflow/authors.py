"""Who made a change that a person had not seen, read back from the journal. Guesses nobody that no line tells."""
from dataclasses import dataclass

from ..models import JournalEntry

# A change that is contested is a recent one; beyond, nobody is named.
LATEST = 200


@dataclass(frozen=True)
class Author:
    """The author as a sentence to `reader` says it: by name, « vous » for the reader in person, or nobody."""
    name: str = ""
    is_reader: bool = False

    @property
    def just(self):
        """The start of « … d’y inscrire 500 FCFA »."""
        return "vous venez, dans une autre page," if self.is_reader else f"{self.name or 'quelqu’un'} vient"

    @property
    def by(self):
        """The end of « cette fiche a été modifiée … »."""
        return " par vous-même dans une autre page" if self.is_reader else f" par {self.name}" if self.name else ""


class Authors:
    """The latest acts of some kinds in one dossier, read at the first question only. reader: None for a command."""

    def __init__(self, negotiation, *actions, reader):
        self.reader = reader
        self.entries = JournalEntry.objects.filter(negotiation=negotiation, action__in=actions).order_by("-pk")[:LATEST]

    def of(self, told):
        """The author of the latest act for which told(entry) is true."""
        return self.named(next((entry for entry in self.entries if told(entry)), None))

    def named(self, entry):
        if entry is None:
            return Author()
        return Author(entry.by_name, self.reader is not None and entry.by_id == self.reader.pk)
