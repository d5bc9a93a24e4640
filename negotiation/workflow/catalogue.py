"""Entering an edition in the catalogue of the published livrets when it is published, from its frozen content alone."""
import json

from ..folding import fold
from ..models import CatalogueEntry, CatalogueTag, FrozenContent
from ..themes import Theme, themes_of

Kind = CatalogueTag.Kind
# What a reader searches: not the words of the grid, which every livret prints.
SEARCHED = ("cover", "sides", "years", "projects", "positions", "obligations", "difficulties")
# Names of pictures and places inside the livret, that nobody reads.
UNREAD = {"anchor", "drawing", "tables", "origin_note"}
PROBLEM = "Problème à résoudre"


def enter(booklet):
    """Write, or write again, what the catalogue says of a published edition."""
    fields, tags = read(json.loads(FrozenContent.objects.get(pk=booklet.pk).text)["body"])
    entry, _ = CatalogueEntry.objects.update_or_create(booklet=booklet, defaults=fields)
    entry.tags.all().delete()
    CatalogueTag.objects.bulk_create(CatalogueTag(entry=entry, kind=kind, key=key, name=name)
                                     for (kind, key), name in tags.items())


def forget(booklet):
    """A withdrawn edition is told, with its Region and its period; what it says is not found any more."""
    CatalogueTag.objects.filter(entry=booklet.pk, kind__in=[Kind.FINANCIER, Kind.THEME]).delete()
    CatalogueEntry.objects.filter(pk=booklet.pk).update(words="", total=None, projects=None)


def read(body):
    """(fields of the entry, {(kind, key): name}) of what an edition says (documents/booklet/content.py)."""
    cover, identity = body["cover"], body["identity"]
    projects = [one for one in body["projects"] if not one["whole_contract"]]
    fields = {"title": cover["title"][:200], "region": cover["region"][:200], "period": cover["period"][:20],
              "nature": cover["nature"][:100], "total": identity["total"], "projects": len(projects),
              "words": " ".join(filter(None, map(fold, searched(body))))}
    tags = [(Kind.REGION, cover["region"]), (Kind.PERIOD, cover["period"]),
            *((Kind.FINANCIER, share["name"]) for share in identity["shares"])]
    themes = themes_of(" ".join(map(described, projects)))
    return fields, keyed(tags) | {(Kind.THEME, theme.value): theme.label for theme in Theme if theme in themes}


def keyed(tags):
    return {(kind, fold(name)[:300]): name[:300] for kind, name in tags if fold(name)}


def described(project):
    """What tells the theme of a project: its name, and the problem it answers; not its site, nor its money."""
    return " ".join([project["name"], *(fact["value"] for fact in project["facts"] if fact["label"] == PROBLEM)])


def searched(body):
    for part in SEARCHED:
        yield from texts(body[part])
    for phase in body["phases"]:
        for step in phase["steps"]:
            yield from (answer["text"] for answer in step["answers"])


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in UNREAD:
                yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)

