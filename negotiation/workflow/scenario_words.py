"""What a change to a scenario is called, in French and with its amounts: on its page and in the journal."""
from functools import singledispatch

from .. import money, scenarios
from ..choices import Unallocated
from ..scenarios import Add, Delay, Drop, Fix, Percent, Restore, Scope, Withdraw


@singledispatch
def told(change, before, after, contract, names):
    """« Retard d’un an : projet « Piste » ; 120 000 000 FCFA sortent du contrat »"""
    raise TypeError(change)


@told.register
def _(change: Delay, before, after, contract, names):
    years = "d’un an" if change.years == 1 else f"de {change.years} ans"
    out, was = (sum(scenarios.outside(draft.cells, contract.years).values()) for draft in (after, before))
    leaving = f" ; {money.format(out - was)} sortent du contrat" if out > was else ""
    return f"Retard {years} : {scope(change.scope, names)}{leaving}"


@told.register
def _(change: Percent, before, after, contract, names):
    way = "Hausse" if change.hundredths > 0 else "Baisse"
    was = sum(change.scope.among(before.cells).values())
    return f"{way} de {scenarios.rate(change.hundredths)} : {scope(change.scope, names)}, de {money.format(was)} à " \
           f"{money.format(change.target(was))}"


@told.register
def _(change: Fix, before, after, contract, names):
    was = sum(change.scope.among(before.cells).values())
    return f"Nouveau montant : {scope(change.scope, names)}, de {money.format(was)} à {money.format(change.total)}"


@told.register
def _(change: Withdraw, before, after, contract, names):
    amount = sum(Scope(financier=change.financier).among(before.cells).values())
    heir = "" if change.heir is None else f", repris par « {names.actors[change.heir]} »"
    return f"Retrait du financeur « {names.actors[change.financier]} » : {money.format(amount)}{heir}"


@told.register
def _(change: Add, before, after, contract, names):
    when = f"répartis également de {contract.years[0]} à {contract.years[-1]}" if change.year is None else \
        "non répartis" if change.year == Unallocated.YEAR else f"en {change.year}"
    return f"Ajout du financeur « {names.actors[change.financier]} » au projet « {names.projects[change.project]} » :" \
           f" {money.format(change.amount)}, {when}"


@told.register
def _(change: Drop, before, after, contract, names):
    amount = before.total - after.total
    return f"Mise en réserve du projet « {names.projects[change.project]} » : {money.format(amount)}"


@told.register
def _(change: Restore, before, after, contract, names):
    amount = after.total - before.total
    brought = f"avec {money.format(amount)}, comme au plan copié" if amount else "sans montant, comme au plan copié"
    return f"Retour du projet « {names.projects[change.project]} » {brought}"


def caught_up(moved, crossed, reserve, names):
    """« Reprise du plan d’aujourd’hui, qui a changé pour « Piste », « Marché » ; … » A project in reserve keeps no
    amount, those that came since neither."""
    kept = f" ; le scénario garde ses montants où lui aussi avait changé {named(crossed, names)}" if crossed else ""
    if amended := [pk for pk in crossed if pk not in reserve]:
        kept += f" ; les montants entrés depuis dans {named(amended, names)} ne portent pas les changements du scénario"
    return f"Reprise du plan d’aujourd’hui, qui a changé pour {named(moved, names)}{kept}"


def named(projects, names):
    return ", ".join(f"« {names.projects[pk]} »" for pk in projects)


def scope(asked, names):
    """« tout le plan », « projet « Piste » », « financeur « État » », « année 2028 », « « État » en 2028 »"""
    if asked.financier is not None and asked.year is not None:
        when = Unallocated.YEAR.label if asked.year == Unallocated.YEAR else f"en {asked.year}"
        return f"« {names.actors[asked.financier]} » {when}"
    if asked.project is not None:
        return f"projet « {names.projects[asked.project]} »"
    if asked.financier is not None:
        return f"financeur « {names.actors[asked.financier]} »"
    if asked.year is not None:
        return "montants non répartis" if asked.year == Unallocated.YEAR else f"année {asked.year}"
    return "tout le plan"


def count(number, one, many):
    return f"{number} {one if number < 2 else many}"
