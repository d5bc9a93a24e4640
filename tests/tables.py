"""Spreadsheets for tests: plans without a database, workbooks as people make them, tables read in this process."""
import io

import openpyxl
import xlsxwriter

from negotiation.files import table, table_text, table_xlsx
from negotiation.files.table import read_table
from negotiation.forms.sheets.reading import understand
from negotiation.queries.commitments import Party, matrix

READERS = {"table.xlsx": table_xlsx.check, "table.csv": table_text.check, "table.json": table_text.check}
YEARS = range(2027, 2030)


class Named:
    """A project as `queries.commitments.matrix` reads it."""

    def __init__(self, pk, name):
        self.pk, self.name, self.whole_contract = pk, name, False


class Dossier:
    slug, title, years = "kayes-2027-2029", "Contrat-plan de Kayes", YEARS


def plan(amounts=(), *, projects=("Piste de Kléla", "Centre de santé"), financiers=("État", "Région de Kayes")):
    """A Plan. amounts: {(project, financier, year): amount}, all counted from 1; a financier is a label or (label,
    name)."""
    parties = [Party(pk, one if isinstance(one, str) else one[0], one if isinstance(one, str) else one[1], True)
               for pk, one in enumerate(financiers, 1)]
    return matrix([Named(pk, name) for pk, name in enumerate(projects, 1)],
                  [(*cell, amount) for cell, amount in dict(amounts).items()], parties, YEARS, editing=True)


def read_here(monkeypatch):
    """Tables are read in this process: the child that bounds them has tests of its own."""
    monkeypatch.setattr(table, "check_apart", lambda kind, data: READERS[kind](data, kind))


def workbook(*rows, change=None):
    """An XLSX as openpyxl writes it; `change(book, sheet)` may spoil it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Plan"
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def written(fill):
    """An XLSX as XlsxWriter writes it: `fill(book, sheet)`."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book, book.add_worksheet("Plan"))
    book.close()
    return target.getvalue()


HEAD = ("Projet", "Financeur", 2027, 2028, 2029, "Non réparti")
LINE = ("Piste de Kléla", "État")
STATE = {(1, 1, 2027): 100, (1, 1, 2028): 200}


def reading(data, found=None, name="plan.xlsx"):
    """What a file says of a plan, or of one that holds two amounts of the State."""
    return understand(read_table(io.BytesIO(data), name), found or plan(STATE))


def refusals(data, found=None, name="plan.xlsx"):
    """The sentences of what is refused in it."""
    return [str(one) for one in reading(data, found, name).refused]
