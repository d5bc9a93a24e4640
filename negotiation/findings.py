"""What the checks on the money find in a set of amounts, in whole sentences: pure, over plain facts, no query.

The page, « ce qu’il reste à faire » and the livret read the same findings; any set of cells can be asked (a scenario, a
file to import). Amounts are whole FCFA, shares tenths of a percent compared as whole numbers.
"""
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from . import money
from .choices import STATE_SIDES, LimitKind, Severity, Side, Unallocated

# What a finding is about, in the order of the page.
SCOPES = {"contract": "Ensemble du contrat", "project": "Par projet", "year": "Par année"}


@dataclass(frozen=True)
class Party:
    """An actor; written: is its commitment written in a document of the dossier?"""
    pk: int
    name: str
    side: str
    written: bool = True


@dataclass(frozen=True)
class Project:
    pk: int
    name: str
    cost: int | None = None
    whole_contract: bool = False


@dataclass(frozen=True)
class Limit:
    """A financing rule: the fields of models.FundingLimit, whose rows do as well."""
    pk: int
    kind: str
    severity: str
    amount: int | None = None
    share: int | None = None
    year: int | None = None
    financier_id: int | None = None


@dataclass(frozen=True)
class Facts:
    """What the checks rest on. cells: (project pk, financier pk, year, amount), each amount above zero; year 0 is « non
    réparti ». unproved: (pk, what) of the obligations said to be kept without any evidence. agreed: (project pk,
    number, {(financier pk, year): amount}) of the last agreed position of each project.
    """
    years: range
    announced: int | None
    projects: tuple
    parties: tuple
    cells: tuple
    limits: tuple = ()
    unproved: tuple = ()
    agreed: tuple = ()

    @cached_property
    def total(self):
        return sum(amount for *_, amount in self.cells)

    @cached_property
    def by_party(self):
        return summed((financier, amount) for _, financier, _, amount in self.cells)

    @cached_property
    def by_project(self):
        return summed((project, amount) for project, _, _, amount in self.cells)

    @cached_property
    def state_by_year(self):
        state = {party.pk for party in self.parties if party.side in STATE_SIDES}
        return summed((year, amount) for _, financier, year, amount in self.cells if financier in state)

    @cached_property
    def names(self):
        """{pk: name} of the projects, then of the parties."""
        return {p.pk: p.name for p in self.projects}, {p.pk: p.name for p in self.parties}


@dataclass(frozen=True)
class Finding:
    """One thing to know or to mend. anchor: where, from the page of the dossier; about: the project or the year of a
    finding of that scope; limit: the rule that is not respected.
    """
    severity: str
    sentence: str
    anchor: str
    scope: str = "contract"
    about: int = 0
    limit: int = 0

    @property
    def blocks(self):
        return self.severity == Severity.BLOCKING


def summed(pairs):
    found = Counter()
    for key, amount in pairs:
        found[key] += amount
    return found


def findings(facts):
    """[Finding] by scope, what blocks first: the scopes where something does, and in each what does."""
    found = [*announced(facts), *rules(facts), *outside(facts), *costs(facts), *left(facts), *unwritten(facts),
             *unproved(facts)]
    order, stopped = list(SCOPES), {one.scope for one in found if one.blocks}
    return sorted(found, key=lambda one: (one.scope not in stopped, order.index(one.scope), not one.blocks))


def grouped(found):
    """[(title of the scope, [Finding, …])] of sorted findings."""
    return [(SCOPES[scope], list(some)) for scope, some in groupby(found, key=lambda one: one.scope)]


def summary(found):
    """« 1 point bloquant et 2 avertissements »; "" when there is nothing."""
    blocks = sum(one.blocks for one in found)
    warns = len(found) - blocks
    told = [f"{blocks} point{'s' if blocks > 1 else ''} bloquant{'s' if blocks > 1 else ''}" if blocks else "",
            f"{warns} avertissement{'s' if warns > 1 else ''}" if warns else ""]
    return " et ".join(filter(None, told))


