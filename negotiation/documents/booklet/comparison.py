"""What differs between two editions, as French sentences and a table of amounts, read from their frozen contents.

Every part of them is compared: what has words of its own is told, and a chapter that differs only by what is drawn or
summed from the rest is named. Refuses to say nothing of two texts that are not the same to the letter.
"""
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher

from django.conf import settings
from django.template.loader import render_to_string

from ... import money
from ...dates import NBSP
from ...queries.comparisons import pieces
from ..pdf import to_pdf
from ..slots import slot
from . import pairing, telling
from .content import strings
from .outline import TITLES
from .telling import flat
from .thawing import thaw

STYLESHEETS = ("css/tokens.css", "css/booklet.css", "css/comparison.css")
# From which length on two texts are shown around what differs only, and how much is shown of it on both sides; how much
# of any text is shown; how much of the end of one that comes or goes, after its beginning.
EMPTY, LONG, AROUND, LONGEST, END = "rien", 300, 80, 600, 200
IN_PART = " [texte de {} caractères, montré en partie]"
# How many places of a long text are shown, and what is said of the others.
PLACES, FURTHER = 5, " (d’autres mots changent plus loin)"
# A figure needs no guillemets: « 20,0 % », « 1 200 FCFA ».
FIGURE = re.compile(rf"[\d {NBSP}\u202f]+(,\d+)?[ {NBSP}\u202f]*(%|FCFA)?")
UNSEEN = "seuls changent des espaces ou des signes qui ne se voient pas"
UNTOLD = ("Aucun mot des chapitres ne change, mais les deux contenus figés ne sont pas identiques à la lettre : date "
          "du dernier changement du dossier, ou façon de l’enregistrer.")
# The parts of a content, in the order of the livret: the chapter where each is read.
CHAPTERS = {
    "cover": "Couverture", "blank": "Couverture", "identity": TITLES["identite"], "years": TITLES["chronologie"],
    "calendar": TITLES["calendrier"], "sides": TITLES["acteurs"], "roles": TITLES["acteurs"],
    "projects": TITLES["projets"], "plan": TITLES["projets"], "positions": TITLES["positions"],
    "obligations": TITLES["obligations"], "difficulties": TITLES["difficultes"], "phases": TITLES["grille"],
    "decisions": TITLES["decisions"], "sheet": "Fichiers joints au PDF", "glossary": TITLES["glossaire"],
    "sources": TITLES["sources"],
}
# Title, what is read, and the parts of the content of which nothing is hidden once the section has spoken: what the
# sections do not tell of them follows from what this one tells.
SECTIONS = (
    ("Financement", telling.amounts, {"plan", "identity", "sheet", "positions"}),
    ("Règles de financement", telling.rules, {"plan"}),
    ("Couverture", telling.cover, {"cover", "blank", "identity", "calendar", "sheet"}),
    ("Fiche d’identité", telling.facts, {"identity"}),
    ("Projets", telling.projects, {"projects", "plan", "positions", "sheet"}),
    ("Positions de négociation", telling.positions, {"positions"}),
    ("Obligations", telling.obligations, {"obligations"}),
    ("Acteurs et représentants", telling.actors, {"sides", "roles", "identity", "plan", "positions", "sheet"}),
    ("Rôles", telling.roles, {"roles"}),
    ("Difficultés", telling.difficulties, {"difficulties", "phases"}),
    ("Chronologie", telling.events, {"years", "phases"}), ("Calendrier", telling.dates, {"calendar"}),
    ("Étapes, réponses et pièces", telling.steps, {"phases"}), ("La grille", telling.grid, {"phases", "calendar"}),
    ("Décisions", telling.decisions, {"decisions"}), ("Glossaire", telling.terms, {"glossary"}),
    ("Sources", telling.sources, {"sources"}),
)
# What may be told as the same record in other words; what people put in an order.
REWORDED = (telling.obligations, telling.difficulties, telling.events)
ORDERED = {telling.projects: "projets", telling.actors: "acteurs"}
OTHER_WORDS = {telling.WORDS: "Autre rédaction", telling.TITLE: "Autre titre"}
# What the name of a record says of it.
NAMED = {telling.WORDS, telling.TITLE, telling.CHARGE}


@dataclass(frozen=True)
class Row:
    """An amount before and after, with its difference, in words; « — » for none."""
    name: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True)
class Section:
    title: str
    sentences: tuple[str, ...]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Group:
    """whose: « représentants de l’État », or nothing for what the section is about."""
    whose: str
    side: str | None = None


def pdf(old, new, before, after):
    """The comparison as a PDF (bytes), for the table of a signing session. old, new: the editions; before, after: their
    contents. Raises PdfError, Busy.
    """
    page = render_to_string("documents/comparison/comparison.html", {
        "old": old, "new": new, "dossier": new.negotiation, "sections": compare(before, after)})
    with slot(settings.VAR / "renders", count=2, wait=20):
        return to_pdf(page, STYLESHEETS, changed_at=int(new.established_at.timestamp()),
                      identifier=f"comparaison {old.code} {new.code}")


