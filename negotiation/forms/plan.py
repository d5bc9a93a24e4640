"""The financing matrix as a person types it: which cells, which amounts, which refusals. It saves nothing.

Not one Django field per cell: forty projects of eight financiers over ten years make 3 520 inputs.
"""
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from .. import elements, money
from .fields import new_key

CELL = re.compile(r"p([0-9]{1,18})-f([0-9]{1,18})-y([0-9]{1,4})")
NAMED = re.compile(r"[pf][0-9]{1,18}")
NUMBER = re.compile(r"[0-9]{1,18}")
# Below Django's limit of 10 000 fields a request; beyond, one project at a time.
MOST_CELLS = 8_000
YEAR_GONE = "cette année n’est plus dans le contrat"
WAITS = "ce financeur a été choisi sans être ajouté. Mettez ses montants sur cette ligne, ou laissez-la vide, puis " \
        "enregistrez."


@dataclass(frozen=True)
class Cell:
    name: str
    year: int
    text: str
    amount: int | None
    refusal: str
    focus: bool
    is_open: bool = True


@dataclass(frozen=True)
class Row:
    """One financier of a project; `full_name` is "" where the label is the whole name."""
    financier: int
    label: str
    full_name: str
    cells: tuple[Cell, ...]

    @property
    def total(self):
        return total_of(cell.amount for cell in self.cells)


@dataclass(frozen=True)
class Block:
    """A project in the form; `offered` are the actors who may be added to it as financiers."""
    project: int
    name: str
    whole_contract: bool
    rows: tuple[Row, ...]
    amounts: tuple[int, ...]
    offered: tuple

    @property
    def total(self):
        return total_of(self.amounts)

    @property
    def refused(self):
        return [(row, cell) for row in self.rows for cell in row.cells if cell.refusal]


