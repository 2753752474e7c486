"""What hangs on a member and counts from her leaving is found in the index alone.

On a register that is already large, make the index beforehand with CREATE INDEX CONCURRENTLY under
another name, rename it when it is whole, and run this with --fake.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0007_unsure_mail")]
    operations = [
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["left_on", "id"], name="member_left_on_with_key"),
        ),
        migrations.RemoveIndex(model_name="member", name="member_left_on"),
    ]
