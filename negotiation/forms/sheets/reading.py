"""What a table says of the plan: which cells, which amounts, and what is refused, each at its place in the file.

Two shapes are understood: a column by year (as the XLSX), or a row by amount with its year (as the CSV and the JSON).
"""
from dataclasses import dataclass, field
from typing import NamedTuple

from ...choices import Unallocated
from ...files.table_text import KEYS
from ...money import shown
from . import units, words
from .amounts import Unreadable, amount_of, year_of
from .names import Unknown, financiers_of, projects_of

LOOKED_AT = 40
MOST_REFUSED = 100
MOST_NAMED = 20
MOST_ZONES = 5
# Characters: an amount is shorter than a sentence, and no plan comes with a book.
SHORT, MOST_TEXT = 20, 200_000


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


def understand(table, plan, title=""):
    """The Reading of a files.table.Table. plan: queries.commitments.Plan, with its empty column « non réparti ».
    title: of the dossier, which an export writes above the table."""
    reader = Reader(table, plan, title)
    try:
        reader.read()
    except Full:
        reader.told.notes.append(f"La lecture s’est arrêtée après {MOST_REFUSED} refus : corrigez-les, puis "
                                 "recommencez.")
    return reader.told


class Reader:
    def __init__(self, table, plan, title):
        self.table, self.told, self.title = table, Reading(), words.plain(title)
        self.projects, self.financiers = projects_of(plan), financiers_of(plan)
        self.funded = {(block.project, line.financier) for block in plan.blocks for line in block.lines if line.total}
        self.years = {column.year for column in plan.columns} | {Unallocated.YEAR.value}
        self.seen, self.left_alone = {}, {}

    def read(self):
        columns = self.headings()
        self.tell_sheets()
        if columns is None:
            self.refuse("", "Aucune ligne de titres n’a été trouvée : le tableau commence par les titres « Projet » et "
                            "« Financeur », puis une colonne par année, comme dans le modèle." + self.merged_above())
            return
        self.refuse_merged()
        named = {name: column for column, name in columns.items() if name is not None and name != "sum"}
        several = {"year", "amount"} <= named.keys()
        if not several and self.lacks_amounts(named):
            return
        years = {} if several else self.year_columns(columns)
        if not several and not years:
            if not self.told.refused:
                self.refuse("", "Aucune colonne d’année n’a été trouvée : leurs titres sont les années du contrat.")
            return
        self.named, self.amounts = named, years or {named["amount"]: None}
        if self.refuse_units():
            return
        if years:
            self.tell_sums(columns)
        if self.table.hidden:
            self.told.notes.append(f"Ce que le fichier masque est lu aussi : {', '.join(self.table.hidden)}.")
        for number in (number for number in self.table.rows if number > self.top):
            self.read_row(number, years)
        if alone := [number for number, pair in self.left_alone.items() if pair not in self.seen]:
            shown = ", ".join(map(str, alone[:MOST_NAMED])) + ("…" if alone[MOST_NAMED:] else "")
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

    def tell_sheets(self):
        others = [name for name in self.table.others if words.key(name) != words.key(words.GUIDE)]
        if others:
            self.told.notes.append(f"Seule la feuille « {words.plain(self.table.sheet)} » est lue. "
                                   f"Ce que disent les autres ne l’est pas : {', '.join(map(words.plain, others))}.")

    def merged_above(self):
        """What is merged may be what hides the titles."""
        zones = ", ".join(self.table.merged[:MOST_ZONES])
        return f" Des cellules y sont fusionnées ({zones}) : défusionnez-les, et gardez les titres sur une seule " \
               "ligne." if zones else ""

    def refuse_merged(self):
        for zone in self.table.merged:
            last = "".join(sign for sign in zone.rpartition(":")[2] if sign.isdigit())
            if last.isdigit() and int(last) >= self.top:
                self.refuse(f"{self.table.sheet}!{zone}", "ces cellules sont fusionnées : défusionnez-les, et écrivez "
                                                          "le nom ou le montant dans chacune.")

    def lacks_amounts(self, named):
        """A row by amount, without the column of the amounts: its years stand in one column, and in no heading."""
        heads = self.table.rows[self.top]
        lacks = "year" in named and "amount" not in named and all(
            year_of(head, self.years) is None for head in heads.values())
        if lacks:
            self.refuse(self.place(self.top, named["year"]), (
                f"« {words.plain(heads[named['year']].text)} » est là, mais aucune colonne de montants : donnez à "
                "celle des montants, en francs CFA entiers, le titre « Montant » ou « Montant (FCFA) »."))
        return lacks

    def refuse_units(self):
        """Amounts in another unit than the franc are not converted: is one said anywhere around them?"""
        told = set()
        if self.sentences > MOST_TEXT:
            self.refuse("", "Ce fichier contient trop de textes à côté du plan pour être lu : gardez-y le tableau "
                            "seul.")
            return True
        if units.around(self.table.sheet) or units.is_done(self.table.sheet):
            self.refuse_unit(told, "", self.table.sheet, "renommez cette feuille")
        for place, text in self.table.aside:
            if units.around(text) and words.plain(text) != self.title:
                self.refuse_unit(told, place, text, "corrigez ce texte")
        for number, cells in self.table.rows.items():
            above = number <= self.top
            for column in self.others_above(number, cells) if above else self.others_below(cells):
                title = self.title_of(column) if number == self.top else ""
                self.refuse_unit(told, self.place(number, column), f"{cells[column].text} {cells[column].beside}",
                                 title or f"corrigez {'ce titre' if above else 'cette case'}", heading=bool(title))
        return bool(told)

    @property
    def sentences(self):
        """How many characters of sentences the file holds, each counted once: what looking for a unit costs."""
        texts = {cell.text for cells in self.table.rows.values() for cell in cells.values()}
        return sum(len(text) for text in texts | {text for _, text in self.table.aside} if len(text) > SHORT)

    def refuse_unit(self, told, place, text, remedy, *, heading=False):
        """Once, however many cells say it. told: what was refused before."""
        if (text := words.plain(text)) not in told:
            told.add(text)
            said = ("dit peut-être autre chose que les montants du plan : si c’est eux, "
                    if units.is_done(text, heading=heading) else
                    "n’annonce pas des francs CFA à l’unité, et rien n’est converti : mettez les montants en francs "
                    "CFA entiers, puis ")
            self.refuse(place, f"« {shown(text)} » {said}{remedy}.")

    def title_of(self, column):
        """How to title a column of amounts; "" for another column."""
        if column not in self.amounts:
            return ""
        title = self.amounts[column] or words.AMOUNT
        return f"donnez à cette colonne le titre « {title} » ou « {title} (FCFA) »"

    def others_above(self, number, cells):
        """The columns where a title, or a heading, says another unit than the franc."""
        for column, cell in cells.items():
            if number < self.top or column not in self.amounts:
                done = number < self.top and cell.kind == "text" and units.is_done(cell.text)
                other = (is_announced(cell) or done) and words.plain(cell.text) != self.title
            elif (year := self.amounts[column]) is None:
                other = units.in_amount_heading(cell.text)
            else:
                # « Non réparti » was read as nothing else.
                other = year != Unallocated.YEAR and units.in_heading(f"{cell.text} {cell.beside}")
            if other:
                yield column

    def others_below(self, cells):
        """The same below the headings: under « Unité », in a second row of headings, in any text that names nothing."""
        heads, second = self.table.rows[self.top], self.is_second_heading(cells)
        read = {*self.named.values(), *self.amounts} if self.is_line(cells) else ()
        for column, cell in cells.items():
            if column in heads and units.is_column(heads[column].text):
                other = not units.is_franc(cell.text)
            elif second and column in self.amounts:
                other = units.in_heading(cell.text)
            else:
                other = column not in read and is_announced(cell) and not self.is_name(cell.text)
            if other:
                yield column

    def is_second_heading(self, cells):
        """A row that names nothing, with words under the headings of the amounts: « (FCFA) »."""
        found = [cell for column, cell in cells.items() if column in self.amounts]
        return bool(found) and not any(self.names_on(cells).values()) and all(map(is_words, found))

    def is_line(self, cells):
        """A row that names a pair, or bears amounts, and adds up no others."""
        texts = self.names_on(cells)
        return not self.is_sum(texts) and (all(texts.values()) or bool(self.amounts.keys() & cells.keys()))

    def is_name(self, text):
        """A project or a financier of the dossier, alone or in « Sous-total : Piste de Kléla »."""
        return any(among.knows(one) for one in (text, text.partition(" : ")[2]) if one
                   for among in (self.projects, self.financiers))

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

    def tell_sums(self, columns):
        """A column « Total » that adds up no row may be a year whose title was lost."""
        rows = [cells for number, cells in self.table.rows.items() if number > self.top and self.is_line(cells)]
        for column in (column for column, name in columns.items() if name == "sum" and self.holds_amounts(column)):
            if any(amount != sum(self.known(cells.get(one)) for one in self.amounts) for cells in rows
                   if (amount := self.known(cells.get(column)))):
                self.told.notes.append(
                    f"La colonne {letters(column)} (« {words.plain(self.table.rows[self.top][column].text)} ») n’est "
                    "pas lue, et n’est pas la somme des colonnes lues : si elle porte les montants d’une année, "
                    "donnez-lui cette année pour titre.")

    @staticmethod
    def known(cell):
        """0 for what is no amount: it is refused elsewhere."""
        try:
            return amount_of(cell)
        except Unreadable:
            return 0

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

    def names_on(self, cells):
        return {name: self.shown(cells[column].text) if (column := self.named[name]) in cells else ""
                for name in ("project", "financier")}

    def read_row(self, number, years):
        cells = self.table.rows[number]
        if not self.is_line(cells) or self.is_second_heading(cells):
            return
        texts = self.names_on(cells)
        pks = [self.find(number, self.named[name], texts[name], among, noun) for name, among, noun in (
            ("project", self.projects, "du projet"), ("financier", self.financiers, "du financeur"))]
        if None in pks:
            return
        if years:
            self.read_years(number, cells, tuple(pks), years)
        else:
            self.read_one(number, cells, tuple(pks))

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
        if not years.keys() & cells.keys():
            # A line of the model that nobody filled: it empties nothing, and another may fill the same.
            if pair in self.funded:
                self.left_alone[number] = pair
            return
        if (first := self.seen.setdefault(pair, number)) != number:
            self.refuse(self.place(number, min(years)), f"les lignes {first} et {number} portent le même projet et le "
                                                        "même financeur : gardez-en une.")
            return
        for column, year in years.items():
            self.read_amount((*pair, year), self.place(number, column), cells.get(column))

    def read_one(self, number, cells, pair):
        place, head = self.place(number, self.named["year"]), cells.get(self.named["year"])
        year = year_of(head, self.years)
        if year is None or year != Unallocated.YEAR and units.in_heading(head.text):
            self.refuse(place, f"« {words.plain(head.text)} » n’est pas une année." if head else
                        "l’année manque sur cette ligne : écrivez-la, ou « Non réparti ».")
        elif year not in self.years:
            self.refuse(place, f"l’année {year} est hors du contrat ({self.span}).")
        elif (first := self.seen.setdefault((*pair, year), number)) != number:
            rows = [self.table.places.get(row, f"ligne {row}") for row in (first, number)]
            self.refuse(self.place(number, self.named["amount"]), f"{rows[0]} et {rows[1]} portent le même projet, le "
                                                                  "même financeur et la même année : gardez-en une.")
        else:
            self.read_amount((*pair, year), self.place(number, self.named["amount"]), cells.get(self.named["amount"]))

    def read_amount(self, cell, place, found):
        try:
            self.told.amounts[cell] = amount_of(found)
        except Unreadable as unreadable:
            self.refuse(place, str(unreadable))
        self.told.places[cell] = place


def is_announced(cell):
    return cell.kind == "text" and units.around(cell.text)


def is_words(cell):
    """A text that is no amount."""
    try:
        amount_of(cell)
    except Unreadable:
        return cell.kind == "text"
    return False


def letters(column):
    """1 → A, 28 → AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