class PlanForm(forms.Form):
    """plan: what is stored now (queries.commitments.Plan), whole or of one year; stored: the total of the whole one;
    announced: the total announced, or None; only: pk of the one project shown; kept: {cell: text} typed before and to
    be shown again over what is stored; contested: {cell: what to say of it}; scope: what may be edited now
    (elements.allows). What the page called its projects and financiers comes back with it (`base_names`), so that one
    removed meanwhile is still told by its name."""
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, data=None, *, plan, stored=None, announced=None, only=None, kept=None, contested=None,
                 scope=elements.ALL):
        self.plan, self.announced, self.only = plan, announced, only
        self.stored = sum(one.total for one in plan.blocks) if stored is None else stored
        self.scope, self.is_restricted = scope, not elements.allows(scope, "plan")
        self.shown = [one for one in plan.blocks if only in (None, one.project)]
        super().__init__(data, initial={"base": packed(plan, self.shown)})
        self.texts = {cell: data[name] for name in data if (cell := cell_of(name))} if data else kept or {}
        self.amounts, self.refusals = read(self.texts)
        self.refusals |= contested or {}
        self.names = unpacked_names(data.get("base_names", "")) if data else {}
        self.added = additions(data) if data else {}
        self.blocks = [self.block(one) for one in self.shown]

    @property
    def is_part(self):
        """Are other projects left out?"""
        return len(self.shown) < len(self.plan.blocks)

    @property
    def is_closed(self):
        """Is none of the cells shown open?"""
        return self.is_restricted and not any(
            cell.is_open for block in self.blocks for row in block.rows for cell in row.cells)

    def first_open(self, key):
        """The name of the first input shown that this key opens (« row:6:5 », « cell:6:5:2028 »), or ""."""
        return next((cell.name for block in self.blocks for row in block.rows for cell in row.cells
                     if elements.allows(elements.Scope(frozenset({key})), key_of(cell.name))), "")

    @cached_property
    def asks_to_save(self):
        """The buttons that add a line send the whole form too, and save nothing of it."""
        return not {"ajouter", "ensemble", "allonger"} & set(self.data)

    @cached_property
    def asked(self):
        """The project whose button « Ajouter » was pressed."""
        text = self.data.get("ajouter", "")
        return int(text) if NUMBER.fullmatch(text) else None

    @cached_property
    def waiting(self):
        """{(project pk, financier pk): sentence} of the lines opened for who was chosen in a list and not added."""
        parties = {one.pk: one.label for one in self.plan.parties}
        chosen = [(block, self.added.get(block.project)) for block in self.shown if self.asks_to_save]
        return {(block.project, financier): f"{block.name} : vous avez choisi {parties[financier]} sans l’ajouter. Sa "
                "ligne est ouverte : mettez-y ses montants, ou laissez-la vide, puis enregistrez."
                for block, financier in chosen if financier in parties}

    @cached_property
    def unadded(self):
        """A sentence for each financier chosen in a list, and removed from the dossier meanwhile."""
        parties, names = {one.pk for one in self.plan.parties}, self.known[1]
        chosen = [(block, self.added[block.project]) for block in self.shown if block.project in self.added]
        return [f"{block.name} : {names.get(financier, 'le financeur')}, que vous aviez choisi, n’est plus dans le "
                "dossier et n’est pas ajouté." for block, financier in chosen if financier not in parties]

    @property
    def base_names(self):
        """What this page and those before it called the projects and the financiers, in one short text."""
        return urlencode(self.names | {f"p{block.project}": block.name for block in self.shown} | {
            f"f{party.pk}": party.label for party in self.plan.parties})

    @cached_property
    def known(self):
        """{pk: name} of the projects, and of the financiers, that this form had shown."""
        return tuple({int(key[1:]): name for key, name in self.names.items() if key[0] == kind} for kind in "pf")

    @cached_property
    def lost(self):
        """{cell: why it is no longer in the table} of the amounts that were typed, and are nowhere below."""
        return {cell: why for cell, text in self.texts.items()
                if text.strip() and self.is_changed(cell) and (why := self.removed(cell))}

    def removed(self, cell):
        """Why the plan has no such cell; "" when it has it."""
        project, financier, year = cell
        if all(one.project != project for one in self.plan.blocks):
            return "ce projet n’est plus dans le dossier"
        if all(one.pk != financier for one in self.plan.parties):
            return "ce financeur n’est plus dans le dossier"
        return "" if any(one.year == year for one in self.plan.columns) else YEAR_GONE

    @property
    def told_lost(self):
        """A sentence for each amount that is lost."""
        return [f"{self.place(cell)} : « {money.shown(self.texts[cell])} » n’est pas enregistré et n’a plus de case "
                f"ci-dessous, car {why}." for cell, why in self.lost.items()]

    @property
    def typed(self):
        """{(project pk, financier pk, year): amount}, 0 for an empty cell."""
        return self.amounts

    def clean(self):
        told = list(self.unadded)
        if "ajouter" in self.data and self.asked not in self.added:
            told.append("Choisissez d’abord, dans la liste, le financeur à ajouter.")
        # The act would refuse it too, and the same cell would be told twice.
        if self.asks_to_save and (self.waiting or self.refusals or YEAR_GONE in self.lost.values()):
            told += [sentence for _, sentence in self.refused] or self.told_lost
        if told:
            raise ValidationError(told)

    def clean_base(self):
        """{cell: amount} as the page showed them; what cannot be read counts as empty: nothing is overwritten."""
        return unpacked(self.cleaned_data["base"])

    @property
    def too_large(self):
        return sum(len(row.cells) for block in self.blocks for row in block.rows) > MOST_CELLS

    @property
    def refused(self):
        """(input name, whole sentence) of each cell that cannot be read and each line left waiting, once saving has
        been asked."""
        if not self.is_bound or not self.asks_to_save:
            return []
        return [(name_of((*line, self.plan.columns[0].year)), why) for line, why in self.waiting.items()] + [
            (name_of(cell), f"{self.place(cell)} : {why}") for cell, why in self.refusals.items()
            if cell not in self.lost]

    @property
    def summary(self):
        """(input name, or "" when there is none to go to; whole sentence) of all that is refused or lost."""
        linked, lost = self.refused, self.told_lost
        told = {*lost, *(sentence for _, sentence in linked)}
        others = [sentence for sentence in self.non_field_errors() if sentence not in told]
        return [*linked, *(("", sentence) for sentence in [*others, *lost])]

    @property
    def column_totals(self):
        return [total_of(column) for column in zip(*(block.amounts for block in self.blocks), strict=True)]

    @property
    def others(self):
        """What the projects and the years that are not shown add to the plan."""
        return self.stored - sum(one.total for one in self.shown)

    @property
    def total(self):
        return total_of([self.others, *(block.total for block in self.blocks)])

    @property
    def gap(self):
        """How far the plan is from the announced total, as typed; None when none is announced, or none can be told."""
        return None if None in (self.announced, self.total) else abs(self.total - self.announced)

    @property
    def changed(self):
        """[(cell in words, text)] of the cells typed otherwise than the page that sends them had shown."""
        return [(self.place(cell), text) for cell, text in self.texts.items() if self.is_changed(cell)]

    @cached_property
    def before(self):
        return unpacked(self.data.get("base", ""))

    def is_changed(self, cell):
        return self.amounts.get(cell) != self.before.get(cell, 0)

    def place(self, cell):
        """« Piste de Kléla, État, 2028 »"""
        projects, parties = self.known
        project = next((one.name for one in self.plan.blocks if one.project == cell[0]),
                       elements.gone("Projet", projects.get(cell[0])))
        party = next((one.label for one in self.plan.parties if one.pk == cell[1]),
                     elements.gone("financeur", parties.get(cell[1])))
        column = next((one.label.lower() for one in self.plan.columns if one.year == cell[2]), str(cell[2]))
        return f"{project}, {party}, {column}"

    def block(self, stored):
        lines = {line.financier: line.amounts for line in stored.lines}
        typed = {financier for project, financier, _ in self.texts if project == stored.project}
        new = self.added.get(stored.project)
        focused = stored.project == (self.asked or next(iter(self.added), None))
        # A line that carries a remark is shown even once it is emptied.
        observed = {int(key.split(":")[2]) for key in self.scope.keys if key.startswith(
            (f"row:{stored.project}:", f"cell:{stored.project}:"))}
        rows = tuple(self.row(stored.project, party, lines.get(party.pk), focus=focused and party.pk == new)
                     for party in self.plan.parties if party.pk in {*lines, *typed, *observed, new})
        sums = tuple(total_of(row.cells[i].amount for row in rows) for i in range(len(self.plan.columns)))
        offered = () if self.is_restricted else tuple(
            party for party in self.plan.parties if party.pk not in {row.financier for row in rows})
        return Block(stored.project, stored.name, stored.whole_contract, rows, sums, offered)

    def row(self, project, party, amounts, *, focus):
        cells, waits = [], WAITS if (project, party.pk) in self.waiting else ""
        for position, column in enumerate(self.plan.columns):
            cell = (project, party.pk, column.year)
            stored = amounts[position] if amounts else 0
            refusal = self.refusals.get(cell) or (waits if not position else "")
            name = name_of(cell)
            cells.append(Cell(
                name, column.year, self.texts.get(cell, money.digits(stored) if stored else ""),
                self.amounts.get(cell) if cell in self.texts else stored,
                refusal if self.asks_to_save else "", focus and not position,
                not self.is_restricted or elements.allows(self.scope, key_of(name))))
        return Row(party.pk, party.label, party.name if party.name != party.label else "", tuple(cells))


