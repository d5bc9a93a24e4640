"""What a frozen livret says, chapter by chapter, as {name: value} that two editions can be compared by. No query.

A value is an amount, a text, a yes or no, or the fields of a record. The body is whole: see `thawing`. What is drawn
or summed from the rest is not told here; the comparison names the chapter when nothing else differs in it.
"""
import hashlib
import re
from functools import partial

from ...choices import DifficultyState, ObligationState, PositionState, SourceStatus, State

MASCULINE = {"Conseil", "District", "Fonds", "Ministère", "Programme", "Partenaire", "Budget"}
FIELDS = {
    "source": "source", "due": "échéance", "indicator": "indicateur", "state": "état",
    "family": "famille", "step": "étape", "known": "difficulté de la grille", "effect": "effet",
    "remedy": "remède", "owner": "qui s’en occupe", "lesson": "enseignement", "perspective": "perspective",
    "when": "date", "date": "date", "kind": "nature", "place": "lieu", "participants": "participants",
    "decisions": "décisions et suites", "acronym": "sigle", "return_reason": "motif du renvoi",
    "decided": "décision", "planned": "prévu", "real": "réel", "delay": "retard", "evidence": "preuve",
    "whole_contract": "contrat entier", "financier": "financeur habituel", "written": "engagement écrit",
    "party": "partie", "spokesperson": "porte-parole", "total": "montant", "gap": "écart", "said": "suite",
    "withdrawn_because": "motif du retrait", "justification": "justification", "session": "séance",
    "minutes": "procès-verbal", "whole": "texte entier", "proof": "preuve de l’accord",
}
# How much of a long text names the record that it is.
EXCERPT = 150
STATUSES = dict(SourceStatus.choices)


def numbered(pairs):
    """A dict of (name, value); a name met again is told « (2) », so that nothing is lost."""
    found, times = {}, {}
    for name, value in pairs:
        key = name
        while key in found:
            times[name] = times.get(name, 1) + 1
            key = f"{name} ({times[name]})"
        found[key] = value
    return found


def records(title, items, states=None, skipped=()):
    """Each record under its name, with those of its fields that say something. states: the words of its states."""
    for item in items:
        fields = {label: (states or {}).get(item[field], item[field]) if field == "state" else item[field]
                  for field, label in FIELDS.items() if field not in skipped and item.get(field) not in ("", None)}
        yield title(item), fields | numbered((lower(one["label"]), one["value"]) for one in item.get("facts", ()))


