"""The files that the PDF of a livret carries: its plan as XLSX and JSON, made from its content and nothing else."""
from dataclasses import dataclass

from ...queries.commitments import Party, matrix
from ..pdf import Attached
from ..sheets import export

NAME = "plan-de-financement"
DESCRIPTIONS = {"xlsx": "Le plan de financement, pour un tableur", "json": "Le plan de financement, pour un programme"}


@dataclass(frozen=True)
class Row:
    """A project, or the dossier, as the makers of the files read them."""
    pk: int = 0
    name: str = ""
    whole_contract: bool = False
    slug: str = ""
    title: str = ""
    years: tuple[int, ...] = ()


def files(content):
    """[Attached, …] of a content; none when its plan has no amount."""
    sheet = content.body.sheet
    if not sheet.cells:
        return []
    parties = [Party(place, one.label, one.name, one.declared) for place, one in enumerate(sheet.financiers)]
    plan = matrix([Row(place, name) for place, name in enumerate(sheet.projects)], sheet.cells, parties, sheet.years,
                  editing=True)
    dossier = Row(slug=content.slug, title=sheet.title, years=sheet.years)
    return [Attached(f"{NAME}.{kind}", said, export.KINDS[kind], export.content(kind, plan, dossier))
            for kind, said in DESCRIPTIONS.items()]
