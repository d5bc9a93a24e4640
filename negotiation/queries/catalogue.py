"""What the page of the published livrets reads: the editions that answer a search, from what each said when frozen."""
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from ..choices import EditionState
from ..folding import fold
from ..models import CatalogueEntry, CatalogueTag
from ..themes import Theme

PER_PAGE, LONGEST, MOST_WORDS = 20, 100, 8
# What the page can be filtered by, besides words: the name of each in the address is its kind.
KINDS = [kind.value for kind in CatalogueTag.Kind]
STATES = {"en-vigueur": ("En vigueur", EditionState.PUBLISHED), "remplacees": ("Remplacées", EditionState.REPLACED),
          "retirees": ("Retirées", EditionState.WITHDRAWN)}
IN_FORCE = Case(When(booklet__state=EditionState.PUBLISHED, then=Value(0)), default=Value(1),
                output_field=IntegerField())


@dataclass(frozen=True)
class Choice:
    """One filter of the page: its name in the address, its label, [(value, words, is it chosen?)]."""
    name: str
    label: str
    options: list


@dataclass(frozen=True)
class Search:
    """asked: {name: value} of what the address asks and means something here; unknown: [(label, value)] of the filters
    that mean nothing, which filter nothing and are told."""
    page: object
    asked: dict
    choices: list
    unknown: list

    @property
    def is_narrowed(self):
        """Is it filtered by something else than words?"""
        return bool(self.asked.keys() - {"q"})

    @property
    def more(self):
        """The beginning of the query that leads to another page."""
        return f"?{urlencode(self.asked)}&page=" if self.asked else "?page="


def search(query):
    """One page of the catalogue; query: that of the address. In three queries."""
    known = names()
    asked = {name: query[name] for name in (*KINDS, "etat") if query.get(name) in known[name]}
    if words := " ".join(query.get("q", "").split())[:LONGEST]:
        asked["q"] = words
    found = CatalogueEntry.objects.filter(among(asked)).select_related(
        "booklet__negotiation", "booklet__replaced_by").defer("words").order_by(
        IN_FORCE, "-booklet__published_at", "-pk")
    choices = [Choice(name, label, [(value, shown, value == asked.get(name)) for value, shown in known[name].items()])
               for name, label in LABELS.items() if known[name]]
    unknown = [(label, query[name][:LONGEST]) for name, label in LABELS.items()
               if query.get(name) and name not in asked]
    return Search(Paginator(found, PER_PAGE).get_page(query.get("page")), asked, choices, unknown)


LABELS = {"region": "Région ou District", "periode": "Période", "financeur": "Financeur", "theme": "Thème",
          "etat": "État"}


def names():
    """{name of a filter: {value: words}} of all that the catalogue holds."""
    found = defaultdict(dict)
    for kind, key, name in CatalogueTag.objects.order_by("kind", "key").values_list("kind", "key", "name").distinct():
        found[kind].setdefault(key, name)
    found["etat"] = {value: label for value, (label, _) in STATES.items()}
    return found


def among(asked):
    """The condition that an entry answers: every filter, and every word somewhere in what the edition says."""
    condition = Q()
    for kind in KINDS:
        if kind in asked:
            condition &= Exists(CatalogueTag.objects.filter(entry=OuterRef("pk"), kind=kind, key=asked[kind]))
    if "etat" in asked:
        condition &= Q(booklet__state=STATES[asked["etat"]][1])
    words = fold(asked.get("q", "")).split()[:MOST_WORDS]
    if "q" in asked and not words:
        # Signs alone name nothing.
        condition &= Q(pk__in=[])
    for word in words:
        # A theme is found by its name too, which no edition prints.
        themes = [theme for theme in Theme if len(word) > 2 and any(
            part.startswith(word) for part in fold(theme.label).split())]
        condition &= Q(words__contains=word) | Q(Exists(CatalogueTag.objects.filter(
            entry=OuterRef("pk"), kind=CatalogueTag.Kind.THEME, key__in=themes)))
    return condition
