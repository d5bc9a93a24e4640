"""The journal as a table for a spreadsheet: UTF-8 with its mark, semicolons, and no cell that could be carried out."""
import csv

from django.utils import timezone

from ..choices import State

COLUMNS = ["Numéro", "Date et heure", "Personne", "Organisation", "Acte", "Étape", "Objet", "État avant", "État après",
           "Motif", "Changements", "Empreinte"]
# A spreadsheet takes what begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST = 32_000


class Line:
    """A file that gives back what is written to it."""

    def write(self, text):
        return text


def rows(lines, note=""):
    """The table, row by row, as texts; note: a sentence under it."""
    writer = csv.writer(Line(), delimiter=";")
    yield "\ufeff" + writer.writerow(COLUMNS)
    for line in lines:
        yield writer.writerow([safe(cell) for cell in cells(line)])
    if note:
        yield writer.writerow(["", *[note if column == "Changements" else "" for column in COLUMNS[1:]]])


def cells(line):
    entry = line.entry
    before, after = (State(state).label for state in line.states) if line.states else ("", "")
    changed = " | ".join(told(change) for change in line.changes)
    return [entry.number, f"{timezone.localtime(entry.at):%d/%m/%Y %H:%M:%S}", entry.by_name, entry.organisation,
            entry.get_action_display(), line.step.code if line.step else "", entry.subject, before, after, entry.reason,
            changed, entry.hash]


def told(change):
    after = change.after or "rien"
    return f"{change.label} : {change.before} → {after}" if change.before else f"{change.label} : {after}"


def safe(cell):
    """A text that a spreadsheet shows and never carries out, no longer than one of its cells."""
    if not isinstance(cell, str):
        return cell
    cell = cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…"
    return f"'{cell}" if cell.startswith(FORMULA) else cell
