"""The grid in the livret, as plain frozen values (see content.py): phases, steps, answers and documents."""
from dataclasses import dataclass

from .figures import Fact

# How many rows stay together beside their heading, and how many characters a row may hold undivided.
SIDE_BY_SIDE, LONG_ROW = 6, 800


def duration(text):
    """« Durée du contrat : 4 à 5 ans » carries its own label; « 2 à 3 mois » is given one."""
    label, own, value = text.partition(":")
    return Fact(label.strip(), value.strip()) if own and label.startswith("Durée") else Fact("Durée indicative", text)


@dataclass(frozen=True)
class Statement:
    """A sentence of the grid, how far it is attested, and the codes of its sources."""
    text: str
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A reserved one is asked by the grid, and nothing is said of it, not even whether it is given."""
    code: str
    question: Statement
    text: str
    reserved: bool


@dataclass(frozen=True)
class Version:
    number: int
    file_name: str
    kind: str
    size: str
    date: str
    by: str
    sha256: str

    @property
    def short(self):
        return self.sha256[:12]


@dataclass(frozen=True)
class Piece:
    """An expected document (or another one, without code). A reserved one is named, and nothing more is said of it."""
    code: str
    name: Statement
    title: str
    required: bool
    reserved: bool
    waiver: str
    versions: tuple[Version, ...]

    @property
    def is_short(self):
        return len(self.versions) <= SIDE_BY_SIDE and len(self.waiver) <= LONG_ROW


@dataclass(frozen=True)
class Link:
    """A mention of something told elsewhere in the livret."""
    anchor: str
    lead: str
    text: str


@dataclass(frozen=True)
class Risk:
    """A difficulty that the grid knows at this step, and its measure."""
    family: str
    difficulty: Statement
    measure: str


@dataclass(frozen=True)
class Message:
    """What an organisation wrote in the thread of a remark."""
    by: str
    date: str
    text: str


@dataclass(frozen=True)
class Remark:
    """What the examination found wrong at one place of a step, as it was sent, and what became of it."""
    place: str
    by: str
    date: str
    problem: str
    request: str
    state: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Step:
    code: str
    anchor: str
    title: str
    objective: Statement
    source_note: str
    state: str
    decided: str
    return_reason: str
    duration: Fact
    leads: tuple[Statement, ...]
    associated: tuple[Statement, ...]
    validation: Statement
    answers: tuple[Answer, ...]
    pieces: tuple[Piece, ...]
    others: tuple[Piece, ...]
    remarks: tuple[Remark, ...]
    events: tuple[Link, ...]
    difficulties: tuple[Link, ...]
    attention: tuple[Statement, ...]
    risks: tuple[Risk, ...]

    @property
    def answered(self):
        return [answer for answer in self.answers if answer.text]

    @property
    def silent(self):
        return [answer for answer in self.answers if not answer.text and not answer.reserved]

    @property
    def reserved(self):
        return [answer for answer in self.answers if answer.reserved]

    @property
    def kept(self):
        """The pieces of which there is something to show."""
        return [piece for piece in (*self.pieces, *self.others) if piece.versions or piece.waiver]

    @property
    def absent(self):
        return [piece for piece in (*self.pieces, *self.others) if not piece.versions and not piece.waiver]


@dataclass(frozen=True)
class Phase:
    code: str
    anchor: str
    title: str
    goal: Statement
    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]
