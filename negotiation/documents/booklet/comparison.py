"""What differs between two editions, as French sentences and a table of amounts, read from their frozen contents.

Told: amounts, facts, projects, obligations, actors and their roles, difficulties, events, dates, steps with their
answers and pieces, decisions. Not told: what the grid says, and what is drawn or summed from the rest.
"""
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from ... import money
from ...choices import DifficultyState, ObligationState, State
from ..pdf import to_pdf
from ..slots import slot

STYLESHEETS = ("css/tokens.css", "css/booklet.css", "css/comparison.css")
EMPTY, LONGEST = "rien", 600
MASCULINE = {"Conseil", "District", "Fonds", "Ministère", "Programme", "Partenaire", "Budget"}
FIELDS = {
    "source": "source", "due": "échéance", "indicator": "indicateur", "state": "état",
    "family": "famille", "step": "étape", "known": "difficulté de la grille", "effect": "effet",
    "remedy": "remède", "owner": "qui s’en occupe", "lesson": "enseignement", "perspective": "perspective",
    "when": "date", "kind": "nature", "place": "lieu", "participants": "participants",
    "decisions": "décisions et suites", "acronym": "sigle", "return_reason": "motif du renvoi",
    "decided": "décision", "waiver": "sans objet", "planned": "prévu", "real": "réel", "delay": "retard",
}
LABELS = {**dict(State.choices), **dict(DifficultyState.choices), **dict(ObligationState.choices)}


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
    """The sections where something differs; before, after: contents as `Content.text` writes them."""
    before, after = before["body"], after["body"]
    told = [Section(title, tuple(changes(read(before), read(after))), rows(before, after) if read is amounts else ())
            for title, read in SECTIONS]
    return [section for section in told if section.sentences]


def changes(before, after):
    """Sentences between two {name: value}; the order is that of the newer edition, then what is gone.

    value: an amount, a text, or the fields of a record, {label: value}.
    """
    for name, value in after.items():
        old = before.get(name)
        if name not in before:
            yield f"{name} : ajout{said(value)}"
        elif isinstance(value, dict):
            yield from (f"{name}, {change}" for change in changes(old, value))
        elif old != value:
            yield f"{name} : {shown(old, unit=value is None)} → {shown(value, unit=True)}"
    yield from (f"{name} : suppression{said(value)}" for name, value in before.items() if name not in after)


def said(value):
    """What was added or removed, in parentheses; nothing when the name says it all."""
    if isinstance(value, dict):
        fields = " ; ".join(f"{label} : {shown(one, unit=True)}" for label, one in value.items())
        return f" ({fields})" if fields else ""
    return f" ({shown(value, unit=True)})" if value not in ("", None) else ""


def shown(value, *, unit=False):
    """An amount in francs, or a text between guillemets on one line, cut when very long."""
    if isinstance(value, int):
        return money.format(value) if unit else money.digits(value)
    text = " ".join((value or "").split())
    if not text:
        return EMPTY
    return f"« {text[:LONGEST]}… »" if len(text) > LONGEST else f"« {text} »"


def numbered(pairs):
    """A dict of (name, value); a name met again is told « (2) », so that nothing is lost."""
    found = {}
    for name, value in pairs:
        key, times = name, 1
        while key in found:
            times += 1
            key = f"{name} ({times})"
        found[key] = value
    return found


def of(name):
    """« de l’État », « du Conseil régional », « d’AFD », « de Kayes »."""
    if name.startswith("État"):
        return f"de l’{name}"
    if name.split(" ")[0] in MASCULINE:
        return f"du {name}"
    return f"d’{name}" if name[:1] in "AEIOUYÉÈÂÎÔ" else f"de {name}"


def facts(body):
    skipped = ("Dernier changement", "Total du plan de financement")
    return numbered((fact["label"], fact["value"]) for fact in body["identity"]["facts"]
                    if fact["label"] not in skipped)


def amounts(body):
    """{« Route, engagement 2020 de l’État »: francs}, then the totals."""
    cells = [(f"{group['title']}, engagement {column} {of(line['label'])}", amount)
             for table in body["plan"]["tables"] for group in table["groups"] for line in group["lines"]
             for column, amount in zip(table["columns"], line["cells"], strict=False)
             if amount is not None and column != "Total"]
    return numbered([*cells, ("Total du plan de financement", body["plan"]["total"]),
                     ("Total annoncé", body["plan"]["announced"])])


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


def records(title, items):
    """Each record under its name, with those of its fields that say something."""
    for item in items:
        fields = {label: LABELS.get(item[field], item[field]) if field == "state" else item[field]
                  for field, label in FIELDS.items() if item.get(field)}
        yield title(item), fields | dict(numbered((one["label"], one["value"]) for one in item.get("facts", ())))


def projects(body):
    return numbered(records(lambda one: f"Projet « {one['name']} »", body["projects"]))


def actors(body):
    everybody = [actor for side in body["sides"] for actor in side["actors"]]
    people = [(f"{actor['name']}, {one['function']}", ", ".join(filter(None, (one["name"], one["mandate"]))))
              for actor in everybody for one in actor["representatives"]]
    return numbered([*records(lambda one: one["name"], everybody), *people])


def roles(body):
    phases = [phase["label"] for phase in body["roles"]["phases"]]
    return numbered((f"{row['name']}, phase {phase}", role) for row in body["roles"]["rows"]
                    for phase, role in zip(phases, row["roles"], strict=False))


def obligations(body):
    return numbered(records(lambda one: f"{one['party']} : « {one['what']} »", body["obligations"]))


def difficulties(body):
    return numbered(records(lambda one: f"Difficulté « {one['what']} »", body["difficulties"]))


def events(body):
    return numbered(records(lambda one: f"« {one['title']} »",
                            [event for year in body["years"] for event in year["events"]]))


def dates(body):
    return numbered(records(lambda one: f"Étape {one['code']}", body["calendar"]["lines"]))


def steps(body):
    """The state of each step, its answers and its pieces (versions by their fingerprint)."""
    found = []
    for step in (step for phase in body["phases"] for step in phase["steps"]):
        found += records(lambda one: f"Étape {one['code']}", [step])
        found += [(f"Réponse {one['code']}", one["text"]) for one in step["answers"] if one["text"]]
        for piece in (*step["pieces"], *step["others"]):
            name = f"Étape {step['code']}, pièce {piece['code'] or piece['title']}"
            found += [(f"{name}, sans objet", piece["waiver"])] if piece["waiver"] else []
            found += [(f"{name}, version {one['number']}", f"{one['file_name']}, {one['sha256'][:12]}")
                      for one in piece["versions"]]
    return numbered(found)


def decisions(body):
    return numbered((f"{one['date']}, {one['act']} {one['step']} ({one['organisation']})", one["reason"])
                    for one in body["decisions"])


SECTIONS = (
    ("Financement", amounts), ("Fiche d’identité", facts), ("Projets", projects), ("Obligations", obligations),
    ("Acteurs et représentants", actors), ("Rôles", roles), ("Difficultés", difficulties), ("Chronologie", events),
    ("Calendrier", dates), ("Étapes, réponses et pièces", steps), ("Décisions", decisions),
)
