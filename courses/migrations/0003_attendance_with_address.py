"""The attendances that still hold an IP address are found in an index of their own.

On a register that is already large, make the index beforehand with CREATE INDEX CONCURRENTLY under
another name, rename it when it is whole, and run this with --fake.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_locked_rolls")]
    operations = [
        migrations.AddIndex(
            model_name="attendance",
            index=models.Index(
                fields=["occasion"],
                name="attendance_with_address",
                condition=models.Q(ip_address__isnull=False),
            ),
        ),
    ]
