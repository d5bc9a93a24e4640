"""People, organisations and dossiers for tests, made through the doors of the application."""
import hashlib
import io
import itertools
import json
import secrets

import pikepdf
from django.utils import timezone
from PIL import Image

from negotiation import codes
from negotiation.choices import Nature, OrganisationKind, State
from negotiation.documents.booklet.assembly import assemble
from negotiation.files.storage import store
from negotiation.models import (
    Answer,
    Document,
    Event,
    Grid,
    Membership,
    Negotiation,
    Organisation,
    Position,
    Project,
    Region,
    Signature,
    StepProgress,
    User,
)
from negotiation.workflow import booklets, documents, levels, moves, positions, remarks, shares, signatures, steps
from negotiation.workflow.demonstration import SampleFile
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.negotiations import open_negotiation

PASSWORD = "une-phrase-de-passe"
numbers = itertools.count(1)
# The day on which the tests began: a run that goes past midnight keeps it.
TODAY = timezone.localdate()


def organisation(name, kind, region=None):
    return Organisation.objects.get_or_create(name=name, defaults={"kind": kind, "region": region})[0]


def council(slug):
    region = Region.objects.get(slug=slug)
    return organisation(f"Conseil régional de {region.name}", OrganisationKind.COUNCIL, region)


def member(org, role, **fields):
    number = next(numbers)
    user = User.objects.create_user(f"personne{number}@exemple.example", PASSWORD, name=f"Personne {number}", **fields)
    Membership.objects.create(user=user, organisation=org, role=role, starts_on="2020-01-01")
    return user


def negotiation(owner, by, *, first_year=2027, last_year=2031, nature=Nature.REAL, prefill=True):
    return open_negotiation(Negotiation(
        region=owner.region, owner=owner, grid=Grid.objects.first(), nature=nature,
        title=f"Contrat-plan {first_year}-{last_year}", first_year=first_year, last_year=last_year,
    ), by=by, prefill=prefill)


def stored_pdf(text="pièce"):
    """A small real PDF in the file store, as a deposit receives it."""
    content = pdf_bytes(text)
    stored = store(io.BytesIO(content))
    return SampleFile(stored.sha256, stored.size, "pdf", f"{text}.pdf")


def stored_photo(data=None, name="fiche.png"):
    """A small real picture in the file store, or the one given."""
    if data is None:
        buffer = io.BytesIO()
        Image.new("L", (40, 60), "white").save(buffer, "PNG")
        data = buffer.getvalue()
    stored = store(io.BytesIO(data))
    return SampleFile(stored.sha256, stored.size, "jpeg" if name.endswith(".jpg") else "png", name)


def pdf_bytes(text="pièce"):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.docinfo["/Title"] = text
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def established(dossier, by, text=None):
    """The next edition, whose file is one blank page: what a real one holds is told by other tests."""
    number = booklets.next_number(dossier)
    text = text or f"livret {number}"
    content = json.dumps(json.loads(assemble(dossier).text) | {"mark": text}, sort_keys=True)
    return booklets.freeze(dossier, booklets.Made(
        number, codes.draw(), timezone.now(), pdf_bytes(text), content, hashlib.sha256(content.encode()).hexdigest(),
        1), by=by)


def published(dossier, by, text=None):
    return booklets.publish(established(dossier, by, text), by=by)


def shared(edition, by, recipient="ANICT, Bamako", days=30, organisation=None):
    """(link, the secret of its address) to an edition; its copy is one blank page."""
    token, copy = secrets.token_urlsafe(32), store(io.BytesIO(pdf_bytes(recipient)))
    return shares.create(edition, token, copy, recipient=recipient, days=days, organisation=organisation,
                         by=by), token


def signature(edition, party="region", **fields):
    told = {"function": "Président du Conseil régional" if party == "region" else "Gouverneur",
            "signed_on": timezone.localdate(), "mandate": "Délibération n° 12", "place": "Kayes"} | fields
    return Signature(booklet=edition, party=party, **told)


