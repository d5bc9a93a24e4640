"""What a frozen livret says, chapter by chapter, as records that two editions can be compared by. No query.

The body is whole: see `thawing`. Amounts are read where they are data, not in the tables that print them. What is drawn
or summed from the rest is not told here; the comparison names the chapter when nothing else differs in it.
"""
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

from ...choices import DifficultyState, ObligationState, PositionState, RemarkState, SourceStatus, State, Unallocated
from .positions import BEFORE
from .words import line

MASCULINE = {"Conseil", "District", "Fonds", "Ministère", "Programme", "Partenaire", "Budget"}
PLURAL = {"Agences", "Associations", "Bailleurs", "Banques", "Cercles", "Chambres", "Collectivités", "Communes",
          "Conseils", "Directions", "Entreprises", "Fondations", "Ministères", "Opérateurs", "Organisations",
          "Partenaires", "Programmes", "Projets", "Régions", "Services", "Sociétés", "Structures", "Villes"}
WORDS, TITLE, CHARGE = "texte entier", "titre", "à la charge de"
FIELDS = {
    "whole": WORDS, "heading": TITLE, "charge": CHARGE,
    "source": "source", "due": "échéance", "indicator": "indicateur", "state": "état",
    "family": "famille", "step": "étape", "known": "difficulté de la grille", "effect": "effet",
    "remedy": "remède", "owner": "qui s’en occupe", "lesson": "enseignement", "perspective": "perspective",
    "when": "date", "date": "date", "kind": "nature", "place": "lieu", "participants": "participants",
    "decisions": "décisions et suites", "acronym": "sigle", "return_reason": "motif du renvoi",
    "decided": "décision", "planned": "prévu", "real": "réel", "delay": "retard", "evidence": "preuve",
    "whole_contract": "contrat entier", "financier": "financeur habituel", "written": "engagement écrit",
    "party": "partie", "spokesperson": "porte-parole", "total": "montant", "gap": "écart", "said": "suite",
    "withdrawn_because": "motif du retrait", "justification": "justification", "session": "séance",
    "minutes": "procès-verbal", "proof": "preuve de l’accord",
}
# How much of a long text names the record that it is.
EXCERPT = 150
STATUSES = dict(SourceStatus.choices)


@dataclass(frozen=True)
class Record:
    """name: as a sentence begins; several records may share it. value: an amount, a text, a yes or no, or the fields of
    the record, {label: value}."""
    name: str
    value: object


@dataclass(frozen=True)
class Person(Record):
    """Who speaks for an actor, among others."""
    actor: str

    @property
    def function(self):
        return self.name.removeprefix(f"{self.actor}, ")


def told(pairs):
    return [Record(*pair) for pair in pairs]


def records(title, items, states=None, skipped=()):
    """Each record with those of its fields that say something. states: the words of its states."""
    for item in items:
        fields = {label: (states or {}).get(item[field], item[field]) if field == "state" else item[field]
                  for field, label in FIELDS.items() if field not in skipped and item.get(field) not in ("", None)}
        yield Record(title(item), fields | {lower(one["label"]): one["value"] for one in item.get("facts", ())})


def lower(text):
    return text[:1].lower() + text[1:]


def flat(text):
    """On one line, each letter with its accent in one sign."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def seen(text):
    """What the eye reads: two texts that differ by spaces or by signs without a width are one."""
    return flat("".join(sign for sign in text if unicodedata.category(sign) != "Cf"))


def quoted(text):
    """« text » on one line; a quotation inside it has guillemets of its own."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", flat(text)))
    return f"« {inner} »"


def excerpt(item):
    """What names a commitment or a difficulty: its words, or the first of them (its field WORDS has them all)."""
    what = item["what"]
    return quoted(what if len(what) <= EXCERPT else f"{what[:EXCERPT]}…")


