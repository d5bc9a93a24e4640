"""From rows to content: the projects, and who brings how many francs to each in which year."""
from collections import Counter, defaultdict

from ... import checklist, money
from ...choices import Unallocated
from ...queries.commitments import gap
from . import chart, figures
from .words import line, text, with_source

# How many years stand side by side on a landscape page beside « non réparti » and the total.
YEARS, YEARS_OF_LARGE_AMOUNTS, LARGE = 6, 4, 10**12


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
    return "Aucun total n’est annoncé." if announced is None else checklist.gap_sentence(total, announced)


def plan(rows):
    dossier = rows.negotiation
    total = sum(row.amount for row in rows.contributions)
    funded = {row.project_id for row in rows.contributions}
    return figures.Plan(
        tables=tuple(tables(rows)) if rows.contributions else (), chart=chart.chart(rows),
        total=total, announced=dossier.announced_total,
        announced_source=line(dossier.announced_source),
        sentence=gap_sentence(total, dossier.announced_total),
        without_amount=tuple(line(project.name) for project in rows.projects
                             if project.pk not in funded and not project.whole_contract))


def tables(rows):
    """One table, or several when the years do not fit side by side; only the last one carries the total."""
    dossier, amounts = rows.negotiation, amounts_of(rows)
    given = {row.year for row in rows.contributions}
    years = sorted({*dossier.years, *given} - {Unallocated.YEAR})
    step = YEARS_OF_LARGE_AMOUNTS if sum(row.amount for row in rows.contributions) >= LARGE else YEARS
    slices = [years[start:start + step] for start in range(0, len(years), step)]
    for position, shown in enumerate(slices, 1):
        last = position == len(slices)
        keys = [*shown, *([Unallocated.YEAR] if last and Unallocated.YEAR in given else [])]
        labels = [Unallocated(key).label if key == Unallocated.YEAR else str(key) for key in keys]
        caption = "Plan de financement, en francs CFA"
        if len(slices) > 1:
            caption += f" ({position}/{len(slices)} : {shown[0]}-{shown[-1]})"
        yield figures.PlanTable(caption, (*labels, *(["Total"] if last else [])),
                                tuple(groups(rows, amounts, keys, with_total=last)))


def amounts_of(rows):
    """{(project id, financier id): {year: amount}}"""
    found = defaultdict(Counter)
    for row in rows.contributions:
        found[row.project_id, row.financier_id][row.year] += row.amount
    return found


def groups(rows, amounts, keys, *, with_total):
    def cells(by_year):
        shown = [by_year.get(key) for key in keys]
        return (*shown, sum(by_year.values())) if with_total else tuple(shown)

    def group(title, total_label, by_financier):
        lines = tuple(figures.PlanLine(line(actor), cells(by_financier[actor.pk])) for actor in rows.actors
                      if actor.pk in by_financier)
        whole = figures.PlanLine(total_label, cells(sum(by_financier.values(), Counter())))
        return figures.PlanGroup(title, lines, whole if len(lines) > 1 else None)

    everything = defaultdict(Counter)
    funded = [project for project in rows.projects if any(key[0] == project.pk for key in amounts)]
    for project in funded:
        mine = {financier: found for (pk, financier), found in amounts.items() if pk == project.pk}
        for financier, found in mine.items():
            everything[financier] += found
        if len(funded) > 1:
            yield group(line(project.name), "Sous-total du projet", mine)
    whole = group("Ensemble" if len(funded) > 1 else line(funded[0].name), "Total du plan", everything)
    yield whole if whole.total else figures.PlanGroup(
        whole.title, whole.lines, figures.PlanLine("Total du plan", whole.lines[0].cells))
