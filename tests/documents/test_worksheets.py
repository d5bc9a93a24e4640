"""A worksheet made for real: what it says, and what it keeps back."""
import pikepdf
import pytest
from django.core.management import call_command

from negotiation.documents.worksheet import content, render
from negotiation.files.inspection import inspect
from negotiation.models import Answer

from .conftest import pages_of, sheet_of

FLOOR = "Plancher de quatre milliards."


def answered(dossier, code, text, by):
    """An answer to a question, as it would be read."""
    progress = dossier.steps.get(step__code=code.partition(".")[0])
    question = progress.step.questions.get(code=code)
    return Answer.objects.create(progress=progress, question=question, text=text, saved_by=by)


def test_a_sheet_says_the_guidance_the_questions_and_what_is_already_written(dossier, manager):
    answered(dossier, "A1.Q1", "Oui, le décret est là.", manager)
    sheet = sheet_of(dossier, "A1")
    step = dossier.steps.get(step__code="A1").step
    assert (sheet.objective, sheet.duration) == (step.objective, step.duration)
    assert [question.text for question in sheet.questions] == [q.text for q in step.questions.all()]
    assert [question.answer for question in sheet.questions][:2] == ["Oui, le décret est là.", ""]
    assert [known.measure for known in sheet.known] == [known.measure for known in step.difficulties.all()]
    assert [piece.name for piece in sheet.pieces] == [piece.name for piece in step.documents.all()]
    assert sheet.printed_on == "25\u00a0novembre 2026"


@pytest.mark.parametrize(("code", "titles"), [
    ("A1", ["Événements de l’étape"]),
    ("C4", ["Événements de l’étape", "Projets structurants", "Plan de financement"]),
])
def test_blank_tables_are_those_that_the_checks_of_the_step_ask_for(dossier, code, titles):
    assert [table.title for table in sheet_of(dossier, code).tables] == titles


def test_a_long_period_is_cut_in_tables_that_hold_on_the_page():
    tables = list(content.financing(2027, 2036))
    assert [[label for label, _ in table.columns][2:] for table in tables] == [
        ["2027", "2028", "2029", "2030", "2031", "2032"], ["2033", "2034", "2035", "2036", "Non réparti"]]
    assert [sum(width for _, width in table.columns) <= 100 for table in tables] == [True, True]


def test_reserved_questions_are_apart_and_for_the_team_alone(dossier, manager):
    answered(dossier, "D1.Q2", FLOOR, manager)
    ours, theirs = sheet_of(dossier, "D1"), sheet_of(dossier, "D1", team=False)
    assert [(question.number, question.answer) for question in ours.reserved] == [(1, ""), (2, FLOOR), (3, "")]
    assert (theirs.reserved, theirs.kept_back) == ((), 3)
    assert ours.questions == theirs.questions
    assert FLOOR in render.html(ours)
    assert FLOOR not in render.html(theirs)


def test_a_very_long_answer_is_recalled_and_not_copied_out(dossier, manager):
    answered(dossier, "A1.Q1", "mot " * 5000, manager)
    recalled = sheet_of(dossier, "A1").questions[0].answer
    assert len(recalled) <= content.LONGEST_RECALL
    assert recalled.endswith("…")


def test_the_file_is_tagged_in_french_and_passes_our_own_inspection(printed):
    path, _, _ = printed
    with pikepdf.open(path) as document:
        assert str(document.Root.Lang) == "fr"
        assert document.Root.MarkInfo.Marked
        assert document.check_pdf_syntax() == []
        assert "/StructTreeRoot" in document.Root
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"].startswith("Fiche de travail, étape D1")
        assert all(page.Contents[0].read_bytes().startswith(b"/Artifact BMC") for page in document.pages)
    with path.open("rb") as file:
        assert inspect(file, "fiche.pdf").kind == "pdf"


def test_the_command_writes_the_file_without_what_is_reserved(dossier, manager, tmp_path):
    answered(dossier, "D1.Q2", FLOOR, manager)
    path = tmp_path / "d1.pdf"
    call_command("worksheet", dossier.slug, "d1", output=str(path), verbosity=0)
    text = "".join(pages_of(path))
    assert "Page 1 sur 2" in text
    assert "quatre milliards" not in text
    assert "3 questions de cette étape sont réservées" in " ".join(text.split())
