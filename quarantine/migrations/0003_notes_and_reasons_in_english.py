"""The note of a protocol and the reason of an order in English."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quarantine", "0002_numbers_and_what_was_seen")]
    operations = [
        migrations.AddField(
            model_name="protocol",
            name="note_en",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="order",
            name="chosen_because_en",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
    ]
