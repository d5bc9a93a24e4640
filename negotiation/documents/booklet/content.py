"""What the livret says, as plain frozen values: no HTML, no model, no query.

An empty string or tuple is a blank: the pages print `blank` (« non documenté » or « non renseigné ») in its place.
Amounts are whole FCFA; dates are already French words; `anchor` is where other parts of the livret point to.
"""
import hashlib
import json
from dataclasses import asdict, dataclass, fields, is_dataclass

from ..drawing import Drawing
from ..timeline import Timeline
from .figures import LONG_CARD, Fact, Plan, Project, Rounds, Share, Sheet
from .stages import LONG_ROW, SIDE_BY_SIDE, Phase

# Letters, on average, that a column beside four others holds in a few lines.
LONG_CELL = 200


def blanks(*told):
    """The names of what is empty, among (value, name) pairs."""
    return [name for value, name in told if not value]


@dataclass(frozen=True)
class Emblem:
    """A logo of the cover: what it shows, and its own bytes (a small PNG, base64), which later logos do not change."""
    label: str
    png: str


@dataclass(frozen=True)
class Cover:
    """nature: « Exercice fictif », « Reconstitué à partir de sources publiques », or empty for a real negotiation."""
    title: str
    region: str
    period: str
    owner: str
    nature: str
    origin_note: str
    grid: str
    as_of: str
    emblems: tuple[Emblem, ...]


@dataclass(frozen=True)
class Identity:
    facts: tuple[Fact, ...]
    shares: tuple[Share, ...]
    drawing: Drawing | None
    total: int
    gap: str


@dataclass(frozen=True)
class Event:
    anchor: str
    when: str
    kind: str
    planned: bool
    title: str
    place: str
    participants: str
    decisions: str
    source: str
    step: str

    @property
    def blanks(self):
        return blanks((self.place, "lieu"), (self.participants, "participants"),
                      (self.decisions, "décisions et suites"), (self.source, "source"))

    @property
    def is_long(self):
        return len(self.participants) + len(self.decisions) > LONG_CARD


@dataclass(frozen=True)
class Year:
    year: int
    events: tuple[Event, ...]


@dataclass(frozen=True)
class CalendarLine:
    """One step: what was planned, what happened, how far it is late or pushed; each empty when there is none."""
    code: str
    title: str
    planned: str
    real: str
    delay: str


@dataclass(frozen=True)
class Calendar:
    """lines: the steps with a date; silent: the codes of the others; source: where the real dates come from."""
    starts_on: str
    as_of: str
    is_planned: bool
    source: str
    sentences: tuple[str, ...]
    lines: tuple[CalendarLine, ...]
    silent: tuple[str, ...]
    timeline: Timeline | None

    @property
    def widths(self):
        """Of the columns: what pushes a step, and its new dates, are a sentence."""
        is_pushed = any(len(line.delay) > len("1 000 jours de retard") for line in self.lines)
        return ("w-8", "", "w-20", "w-15", "w-30") if is_pushed else ("w-8", "", "w-25", "w-18", "w-15")


@dataclass(frozen=True)
class Representative:
    function: str
    name: str
    mandate: str


@dataclass(frozen=True)
class Actor:
    name: str
    acronym: str
    financier: bool
    written: str
    representatives: tuple[Representative, ...]

    @property
    def is_short(self):
        return len(self.representatives) <= SIDE_BY_SIDE


@dataclass(frozen=True)
class Side:
    label: str
    actors: tuple[Actor, ...]


@dataclass(frozen=True)
class RoleRow:
    """roles: one letter (or nothing) per phase, in the order of the phases."""
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class RoleMatrix:
    phases: tuple[Fact, ...]
    letters: tuple[Fact, ...]
    rows: tuple[RoleRow, ...]
    without: tuple[str, ...]


@dataclass(frozen=True)
class Obligation:
    party: str
    what: str
    due: str
    indicator: str
    state: str
    evidence: str
    source: str

    @property
    def is_long(self):
        return len(self.what) > LONG_ROW


@dataclass(frozen=True)
class Difficulty:
    anchor: str
    number: int
    family: str
    state: str
    step: str
    known: str
    what: str
    effect: str
    remedy: str
    owner: str
    lesson: str
    perspective: str
    source: str

    @property
    def blanks(self):
        return blanks((self.effect, "effet"), (self.remedy, "remède"), (self.owner, "qui s’en occupe"),
                      (self.lesson, "enseignement"), (self.perspective, "perspective"), (self.source, "source"))

    @property
    def is_long(self):
        return len(self.what) + len(self.effect) + len(self.remedy) > LONG_CARD

    @property
    def teaches_at_length(self):
        return len(self.lesson) + len(self.perspective) > LONG_CARD


@dataclass(frozen=True)
class Decision:
    date: str
    act: str
    step: str
    organisation: str
    reason: str

    @property
    def is_long(self):
        return len(self.reason) > LONG_ROW


@dataclass(frozen=True)
class Term:
    term: str
    meaning: str


@dataclass(frozen=True)
class Source:
    code: str
    label: str
    url: str
    note: str


@dataclass(frozen=True)
class Body:
    """The dossier itself; glossary and sources are drawn from its words."""
    cover: Cover
    blank: str
    identity: Identity
    years: tuple[Year, ...]
    calendar: Calendar
    sides: tuple[Side, ...]
    roles: RoleMatrix
    projects: tuple[Project, ...]
    plan: Plan
    positions: tuple[Rounds, ...]
    obligations: tuple[Obligation, ...]
    difficulties: tuple[Difficulty, ...]
    phases: tuple[Phase, ...]
    decisions: tuple[Decision, ...]
    sheet: Sheet

    @property
    def steps(self):
        return [step for phase in self.phases for step in phase.steps]

    @property
    def taught(self):
        return [difficulty for difficulty in self.difficulties if difficulty.lesson or difficulty.perspective]

    @property
    def long_obligations(self):
        """Is there one that no row of a table can hold, or are they so long that a column would leave white beside?"""
        return any(one.is_long for one in self.obligations) or self.promised > len(self.obligations) * LONG_CELL

    @property
    def measure_width(self):
        """The width of the column of the measures: what they do not use is for the obligations."""
        measured = sum(len(one.indicator) for one in self.obligations)
        return "w-20" if measured * 4 > self.promised else "w-15"

    @property
    def promised(self):
        """How many letters all the obligations take."""
        return sum(len(one.what) for one in self.obligations)

    @property
    def fingerprints(self):
        """(step, piece, version) of every deposited file, for the annex."""
        return [(step, piece, version) for step in self.steps for piece in step.kept for version in piece.versions]


@dataclass(frozen=True)
class Content:
    """The whole livret. `changed_at` (seconds) dates the file, so that the same dossier makes the same bytes."""
    slug: str
    changed_at: int
    body: Body
    glossary: tuple[Term, ...]
    sources: tuple[Source, ...]

    @property
    def text(self):
        """All of it as JSON, which an edition keeps."""
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def digest(self):
        """What the livret says, in one fingerprint: two equal digests would print the same livret."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def strings(value):
    """Every text held by a value, however deep."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, tuple | list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)
