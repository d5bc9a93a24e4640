"""From rows to figures: how many points of the checklists are filled, on the day the dossier last changed. No query."""
from ... import checklist, findings
from . import financing
from .words import date_of


def points(rows):
    """[(phase code, points filled, points)], as the page of the dossier counts them."""
    facts = facts_of(rows)
    for phase in rows.phases:
        items = [item for progress in rows.progresses if progress.step.phase_id == phase.pk
                 for item in checklist.items_of(progress, facts)]
        yield phase.code, sum(item.done for item in items), len(items)


def facts_of(rows):
    """What the checklists rest on, from what is already read."""
    documents = [document for found in rows.documents.values() for document in found if document.expected_id]
    return checklist.Facts(
        questions=rows.questions, documents=rows.expected,
        answered={(answer.progress_id, answer.question_id) for found in rows.answers.values() for answer in found
                  if answer.text},
        given={(document.progress_id, document.expected_id) for document in documents
               if document.waiver or rows.versions[document.pk]},
        held=held(rows))


def held(rows):
    money = financing.facts_of(rows)
    return {
        "plan": checklist.plan_of(money), "blocking": findings.blocking(money),
        "events": {event.progress_id for event in rows.events if event.date <= date_of(rows.changed_at)},
        "actors": any(rows.representatives.values()),
        "obligations": bool(rows.obligations),
        "difficulties": bool(rows.difficulties),
        "lessons": any(row.lesson or row.perspective for row in rows.difficulties),
    }