def in_order(limits):
    """Rules in the order in which they are declared: envelopes first."""
    return sorted(limits, key=lambda limit: list(LimitKind).index(limit.kind))


def blocking(facts):
    """What no step that examines the plan may be submitted with. The announced total is not among them: the step that
    asks the plan to equal it says so (Check.BALANCED)."""
    return [one for one in (*rules(facts), *outside(facts)) if one.blocks]


def gap_sentence(total, announced):
    """What the banner says of the plan and the announced total, to the franc."""
    if announced is None:
        return "Aucun total n’est annoncé : indiquez-le pour vérifier que le plan de financement l’égale."
    if total == announced:
        return f"Le plan de financement égale le total annoncé : {money.format(announced)}."
    way = "dépasse" if total > announced else "n’atteint pas"
    return (f"Le plan de financement ({money.format(total)}) {way} le total annoncé ({money.format(announced)}) : "
            f"écart de {money.format(abs(total - announced))}.")


def gap(cost, financed, undivided):
    """What a project has minus what it costs; None when it cannot be known.

    While amounts are kept for the contract as a whole, a project without any amount lacks nothing we know of.
    """
    return None if cost is None or (undivided and not financed) else financed - cost


TOTAL = "engagements/#total"
# How many amounts outside the years are named one by one, a year.
FEW = 5


def announced(facts):
    if facts.announced is not None and facts.total != facts.announced:
        yield Finding(Severity.BLOCKING, gap_sentence(facts.total, facts.announced), TOTAL)


def rules(facts):
    for limit in facts.limits:
        yield from broken(limit, facts)


def replaced(limit, limits):
    """The rules for one year, or one financier, that stand in for this rule for each of them."""
    return [] if limit.year or limit.financier_id else [
        one for one in limits if one.kind == limit.kind and (one.year or one.financier_id)]


def broken(limit, facts):
    """The findings of one rule; none: the plan respects it. A rule for one year, or one financier, stands in for the
    rule for each of them."""
    return RULES[limit.kind](limit, facts)


def state_year(limit, facts):
    """What is « non réparti » belongs to no year."""
    others = {one.year for one in replaced(limit, facts.limits)}
    years = [limit.year] if limit.year else sorted(set(facts.state_by_year) - others - {Unallocated.YEAR})
    for year in years:
        if (amount := facts.state_by_year[year]) > limit.amount:
            yield Finding(limit.severity, f"L’État apporte {money.format(amount)} en {year}, soit "
                          f"{money.format(amount - limit.amount)} de plus que son enveloppe de "
                          f"{money.format(limit.amount)}.", f"engagements/#annee-{year}", "year", year, limit.pk)


def state_total(limit, facts):
    if (amount := facts.state_by_year.total()) > limit.amount:
        yield Finding(limit.severity, f"L’État apporte {money.format(amount)} pour tout le contrat, soit "
                      f"{money.format(amount - limit.amount)} de plus que son enveloppe de "
                      f"{money.format(limit.amount)}.", "engagements/#plan", limit=limit.pk)


