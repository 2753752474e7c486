from django.db import migrations


class Migration(migrations.Migration):
    """The admin log is searched by the record it is about whenever that record goes."""

    dependencies = [("dsar", "0002_initial"), ("admin", "0003_logentry_add_action_flag_choices")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX IF NOT EXISTS admin_log_by_record"
            " ON django_admin_log (content_type_id, object_id)",
            "DROP INDEX IF EXISTS admin_log_by_record",
        )
    ]
