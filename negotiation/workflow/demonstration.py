"""Builds the demonstration through the same acts as everybody: accounts, the contract of Kayes, an exercise.

Running it again adds what is missing and touches nothing else. Accounts carry functions, never names of people.
"""
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta

import pikepdf
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ..choices import STATE_SIDES, EventKind, OrganisationKind, Role, State
from ..files.storage import store
from ..models import (
    Actor,
    ActorRole,
    Contribution,
    Difficulty,
    Event,
    ExpectedDocument,
    FundingLimit,
    Grid,
    GridActor,
    Mandate,
    Membership,
    Negotiation,
    Obligation,
    Organisation,
    Phase,
    Position,
    Project,
    Question,
    Region,
    Representative,
    Scenario,
    StepDifficulty,
    User,
)
from ..scenarios import Percent, Scope, Withdraw
from . import calendar, documents, mandates, positions, records, remarks, scenarios, steps
from .journal import fingerprint_of, record
from .moves import move
from .negotiations import open_negotiation, share

PASSWORD = "demo-cper-2026"  # noqa: S105 — public on purpose, refused in production settings
FOLDER = settings.BASE_DIR / "fixtures" / "demonstration"

# The organisations that the levels of approval name, by their code in the grid.
GRID_ACTORS = {"dgct": "dgct", "dnpd": "dnpd"}
ORGANISATIONS = {
    "kayes": ("Conseil régional de Kayes", "", OrganisationKind.COUNCIL, "kayes", False),
    "exercise": ("Équipe d’exercice, Région de Koulikoro", "", OrganisationKind.COUNCIL, "koulikoro", True),
    "dgct": ("Direction générale des Collectivités territoriales", "DGCT", OrganisationKind.DGCT, None, False),
    "dnpd": ("Direction nationale de la Planification du Développement", "DNPD", OrganisationKind.SERVICE, None, False),
    "ptf": ("Partenaire technique et financier (démonstration)", "PTF", OrganisationKind.PARTNER, None, False),
    "platform": ("Administration de l’application", "", OrganisationKind.PLATFORM, None, False),
}
# e-mail: (displayed name, organisation, role)
ACCOUNTS = {
    "redaction@kayes.example": ("Rédaction, Conseil régional de Kayes", "kayes", Role.EDITOR),
    "responsable@kayes.example": ("Responsable, Conseil régional de Kayes", "kayes", Role.MANAGER),
    "responsable@exercice.example": ("Responsable, équipe d’exercice", "exercise", Role.MANAGER),
    "examen@dgct.example": ("Examen, DGCT", "dgct", Role.EXAMINER),
    "direction@dgct.example": ("Direction, DGCT", "dgct", Role.DIRECTOR),
    "avis@dnpd.example": ("Avis, DNPD", "dnpd", Role.ADVISER),
    "partenaire@ptf.example": ("Partenaire, PTF", "ptf", Role.PARTNER),
    "admin@cper.example": ("Administration", "platform", Role.ADMINISTRATOR),
}
DOSSIERS = {"kayes": ("kayes", "responsable@kayes.example"), "exercise": ("exercise", "responsable@exercice.example")}
EXAMINER, ADVISER = "examen@dgct.example", "avis@dnpd.example"


@dataclass(frozen=True)
class SampleFile:
    sha256: str
    size: int
    kind: str
    name: str


def load():
    """Load the accounts and the dossiers; the names of what was added."""
    with transaction.atomic():
        organisations = load_organisations()
        users = load_accounts(organisations)
    added = []
    for name, (owner, account) in DOSSIERS.items():
        data = json.loads((FOLDER / f"{name}.json").read_text())
        if not Negotiation.objects.filter(slug=data["slug"]).exists():
            load_dossier(data, organisations, organisations[owner], users[account], users)
            added.append(data["title"])
    return added


def load_organisations():
    return {key: Organisation.objects.get_or_create(name=name, defaults={
        "acronym": acronym, "kind": kind, "is_training": training,
        "grid_actor": GridActor.objects.filter(code=GRID_ACTORS.get(key, "")).first(),
        "region": Region.objects.get(slug=region) if region else None})[0]
        for key, (name, acronym, kind, region, training) in ORGANISATIONS.items()}


def load_accounts(organisations):
    users = {}
    for email, (name, organisation, role) in ACCOUNTS.items():
        user = User.objects.filter(email=email).first()
        if user is None:
            staff = role == Role.ADMINISTRATOR
            user = User.objects.create_user(email, PASSWORD, name=name, is_demo=True, is_staff=staff,
                                            is_superuser=staff)
        Membership.objects.get_or_create(user=user, organisation=organisations[organisation], role=role,
                                         defaults={"starts_on": date(2026, 1, 1)})
        users[email] = user
    return users


