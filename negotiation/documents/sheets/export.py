"""The plan as a file of each kind: its content, its type, its name."""
from .texts import to_csv, to_json
from .workbook import to_xlsx

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def content(kind, plan, dossier):
    """The bytes of the plan. plan: queries.commitments.Plan, with its column « non réparti »."""
    if kind == "xlsx":
        return to_xlsx(plan, dossier)
    return to_csv(plan) if kind == "csv" else to_json(plan, dossier)
