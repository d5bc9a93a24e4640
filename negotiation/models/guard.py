"""The triggers by which the database itself keeps the journal append-only: entries only added, heads only advanced.

SQLite drops them silently with a table that a migration rebuilds: such a migration calls `install` again at its end.
"""
ENTRIES, HEADS = "negotiation_journalentry", "negotiation_journalhead"
REFUSAL = "Le journal ne se modifie pas : chaque acte y reste tel qu’il a été inscrit."
BACKWARDS = "NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1"

POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION cper_journal_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"CREATE TRIGGER journal_keep BEFORE UPDATE OR DELETE ON {ENTRIES} FOR EACH ROW "
    "EXECUTE FUNCTION cper_journal_refuse()",
    f"CREATE TRIGGER journal_keep_all BEFORE TRUNCATE ON {ENTRIES} EXECUTE FUNCTION cper_journal_refuse()",
    f"CREATE TRIGGER journal_advance BEFORE UPDATE ON {HEADS} FOR EACH ROW WHEN ({BACKWARDS}) "
    "EXECUTE FUNCTION cper_journal_refuse()",
    f"CREATE TRIGGER journal_keep_head BEFORE DELETE ON {HEADS} FOR EACH ROW EXECUTE FUNCTION cper_journal_refuse()",
    f"CREATE TRIGGER journal_keep_all BEFORE TRUNCATE ON {HEADS} EXECUTE FUNCTION cper_journal_refuse()",
]

def taken(table, *conditions):
    """Does a row of this table stand where the new one would go?"""
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {condition})" for condition in conditions)  # noqa: S608


# SQLite's REPLACE removes what stands in its way, and fires no trigger of deletion unless the connection asks for it.
SQLITE = {
    "journal_keep_update": f"UPDATE ON {ENTRIES}",
    "journal_keep_delete": f"DELETE ON {ENTRIES}",
    "journal_keep_place": f"INSERT ON {ENTRIES} WHEN " + taken(
        ENTRIES, "id = NEW.id", "negotiation_id = NEW.negotiation_id AND number = NEW.number",
        "NEW.negotiation_id IS NULL AND negotiation_id IS NULL AND number = NEW.number",
        "negotiation_id = NEW.negotiation_id AND key = NEW.key AND key <> ''"),
    "journal_advance": f"UPDATE ON {HEADS} WHEN {BACKWARDS}",
    "journal_keep_head": f"DELETE ON {HEADS}",
    "journal_keep_head_place": f"INSERT ON {HEADS} WHEN " + taken(HEADS, "chain = NEW.chain"),
}
LIFTED = {
    "postgresql": ["DROP FUNCTION IF EXISTS cper_journal_refuse() CASCADE"],
    "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE],
}
COUNT = {
    "postgresql": (5, r"SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'journal\_%' AND tgenabled = 'O'"),
    "sqlite": (len(SQLITE),
               "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'journal!_%' ESCAPE '!'"),
}


def install(connection):
    """Put the triggers in place, whether they were there or not."""
    lift(connection)
    run(connection, POSTGRESQL if connection.vendor == "postgresql" else [
        f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for name, event in SQLITE.items()])


def lift(connection):
    """Take them away: to go back before them, and for tests that alter the journal underneath."""
    # PostgreSQL refuses to change the triggers of a table whose references are still to be checked.
    connection.check_constraints()
    run(connection, LIFTED[connection.vendor])


def stands(connection):
    """Are all of them there?"""
    expected, question = COUNT[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0] == expected


def run(connection, statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
