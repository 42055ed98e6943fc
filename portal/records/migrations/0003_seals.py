"""The chains of hashes over the logs, which are append-only like the logs themselves."""

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON records_eventseal
    FOR EACH ROW EXECUTE FUNCTION records_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON records_readseal
    FOR EACH ROW EXECUTE FUNCTION records_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON records_eventseal
    FOR EACH STATEMENT EXECUTE FUNCTION records_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON records_readseal
    FOR EACH STATEMENT EXECUTE FUNCTION records_append_only();
"""

BACK = """
DROP TRIGGER no_truncate ON records_readseal;
DROP TRIGGER no_truncate ON records_eventseal;
DROP TRIGGER append_only ON records_readseal;
DROP TRIGGER append_only ON records_eventseal;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealMark",
            fields=[
                ("log", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("sealed_to", models.BigIntegerField(default=0)),
                ("next_to", models.BigIntegerField(default=0)),
                ("next_after", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="EventSeal",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("row_id", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("position__gt", 0)), name="eventseal_position_counts_from_one"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadSeal",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("row_id", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("position__gt", 0)), name="readseal_position_counts_from_one"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
