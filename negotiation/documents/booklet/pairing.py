"""Which record of an edition is which record of a newer one: contents keep no key, so what they say must tell.

Records of one name are the same, the equal first, then the nearest. Under another name, a project or an actor must be
proven the same, a text must keep most of its words, and no other may be as near: otherwise it is another record, since
« suppression » and « ajout » are true of one renamed, and « renommé » is false of two.
"""
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from . import telling
from .positions import BEFORE
from .telling import TITLE, WORDS, Record
from .words import line

# What tells a project from another. Its site, its source and those it serves are those of many; what it costs is not.
PROBLEM, SERVED, COST, FINANCED = "problème à résoudre", "bénéficiaires", "coût estimé", "financement inscrit au plan"
ACRONYM = "sigle"
# How much of the words of the shorter of two texts are in the other one, and how much of both are common, for one to be
# the other reworded. Short words say nothing.
SAME_WORDS, NEARLY_ALL = 0.6, 0.7
LONG_WORD = re.compile(r"\w{4,}")
# What tells « lot n° 1 » from « lot n° 2 », « phase II » from « phase III » and a first session from a second.
NUMBER = re.compile(r"\d+|\b(?:[IVX]+|[A-Z])\b(?![’'])|(?i:\bpremi(?:er|ère)s?\b|\bsecond\w*|\w+ième\b)")
# What becomes of a record, and not which one it is.
FATE = {"état", "preuve"}


@dataclass(frozen=True)
class Known(Record):
    """A project or an actor. proofs: what one of makes it the same under any name; signs: what one of does under a
    name that has a word in common."""
    proofs: frozenset
    signs: frozenset


def paired(before, after, alike=None):
    """[(old, new), …] in the order of the newer edition, where old is None for what is added; then (old, None).

    alike: how near two records of different names are, 0 for what cannot be the same.
    """
    old_named, new_named = by_name(before), by_name(after)
    found = {}
    for name, news in new_named.items():
        found |= nearest(before, after, old_named[name], news, closeness)
    if alike:
        taken = set(found.values())
        found |= nearest(before, after, [place for place in range(len(before)) if place not in taken],
                         [place for place in range(len(after)) if place not in found], alike, alone=True)
    gone = sorted(set(range(len(before))) - set(found.values()))
    return [*((before[found[place]] if place in found else None, one) for place, one in enumerate(after)),
            *((before[place], None) for place in gone)]


def by_name(records):
    """{name as the eye reads it: places of the records of that name}"""
    found = defaultdict(list)
    for place, one in enumerate(records):
        found[telling.seen(one.name)].append(place)
    return found


def nearest(before, after, olds, news, score, *, alone=False):
    """{place of the new one: place of the old one}, the nearest first. alone: only where no other one is as near."""
    scored = [(value, old, new) for old in olds for new in news if (value := score(before[old], after[new]))]
    as_near = Counter(key for value, old, new in scored for key in (("old", old, value), ("new", new, value)))
    found, taken = {}, set()
    for value, old, new in sorted(scored, key=lambda one: (-one[0], *one[1:])):
        if new in found or old in taken or alone and as_near["old", old, value] + as_near["new", new, value] > 2:
            continue
        found[new] = old
        taken.add(old)
    return found


def closeness(old, new):
    """Between two records of one name: a record and a value that bear it by chance are two things."""
    if isinstance(old.value, dict) != isinstance(new.value, dict):
        return 0
    return 3 if old == new else 1 + share(old.value, new.value)


