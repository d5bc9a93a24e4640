"""From rows to content: the projects, and who brings how many francs to each in which year."""
from collections import Counter, defaultdict
from dataclasses import dataclass

from ... import findings, money
from ...choices import Unallocated
from ...findings import gap
from .. import charts
from . import figures
from .words import first_upper, line, text, with_source

# How many years stand side by side on a landscape page beside « non réparti » and the total.
YEARS, YEARS_OF_LARGE_AMOUNTS, LARGE = 6, 4, 10**12
# From how many projects a table by project comes first.
MANY_PROJECTS = 10


@dataclass(frozen=True, order=True)
class Financier:
    """Its place among them: two may be called the same."""
    place: int
    name: str

    def __str__(self):
        return self.name


def projects(rows):
    financed = Counter()
    for row in rows.contributions:
        financed[row.project_id] += row.amount
    undivided = any(row.whole_contract and financed[row.pk] for row in rows.projects)
    return tuple(project_of(number, row, financed[row.pk], undivided) for number, row in enumerate(rows.projects, 1))


def project_of(number, row, financed, undivided):
    cost = with_source("" if row.cost is None else money.format(row.cost), row.cost_source)
    told = [("Site", line(row.site)), ("Problème à résoudre", text(row.problem)),
            ("Bénéficiaires", text(row.beneficiaries)), ("Coût estimé", cost)]
    if row.cost_source and not cost:
        told.append(("Source de l’estimation", line(row.cost_source)))
    shown = [(label, value) for label, value in told if value]
    if not row.whole_contract:
        shown.append(("Financement inscrit au plan", financing(financed, gap(row.cost, financed, undivided))))
    blank = () if row.whole_contract else tuple(label.lower() for label, value in told if not value)
    return figures.Project(
        number=number, name=line(row.name), whole_contract=row.whole_contract, cost=row.cost,
        facts=tuple(figures.Fact(label, value) for label, value in shown), blanks=blank,
        source=line(row.source))


def facts_of(rows):
    """What the checks on the money rest on."""
    return findings.Facts(
        rows.negotiation.years, rows.negotiation.announced_total, tuple(rows.projects),
        tuple(findings.Party(actor.pk, line(actor), actor.side, bool(actor.written_commitment_id))
              for actor in rows.actors),
        tuple((row.project_id, row.financier_id, row.year, row.amount) for row in rows.contributions),
        tuple(rows.limits))


def financing(financed, gap):
    """« 500 FCFA ; il manque 20 FCFA »: what the plan gives a project, beside its cost when it is known."""
    said = money.format(financed) if financed else "aucun montant"
    if gap is None:
        return said
    if gap == 0:
        return f"{said}, égal au coût"
    return f"{said} ; {'il manque' if gap < 0 else 'dépasse le coût de'} {money.format(abs(gap))}"


def gap_sentence(total, announced):
    """The sentence of the banner. A reader of the livret has nothing to fill in."""
    return "Aucun total n’est annoncé." if announced is None else findings.gap_sentence(total, announced)


def plan(rows):
    dossier = rows.negotiation
    total = sum(row.amount for row in rows.contributions)
    funded = {row.project_id for row in rows.contributions}
    return figures.Plan(
        tables=tuple(tables(rows)) if rows.contributions else (), chart=charts.by_year(cells_of_plan(rows)),
        total=total, announced=dossier.announced_total,
        announced_source=line(dossier.announced_source),
        sentence=gap_sentence(total, dossier.announced_total),
        without_amount=tuple(line(project.name) for project in rows.projects
                             if project.pk not in funded and not project.whole_contract),
        spelt=tuple(spelt(total, dossier.announced_total)), rules=tuple(rules(rows)))


def spelt(total, announced):
    if total:
        yield f"Plan de financement arrêté à la somme de {money.in_words(total)}."
    if announced is not None and announced != total:
        yield f"Total annoncé : {money.in_words(announced)}."


def rules(rows):
    facts = facts_of(rows)
    for limit in rows.limits:
        told = [one.sentence for one in findings.broken(limit, facts)]
        yield figures.Rule(first_upper(line(limit)), limit.measure, limit.get_severity_display(),
                           "\n".join(["Non respectée.", *told]) if told else "Respectée.", line(limit.source))


def cells_of_plan(rows):
    """[(financier, year, amount), …], those who usually finance first, as the page of the commitments has them."""
    place = {actor.pk: Financier(number, line(actor)) for number, actor in enumerate(
        sorted(rows.actors, key=lambda actor: (not actor.financier, actor.order, actor.pk)))}
    return sorted((place[row.financier_id], row.year, row.amount) for row in rows.contributions)


