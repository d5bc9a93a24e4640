"""From rows to content: the grid step by step, difficulties, and the decisions of the journal."""
from ...choices import Action, Family
from . import content, figures, stages
from .words import first_upper, line, moment, sentence, size, text


def phases(rows):
    return tuple(phase_of(phase, rows) for phase in rows.phases)


def phase_of(phase, rows):
    duration = stages.duration(phase.duration)
    told = [("Chef de file", phase.lead), ("Autres acteurs", phase.other_actors), ("Entrées", phase.inputs),
            ("Livrables", phase.outputs), (duration.label, duration.value), ("Difficultés", phase.difficulties),
            ("Mesures", phase.measures)]
    return stages.Phase(
        code=phase.code, anchor=f"phase-{phase.code}", title=line(phase.title),
        goal=stated(phase.goal, phase.source_status, phase.sources),
        facts=tuple(figures.Fact(label, sentence(text(value))) for label, value in told if value),
        steps=tuple(step_of(progress, rows) for progress in rows.progresses if progress.step.phase_id == phase.pk))


def stated(value, status, sources):
    return stages.Statement(text(value), status, tuple(line(code) for code in sources))


def step_of(progress, rows):
    step = progress.step
    actors = rows.step_actors[step.pk]
    documents = rows.documents[progress.pk]
    by_expected = {document.expected_id: document for document in documents}
    answers = {answer.question_id: answer.text for answer in rows.answers[progress.pk]}
    return stages.Step(
        code=step.code, anchor=f"etape-{step.code}", title=line(step.title),
        objective=stated(step.objective, step.source_status, step.sources), source_note=text(step.source_note),
        state=progress.state, decided=decided(progress, rows), return_reason=text(progress.standing_reason),
        duration=stages.duration(line(step.duration)),
        leads=tuple(actor_of(row) for row in actors if row.role == "lead"),
        associated=tuple(actor_of(row) for row in actors if row.role != "lead"),
        validation=stated(step.validation, step.validation_status, ()),
        answers=tuple(answer_of(row, answers) for row in rows.questions[step.pk]),
        pieces=tuple(piece_of(row, by_expected.get(row.pk), rows) for row in rows.expected[step.pk]),
        others=tuple(piece_of(None, row, rows) for row in documents if row.expected_id is None),
        remarks=tuple(remark_of(thread) for thread in rows.remarks[progress.pk]),
        events=tuple(event_link(row) for row in rows.events if row.progress_id == progress.pk),
        difficulties=tuple(found.link for found in numbered(rows) if found.progress_id == progress.pk),
        attention=tuple(stated(row.text, row.source_status, row.sources) for row in rows.attention[step.pk]),
        risks=tuple(risk_of(row) for row in rows.risks[step.pk]))


def actor_of(row):
    return stated(row.name, row.source_status, row.sources)


def answer_of(question, answers):
    return stages.Answer(question.code, stated(question.text, question.source_status, question.sources),
                          "" if question.confidential else text(answers.get(question.pk, "")), question.confidential)


def risk_of(row):
    return stages.Risk(Family(row.family).label, stated(row.difficulty, row.source_status, row.sources),
                        text(row.measure))


def piece_of(expected, document, rows):
    """A reserved piece is named by the grid, and what the team deposited stays with the team."""
    reserved = bool(expected and expected.confidential)
    shown = document if not reserved else None
    name = stated(expected.name, expected.source_status, expected.sources) if expected else stated(
        document.title, "", ())
    title = line(shown.title) if shown else ""
    return stages.Piece(
        code=expected.code if expected else "", name=name, title="" if title == name.text else title,
        required=bool(expected and expected.required), reserved=reserved,
        waiver=text(shown.waiver) if shown else "",
        versions=tuple(version_of(row, rows) for row in rows.versions[shown.pk]) if shown else ())


def version_of(row, rows):
    """Deposited by someone of the team: their function, or the team, and no name."""
    by = row.uploaded_by.function or rows.negotiation.owner.name
    return stages.Version(row.number, line(row.file_name), row.kind.upper(), size(row.size), moment(row.uploaded_at),
                           line(by), row.sha256)


def remark_of(thread):
    """Organisations speak, as in the decisions; what is not sent is not among the rows."""
    row = thread.remark
    return stages.Remark(
        place=line(row.label), by=line(row.organisation.name), date=moment(row.sent_at), problem=text(row.problem),
        request=text(row.request), state=row.state, messages=tuple(
            stages.Message(line(reply.organisation), moment(reply.sent_at), text(reply.text))
            for reply in thread.replies))


def event_link(event):
    return stages.Link(f"evenement-{event.rank}", "", line(event.title))


class Numbered:
    """A difficulty with its number in the livret, which steps and lessons quote."""

    def __init__(self, number, row):
        self.number, self.row, self.progress_id = number, row, row.progress_id
        self.anchor = f"difficulte-{number}"

    @property
    def link(self):
        return stages.Link(self.anchor, f"Difficulté {self.number}", line(self.row.what))


def numbered(rows):
    return [Numbered(number, row) for number, row in enumerate(rows.difficulties, 1)]


def difficulties(rows):
    return tuple(difficulty_of(found) for found in numbered(rows))


def difficulty_of(found):
    row = found.row
    return content.Difficulty(
        anchor=found.anchor, number=found.number, family=row.family_phrase, state=row.state,
        step=row.progress.step.code if row.progress_id else "", known=row.known.code if row.known_id else "",
        what=text(row.what), effect=text(row.effect), remedy=text(row.remedy), owner=line(row.owner),
        lesson=text(row.lesson), perspective=text(row.perspective), source=line(row.source))


def decided(progress, rows):
    """« Approuvée le 12 mars 2026, DGCT »: the last decision on this step."""
    last = next((entry for entry in reversed(rows.decisions) if entry.progress_id == progress.pk), None)
    return f"{act_of(last)} le {moment(last.at)}, {line(last.organisation)}".rstrip(", ") if last else ""


PAST = {Action.STEP_SUBMIT: "Soumise à la DGCT", Action.STEP_RETURN: "Renvoyée pour correction",
        Action.STEP_APPROVE: "Approuvée", Action.STEP_REOPEN: "Rouverte"}


def act_of(entry):
    return PAST[entry.action]


def decisions(rows):
    return tuple(
        content.Decision(date=moment(entry.at), act=first_upper(act_of(entry)), step=line(entry.subject),
                         organisation=line(entry.organisation), reason=text(entry.reason))
        for entry in rows.decisions)
