"""The plan as XLSX, CSV and JSON: what they hold, that nothing in them can be carried out, and the way back."""
import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.documents.sheets import export
from negotiation.documents.sheets.workbook import FREE_ROWS, to_xlsx
from negotiation.files.table import read_table
from negotiation.forms.sheets.preview import preview_of
from negotiation.forms.sheets.reading import understand
from negotiation.forms.sheets.words import plain, safe, unsafe
from tests import tables
from tests.tables import YEARS, Dossier, plan

AMOUNTS = {(1, 1, 2027): 400_000_000, (1, 2, 0): 181_715_163, (2, 1, 2029): 999_999_999_999}


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    tables.read_here(monkeypatch)


def opened(found, **options):
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(found, Dossier, **options)))


def test_the_sheet_holds_a_row_a_financier_and_live_sums():
    rows = list(opened(plan(AMOUNTS))["Plan"].iter_rows(values_only=True))
    assert rows[0][0] == "Contrat-plan de Kayes"
    assert rows[3:] == [
        ("Projet", "Financeur", 2027, 2028, 2029, "Non réparti", "Total"),
        ("Piste de Kléla", "État", 400_000_000, None, None, None, "=SUM(C5:F5)"),
        ("Piste de Kléla", "Région de Kayes", None, None, None, 181_715_163, "=SUM(C6:F6)"),
        ("Sous-total : Piste de Kléla", None, *(f"=SUM({c}5:{c}6)" for c in "CDEFG")),
        ("Centre de santé", "État", None, None, 999_999_999_999, None, "=SUM(C8:F8)"),
        ("Sous-total : Centre de santé", None, *(f"=SUM({c}8)" for c in "CDEFG")),
        ("Total du plan", None, *(f'=SUMIF(B5:B9,"<>",{c}5:{c}9)' for c in "CDEFG"))]


def test_every_sum_has_its_value_for_who_does_not_compute():
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(plan(AMOUNTS), Dossier)), data_only=True)
    assert [[cell.value for cell in row[2:]] for row in book["Plan"].iter_rows(min_row=7)] == [
        [400_000_000, 0, 0, 181_715_163, 581_715_163], [None, None, 999_999_999_999, None, 999_999_999_999],
        [0, 0, 999_999_999_999, 0, 999_999_999_999], [400_000_000, 0, 999_999_999_999, 181_715_163, 1_000_581_715_162]]


def test_the_sheet_guards_its_headings_and_its_amounts():
    sheet = opened(plan(AMOUNTS))["Plan"]
    assert (sheet.protection.sheet, sheet.protection.password, sheet.freeze_panes) == (True, None, "C5")
    assert {sheet[name].protection.locked for name in ("A4", "A5", "B5", "G5", "C7", "C10")} == {True}
    assert {sheet[name].protection.locked for name in ("C5", "F6", "E8")} == {False}
    assert {sheet[name].number_format for name in ("C5", "G5", "C10")} == {"#,##0"}
    rule, = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.type, rule.operator, rule.formula1, rule.formula2) == (
        "C5:F9", "whole", None, "0", "999999999999999")
    assert rule.error.startswith("Écrivez un nombre entier de francs")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$4:$4"
    assert not sheet.merged_cells.ranges


def test_the_model_offers_every_financier_to_every_project_and_free_rows():
    book = opened(plan(AMOUNTS), model=True)
    assert book.sheetnames == ["Mode d’emploi", "Plan"]
    sheet = book["Plan"]
    rows = [row[:6] for row in sheet.iter_rows(min_row=5, values_only=True) if row[1]]
    assert rows == [(project, financier, None, None, None, None) for project in ("Piste de Kléla", "Centre de santé")
                    for financier in ("État", "Région de Kayes")]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    first, last = 11, 10 + FREE_ROWS
    assert lists == {f"A{first}:A{last}": "'Mode d’emploi'!$A$12:$A$13",
                     f"B{first}:B{last}": "'Mode d’emploi'!$B$12:$B$13"}
    assert [cell.value for row in book["Mode d’emploi"]["A12:B13"] for cell in row] == [
        "Piste de Kléla", "État", "Centre de santé", "Région de Kayes"]
    assert not sheet[f"A{first}"].protection.locked
    assert sheet[f"A{last + 1}"].value == "Total du plan"


def test_an_empty_plan_still_makes_a_workbook():
    found = plan(projects=[], financiers=[])
    assert [row[0] for row in opened(found, model=True)["Plan"].iter_rows(min_row=4, max_row=5, values_only=True)] == [
        "Projet", None]
    assert opened(found)["Plan"]["C5"].value == "=0"


def test_the_same_plan_makes_the_same_bytes():
    for kind in export.KINDS:
        assert export.content(kind, plan(AMOUNTS), Dossier) == export.content(kind, plan(AMOUNTS), Dossier)
    parts = zipfile.ZipFile(io.BytesIO(to_xlsx(plan(AMOUNTS), Dossier))).infolist()
    assert {part.date_time for part in parts} == {(1980, 1, 1, 0, 0, 0)}


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "'=1", "''@x", "https://x.example",
           "{=1}", "__proto__", "=HYPERLINK(\"http://x\")"]


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_is_written_can_be_carried_out(name):
    found = plan({(1, 1, 2027): 5}, projects=[name], financiers=[name])
    book = opened(found, model=True)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    ours = ("=SUM(", "=SUMIF(")
    assert [cell.value for cell in cells if cell.data_type == "f" and not cell.value.startswith(ours)] == []
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    text = export.content("csv", found, Dossier).decode("utf-8-sig")
    assert text.splitlines()[1].split(";")[0].strip('"')[0] not in "=+-@\t\r"