def of(name):
    """« de l’État », « du Conseil régional », « des Communes », « d’AFD », « de Kayes »."""
    if name.startswith("État"):
        return f"de l’{name}"
    if name.split(" ")[0] in MASCULINE:
        return f"du {name}"
    if name.split(" ")[0] in PLURAL:
        return f"des {name}"
    return f"d’{name}" if name[:1] in "AEIOUYÉÈÂÎÔ" else f"de {name}"


def cells(tables):
    """(title of the group, label of the line, column, amount) of every amount that is no sum. An older edition may
    have printed a group in pieces: they have one title."""
    for table in tables:
        for group in table["groups"]:
            for row in group["lines"]:
                for column, amount in zip(table["columns"], row["cells"], strict=False):
                    if amount is not None and column != "Total":
                        yield group["title"].removesuffix(" (suite)"), row["label"], column, amount


def amounts(body):
    """« Route, engagement 2020 de l’État »: francs; then the totals."""
    plan, years = body["plan"], body["sheet"]["years"]
    found = [(f"{project}, engagement {year} {of(label)}", amount) for project, label, year, amount in given(body)]
    return told([*found, ("Total du plan de financement", plan["total"]), ("Total annoncé", plan["announced"]),
                 ("Source du total annoncé", plan["announced_source"]),
                 ("Années du plan", f"{min(years)}-{max(years)}" if years else body["cover"]["period"])])


def given(body):
    """(project, financier, year in words, amount), in the order of the projects. An edition from before the sheet has
    only the printed tables, where a table or a group of sums bears a title of its own."""
    sheet = body["sheet"]
    if not sheet["cells"]:
        printed = [table for table in body["plan"]["tables"] if table["head"] != "Projet"]
        return [cell for cell in cells(printed) if cell[0] != "Ensemble"]
    return [(line(sheet["projects"][project]), line(sheet["financiers"][financier]["label"]),
             Unallocated(year).label if year == Unallocated.YEAR else str(year), amount)
            for project, financier, year, amount in sheet["cells"]]


def rules(body):
    """Each financing rule; its measure stands for it."""
    labels = {"measure": "", "standing": "constat", "severity": "effet", "source": "source"}
    return told((rule["label"], {label: rule[field] for field, label in labels.items() if rule[field]})
                for rule in body["plan"]["rules"])


def cover(body):
    shown = body["cover"]
    labels = {"title": "Titre", "region": "Région", "period": "Période", "owner": "Tenu par", "nature": "Nature",
              "origin_note": "Origine", "grid": "Grille", "as_of": "Dossier arrêté au"}
    return told([*((label, shown[field]) for field, label in labels.items()), ("Mention des blancs", body["blank"]),
                 *((f"Image de couverture : {one['label']}",
                    f"fichier d’empreinte {hashlib.sha256(one['png'].encode()).hexdigest()[:12]}")
                   for one in shown["emblems"])])


def facts(body):
    """What other sections do not tell: the day of the last change is on the cover, the totals with the amounts."""
    skipped = ("Dernier changement", "Total du plan de financement", "Total annoncé")
    return told((fact["label"], fact["value"]) for fact in body["identity"]["facts"]
                if fact["label"] not in skipped)


def projects(body):
    return list(records(lambda one: f"Projet {quoted(one['name'])}", body["projects"]))


def positions(body):
    """Each position of each project, then the amounts of its tables: no other data has them."""
    found = []
    for rounds in body["positions"]:
        found += records(lambda one, project=rounds["project"]: f"{project}, position n° {one['number']}",
                         rounds["positions"], dict(PositionState.choices))
        found += told((f"{rounds['project']}, {lower(title.partition(' : ')[0])}, {column}, {label}", amount)
                      for title, label, column, amount in cells(rounds["tables"]))
    return found


def about(name):
    """The position, where a name is that of an amount of the plan that it replaced."""
    return name.replace(f"{lower(BEFORE)} sur la ", "", 1)


def obligations(body):
    return list(records(lambda one: f"{one['party']} : {excerpt(one)}",
                        [one | {"whole": one["what"], "charge": one["party"]} for one in body["obligations"]],
                        dict(ObligationState.choices), ("party",)))


