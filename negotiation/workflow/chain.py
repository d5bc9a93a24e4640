"""The chains of the journal: how an entry is sealed, and reading them again to find the first one that was altered."""
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from django.db.models import TextField
from django.db.models.functions import Cast

from ..choices import Action
from ..dates import moment
from ..models import JournalEntry, JournalHead, Negotiation, Origin
from ..models.origin import origin_of

# What an entry tells, in the order in which its hash is made; the slug of its dossier comes before.
TOLD = ("number", "previous", "negotiation_id", "progress_id", "at", "by_id", "by_name", "organisation", "action",
        "subject", "from_state", "to_state", "reason", "key", "details")
CHAIN = TOLD.index("negotiation_id")
# Which of them are keys of rows, and of what: a restored act was sealed with those of its first installation.
KEYS = {CHAIN: "negotiation", TOLD.index("progress_id"): "stepprogress", TOLD.index("by_id"): "user"}
ENCODE = json.JSONEncoder(check_circular=False, sort_keys=True, separators=(",", ":")).encode
DECODE = json.JSONDecoder().raw_decode
ALTERED = "cet acte n’est plus tel qu’il a été inscrit : son contenu a été modifié."
MISSING = "cet acte manque : il a été supprimé ou déplacé."
DISORDER = "cet acte ne suit pas celui qui le précède : l’un des deux a été déplacé ou remplacé."
TAIL = "cet acte et ceux qui le suivent manquent : le journal en compte {}."
REPLACED = "cet acte n’est pas le dernier que l’application a inscrit : il a été remplacé."
ADDED = "cet acte a été ajouté sans passer par l’application."
EMPTY = "cet acte manque, et tous les autres : ce journal est vide."


def seal(told, slug):
    """The hash of an entry: SHA-256 of the JSON list of all it tells. told: the values of TOLD, `at` as `written`.

    Every entry already written was sealed so: what is written here does not change.
    """
    return hashlib.sha256(ENCODE([slug, *told]).encode()).hexdigest()


def told_by(entry):
    """What an entry tells, ready to be sealed."""
    return [written(entry.at) if name == "at" else getattr(entry, name) for name in TOLD]


def written(at):
    """An instant in the one way in which it is sealed: UTC, microseconds."""
    return (at.astimezone(UTC) if at.tzinfo else at).replace(tzinfo=None).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Fault:
    """The first entry of a chain that is not what was written. at and act are empty when it is missing."""
    dossier: str
    number: int
    what: str
    at: datetime | None = None
    act: str = ""

    @classmethod
    def of(cls, slug, told, what):
        entry = dict(zip(TOLD, told, strict=True))
        label = dict(Action.choices).get(entry["action"], entry["action"])
        act = f"{entry['by_name']} {label}, {entry['subject']}"
        return cls(slug, entry["number"], what, instant(entry["at"]), act)

    @property
    def sentence(self):
        place = f"dossier {self.dossier}" if self.dossier else "actes sans dossier"
        known = " : ".join(filter(None, [moment(self.at) if self.at else "", self.act]))
        known = f" ({known})" if known else ""
        return f"{place}, acte n° {self.number}{known} : {self.what}"


