"""What the journal's page and its table read: the acts of a dossier in words, newest first, filtered."""
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from ..choices import ACT_FAMILIES, TEAM_ACTIONS, Action, State, Voice, acts_of
from ..folding import pattern
from ..models import JournalEntry, JournalHead
from .changes import Names, changes

PER_PAGE, MOST_SHOWN, MOST_COUNTED, LONGEST = 30, 6, 1000, 100
# Acts told otherwise than « label : subject ».
SAID = {
    Action.NEGOTIATION_OPEN: "ouvre la négociation", Action.STEP_ANSWER: "enregistre des réponses à l’étape {step}",
    Action.DOSSIER_SHARE: "ouvre le dossier à {subject}", Action.DOSSIER_UNSHARE: "ferme le dossier à {subject}",
    Action.ROLES_CHANGE: "modifie la matrice des rôles", Action.PLAN_CHANGE: "modifie le plan de financement",
    Action.TOTAL_ANNOUNCE: "change le total annoncé", Action.BOOKLET_PUBLISH: "publie le {subject}",
    Action.BOOKLET_WITHDRAW: "retire le {subject}", Action.BOOKLET_FREEZE: "établit le {subject}",
    Action.BOOKLET_ABANDON: "abandonne la préparation du {subject}",
    Action.BOOKLET_REPLACE: "remplace le {subject}", Action.DOCUMENT_DEPOSIT: "dépose la pièce {subject}",
    Action.DOCUMENT_WAIVE: "déclare sans objet la pièce {subject}",
    Action.POSITION_PROPOSE: "inscrit la {subject}", Action.POSITION_WITHDRAW: "retire la {subject}",
    Action.POSITION_AGREE: "convient de la {subject}, qui devient le plan de ce projet",
    Action.MANDATE_CHANGE: "modifie le {subject}",
}
# What a voice says, told to those who may know it already.
VOICES = {
    Voice.FAVOURABLE: "donne un avis favorable sur l’étape {step}",
    Voice.RESERVED: "donne un avis réservé sur l’étape {step}",
    Voice.UNFAVOURABLE: "donne un avis défavorable sur l’étape {step}",
    Voice.APPROVE: "propose d’approuver l’étape {step}", Voice.RETURN: "vote le renvoi de l’étape {step}",
}
ARTICLES = {"acteur": "l’", "représentant": "le ", "projet structurant": "le ", "obligation de faire": "l’",
            "événement": "l’", "difficulté": "la ", "règle de financement": "la ", "fiche du dossier": "la "}


@dataclass(frozen=True)
class Filters:
    """What the page is asked to show; a value that means nothing here is dropped, and filters nothing."""
    etape: str = ""
    famille: str = ""
    organisation: str = ""
    du: date | None = None
    au: date | None = None
    q: str = ""

    @classmethod
    def read(cls, asked, steps, organisations):
        def known(name, among):
            return asked.get(name, "") if asked.get(name) in among else ""
        return cls(known("etape", {step.code for step in steps}), known("famille", ACT_FAMILIES),
                   known("organisation", organisations), day(asked.get("du")), day(asked.get("au")),
                   " ".join(asked.get("q", "").split())[:LONGEST])

    def __bool__(self):
        return self != Filters()

    @property
    def are_crossed(self):
        """Is the first day asked for after the last? No act answers."""
        return bool(self.du and self.au and self.du > self.au)

    @property
    def query(self):
        """What keeps these filters in an address: « etape=A1&q=plan », "" without any."""
        return urlencode({name: value for name, value in vars(self).items() if value})

    def among(self, entries, steps):
        """steps: {progress pk: Step} of the dossier."""
        if self.etape:
            entries = entries.filter(progress__in=[pk for pk, step in steps.items() if step.code == self.etape])
        if self.famille:
            entries = entries.filter(action__in=acts_of(self.famille))
        if self.organisation:
            entries = entries.filter(organisation=self.organisation)
        if self.du:
            entries = entries.filter(at__gte=timezone.make_aware(datetime.combine(self.du, time.min)))
        if self.au:
            entries = entries.filter(at__lte=timezone.make_aware(datetime.combine(self.au, time.max)))
        return entries.filter(self.words()) if self.q else entries

    def words(self):
        """Never the details: some of them are not for every reader."""
        asked = pattern(self.q)
        acts = [action for action in Action if re.search(asked, action.label)]
        return Q(subject__regex=asked) | Q(reason__regex=asked) | Q(by_name__regex=asked) | Q(action__in=acts)


