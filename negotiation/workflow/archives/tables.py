"""What an archive of a dossier holds, model by model, and what it leaves out, each with its reason.

A model or a field that is in neither list fails a test: nothing is forgotten in silence.
"""
from collections.abc import Callable
from dataclasses import dataclass, field

from ...models import (
    Actor,
    ActorRole,
    Answer,
    AttentionPoint,
    Booklet,
    Contribution,
    Difficulty,
    Document,
    DocumentVersion,
    Event,
    ExpectedDocument,
    FrozenContent,
    FundingLimit,
    Grid,
    JournalEntry,
    Mandate,
    Negotiation,
    Obligation,
    Opening,
    Organisation,
    Passage,
    Phase,
    Position,
    PositionAmount,
    Project,
    Question,
    Reading,
    Remark,
    Reply,
    Representative,
    ReviewLevel,
    Scenario,
    Seat,
    Signature,
    Step,
    StepActor,
    StepDifficulty,
    StepProgress,
    Submission,
    User,
)
from . import keys

FORMAT, VERSION = "cper-dossier", 1


@dataclass(frozen=True)
class Table:
    """How the rows of one model are found, placed and named.

    path: from a row to what it belongs to (the dossier, or its grid); order: their places, the same on every
    installation; key: what names a row for the others (without it, its place, from 1); moved: {field: function of
    keys.py} of the values that hold keys of other rows; left_out: {field: why it is not told}; member: function of a
    row that gives the name of its file in the archive, for rows of a stored file (`sha256`, `size`).
    """
    name: str
    model: type
    path: str = ""
    order: tuple = ("pk",)
    key: tuple = ()
    moved: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)
    member: Callable | None = None

    @property
    def fields(self):
        """What is told of a row; its own key never is."""
        return [one for one in self.model._meta.concrete_fields
                if one.name not in self.left_out and (one.is_relation or not one.primary_key)]

    def name_of(self, row):
        """« A1/A1.Q2 »: what names this row, when it is not its place."""
        parts = []
        for path in self.key:
            value = row
            for name in path.split("__"):
                value = getattr(value, name)
            parts.append(str(value))
        return "/".join(parts)


def piece(version):
    return f"pieces/{version.sha256}.{version.kind}"


def scan(signature):
    return f"signatures/{signature.sha256}.{signature.kind}"


def edition(booklet):
    return f"{EDITIONS}{booklet.number}.pdf"


# Made by the application itself: they are not inspected as a deposit is.
EDITIONS = "editions/"
ABOVE = {"negotiation": "every row is of the dossier"}
LOADED = {"loaded_digest": "a trace of the loader of this installation"}
IN_STEP = {"order": ("step__phase__code", "step__code", "pk"), "path": "step__phase__grid",
           "key": ("step__code", "code"), "left_out": LOADED}

PEOPLE = Table("people", User, key=("email",), order=("email",), left_out={
    "password": "a secret of this installation", "last_login": "a trace of this installation",
    "is_active": "no account is opened by an archive", "is_staff": "a right here", "is_superuser": "a right here",
    "is_demo": "said of an account here", "date_joined": "said of an account here"})
ORGANISATIONS = Table("organisations", Organisation, key=("name",), order=("name",))

# The grid: enough to read the dossier anywhere, and to restore it where this edition is not loaded.
GRID = (
    Table("grid", Grid, key=("code",), left_out=LOADED),
    Table("phases", Phase, "grid", ("code",), ("code",), left_out=LOADED),
    Table("steps", Step, "phase__grid", ("phase__code", "code"), ("code",), left_out=LOADED),
    Table("step_actors", StepActor, **IN_STEP | {"key": ("step__code", "order")}),
    Table("review_levels", ReviewLevel, **IN_STEP | {"key": ("step__code", "order")}),
    Table("questions", Question, **IN_STEP),
    Table("expected_documents", ExpectedDocument, **IN_STEP),
    Table("attention_points", AttentionPoint, **IN_STEP),
    Table("step_difficulties", StepDifficulty, **IN_STEP),
)