def everybody(body):
    return [actor | {"party": side["label"]} for side in body["sides"] for actor in side["actors"]]


def actors(body):
    """Every actor, then their representatives."""
    return [*records(itemgetter("name"), everybody(body)),
            *(Person(f"{actor['name']}, {function}", person, actor["name"]) for actor in everybody(body)
              for function, person in people(actor))]


def people(actor):
    return [(one["function"], ", ".join(filter(None, (one["name"], one["mandate"]))))
            for one in actor["representatives"]]


def roles(body):
    phases = [phase["label"] for phase in body["roles"]["phases"]]
    return told((f"{row['name']}, phase {phase}", role) for row in body["roles"]["rows"]
                for phase, role in zip(phases, row["roles"], strict=False) if role)


def difficulties(body):
    return list(records(lambda one: f"Difficulté {excerpt(one)}",
                        [one | {"whole": one["what"]} for one in body["difficulties"]], dict(DifficultyState.choices)))


def events(body):
    return list(records(lambda one: quoted(one["title"]),
                        [event | {"heading": event["title"]} for year in body["years"] for event in year["events"]]))


def dates(body):
    """Each date of a step by itself: a step is there whether it has dates or not."""
    calendar = body["calendar"]
    return [*told([("Début", calendar["starts_on"]), ("Dates prévues fixées", calendar["is_planned"]),
                   ("Source des dates réelles", calendar["source"])]),
            *told((f"{step.name}, {label}", value)
                  for step in records(lambda one: f"Étape {one['code']}", calendar["lines"])
                  for label, value in step.value.items()),
            Record("Constat", " ".join(calendar["sentences"]))]


def steps(body):
    """The state of each step, its answers, its pieces (versions by their fingerprint) and the remarks on it."""
    found = []
    for step in (step for phase in body["phases"] for step in phase["steps"]):
        found += records(lambda one: f"Étape {one['code']}", [step], dict(State.choices), ("source",))
        found += told((f"Réponse {one['code']}", one["text"]) for one in step["answers"] if one["text"])
        for piece in (*step["pieces"], *step["others"]):
            name = f"Étape {step['code']}, pièce {piece['code'] or piece['name']['text'] or piece['title']}"
            found += told((f"{name}, {label}", piece[field])
                          for field, label in (("title", "titre"), ("waiver", "sans objet")) if piece[field])
            found += told((f"{name}, version {one['number']}", version(one)) for one in piece["versions"])
        found += remarks(step)
    return found


def remarks(step):
    """Each remark, then each message of its thread."""
    states = dict(RemarkState.choices)
    for number, one in enumerate(step["remarks"], 1):
        name = f"Étape {step['code']}, observation {number} sur {quoted(one['place'])}"
        yield Record(name, {
            "envoyée par": f"{one['by']}, {one['date']}", "ce qui ne va pas": one["problem"],
            "ce qui est demandé": one["request"], "état": states.get(one["state"], one["state"])})
        for place, message in enumerate(one["messages"], 1):
            yield Record(f"{name}, message {place}", f"{message['by']}, {message['date']} : {message['text']}")


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
    return told(found)


def words(values):
    """Every text, however deep, on one line."""
    return " ; ".join(filter(None, map(said, values)))


def said(value):
    if isinstance(value, dict):
        return words(STATUSES.get(one, one) if key == "status" else one for key, one in value.items())
    return words(value) if isinstance(value, list | tuple) else str(value or "")


def decisions(body):
    return told((f"{one['date']}, {one['act']} {one['step']} ({one['organisation']})", one["reason"])
                for one in body["decisions"])


def listed(chapter, name, body):
    """The terms of the glossary, or the sources: each under its name, with all that is said of it."""
    return told((one[name], words(value for key, value in one.items() if key != name)) for one in body[chapter])


terms, sources = partial(listed, "glossary", "term"), partial(listed, "sources", "code")
