"""From rows to content: what each party put on the table, project by project. The mandate of the Region and its
scenarios are not among the rows: nothing of them can be printed."""
from collections import Counter, defaultdict

from ... import money
from ...queries.positions import build
from .. import charts
from . import figures
from .financing import by_years
from .words import day, line, text

# How the title of a plan that an agreement replaced begins.
BEFORE = "Plan avant l’accord"


def positions(rows):
    """(Rounds, …) of the projects that have positions."""
    amounts = [(pk, one.financier_id, one.year, one.amount) for pk, found in rows.amounts.items() for one in found]
    plan = [(one.project_id, one.financier_id, one.year, one.amount) for one in rows.contributions]
    threads = build(rows.projects, sorted(rows.positions, key=lambda one: one.number), amounts, rows.actors, plan, {})
    return tuple(figures.Rounds(line(thread.project.name), tuple(map(position_of, thread.rounds)),
                                tuple(tables(rows, thread)), charts.gap_of(thread))
                 for thread in threads if thread.rounds)


def position_of(one):
    position = one.position
    gap = "" if one.gap is None else f"{money.signed(one.gap, money.digits)} (n° {one.previous})"
    minutes = position.minutes
    return figures.Position(
        number=position.number, date=day(position.held_on),
        kind=position.get_kind_display() + (", mise en liste de réserve" if one.to_reserve else ""),
        party=line(position.party.name), spokesperson=line(position.spokesperson), total=one.total, gap=gap,
        state=position.state, said=said(one), withdrawn_because=text(position.withdrawn_reason),
        justification=text(position.justification),
        session=line(position.event.title) if position.event else "",
        minutes=line(minutes.title) if minutes and not minutes.is_confidential else "",
        proof=proof(position))


def proof(position):
    """« Convenue avec : … · Séance de l’accord : … · Procès-verbal de l’accord : … »"""
    minutes = position.agreed_minutes
    told = [("Convenue avec", position.agreed_with),
            ("Séance de l’accord", position.agreed_event and position.agreed_event.title),
            ("Procès-verbal de l’accord", minutes and not minutes.is_confidential and minutes.title)]
    return " · ".join(f"{label} : {line(value)}" for label, value in told if value)


def said(one):
    if one.settled_by:
        return f"suivie d’un accord (n° {one.settled_by})"
    return f"le {day(one.position.agreed_on)}" if one.position.agreed_on else ""


def tables(rows, thread):
    """The amounts of the thread, a group a position; the plan as an agreement found it follows that position."""
    given = {cell.year for one in thread.rounds for cell in rows.amounts[one.position.pk]}
    given |= {year for one in thread.rounds for _, year, _ in one.position.plan_before or []}
    largest = max(max(one.total, one.before_total) for one in thread.rounds)
    return by_years(rows.negotiation, given, largest, "", "", lambda cells: groups(rows, thread, cells))


def groups(rows, thread, cells):
    for one in thread.rounds:
        position = one.position
        found = defaultdict(Counter)
        for cell in rows.amounts[position.pk]:
            found[cell.financier_id][cell.year] += cell.amount
        if found:
            yield group(f"Position n° {position.number} : {position.get_kind_display()}, {line(position.party)}", [
                (line(actor), found[actor.pk]) for actor in rows.actors if actor.pk in found], cells)
        if position.plan_before:
            yield group(f"{BEFORE} sur la position n° {position.number}", before(position), cells)


def group(title, lines, cells):
    total = sum((by_year for _, by_year in lines), Counter())
    return figures.PlanGroup(title, tuple(figures.PlanLine(name, cells(by_year)) for name, by_year in lines),
                             figures.PlanLine("Total", cells(total)) if len(lines) > 1 else None)


def before(position):
    """[(financier, {year: amount})] of the plan that the agreement replaced, by the names of that day."""
    found = defaultdict(Counter)
    for financier, year, amount in position.plan_before:
        found[line(financier)][year] += amount
    return list(found.items())
