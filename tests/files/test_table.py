"""Tables to import: what spreadsheets write is read exactly; what is hostile is refused in words, apart, in bounds."""
import io
import json
import re
import subprocess
import sys
from datetime import date

import pytest

from negotiation.files import apart, table
from negotiation.files.refusals import TABLE, Refused
from negotiation.files.table import Cell, read_table
from negotiation.files.table_xlsx import words_of
from tests import tables

from .corpus import package
from .corpus_office import OFFICE, XLSX_TYPES, XML, content_types, docx, relations, xlsx
from .hostile_office import HOSTILE as HOSTILE_OFFICE


def read(data, name="plan.xlsx"):
    return read_table(io.BytesIO(data), name)


def refused(data, name="plan.xlsx"):
    with pytest.raises(Refused) as caught:
        read(data, name)
    return caught.value


@pytest.fixture
def here(monkeypatch):
    tables.read_here(monkeypatch)


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}">'
STYLES = f"""{XML}<styleSheet xmlns="{SHEET}"><numFmts count="2"><numFmt numFmtId="164" formatCode="mmm\\-yy"/>
<numFmt numFmtId="165" formatCode="#,##0&quot; FCFA jour&quot;"/></numFmts>
<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>"""


def raw(cells, *, sheets='<sheet name="Plan" sheetId="1" r:id="rId1"/>', after="", before="", properties="", **parts):
    """A workbook part by part, around one row of cells (XML)."""
    book = f'{BOOK}<workbookPr{properties}/><sheets>{sheets}</sheets></workbook>'
    rows = f'<sheetData><row r="1">{cells}</row></sheetData>'
    sheet = f'{XML}<worksheet xmlns="{SHEET}">{before}{rows}{after}</worksheet>'
    texts = f'{XML}<sst xmlns="{SHEET}"><si><t>Pis</t><r><t>te</t></r><rPh><t>x</t></rPh></si></sst>'
    return package({
        "[Content_Types].xml": content_types(XLSX_TYPES),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": texts,
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"),
                                                ("sharedStrings", "sharedStrings.xml"))} | parts)


CELLS = {
    "a whole number": ("<v>400000000</v>", "", ("number", "400000000")),
    "fifteen digits": ("<v>999999999999999</v>", "", ("number", "999999999999999")),
    "an exponent": ("<v>4.0E8</v>", "", ("number", "400000000")),
    "the noise of a sum": ("<v>2173126400.0000002</v>", "", ("number", "2173126400")),
    "a decimal": ("<v>12.5</v>", "", ("number", "12.5")),
    "a number that is none": ("<v>INF</v>", "", ("error", "INF")),
    "a huge number": ("<v>1E300</v>", "", ("number", "1E300")),
    "a number without end": ("<v>1E999999999</v>", "", ("number", "1E999999999")),
    "a number next to nothing": ("<v>-1E-999999999</v>", "", ("number", "-1E-999999999")),
    "a small number": ("<v>1E-40</v>", "", ("number", "1E-40")),
    "no number at all": ("<v>0E99</v>", "", ("number", "0")),
    "a shared text": ("<v>0</v>", 't="s"', ("text", "Piste")),
    "a text in place": ("<is><t>É</t><r><t>tat</t></r></is>", 't="inlineStr"', ("text", "État")),
    "a text with escapes": ("<is><t>a_x000D_b_x005F_x0041_</t></is>", 't="inlineStr"', ("text", "a\rb_x0041_")),
    "a formula and its result": ("<f>SUM(B1:C1)</f><v>30</v>", "", ("number", "30")),
    "a formula and its text": ("<f>A1</f><v>État</v>", 't="str"', ("text", "État")),
    "a formula without a result": ("<f>SUM(B1:C1)</f>", "", ("formula", "")),
    "a formula whose text is empty": ('<f>""</f><v></v>', 't="str"', None),
    "an error": ("<f>1/0</f><v>#DIV/0!</v>", 't="e"', ("error", "#DIV/0!")),
    "true": ("<v>1</v>", 't="b"', ("boolean", "VRAI")),
    "a day": ("<v>46388</v>", 's="3"', ("date", "2027-01-01")),
    "a month": ("<v>46388</v>", 's="1"', ("date", "2027-01-01")),
    "an ISO day": ("<v>2027-01-01</v>", 't="d"', ("date", "2027-01-01")),
    "an amount whose unit holds a j": ("<v>46388</v>", 's="2"', ("number", "46388", "FCFA jour")),
    "nothing": ("", 's="2"', None),
    "spaces": ("<is><t xml:space='preserve'>  </t></is>", 't="inlineStr"', None),
}