def total_of(amounts):
    """The sum of amounts; None while one of them cannot be read."""
    amounts = list(amounts)
    return None if None in amounts else sum(amounts)


def name_of(cell):
    project, financier, year = cell
    return f"p{project}-f{financier}-y{year}"


def cell_of(name):
    found = CELL.fullmatch(name)
    return tuple(map(int, found.groups())) if found else None


def key_of(name):
    """« p6-f5-y2028 » → « cell:6:5:2028 », as remarks name it (elements.py)."""
    return "cell:{}:{}:{}".format(*cell_of(name))


def read(texts):
    """({cell: amount}, {cell: why it cannot be read}); an empty cell is 0."""
    amounts, refusals = {}, {}
    for cell, text in texts.items():
        try:
            amounts[cell] = money.parse(text) or 0
        except money.InvalidAmount as refusal:
            refusals[cell] = str(refusal)
    return amounts, refusals


def additions(data):
    """{project pk: financier pk} of those chosen in the lists « Ajouter un financeur »."""
    chosen = ((name.removeprefix("financeur-"), data[name]) for name in data if name.startswith("financeur-"))
    return {int(project): int(financier) for project, financier in chosen
            if NUMBER.fullmatch(project) and NUMBER.fullmatch(financier)}


def packed(plan, blocks):
    """The amounts that the page shows, in one short text: « 2027 2028 0|12-34 400 0 0 »."""
    return "|".join([" ".join(str(column.year) for column in plan.columns), *(
        f"{block.project}-{line.financier} {' '.join(map(str, line.amounts))}"
        for block in blocks for line in block.lines)])


def unpacked_names(text):
    """{« p6 », « f5 »: name}; what cannot be read names nothing."""
    try:
        found = parse_qsl(text, max_num_fields=MOST_CELLS)
    except ValueError:
        return {}
    return {key: name for key, name in found if NAMED.fullmatch(key)}


def unpacked(text):
    try:
        head, *rows = text.split("|")
        years = [int(year) for year in head.split()]
        found = {}
        for row in rows:
            names, *amounts = row.split()
            project, financier = map(int, names.split("-"))
            found |= {(project, financier, year): int(amount) for year, amount in zip(years, amounts, strict=True)}
        return found
    except ValueError:
        return {}
