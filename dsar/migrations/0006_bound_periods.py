from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dsar", "0005_stray_files")]

    operations = [
        migrations.AddConstraint(
            model_name="periodchange",
            constraint=models.CheckConstraint(
                name="period_change_is_within_a_century",
                condition=models.Q(
                    ("days__lte", 36500), ("months__lte", 1200), ("years__lte", 100)
                ),
            ),
        ),
    ]
