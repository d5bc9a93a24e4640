"""The triggers by which the database keeps signatures true: to the edition they were put on, whole, and two by two.

SQLite drops them silently with a table that a migration rebuilds: such a migration calls `install` again at its end.
"""
from .guard import run

SIGNATURES, EDITIONS = "negotiation_signature", "negotiation_booklet"
KEPT = ("booklet_id", "party", "function", "signed_on", "mandate", "place", "edition_sha256", "sha256", "size", "kind",
        "file_name", "deposited_by_id", "deposited_for_id", "deposited_at", "deposited_on")
FOREIGN = (f"NOT EXISTS (SELECT 1 FROM {EDITIONS} WHERE {EDITIONS}.id = NEW.booklet_id "  # noqa: S608
           f"AND {EDITIONS}.sha256 = NEW.edition_sha256)")
CHANGED = " OR ".join(["OLD.ended_at IS NOT NULL", *(f"OLD.{name} <> NEW.{name}" for name in KEPT)])
SIGNED = (f"NEW.ended_at IS NOT NULL AND EXISTS (SELECT 1 FROM {EDITIONS} "  # noqa: S608
          f"WHERE {EDITIONS}.id = NEW.booklet_id AND {EDITIONS}.signed_at IS NOT NULL)")
ALONE = (f"NEW.signed_at IS NOT NULL AND (SELECT count(*) FROM {SIGNATURES} "  # noqa: S608
         f"WHERE {SIGNATURES}.booklet_id = NEW.id AND {SIGNATURES}.ended_at IS NULL) < 2")
# name: (when, table, condition, refusal)
TRIGGERS = {
    "signature_edition": ("INSERT", SIGNATURES, FOREIGN,
                          "Une signature porte l’empreinte de l’édition sur laquelle elle a été mise."),
    "signature_keep": ("UPDATE", SIGNATURES, f"{CHANGED} OR {SIGNED}",
                       "Une signature déposée ne se modifie pas : elle se remplace ou se retire."),
    "signature_keep_row": ("DELETE", SIGNATURES, "", "Une signature déposée ne s’efface pas."),
    "signature_of_both": ("UPDATE", EDITIONS, ALONE,
                          "Un contrat est signé quand les deux parties l’ont signé."),
}


def install(connection):
    """Put the triggers in place, whether they were there or not."""
    lift(connection)
    run(connection, list(postgresql() if connection.vendor == "postgresql" else sqlite()))


def sqlite():
    for name, (event, table, condition, refusal) in TRIGGERS.items():
        yield (f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition and f'WHEN {condition}'} "
               f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END")


def postgresql():
    """A condition that reads another table is put in a function: PostgreSQL's WHEN reads none."""
    for name, (event, table, condition, refusal) in TRIGGERS.items():
        yield (f"CREATE OR REPLACE FUNCTION cper_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               f"IF {condition or 'TRUE'} THEN RAISE EXCEPTION '{refusal}' "
               "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$")
        yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION cper_{name}()"


def lift(connection):
    """Take them away: to go back before them, and for tests that alter a signature underneath."""
    connection.check_constraints()
    run(connection, [f"DROP FUNCTION IF EXISTS cper_{name}() CASCADE" if connection.vendor == "postgresql"
                     else f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS])
