"""Acts on the scenarios: copy the plan, try changes, undo the last, and put the result on the table as positions.

A scenario is the team's own (permissions « scenario.read ») and never touches the plan. Each act judges the version
that the page showed, and is refused when somebody else has changed the scenario meanwhile.
"""
import json

from django.db import transaction

from .. import money
from .. import scenarios as pure
from ..choices import Action, PositionKind, PositionState, Side
from ..models import Contribution, Position, Scenario
from ..models.position import stands
from ..scenarios import Contract, Draft, Impossible
from . import positions
from .authors import Authors
from .commitments import Names
from .journal import fingerprint_of, is_done, one_time, record
from .records import lock
from .scenario_words import caught_up, count, named, told
from .transitions import NotAllowed

MOST_SCENARIOS = 20
# How many changes keep what undoes them: on the largest plan, one change of everything weighs 80 kB.
MOST_UNDONE = 10
KINDS = tuple(PositionKind.of(Side.AUTHORITY))
# What the positions of one adoption have in common.
SHARED = ("kind", "party", "held_on", "spokesperson", "event", "minutes", "justification")
# Written by the acts alone, and often empty.
WORKED = ("cells", "changes", "reserve", "base")
GONE = "Ce scénario a été supprimé entre-temps."


class Stale(NotAllowed):
    """Somebody changed the scenario meanwhile; `current` is the scenario as it stands now."""

    def __init__(self, current, author):
        super().__init__(f"Ce scénario a été modifié{author.by} depuis que vous l’avez ouvert. La page le montre tel "
                         "qu’il est maintenant, et votre saisie est conservée : relisez, puis envoyez de nouveau.")
        self.current = current


@transaction.atomic
def add(scenario, *, by, source=None, key=""):
    """Keep an unsaved Scenario, as a copy of the plan or of another (source). Raises NotAllowed, ValidationError."""
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario-add", scenario.name, scenario.note, source and source.pk)
    if is_done(negotiation, key):
        return Scenario.objects.filter(negotiation=negotiation, name=scenario.name).first() or scenario
    if Scenario.objects.filter(negotiation=negotiation).count() >= MOST_SCENARIOS:
        raise NotAllowed(f"Un dossier garde au plus {MOST_SCENARIOS} scénarios : supprimez-en un d’abord.")
    if source:
        source = found(source, negotiation)
        scenario.cells, scenario.reserve, scenario.base = source.cells, source.reserve, source.base
        scenario.changes = [{"words": one["words"]} for one in source.changes]
    else:
        scenario.cells = scenario.base = pure.written(contract(negotiation).plan)
    scenario.created_by = by
    scenario.full_clean(exclude=WORKED)
    scenario.save(force_insert=True)
    record(Action.SCENARIO_ADD, scenario.name, by=by, negotiation=negotiation, key=key, details={
        "origin": f"scénario « {source.name} »" if source else "plan de financement",
        "total": [None, draft(scenario).total]})
    return scenario


@transaction.atomic
def change(scenario, what, *, version, by, key=""):
    """Apply one change of negotiation/scenarios.py. Raises NotAllowed, Stale."""
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario", scenario.pk, version, repr(what))
    if is_done(negotiation, key):
        return scenario
    scenario = current(scenario, negotiation, version, by=by)
    names, bounds = Names.of(negotiation), contract(negotiation)
    # A change is made on the copy: a project comes back from the reserve list as it was there.
    bounds = Contract(bounds.years, copied_plan(scenario, bounds.plan, names))
    refuse_unknown(what, names)
    whole = draft(scenario)
    before, lost = sorted_out(whole, names)
    try:
        after = pure.apply(what, before, bounds)
    except Impossible as refusal:
        raise NotAllowed(str(refusal)) from None
    return keep(scenario, whole, Draft(after.cells | lost, after.reserve), told(what, before, after, bounds, names),
                by=by, key=key)


