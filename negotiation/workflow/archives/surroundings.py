"""What a restored dossier stands on here: its grid, the organisations and the people it names. Gives no right.

A person without an account here gets one that is closed (inactive, no password); an organisation that is not here gets
no member. What is here already is never changed.
"""
from ...models import (
    ExpectedDocument,
    Grid,
    GridActor,
    Organisation,
    Question,
    Region,
    Step,
    User,
)
from ..transitions import NotAllowed
from .forming import formed, insert, listed, malformed
from .gathering import Places, read, row_of, sort
from .tables import GRID, ORGANISATIONS, PEOPLE

# Fields of an organisation that say what its members may do.
BINDING = ("kind", "region", "is_training")


def references(here):
    """The reference data of this installation."""
    here.keys[Region] = dict(Region.objects.values_list("slug", "pk"))
    here.keys[GridActor] = dict(GridActor.objects.values_list("code", "pk"))


def people(document, here):
    """The accounts named, by their addresses; [address] of those that were made, closed."""
    here.keys[User], made = {}, []
    known = {email.lower(): key for email, key in User.objects.values_list("email", "pk")}
    for told in listed(document, "people", "people.json"):
        row = formed(PEOPLE, told, here)
        key = known.get(row.email.lower())
        if key is None:
            row.is_active = False
            row.set_unusable_password()
            key = known[row.email.lower()] = insert(row).pk
            made.append(row.email)
        here.keys[User][row.email] = key
    return made


def organisations(document, here):
    """The organisations named, by their names; [name] of those that were made, without members. Raises NotAllowed."""
    here.keys[Organisation], made = {}, []
    known = {row.name: row for row in Organisation.objects.all()}
    for told in listed(document, "organisations", "organisations.json"):
        row = formed(ORGANISATIONS, told, here)
        there = known.get(row.name)
        if there is None:
            there = known[row.name] = insert(row)
            made.append(row.name)
        for name in BINDING:
            field = Organisation._meta.get_field(name)
            if getattr(there, field.attname) != getattr(row, field.attname):
                raise NotAllowed(f"L’organisation « {row.name} » n’est pas la même ici que dans l’archive "
                                 f"({field.verbose_name}) : ses membres liraient un dossier qui n’est peut-être pas le "
                                 "leur. Corrigez-la dans l’administration, puis recommencez.")
        here.keys[Organisation][row.name] = there.pk
    return made


def grid(document, here):
    """The grid of the dossier: the one of this code here, or the archive's own when there is none.

    Returns the Grid, and how many of its rows say something else here. Raises NotAllowed.
    """
    told = listed(document, "grid", "grid.json")
    if len(told) != 1 or not isinstance(told[0].get("code"), str):
        raise malformed("« grid.json » ne dit pas une grille")
    found = Grid.objects.filter(code=told[0]["code"]).first()
    if found:
        return found, compared(document, found, here)
    for table in GRID:
        for row in listed(document, table.name, "grid.json"):
            made = insert(formed(table, row, here))
            here.add(table, table.name_of(made), made)
            found = found or made
    return found, 0


def compared(document, found, here):
    """The number of rows that differ; what reads or opens something must be the same. Raises NotAllowed."""
    rows = {table.model: sort(table, read(table, found)) for table in GRID}
    places, different = Places(rows), 0
    for table in GRID:
        mine = {table.name_of(row): row_of(table, row, places) for row in rows[table.model]}
        for row in rows[table.model]:
            here.add(table, table.name_of(row), row)
        theirs = {name_of(table, row): row for row in listed(document, table.name, "grid.json")}
        different += sum(not is_same(table, mine.get(name), theirs.get(name)) for name in {*mine, *theirs})
        if table.model is Step and set(mine) != set(theirs):
            raise NotAllowed(f"La grille « {found.code} » n’a pas les mêmes étapes ici que dans l’archive "
                             f"({', '.join(sorted(set(mine) ^ set(theirs)))}). Chargez ici la grille du dossier "
                             "(load_grid), puis recommencez.")
        if table.model in (Question, ExpectedDocument):
            refuse_opened(table, mine, theirs)
    return different


def is_same(table, mine, theirs):
    """A field that the archive does not tell came after it, and had its default then."""
    if mine is None or theirs is None or theirs.keys() - mine.keys():
        return False
    return all((theirs[name] if name in theirs else table.model._meta.get_field(name).get_default()) == value
               for name, value in mine.items())


def refuse_opened(table, mine, theirs):
    """What is reserved to the Region's team there is reserved here."""
    for name in sorted(set(mine) & set(theirs)):
        if mine[name]["confidential"] != theirs[name].get("confidential"):
            raise NotAllowed(f"{name.rpartition('/')[2]} ({table.model._meta.verbose_name}) n’est pas réservée de la "
                             "même façon ici et dans l’archive : un texte réservé serait lu. Accordez les deux "
                             "grilles, puis recommencez.")


def name_of(table, told):
    """The name of a row of the archive's grid, as `Table.name_of` gives it."""
    parts = [told.get(path.partition("__")[0]) for path in table.key]
    return "/".join(map(str, parts))
