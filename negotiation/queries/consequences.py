"""What the rules would say of a plan that is not the plan yet: that of a scenario, of an agreement, of a file."""
from dataclasses import dataclass, replace
from typing import NamedTuple

from .. import findings
from ..models import Project
from . import commitments


class Held(NamedTuple):
    """What the dossier has for its money: the Facts of the checks, and the rows of its actors."""
    facts: findings.Facts
    actors: list

    @property
    def plan(self):
        """{(project pk, financier pk, year): amount}"""
        return cells_of(self.facts)


@dataclass(frozen=True)
class Consequences:
    """new: the findings that the plan does not have; moved: those that it has with other figures; same: those that it
    has already, word for word; settled: those that it would have no more."""
    new: list
    moved: list
    same: list
    settled: list

    @property
    def told(self):
        """[(word, [Finding, …])], what is new first; without what is there already."""
        return [(word, found) for word, found in (("nouveau", self.new), ("autre montant", self.moved)) if found]

    @property
    def summary(self):
        """« 1 point bloquant et 2 avertissements » of all that the plan would have; "" for none."""
        return findings.summary([*self.new, *self.moved, *self.same])

    @property
    def blocks(self):
        return any(one.blocks for one in (*self.new, *self.moved, *self.same))


def held(dossier, *, agreed=False):
    """In four queries, one more for the positions agreed on (agreed), which a change by hand may leave."""
    actors = list(commitments.financiers(dossier))
    return Held(commitments.facts_of(
        dossier, list(Project.objects.filter(negotiation=dossier)), commitments.contributions(dossier), actors,
        commitments.rules(dossier), (), commitments.agreements(dossier) if agreed else ()), actors)


def cells_of(facts):
    return {tuple(cell): amount for *cell, amount in facts.cells}


def consequences(facts, cells):
    """facts: those of the plan as it stands; cells: {(project pk, financier pk, year): amount} of the plan to be. An
    amount of a project or an actor that is no longer in the dossier is left out."""
    projects, parties = facts.names
    rows = tuple((*cell, amount) for cell, amount in cells.items()
                 if amount and cell[0] in projects and cell[1] in parties)
    now, then = findings.findings(facts), findings.findings(replace(facts, cells=rows))
    said, about = {one.sentence for one in now}, {key(one) for one in now}
    same = [one for one in then if one.sentence in said]
    other = [one for one in then if one.sentence not in said]
    kept = {key(one) for one in then}
    return Consequences([one for one in other if key(one) not in about], [one for one in other if key(one) in about],
                        same, [one for one in now if key(one) not in kept])


def key(finding):
    """What a finding is about, whatever its figures."""
    return finding.severity, finding.scope, finding.about, finding.limit, finding.anchor
