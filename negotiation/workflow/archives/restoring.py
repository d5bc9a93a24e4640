"""The act that restores a dossier from its archive: whole, or nothing.

The fingerprints of the members are read before anything is written (files/bundle.py), and the pieces are inspected as
when they were deposited; rows, journal and files are then written in one transaction, after the journal is verified.
"""
import hashlib
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from ...choices import Action, Party
from ...files.bundle import shown
from ...files.inspection import inspect
from ...files.refusals import Refused
from ...files.storage import store
from ...models import (
    Booklet,
    FrozenContent,
    JournalEntry,
    JournalHead,
    Negotiation,
    Origin,
    Signature,
    Step,
    StepProgress,
)
from .. import catalogue
from ..chain import verify
from ..journal import record
from ..negotiations import refuse_overlap
from ..transitions import NotAllowed
from . import surroundings
from .forming import Here, formed, insert, listed, malformed
from .gathering import KINDS
from .tables import DOSSIER, EDITIONS, FORMAT, ROWS, VERSION

JSON = ("dossier", "journal", "grid", "people", "organisations")
MOST_PDF = 100 * 1024 * 1024


@dataclass
class Restored:
    """What was restored; accounts and organisations: those that were not here before; grid: rows that differ here."""
    negotiation: Negotiation
    acts: int
    files: int
    accounts: list = field(default_factory=list)
    organisations: list = field(default_factory=list)
    grid: int = 0


def restore(bundle, sha256):
    """Restore the dossier of this archive (files/bundle.py). sha256: of the archive, for the journal.

    Raises NotAllowed, Refused.
    """
    refuse_other_format(bundle.manifest)
    documents = {name: bundle.json(f"{name}.json") for name in JSON}
    # It takes a while, and nobody waits behind it.
    inspect_all(bundle)
    try:
        with transaction.atomic():
            restored, files = rows(documents, bundle)
            read, fault = verify(restored.negotiation)
            if fault:
                raise NotAllowed(f"Le journal de l’archive est altéré : {fault.sentence}")
            for name, digest in files.items():
                keep(bundle, name, digest)
            record(Action.DOSSIER_RESTORE, restored.negotiation, by=None, details={
                "slug": restored.negotiation.slug, "sha256": sha256, "acts": read})
    except IntegrityError as error:
        raise NotAllowed(f"L’archive dit ce que la base ne peut pas garder ensemble ({error}).") from None
    except DatabaseError as error:
        raise NotAllowed(f"La base a refusé une valeur de l’archive ({error}).") from None
    restored.acts, restored.files = read, len(files)
    return restored


def refuse_other_format(manifest):
    if manifest.get("format") != FORMAT:
        raise NotAllowed("Ce fichier n’est pas l’archive d’un dossier CPER/D.")
    if manifest.get("version") != VERSION:
        raise NotAllowed(f"Cette archive suit la version {manifest.get('version')} du format ; cette installation lit "
                         f"la version {VERSION}. Mettez à jour l’application, puis recommencez.")


def rows(documents, bundle):
    """Write every row; (Restored, {member: SHA-256 of the file to keep})."""
    here = Here()
    surroundings.references(here)
    accounts = surroundings.people(documents["people"], here)
    organisations = surroundings.organisations(documents["organisations"], here)
    grid, different = surroundings.grid(documents["grid"], here)
    negotiation = dossier(documents["dossier"], here)
    told = documents["dossier"] | {"journal": documents["journal"].get("entries")}
    refuse_shared_acronym(told)
    made = {table.model: written(table, told, here, negotiation, bundle) for table in ROWS}
    journal(documents["journal"], made[JournalEntry], here, negotiation)
    refuse_half_signed(made)
    if {row.step_id for row in made[StepProgress]} != set(
            Step.objects.filter(phase__grid=grid).values_list("pk", flat=True)):
        raise malformed("toutes les étapes de la grille n’y sont pas")
    files = expected(made, bundle)
    catalogue_again(made)
    return Restored(negotiation, 0, 0, accounts, organisations, different), files


def dossier(document, here):
    """The row of the dossier. Raises NotAllowed when it, or another of the same period, is here."""
    told = document.get("dossier") if isinstance(document, dict) else None
    if not isinstance(told, dict):
        raise malformed("« dossier.json » ne dit pas de dossier")
    row = formed(DOSSIER, told, here)
    if Negotiation.objects.filter(slug=row.slug).exists():
        raise NotAllowed(f"Le dossier « {row.slug} » existe déjà sur cette installation : rien n’est remplacé.")
    try:
        refuse_overlap(row)
    except ValidationError as refusal:
        raise NotAllowed(*refusal.messages) from None
    here.keys[Negotiation] = {row.slug: insert(row).pk}
    return row