@transaction.atomic
def forget(scenario, *, version, by, key=""):
    """Take out the amounts of projects and financiers that are no longer in the dossier. Raises NotAllowed, Stale."""
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario-forget", scenario.pk, version)
    if is_done(negotiation, key):
        return scenario
    scenario = current(scenario, negotiation, version, by=by)
    whole = draft(scenario)
    known, lost = sorted_out(whole, Names.of(negotiation))
    if not lost:
        raise NotAllowed("Tous les montants de ce scénario ont leur projet et leur financeur.")
    words = f"Retrait des montants dont le projet ou le financeur a été supprimé : {money.format(sum(lost.values()))}"
    return keep(scenario, whole, known, words, by=by, key=key)


@transaction.atomic
def catch_up(scenario, *, version, by, key=""):
    """Make the changes of a scenario again on the plan of today. Raises NotAllowed, Stale.

    What undid the changes before was worth on the older plan: they are not undone any more.
    """
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario-catch-up", scenario.pk, version)
    if is_done(negotiation, key):
        return scenario
    scenario = current(scenario, negotiation, version, by=by)
    names, plan = Names.of(negotiation), contract(negotiation).plan
    if scenario.base is None:
        raise NotAllowed("On ne sait plus quel plan ce scénario a copié : créez-en un autre, qui copie celui "
                         "d’aujourd’hui.")
    copied = copied_plan(scenario, plan, names)
    if copied == plan:
        raise NotAllowed("Le plan n’a pas changé depuis cette copie : il n’y a rien à reprendre.")
    whole = draft(scenario)
    known, lost = sorted_out(whole, names)
    try:
        after, crossed = pure.caught_up(known, copied, plan)
    except Impossible as refusal:
        raise NotAllowed(str(refusal)) from None
    scenario.base = pure.written(plan)
    scenario.changes = [{"words": one["words"]} for one in scenario.changes] + [
        {"words": caught_up(pure.differing(plan, copied), crossed, after.reserve, names)}]
    return store(scenario, whole, Draft(after.cells | lost, after.reserve), scenario.changes[-1]["words"], by=by,
                 key=key)


@transaction.atomic
def undo(scenario, *, version, by, key=""):
    """The scenario as it was before its last change. Raises NotAllowed, Stale."""
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario-undo", scenario.pk, version)
    if is_done(negotiation, key):
        return scenario
    scenario = current(scenario, negotiation, version, by=by)
    if not scenario.changes:
        raise NotAllowed("Ce scénario n’a aucun changement à annuler.")
    last = scenario.changes.pop()
    if "cells" not in last:
        raise NotAllowed(f"« {last['words']} » ne s’annule plus : seuls s’annulent les {MOST_UNDONE} derniers "
                         "changements faits sur ce scénario, depuis qu’il a repris le plan.")
    whole = draft(scenario)
    return store(scenario, whole, pure.undone(whole, last), f"Annulation : {last['words']}", by=by, key=key)


@transaction.atomic
def rename(scenario, name, note, *, version, by, key=""):
    """Raises NotAllowed, Stale, ValidationError."""
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario-name", scenario.pk, version, name, note)
    if is_done(negotiation, key):
        return scenario
    scenario = current(scenario, negotiation, version, by=by)
    was, now = (scenario.name, scenario.note), (name, note)
    if was == now:
        return scenario
    scenario.name, scenario.note, scenario.version = name, note, scenario.version + 1
    scenario.full_clean(exclude=WORKED)
    scenario.save(update_fields=["name", "note", "version", "changed_at"])
    record(Action.SCENARIO_CHANGE, name, by=by, negotiation=negotiation, key=key, details={
        field: [old, new] for field, old, new in zip(("name", "note"), was, now, strict=True) if old != new})
    return scenario


@transaction.atomic
def remove(scenario, *, version, by, key=""):
    """Raises NotAllowed, Stale; removing twice is removing once."""
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario-remove", scenario.pk)
    if is_done(negotiation, key):
        return
    scenario = current(scenario, negotiation, version, by=by)
    total = draft(scenario).total
    scenario.delete()
    record(Action.SCENARIO_REMOVE, scenario.name, by=by, negotiation=negotiation, key=key,
           details={"note": [scenario.note, None], "total": [total, None]})