DOSSIER = Table("dossier", Negotiation, key=("slug",))
# In an order where what a row names is already there.
ROWS = (
    Table("steps", StepProgress, "negotiation", ("step__code",), ("step__code",), left_out=ABOVE),
    Table("openings", Opening, "negotiation", left_out=ABOVE),
    Table("answers", Answer, "progress__negotiation"),
    Table("documents", Document, "progress__negotiation"),
    Table("versions", DocumentVersion, "document__progress__negotiation", member=piece),
    Table("events", Event, "negotiation", left_out=ABOVE),
    Table("actors", Actor, "negotiation", left_out=ABOVE),
    Table("roles", ActorRole, "actor__negotiation"),
    Table("representatives", Representative, "actor__negotiation"),
    Table("projects", Project, "negotiation", left_out=ABOVE),
    Table("contributions", Contribution, "project__negotiation"),
    Table("funding_limits", FundingLimit, "negotiation", left_out=ABOVE),
    Table("obligations", Obligation, "negotiation", left_out=ABOVE),
    Table("difficulties", Difficulty, "negotiation", left_out=ABOVE),
    Table("scenarios", Scenario, "negotiation", left_out=ABOVE, moved={
        "cells": keys.cells, "reserve": keys.reserve, "changes": keys.changes, "base": keys.base}),
    Table("positions", Position, "negotiation", left_out=ABOVE),
    Table("position_amounts", PositionAmount, "position__negotiation"),
    Table("mandates", Mandate, "project__negotiation"),
    Table("submissions", Submission, "progress__negotiation", moved={"content": keys.elements}),
    Table("passages", Passage, "submission__progress__negotiation"),
    Table("seats", Seat, "passage__submission__progress__negotiation"),
    Table("remarks", Remark, "progress__negotiation", moved={"target": keys.element}),
    Table("replies", Reply, "remark__progress__negotiation"),
    Table("readings", Reading, "progress__negotiation"),
    # The newest first: an edition that was replaced names a newer one.
    Table("editions", Booklet, "negotiation", ("-number",), ("number",), left_out=ABOVE, member=edition),
    Table("contents", FrozenContent, "booklet__negotiation", ("-booklet__number",),
          left_out={"text": "a member of its own, editions/N.json"}),
    Table("signatures", Signature, "booklet__negotiation", ("-booklet__number", "party", "pk"), member=scan),
    Table("journal", JournalEntry, "negotiation", ("number",), left_out=ABOVE),
)
TABLES = (PEOPLE, ORGANISATIONS, *GRID, DOSSIER, *ROWS)

# Models of the application that no archive holds, and why.
ELSEWHERE = {
    "Origin": "told with the journal, by the names of the rows",
    "CatalogueEntry": "made again from the frozen content of the edition",
    "CatalogueTag": "made again from the frozen content of the edition",
    "ShareLink": "a right here: an archive gives none",
    "Making": "an edition that is not made yet is asked for again",
    "Emblem": "of an installation; an edition holds those of its cover",
    "JournalHead": "the number and the hash of the last act of the journal",
    "Region": "reference data, named by its slug", "GridActor": "reference data, named by its code",
    "GridActorRole": "reference data: what a new dossier begins with", "Source": "reference data",
    "Text": "reference data", "Term": "reference data", "KnownDifficulty": "reference data",
    "Holiday": "reference data of the whole country",
    "Membership": "a right here: an archive gives none", "Deputy": "a right here: an archive gives none",
    "Invitation": "a right here: an archive gives none", "InvitedRole": "a right here: an archive gives none",
    "Handover": "work of a team here, told in the journal of persons",
    "Notification": "told to one person here; the act itself is in the journal",
    "NotificationChoice": "the choice of one account here",
}
