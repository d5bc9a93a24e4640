"""Holds the reading of the cells of one sheet of an XLSX, in one pass and exactly; refuses endless sheets.

Run in a child process only (see apart.py), after the same inspection as any deposited workbook. A library would build
the whole workbook in memory, twice to tell a formula from its result, and turn amounts into floats.
"""

import re
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation, Overflow, Underflow

from . import markup, ooxml
from .archive import Archive
from .refusals import Refused
from .table_aside import PRINTED, Aside
from .table_rows import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Rows

SHEET = "plan"
MAX_STRINGS = 100_000
MAX_MERGED = 50
MAX_HIDDEN = 20
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# What Excel shows of a number: fifteen digits, the rest is noise of its arithmetic.
SHOWN = Context(prec=15, traps=[InvalidOperation, Overflow, Underflow])
# Longer than any amount: written with all its zeros, it would fill the memory.
MAX_EXPONENT = 30
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
DATE_FORMATS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
PERCENTS = {"9": "0%", "10": "0.00%"}
NOT_A_PLACE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
# What a number format shows as it is written: "text", \x, the sign of [$€-40C], a bare sign; _x and *x are space.
LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|([$€£¥%])|\[[^\]]*\]|[_*].|;')
SCALED = re.compile(r"[0#?],+(?![0#?,])")
KINDS = {"b": "boolean", "e": "error", "d": "date"}


def check(data, _kind):
    """What table.Table.of reads."""
    archive = Archive(data)
    if ooxml.kind_of(archive) != "xlsx":
        raise Refused("table.not_workbook")
    ooxml.check(archive)
    book = Book(archive)
    sheet = Sheet(book)
    markup.scan(archive.pieces(book.part), sheet.start, sheet.text, sheet.end)
    if not sheet.rows:
        raise Refused("table.empty")
    sheet.aside.add_linked(archive, book.part)
    return {"sheet": book.sheet, "rows": sheet.rows, "merged": sheet.merged, "hidden": sheet.hidden,
            "others": book.others[:MAX_HIDDEN], "aside": sheet.aside}


def local(name):
    """The name without its namespace, which differs between editions of the standard."""
    return name.rpartition(" ")[2].rpartition("}")[2]


def under(folder, target):
    """The part that a relationship of the workbook names."""
    return target.removeprefix("/") if target.startswith("/") else f"{folder}{target.removeprefix('./')}"


class Book:
    """Which part holds the sheet to read, the shared texts, and what the styles show: a date, a unit."""

    def __init__(self, archive):
        self.archive = archive
        main = ooxml.main_part(archive)
        folder, _, name = main.rpartition("/")
        folder = f"{folder}/" if folder else ""
        links = {}
        for link in self.tree(f"{folder}_rels/{name}.rels"):
            links[link.get("Id")] = (local((link.get("Type") or "").replace("/", " ")),
                                     under(folder, link.get("Target") or ""))
        root = self.tree(main)
        self.since_1904 = any(local(one.tag) == "workbookPr" and one.get("date1904") in ("1", "true") for one in root)
        self.sheet, relation, self.others = self.chosen(root)
        self.part = links.get(relation, ("", ""))[1]
        if self.part not in archive:
            raise Refused("zip.damaged")
        parts = {nature: part for nature, part in links.values() if part in archive}
        self.strings = Strings(archive, parts["sharedStrings"]).found if "sharedStrings" in parts else []
        self.dates, self.words = self.styles(self.tree(parts["styles"])) if "styles" in parts else (set(), {})

    def tree(self, name):
        if name not in self.archive:
            return ()
        return markup.tree(self.archive.read(name, markup.MAX_TREE))

    def chosen(self, root):
        """(name, relationship) of the visible sheet called « Plan », or of the only visible one; [name] of the other
        visible ones."""
        sheets = [one for group in root if local(group.tag) == "sheets" for one in group]
        seen = [one for one in sheets if one.get("state", "visible") == "visible"]
        named = [one for one in sheets if (one.get("name") or "").strip().casefold() == SHEET]
        if named and not any(one in seen for one in named):
            raise Refused("table.hidden_sheet", sheet=named[0].get("name"))
        if not seen:
            raise Refused("table.no_sheet")
        if not named and len(seen) > 1:
            raise Refused("table.sheets")
        read = next((one for one in named if one in seen), seen[0])
        others = [(one.get("name") or "")[:MAX_TEXT] for one in seen if one is not read]
        return read.get("name") or "", next((v for k, v in read.items() if local(k) == "id"), ""), others

    def styles(self, root):
        """(the numbers of the cell styles that show a number as a date, {number: what another shows beside it})."""
        groups = {local(group.tag): group for group in root}
        formats = {one.get("numFmtId"): one.get("formatCode") or "" for one in groups.get("numFmts", ())}
        used = {str(number): one.get("numFmtId") or "0" for number, one in enumerate(groups.get("cellXfs", ()))}
        dates = {style for style, number in used.items() if is_date(number, formats)}
        words = {style: words_of(formats.get(number, PERCENTS.get(number, ""))) for style, number in used.items()}
        return dates, {style: shown for style, shown in words.items() if shown}


def is_date(number, formats):
    if number in formats:
        return bool(re.search(r"[dDyYaAjJ]", NOT_A_PLACE.sub("", formats[number]).replace("General", "")))
    return number.isdigit() and len(number) < 5 and int(number) in DATE_FORMATS


