"""The plan as an XLSX: a short guide, then the amounts with live sums; no formula but ours, no link, no macro.

The same data give the same bytes. The model is the same workbook without amounts, with free rows to choose from lists.
"""
import io
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from ... import money
from ...forms.sheets.words import (
    FINANCIER,
    PLAN_TOTAL,
    PROJECT,
    SHEET,
    SUBTOTAL,
    TOTAL,
    financier_names,
    plain,
)
from .guide import write_guide

# The content decides the bytes: the day it was made is not part of it.
MADE = datetime(2026, 1, 1)
FREE_ROWS = 30
HEAD, FIRST = 3, 4
WIDTHS = {"project": 44, "financier": 28, "year": 17, "total": 19}
# A cell of Excel holds any whole number up to here, exactly; an amount has fifteen digits at most.
MOST = 2**53
INK, PAPER, LINE = "#1A2048", "#F4EFE6", "#C9C2B4"


@dataclass(frozen=True)
class Row:
    """A line of the sheet; amounts follow the columns of the plan. first: of the lines that a subtotal adds up."""
    project: str
    financier: str
    amounts: tuple
    first: int | None = None


def to_xlsx(plan, dossier, *, model=False):
    """The bytes of the workbook. plan: queries.commitments.Plan, with its column « non réparti »."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
    book.set_properties({"title": f"Plan de financement — {dossier.title}", "author": "CPER/D", "created": MADE})
    names = financier_names(plan.parties)
    lists = write_guide(book, [plain(one.name) for one in plan.blocks], [names[one.pk] for one in plan.parties])
    PlanSheet(book, plan, dossier, lists, rows_of(plan, names, model=model)).write(free=FREE_ROWS if model else 0)
    book.close()
    return target.getvalue()


def rows_of(plan, names, *, model):
    """The lines of each project, then its subtotal; the model offers every declared financier to every project."""
    found = []
    declared = [party.pk for party in plan.parties if party.financier]
    for block in plan.blocks:
        amounts = {line.financier: line.amounts for line in block.lines}
        financiers = declared if model else list(amounts)
        if not financiers:
            continue
        first, empty = len(found), (0,) * len(plan.columns)
        found += [Row(plain(block.name), names[pk], empty if model else amounts[pk]) for pk in financiers]
        found.append(Row(f"{SUBTOTAL} : {plain(block.name)}", "", empty if model else block.amounts, first))
    return found


class PlanSheet:
    def __init__(self, book, plan, dossier, lists, rows):
        self.plan, self.dossier, self.lists, self.rows = plan, dossier, lists, rows
        self.sheet = book.add_worksheet(SHEET)
        self.last = 2 + len(plan.columns)
        base = {"font_name": "Calibri", "font_size": 11, "border": 1, "border_color": LINE, "valign": "top"}
        head = base | {"bold": True, "bg_color": INK, "font_color": "#FFFFFF", "text_wrap": True}
        sums = base | {"bold": True, "bg_color": PAPER}
        self.formats = {name: book.add_format(told) for name, told in {
            "title": {"bold": True, "font_size": 14, "font_color": INK}, "note": {"italic": True},
            "head": head | {"align": "left"}, "year": head | {"align": "right"},
            "name": base | {"text_wrap": True}, "free": base | {"text_wrap": True, "locked": False},
            "amount": base | {"num_format": "#,##0", "locked": False},
            "sum": sums | {"num_format": "#,##0"}, "sum_name": sums | {"text_wrap": True}}.items()}

    def write(self, *, free):
        self.headings()
        for number, row in enumerate(self.rows):
            self.subtotal(FIRST + number, row) if row.first is not None else self.line(FIRST + number, row)
        end = FIRST + len(self.rows)
        for number in range(end, end + free):
            self.line(number, Row("", "", (0,) * len(self.plan.columns)))
        self.grand_total(end + free)
        self.validate(end + free - 1)
        if free:
            self.choices(end, end + free - 1)
        self.protect()
        self.print(end + free)

    def headings(self):
        sheet, formats = self.sheet, self.formats
        sheet.write_string(0, 0, plain(self.dossier.title), formats["title"])
        sheet.write_string(1, 0, "Montants en francs CFA entiers (FCFA). Les totaux se calculent seuls.",
                           formats["note"])
        for column, text in ((0, PROJECT), (1, FINANCIER)):
            sheet.write_string(HEAD, column, text, formats["head"])
        for column, year in enumerate(self.plan.columns, 2):
            if year.year:
                sheet.write_number(HEAD, column, year.year, formats["year"])
            else:
                sheet.write_string(HEAD, column, year.label, formats["year"])
        sheet.write_string(HEAD, self.last, TOTAL, formats["year"])
        sheet.set_column(0, 0, WIDTHS["project"])
        sheet.set_column(1, 1, WIDTHS["financier"])
        sheet.set_column(2, self.last - 1, WIDTHS["year"])
        sheet.set_column(self.last, self.last, WIDTHS["total"])
        sheet.freeze_panes(FIRST, 2)

    def line(self, number, row):
        sheet, formats = self.sheet, self.formats
        free = not row.project
        for column, text in ((0, row.project), (1, row.financier)):
            if free:
                sheet.write_blank(number, column, None, formats["free"])
            else:
                sheet.write_string(number, column, text, formats["name"])
        for column, amount in enumerate(row.amounts, 2):
            if amount:
                if amount > MOST:
                    raise OverflowError(amount)
                sheet.write_number(number, column, amount, formats["amount"])
            else:
                sheet.write_blank(number, column, None, formats["amount"])
        self.sum(number, self.last, f"=SUM({xl_range(number, 2, number, self.last - 1)})", sum(row.amounts))

    def sum(self, number, column, formula, known):
        self.sheet.write_formula(number, column, formula, self.formats["sum"], known)

    def subtotal(self, number, row):
        self.sheet.write_string(number, 0, row.project, self.formats["sum_name"])
        self.sheet.write_blank(number, 1, None, self.formats["sum_name"])
        for column, known in enumerate([*row.amounts, sum(row.amounts)], 2):
            self.sum(number, column, f"=SUM({xl_range(FIRST + row.first, column, number - 1, column)})", known)

    def grand_total(self, number):
        """Of the rows that name a financier: the subtotals name none, and are not counted twice."""
        self.sheet.write_string(number, 0, PLAN_TOTAL, self.formats["sum_name"])
        self.sheet.write_blank(number, 1, None, self.formats["sum_name"])
        totals = [sum(row.amounts[i] for row in self.rows if row.financier) for i in range(len(self.plan.columns))]
        last = max(number - 1, FIRST)
        for column, known in enumerate([*totals, sum(totals)], 2):
            among, added = xl_range(FIRST, 1, last, 1), xl_range(FIRST, column, last, column)
            self.sum(number, column, f'=SUMIF({among},"<>",{added})' if number > FIRST else "=0", known)

    def validate(self, last):
        """An amount is a whole number of francs: a spreadsheet refuses the rest as it is typed."""
        if last >= FIRST:
            self.sheet.data_validation(FIRST, 2, last, self.last - 1, {
                "validate": "integer", "criteria": "between", "minimum": 0, "maximum": money.MAX_AMOUNT,
                "error_title": "Montant refusé", "error_message":
                    "Écrivez un nombre entier de francs, positif, sans virgule ni lettre, d’au plus 15 chiffres. "
                    "Exemple : 400000000. Videz la case s’il n’y a aucun montant."})

    def choices(self, first, last):
        for column, (source, noun) in enumerate(zip(self.lists, ("projet", "financeur"), strict=True)):
            if source:
                self.sheet.data_validation(first, column, last, column, {
                    "validate": "list", "source": source, "error_title": "Nom inconnu", "error_message":
                        f"Choisissez le {noun} dans la liste. S’il n’y est pas, ajoutez-le d’abord au dossier, puis "
                        "téléchargez de nouveau le modèle."})

    def protect(self):
        """Against slips, not against people: without a password, whoever needs to can lift it."""
        self.sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True,
                                "select_locked_cells": True, "select_unlocked_cells": True})

    def print(self, last):
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD)
        sheet.print_area(0, 0, last, self.last)
        sheet.set_footer("&L&8Plan de financement&R&8Page &P sur &N")
        sheet.activate()
        sheet.set_selection(xl_rowcol_to_cell(FIRST, 2))
