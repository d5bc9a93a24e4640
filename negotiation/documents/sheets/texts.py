"""The plan as CSV (one row an amount, no cell that a spreadsheet would carry out) and as JSON."""
import csv
import io
import json

from ...choices import Unallocated
from ...forms.sheets.words import AMOUNT, FINANCIER, PROJECT, UNALLOCATED, YEAR, financier_names, plain, safe
from ...money import CURRENCY

VERSION = 1


def amounts(plan):
    """(project, financier, year, amount) as a file names them, in the order of the page; only what is not empty."""
    names = financier_names(plan.parties)
    for block in plan.blocks:
        for line in block.lines:
            for column, amount in zip(plan.columns, line.amounts, strict=True):
                if amount:
                    yield plain(block.name), names[line.financier], column.year, amount


def to_csv(plan):
    """The bytes of the CSV: UTF-8 with its mark, semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([PROJECT, FINANCIER, YEAR, f"{AMOUNT} ({CURRENCY})"])
    for project, financier, year, amount in amounts(plan):
        writer.writerow([safe(project), safe(financier), year if year != Unallocated.YEAR else UNALLOCATED, amount])
    return text.getvalue().encode("utf-8-sig")


def to_json(plan, dossier):
    """The bytes of the JSON: {"version": 1, "slug", "title", "currency", "years", "projects", "financiers", "cells"}.

    A cell is {"project", "financier", "year", "amount"}; its year is null for what is not shared between years.
    """
    names = financier_names(plan.parties)
    told = {
        "version": VERSION, "slug": dossier.slug, "title": dossier.title, "currency": CURRENCY,
        "years": list(dossier.years), "projects": [plain(block.name) for block in plan.blocks],
        "financiers": [names[party.pk] for party in plan.parties if party.financier],
        "cells": [{"project": project, "financier": financier, "year": year or None, "amount": amount}
                  for project, financier, year, amount in amounts(plan)]}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