def quoted(text):
    """« text » on one line; a quotation inside it has guillemets of its own."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", " ".join(text.split())))
    return f"« {inner} »"


def excerpt(item):
    """What names a commitment or a difficulty: its words, or the first of them (`told_whole` has the others)."""
    what = item["what"]
    return quoted(what if len(what) <= EXCERPT else f"{what[:EXCERPT]}…")


def told_whole(items):
    """The same, where a text too long for a name is told as a field too: what changes further on is seen."""
    return [item | {"whole": item["what"]} if len(item["what"]) > EXCERPT else item for item in items]


def of(name):
    """« de l’État », « du Conseil régional », « d’AFD », « de Kayes »."""
    if name.startswith("État"):
        return f"de l’{name}"
    if name.split(" ")[0] in MASCULINE:
        return f"du {name}"
    return f"d’{name}" if name[:1] in "AEIOUYÉÈÂÎÔ" else f"de {name}"


def cells(tables):
    """(title of the group, label of the line, column, amount) of every amount that is no sum."""
    for table in tables:
        for group in table["groups"]:
            for line in group["lines"]:
                for column, amount in zip(table["columns"], line["cells"], strict=False):
                    if amount is not None and column != "Total":
                        yield group["title"], line["label"], column, amount


def amounts(body):
    """{« Route, engagement 2020 de l’État »: francs}, then the totals."""
    plan = body["plan"]
    found = [(f"{title}, engagement {column} {of(label)}", amount)
             for title, label, column, amount in cells(plan["tables"])]
    return numbered([*found, ("Total du plan de financement", plan["total"]), ("Total annoncé", plan["announced"]),
                     ("Source du total annoncé", plan["announced_source"])])


def rules(body):
    """Each financing rule; its measure stands for it."""
    labels = {"measure": "", "standing": "constat", "severity": "effet", "source": "source"}
    return numbered((rule["label"], {label: rule[field] for field, label in labels.items() if rule[field]})
                    for rule in body["plan"]["rules"])


def cover(body):
    told = body["cover"]
    labels = {"title": "Titre", "region": "Région", "period": "Période", "owner": "Tenu par", "nature": "Nature",
              "origin_note": "Origine", "grid": "Grille", "as_of": "Dossier arrêté au"}
    return numbered([*((label, told[field]) for field, label in labels.items()), ("Mention des blancs", body["blank"]),
                     *((f"Logo {one['label']}", f"image {hashlib.sha256(one['png'].encode()).hexdigest()[:12]}")
                       for one in told["emblems"])])


def facts(body):
    """What other sections do not tell: the day of the last change is on the cover, the total of the plan with it."""
    skipped = ("Dernier changement", "Total du plan de financement")
    return numbered((fact["label"], fact["value"]) for fact in body["identity"]["facts"]
                    if fact["label"] not in skipped)


def projects(body):
    return numbered(records(lambda one: f"Projet {quoted(one['name'])}", body["projects"]))


def positions(body):
    """Each position of each project, then the amounts of its tables."""
    found = []
    for rounds in body["positions"]:
        found += records(lambda one, project=rounds["project"]: f"{project}, position n° {one['number']}",
                         rounds["positions"], dict(PositionState.choices))
        found += [(f"{rounds['project']}, {lower(title).replace(' : ', ', ')}, {column}, {label}", amount)
                  for title, label, column, amount in cells(rounds["tables"])]
    return numbered(found)


def lower(title):
    return title[:1].lower() + title[1:]


def obligations(body):
    return numbered(records(lambda one: f"{one['party']} : {excerpt(one)}", told_whole(body["obligations"]),
                            dict(ObligationState.choices), ("party",)))


def everybody(body):
    return [actor | {"party": side["label"]} for side in body["sides"] for actor in side["actors"]]


def actors(body):
    """Every actor, then their representatives."""
    people = [(f"{actor['name']}, {one['function']}", ", ".join(filter(None, (one["name"], one["mandate"]))))
              for actor in everybody(body) for one in actor["representatives"]]
    return numbered([*records(lambda one: one["name"], everybody(body)), *people])


def roles(body):
    phases = [phase["label"] for phase in body["roles"]["phases"]]
    return numbered((f"{row['name']}, phase {phase}", role) for row in body["roles"]["rows"]
                    for phase, role in zip(phases, row["roles"], strict=False))


def difficulties(body):
    return numbered(records(lambda one: f"Difficulté {excerpt(one)}", told_whole(body["difficulties"]),
                            dict(DifficultyState.choices)))


def events(body):
    return numbered(records(lambda one: quoted(one["title"]),
                            [event for year in body["years"] for event in year["events"]]))


def dates(body):
    calendar = body["calendar"]
    return numbered([("Début", calendar["starts_on"]), ("Dates prévues fixées", calendar["is_planned"]),
                     ("Source des dates réelles", calendar["source"]),
                     *records(lambda one: f"Étape {one['code']}", calendar["lines"]),
                     ("Constat", " ".join(calendar["sentences"]))])


def steps(body):
    """The state of each step, its answers and its pieces (versions by their fingerprint)."""
    found = []
    for step in (step for phase in body["phases"] for step in phase["steps"]):
        found += records(lambda one: f"Étape {one['code']}", [step], dict(State.choices), ("source",))
        found += [(f"Réponse {one['code']}", one["text"]) for one in step["answers"] if one["text"]]
        for piece in (*step["pieces"], *step["others"]):
            name = f"Étape {step['code']}, pièce {piece['code'] or piece['name']['text'] or piece['title']}"
            found += [(f"{name}, {label}", piece[field])
                      for field, label in (("title", "titre"), ("waiver", "sans objet")) if piece[field]]
            found += [(f"{name}, version {one['number']}", version(one)) for one in piece["versions"]]
    return numbered(found)


def version(one):
    return ", ".join(filter(None, (one["file_name"], one["kind"], one["size"], one["date"], one["by"],
                                   one["sha256"][:12])))


def grid(body):
    """What the grid says of each phase, step, question and piece, each in one text."""
    found = []
    for phase in body["phases"]:
        found.append((f"Phase {phase['code']}", words(phase[key] for key in ("title", "goal", "facts"))))
        for step in phase["steps"]:
            found.append((f"Étape {step['code']}", words(step[key] for key in (
                "title", "objective", "source_note", "duration", "leads", "associated", "validation", "attention",
                "risks"))))
            found += [(f"Question {one['code']}", words([one["question"], one["reserved"] and "réservée"]))
                      for one in step["answers"]]
            found += [(f"Pièce {one['code']}", words([one["name"], one["required"] and "exigée",
                                                      one["reserved"] and "réservée"])) for one in step["pieces"]]
    return numbered(found)


def words(values):
    """Every text, however deep, on one line."""
    return " ; ".join(filter(None, map(said, values)))


def said(value):
    if isinstance(value, dict):
        return words(STATUSES.get(one, one) if key == "status" else one for key, one in value.items())
    return words(value) if isinstance(value, list | tuple) else str(value or "")


def decisions(body):
    return numbered((f"{one['date']}, {one['act']} {one['step']} ({one['organisation']})", one["reason"])
                    for one in body["decisions"])


def listed(chapter, name, body):
    """The terms of the glossary, or the sources: each under its name, with all that is said of it."""
    return numbered((one[name], words(value for key, value in one.items() if key != name)) for one in body[chapter])


terms, sources = partial(listed, "glossary", "term"), partial(listed, "sources", "code")