@transaction.atomic
def load_dossier(data, organisations, owner, manager, users):
    """One dossier, whole or not at all."""
    dossier = open_negotiation(Negotiation(
        slug=data["slug"], region=owner.region, owner=owner, grid=Grid.objects.order_by("-code").first(),
        title=data["title"], first_year=data["first_year"], last_year=data["last_year"], nature=data["nature"],
        origin_note=data["origin_note"], announced_total=data["announced_total"],
        announced_source=data["announced_source"]), by=manager, prefill=False)
    progress = {p.step.code: p for p in dossier.steps.select_related("step", "negotiation")}
    actors = load_actors(dossier, data["actors"], manager)
    projects = load_commitments(dossier, data, actors, manager)
    load_positions(dossier, data, actors, projects, manager, users)
    load_scenarios(dossier, data.get("scenarios", []), actors, manager)
    for row in data["events"]:
        add(Event, dossier, manager, row, progress=progress.get(row["step"]), drop=("step",))
    known = {d.code: d for d in StepDifficulty.objects.filter(step__phase__grid=dossier.grid)}
    for row in data["difficulties"]:
        add(Difficulty, dossier, manager, row, progress=progress.get(row["step"]), known=known.get(row["known"]),
            drop=("step",))
    for key in ("dnpd", "ptf"):
        share(dossier, organisations[key], by=manager)
    load_steps(dossier, data, progress, manager, users)
    load_calendar(dossier, data.get("calendar"), manager)


def add(model, dossier, by, row, *, drop=(), **links):
    fields = {name: value for name, value in row.items() if name not in {"key", *drop, *links}}
    return records.save(model(negotiation=dossier, **fields, **links), dossier, by=by)


def load_actors(dossier, rows, by):
    phases = {phase.code: phase for phase in Phase.objects.filter(grid=dossier.grid)}
    actors = {}
    for order, row in enumerate(rows, 1):
        actor = add(Actor, dossier, by, row, order=order, grid_actor=None, drop=("roles", "representatives"))
        ActorRole.objects.bulk_create(ActorRole(actor=actor, phase=phases[phase], role=role)
                                      for phase, role in row["roles"].items())
        for representative in row["representatives"]:
            records.save(Representative(actor=actor, **representative), dossier, by=by)
        actors[row["key"]] = actor
    return actors


def load_commitments(dossier, data, actors, by):
    projects = {row["key"]: add(Project, dossier, by, row, order=order)
                for order, row in enumerate(data["projects"], 1)}
    Contribution.objects.bulk_create(Contribution(
        project=projects[row["project"]], financier=actors[row["financier"]], year=row["year"], amount=row["amount"],
    ) for row in data["contributions"])
    record("plan.change", dossier, by=by, negotiation=dossier, details={"contributions": data["contributions"]})
    for row in data["obligations"]:
        add(Obligation, dossier, by, row, party=actors[row["party"]])
    for row in data.get("limits", ()):
        add(FundingLimit, dossier, by, row, financier=actors.get(row.get("financier")))
    return projects


def load_positions(dossier, data, actors, projects, manager, users):
    """The sessions and what was put on the table in each; `day` counts from today. The DGCT records for the State."""
    sessions = {row["key"]: add(Event, dossier, manager, row, drop=("day",), kind=EventKind.NEGOTIATION,
                                date=timezone.localdate() + timedelta(days=row["day"]))
                for row in data.get("sessions", [])}
    for row in data.get("positions", []):
        session, party = sessions[row["session"]], actors[row["party"]]
        position = positions.propose(
            Position(negotiation=dossier, project=projects[row["project"]], party=party, event=session,
                     held_on=session.date, **{name: row[name] for name in ("kind", "spokesperson", "justification")}),
            {(actors[financier].pk, year): amount for financier, year, amount in row["amounts"]},
            by=users[EXAMINER] if party.side in STATE_SIDES else manager)
        if function := row.get("agreed_with"):
            positions.agree(position, on=session.date, by=manager, evidence=positions.Evidence(
                function, event=session, knowingly=True))
    for row in data.get("mandates", []):
        mandates.save_mandate(Mandate(**row | {"project": projects[row["project"]]}), dossier, by=manager)


