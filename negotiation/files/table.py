"""Holds the opening of a table that a user imports (XLSX, CSV, JSON); refuses all that is not plain cells.

Read in a child process like every file of a user (see apart.py). What the cells mean is not known here.
"""

import logging
from dataclasses import dataclass, field
from typing import NamedTuple

from .apart import check_apart
from .inspection import MODERN, OLD_OFFICE, PASSWORD_STREAM, WITHOUT_MACROS
from .names import extension_of
from .refusals import RESAVE, RETYPE, UNLOCK, Refused

MEGABYTE = 1024 * 1024
MAX_BYTES = 5 * MEGABYTE
KINDS = {"xlsx": "xlsx", "csv": "csv", "txt": "csv", "tsv": "csv", "json": "json"}
# Other spreadsheets that can be saved again as the one we read.
SPREADSHEETS = {*MODERN, *WITHOUT_MACROS, "ods", "numbers", "gsheet"}
UTF_16 = b"\xff\xfe", b"\xfe\xff"
WAYS_OUT = {
    "zip.encrypted": UNLOCK.replace("déposez", "importez"),
    "office.password": UNLOCK.replace("déposez", "importez"),
    "office.macros": RESAVE,
    "office.linked": "Rompez les liaisons (onglet « Données »), enregistrez-le, puis importez-le.",
    "empty": "Vérifiez qu’il s’ouvre sur votre ordinateur, puis importez-le de nouveau.",
    "heavy": RETYPE,
}

logger = logging.getLogger(__name__)


class Cell(NamedTuple):
    """What one cell holds. kind: text, number, date (ISO), boolean, error, or formula (without a known result).
    beside: what its format shows beside the number (« € »)."""

    kind: str
    text: str
    beside: str = ""


@dataclass(frozen=True)
class Table:
    """The filled cells of one sheet: {row: {column: Cell}}, both counted from 1 as on the screen.

    sheet: its name, "" in a text; places: {row: name} where rows are not called by their number (JSON); origin: (slug,
    title) of the dossier that a JSON says it comes from, "" when it says nothing; aside: [(place, text)] of what is
    said beside the cells (comments, text boxes, printed headers); others: names of the other visible sheets.
    """

    sheet: str
    rows: dict
    merged: list = field(default_factory=list)
    hidden: list = field(default_factory=list)
    places: dict = field(default_factory=dict)
    origin: tuple = ("", "")
    aside: list = field(default_factory=list)
    others: list = field(default_factory=list)

    @classmethod
    def of(cls, told):
        rows = {number: {column: Cell(*held) for column, *held in cells} for number, cells in told["rows"]}
        return cls(told.get("sheet", ""), rows, told.get("merged", []), told.get("hidden", []),
                   dict(told.get("places", [])), tuple(told.get("origin", ("", ""))),
                   [tuple(one) for one in told.get("aside", [])], told.get("others", []))


def read_table(file, name):
    """The Table in `file` (binary, seekable), or only Refused, whose message says how to import it all the same."""
    try:
        extension = extension_of(name)
        kind = _announced(extension)
        data = _read(file)
        _check_start(data, kind, f".{extension}")
        return Table.of(check_apart(f"table.{kind}", data))
    except Refused as refusal:
        if refusal.reason.startswith("table.") or refusal.reason in ("unreadable", "unchecked"):
            raise
        raise refusal.advising(WAYS_OUT.get(refusal.reason, RETYPE)) from None
    except Exception:  # a fault of ours: logged for us, and nothing is imported
        logger.exception("a table could not be read")
        raise Refused("unchecked") from None


def _announced(extension):
    if kind := KINDS.get(extension):
        return kind
    if not extension:
        raise Refused("extension.none").advising("Importez un classeur Excel (.xlsx), un fichier CSV ou JSON.")
    if extension in WITHOUT_MACROS:
        raise Refused("extension.macros", extension=f".{extension}", modern="XLSX")
    raise Refused("table.resave" if extension in SPREADSHEETS else "table.extension", extension=f".{extension}")


def _read(file):
    try:
        if file.seek(0, 2) > MAX_BYTES:
            raise Refused("table.big", limit=MAX_BYTES // MEGABYTE)
        file.seek(0)
        data = file.read()
    except (OSError, ValueError):
        raise Refused("unreadable") from None
    if not data:
        raise Refused("empty")
    return data


def _check_start(data, kind, extension):
    """The bytes are of the family that the extension announces; the child looks further."""
    if kind == "xlsx" and not data.startswith(b"PK"):
        raise Refused("office.password" if data.startswith(OLD_OFFICE) and PASSWORD_STREAM in data
                      else "table.not_workbook")
    if kind != "xlsx" and (data.startswith((b"PK\x03\x04", b"%PDF-", OLD_OFFICE))
                           or b"\0" in data and not data.startswith(UTF_16)):
        raise Refused("table.not_text", extension=extension)
