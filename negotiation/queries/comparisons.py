"""What changed between two submissions: elements added, removed or changed; words marked; amounts subtracted."""
import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from .. import elements, money
from ..models import Submission

# The most that pairing two texts may cost, in visits: less than a second. Beyond, larger units are paired.
MOST_WORK = 10_000_000
# A word goes with the space that follows it.
WORDS = re.compile(r"\S+\s*|\s+")
SENTENCES = re.compile(r"[^\n.!?]*[\n.!?]+\s*|[^\n.!?]+")
WHOLE = re.compile(r".+", re.S)
# What a line or a sentence ends with.
ENDS = re.compile(r"[\n.!?]\s+|\n")


@dataclass(frozen=True)
class Piece:
    """A run of text: kind is « same », « added » or « removed »."""
    kind: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One field of an element. pieces: of a text; before, after, difference: of an amount, in words."""
    name: str
    pieces: tuple = ()
    before: str = ""
    after: str = ""
    difference: str = ""

    @property
    def is_changed(self):
        return bool(self.difference) or any(piece.kind != "same" for piece in self.pieces)


@dataclass(frozen=True)
class Change:
    """One element. kind: « added », « removed », « changed » or « same »."""
    key: str
    label: str
    kind: str
    fields: tuple

    @property
    def part(self):
        return elements.part_of(self.key)


def compare(old, new):
    """[Change, …] of every element of `new` in its order, then those that were removed."""
    before = {element.key: element for element in old}
    after = {element.key for element in new}
    found = [change_of(before.get(element.key), element) for element in new]
    return found + [change_of(element, None) for element in old if element.key not in after]


def change_of(old, new):
    names = list(dict.fromkeys([name for one in (new, old) if one for name, _ in one.fields]))
    was, now = dict(old.fields) if old else {}, dict(new.fields) if new else {}
    fields = tuple(field_change(name, was.get(name, ""), now.get(name, "")) for name in names)
    kind = "added" if old is None else "removed" if new is None else \
        "changed" if any(field.is_changed for field in fields) else "same"
    return Change((new or old).key, (new or old).label, kind, fields)


def field_change(name, before, after):
    if isinstance(before, int) or isinstance(after, int):
        gap = (after or 0) - (before or 0)
        sign = "+" if gap > 0 else "−"
        return FieldChange(name, (), elements.told(before), elements.told(after),
                           f"{sign}\u00a0{money.format(abs(gap))}" if gap else "")
    return FieldChange(name, tuple(pieces(before, after)))


def pieces(before, after):
    """The runs of words that are the same, removed and added: a word is the same whatever space follows it."""
    was, now = WORDS.findall(before), WORDS.findall(after)
    start = shared(bare(was), bare(now))
    end = shared(bare(was[start:])[::-1], bare(now[start:])[::-1])
    middle = between(*("".join(words[start:len(words) - end]) for words in (was, now)))
    found = merged([*alike(was[:start], now[:start]), *middle, *alike(was[len(was) - end:], now[len(now) - end:])])
    return list(merged(slid(list(found))))


def bare(units):
    return [unit.rstrip() for unit in units]


def alike(was, now):
    """The pieces of as many units, the same but perhaps for the spaces that end them."""
    for one, other in zip(was, now, strict=True):
        same = other.rstrip()
        yield from (Piece("same", other),) if one == other else (
            Piece("same", same), Piece("removed", one[len(same):]), Piece("added", other[len(same):]))


def merged(found):
    """Pieces that follow one another as one, those without text left out."""
    for is_same, run in groupby((piece for piece in found if piece.text), key=lambda piece: piece.kind == "same"):
        run = list(run)
        for kind in ("same",) if is_same else ("removed", "added"):
            text = "".join(piece.text for piece in run if piece.kind == kind)
            if text:
                yield Piece(kind, text)


def slid(found):
    """The same two texts, a run that begins like what follows it marked from where its line or sentence begins."""
    for place in range(1, len(found) - 1):
        (first, run, last), around = found[place - 1:place + 2], slice(place - 1, place + 2)
        if first.kind != "same" or last.kind != "same":
            continue
        opening = first.text[max((end.end() for end in ENDS.finditer(first.text)), default=0):]
        if run.text.endswith(opening):
            found[around] = (Piece("same", first.text.removesuffix(opening)),
                             Piece(run.kind, opening + run.text.removesuffix(opening)),
                             Piece("same", opening + last.text))
    return found


def shared(was, now):
    """How many words the two begin with alike."""
    return next((place for place, (one, other) in enumerate(zip(was, now, strict=False)) if one != other),
                min(len(was), len(now)))


def between(before, after):
    """The pieces of two texts that differ from end to end: by words, else by sentences, else each as a whole."""
    for unit in (WORDS, SENTENCES, WHOLE):
        was, now = unit.findall(before), unit.findall(after)
        if work(bare(was), bare(now)) <= MOST_WORK:
            break
    for tag, i, j, k, m in SequenceMatcher(None, bare(was), bare(now), autojunk=False).get_opcodes():
        if tag == "equal":
            yield from alike(was[i:j], now[k:m])
        else:
            yield Piece("removed", "".join(was[i:j]))
            yield Piece("added", "".join(now[k:m]))


def work(was, now):
    """The most that SequenceMatcher may visit: for each run it finds, every unit and its places in the other text."""
    places = Counter(now)
    return (len(was) + sum(places[unit] for unit in was)) * min(len(was), len(now))


def submissions(progress):
    """[Submission] of a step, newest first, without their contents."""
    return list(Submission.objects.filter(progress=progress).select_related("submitted_by").defer("content"))


def contents(progress, numbers):
    """{number: [Element]} of these submissions, in one query."""
    rows = Submission.objects.filter(progress=progress, number__in=numbers).values_list("number", "content")
    return {number: elements.thaw(content) for number, content in rows}