@pytest.mark.parametrize("what", CELLS)
def test_a_cell_is_read_as_it_is(here, what):
    inside, attributes, expected = CELLS[what]
    found = read(raw(f'<c r="C1" {attributes}>{inside}</c><c r="AB1"><v>7</v></c>'))
    cells = {28: Cell("number", "7")} | ({3: Cell(*expected)} if expected else {})
    assert (found.sheet, found.rows) == ("Plan", {1: cells})


@pytest.mark.parametrize(("code", "beside"), [
    ("General", ""), ("#,##0", ""), ("# ##0_);[Red](# ##0)", ""), ('#,##0" F CFA"', "F CFA"), (r"#,##0\ \€", "€"),
    ("_-* #,##0.00\\ [$€-40C]_-;\\-* #,##0.00\\ [$€-40C]_-", "€"), ("[$XOF] # ##0", "XOF"), ("$#,##0.00", "$"),
    ('0" millions";"moins de "0', "millions"), ("0.0%", "%"),
    ('#,##0,,"M"', ""), ('0.0,"k€"', ""), ('"en ""k€""" 0', "en k€")])
def test_what_a_format_shows_beside_the_digits_is_told(code, beside):
    assert words_of(code) == beside


def test_days_since_1904_are_understood(here):
    assert read(raw('<c r="A1" s="3"><v>44926</v></c>', properties=' date1904="1"')).rows == {
        1: {1: Cell("date", date(2027, 1, 1).isoformat())}}


def test_cells_without_a_place_follow_one_another(here):
    assert read(raw("<c><v>1</v></c><c/><c><v>3</v></c>")).rows == {1: {1: Cell("number", "1"), 3: Cell("number", "3")}}


def test_merged_cells_and_what_is_hidden_are_told(here):
    found = read(raw('<c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c>',
                     before='<cols><col min="4" max="4" hidden="1"/></cols>',
                     after='<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'))
    assert (found.merged, found.hidden) == (["A2:B2"], ["colonne D", "ligne 2"])


def named(*sheets):
    return "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId1"{state}/>'
                   for n, (name, state) in enumerate(sheets, 1))


HIDDEN = ' state="hidden"'


def test_the_sheet_is_the_one_called_plan_or_the_only_one_that_is_seen(here):
    one = '<c r="A1"><v>1</v></c>'
    assert read(raw(one, sheets=named(("Notes", ""), ("plan ", "")))).sheet == "plan "
    assert read(raw(one, sheets=named(("Feuil1", ""), ("Notes", HIDDEN)))).sheet == "Feuil1"
    assert read(raw(one, sheets=named(("Notes", ""), ("Plan", ""), ("Plan v2", ""), ("x", HIDDEN)))).others == [
        "Notes", "Plan v2"]
    assert refused(raw(one, sheets=named(("Feuil1", ""), ("Feuil2", "")))).reason == "table.sheets"
    assert refused(raw(one, sheets=named(("Notes", HIDDEN)))).reason == "table.no_sheet"
    assert str(refused(raw(one, sheets=named(("Mode d’emploi", ""), (" PLAN", HIDDEN))))).startswith(
        "Ce classeur masque sa feuille «\u00a0 PLAN\u00a0». ")


TEXTS = {
    "as exported": ("\ufeffA;B\r\né;1\r\n".encode(), "é"),
    "commas": (b"A,B\nx,1\n", "x"),
    "tabs": (b"A\tB\nx\t1\n", "x"),
    "Windows": ("A;B\né;1\n".encode("cp1252"), "é"),
    "Excel's Unicode text": ("A\tB\né\t1\n".encode("utf-16"), "é"),
    "Excel's own separator": (b"sep=,\nA,B\nx,1\n", "x"),
    "a separator in quotes": (b'"A;;;;",B\nx,1\n', "x"),
}