def load_scenarios(dossier, rows, actors, by):
    """Copies of the plan; a change is a financier that withdraws, or varies by so many hundredths of a percent."""
    for row in rows:
        scenario = scenarios.add(Scenario(negotiation=dossier, name=row["name"], note=row["note"]), by=by)
        for version, told in enumerate(row["changes"], 1):
            financier = actors[told["financier"]].pk
            change = Percent(told["hundredths"], Scope(financier=financier)) if "hundredths" in told else \
                Withdraw(financier)
            scenarios.change(scenario, change, version=version, by=by)


def load_steps(dossier, data, progress, manager, users):
    """Answers, waivers and documents; then each step is moved, by the acts, to the state it should show."""
    questions = {q.code: q for q in Question.objects.filter(step__phase__grid=dossier.grid)}
    expected = {d.code: d for d in ExpectedDocument.objects.filter(step__phase__grid=dossier.grid)}
    waived = {row["document"]: row["reason"] for row in data["waivers"]}
    for code, one in progress.items():
        state = data["steps"].get(code, State.TODO)
        typed = {questions[key]: text for key, text in data["answers"].items() if key.startswith(f"{code}.")}
        if typed:
            steps.save_answers(one, typed, {q.pk: fingerprint_of("") for q in typed}, by=manager)
        for item in (d for d in expected.values() if d.step_id == one.step_id):
            if item.code in waived:
                documents.waive(one, item, waived[item.code], by=manager)
            elif item.required and state in {State.SUBMITTED, State.APPROVED, State.RETURNED}:
                documents.deposit(one, sample(item), by=manager, expected=item)
        advance(one, state, data.get("examinations", {}).get(code, {}), manager, users)


def advance(progress, state, examination, manager, users):
    """Move a step by the acts. `examination`: remarks, opinion, reason of the return, answers of the Region."""
    if state == State.TODO:
        return
    progress.refresh_from_db()
    if state == State.DRAFT:
        if progress.state == State.TODO:
            steps.start(progress, by=manager)
        return
    act(progress, "submit", manager)
    for voice, reason in examination.get("opinions", []):
        act(progress, voice, users[ADVISER], reason)
    written = [remarks.write(progress, row["target"], problem=row["problem"], request=row["request"],
                             by=users[EXAMINER]) for row in examination.get("remarks", [])]
    if state == State.APPROVED:
        act(progress, "approve", users[EXAMINER])
    elif state == State.RETURNED:
        act(progress, "return", users[EXAMINER], examination.get("reason", ""))
        for remark, row in zip(written, examination["remarks"], strict=True):
            if row.get("answer"):
                remarks.answer(remark, row["answer"], by=manager)


def act(progress, action, by, reason=""):
    progress.refresh_from_db()
    move(progress, action, by=by, version=progress.version, reason=reason)


def load_calendar(dossier, data, by):
    """The proposal of the grid, then the dates of the exercise; a number counts days from today.

    What is not begun is proposed again as if the work had started late enough for it to begin on the day `rest`.
    """
    if not data:
        return
    start, today = date.fromisoformat(data["start"]), timezone.localdate()
    calendar.propose(dossier, start, by=by)
    progresses = calendar.steps_of(dossier)
    resumed = min(p.planned_start for p in progresses if p.step.code not in data["steps"])
    rest = calendar.proposal(dossier, progresses, start + (today + timedelta(days=data["rest"]) - resumed))
    fixed = {code: tuple(sorted(today + timedelta(days=day) if isinstance(day, int) else date.fromisoformat(day)
                                for day in dates)) for code, dates in data["steps"].items()}
    calendar.plan(dossier, {p.pk: fixed.get(p.step.code, rest[p.pk]) for p in progresses},
                  {p.pk: calendar.shown(p.planned_start, p.planned_end) for p in progresses}, by=by)


def sample(expected):
    """A one-page PDF that says what it stands for: an exercise document, invented."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
                              Encoding=pikepdf.Name.WinAnsiEncoding)
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    lines = ["Pièce d'exercice", expected.name.replace("’", "'"),
             "Document inventé pour l'entraînement : n'engage personne."]
    content = b"BT /F1 14 Tf 60 760 Td 24 TL " + b"".join(
        b"(" + line.encode("cp1252", "replace").replace(b"(", rb"\(").replace(b")", rb"\)") + b") Tj T* "
        for line in lines) + b"ET"
    page.Contents = pdf.make_stream(content)
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True)
    buffer.seek(0)
    stored = store(buffer)
    return SampleFile(stored.sha256, stored.size, "pdf", f"{expected.code}-exercice.pdf")
