"""What differs between two editions, as French sentences and a table of amounts, read from their frozen contents.

Every part of them is compared: what has words of its own is told, and a chapter that differs only by what is drawn or
summed from the rest is named. Refuses to say nothing of two texts that are not the same to the letter.
"""
import json
import re
from dataclasses import asdict, dataclass

from django.conf import settings
from django.template.loader import render_to_string

from ... import money
from ...dates import NBSP
from ..pdf import to_pdf
from ..slots import slot
from . import telling
from .outline import TITLES
from .thawing import thaw

STYLESHEETS = ("css/tokens.css", "css/booklet.css", "css/comparison.css")
# How much of a long text is shown, and how much of it before the first difference.
EMPTY, LONGEST, LEAD = "rien", 600, 200
NO_AMOUNT = "aucun montant"
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
    ("Financement", telling.amounts, {"plan", "identity", "sheet"}),
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
REWORDED = {telling.obligations: "Autre rédaction", telling.difficulties: "Autre rédaction",
            telling.events: "Autre titre"}
# What many records share: it does not make one known under another name.
COMMON = {"partie", "état", "famille", "nature", "source"}


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
    as_named, renaming = renamed(old, new)
    told, covered = [], set()
    for title, read, parts in SECTIONS:
        if sentences := (*renaming.get(read, ()), *told_of(read, as_named, new)):
            told.append(Section(title, sentences, rows(old, new) if read is telling.amounts else ()))
            covered |= parts
    others = tuple(dict.fromkeys(
        f"D’autres mots du chapitre « {CHAPTERS.get(part, part)} » diffèrent." for part in {**CHAPTERS, **old, **new}
        if part not in covered and as_named.get(part) != new.get(part)))
    if not others and not told and before != after:
        others = (UNTOLD,)
    return [*told, *([Section("Autres différences", others)] if others else [])]


def whole(content):
    """Every part of a content, {part: value}; what an older edition did not know is empty, what we do not know is
    left as it was."""
    found = json.loads(json.dumps(asdict(thaw(content))))
    return {**content["body"], **found["body"], "glossary": found["glossary"], "sources": found["sources"]}


def told_of(read, old, new):
    """The sentences of a section; the one record whose words changed and little else is compared, not taken away."""
    before, after = read(old), read(new)
    if read in REWORDED and (pair := rename(before, after)):
        yield f"{REWORDED[read]} : {pair[0]} → {pair[1]}"
        before = {pair[1] if name == pair[0] else name: value for name, value in before.items()}
    yield from changes(before, after)


def renamed(old, new):
    """(the older content with the new names of the project and of the actor that were renamed, wherever a name only
    says what something is about; {reader: the sentences that tell it})."""
    told = {}
    for read, kind, listed in ((telling.projects, "Projet", lambda body: body["projects"]),
                               (telling.actors, "Acteur", telling.everybody)):
        pair = rename(*({one["name"]: known(read(body), one["name"], title) for one, title in zip(
            listed(body), read(body), strict=False)} for body in (old, new)))
        if pair:
            old = following(old, *pair)
            told[read] = (f"{kind} renommé : {step(*pair)}",)
    return old, told


def known(told, name, title):
    """All that is known of a record: its fields, and what is told under its name, {label: value}."""
    return told[title] | {one.removeprefix(f"{name}, "): value for one, value in told.items()
                          if one.startswith(f"{name}, ") and not isinstance(value, dict)}


def following(body, before, after):
    def follow(value):
        if isinstance(value, dict):
            return {key: follow(one) for key, one in value.items()}
        if isinstance(value, list):
            return [follow(one) for one in value]
        return after + value[len(before):] if value in (before, f"{before} (suite)") else value

    def within(items, *keys):
        return [one | {key: follow(one[key]) for key in keys} for one in items]

    return body | {
        "projects": within(body["projects"], "name"), "obligations": within(body["obligations"], "party"),
        "sides": [side | {"actors": within(side["actors"], "name")} for side in body["sides"]],
        "roles": body["roles"] | {"rows": within(body["roles"]["rows"], "name")},
        "plan": body["plan"] | {"tables": follow(body["plan"]["tables"])},
        "positions": [one | {"positions": within(one["positions"], "party")}
                      for one in within(body["positions"], "project", "tables")],
    }