@pytest.mark.parametrize("what", TEXTS)
def test_texts_are_read_in_the_encodings_and_separators_of_spreadsheets(here, what):
    data, name = TEXTS[what]
    rows = list(read(data, "plan.csv").rows.values())
    assert rows[1] == {1: Cell("text", name), 2: Cell("text", "1")}


def test_a_line_end_inside_a_cell_keeps_the_count_of_the_rows(here):
    assert list(read(b'A;B\n"x\ny";1\n\nz;2\n', "plan.csv").rows) == [1, 2, 4]


def test_json_keeps_numbers_as_they_are_written(here):
    told = {"version": 1, "slug": "kayes", "title": ["?"], "currency": "XOF", "cells": [
        {"project": "P", "financier": "F", "year": 2027, "amount": 1.5},
        {"project": "P", "financier": True, "year": None, "amount": None}, {"project": "P"}]}
    found = read(json.dumps(told).encode(), "plan.json")
    assert found.rows[2] == {
        1: Cell("text", "P"), 2: Cell("text", "F"), 3: Cell("number", "2027"), 4: Cell("number", "1.5")}
    assert found.rows[3] == {1: Cell("text", "P"), 2: Cell("boolean", "VRAI"), 3: Cell("text", "non réparti")}
    assert found.rows[4] == {1: Cell("text", "P"), 3: Cell("error", "year absent"), 4: Cell("error", "amount absent")}
    assert found.places == {2: "cells[0]", 3: "cells[1]", 4: "cells[2]"}
    assert found.origin == ("kayes", "")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def many_rows(count):
    return "".join(f'</row><row r="{n}"><c r="A{n}"><v>{n}</v></c>' for n in range(2, count))


def comments(inside):
    """The parts of a sheet with these comments (XML)."""
    return {"xl/comments1.xml": f'{XML}<comments xmlns="{SHEET}"><commentList>{inside}</commentList></comments>',
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("comments", "../comments1.xml"))}