@transaction.atomic
def adopt(scenario, position, *, base, by, key="", after=None):
    """Put a scenario on the table: one Position for each project that it changed and that differs from the plan, all
    or none.

    position: an unsaved Position that gives what it says to each; base: the fingerprint of the amounts that the person
    read; after: {project pk: how its table stood when the page was read, as models.position.stands tells it}. A
    project in reserve gets a position without any amount; what is already the Region's last word on the table is not
    tabled again. Raises NotAllowed, ValidationError.
    """
    negotiation = lock(scenario.negotiation)
    key = one_time(key, "scenario-adopt", scenario.pk, base, position.kind, position.held_on)
    if is_done(negotiation, key):
        return []
    scenario = found(scenario, negotiation)
    names = Names.of(negotiation)
    bounds = contract(negotiation)
    known, lost = sorted_out(draft(scenario), names)
    standing = pure.standing(known, copied_plan(scenario, bounds.plan, names), bounds.plan)
    offered = standing.offered
    going = {project: amounts for project, amounts in offered.items() if amounts or project in known.reserve}
    refuse_adoption(position, going, known, lost, bounds)
    last = last_words(negotiation, going)
    refuse_unread(standing, names, base, [] if after is None else followed(going, after, last, names))
    going = {project: amounts for project, amounts in going.items() if not is_tabled(last[project], amounts)}
    if not going:
        raise NotAllowed("C’est déjà sur la table : la dernière position de la Région sur chacun de ces projets a "
                         "exactement ces montants.")
    tabled = [positions.propose(copied(position, negotiation, project, scenario), amounts, by=by,
                                to_reserve=not amounts) for project, amounts in going.items()]
    record(Action.SCENARIO_ADOPT, scenario.name, by=by, negotiation=negotiation, key=key, details={
        "positions": count(len(tabled), "position", "positions"), "kind": position.get_kind_display(),
        "party": str(position.party), "total": [None, known.total]})
    return tabled


def copied(position, negotiation, project, scenario):
    """The position of one project, with what all of them say."""
    return Position(negotiation=negotiation, project_id=project, scenario=scenario.name, adopted_from=scenario,
                    **{name: getattr(position, name) for name in SHARED})


def last_words(negotiation, projects):
    """{project pk: [Position, …]} of these projects, in order."""
    said = {project: [] for project in projects}
    for one in Position.objects.filter(negotiation=negotiation, project__in=said).select_related(
            "party").prefetch_related("amounts").order_by("number"):
        said[one.project_id].append(one)
    return said


NOT_SHOWN = 0, set()


def followed(projects, after, last, names):
    """What came on the table meanwhile, or left it, in sentences. after: what the page showed, as in `adopt`."""
    return [f"{names.projects[project]} : entre-temps, "
            f"{positions.meanwhile(last[project], after.get(project, NOT_SHOWN))[0]}."
            for project in projects if last[project] and stands(last[project]) != after.get(project)]


def refuse_unread(standing, names, base, came):
    """The plan, the scenario or the table is not what the page showed. base: as in `adopt`; came: see `followed`."""
    if standing.crossed:
        # Its amounts of these projects would undo what came into the plan since it was copied.
        raise NotAllowed(f"Le plan a changé depuis cette copie pour {named(standing.crossed, names)}, que ce scénario "
                         "change aussi : reprenez d’abord le plan d’aujourd’hui dans le scénario.", *came)
    if base != fingerprint(standing.offered):
        raise NotAllowed("Le scénario ou le plan a changé depuis que vous avez ouvert cette page. Elle montre "
                         "maintenant ce qui serait mis sur la table, et votre saisie est conservée : relisez, puis "
                         "confirmez.", *came)
    if came:
        raise NotAllowed(*came, "La page montre maintenant ce qui est sur la table, et votre saisie est conservée : "
                                "relisez, puis confirmez.")


def is_tabled(said, amounts):
    """Is the last word of the Region these amounts, still on the table and closed by no agreement?"""
    ours = [one for one in said if one.party.side == Side.AUTHORITY and one.state != PositionState.WITHDRAWN]
    if not ours or ours[-1].state != PositionState.TABLED:
        return False
    is_closed = any(one.agreed_on and ours[-1].is_closed_by(one) for one in said)
    return not is_closed and positions.amounts_of(ours[-1]) == amounts