def region_share(limit, facts):
    """The Region and the other local authorities together: a commune that pays lightens what the Region owes."""
    amount = sum(facts.by_party[party.pk] for party in facts.parties if party.side == Side.AUTHORITY)
    if amount * 1000 < limit.share * facts.total:
        missing = -(-limit.share * facts.total // 1000) - amount
        near = "un peu moins de " if tenths(amount, facts.total) == limit.share else ""
        yield Finding(limit.severity, f"La Région et les autres collectivités apportent {money.format(amount)}, soit "
                      f"{near}{money.percent(tenths(amount, facts.total))} du plan : à total égal, il manque "
                      f"{money.format(missing)} pour leur part minimale de {money.percent(limit.share)}.",
                      "engagements/#parts", limit=limit.pk)


def tenths(amount, total):
    """The nearest tenth of a percent. Where it is that of the limit that is missed, the sentence says on which side."""
    return (2000 * amount + total) // (2 * total)


def financier_share(limit, facts):
    others = {one.financier_id for one in replaced(limit, facts.limits)}
    for party in facts.parties:
        amount = facts.by_party[party.pk]
        concerned = party.pk == limit.financier_id if limit.financier_id else party.pk not in others
        if concerned and amount * 1000 > limit.share * facts.total:
            share, beyond = tenths(amount, facts.total), amount - limit.share * facts.total // 1000
            near = "d’un peu plus de" if share == limit.share else "de"
            yield Finding(limit.severity, f"Avec {money.format(amount)}, la part de « {party.name} » est {near} "
                          f"{money.percent(share)} du plan : à total égal, c’est {money.format(beyond)} de plus que sa "
                          f"part maximale de {money.percent(limit.share)}.", "engagements/#parts", limit=limit.pk)


RULES = {LimitKind.STATE_YEAR: state_year, LimitKind.STATE_TOTAL: state_total, LimitKind.REGION_SHARE: region_share,
         LimitKind.FINANCIER_SHARE: financier_share}


def outside(facts):
    """The matrix refuses such a year; it appears when the years of the contract change under the amounts."""
    projects, parties = facts.names
    cells = [cell for cell in facts.cells if cell[2] != Unallocated.YEAR and cell[2] not in facts.years]
    for year, found in groupby(sorted(cells, key=lambda cell: cell[2]), key=lambda cell: cell[2]):
        told = [(f"{projects[project]}, {parties[financier]} : {money.format(amount)} en {year}", amount)
                for project, financier, _, amount in found]
        if len(told) > FEW:
            told = [(f"{len(told)} contributions, {money.format(sum(amount for _, amount in told))} en {year}", 0)]
        for sentence, _ in told:
            yield Finding(Severity.BLOCKING, f"{sentence}, hors des années du contrat ({facts.years[0]}-"
                          f"{facts.years[-1]}).", f"engagements/#annee-{year}", "year", year)


def costs(facts):
    undivided = any(facts.by_project[one.pk] for one in facts.projects if one.whole_contract)
    for one in facts.projects:
        financed = facts.by_project[one.pk]
        missing = None if one.whole_contract else gap(one.cost, financed, undivided)
        if missing:
            how = f"il manque {money.format(-missing)}" if missing < 0 else f"c’est {money.format(missing)} de trop"
            has = money.format(financed) if financed else "aucun montant"
            yield Finding(Severity.WARNING, f"{one.name} : {has} au plan, pour un coût de {money.format(one.cost)} ; "
                          f"{how}.", f"engagements/#projets-{one.pk}", "project", one.pk)


def left(facts):
    """A plan changed by hand since the parties agreed no longer says what they agreed on."""
    for project, number, cells in facts.agreed:
        now = {(financier, year): amount for pk, financier, year, amount in facts.cells if pk == project}
        if now != cells:
            gap, name = sum(now.values()) - sum(cells.values()), facts.names[0].get(project, "")
            told = f"un écart de {money.format(abs(gap))}" if gap else "une autre répartition, pour le même total"
            yield Finding(Severity.WARNING, f"{name} : le plan ne suit plus la position convenue n° {number} ; il "
                          f"présente {told}.", f"engagements/#projets-{project}", "project", project)


def unwritten(facts):
    for party in facts.parties:
        if (amount := facts.by_party[party.pk]) and not party.written:
            yield Finding(Severity.WARNING, f"{party.name} : {money.format(amount)} au plan, sans engagement écrit au "
                          "dossier.", f"acteurs/#acteurs-{party.pk}")


def unproved(facts):
    for pk, what in facts.unproved:
        yield Finding(Severity.WARNING, f"« {what} » : cette obligation est dite tenue, sans preuve au dossier.",
                      f"engagements/#obligations-{pk}")
