"""What the page of the paper worksheets reads: the steps, which may receive a sheet, and what came back since."""
from datetime import UTC, datetime

from ..models import DocumentVersion, Question

FILLED = "Fiche de travail remplie"


def steps(dossier):
    """The steps of a dossier, in order, each with its `step`."""
    return list(dossier.steps.select_related("step").order_by("step__code"))


def reserved_codes(progresses):
    """The codes of the steps that have questions reserved to the team of the Region."""
    return set(Question.objects.filter(step__in=[progress.step_id for progress in progresses], confidential=True)
               .values_list("step__code", flat=True))


def changes_since(progress, mark):
    """How many changes the step has known since the sheet was printed, sheets that came back not counted."""
    since = datetime.fromtimestamp(mark.minute * 60, UTC)
    sheets = DocumentVersion.objects.filter(
        document__progress=progress, document__expected=None, document__title__startswith=FILLED,
        uploaded_at__gte=since).count()
    return max(0, progress.version - mark.version - sheets)
