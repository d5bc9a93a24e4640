"""Holds the reading of a table written as text (CSV, JSON) into cells; refuses what is endless or unreadable.

Run in a child process only (see apart.py).
"""

import csv
import io
import json

from .refusals import Refused
from .table_rows import MAX_TEXT, Rows

SEPARATORS = ";\t,"
TITLES = ["Projet", "Financeur", "Année", "Montant"]
# The shape of the JSON, told by its exports (a number is kept as it is written).
VERSION = "1"
KEYS = ["project", "financier", "year", "amount"]
# The franc of the contract, as its exports and its ISO code name it: amounts of another are not converted.
CURRENCIES = {"FCFA", "XOF", "FRANCCFA", "FRANCSCFA"}
UNITS = {"currency", "devise", "monnaie", "unit", "units", "unite", "unité"}


def check(data, kind):
    """What table.Table.of reads."""
    return read_json(data) if kind == "table.json" else read_csv(data)


def text_of(data):
    """The text, in the encodings that spreadsheets write; Windows's own when it is not Unicode."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("table.not_text", extension=".csv")


def read_csv(data):
    text = text_of(data)
    first, _, rest = text.partition("\n")
    # Excel's own way of telling its separator.
    told = first.strip().strip('"').lower()
    shift = told.startswith("sep=") and len(told) == 5
    separator = told[-1] if shift else separator_of(text)
    csv.field_size_limit(len(text) + 1)
    rows, begins = Rows(), 1
    lines = csv.reader(io.StringIO(rest if shift else text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(lines, 2 if shift else 1):
            if any("\n" in cell and separator in cell for cell in cells):
                # Closed further on by the quote of another cell, or by the last: rows are in there.
                raise csv.Error
            begins = lines.line_num + 1
            if filled := [[column, "text", cell[:MAX_TEXT]] for column, cell in enumerate(cells, 1) if cell.strip()]:
                rows.add(number, filled)
    except csv.Error:
        # A cell that nothing closes would take all that follows for its own text.
        raise Refused("table.quotes", line=begins + shift) from None
    return whole({"rows": rows})


def separator_of(text):
    """The separator that the first filled line uses most, outside quotes; the semicolon when nothing tells."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def whole(told):
    if not told["rows"]:
        raise Refused("table.empty")
    return told


def read_json(data):
    """A plan as this application exports it: « cells », a list of {project, financier, year, amount}."""
    try:
        # Numbers stay as they are written: nothing is rounded, and none is too long to be read.
        told = json.loads(text_of(data), parse_int=Written, parse_float=Written, parse_constant=Written,
                          object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Refused("table.not_json") from None
    if isinstance(told, dict) and told.get("version", VERSION) != VERSION:
        raise Refused("table.version")
    if isinstance(told, dict):
        check_unit(told)
    cells = told.get("cells") if isinstance(told, dict) else None
    if not isinstance(cells, list) or not all(isinstance(one, dict) for one in cells):
        raise Refused("table.not_json")
    for one in cells:
        check_unit(one)
    rows, places = Rows(), []
    rows.add(1, [[column, "text", title] for column, title in enumerate(TITLES, 1)])
    for index, one in enumerate(cells):
        # A year without a value is what is not shared between years: this row is never empty.
        rows.add(index + 2, [[column, *cell] for column, key in enumerate(KEYS, 1)
                             if (cell := cell_of(one.get(key, ...), key))])
        places.append([index + 2, f"cells[{index}]"])
    origin = [value[:MAX_TEXT] if isinstance(value := told.get(key), str) else "" for key in ("slug", "title")]
    return {"rows": rows, "places": places, "origin": origin} if cells else whole({"rows": []})


def once(pairs):
    """The dict of these pairs: of two amounts under one key, none is known to be the right one."""
    told = dict(pairs)
    if len(told) < len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise Refused("table.twice", key=twice[:40])
    return told


def check_unit(told):
    """Whatever says a unit says the franc."""
    if any(key.lower() in UNITS and value is not None and bare(value) not in CURRENCIES for key, value in told.items()):
        raise Refused("table.currency")


def bare(currency):
    """« fcfa », « F CFA » → « FCFA »."""
    return "".join(str(currency).upper().split())


class Written(str):
    """A number, as it is written."""


def cell_of(value, key):
    """(kind, text) of one value; None for nothing."""
    if isinstance(value, bool):
        return "boolean", "VRAI" if value else "FAUX"
    if isinstance(value, Written):
        return "number", str(value)[:MAX_TEXT]
    if isinstance(value, str):
        return ("text", value[:MAX_TEXT]) if value.strip() else None
    if value is None or value is ... and key not in ("year", "amount"):
        return ("text", "non réparti") if key == "year" else None
    return "error", f"{key} absent" if value is ... else "valeur composée"