def test_the_workbook_holds_no_link_and_no_program():
    names = zipfile.ZipFile(io.BytesIO(to_xlsx(plan(AMOUNTS), Dossier))).namelist()
    assert not [name for name in names if "external" in name.lower() or name.endswith(".bin")]


def test_the_csv_is_one_row_an_amount():
    content = export.content("csv", plan(AMOUNTS, projects=["=Piste", "Centre ; santé"]), Dossier)
    assert content == ("\ufeffProjet;Financeur;Année;Montant (FCFA)\r\n'=Piste;État;2027;400000000\r\n"
                       "'=Piste;Région de Kayes;Non réparti;181715163\r\n"
                       '"Centre ; santé";État;2029;999999999999\r\n').encode()


def test_the_json_is_documented_and_whole():
    assert json.loads(export.content("json", plan(AMOUNTS), Dossier)) == {
        "version": 1, "slug": "kayes-2027-2029", "title": "Contrat-plan de Kayes", "currency": "FCFA",
        "years": [2027, 2028, 2029], "projects": ["Piste de Kléla", "Centre de santé"],
        "financiers": ["État", "Région de Kayes"], "cells": [
            {"project": "Piste de Kléla", "financier": "État", "year": 2027, "amount": 400_000_000},
            {"project": "Piste de Kléla", "financier": "Région de Kayes", "year": None, "amount": 181_715_163},
            {"project": "Centre de santé", "financier": "État", "year": 2029, "amount": 999_999_999_999}]}


def came_back(kind, found):
    """(the amounts that the file says and that are not nothing, what it would change) once read again."""
    content = export.content(kind, found, Dossier)
    reading = understand(read_table(io.BytesIO(content), f"plan.{kind}"), found)
    told = preview_of(reading, found, YEARS)
    assert told.refused == []
    return {cell: amount for cell, amount in reading.amounts.items() if amount}, told.summary


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"])
               | st.sampled_from("=+-@'\";,\n\t\ré🛖ومَ\u200d_x0041"), min_size=1, max_size=40).filter(plain)
BEGINNINGS = st.sampled_from(["", "=", "+", "-", "@", "'=", "''", "Total ", "_x000D_"])
NAMES = st.lists(st.builds("{}{}".format, BEGINNINGS, TEXT), min_size=1, max_size=4, unique_by=plain)
AMOUNT = st.integers(1, 999_999_999_999)


@st.composite
def plans(draw):
    projects, names = draw(NAMES), draw(NAMES)
    labels = [draw(st.sampled_from([name, "État", names[0]])) for name in names]
    cells = st.tuples(st.integers(1, len(projects)), st.integers(1, len(names)), st.sampled_from([*YEARS, 0]))
    return plan(draw(st.dictionaries(cells, AMOUNT, min_size=1, max_size=12)), projects=projects,
                financiers=list(zip(labels, names, strict=True)))


@pytest.mark.parametrize("kind", export.KINDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=plans())
def test_what_is_exported_and_imported_again_changes_nothing(kind, found):
    stored = {(block.project, line.financier, column.year): amount for block in found.blocks for line in block.lines
              for column, amount in zip(found.columns, line.amounts, strict=True) if amount}
    assert came_back(kind, found) == (stored, "0 changement")


@pytest.mark.parametrize("name", [*HOSTILE, "Total", "Sous-total : x", "2027", "Projet", "عقد", "🛖\u200d", "x\ny",
                                  "a;\"b\";c"])
@pytest.mark.parametrize("kind", export.KINDS)
def test_names_come_back_as_they_left(kind, name):
    found = plan({(1, 1, 2027): 5, (1, 2, 0): 6}, projects=[name, "Autre"], financiers=[name, "Autre"])
    assert came_back(kind, found) == ({(1, 1, 2027): 5, (1, 2, 0): 6}, "0 changement")


@given(text=st.text("='+-@\t\rab", max_size=8))
def test_what_is_made_safe_is_found_again(text):
    assert unsafe(safe(text)) == text


def test_the_model_filled_in_excel_comes_back():
    """Chosen in the lists of the free rows, typed in the cells, saved by another program: no value is left to guess."""
    found = plan(financiers=["État", "Région de Kayes"])
    book = opened(found, model=True)
    sheet = book["Plan"]
    sheet["C5"], sheet["D6"] = 400_000_000, "12 000"
    target = io.BytesIO()
    book.save(target)
    reading = understand(read_table(io.BytesIO(target.getvalue()), "modele.xlsx"), found)
    assert reading.refused == []
    assert {cell: amount for cell, amount in reading.amounts.items() if amount} == {
        (1, 1, 2027): 400_000_000, (1, 2, 2028): 12_000}
