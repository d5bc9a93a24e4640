"""What things are. One file per noun."""
from .account import Membership, Organisation, User
from .booklet import Booklet, FrozenContent
from .catalogue import CatalogueEntry, CatalogueTag
from .commitment import Contribution, FundingLimit, Obligation, Project
from .deputy import Deputy
from .difficulty import Difficulty
from .emblem import Emblem
from .grid import (
    AttentionPoint,
    ExpectedDocument,
    Grid,
    GridActor,
    GridActorRole,
    KnownDifficulty,
    Phase,
    Question,
    ReviewLevel,
    Step,
    StepActor,
    StepDifficulty,
)
from .handover import Handover
from .holiday import Holiday
from .invitation import Invitation, InvitedRole
from .journal import JournalEntry, JournalHead
from .making import Making
from .negotiation import Actor, ActorRole, Negotiation, Opening, Representative
from .notification import Notification, NotificationChoice
from .origin import Origin
from .position import Mandate, Position, PositionAmount, Scenario
from .progress import Answer, Document, DocumentVersion, Event, StepProgress
from .reference import Source, Term, Text
from .review import Passage, Reading, Remark, Reply, Seat, Submission
from .share import ShareLink
from .signature import Signature
from .territory import Region

__all__ = [
    "Actor", "ActorRole", "Answer", "AttentionPoint", "Booklet", "CatalogueEntry", "CatalogueTag", "Contribution",
    "Deputy", "Difficulty", "Document", "DocumentVersion", "Emblem", "Event", "ExpectedDocument", "FrozenContent",
    "FundingLimit", "Grid", "GridActor", "GridActorRole", "Handover", "Holiday", "Invitation", "InvitedRole",
    "JournalEntry", "JournalHead", "KnownDifficulty", "Making", "Mandate", "Membership", "Negotiation", "Notification",
    "NotificationChoice", "Obligation", "Opening", "Organisation", "Origin", "Passage", "Phase", "Position",
    "PositionAmount", "Project", "Question", "Reading", "Region", "Remark", "Reply", "Representative", "ReviewLevel",
    "Scenario", "Seat", "ShareLink", "Signature", "Source", "Step", "StepActor", "StepDifficulty", "StepProgress",
    "Submission", "Term", "Text", "User",
]
