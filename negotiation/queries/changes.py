"""What an act changed, in words: a label, the value before, the value after. Reads the details of the journal.

What the team of the Region alone may read of them is told to nobody else.
"""
import re
from dataclasses import dataclass
from datetime import date

from .. import money
from ..choices import PLAN_ACTIONS, Action, Precision, Raci, State
from ..dates import period, spoken
from ..models import (
    Actor,
    Difficulty,
    Document,
    Event,
    FundingLimit,
    Negotiation,
    Obligation,
    Origin,
    Project,
    Representative,
    StepProgress,
)
from ..models.origin import origin_of
from .records import small

# The name of a file is reserved when its document is: only the step's page knows which are.
RESERVED = {Action.DOCUMENT_DEPOSIT: {"file", "sha256"}}
# Said by the sentence of the act, or of no use to a reader; a field of a record may bear one of these names.
LEFT_OUT = {"step", "version", "edition", "content", "share_link", "voice"}
LABELS = {"organisation": "Organisation", "level": "Niveau", "submission": "Soumission n°", "unheard": "Avis",
          "file": "Fichier", "sha256": "Empreinte SHA-256", "pages": "Pages", "total": "Total du plan",
          "origin": "Origine", "party": "Partie", "spokesperson": "Porte-parole", "held_on": "Date de la position",
          "agreed_on": "Convenue le", "agreed_with": "Convenue avec", "session": "Séance", "minutes": "Procès-verbal",
          "knowingly": "Convenue bien que l’autre partie ait dit autre chose en dernier",
          "kind": "Nature", "position": "Position n°", "words": "Changement",
          "positions": "Mis sur la table", "name": "Nom", "note": "Note", "fields": "Champs modifiés",
          "days": "Durée (jours)", "function": "Fonction du signataire", "signed_on": "Signée le", "mandate": "Mandat",
          "place": "Lieu", "scan": "Empreinte de la numérisation", "replaced": "Empreinte de la numérisation remplacée",
          "replaced_by": "Remplacée par l’édition", "reads": "Sans suivre l’examen"}
# A record is told as « projet structurant « Piste » »: the words before its name say which fields it has.
MODELS = {model._meta.verbose_name: model
          for model in (Actor, Representative, Project, Obligation, FundingLimit, Event, Difficulty)}
DOSSIER = {"fiche du dossier", "total annoncé"}


@dataclass(frozen=True)
class Change:
    """before and after are "" when there is nothing; a fact that was not there before has no `before`."""
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Names:
    """What the keys of one dossier stand for: steps {progress pk: Step}, actors {pk: name}, documents {pk: name};
    examined: {progress pk: since when} of the steps under examination."""
    steps: dict
    actors: dict
    documents: dict
    examined: dict
    origins: tuple = ()

    @classmethod
    def of(cls, dossier):
        found = StepProgress.objects.filter(negotiation=dossier).select_related("step").order_by("step__code")
        return cls({progress.pk: progress.step for progress in found},
                   {actor.pk: str(actor) for actor in Actor.objects.filter(negotiation=dossier)},
                   {document.pk: document.label for document in Document.objects.filter(
                       progress__negotiation=dossier).select_related("progress__step")},
                   {progress.pk: progress.changed_at for progress in found if progress.state == State.SUBMITTED},
                   tuple(Origin.objects.filter(negotiation=dossier)))

    def at(self, number):
        """The same, by the keys that the act of this rank was written with."""
        if not (origin := origin_of(number, self.origins)):
            return self
        return Names(*({origin.there(kind, key): name for key, name in named.items()} for kind, named in (
            ("stepprogress", self.steps), ("actor", self.actors), ("document", self.documents),
            ("stepprogress", self.examined))))


def changes(entry, names, *, team):
    """[Change] of one entry. team: does the reader belong to the team of the Region?"""
    hidden = set() if team else RESERVED.get(entry.action, set())
    shown = {key: value for key, value in entry.details.items() if key not in hidden}
    told = READERS.get(entry.action, facts)(shown, names.at(entry.number), entry)
    return [change for change in told if change.before or change.after]


def facts(details, names, entry):
    """Details of any act: a pair is before and after, a group is told item by item, the rest as it is."""
    for key, value in ordered({key: value for key, value in details.items() if key not in LEFT_OUT}):
        label = LABELS.get(key, key)
        if isinstance(value, list) and len(value) == 2:
            yield Change(label, plain(value[0]), plain(value[1]))
        elif isinstance(value, list):
            yield Change(label, "", f"{len(value)} lignes")
        elif isinstance(value, dict):
            yield from facts(value, names, entry)
        else:
            yield Change(label, "", plain(value))


def ordered(details):
    """PostgreSQL keeps no order of keys: A1.Q2 comes before A1.Q10 on both databases."""
    return sorted(details.items(), key=lambda item: [int(part) if place % 2 else part for place, part
                                                     in enumerate(re.split(r"([0-9]+)", item[0]))])


def plain(value):
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


def answers(details, names, entry):
    for code, texts in ordered(details.get("answers", {})):
        if "reserved" in texts:
            yield Change(f"Question {code}", "", "réponse réservée à l’équipe de la Région")
        else:
            yield Change(f"Question {code}", texts["before"], texts["after"])


