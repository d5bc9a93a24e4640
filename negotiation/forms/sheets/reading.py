"""What a table says of the plan: which cells, which amounts, and what is refused, each at its place in the file.

Two shapes are understood: a column by year (as the XLSX), or a row by amount with its year (as the CSV and the JSON).
"""
from dataclasses import dataclass, field
from typing import NamedTuple

from ...choices import Unallocated
from ...files.table_text import KEYS
from ...money import shown
from . import words
from .amounts import Unreadable, amount_of, year_of
from .names import Unknown, financiers_of, projects_of

LOOKED_AT = 40
MOST_REFUSED = 100
MOST_NAMED = 20


class Refusal(NamedTuple):
    """place: « Plan!D7 », or "" for the whole file."""
    place: str
    why: str

    def __str__(self):
        return f"{self.place} : {self.why}" if self.place else self.why


@dataclass
class Reading:
    """amounts: {(project pk, financier pk, year): amount}, 0 where the file says « nothing »; places: where, likewise.
    notes: what the reader is told, that refuses nothing."""
    amounts: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)
    notes: list = field(default_factory=list)


class Full(Exception):  # noqa: N818 (not an error: enough has been said)
    """So much is refused that the rest of the file would teach nothing."""


def understand(table, plan):
    """The Reading of a files.table.Table. plan: queries.commitments.Plan, with its empty column « non réparti »."""
    reader = Reader(table, plan)
    try:
        reader.read()
    except Full:
        reader.told.notes.append(f"La lecture s’est arrêtée après {MOST_REFUSED} refus : corrigez-les, puis "
                                 "recommencez.")
    return reader.told


