"""What the page of the commitments reads, and the financing matrix as plain values (no HTML, no model inside)."""
from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import F
from django.utils import timezone

from .. import checklist, findings, money
from ..choices import PositionState, Unallocated
from ..findings import gap, gap_sentence
from ..models import Actor, Contribution, FundingLimit, Obligation, Position, Project


@dataclass(frozen=True)
class Column:
    year: int

    @property
    def label(self):
        return Unallocated(self.year).label.capitalize() if self.year == Unallocated.YEAR else str(self.year)


@dataclass(frozen=True)
class Line:
    """What one financier brings to one project; `amounts` follow the columns, 0 where there is none."""
    financier: int
    name: str
    amounts: tuple[int, ...]

    @property
    def total(self):
        return sum(self.amounts)


@dataclass(frozen=True)
class Block:
    """One project with its financiers; `amounts` are its subtotals, column by column."""
    project: int
    name: str
    whole_contract: bool
    lines: tuple[Line, ...]
    amounts: tuple[int, ...]

    @property
    def total(self):
        return sum(self.amounts)


@dataclass(frozen=True)
class Share:
    """What one financier brings to the whole plan; `tenths` of a percent add up to 1000 over the plan."""
    name: str
    amount: int
    tenths: int

    @property
    def percent(self):
        return money.percent(self.tenths)


@dataclass(frozen=True)
class Party:
    """An actor who may finance; `financier` says that it is declared as such."""
    pk: int
    label: str
    name: str
    financier: bool


@dataclass(frozen=True)
class Plan:
    """The whole matrix. `blocks` holds every project, even without an amount; sums are those of what is stored."""
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    amounts: tuple[int, ...]
    shares: tuple[Share, ...]
    parties: tuple[Party, ...]

    @property
    def total(self):
        return sum(self.amounts)

    @property
    def amounts_by_cell(self):
        """{(project pk, financier pk, year): amount}, without those that are empty."""
        return {(block.project, line.financier, column.year): amount for block in self.blocks for line in block.lines
                for column, amount in zip(self.columns, line.amounts, strict=True) if amount}

    @property
    def cells(self):
        """[(financier, year, amount), …] for the pictures, in the order of the actors."""
        place = {party.pk: number for number, party in enumerate(self.parties)}
        lines = sorted((line for block in self.blocks for line in block.lines), key=lambda line: place[line.financier])
        return [(line.name, column.year, amount) for line in lines
                for column, amount in zip(self.columns, line.amounts, strict=True) if amount]

    @property
    def by_financier(self):
        """[Line, …]: what each financier brings to all projects, in the order of the actors."""
        lines = defaultdict(list)
        for one in self.blocks:
            for line in one.lines:
                lines[line.financier].append(line)
        return [Line(party.pk, party.label, added(lines[party.pk], self.columns))
                for party in self.parties if party.pk in lines]

    @property
    def funded(self):
        return [block for block in self.blocks if block.lines]

    @property
    def without_amount(self):
        return [block.name for block in self.blocks if not block.lines and not block.whole_contract]

    @property
    def has_whole_contract(self):
        return any(block.whole_contract for block in self.blocks)


@dataclass(frozen=True)
class ProjectCard:
    """A project beside its financing; `gap` is what is financed minus the cost, None when either is unknown."""
    project: Project
    financed: int
    gap: int | None

    @property
    def blanks(self):
        """What is not filled in, in words."""
        told = [("site", self.project.site), ("problème à résoudre", self.project.problem),
                ("bénéficiaires", self.project.beneficiaries), ("coût estimé", self.project.cost),
                ("source de l’estimation", self.project.cost_source or self.project.cost is None)]
        return [label for label, value in told if not value]

    @property
    def missing(self):
        return -self.gap if self.gap and self.gap < 0 else 0

    @property
    def beyond(self):
        return self.gap if self.gap and self.gap > 0 else 0


@dataclass(frozen=True)
class ObligationLine:
    obligation: Obligation
    late: bool


@dataclass(frozen=True)
class Rule:
    """A financing rule and how the plan stands to it: what breaks it, nothing when the plan respects it; and the rules
    that stand in for it, for one year or one financier."""
    limit: FundingLimit
    broken: list
    replaced: list


@dataclass(frozen=True)
class Promise:
    """What one financier brings, and the actor whose commitment may be written."""
    actor: Actor
    amount: int


@dataclass(frozen=True)
class CommitmentsPage:
    projects: list
    plan: Plan
    obligations: list
    sentence: str
    balanced: bool
    findings: list
    rules: list
    promises: list
    # What the checklist would read again (checklist.held).
    held: dict

    @property
    def groups(self):
        return findings.grouped(self.findings)


def page(dossier):
    """In six queries: projects, contributions, actors, obligations, rules, agreed positions."""
    projects, cells, actors = list(Project.objects.filter(negotiation=dossier)), contributions(dossier), \
        list(financiers(dossier))
    duties, limits = obligations(dossier), rules(dossier)
    found = matrix(projects, cells, [party(actor) for actor in actors], dossier.years)
    facts = facts_of(dossier, projects, cells, actors, limits, [line.obligation for line in duties],
                     agreements(dossier))
    return CommitmentsPage(
        cards(projects, found), found, duties, gap_sentence(found.total, dossier.announced_total),
        found.total == dossier.announced_total, findings.findings(facts),
        [Rule(limit, list(findings.broken(limit, facts)), findings.replaced(limit, limits)) for limit in limits],
        [Promise(actor, facts.by_party[actor.pk]) for actor in actors if facts.by_party[actor.pk] or (
            actor.written_commitment_id)],
        {**checklist.known_money(facts), "obligations": bool(duties)})


