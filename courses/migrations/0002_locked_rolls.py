"""A locked voting roll stays as it is: the database refuses, whoever asks.

What may still be done is what the engines have to do: note when the minutes were approved, forget
the employees who made and locked it, and erase it once there are minutes, from whose day the time
runs.

On SQLite, a migration that remakes one of these tables has to drop these triggers before and make
them anew after: they would go with the old table.
"""

from django.db import migrations

ROLL, ENTRY = "courses_votingroll", "courses_rollentry"
MESSAGE = "the voting roll is locked"
FIXED = ("id", "occasion_id", "version", "scope", "cut_off_at", "made_at", "locked_at")
#: May become nobody's, and not another's.
FORGOTTEN = ("made_by_id", "locked_by_id")
CHANGES = [
    "NEW.locked_at IS NULL",
    *(f"NEW.{name} <> OLD.{name}" for name in FIXED),
    *(f"COALESCE(NEW.{name} <> OLD.{name}, NEW.{name} IS NOT NULL)" for name in FORGOTTEN),
]
#: On PostgreSQL the roll is held to the end of the transaction: whoever is about to lock it waits
#: for who is about to change it, and the other way round.
LOCKED = (
    "(SELECT COUNT(locked_at) FROM"
    f" (SELECT locked_at FROM {ROLL} WHERE {{which}}{{held}}) AS rolls) > 0"
)
REFUSED = [
    (ENTRY, "INSERT", LOCKED.replace("{which}", "id = NEW.roll_id")),
    (ENTRY, "UPDATE", LOCKED.replace("{which}", "id IN (OLD.roll_id, NEW.roll_id)")),
    (
        ENTRY,
        "DELETE",
        LOCKED.replace("{which}", "id = OLD.roll_id AND minutes_approved_on IS NULL"),
    ),
    (
        ROLL,
        "UPDATE",
        f"OLD.locked_at IS NOT NULL AND ({' OR '.join(CHANGES)})",
    ),
    (ROLL, "DELETE", "OLD.locked_at IS NOT NULL AND OLD.minutes_approved_on IS NULL"),
]


def name_of(table, event):
    return f"{table}_locked_{event.lower()}"


def refuse(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table, event, condition in REFUSED:
        name = name_of(table, event)
        is_refused = condition.replace("{held}", " FOR SHARE" if on_postgresql else "")
        if on_postgresql:
            row = "OLD" if event == "DELETE" else "NEW"
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF {is_refused} THEN RAISE EXCEPTION '{MESSAGE}'"
                f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {is_refused}"
                f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def allow(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table, event, _condition in REFUSED:
        name = name_of(table, event)
        where = f" ON {table}" if on_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {name}{where}")
        if on_postgresql:
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