def signed(edition, by, party="region", text="pages signées", reason="", **fields):
    """The signature of one party, deposited."""
    return signatures.deposit(signature(edition, party, **fields), stored_pdf(text), by=by, reason=reason)


def fill_step(progress, by):
    """Answer every question and deposit every required document, by the acts."""
    questions = list(progress.step.questions.all())
    steps.save_answers(progress, {q: f"Réponse {q.code}" for q in questions},
                       {q.pk: fingerprint_of("") for q in questions}, by=by)
    for expected in progress.step.documents.filter(required=True):
        documents.deposit(progress, stored_pdf(expected.code), by=by, expected=expected)


def complete(progress, by):
    """Give every answer and required document that a step lacks, whatever its state; as if it had been filled."""
    for question in progress.step.questions.all():
        Answer.objects.get_or_create(progress=progress, question=question, defaults={"text": "Oui.", "saved_by": by})
    for expected in progress.step.documents.filter(required=True):
        Document.objects.get_or_create(progress=progress, expected=expected,
                                       defaults={"title": expected.name, "waiver": "Sans objet."})


def put(dossier, code, state, *, by, reason="À revoir."):
    """Put a step in a state without filling it: what pages and rights depend on is there, the content is not."""
    progress = dossier.steps.select_related("step__phase", "negotiation").get(step__code=code)
    returned = state == State.RETURNED
    now = timezone.now()
    StepProgress.objects.filter(pk=progress.pk).update(
        state=state, return_reason=reason if returned else "", changed_at=now)
    if state in (State.SUBMITTED, State.RETURNED, State.APPROVED):
        submission = steps.freeze(progress, by, now)
        levels.seat(submission, progress.step, dossier)
        levels.open_next(submission, now)
        if state != State.SUBMITTED:
            submission.passages.update(closed_at=now, opened_at=now, outcome="passed")
            submission.closed_at, submission.outcome = now, state.value
            submission.save()
    progress.refresh_from_db()
    return progress


def corrected(dossier, code, target, *, by, examiner):
    """A step returned with one remark: what it names is open to the correction, and nothing else."""
    progress = put(dossier, code, State.SUBMITTED, by=by)
    remarks.write(progress, target, problem="C’est flou.", request="Précisez.", by=examiner)
    return moves.move(progress, "return", by=examiner, version=progress.version)


def event(progress, title="Réunion"):
    return Event(negotiation=progress.negotiation, progress=progress, date="2026-03-01", kind="meeting", title=title)


def position(dossier, *, by, project=None, party=None, amounts=None, kind="", to_reserve=False, **fields):
    """A position on the table; amounts: {(financier pk, year): amount}, 400 of the first actor in 2027 by default.

    kind: by default the demand of the Region, or the proposal of another party.
    """
    project = project or Project.objects.get_or_create(negotiation=dossier, name="Piste de Kléla")[0]
    party = party or dossier.actors.first()
    kind = kind or ("request" if party.side == "authority" else "proposal")
    told = {"held_on": TODAY, "spokesperson": "Président du Conseil régional"} | fields
    given = {} if to_reserve else amounts or {(dossier.actors.first().pk, 2027): 400}
    return positions.propose(Position(negotiation=dossier, project=project, party=party, kind=kind, **told), given,
                             by=by, to_reserve=to_reserve)


def agree(position, *, by, on=None, **evidence):
    """Agree on a position, proved by a meeting, the other side knowing."""
    progress = position.negotiation.steps.get(step__code="A1")
    told = {"agreed_with": "Secrétaire général", "knowingly": True} | evidence
    if "event" not in told and "minutes" not in told:
        told["event"] = event(progress)
        told["event"].date = position.held_on
        told["event"].save()
    return positions.agree(position, on=on or TODAY, by=by, evidence=positions.Evidence(**told))