def agreements(dossier):
    """[(project pk, number of its last agreed position, {(financier pk, year): amount}), …], in one query."""
    found = {}
    for project, number, *cell, amount in Position.objects.filter(
            negotiation=dossier, state=PositionState.AGREED).order_by("project", "number").values_list(
            "project", "number", "amounts__financier", "amounts__year", "amounts__amount"):
        if found.get(project, (0,))[0] != number:
            found[project] = number, {}
        # Agreed without any amount: the project goes to the reserve list.
        if amount:
            found[project][1][tuple(cell)] = amount
    return [(project, *told) for project, told in found.items()]


def facts_of(dossier, projects, cells, actors, limits, obligations, agreed=()):
    """What the checks on the money rest on, from rows that are read already."""
    return findings.Facts(
        dossier.years, dossier.announced_total, tuple(projects),
        tuple(findings.Party(actor.pk, str(actor), actor.side, bool(actor.written_commitment_id))
              for actor in actors), tuple(cells), tuple(limits),
        tuple((one.pk, shortened(one.what)) for one in obligations if one.lacks_evidence), tuple(agreed))


def shortened(text):
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:80]}…"


def editing(dossier):
    """The matrix to be edited, and the findings that are mended there, on what is stored, in four queries."""
    projects, cells, actors = list(Project.objects.filter(negotiation=dossier)), contributions(dossier), \
        list(financiers(dossier))
    facts = facts_of(dossier, projects, cells, actors, rules(dossier), ())
    return matrix(projects, cells, [party(actor) for actor in actors], dossier.years, editing=True), \
        findings.findings(facts)


def rules(dossier):
    return findings.in_order(FundingLimit.objects.filter(negotiation=dossier).select_related("financier"))


def plan(dossier, *, editing=False):
    """The financing matrix in three queries; editing: the column « non réparti » is there even when empty."""
    return matrix(Project.objects.filter(negotiation=dossier), contributions(dossier), parties(dossier),
                  dossier.years, editing=editing)


def of_year(plan, year):
    """The same plan with the column of one year alone."""
    position = [column.year for column in plan.columns].index(year)

    def narrowed(one):
        return replace(one, amounts=one.amounts[position:position + 1])

    blocks = tuple(replace(narrowed(block), lines=tuple(map(narrowed, block.lines))) for block in plan.blocks)
    return replace(narrowed(plan), columns=plan.columns[position:position + 1], blocks=blocks)


def contributions(dossier):
    """[(project pk, financier pk, year, amount)]"""
    return list(Contribution.objects.filter(project__negotiation=dossier).order_by().values_list(
        "project_id", "financier_id", "year", "amount"))


def parties(dossier):
    return [party(actor) for actor in financiers(dossier)]


def financiers(dossier):
    """The actors, those who usually finance first: they are the ones a plan is about."""
    return Actor.objects.filter(negotiation=dossier).select_related(
        "written_commitment__progress__step", "written_commitment__expected").order_by("-financier", "order", "pk")


def party(actor):
    return Party(actor.pk, str(actor), actor.name, actor.financier)


def matrix(projects, contributions, parties, years, *, editing=False):
    """Build the Plan. A year outside the contract keeps its column as long as it holds an amount."""
    given = {year for _, _, year, _ in contributions}
    shown = sorted({*years, *given} - {Unallocated.YEAR})
    if editing or Unallocated.YEAR in given:
        shown.append(Unallocated.YEAR)
    amounts = defaultdict(dict)
    for project, financier, year, amount in contributions:
        amounts[project, financier][year] = amount
    blocks = tuple(block(project, amounts, parties, shown) for project in projects)
    lines = [line for one in blocks for line in one.lines]
    return Plan(tuple(Column(year) for year in shown), blocks, added(blocks, shown), shares(lines, parties),
                tuple(parties))


def block(project, amounts, parties, years):
    lines = tuple(
        Line(party.pk, party.label, tuple(amounts[project.pk, party.pk].get(year, 0) for year in years))
        for party in parties if (project.pk, party.pk) in amounts)
    return Block(project.pk, project.name, project.whole_contract, lines, added(lines, years))


def added(rows, years):
    """The sums of the rows, column by column."""
    return tuple(sum(row.amounts[column] for row in rows) for column in range(len(years)))


def shares(lines, parties):
    """Who brings how much, in the order of the actors; only those who bring something."""
    sums = defaultdict(int)
    for line in lines:
        sums[line.financier] += line.total
    bringing = [(party.label, sums[party.pk]) for party in parties if party.pk in sums]
    parts = money.tenths([amount for _, amount in bringing])
    return tuple(Share(name, amount, part) for (name, amount), part in zip(bringing, parts, strict=True))


def cards(projects, plan):
    """The projects beside what the plan gives them; what is not shared between projects belongs to none of them."""
    totals = {one.project: one.total for one in plan.blocks}
    undivided = any(one.whole_contract and one.lines for one in plan.blocks)
    return [ProjectCard(project, totals[project.pk], gap(project.cost, totals[project.pk], undivided))
            for project in projects if not project.whole_contract]


def obligations(dossier):
    """Nearest first, those without a date last; late when the day is past and it is not done."""
    today = timezone.localdate()
    found = Obligation.objects.filter(negotiation=dossier).select_related(
        "party", "evidence_document__progress__step", "evidence_document__expected")
    return [ObligationLine(one, one.is_late(today))
            for one in found.order_by(F("due_on").asc(nulls_last=True), "pk")]