def refuse_adoption(position, going, known, lost, bounds):
    refused = []
    if position.party.side != Side.AUTHORITY:
        refused.append(f"« {position.party} » n’est pas du côté de la Région : un scénario est à son équipe.")
    if position.kind not in KINDS:
        refused.append("Un scénario devient une demande, une contre-proposition ou un compromis.")
    if out := pure.outside(known.cells, bounds.years):
        refused.append(f"{money.format(sum(out.values()))} sortent du contrat ({bounds.years[0]}-{bounds.years[-1]}) : "
                       "annulez ce retard, ou retirez ces montants.")
    if lost:
        refused.append(f"{money.format(sum(lost.values()))} portent sur un projet ou un financeur supprimé : "
                       "retirez-les du scénario.")
    if not going:
        refused.append("Ce scénario ne donne à aucun projet d’autres montants que ceux du plan, et n’en met aucun en "
                       "réserve : il n’y a rien à mettre sur la table.")
    if refused:
        raise NotAllowed(*refused)


def contract(negotiation):
    rows = Contribution.objects.filter(project__negotiation=negotiation).order_by()
    return Contract(negotiation.years, pure.read(rows.values_list("project_id", "financier_id", "year", "amount")))


def copied_plan(scenario, plan, names):
    """{cell: amount} of the plan as the scenario copied it; that of today when nobody knows it any more."""
    if scenario.base is None:
        return plan
    return {cell: amount for cell, amount in pure.read(scenario.base).items() if names.know(cell)}


def draft(scenario):
    return Draft(pure.read(scenario.cells), frozenset(scenario.reserve))


def sorted_out(whole, names):
    """(Draft of what the dossier still knows, {cell: amount} of projects and financiers removed meanwhile)"""
    lost = {cell: amount for cell, amount in whole.cells.items() if not names.know(cell)}
    return Draft({cell: amount for cell, amount in whole.cells.items() if cell not in lost}, whole.reserve), lost


def fingerprint(offered):
    """Of what an adoption would put on the table: {project pk: {(financier, year): amount}}."""
    return fingerprint_of(json.dumps([[project, sorted([*cell, amount] for cell, amount in amounts.items())]
                                      for project, amounts in sorted(offered.items())]))


def found(scenario, negotiation):
    """The scenario as it stands; the lock of the dossier is enough. Raises NotAllowed when it is gone."""
    if now := Scenario.objects.filter(pk=scenario.pk, negotiation=negotiation).first():
        return now
    raise NotAllowed(GONE)


def current(scenario, negotiation, version, *, by):
    now = found(scenario, negotiation)
    if now.version != version:
        acts = Authors(negotiation, Action.SCENARIO_CHANGE, reader=by)
        raise Stale(now, acts.of(lambda entry: entry.subject == now.name))
    return now


def refuse_unknown(what, names):
    """What a change names may have been removed since the page was read."""
    scope = getattr(what, "scope", what)
    actors = {getattr(scope, "financier", None), getattr(what, "heir", None)} - {None}
    if getattr(scope, "project", None) not in {None, *names.projects} or not actors <= set(names.actors):
        raise NotAllowed("Ce projet ou ce financeur n’est plus dans le dossier : choisissez-en un autre.")


def keep(scenario, before, after, words, *, by, key):
    """Store a change with what undoes it; the older ones are left with their words."""
    kept = [*scenario.changes, {"words": words} | pure.trace(before, after)]
    scenario.changes = [{"words": one["words"]} for one in kept[:-MOST_UNDONE]] + kept[-MOST_UNDONE:]
    return store(scenario, before, after, words, by=by, key=key)


def store(scenario, before, after, words, *, by, key):
    scenario.cells, scenario.reserve = pure.written(after.cells), sorted(after.reserve)
    scenario.version += 1
    scenario.save(update_fields=[*WORKED, "version", "changed_at"])
    record(Action.SCENARIO_CHANGE, scenario.name, by=by, negotiation=scenario.negotiation, key=key,
           details={"words": words, "total": [before.total, after.total]})
    return scenario
