"""What things are. One file per noun."""
from .account import Membership, Organisation, User
from .booklet import Booklet
from .commitment import Contribution, Obligation, Project
from .deputy import Deputy
from .difficulty import Difficulty
from .grid import (
    AttentionPoint,
    ExpectedDocument,
    Grid,
    GridActor,
    GridActorRole,
    KnownDifficulty,
    Phase,
    Question,
    Step,
    StepActor,
    StepDifficulty,
)
from .handover import Handover
from .invitation import Invitation, InvitedRole
from .journal import JournalEntry
from .negotiation import Actor, ActorRole, Negotiation, Opening, Representative
from .progress import Answer, Document, DocumentVersion, Event, StepProgress
from .reference import Source, Term, Text
from .territory import Region

__all__ = [
    "Actor", "ActorRole", "Answer", "AttentionPoint", "Booklet", "Contribution", "Deputy", "Difficulty", "Document",
    "DocumentVersion", "Event", "ExpectedDocument", "Grid", "GridActor", "GridActorRole", "Handover", "Invitation",
    "InvitedRole", "JournalEntry", "KnownDifficulty", "Membership", "Negotiation", "Obligation", "Opening",
    "Organisation", "Phase", "Project", "Question", "Region", "Representative", "Source", "Step", "StepActor",
    "StepDifficulty", "StepProgress", "Term", "Text", "User",
]
