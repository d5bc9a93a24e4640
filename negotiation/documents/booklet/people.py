"""From rows to content: cover, identity sheet, chronology, actors and their roles."""
import base64
from collections import Counter
from itertools import groupby

from ... import money
from ...choices import EventKind, Nature, Raci, Side, State
from ...dates import period
from .. import charts
from . import content, figures
from .financing import cells_of_plan, gap_sentence
from .progress import points
from .words import count, date_of, day, first_upper, line, mandate, moment, plural, text, with_source


def cover(rows):
    dossier = rows.negotiation
    return content.Cover(
        title=line(dossier.title), region=line(dossier.region),
        period=f"{dossier.first_year}-{dossier.last_year}", owner=line(dossier.owner.name),
        nature="" if dossier.nature == Nature.REAL else first_upper(dossier.get_nature_display()),
        origin_note=text(dossier.origin_note), grid=line(dossier.grid.title), as_of=moment(rows.changed_at),
        emblems=tuple(content.Emblem(line(row.label), base64.b64encode(row.image).decode()) for row in rows.emblems))


def identity(rows):
    total = sum(row.amount for row in rows.contributions)
    counts = Counter(progress.state for progress in rows.progresses)
    return content.Identity(
        facts=tuple(facts(rows, total, counts)), shares=shares(rows), drawing=charts.shares(cells_of_plan(rows)),
        total=total, gap=gap_sentence(total, rows.negotiation.announced_total))


def facts(rows, total, counts):
    dossier = rows.negotiation
    years = dossier.last_year - dossier.first_year + 1
    announced = "" if dossier.announced_total is None else money.format(dossier.announced_total)
    costs = [project.cost for project in rows.projects if project.cost is not None and not project.whole_contract]
    openings = ", ".join(line(opening.organisation.name) for opening in rows.openings)
    yield figures.Fact("Collectivité", f"{line(dossier.region)}, chef-lieu {line(dossier.region.capital)}")
    yield figures.Fact("Dossier tenu par", line(dossier.owner.name))
    yield figures.Fact("Période", f"{dossier.first_year}-{dossier.last_year} ({count(years, 'an', 'ans')})")
    if dossier.nature != Nature.REAL:
        yield figures.Fact("Nature du dossier", first_upper(dossier.get_nature_display()))
    yield figures.Fact("Signature", " ; ".join(
        said(event, rows) for event in rows.events if event.kind == EventKind.SIGNATURE))
    yield figures.Fact("Total annoncé", with_source(announced, dossier.announced_source))
    yield figures.Fact("Total du plan de financement", money.format(total) if total else "")
    yield figures.Fact("Coût estimé des projets", estimated(costs, rows))
    yield figures.Fact("Grille méthodologique", line(dossier.grid.title))
    yield figures.Fact("Étapes approuvées", f"{counts[State.APPROVED]} sur {len(rows.progresses)}{others(counts)}")
    yield figures.Fact("Points de la grille remplis", filled(list(points(rows))))
    yield figures.Fact("Dossier ouvert le", moment(dossier.opened_at))
    yield figures.Fact("Ouvert à", openings or "aucune autre organisation")
    yield figures.Fact("Dernier changement", moment(rows.changed_at))


def others(counts):
    """« (3 à commencer, 2 soumises) », or nothing."""
    told = ", ".join(f"{counts[state]} {plural(state.label) if counts[state] > 1 else state.label}" for state in State
                     if counts[state] and state != State.APPROVED)
    return f" ({told})" if told else ""


def said(event, rows):
    date = period(event.date, event.precision, event.end_date) + (" (prévue)" if is_planned(event, rows) else "")
    return f"{date}, {line(event.place)}" if event.place else date


def is_planned(event, rows):
    """Still to come on the day the dossier last changed, which the cover gives: the same dossier says the same."""
    return event.date > date_of(rows.changed_at)


def filled(found):
    """« 24 sur 209 (A : 10 sur 30, B : …) »"""
    phases = ", ".join(f"{code} : {done} sur {total}" for code, done, total in found)
    return f"{sum(done for _, done, _ in found)} sur {sum(total for *_, total in found)} ({phases})"


def estimated(costs, rows):
    projects = sum(not project.whole_contract for project in rows.projects)
    if not costs:
        return ""
    priced = count(len(costs), "projet chiffré", "projets chiffrés")
    return money.format(sum(costs)) + ("" if len(costs) == projects else f" ({priced} sur {projects})")


def shares(rows):
    """Largest first; each has the tenths of a percent that the page of the commitments gives it."""
    _, parts = charts.brought(cells_of_plan(rows))
    return tuple(figures.Share(part.name, part.total, money.percent(part.tenths)) for part in parts)


def years(rows):
    events = sorted(rows.events, key=lambda event: (event.date, event.pk))
    return tuple(content.Year(year, tuple(event_of(event, rows) for event in found))
                 for year, found in groupby(events, key=lambda event: event.date.year))


def event_of(event, rows):
    return content.Event(
        anchor=f"evenement-{event.rank}", when=period(event.date, event.precision, event.end_date),
        kind=event.get_kind_display(), planned=is_planned(event, rows), title=line(event.title),
        place=line(event.place), participants=text(event.participants), decisions=text(event.decisions),
        source=line(event.source),
        step=event.progress.step.code if event.progress_id else "")


def sides(rows):
    return tuple(
        content.Side(side.label, found) for side in Side
        if (found := tuple(actor_of(actor, rows) for actor in rows.actors if actor.side == side)))


def actor_of(actor, rows):
    return content.Actor(
        line(actor.name), "" if actor.acronym == actor.name else line(actor.acronym), actor.financier,
        named(actor.written_commitment),
        tuple(content.Representative(line(person.function), line(person.name),
                                     mandate(person.starts_on, person.ends_on))
              for person in rows.representatives[actor.pk]))


def roles(rows):
    codes = {phase.pk: phase.code for phase in rows.phases}
    letters = {actor.pk: {codes[role.phase_id]: role.role for role in rows.roles[actor.pk]} for actor in rows.actors}
    return content.RoleMatrix(
        phases=tuple(figures.Fact(phase.code, line(phase.title)) for phase in rows.phases),
        letters=tuple(figures.Fact(role.value, role.label) for role in Raci),
        rows=tuple(content.RoleRow(line(actor), tuple(letters[actor.pk].get(phase.code, "") for phase in rows.phases))
                   for actor in rows.actors if letters[actor.pk]),
        without=tuple(line(actor) for actor in rows.actors if not letters[actor.pk]))


def obligations(rows):
    return tuple(
        content.Obligation(
            party=line(row.party), what=text(row.what), due=due_of(row, rows), indicator=line(row.indicator),
            state=row.state,
            evidence=" ; ".join(filter(None, (line(row.evidence), named(row.evidence_document)))),
            source=line(row.source))
        for row in rows.obligations)


def named(document):
    """« pièce C4 — Lettre d’engagement », or nothing."""
    return f"pièce {line(document.label)}" if document else ""


def due_of(row, rows):
    late = row.is_late(date_of(rows.changed_at))
    return ", ".join(part for part in (day(row.due_on), line(row.due_text), "en retard" if late else "") if part)