YEARS = range(2000, 2101)


def day(text):
    """A day of YEARS written as 2026-03-12 or 12/03/2026; None for anything else."""
    found = written_day(text or "")
    return found if found and found.year in YEARS else None


def written_day(text):
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


@dataclass(frozen=True)
class Line:
    """One act as minutes tell it: « Responsable, Conseil régional de Kayes, soumet l’étape A1 à la DGCT. »"""
    entry: JournalEntry
    step: object
    changes: list = field(default_factory=list)
    # May the reader know already what was said?
    told: bool = True

    @property
    def who(self):
        name, organisation = self.entry.by_name, self.entry.organisation
        beside = name.partition(", ")[2]
        known = organisation.casefold() in name.casefold() or (beside and beside.casefold() in organisation.casefold())
        return name if known else f"{name}, {organisation}"

    @property
    def act(self):
        action, subject, step = self.entry.action, self.entry.subject, self.step and self.step.code
        if self.told and (voice := self.entry.details.get("voice")) in VOICES and step:
            return VOICES[voice].format(step=step)
        if action == Action.STEP_SKIP and (late := self.entry.details.get("organisation")):
            return f"passe outre l’avis de {late}, en retard, sur l’étape {step}"
        if action == Action.REVIEW_OPEN and self.entry.details.get("reads"):
            return f"lit la soumission de l’étape {step}"
        if action == Action.SIGNATURE_DEPOSIT and "replaced" in self.entry.details:
            return f"remplace une signature : {subject}"
        if action.startswith("record."):
            return f"{self.entry.get_action_display()} {ARTICLES.get(subject.partition(' « ')[0], '')}{subject}"
        if action in SAID:
            return SAID[action].format(subject=subject, step=step)
        label = self.entry.get_action_display()
        if step and "l’étape" in label:
            return label.replace("l’étape", f"l’étape {step}", 1)
        return f"{label} : {subject}" if subject else label

    @property
    def is_ended(self):
        """Does the sentence already end with a mark of its own?"""
        return self.act.endswith(("?", "!", "…", "."))

    @property
    def comma(self):
        """« Responsable, Conseil régional de Kayes, soumet… »: what is beside the name ends with a comma."""
        return "," in self.who

    @property
    def summary(self):
        return "Ce qui a changé" if any(change.before for change in self.changes) else "Détails"

    @property
    def first(self):
        return self.changes[:MOST_SHOWN]

    @property
    def others(self):
        return len(self.changes) - len(self.first)

    @property
    def states(self):
        """(before, after) when the act changed the state of a step, else None."""
        found = self.entry.from_state, self.entry.to_state
        return found if all(state in State for state in found) else None


@dataclass(frozen=True)
class JournalPage:
    """found: how many acts answer the filters, None when more than MOST_COUNTED (counting them all would be slow);
    unread: what was typed for a day and is none, and why (see `unread`)."""
    lines: list
    filters: Filters
    steps: list
    organisations: list
    head: JournalHead
    number: int
    has_next: bool
    found: int | None
    unread: dict

    families = [(word, label) for word, (label, _) in ACT_FAMILIES.items()]
    most = MOST_COUNTED

    @property
    def more(self):
        """The beginning of the query that leads to another page."""
        return f"?{self.filters.query}&page=" if self.filters else "?page="


# What the Region reads with the decision, and not before.
EMBARGOED = {Action.REMARK_SETTLE, Action.REMARK_MAINTAIN}


