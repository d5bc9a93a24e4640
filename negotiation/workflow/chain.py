"""The chains of the journal: how an entry is sealed, and reading them again to find the first one that was altered."""
import hashlib
import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate, groupby
from multiprocessing import get_context

from django.db import connections
from django.db.models import Q, TextField
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
# Fewer acts are read sooner than processes are started.
WORTH_PROCESSES = 20_000


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


@dataclass(frozen=True)
class Stretch:
    """The chains of the dossiers whose key is after one number and up to another; None: no bound on that side, and
    before the first dossier comes the chain of the acts without dossier."""
    after: int | None = None
    upto: int | None = None

    def of(self, rows, name):
        if self.after is not None:
            rows = rows.filter(**{f"{name}__gt": self.after})
        if self.upto is not None:
            first = Q(**{f"{name}__isnull": True}) if self.after is None else Q()
            rows = rows.filter(Q(**{f"{name}__lte": self.upto}) | first)
        return rows


def verify_all(processes=None):
    """`verify` of every chain, shared between processes: by default as many as there are processors, once there is
    enough to read. Sealing again is what takes time, and one process seals on one processor.

    Outside any transaction: each process opens its own connection.
    """
    heads = list(JournalHead.objects.order_by("chain").values_list("chain", "number"))
    if processes is None:
        processes = (os.cpu_count() or 1) if sum(number for _, number in heads) > WORTH_PROCESSES else 1
    stretches = stretches_of(heads, processes)
    if len(stretches) < 2:
        return verify()
    connections.close_all()
    with ProcessPoolExecutor(len(stretches), get_context("fork")) as pool:
        found = list(pool.map(partial(verify, None), stretches))
    return sum(read for read, _ in found), next((fault for _, fault in found if fault), None)


def stretches_of(heads, parts):
    """[Stretch, …], at most `parts`, of about as many acts each; heads: [(chain, number of its acts)], in order."""
    ends, total = list(accumulate(number for _, number in heads)), sum(number for _, number in heads)
    bounds = [next(chain for (chain, _), end in zip(heads, ends, strict=True) if end * parts >= total * part)
              for part in range(1, parts)] if total else []
    inner = sorted({*bounds} - {JournalHead.WITHOUT_DOSSIER})
    return [Stretch(*both) for both in zip([None, *inner], [*inner, None], strict=True)]


def verify(negotiation=None, stretch=Stretch()):
    """Read one chain again, or those of a stretch, from their first entry; (entries read, first Fault or None).

    In constant memory and one reading; what is written meanwhile is not in the way.
    """
    dossiers, heads, entries = Negotiation.objects.all(), JournalHead.objects.all(), JournalEntry.objects.all()
    if negotiation:
        stretch = Stretch(negotiation.pk - 1, negotiation.pk)
    dossiers, heads, entries = stretch.of(dossiers, "pk"), stretch.of(heads, "chain"), \
        stretch.of(entries, "negotiation_id")
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