def refuse_shared_acronym(document):
    """An archive from before an acronym was borne once: whoever holds the dossier says which actor keeps it."""
    bearers = {}
    for told in listed(document, "actors", "dossier.json"):
        acronym, name = str(told.get("acronym") or ""), told.get("name")
        # As the database compares them: « Etat » and « État », which records.py refuses today, come back as they were.
        other = bearers.setdefault(" ".join(acronym.casefold().split()), name) if acronym else name
        if other != name:
            raise NotAllowed(f"Dans l’archive, « {other} » et « {name} » portent le même sigle « {acronym} » : les "
                             "tableaux les confondraient. Mettez à jour l’installation d’où elle vient (migrate laisse "
                             "le sigle au premier), exportez de nouveau le dossier, puis importez-la.")


def written(table, document, here, negotiation, bundle):
    """The rows of one model, in the order of the archive."""
    made = []
    for place, told in enumerate(listed(document, table.name, "dossier.json"), 1):
        given = {"negotiation": negotiation} if "negotiation" in table.left_out else {}
        row = formed(table, told, here, place, **given)
        if table.model is FrozenContent:
            row.text = text_of(row, told, bundle)
        made.append(insert(row))
        here.add(table, table.name_of(row) if table.key else place, row)
    return made


def text_of(content, told, bundle):
    """The frozen text of an edition: a member of its own, whose fingerprint the row knows too."""
    member = f"{EDITIONS}{told.get('booklet')}.json"
    if member not in bundle.members:
        raise Refused("bundle.missing", part=member)
    found = bundle.bytes(member)
    if hashlib.sha256(found).hexdigest() != content.sha256:
        raise Refused("bundle.altered", part=member)
    try:
        return found.decode()
    except UnicodeDecodeError:
        raise Refused("bundle.altered", part=member) from None


def journal(document, entries, here, negotiation):
    """The end of the chain, and under which keys its acts were sealed."""
    if not entries:
        raise malformed("le journal y est vide")
    JournalHead.objects.create(chain=negotiation.pk, number=entries[-1].number, hash=entries[-1].hash)
    until = 0
    for told in listed(document, "origins", "journal.json"):
        keys = {kind: there(told.get(kind), here.keys.get(model, {})) for kind, model in KINDS.items()}
        if not whole(told.get("until")) or not whole(told.get("negotiation")):
            raise malformed("« journal.json » ne dit pas d’où viennent ses actes")
        until = told["until"]
        insert(Origin(negotiation=negotiation, until=until, keys=keys | {"negotiation": told["negotiation"]}))
    if until != entries[-1].number:
        raise malformed(f"le journal y compte {entries[-1].number} actes au lieu de {until}")


def refuse_half_signed(made):
    """What the database checks when a contract is signed (models/signature_guard.py): both parties have signed."""
    stand = Counter(one.booklet_id for one in made[Signature] if not one.ended_at)
    for edition in made[Booklet]:
        if edition.signed_at and stand[edition.pk] != len(Party):
            raise malformed(f"l’édition {edition.number} y est signée sans les signatures des deux parties")


def catalogue_again(made):
    """The public page of livrets is searched here too."""
    for content in made[FrozenContent]:
        if content.booklet.published_at:
            catalogue.enter(content.booklet)
            if content.booklet.withdrawn_at:
                catalogue.forget(content.booklet)


def there(told, known):
    """{key here, as a text: key there} from {name in the archive: key there}."""
    if not isinstance(told, dict) or not all(map(whole, told.values())):
        raise malformed("« journal.json » ne dit pas d’où viennent ses actes")
    named = {str(name): key for name, key in known.items()}
    return {str(named[name]): key for name, key in told.items() if name in named}


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def expected(made, bundle):
    """{member: SHA-256} of the files that the rows name. Raises Refused when the archive has others, or not all."""
    found = {table.member(row): row for table in ROWS if table.member for row in made[table.model]}
    known = {*found, *(f"{EDITIONS}{one.booklet.number}.json" for one in made[FrozenContent]), "LISEZ-MOI.txt",
             *(f"{name}.json" for name in JSON)}
    for member in sorted(known ^ set(bundle.members)):
        raise Refused("bundle.missing" if member in known else "bundle.stranger", part=member)
    for member, row in found.items():
        told = bundle.members[member]
        if (told.sha256, told.size) != (row.sha256, row.size) or told.size > MOST_PDF:
            raise Refused("bundle.altered", part=member)
    return {member: row.sha256 for member, row in found.items()}


def inspect_all(bundle):
    """Each piece as when it was deposited. Raises NotAllowed, Refused. An edition is the application's own PDF."""
    for member in bundle.members:
        if "/" not in member or member.endswith(".json"):
            continue
        with bundle.open(member) as file:
            if member.startswith(EDITIONS):
                if file.read(5) != b"%PDF-":
                    raise Refused("bundle.altered", part=shown(member))
                continue
            try:
                inspect(file, member)
            except Refused as refusal:
                raise NotAllowed(f"« {shown(member)} » : {refusal}") from None


def keep(bundle, member, sha256):
    with bundle.open(member) as file:
        if store(file).sha256 != sha256:
            raise Refused("bundle.altered", part=member)
