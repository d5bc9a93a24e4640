"""Holds the filled cells of a table as they are read, row by row; refuses more of them than a plan can have."""

from .refusals import Refused

MAX_ROWS = 15_000
MAX_COLUMNS = 150
MAX_CELLS = 60_000
# Longer than any name; what follows would only be quoted.
MAX_TEXT = 250


class Rows(list):
    """[row number, [[column, kind, text, beside or not]]], both numbers counted from 1 as on the screen."""

    cells = 0

    def add(self, number, cells):
        self.cells += len(cells)
        if len(self) >= MAX_ROWS or self.cells > MAX_CELLS:
            raise Refused("table.rows", limit=MAX_ROWS)
        if cells[-1][0] > MAX_COLUMNS:
            raise Refused("table.columns", limit=MAX_COLUMNS)
        self.append([number, cells])