def words_of(code):
    """What a number format shows beside the digits: « FCFA », « k€ ». Nothing for one that shows a million as 1: what
    the cell holds is then the whole amount, whatever stands beside it."""
    if SCALED.search(NOT_A_PLACE.sub("", code).partition(";")[0]):
        return ""
    found = []
    for one in LITERAL.finditer(code):
        # The format of negative amounts follows.
        if one[0] == ";":
            break
        found += filter(None, one.groups())
    return "".join(found).strip()[:MAX_TEXT]


class Strings:
    """The texts that the cells share, without the phonetic hints of Japanese workbooks."""

    def __init__(self, archive, part):
        self.found, self.pieces, self.taking, self.phonetic = [], [], False, False
        markup.scan(archive.pieces(part), self.start, self.text, self.end)

    def start(self, tag, _attributes):
        tag = local(tag)
        if tag == "si":
            self.pieces = []
            if len(self.found) >= MAX_STRINGS:
                raise Refused("table.rows", limit=MAX_ROWS)
        self.phonetic = self.phonetic or tag == "rPh"
        self.taking = tag == "t" and not self.phonetic

    def text(self, text):
        if self.taking and len(self.pieces) < MAX_TEXT:
            self.pieces.append(text[:MAX_TEXT])

    def end(self, tag):
        tag = local(tag)
        self.taking = False
        self.phonetic = self.phonetic and tag != "rPh"
        if tag == "si":
            self.found.append(unescaped("".join(self.pieces)))


def unescaped(text):
    """Excel writes as _x000D_ what XML cannot hold, and as _x005F_ the sign that begins such a group."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)[:MAX_TEXT]


class Sheet:
    """The filled cells of a sheet, gathered as its XML goes by; empty ones, however many, leave nothing."""

    def __init__(self, book):
        self.book = book
        self.rows, self.merged, self.hidden, self.aside = Rows(), [], [], Aside()
        self.row, self.column, self.cells = 0, 0, []
        self.cell, self.value, self.taking, self.formula = {}, [], False, False

    def start(self, tag, attributes):
        tag = local(tag)
        if tag == "row":
            self.row, self.column, self.cells = number_of(attributes.get("r"), self.row + 1), 0, []
            self.is_hidden = attributes.get("hidden") in ("1", "true")
        elif tag == "c":
            found = REFERENCE.fullmatch(attributes.get("r", ""))
            self.column = column_of(found[1]) if found else self.column + 1
            self.cell, self.value, self.formula = attributes, [], False
        elif tag == "f":
            self.formula = True
        elif tag == "mergeCell" and len(self.merged) < MAX_MERGED:
            self.merged.append(attributes.get("ref", "")[:30])
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self.hide(f"colonne {letters(number_of(attributes.get('min'), 1))}")
        elif tag in PRINTED:
            self.value = []
        self.taking = tag in ("v", "t") or tag in PRINTED

    def text(self, text):
        if self.taking and len(self.value) < MAX_TEXT:
            self.value.append(text[:MAX_TEXT])

    def end(self, tag):
        tag = local(tag)
        self.taking = False
        if tag == "c" and (filled := self.filled()):
            if self.column > MAX_COLUMNS:
                raise Refused("table.columns", limit=MAX_COLUMNS)
            self.cells.append([self.column, *filled])
        elif tag == "row" and self.cells:
            self.rows.add(self.row, self.cells)
            if self.is_hidden:
                self.hide(f"ligne {self.row}")
        elif tag in PRINTED:
            self.aside.add_printed(tag, "".join(self.value))

    def hide(self, what):
        if len(self.hidden) < MAX_HIDDEN:
            self.hidden.append(what)

    def filled(self):
        """What table.Cell holds, of the cell that ends; None when it holds nothing."""
        kind, raw = self.cell.get("t", "n"), "".join(self.value)
        if not raw.strip():
            return ("formula", "") if self.formula and kind != "str" else None
        if kind == "s":
            raw = self.shared(raw.strip())
            return ("text", raw) if raw.strip() else None
        if kind in ("str", "inlineStr"):
            return "text", unescaped(raw)
        if kind == "b":
            return "boolean", "VRAI" if raw.strip() == "1" else "FAUX"
        return (KINDS[kind], raw.strip()[:MAX_TEXT]) if kind in KINDS else self.numeric(raw.strip())

    def shared(self, index):
        if not index.isdecimal() or len(index) > 7 or int(index) >= len(self.book.strings):
            raise Refused("zip.damaged")
        return self.book.strings[int(index)]

    def numeric(self, raw):
        """The number as it is shown, digit by digit; or the day, when the style shows one."""
        try:
            number = SHOWN.create_decimal(raw)
        except InvalidOperation:
            raise Refused("zip.damaged") from None
        except (Overflow, Underflow):
            return "number", raw[:40]
        if not number.is_finite():
            return "error", raw[:40]
        if number and abs(number.adjusted()) > MAX_EXPONENT:
            return "number", raw[:40]
        if self.cell.get("s", "0") in self.book.dates and (day := self.day(number)):
            return "date", day.isoformat()
        beside = self.book.words.get(self.cell.get("s", "0"))
        return ("number", f"{number.normalize():f}", *filter(None, [beside]))

    def day(self, number):
        start = date(1904, 1, 1) if self.book.since_1904 else date(1899, 12, 30)
        return start + timedelta(days=int(number)) if 0 < number < Decimal(2_900_000) else None


def number_of(text, otherwise):
    return int(text) if text and text.isdecimal() and len(text) < 8 else otherwise


def column_of(name):
    found = 0
    for letter in name:
        found = found * 26 + ord(letter) - 64
    return found


def letters(column):
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