def compare(before, after):
    """The sections where something differs; before, after: contents as `Content.text` writes them.

    None only when they are the same to the letter.
    """
    old, new = whole(before), whole(after)
    as_named, renamed_projects, renamed_actors = pairing.renamed(old, new)
    renaming = {telling.projects: [f"Projet renommé : {step(*pair)}" for pair in renamed_projects],
                telling.actors: [f"Acteur renommé : {step(*pair)}" for pair in renamed_actors]}
    told, covered = [], set()
    for title, read, parts in SECTIONS:
        if sentences := (*renaming.get(read, ()), *told_of(read, as_named, new)):
            told.append(Section(title, sentences, rows(as_named, new) if read is telling.amounts else ()))
            covered |= parts
    others = tuple(dict.fromkeys(
        untold(CHAPTERS.get(part, part), as_named.get(part), new.get(part)) for part in {**CHAPTERS, **old, **new}
        if part not in covered and as_named.get(part) != new.get(part)))
    if not others and not told and before != after:
        others = (UNTOLD,)
    return [*told, *([Section("Autres différences", others)] if others else [])]


def untold(chapter, old, new):
    if sorted(strings(old)) == sorted(strings(new)):
        return f"Le chapitre « {chapter} » dit les mêmes mots : seuls y changent un ordre, un calcul ou un dessin."
    return f"D’autres mots du chapitre « {chapter} » diffèrent."


def whole(content):
    """Every part of a content, {part: value}; what an older edition did not know is empty, what we do not know is
    left as it was."""
    found = json.loads(json.dumps(asdict(thaw(content))))
    return {**content["body"], **found["body"], "glossary": found["glossary"], "sources": found["sources"]}


def told_of(read, old, new):
    """The sentences of a section."""
    before, after = read(old), read(new)
    pairs = pairing.paired(before, after, pairing.alike if read in REWORDED else None)
    yield from changes(without_parts(pairs) if read is telling.positions else pairs)
    kept = [(old, new) for old, new in pairs if old and new and group(old) == group(new)] if read in ORDERED else []
    for whose in dict.fromkeys(group(new).whose for _, new in kept):
        if moved := [*reordered(before, [pair for pair in kept if group(pair[1]).whose == whose])]:
            yield f"L’ordre des {whose or ORDERED[read]} change : {' ; '.join(moved)}"


def without_parts(pairs):
    """A position that is removed has its amount among its fields: it is not told again cell by cell."""
    gone = tuple(f"{old.name}, " for old, new in pairs if new is None and isinstance(old.value, dict))
    return [(old, new) for old, new in pairs if new or not telling.about(old.name).startswith(gone)]


def changes(pairs):
    """Sentences between two lists of records. The second of a name that changes in one way is « (2e de ce nom) »."""
    times = Counter()
    for old, new in pairs:
        if old == new:
            continue
        act = (new or old).name, old is None, new is None
        times[act] += 1
        said = f"{act[0]} ({times[act]}e de ce nom)" if times[act] > 1 else act[0]
        if old is None:
            yield f"{said} : ajout{added(new)}"
        elif new is None:
            yield f"{said} : suppression{added(old)}"
        elif isinstance(new.value, dict):
            yield from field_changes(old, new, said)
        else:
            yield f"{said} : {step(old.value, new.value)}"


def field_changes(old, new, said):
    for label in {**new.value, **old.value}:
        before, after = (one.value.get(label) for one in (old, new))
        name = f"{said}, {label}" if label else said
        if before == after:
            continue
        if label in OTHER_WORDS and words_in(old) != words_in(new):
            yield f"{OTHER_WORDS[label]} : {new.name.rpartition('«')[0]}{step(before, after)}"
        elif label not in old.value:
            yield f"{name} : ajout ({shown(after, unit=True)})"
        elif label not in new.value:
            yield f"{name} : suppression ({shown(before, unit=True)})"
        else:
            yield f"{name} : {step(before, after)}"


def words_in(record):
    """The name ends with the words of the record; a party may have guillemets of its own before them."""
    return record.name.rpartition("«")[2]


def reordered(before, kept):
    """« Route » vient après « Pont », for each record that moved among those of both editions."""
    found = {id(one): place for place, one in enumerate(before)}
    order = [found[id(old)] for old, _ in kept]
    stay = {place for start, _, size in SequenceMatcher(None, order, sorted(order), autojunk=False)
            .get_matching_blocks() for place in order[start:start + size]}
    for place, (_, new), (_, previous) in zip(order, kept, [(None, None), *kept], strict=False):
        if place not in stay:
            first = previous is None or group(previous) != group(new)
            yield f"{called(new)} vient {'en premier' if first else f'après {called(previous)}'}"