def bundle(details, names, entry):
    """A decision with all that was sent with it: what each organisation said, and the remarks."""
    if number := details.get("submission"):
        yield Change("Soumission", "", f"n° {number}")
    if silent := details.get("silent"):
        yield Change("Sans la position de", "", silent)
    for said in details.get("voices", []):
        yield Change(f"{said['level'].capitalize()}, {said['organisation']}", "",
                     " : ".join(filter(None, [said["voice"], said["reasons"]])))
    for remark in details.get("remarks", []):
        yield Change(f"Observation — {remark['place']}", "", " ".join(filter(None, [
            remark["problem"], f"Demandé : {remark['request']}", remark.get("message")])))


def fields(details, names, entry):
    """The fields of a record, labelled as in its form; links to other records by their names."""
    kind = entry.subject.partition(" « ")[0]
    model = Negotiation if kind in DOSSIER else MODELS.get(kind)
    if not model:
        yield from facts(details, names, entry)
        return
    for field in model._meta.concrete_fields:
        if field.editable and field.name in details:
            label = field.verbose_name
            yield Change(label[:1].upper() + label[1:], *(value_of(field, one, names) for one in details[field.name]))


def value_of(field, value, names):
    """The stored value of a field as a person reads it."""
    if value in (None, ""):
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        linked = {StepProgress: names.steps, Actor: names.actors, Document: names.documents}.get(field.related_model)
        return "" if linked is None else str(linked.get(value, "retiré depuis"))
    kind = field.get_internal_type()
    if kind == "BigIntegerField":
        return money.format(value)
    if kind == "PositiveSmallIntegerField":
        return small(field, value)
    return spoken(date.fromisoformat(value)) if kind == "DateField" else plain(value)


def amounts(details, names, entry):
    """The cells of the financing plan, then its total."""
    for place, pair in ordered(details.get("cells", {})):
        yield Change(place, *(money.format(amount) if amount else "" for amount in pair))
    if total := details.get("total"):
        label = "Total de la position" if entry.action == Action.POSITION_PROPOSE else LABELS["total"]
        yield Change(label, *("" if amount is None else money.format(amount) for amount in total))
    for key in ("origin", "party", "spokesperson", "held_on", "agreed_on", "agreed_with", "session", "minutes",
                "knowingly"):
        if told := details.get(key):
            yield Change(LABELS[key], "", spoken(date.fromisoformat(told)) if key.endswith("_on") else told)
    if rows := details.get("contributions"):
        yield Change("Montants inscrits", "", str(len(rows)))


def tried(details, names, entry):
    """What was done to a scenario, and its total before and after."""
    for key in ("origin", "words", "positions", "kind", "party"):
        if told := details.get(key):
            yield Change(LABELS[key], "", told)
    for key in ("name", "note"):
        yield Change(LABELS[key], *(plain(value) for value in details.get(key, ("", ""))))
    if total := details.get("total"):
        yield Change("Total du scénario", *("" if amount is None else money.format(amount) for amount in total))


def signatures(details, names, entry):
    for key in ("function", "signed_on", "place", "mandate", "sha256", "replaced"):
        if told := details.get(key):
            yield Change(LABELS["scan" if key == "sha256" else key], "",
                         spoken(date.fromisoformat(told)) if key.endswith("_on") else told)


def roles(details, names, entry):
    for cell, pair in ordered(details):
        yield Change(cell, *(f"{role} — {Raci(role).label}" if role else "" for role in pair))


def planned(details, names, entry):
    """The start of the works, then the days of each step: « 2026-01-12/2026-02-04 », « / » without any."""
    for key, (before, after) in ordered(details):
        label = "Début des travaux" if key == "starts_on" else f"Étape {key}"
        yield Change(label, days(before), days(after))


def days(kept):
    first, slash, last = (kept or "").partition("/")
    first, last = (date.fromisoformat(day) if day else None for day in (first, last))
    if first and last:
        return period(first, Precision.DAY, last)
    if first:
        return f"à partir du {spoken(first)}" if slash else spoken(first)
    return f"jusqu’au {spoken(last)}" if last else ""


READERS = {
    **dict.fromkeys((Action.STEP_APPROVE, Action.STEP_RETURN, Action.STEP_SKIP, Action.STEP_UNBLOCK), bundle),
    Action.STEP_ANSWER: answers, Action.RECORD_ADD: fields, Action.RECORD_CHANGE: fields, Action.RECORD_REMOVE: fields,
    Action.TOTAL_ANNOUNCE: fields, Action.ROLES_CHANGE: roles,
    **dict.fromkeys((Action.CALENDAR_PROPOSE, Action.CALENDAR_CHANGE), planned),
    **dict.fromkeys((Action.SIGNATURE_DEPOSIT, Action.SIGNATURE_WITHDRAW), signatures),
    **dict.fromkeys((*PLAN_ACTIONS, Action.POSITION_PROPOSE), amounts),
    **dict.fromkeys((Action.SCENARIO_ADD, Action.SCENARIO_CHANGE, Action.SCENARIO_REMOVE, Action.SCENARIO_ADOPT),
                    tried),
}