def share(old, new):
    """How much of all that is said of either is said of both, from 0 to 1."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return 0
    return part(same(old, new), {*old, *new}, nothing=1)


def part(some, every, nothing=0):
    return len(some) / len(every) if every else nothing


def same(old, new):
    return {label for label in old if label in new and old[label] == new[label]}


def alike(old, new):
    """Between two texts, as commitments and events are: 0 when they may be two things. Whatever else they share, a day
    or an indicator, one has most words of the other. « Réunion n° 1 » is « Réunion n° 2 » when nothing else changed."""
    details = [said(record.value, WORDS, TITLE) for record in (old, new)]
    both, texts = share(*details), [record.value.get(WORDS) or record.value.get(TITLE) or "" for record in (old, new)]
    if len({*map(numbers_of, texts)}) > 1 and not differing(*details) <= FATE:
        return 0
    first, second = map(words_of, texts)
    if first and first == second:
        return 2 + both
    common = first & second
    shorter, all_words = part(common, min(first, second, key=len)), part(common, first | second)
    return both + shorter if both >= 0.5 and shorter >= SAME_WORDS or all_words >= NEARLY_ALL else 0


def differing(old, new):
    return {label for label in {*old, *new} if old.get(label) != new.get(label)}


def said(fields, *skipped):
    """What is empty says nothing: two records do not share it."""
    return {label: value for label, value in fields.items() if label not in skipped and value not in ("", None, False)}


def same_under_another_name(old, new):
    """Between two projects, or two actors: 0 when they may be two things. An acronym names as well as a name does.
    « Forage 1 » is « Forage 2 » when nothing else changed."""
    both = share(old.value, new.value)
    if old.value.get(ACRONYM, old.name) == new.value.get(ACRONYM, new.name):
        return 4 + both
    if both < (0.5 if numbers_of(old.name) == numbers_of(new.name) else 1):
        return 0
    if old.proofs & new.proofs:
        return 2 + both
    first, second = words_of(old.name), words_of(new.name)
    common = first & second
    # Nothing else has changed, and one name is the other, longer: « Marché de Kita » → « Marché couvert de Kita ».
    longer = both == 1 and len(common) > 1 and len(common) == min(len(first), len(second))
    return both if common and old.signs & new.signs or longer else 0


@lru_cache(maxsize=1000)
def words_of(text):
    return frozenset(LONG_WORD.findall(telling.seen(text).lower()))


@lru_cache(maxsize=1000)
def numbers_of(text):
    """In their order; « 1 000 » is « 1000 »."""
    return tuple(found.lower() for found in NUMBER.findall(re.sub(r"(?<=\d)\s(?=\d{3}\b)", "", text)))


def renamed(old, new):
    """(the older body under the names of the newer one; [(old, new)] of the projects; of the actors) renamed."""
    projects = names_of(*([*known_projects(body)] for body in (old, new)))
    actors = names_of(*([*known_actors(body)] for body in (old, new)))
    everybody = telling.everybody(old)
    borne = Counter(one["acronym"] or one["name"] for one in everybody)
    # In editions from before an acronym was borne once, nothing tells whose a label is: it follows nobody.
    labels = {label: actors.get(one["name"]) for one in everybody if borne[label := one["acronym"] or one["name"]] == 1}
    called = {one["name"]: one["acronym"] or one["name"] for one in telling.everybody(new)}
    labels = {label: called[name] for label, name in labels.items() if name}
    return following(old, new, projects, actors, labels), changed(projects), changed(actors)


def known_projects(body):
    amounts = defaultdict(set)
    for project, *cell in telling.given(body):
        amounts[project].add(tuple(cell))
    for record in telling.records(lambda one: one["name"], body["projects"]):
        fields = said(record.value | {FINANCED: frozenset(amounts[record.name]) or None})
        problem, served, cost = map(fields.get, (PROBLEM, SERVED, COST))
        yield Known(record.name, fields, complete((fields.get(FINANCED),), (problem, served)),
                    complete((PROBLEM, problem), (COST, cost)))


def known_actors(body):
    """Who represents an actor tells it from another, when there is a name: many have a « Directeur »."""
    amounts, duties = defaultdict(set), defaultdict(set)
    for project, label, *cell in telling.given(body):
        amounts[label].add((project, *cell))
    for one in body["obligations"]:
        duties[one["party"]].add(one["what"])
    for actor in telling.everybody(body):
        record, = telling.records(lambda one: one["name"], [actor])
        label = actor["acronym"] or actor["name"]
        gives, does = frozenset(amounts[label]), frozenset(duties[label])
        named = [one for one in actor["representatives"] if one["name"]]
        people = telling.people(actor | {"representatives": named})
        dated = [(one["function"], one["name"], one["mandate"]) for one in named]
        yield Known(record.name, said(record.value) | dict(people), complete((gives, does), *dated),
                    complete((gives,), *((one["function"], one["name"]) for one in named)))


def complete(*found):
    """Those where nothing is empty."""
    return frozenset(one for one in found if all(one))


def names_of(before, after):
    """{name: its name in the newer edition}, also where it is the same."""
    return {old.name: new.name for old, new in paired(before, after, same_under_another_name) if old and new}


def changed(names):
    return [(old, new) for old, new in names.items() if old != new]


def following(old, new, projects, actors, labels):
    """The older body, where a name only says what something is about. labels: as an actor is called in tables, by its
    acronym where it has one."""
    if not any(map(changed, (projects, actors, labels))):
        return old
    plan, roles, sheet = old["plan"], old["roles"], old["sheet"]
    return old | {
        "identity": old["identity"] | {"shares": within(old["identity"]["shares"], name=labels)},
        "projects": within(old["projects"], name=projects), "obligations": within(old["obligations"], party=labels),
        "sides": [side | {"actors": within(side["actors"], name=actors)} for side in old["sides"]],
        "roles": roles | {"rows": within(roles["rows"], name=labels)},
        "plan": plan | {"rules": rules(plan["rules"], new["plan"]["rules"], labels),
                        "tables": tables(plan["tables"], projects, labels)},
        "sheet": sheet | {"projects": [projects.get(line(name), name) for name in sheet["projects"]],
                          "financiers": within(sheet["financiers"], label=labels, name=actors)},
        "positions": [one | {"positions": within(one["positions"], party=actors),
                             "tables": tables(one["tables"], {}, labels)}
                      for one in within(old["positions"], project=projects)]}


def within(items, **names):
    return [one | {key: known_as.get(line(one[key]), one[key]) for key, known_as in names.items()} for one in items]


def tables(printed, titles, labels):
    """The plan before an agreement keeps the names of its day in every edition."""
    return [table | {"groups": [group if group["title"].startswith(BEFORE) else group | {
        "title": titles.get(group["title"].removesuffix(" (suite)"), group["title"]),
        "lines": within(group["lines"], label=labels)} for group in table["groups"]]} for table in printed]


def rules(before, after, labels):
    """Their sentences hold names: they are followed where nothing else of the sentence changes."""
    if not labels:
        return before
    new_words = {rule[key] for rule in after for key in ("label", "standing")}
    names = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(labels, key=len, reverse=True)))

    def follow(text):
        found = names.sub(lambda name: labels[name[0]], text)
        return found if found in new_words else text

    return [rule | {key: follow(rule[key]) for key in ("label", "standing")} for rule in before]