def group(record):
    """Among which records it has a place: an actor is listed with those of its side, a person with those who speak for
    the same actor."""
    if isinstance(record, telling.Person):
        return Group(f"représentants {telling.of(record.actor)}")
    return Group("", record.value.get("partie"))


def called(record):
    if isinstance(record, telling.Person):
        return telling.quoted(", ".join(filter(None, (record.function, record.value))))
    return record.name.removeprefix("Projet ")


def step(old, new):
    """« rien → 400 FCFA »; two long texts are cut around what differs, and never look the same."""
    if not isinstance(old, str) or not isinstance(new, str):
        return f"{shown(old, unit=new is None)} → {shown(new, unit=True)}"
    one, other = flat(old), flat(new)
    if telling.seen(one) == telling.seen(other):
        return f"{shown(telling.seen(new))} ({UNSEEN})"
    if one and other and max(len(one), len(other)) > LONG:
        return around(one, other)
    told = texts(shown(old), shown(new))
    return " → ".join(told if told[0] != told[1] else (f"« {one} »", f"« {other} »"))


def texts(old, new):
    """Beside a text between guillemets, a year has some too: « 31 décembre 2027 » → « 2028 »."""
    if "«" not in old + new or EMPTY in (old, new):
        return old, new
    return tuple(one if one.startswith("«") else telling.quoted(one) for one in (old, new))


def around(one, other):
    """What differs between two long texts, with a little of what is the same before and after it, at each place."""
    found = places(one, other)
    told, further = [], len(found) > PLACES
    for spans in found[:PLACES]:
        starts = [max(0, start - AROUND) for start, _ in spans]
        further |= any(first + LONGEST < end for first, (_, end) in zip(starts, spans, strict=True))
        pair = [cut(text, first, min(first + LONGEST, end + AROUND))
                for text, first, (_, end) in zip((one, other), starts, spans, strict=True)]
        if pair[0] == pair[1]:
            return f"« {one} » → « {other} »"
        told.append(" → ".join(pair))
    return f"{' ; puis '.join(told)}{FURTHER if further else ''}"


def places(one, other):
    """[((start, end) in the one, (start, end) in the other), …] of what differs, two near ones being one."""
    spans, at, there = [], 0, 0
    for piece in pieces(one, other):
        start, start_there = at, there
        at += len(piece.text) if piece.kind != "added" else 0
        there += len(piece.text) if piece.kind != "removed" else 0
        if piece.kind == "same":
            continue
        if spans and start - spans[-1][0][1] <= 2 * AROUND:
            (start, _), (start_there, _) = spans.pop()
        spans.append(((start, at), (start_there, there)))
    return [trimmed(one, other, *pair) for pair in spans]


def trimmed(one, other, span, there):
    """The spans without the letters that they have in common at both ends."""
    first, second = one[slice(*span)], other[slice(*there)]
    start = common(first, second)
    end = common(first[start:][::-1], second[start:][::-1])
    return tuple((begin + start, stop - end) for begin, stop in (span, there))


def common(one, other):
    """How many characters two texts have in common at their beginning."""
    return next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
                min(len(one), len(other)))


def added(record):
    """What was added or removed, in parentheses; nothing when the name says it all."""
    value = record.value
    if isinstance(value, dict):
        fields = " ; ".join(": ".join(filter(None, (label and f"{label} ", shown(one, unit=True))))
                            for label, one in value.items()
                            if one is not False and not (label in NAMED and is_in(one, record.name)))
        return f" ({fields})" if fields else ""
    return f" ({shown(value, unit=True)})" if value not in ("", None) else ""


def is_in(text, name):
    return text in name or telling.quoted(text)[2:-2] in name


def shown(value, *, unit=False):
    """An amount in francs, a figure, yes or no, or a text between guillemets on one line; of a long text, its beginning
    and its end, and how long it is: many a text begins like another."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int):
        return money.format(value) if unit else money.digits(value)
    text = flat(value or "")
    if not text:
        return EMPTY
    if FIGURE.fullmatch(text):
        return value.strip()
    if len(text) <= LONGEST:
        return telling.quoted(text)
    return telling.quoted(f"{text[:LONGEST - END]} […] {text[-END:]}") + IN_PART.format(money.digits(len(text)))


def cut(text, start, end):
    """A text between guillemets, « … » being what is left out."""
    return telling.quoted(f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}")


def rows(before, after):
    """The shares of the financiers before and after, then the totals; none when no share changes."""
    old, new = ({**{share["name"]: share["amount"] for share in body["identity"]["shares"]},
                 "Total": body["identity"]["total"]} for body in (before, after))
    names = [name for name in {**old, **new} if name != "Total"] + ["Total"]
    return () if old == new else tuple(
        Row(name, digits(old.get(name)), digits(new.get(name)), signed(new.get(name, 0) - old.get(name, 0)))
        for name in names)


def digits(amount):
    return "—" if amount is None else money.digits(amount)


def signed(difference):
    if not difference:
        return "0"
    return f"{'+' if difference > 0 else '−'}{money.digits(abs(difference))}"