def sheet(rows):
    """The plan for its spreadsheet; those who usually finance first, as in the export of the commitments."""
    actors = sorted(rows.actors, key=lambda actor: (not actor.financier, actor.order, actor.pk))
    projects = {row.pk: place for place, row in enumerate(rows.projects)}
    financiers = {actor.pk: place for place, actor in enumerate(actors)}
    return figures.Sheet(
        title=rows.negotiation.title, years=tuple(rows.negotiation.years),
        projects=tuple(row.name for row in rows.projects),
        financiers=tuple(figures.SheetFinancier(str(actor), actor.name, actor.financier) for actor in actors),
        cells=tuple(sorted((projects[row.project_id], financiers[row.financier_id], row.year, row.amount)
                           for row in rows.contributions)))


def tables(rows):
    """One table, or several when the years do not fit side by side; only the last one carries the total.

    Many projects are first told in a table of their own, by year, then with their financiers.
    """
    amounts = amounts_of(rows)
    funded = [project for project in rows.projects if any(pk == project.pk for pk, _ in amounts)]
    many = len(funded) > MANY_PROJECTS
    if many:
        yield from slices(rows, "Par projet", "Projet", lambda cells: by_project(funded, amounts, cells))
    yield from slices(rows, "Par projet et par financeur" if many else "", "Projet, financeur",
                      lambda cells: groups(rows, funded, amounts, cells))


def slices(rows, title, head, groups_of):
    """The tables of the plan, by years."""
    total = sum(row.amount for row in rows.contributions)
    return by_years(rows.negotiation, {row.year for row in rows.contributions}, total, title, head, groups_of)


def by_years(dossier, given, largest, title, head, groups_of):
    """The years, a few at a time. groups_of(cells) makes the groups; cells(amounts by year) the cells of a line.

    given: the years that hold an amount; largest: the largest total to print.
    """
    years = sorted({*dossier.years, *given} - {Unallocated.YEAR})
    step = YEARS_OF_LARGE_AMOUNTS if largest >= LARGE else YEARS
    parts = [years[start:start + step] for start in range(0, len(years), step)]
    for position, shown in enumerate(parts, 1):
        last = position == len(parts)
        keys = [*shown, *([Unallocated.YEAR] if last and Unallocated.YEAR in given else [])]
        labels = [Unallocated(key).label if key == Unallocated.YEAR else str(key) for key in keys]
        span = f"{shown[0]}-{shown[-1]}" if len(shown) > 1 else str(shown[0])
        part = f"{span} ({position} sur {len(parts)})" if len(parts) > 1 else ""
        yield figures.PlanTable(", ".join(filter(None, (title, part))), head,
                                (*labels, *(["Total"] if last else [])), tuple(groups_of(cells_of(keys, last))))


def cells_of(keys, with_total):
    def cells(by_year):
        shown = [by_year.get(key) for key in keys]
        return (*shown, sum(by_year.values())) if with_total else tuple(shown)

    return cells


def amounts_of(rows):
    """{(project id, financier id): {year: amount}}"""
    found = defaultdict(Counter)
    for row in rows.contributions:
        found[row.project_id, row.financier_id][row.year] += row.amount
    return found


def by_project(funded, amounts, cells):
    """A line per project, and their sum."""
    sums = [sum((found for (pk, _), found in amounts.items() if pk == project.pk), Counter()) for project in funded]
    lines = [figures.PlanLine(line(project.name), cells(found)) for project, found in zip(funded, sums, strict=True)]
    yield figures.PlanGroup("Ensemble des projets", tuple(lines),
                            figures.PlanLine("Total du plan", cells(sum(sums, Counter()))))


def groups(rows, funded, amounts, cells):
    """A group per project, a line per financier; then the whole, which is the only group of a single project."""
    def lines_of(by_financier):
        return tuple(figures.PlanLine(line(actor), cells(by_financier[actor.pk])) for actor in rows.actors
                     if actor.pk in by_financier)

    def total(label, by_financier):
        return figures.PlanLine(label, cells(sum(by_financier.values(), Counter())))

    everything = defaultdict(Counter)
    for project in funded:
        mine = {financier: found for (pk, financier), found in amounts.items() if pk == project.pk}
        for financier, found in mine.items():
            everything[financier] += found
        if len(funded) > 1:
            yield figures.PlanGroup(line(project.name), lines_of(mine),
                                    total("Sous-total du projet", mine) if len(mine) > 1 else None)
    yield figures.PlanGroup("Ensemble" if len(funded) > 1 else line(funded[0].name), lines_of(everything),
                            total("Total du plan", everything))
