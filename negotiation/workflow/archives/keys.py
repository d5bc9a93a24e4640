"""Keys of rows inside other values (an element that a remark names, the cells of a scenario), said by their places.

`place(model name, key)` gives the place of a row in the archive, or the other way. A row that was removed since has no
place: its key stays, negative, so that it can be taken for no other.
"""
from ...elements import PART_OF

# The elements named by the key of their row; « document:A1.P1 » and « answer:A1.Q2 » are named by the grid.
MODELS = {"piece": "document"} | {word: word for word in PART_OF if word not in {
    "answer", "document", "piece", "row", "cell", "total"}}
PROJECT, FINANCIER = "project", "actor"


def element(key, place):
    """« project:6 », « cell:6:5:2028 » with the keys of its rows moved; any other as it is."""
    word, *rest = key.split(":")
    if word in MODELS and len(rest) == 1:
        return f"{word}:{moved(MODELS[word], rest[0], place)}"
    if word in ("row", "cell") and len(rest) >= 2:
        project, financier, *year = rest
        return ":".join([word, moved(PROJECT, project, place), moved(FINANCIER, financier, place), *year])
    return key


def moved(model, text, place):
    return str(place(model, int(text))) if text.removeprefix("-").isdecimal() else text


def elements(content, place):
    """The content of a submission."""
    return [row | {"key": element(row["key"], place)} for row in content]


def cells(rows, place):
    """[[project, financier, year, amount], …] of a scenario."""
    return [[place(PROJECT, project), place(FINANCIER, financier), *rest] for project, financier, *rest in rows]


def base(rows, place):
    """The plan that a scenario copied, when it is known."""
    return rows and cells(rows, place)


def reserve(projects, place):
    return [place(PROJECT, project) for project in projects]


def changes(told, place):
    """The changes of a scenario; the last ones keep what undoes them: « project financier year amount|… »."""
    return [one | ({"cells": "|".join(trace(row, place) for row in one["cells"].split("|") if row),
                    "reserve": reserve(one["reserve"], place)} if "cells" in one else {}) for one in told]


def trace(row, place):
    project, financier, *rest = row.split(" ")
    return " ".join([str(place(PROJECT, int(project))), str(place(FINANCIER, int(financier))), *rest])
