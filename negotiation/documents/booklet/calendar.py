"""From rows to content: the calendar as it stood on the day of the last change, so that the same dossier says the same.

The drawing is that of the page; the table beside it says the same in words.
"""
from django.utils import timezone

from ...queries.calendar import calendar_of
from ..timeline import draw
from . import content
from .words import day, line, text


def calendar(rows):
    as_of = timezone.localtime(rows.changed_at).date()
    progresses = sorted(rows.progresses, key=lambda progress: progress.step.code)
    found = calendar_of(rows.negotiation, progresses, rows.moves, [e for e in rows.events if e.progress_id],
                        rows.holidays, as_of)
    return content.Calendar(
        starts_on=day(found.starts_on), as_of=day(as_of), is_planned=found.is_planned, source=found.source,
        sentences=tuple(text(sentence) for sentence in found.sentences),
        lines=tuple(content.CalendarLine(one.code, line(one.progress.step.title), one.planned_said,
                                         one.real.said if one.real else "", one.delay_said) for one in found.lines),
        silent=tuple(found.silent), timeline=draw(found, f"au {day(as_of)}"))
