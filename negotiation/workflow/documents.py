"""Depositing documents. The file is stored before the transaction, so that a crash never leaves a row without it."""
from django.db import transaction

from ..choices import Action
from ..models import Document, DocumentVersion
from .authors import Authors
from .journal import is_done, one_time, record
from .steps import locked, touch
from .transitions import NotAllowed

CLOSED = "L’étape est « {} » : elle ne se modifie plus. Le fichier n’est pas déposé."
KEPT = " L’intitulé que vous aviez écrit est conservé dans cette page."


@transaction.atomic
def deposit(progress, file, *, by, expected=None, document=None, title="", key=""):
    """Add a file to an expected document, to another document of the step (`document`), or as a new one (`title`).

    file: an object with sha256, size, kind, name, already in the store. The earlier version stays readable.
    """
    progress = locked(progress)
    key = one_time(key, progress.pk, expected and expected.pk, document and document.pk, title, file.sha256)
    if is_done(progress.negotiation, key):
        return None
    if not progress.is_editable:
        raise NotAllowed(CLOSED.format(progress.get_state_display()) + (KEPT if title else ""))
    touch(progress, by=by, **element(expected or (document and document.expected), document))
    if document is None:
        document = target(progress, expected, title or file.name)
    last = document.versions.first()
    if last and last.sha256 == file.sha256:
        raise NotAllowed(f"Ce fichier est déjà déposé pour « {document.title} » : c’est la version {last.number}.")
    if document.waiver:
        document.waiver = ""
        document.save(update_fields=["waiver"])
    version = DocumentVersion.objects.create(
        document=document, number=last.number + 1 if last else 1, sha256=file.sha256, size=file.size, kind=file.kind,
        file_name=file.name, uploaded_by=by)
    told = f"{document}, étape {progress.step.code}, version {version.number}"
    # The journal is read beyond the team of the Region: it tells the act, not what a reserved document is.
    known = {} if document.is_confidential else {"sha256": file.sha256, "file": file.name}
    record(Action.DOCUMENT_DEPOSIT, told, by=by, negotiation=progress.negotiation, progress=progress, key=key,
           details={"step": progress.step.code, "version": version.number, **known})
    return version


@transaction.atomic
def waive(progress, expected, reason, *, by, base=None):
    """Say why an expected document does not apply; an empty reason withdraws the statement.

    base: the reason that the page showed; somebody else's later reason is not overwritten unseen.
    """
    progress = locked(progress)
    found = progress.documents.filter(expected=expected).first()
    current = found.waiver if found else ""
    if found and found.versions.exists():
        raise NotAllowed(f"La pièce « {found.title} » est déjà déposée : elle n’est pas sans objet.")
    if current == reason:
        return found
    if base is not None and base != current:
        author = Authors(progress.negotiation, Action.DOCUMENT_WAIVE, reader=by).of(
            lambda entry: entry.subject == subject_of(found, progress))
        written = f"d’écrire « {current} »" if current else "de l’effacer"
        raise NotAllowed(f"La raison a changé entre-temps pour « {expected.name} » : {author.just} {written}. "
                         "Enregistrez de nouveau la vôtre s’il le faut.")
    touch(progress, by=by, **element(expected))
    document = found or target(progress, expected, "")
    document.waiver = reason
    document.full_clean()
    document.save(update_fields=["waiver"])
    # Likewise, a reserved reason is not told.
    record(Action.DOCUMENT_WAIVE, subject_of(document, progress), by=by, negotiation=progress.negotiation,
           progress=progress, reason="" if expected.confidential else reason, details={"step": progress.step.code})
    return document


def element(expected, document=None):
    """The key and the name of what a remark may have opened: the expected document, another one, or all of them."""
    if expected:
        return {"key": f"document:{expected.code}", "label": expected.name}
    return {"key": f"piece:{document.pk}", "label": document.title} if document else {"key": "documents",
                                                                                     "label": "Autre pièce"}


def subject_of(document, progress):
    return f"{document}, étape {progress.step.code}"


def target(progress, expected, title):
    if expected is None:
        return Document.objects.create(progress=progress, title=title[:200])
    document, _ = Document.objects.get_or_create(progress=progress, expected=expected,
                                                 defaults={"title": expected.name})
    return document
