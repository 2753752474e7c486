"""Search by the beginning of a name or address, on PostgreSQL: LIKE 'ÅBERG%' by an index.

The embedded default needs none, and has no such kind of index. On a register that is already
large, make the indexes beforehand with CREATE INDEX CONCURRENTLY under the same names: IF NOT
EXISTS then finds them.
"""

from django.db import migrations

INDEXES = {
    # With both names, so that a common pair is found without reading all who share one of them.
    "member_family_name_begins": (
        "(UPPER(family_name) text_pattern_ops, UPPER(given_names) text_pattern_ops)"
    ),
    "member_given_names_begin": "(UPPER(given_names) text_pattern_ops)",
    "member_email_begins": "(email varchar_pattern_ops)",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, columns in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON members_member {columns}")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("members", "0002_no_overlapping_periods")]
    operations = [migrations.RunPython(create, drop)]
