"""Archives of dossiers that are rolled back: they are then restored on a database where they never were."""
import io
import json
import zipfile

import pytest
from django.db import transaction

from negotiation.documents.booklet.assembly import assemble
from negotiation.files import bundle
from negotiation.models import JournalEntry
from negotiation.queries.changes import Names, changes
from negotiation.workflow.archives.gathering import gather
from negotiation.workflow.archives.restoring import restore
from negotiation.workflow.demonstration import load

from ..whole_dossier import whole


def archived(dossier):
    """The bytes of its archive."""
    file, gathered = io.BytesIO(), gather(dossier)
    bundle.write(file, gathered.told, gathered.members)
    return file.getvalue()


def restored(folder, content):
    path = folder / "archive.zip"
    path.write_bytes(content)
    with bundle.opened(path) as opened:
        return restore(opened, bundle.digest_of(path)).negotiation


def members(content):
    """{name: bytes} of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def remade(content, change):
    """The archive as a forger writes it: members changed by change(members), and a manifest that agrees."""
    held = members(content)
    manifest = json.loads(held.pop(bundle.MANIFEST))
    del manifest["members"]
    change(held)
    file = io.BytesIO()
    bundle.write(file, manifest, held)
    return file.getvalue()


def told(dossier):
    """What each act of the journal says to a member of the team."""
    names = Names.of(dossier)
    return [(entry.number, entry.hash, entry.subject, [(one.label, one.before, one.after)
                                                       for one in changes(entry, names, team=True)])
            for entry in JournalEntry.objects.filter(negotiation=dossier).order_by("number")]


def away(make):
    """What make() returns, in a database that forgets it; files stay where they are."""
    with transaction.atomic():
        found = make()
        transaction.set_rollback(True)
    return found


def taken():
    dossier = whole()
    return archived(dossier), told(dossier), assemble(dossier).text


@pytest.fixture
def taken_away(db):
    """(the archive of a whole dossier, what its journal and its livret said), from an installation that is no more."""
    return away(taken)


@pytest.fixture
def demonstration(db):
    """{slug: archive} of the two dossiers of the demonstration, without an edition of the livret."""
    def make():
        load()
        from negotiation.models import Negotiation  # noqa: PLC0415
        return {dossier.slug: archived(dossier) for dossier in Negotiation.objects.all()}
    return away(make)


@pytest.fixture
def elsewhere(settings, tmp_path):
    """The files of the other installation are not here."""
    def move():
        settings.FILES_ROOT = tmp_path / "other-files"
        return settings.FILES_ROOT
    return move
