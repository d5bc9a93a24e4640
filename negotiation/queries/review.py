"""What the screen of an examination reads: each element of what was submitted, what changed in it, and its remarks."""
from dataclasses import dataclass
from itertools import groupby

from .. import elements
from ..choices import Outcome, Unallocated
from ..models import ExpectedDocument
from . import comparisons, examinations, remarks
from .steps import document_rows


@dataclass(frozen=True)
class ElementLines:
    """One element: its change since the base, the threads of its remarks, its files, the years of its row."""
    change: comparisons.Change
    threads: list
    versions: list
    years: list

    @property
    def key(self):
        return self.change.key

    @property
    def anchor(self):
        return anchor_of(self.key)

    @property
    def is_marked(self):
        return self.change.kind != "same"


@dataclass(frozen=True)
class PartLines:
    key: str
    title: str
    elements: list

    @property
    def in_order(self):
        """The elements, then the part as a whole."""
        return sorted(self.elements, key=lambda line: line.key == self.key)

    @property
    def told(self):
        """The same without the part itself where nothing is said of it: for who writes no remark."""
        return [line for line in self.in_order if line.key != self.key or line.threads]

    @property
    def about(self):
        """What a remark on the whole part is about."""
        return " sur l’étape entière" if self.key == "step" else " sur l’ensemble de cette partie"


@dataclass(frozen=True)
class ReviewPage:
    """base: the number of the submission compared with, 0 for none; read: the last one that the person read."""
    progress: object
    examination: examinations.Examination
    submissions: list
    base: int
    read: int
    parts: list
    threads: list
    last_act: int

    @property
    def current(self):
        return self.submissions[0]

    @property
    def changed(self):
        return [element for part in self.parts for element in part.elements if element.is_marked] if self.base else []

    @property
    def unsettled(self):
        return [thread for thread in self.threads if not thread.is_settled]

    @property
    def asked_again(self):
        return remarks.asked_again(self.threads)

    @property
    def form_anchors(self):
        """Where the page has a form of a remark: each element that is still there, and each remark not sent."""
        return {*(line.anchor for part in self.parts for line in part.elements if line.change.kind != "removed"),
                *(thread.form_anchor for thread in self.drafts)}

    @property
    def unsent(self):
        """What reviewers have written and not sent, as this page shows it."""
        return remarks.unsent(self.threads)

    @property
    def drafts(self):
        return [thread for thread in self.threads if thread.is_draft]


def page(progress, user, base=None):
    """The ReviewPage of a step, None when it was never submitted. base: number of the submission to compare with."""
    examination = examinations.of_step(progress)
    if not examination:
        return None
    submissions = [one.submission for one in examination.rounds]
    read, earlier = examinations.last_read(user, progress), [one.number for one in submissions[1:]]
    examined = [one.number for one in submissions[1:] if one.outcome != Outcome.RECALLED]
    if base not in earlier and base != 0:
        # What changed since the person last read, or since the last submission that was examined.
        base = read if read in earlier else next(iter(examined), 0)
    found = comparisons.contents(progress, [submissions[0].number, base])
    current = found[submissions[0].number]
    changes = comparisons.compare(found.get(base, current), current)
    threads = remarks.threads(progress, reviewer=True)
    return ReviewPage(progress, examination, submissions, base, read,
                      parts(changes, threads, files(progress)), threads, progress.last_act or 0)


def parts(changes, threads, files):
    """The parts of the step with their elements; remarks on what is no longer there come with its part."""
    by_target = remarks.by_target(threads)
    lines = []
    for change in changes:
        cells = [key for key in by_target if key.startswith("cell:") and row_of(key) == change.key]
        named = [thread for key in (change.key, *cells) for thread in by_target.get(key, [])]
        lines.append(ElementLines(change, named, files.get(change.key, []), years(change)))
    ordered = [*(key for key in elements.PARTS if key != "step"), "step"]
    lines.sort(key=lambda line: ordered.index(line.change.part))
    return [PartLines(key, elements.PARTS[key], list(found))
            for key, found in groupby(lines, lambda line: line.change.part)]


def row_of(cell):
    return f"row:{cell.partition(':')[2].rpartition(':')[0]}"


def form_anchor(data):
    """Which form of the page a remark was typed in: that of the remark it changes, or of the element it is about."""
    if remark := data.get("remark"):
        return f"modifier-{remark}"
    target = data.get("target", "")
    return anchor_of(row_of(target) if target.startswith("cell:") else target)


def anchor_of(key):
    return f"element-{key.replace(':', '-')}"


def years(change):
    """[(key of the cell, year)] of a row of the financing plan."""
    if not change.key.startswith("row:"):
        return []
    values = {Unallocated.YEAR.label: Unallocated.YEAR.value}
    return [(f"cell:{change.key[4:]}:{values.get(field.name, field.name)}", field.name) for field in change.fields]


def files(progress):
    """{element key: the versions of its document, newest first}"""
    rows = document_rows(progress, list(ExpectedDocument.objects.filter(step=progress.step_id)))
    return {row.key: [] if row.item and row.item.confidential else row.versions for row in rows}


