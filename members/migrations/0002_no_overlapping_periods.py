from django.db import migrations

CONSTRAINT = "periods_of_a_member_do_not_overlap"


def exclude_overlaps(apps, schema_editor):
    """SQLite has no exclusion constraints; there the form's check is all there is."""
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    schema_editor.execute(
        f"ALTER TABLE members_membershipperiod ADD CONSTRAINT {CONSTRAINT} EXCLUDE USING gist"
        " (member_id WITH =, daterange(started_on, ended_on, '[)') WITH &&)"
    )


def allow_overlaps(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"ALTER TABLE members_membershipperiod DROP CONSTRAINT {CONSTRAINT}"
        )


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [migrations.RunPython(exclude_overlaps, allow_overlaps)]
