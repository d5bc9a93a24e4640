"""What the public pages of reference read: the latest edition of the grid, and what surrounds it."""
import unicodedata
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Prefetch

from ..choices import Check, EditionState, Family, Origin, Side, StepRole
from ..models import Booklet, Grid, GridActor, KnownDifficulty, Phase, Region, Source, Step, Term, Text

ITEMS = ("actors", "questions", "documents", "attention", "difficulties")


def edition():
    """The latest edition of the grid, or None before `load_grid`."""
    return Grid.objects.first()


def home():
    """Home: the phases in short, and the edition in force of each published livret (three of them)."""
    booklets = Booklet.objects.filter(state=EditionState.PUBLISHED).select_related("negotiation__region")
    return {"phases": phases(edition()), "booklets": booklets.order_by("-published_at")[:3]}


def phases(grid):
    return Phase.objects.filter(grid=grid).order_by("code")


def grid():
    """The grid whole: its phases, each with its steps."""
    current = edition()
    steps = Prefetch("steps", Step.objects.order_by("code"))
    return {"grid": current, "phases": phases(current).prefetch_related(steps)}


@dataclass(frozen=True)
class Sheet:
    """One step and everything the grid says of it; `sources` are those that anything on the sheet cites."""
    step: Step
    leads: list
    associated: list
    checks: list
    sources: list
    previous: Step | None
    following: Step | None


def step_sheet(code):
    """The sheet of a step of the latest edition, or None."""
    steps = list(Step.objects.filter(phase__grid=edition()).order_by("phase__code", "code").only("code", "title"))
    place = next((place for place, step in enumerate(steps) if step.code == code), None)
    if place is None:
        return None
    step = Step.objects.select_related("phase").prefetch_related(*ITEMS).get(pk=steps[place].pk)
    actors = list(step.actors.all())
    cited = {source for part in (step, *(item for name in ITEMS for item in getattr(step, name).all()))
             for source in part.sources}
    return Sheet(
        step=step,
        leads=[actor for actor in actors if actor.role == StepRole.LEAD],
        associated=[actor for actor in actors if actor.role == StepRole.ASSOCIATED],
        checks=[Check(check).label for check in step.checks if check in Check.values],
        sources=list(Source.objects.filter(code__in=cited)),
        previous=steps[place - 1] if place else None,
        following=steps[place + 1] if place + 1 < len(steps) else None,
    )


def actors():
    """The actors by side, and the responsibility matrix: (actor, its cell in each phase or None)."""
    everyone = sorted(GridActor.objects.prefetch_related("roles"),
                      key=lambda actor: (actor.matrix_order is None, actor.matrix_order or 0, actor.pk))
    columns = list(phases(edition()))
    matrix = []
    for actor in everyone:
        if actor.matrix_order is not None:
            cells = {role.phase: role for role in actor.roles.all()}
            matrix.append((actor, [(phase, cells.get(phase.code)) for phase in columns]))
    return {"phases": columns, "matrix": matrix,
            "sides": [(side.label, [actor for actor in everyone if actor.side == side]) for side in Side]}


def difficulties():
    """The reported difficulties by family, in the order of the families."""
    rows = list(KnownDifficulty.objects.order_by("pk"))
    families = [(family, [row for row in rows if row.family == family]) for family in Family]
    return {"families": [(family, found) for family, found in families if found]}


def glossary():
    """The glossary by first letter: [(letter, [Term, …]), …], accents and case aside."""
    terms = sorted(Term.objects.all(), key=lambda term: plain(term.term))
    return {"letters": [(letter, list(found)) for letter, found in groupby(terms, lambda t: plain(t.term)[0].upper())]}


def plain(text):
    """« Élu » → « elu »: what the alphabet sorts by."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def sources():
    """The texts of reference, and the sources: of Mali, then the comparisons."""
    rows = list(Source.objects.order_by("code"))
    return {"texts": Text.objects.all(), "mali": [row for row in rows if row.origin == Origin.MALI],
            "comparators": [row for row in rows if row.origin == Origin.COMPARATOR]}


def regions():
    return {"regions": Region.objects.select_related("origin")}
