"""A file that the store has lost: the reader gets a French page, the log says which file."""
import html

import pytest
from django.urls import reverse

from negotiation.files.storage import path_of
from negotiation.workflow import documents

from .. import factories


@pytest.fixture
def piece(dossier, editor):
    """A deposited document, whose file is then lost."""
    version = documents.deposit(dossier.steps.get(step__code="A4"), factories.stored_pdf("note"), by=editor,
                                title="Note")
    path_of(version.sha256).unlink()
    return version


def test_a_lost_document_is_said_lost(sign_in, editor, dossier, piece, caplog):
    url = reverse("document", args=[dossier.slug, piece.pk])
    page = sign_in(editor).get(url)
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "L’application garde la trace de «\xa0note.pdf\xa0»" in html.unescape(page.content.decode())
    told = [(record.levelname, record.getMessage()) for record in caplog.records
            if record.name == "negotiation.views.responses"]
    assert told == [("ERROR", f"Stored file missing: {piece.sha256} ({url})")]


def test_a_lost_edition_is_said_lost_and_the_answer_is_not_kept(client, manager, dossier):
    edition = factories.published(dossier, manager)
    path_of(edition.sha256).unlink()
    page = client.get(reverse("published_pdf", args=[dossier.slug, edition.number]))
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (404, True)
    assert "Ce fichier manque" in page.content.decode()
