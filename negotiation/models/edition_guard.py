"""The triggers by which the database itself keeps an edition as it was established: neither changed nor removed.

SQLite drops them silently with a table that a migration rebuilds: such a migration calls `install` again at its end.
"""
from .guard import run

EDITIONS, CONTENTS = "negotiation_booklet", "negotiation_frozencontent"
KEPT = ("negotiation_id", "number", "code", "grid", "sha256", "size", "pages", "established_by_id", "established_at")
REFUSAL = "Une édition établie ne se modifie pas : son contenu, son fichier et son code restent les mêmes."


def changed(different):
    return " OR ".join(f"OLD.{name} {different} NEW.{name}" for name in KEPT)


# name: (when, table, condition of SQLite, of PostgreSQL)
TRIGGERS = {
    "edition_keep": ("UPDATE", EDITIONS, changed("IS NOT"), changed("IS DISTINCT FROM")),
    "edition_keep_row": ("DELETE", EDITIONS, "", ""),
    "edition_keep_content": ("UPDATE", CONTENTS, "", ""),
    "edition_keep_content_row": ("DELETE", CONTENTS, "", ""),
}


def install(connection):
    """Put the triggers in place, whether they were there or not."""
    lift(connection)
    run(connection, list(postgresql() if connection.vendor == "postgresql" else sqlite()))


def sqlite():
    for name, (event, table, condition, _) in TRIGGERS.items():
        yield (f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition and f'WHEN {condition}'} "
               f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def postgresql():
    yield (f"""CREATE OR REPLACE FUNCTION cper_edition_refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""")
    for name, (event, table, _, condition) in TRIGGERS.items():
        yield (f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition and f'WHEN ({condition})'} "
               "EXECUTE FUNCTION cper_edition_refuse()")
    for table in (EDITIONS, CONTENTS):
        yield (f"CREATE TRIGGER edition_keep_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION cper_edition_refuse()")


def lift(connection):
    """Take them away: to go back before them, and for tests that alter an edition underneath."""
    connection.check_constraints()
    run(connection, ["DROP FUNCTION IF EXISTS cper_edition_refuse() CASCADE"] if connection.vendor == "postgresql"
        else [f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS])