def entries(dossier, *, team):
    """The acts of a dossier, newest first: what the page, the table and the page of one act all start from.

    team: the Region does not read what reviewers say of its answers before the decision is sent; nobody else reads
    what the team does with its mandate and its scenarios.
    """
    found = JournalEntry.objects.filter(negotiation=dossier).order_by("-number")
    return found.exclude(action__in=EMBARGOED, progress__state=State.SUBMITTED,
                         at__gte=F("progress__changed_at")) if team else found.exclude(action__in=TEAM_ACTIONS)


def head(dossier):
    """Where the journal of a dossier stands: the number of its acts, the hash of the last."""
    return JournalHead.objects.filter(chain=dossier.pk).first() or JournalHead(chain=dossier.pk)


def organisations_of(dossier):
    """The organisations for which somebody acted, as they were called on the day: from each the next in the index,
    where a DISTINCT would read the whole journal.
    """
    table = JournalEntry._meta.db_table
    after = f"SELECT MIN(organisation) AS name FROM {table} WHERE negotiation_id = %s AND organisation > "  # noqa: S608
    walk = (f"WITH RECURSIVE found AS ({after} '' UNION ALL SELECT ({after} found.name) FROM found "  # noqa: S608
            "WHERE name IS NOT NULL) SELECT name FROM found WHERE name IS NOT NULL")
    with connection.cursor() as cursor:
        cursor.execute(walk, [dossier.pk, dossier.pk])
        return [name for name, in cursor.fetchall()]


def page(dossier, asked, *, team):
    """One page of the journal. asked: the query of the address; team: is the reader of the team of the Region?"""
    names, organisations, now = Names.of(dossier), organisations_of(dossier), head(dossier)
    filters = Filters.read(asked, names.steps.values(), organisations)
    found = filters.among(entries(dossier, team=team), names.steps)
    number = whole(asked.get("page"))
    rows = list(found[(number - 1) * PER_PAGE:number * PER_PAGE + 1])
    if not rows and number > 1:
        number, rows = 1, list(found[:PER_PAGE + 1])
    return JournalPage(lines(rows[:PER_PAGE], names, team), filters, list(names.steps.values()), organisations, now,
                       number, len(rows) > PER_PAGE, counted(found, filters, rows, number, now), unread(asked))


UNREADABLE = "écrivez une date comme 31/12/2026."
OUTSIDE = f"cette date est hors de la période du journal, de {YEARS[0]} à {YEARS[-1]}."


def unread(asked):
    """{name: (what was typed for a day, why it is none)}: it filters nothing, and is said."""
    return {name: (text[:LONGEST], OUTSIDE if written_day(text) else UNREADABLE)
            for name in ("du", "au") if (text := asked.get(name, "").strip()) and not day(text)}


def whole(text):
    """The number of a page; 1 for what is none."""
    return int(text) if text and text.isdecimal() and 0 < len(text) < 7 and int(text) else 1


def counted(found, filters, rows, number, now):
    if not filters:
        return now.number
    if number == 1 and len(rows) <= PER_PAGE:
        return len(rows)
    count = found.order_by()[:MOST_COUNTED + 1].count()
    return count if count <= MOST_COUNTED else None


def lines(rows, names, team):
    return [line_of(entry, names, team) for entry in rows]


def line_of(entry, names, team):
    # The Region reads what was said with the decision, and not before.
    sealed = team and entry.progress_id in names.examined and entry.at >= names.examined[entry.progress_id]
    return Line(entry, names.steps.get(entry.progress_id), changes(entry, names, team=team), told=not sealed)


def act(dossier, number, *, team):
    """One act, whole; None when there is none of this number."""
    entry = entries(dossier, team=team).filter(number=number).first()
    return line_of(entry, Names.of(dossier), team) if entry else None


def register(dossier, asked, *, team):
    """Every act that answers the filters, oldest first, one at a time: a long journal is never held whole."""
    names = Names.of(dossier)
    filters = Filters.read(asked, names.steps.values(), organisations_of(dossier))
    for entry in filters.among(entries(dossier, team=team), names.steps).order_by("number").iterator(500):
        yield line_of(entry, names, team)
