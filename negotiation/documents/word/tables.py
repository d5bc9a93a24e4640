"""Tables of a page as tables of Word: widths, spans, and a header that each page repeats."""
import re
from dataclasses import dataclass

from docx.oxml.ns import qn

from .elements import paragraph, parent, tag

WIDTH = re.compile(r"\bw-(\d+)\b")
WHOLE, SHADE, GROUP = 5000, "DDE0F0", "F3E7D6"
MANY = 6
MARGINS = (("top", 40), ("left", 90), ("bottom", 40), ("right", 90))


@dataclass
class Cell:
    """A cell of the page and where it stands; element: none where a cell above goes on."""
    element: object
    column: int
    columns: int
    goes_on: bool = False
    starts: bool = False


def rows_of(table):
    """[(row of the page, [Cell])]; a cell on several rows is there on each of them."""
    found, waiting = [], {}
    for row in table.iter("tr"):
        cells, column = [], 0
        for element in row.iterchildren("td", "th"):
            while column in waiting:
                column = taken(cells, waiting, column)
            columns, down = number(element, "colspan"), number(element, "rowspan")
            cells.append(Cell(element, column, columns, starts=down > 1))
            if down > 1:
                waiting[column] = [down, columns]
            column += columns
        while column in waiting:
            column = taken(cells, waiting, column)
        found.append((row, cells))
        # Those that began here have their first row behind them.
        waiting = {at: [left - 1, columns] for at, (left, columns) in waiting.items() if left > 1}
    return found


def taken(cells, waiting, column):
    """A cell above goes on here; the column after it."""
    columns = waiting[column][1]
    if not any(cell.column == column for cell in cells):
        cells.append(Cell(None, column, columns, goes_on=True))
    return column + columns


def number(element, name):
    value = element.get(name, "1")
    return min(int(value), 1000) if value.isdecimal() and int(value) else 1


def widths(table, columns):
    """How wide each column is, in fiftieths of a percent: as its class says, the others share what is left."""
    told = [WIDTH.search(one.get("class", "")) for one in table.iter("col")][:columns]
    told = [int(one[1]) * 50 if one else 0 for one in told] + [0] * (columns - len(told))
    free = told.count(0)
    share = max(WHOLE - sum(told), 200 * free) // free if free else 0
    return [one or share for one in told]


def table(element, fill):
    """The table; fill(cell of the page, cell of Word, style, bold) puts what a cell holds into it."""
    found = rows_of(element)
    columns = max((cell.column + cell.columns for _, cells in found for cell in cells), default=0)
    if not columns:
        return None
    wide = widths(element, columns)
    made = parent(
        "tbl", parent("tblPr", tag("tblStyle", val="TableGrid"), tag("tblW", w=WHOLE, type="pct"),
                      tag("tblLayout", type="fixed"),
                      parent("tblCellMar", *(tag(side, w=room, type="dxa") for side, room in MARGINS)),
                      tag("tblLook", firstRow=1, lastRow=0, firstColumn=1, lastColumn=0, noHBand=1, noVBand=1)),
        parent("tblGrid", *(tag("gridCol", w=one * 9360 // WHOLE) for one in wide)))
    for row, cells in found:
        head = row.getparent().tag == "thead"
        made.append(table_row(row, cells, wide, head, fill))
    return made


def table_row(row, cells, wide, head, fill):
    made = parent("tr", parent("trPr", tag("cantSplit"), tag("tblHeader") if head else None))
    shade = SHADE if head else GROUP if "group" in row.get("class", "").split() else ""
    bold = bool(shade) or "total" in row.get("class", "").split()
    for cell in cells:
        width = sum(wide[cell.column:cell.column + cell.columns])
        box = parent("tc", parent(
            "tcPr", tag("tcW", w=width, type="pct"), tag("gridSpan", val=cell.columns) if cell.columns > 1 else None,
            tag("vMerge", val="restart") if cell.starts else tag("vMerge") if cell.goes_on else None,
            tag("shd", val="clear", color="auto", fill=shade) if shade else None))
        if cell.element is not None:
            fill(cell.element, box, "Cellule" if len(wide) <= MANY else "Celluleserre", bold)
        # A cell ends with a paragraph.
        if box[-1].tag != qn("w:p"):
            box.append(paragraph([], "Cellule"))
        made.append(box)
    return made