def rename(before, after):
    """(name, new name) of the one record whose name changed and little else; None when it may be another thing.

    before, after: {name: {label: value}}.
    """
    gone, come = [name for name in before if name not in after], [name for name in after if name not in before]
    if len(gone) != 1 or len(come) != 1:
        return None
    old, new = before[gone[0]], after[come[0]]
    same = {label for label, value in new.items() if label in old and old[label] == value}
    telling_much = any(isinstance(new[label], str) and new[label] != NO_AMOUNT for label in same - COMMON)
    return (gone[0], come[0]) if telling_much and 2 * len(same) >= len({*old, *new}) else None


def changes(before, after, prefix=""):
    """Sentences between two {name: value}; the order is that of the newer edition, then what is gone.

    value: an amount, a text, or the fields of a record, {label: value}.
    """
    for name, value in after.items():
        old, said = before.get(name), ", ".join(filter(None, (prefix, name)))
        if name not in before:
            yield f"{said} : ajout{added(value)}"
        elif isinstance(value, dict):
            yield from changes(old, value, said)
        elif old != value:
            yield f"{said} : {step(old, value)}"
    yield from (f"{', '.join(filter(None, (prefix, name)))} : suppression{added(value)}"
                for name, value in before.items() if name not in after)


def step(old, new):
    """« rien → 400 FCFA »; two long texts are cut around their first difference, and never look the same."""
    if not isinstance(old, str) or not isinstance(new, str):
        return f"{shown(old, unit=new is None)} → {shown(new, unit=True)}"
    one, other = flat(old), flat(new)
    if one == other:
        return f"{shown(new)} ({UNSEEN})"
    if max(len(one), len(other)) > LONGEST:
        start = max(0, first_difference(one, other) - LEAD)
        return f"{shown(one, start=start)} → {shown(other, start=start)}"
    told = shown(old), shown(new)
    return " → ".join(told if told[0] != told[1] else (f"« {one} »", f"« {other} »"))


def first_difference(one, other):
    return next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
                min(len(one), len(other)))


def added(value):
    """What was added or removed, in parentheses; nothing when the name says it all."""
    if isinstance(value, dict):
        fields = " ; ".join(": ".join(filter(None, (label and f"{label} ", shown(one, unit=True))))
                            for label, one in value.items() if one is not False)
        return f" ({fields})" if fields else ""
    return f" ({shown(value, unit=True)})" if value not in ("", None) else ""


def flat(text):
    return " ".join(text.split())


def shown(value, *, unit=False, start=0):
    """An amount in francs, a figure, yes or no, or a text between guillemets on one line; of a very long text, LONGEST
    characters from `start` on, with « … » where it is cut."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int):
        return money.format(value) if unit else money.digits(value)
    text = flat(value or "")
    if not text:
        return EMPTY
    if FIGURE.fullmatch(text):
        return value.strip()
    end = start + LONGEST
    cut = f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
    return telling.quoted(cut)


def rows(before, after):
    """The shares of the financiers before and after, then the totals."""
    old, new = ({**{share["name"]: share["amount"] for share in body["identity"]["shares"]},
                 "Total": body["identity"]["total"]} for body in (before, after))
    names = [name for name in {**old, **new} if name != "Total"] + ["Total"]
    return tuple(Row(name, digits(old.get(name)), digits(new.get(name)),
                     signed(new.get(name, 0) - old.get(name, 0))) for name in names)


def digits(amount):
    return "—" if amount is None else money.digits(amount)


def signed(difference):
    if not difference:
        return "0"
    return f"{'+' if difference > 0 else '−'}{money.digits(abs(difference))}"