def instant(text):
    """The instant of a sealed text; None when it was altered into no date, or into the one of no act."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.year > 1 else None


def verify(negotiation=None):
    """Read one chain again, or all of them, from their first entry; (entries read, first Fault or None).

    In constant memory and one reading; what is written meanwhile is not in the way.
    """
    dossiers, heads, entries = Negotiation.objects.all(), JournalHead.objects.all(), JournalEntry.objects.all()
    if negotiation:
        dossiers, heads, entries = dossiers.filter(pk=negotiation.pk), heads.filter(chain=negotiation.pk), \
            entries.filter(negotiation=negotiation)
    # The heads first: the entries up to them are all there to be read.
    heads, slugs, total = {head.chain: head for head in heads}, dict(dossiers.values_list("pk", "slug")), 0
    origins = origins_of(dossiers)
    # A dossier has at least the act that opened it.
    unseen = {*slugs, *(chain for chain, head in heads.items() if head.number)}
    for chain, found in groupby(rows(entries.order_by("negotiation_id", "number")), key=chain_of):
        slug, head = slugs.get(chain, ""), heads.get(chain) or JournalHead(chain=chain)
        unseen.discard(chain)
        read, fault = verify_chain(found, slug, head, origins.get(chain, ()))
        total += read
        if fault:
            return total, fault
    return total, Fault(slugs.get(min(unseen), ""), 1, EMPTY) if unseen else None


def chain_of(row):
    return row[0][CHAIN] or JournalHead.WITHOUT_DOSSIER


def origins_of(dossiers):
    """{dossier: its Origins, in order} of those that were restored."""
    found = {}
    for origin in Origin.objects.filter(negotiation__in=dossiers.order_by()).order_by("negotiation", "until"):
        found.setdefault(origin.negotiation_id, []).append(origin)
    return found


def as_sealed(told, origins):
    """What an act tells, with the keys that it was sealed with."""
    if not (origin := origin_of(told[0], origins)):
        return told
    return [origin.there(KEYS[place], value) if place in KEYS else value for place, value in enumerate(told)]


def verify_chain(found, slug, head, origins=()):
    """(entries read, first Fault or None) of the rows of one chain, up to its head."""
    read, last, kept, beyond = 0, "", [], None
    for told, sealed in found:
        if told[0] > head.number:
            beyond = told
            break
        if what := wrong(as_sealed(told, origins) if origins else told, sealed, read + 1, last, slug):
            return read, Fault(slug, read + 1, MISSING) if what == MISSING else Fault.of(slug, told, what)
        read, last, kept = read + 1, sealed, told
    if read < head.number:
        return read, Fault(slug, read + 1, TAIL.format(head.number))
    if last != head.hash:
        return read, Fault.of(slug, kept, REPLACED)
    # An act written since the head was read has moved it.
    if beyond and not JournalHead.objects.filter(chain=head.chain, number__gte=beyond[0]).exists():
        return read, Fault.of(slug, beyond, ADDED)
    return read, None


def rows(entries):
    """(what is told, the stored hash) of each entry. Instants and details come as texts: twice as fast."""
    as_text = {f"{name}_text": Cast(name, TextField()) for name in ("at", "details")}
    fields = [f"{name}_text" if f"{name}_text" in as_text else name for name in TOLD]
    at, details = TOLD.index("at"), TOLD.index("details")
    for *told, sealed in entries.annotate(**as_text).values_list(*fields, "hash").iterator(2000):
        try:
            told[at], told[details] = written_as_text(told[at]), decode(told[details])
        except (ValueError, TypeError):
            # No date or no JSON any more, which SQLite lets somebody write: no hash is that of nothing.
            told[at], told[details] = "", None
        yield told, sealed


def written_as_text(text):
    """`written` of the text of an instant. What SQLite keeps is it already, but for one sign: it is not read again.

    PostgreSQL leaves out the last zeros and adds the zone: "2026-01-31 00:00:00.123+00" is as long as SQLite's text.
    """
    if len(text) == len("2026-01-31 00:00:00.000000") and text[10] == " " and text[20:].isdecimal():
        return f"{text[:10]}T{text[11:]}"
    return written(datetime.fromisoformat(text))


def decode(text):
    """The value of a JSON text; ValueError if it is none. Databases leave no space around it."""
    value, end = DECODE(text)
    if end != len(text):
        raise ValueError("More than one JSON value.")
    return value


def wrong(told, sealed, number, last, slug):
    """What is wrong with the entry that should be the `number`-th and follow the hash `last`; "" when nothing is."""
    if told[0] > number:
        return MISSING
    if told[1] != last:
        return DISORDER
    return "" if seal(told, slug) == sealed else ALTERED