# what: (reason, name, builder)
HOSTILE = {
    "empty": ("empty", "plan.xlsx", lambda: b""),
    "an empty sheet": ("table.empty", "plan.xlsx", lambda: raw("")),
    "an empty text": ("table.empty", "plan.csv", lambda: b"\n;;\n"),
    "an empty list": ("table.empty", "plan.json", lambda: b'{"cells": []}'),
    "a picture called xlsx": ("table.not_workbook", "plan.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(50)),
    "a Word document called xlsx": ("table.not_workbook", "plan.xlsx", docx),
    "a text called xlsx": ("table.not_workbook", "plan.xlsx", lambda: b"Projet;Financeur\n"),
    "a workbook called csv": ("table.not_text", "plan.csv", xlsx),
    "a workbook called json": ("table.not_text", "plan.json", xlsx),
    "bytes called csv": ("table.not_text", "plan.csv", lambda: bytes(range(256))),
    "half a UTF-16": ("table.not_text", "plan.csv", lambda: b"\xff\xfea"),
    "a quote that nothing closes": ("table.quotes", "plan.csv", lambda: b'a;b\n"c;d\ne;f\n'),
    "an old workbook": ("table.not_workbook", "plan.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "an old workbook by its name": ("table.resave", "plan.xls", lambda: b"x"),
    "a password": ("office.password", "plan.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
                   + "EncryptedPackage".encode("utf-16-le")),
    "macros by the name": ("extension.macros", "plan.xlsm", xlsx),
    "macros inside": ("office.macros", "plan.xlsx", lambda: xlsx(**{"xl/vbaProject.bin": b"x"})),
    "a link to another workbook": ("office.linked", "plan.xlsx", lambda: xlsx(**{
        "xl/externalLinks/externalLink1.xml": "<x/>"})),
    "no name": ("extension.none", "plan", xlsx),
    "a PDF": ("table.extension", "plan.pdf", lambda: b"%PDF-"),
    "a zip bomb": ("zip.ratio", "plan.xlsx", lambda: xlsx(**{"xl/worksheets/sheet2.xml": " " * 20_000_000})),
    "entities": ("xml.dtd", "plan.xlsx", lambda: raw("", **{"xl/sharedStrings.xml": f"{XML}{ENTITIES}<sst>&b;</sst>"})),
    "entities in the sheet": ("xml.dtd", "plan.xlsx", lambda: xlsx(**{
        "xl/worksheets/sheet1.xml": f"{XML}{ENTITIES}<worksheet/>"})),
    "a million rows": ("table.rows", "plan.csv", lambda: b"1;2\n" * 1_000_000),
    "a hundred thousand rows": ("table.rows", "plan.xlsx", lambda: raw('<c r="A1"><v>1</v></c>' + many_rows(100_000))),
    "a thousand columns": ("table.columns", "plan.csv", lambda: b"1;" * 1000 + b"1"),
    "a far column": ("table.columns", "plan.xlsx", lambda: raw('<c r="XFD1"><v>1</v></c>')),
    "a text of six megabytes": ("table.big", "plan.csv", lambda: b"1;2\n" * 1_500_000),
    "JSON nested without end": ("table.not_json", "plan.json", lambda: b"[" * 1_000_000),
    "JSON of something else": ("table.not_json", "plan.json", lambda: b'{"cells": [1, 2]}'),
    "JSON in another currency": ("table.currency", "plan.json", lambda: b'{"currency": "EUR", "cells": []}'),
    "JSON in millions": ("table.currency", "plan.json", lambda: b'{"unit": "M", "currency": "XOF", "cells": []}'),
    "JSON with a cell in another unit": ("table.currency", "plan.json", lambda: b'{"cells": [{"unit": "millions"}]}'),
    "JSON in no currency": ("table.currency", "plan.json", lambda: b'{"currency": {"a": 1}, "cells": []}'),
    "JSON with two amounts in a cell": ("table.twice", "plan.json", lambda: b'{"cells": [{"amount": 1, "amount": 2}]}'),
    "JSON of another version": ("table.version", "plan.json", lambda: b'{"version": 2, "cells": []}'),
    "a shared text that does not exist": ("zip.damaged", "plan.xlsx", lambda: raw('<c r="A1" t="s"><v>9</v></c>')),
    "a sheet that does not exist": ("zip.damaged", "plan.xlsx", lambda: xlsx(**{
        "xl/workbook.xml": f'{BOOK}<sheets><sheet name="Plan" r:id="rId9"/></sheets></workbook>'})),
    "comments without end": ("table.aside", "plan.xlsx", lambda: raw('<c r="A1"><v>1</v></c>', **comments(
        "<comment ref='A1'><text><t>x</t></text></comment>" * 3_000))),
    "entities in a comment": ("xml.dtd", "plan.xlsx", lambda: raw('<c r="A1"><v>1</v></c>', **{
        **comments(""), "xl/comments1.xml": f"{XML}{ENTITIES}<comments/>"})),
    "no sheet": ("table.no_sheet", "plan.xlsx", xlsx),
    "a hidden plan": ("table.hidden_sheet", "plan.xlsx", lambda: raw("", sheets=named(("A", ""), ("Plan", HIDDEN)))),
    "several sheets": ("table.sheets", "plan.xlsx", lambda: raw("", sheets=named(("A", ""), ("B", "")))),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_table_is_refused_for_its_own_reason(here, what):
    reason, name, make = HOSTILE[what]
    assert refused(make(), name).reason == reason


def test_the_corpus_shows_every_refusal_of_a_table():
    # Where a file comes from is compared with the dossier, elsewhere (tests/views/test_sheets.py).
    assert set(TABLE) - {reason for reason, _, _ in HOSTILE.values()} == {"table.foreign"}


@pytest.mark.parametrize(("text", "line"), [
    ('a;b\n"c\nd";e\n"f;1\ng;2\n', 4), ('sep=;\na;b\n"c"d;1\n', 3), ('"a;b\nc;"d"\n', 1)])
def test_a_quote_out_of_place_is_refused_at_its_line(here, text, line):
    assert str(refused(text.encode(), "plan.csv")).startswith(
        f"Ce fichier a un guillemet (\") mal ouvert ou mal fermé à la ligne {line}, ")
    assert read(b'Piste 2";5\n"a ""b""";6\n', "plan.csv").rows[2][1].text == 'a "b"'


def test_what_is_said_beside_the_cells_is_read(here):
    after = ('<headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"&amp;8Plan&amp;C&amp;K00FF00en millions</oddHeader>'
             "<evenFooter>Page &amp;P</evenFooter></headerFooter>")
    found = read(raw('<c r="A1"><v>1</v></c>', after=after, **comments(
        "<comment ref='C4'><text><r><t>Awa :\n</t></r><r><t>en k€</t></r></text></comment>")))
    assert found.aside == [("En-tête d’impression", "Plan"), ("En-tête d’impression", "en millions"),
                           ("Pied de page d’impression", "Page"), ("Commentaire de C4", "Awa :"),
                           ("Commentaire de C4", "en k€")]
    assert list(found.rows) == [1]


@pytest.mark.parametrize("what", [what for what, (_, name, _) in HOSTILE_OFFICE.items() if name == "a.xlsx"])
def test_what_may_not_be_deposited_may_not_be_imported(here, what):
    assert refused(HOSTILE_OFFICE[what][2]()).reason


@pytest.mark.parametrize("what", HOSTILE)
def test_a_refusal_says_how_to_import_it_all_the_same(here, what):
    _, name, make = HOSTILE[what]
    said = str(refused(make(), name))
    assert re.fullmatch(r"[A-Z].+\. .+\.", said)
    assert "PDF" not in said.partition(". ")[2]
    assert "dépos" not in said


BOMBS = ["a zip bomb", "entities", "a hundred thousand rows", "a million rows", "JSON nested without end"]
MEASURE = """
import resource, sys
from negotiation.files.refusals import Refused
from negotiation.files.table import read_table
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reason = ""
try:
    read_table(open(sys.argv[1], "rb"), sys.argv[1])
except Refused as refusal:
    reason = refusal.reason
print(reason, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before,
      resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("what", [*BOMBS, "a million rows of a workbook"])
def test_memory_stays_in_bounds_whatever_the_file(tmp_path, what):
    """Of the process that serves pages, and of the child that reads, both under 200 MB."""
    if what in BOMBS:
        reason, name, make = HOSTILE[what]
        data = make()
    else:
        reason, name = "zip.ratio", "plan.xlsx"
        data = raw('<c r="A1"><v>1</v></c>' + "".join('</row><row><c><v>1</v></c>' for _ in range(1_000_000)))
    path = tmp_path / name
    path.write_bytes(data)
    told = subprocess.run([sys.executable, "-c", MEASURE, str(path)], cwd=apart.ROOT, capture_output=True, text=True,
                          check=True).stdout.split()
    assert told[0] == reason
    assert int(told[1]) < 200 * 1024
    assert int(told[2]) < 200 * 1024


def test_the_child_reads_the_same(monkeypatch):
    data = raw('<c r="A1"><v>1</v></c><c r="B1" t="s"><v>0</v></c>')
    apart_told = read(data)
    tables.read_here(monkeypatch)
    assert apart_told == read(data)


def test_a_table_read_apart_has_little_memory(monkeypatch):
    """What a reader would build without end is stopped by the system."""
    greed = "import negotiation.files.table_text as t; t.check = lambda data, kind: bytearray(300 * 2**20); "
    monkeypatch.setattr(apart, "BOOT", apart.BOOT.replace("from ", greed + "from ", 1))
    assert refused(b"a;b\n", "plan.csv").reason == "heavy"


def test_a_fault_of_ours_imports_nothing(monkeypatch, caplog):
    monkeypatch.setattr(table, "check_apart", lambda kind, data: 1 / 0)
    assert refused(b"a;b\n", "plan.csv").reason == "unchecked"
    assert "ZeroDivisionError" in caplog.text