class Reader:
    def __init__(self, table, plan):
        self.table, self.told = table, Reading()
        self.projects, self.financiers = projects_of(plan), financiers_of(plan)
        self.funded = {(block.project, line.financier) for block in plan.blocks for line in block.lines if line.total}
        self.years = {column.year for column in plan.columns} | {Unallocated.YEAR.value}
        self.seen, self.left_alone = {}, []

    def read(self):
        columns = self.headings()
        if columns is None:
            self.refuse("", "Aucune ligne de titres n’a été trouvée : le tableau commence par les titres « Projet » et "
                            "« Financeur », puis une colonne par année, comme dans le modèle.")
            return
        self.refuse_merged()
        named = {name: column for column, name in columns.items() if name is not None and name != "sum"}
        several = {"year", "amount"} <= named.keys()
        years = {} if several else self.year_columns(columns)
        if not several and not years:
            if not self.told.refused:
                self.refuse("", "Aucune colonne d’année n’a été trouvée : leurs titres sont les années du contrat.")
            return
        if self.refuse_units(named, years):
            return
        if self.table.hidden:
            self.told.notes.append(f"Ce que le fichier masque est lu aussi : {', '.join(self.table.hidden)}.")
        for number in (number for number in self.table.rows if number > self.top):
            self.read_row(number, named, years)
        if self.left_alone:
            shown = ", ".join(map(str, self.left_alone[:MOST_NAMED])) + ("…" if self.left_alone[MOST_NAMED:] else "")
            self.told.notes.append("Lignes du fichier sans aucun montant, laissées telles quelles dans le plan : "
                                   f"{shown}. Pour retirer leurs montants, écrivez 0.")

    def refuse(self, place, why):
        self.told.refused.append(Refusal(place, why))
        if len(self.told.refused) >= MOST_REFUSED:
            raise Full

    def place(self, row, column):
        """« Plan!D7 », « D7 » in a text, « cells[3].amount » in JSON."""
        if row in self.table.places:
            return f"{self.table.places[row]}.{KEYS[column - 1]}"
        return f"{self.table.sheet}!{letters(column)}{row}" if self.table.sheet else f"{letters(column)}{row}"

    def headings(self):
        """{column: name in words.TITLES, « sum » or None} of the first row that has both names; None without one."""
        for number, cells in list(self.table.rows.items())[:LOOKED_AT]:
            found = {column: words.heading(cell.text) for column, cell in cells.items()}
            if {"project", "financier"} <= set(found.values()):
                self.top = number
                for name in words.TITLES:
                    twice = [column for column, one in found.items() if one == name]
                    if len(twice) > 1:
                        self.refuse(self.place(number, twice[1]),
                                    f"ce titre est déjà celui de la colonne {letters(twice[0])}.")
                return found
        return None

    def refuse_merged(self):
        for zone in self.table.merged:
            last = "".join(sign for sign in zone.rpartition(":")[2] if sign.isdigit())
            if last.isdigit() and int(last) >= self.top:
                self.refuse(f"{self.table.sheet}!{zone}", "ces cellules sont fusionnées : défusionnez-les, et écrivez "
                                                          "le nom ou le montant dans chacune.")

    def refuse_units(self, named, years):
        """Amounts in another unit than the franc are not converted: is one said above them?"""
        heads = self.table.rows[self.top]
        columns = years or {named["amount"]: None}
        found = [(self.top, column, heads[column]) for column in columns if column in heads and words.says_other_unit(
            heads[column].text, amount=not years)]
        found += [(number, column, cell) for number, cells in self.table.rows.items() if number < self.top
                  for column, cell in cells.items() if words.says_other_unit_of_all(cell.text)]
        for number, column, cell in found:
            self.refuse(self.place(number, column), f"« {shown(words.plain(cell.text))} » n’annonce pas des francs CFA "
                        "à l’unité, et rien n’est converti : mettez les montants en francs CFA entiers, puis corrigez "
                        "ce titre.")
        return bool(found)

    def year_columns(self, columns):
        """{column: year}; a column that is none of the plan is refused when it holds amounts, else told."""
        heads, found = self.table.rows[self.top], {}
        used = {column for number, cells in self.table.rows.items() if number > self.top for column in cells}
        for column in sorted({*heads, *used}):
            if columns.get(column):
                continue
            place, head = self.place(self.top, column), heads.get(column)
            year = year_of(head, self.years)
            if year in found.values():
                twice = next(one for one, known in found.items() if known == year)
                self.refuse(place, f"cette année est déjà celle de la colonne {letters(twice)}.")
            elif year in self.years:
                found[column] = year
            elif year is not None:
                self.refuse(place, f"l’année {year} est hors du contrat ({self.span}).")
            elif self.holds_amounts(column) and not (head and words.key(head.text) in words.RANKS):
                title = f"« {words.plain(head.text)} »" if head else "sans titre"
                self.refuse(place, f"cette colonne ({title}) n’est ni une année du contrat ni « Non réparti », et "
                                   "contient des montants.")
            elif head:
                self.told.notes.append(f"La colonne {letters(column)} (« {words.plain(head.text)} ») n’est pas lue.")
        return found

    @property
    def span(self):
        years = self.years - {Unallocated.YEAR.value}
        return f"{min(years)}-{max(years)}"

    def holds_amounts(self, column):
        def holds(cell):
            try:
                return amount_of(cell) > 0
            except Unreadable:
                return cell.kind != "text"
        return any(holds(cells[column]) for number, cells in self.table.rows.items()
                   if number > self.top and column in cells)

    def read_row(self, number, named, years):
        cells = self.table.rows[number]
        texts = {name: self.shown(cells[named[name]].text) if named[name] in cells else ""
                 for name in ("project", "financier")}
        filled = any(column in cells for column in years or [named.get("amount")])
        if self.is_sum(texts) or not (filled or all(texts.values())):
            return
        pks = [self.find(number, named[name], texts[name], among, noun) for name, among, noun in (
            ("project", self.projects, "du projet"), ("financier", self.financiers, "du financeur"))]
        if None in pks:
            return
        if years:
            self.read_years(number, cells, tuple(pks), years)
        else:
            self.read_one(number, cells, tuple(pks), named)

    def shown(self, text):
        """A name as the dossier writes it; in a CSV, without the apostrophe that kept it from being a formula."""
        is_csv = not self.table.sheet and not self.table.places
        return words.unsafe(words.plain(text)) if is_csv else words.plain(text)

    def is_sum(self, texts):
        """A line of sums, as ours or as people write them; not a project that happens to be called « Total… »."""
        project, financier = texts["project"], texts["financier"]
        if financier:
            return words.is_sum(financier) and not self.financiers.knows(financier)
        return words.is_sum(project) and not self.projects.knows(project)

    def find(self, number, column, text, among, noun):
        cell = self.table.rows[number].get(column)
        why = ""
        if cell and cell.kind in ("error", "formula", "boolean"):
            why = f"le nom {noun} ne se lit pas : écrivez-le en toutes lettres."
        elif not text:
            why = f"le nom {noun} manque sur cette ligne, qui porte un montant."
        else:
            try:
                return among.find(text)
            except Unknown as unknown:
                why = str(unknown)
        self.refuse(self.place(number, column), why)
        return None

    def read_years(self, number, cells, pair, years):
        if (first := self.seen.setdefault(pair, number)) != number:
            self.refuse(self.place(number, min(years)), f"les lignes {first} et {number} portent le même projet et le "
                                                        "même financeur : gardez-en une.")
            return
        if not years.keys() & cells.keys():
            # A line of the model that nobody filled: it must not empty what the plan holds.
            self.left_alone += [number] if pair in self.funded else []
            return
        for column, year in years.items():
            self.read_amount((*pair, year), self.place(number, column), cells.get(column))

    def read_one(self, number, cells, pair, named):
        place, head = self.place(number, named["year"]), cells.get(named["year"])
        year = year_of(head, self.years)
        if year is None:
            self.refuse(place, f"« {words.plain(head.text)} » n’est pas une année." if head else
                        "l’année manque sur cette ligne : écrivez-la, ou « Non réparti ».")
        elif year not in self.years:
            self.refuse(place, f"l’année {year} est hors du contrat ({self.span}).")
        elif (first := self.seen.setdefault((*pair, year), number)) != number:
            rows = [self.table.places.get(row, f"ligne {row}") for row in (first, number)]
            self.refuse(self.place(number, named["amount"]), f"{rows[0]} et {rows[1]} portent le même projet, le même "
                                                             "financeur et la même année : gardez-en une.")
        else:
            self.read_amount((*pair, year), self.place(number, named["amount"]), cells.get(named["amount"]))

    def read_amount(self, cell, place, found):
        try:
            self.told.amounts[cell] = amount_of(found)
        except Unreadable as unreadable:
            self.refuse(place, str(unreadable))
        self.told.places[cell] = place


def letters(column):
    """1 → A, 28 → AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
