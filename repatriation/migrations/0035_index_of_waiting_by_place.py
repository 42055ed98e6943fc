"""An index from which the waiting families are counted by where they are and where their home is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0034_phones_proved_by_registrations")]
    operations = [
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["campaign", "origin", "home_commune"],
                include=("people",),
                name="registration_waiting_by_place",
            ),
        ),
    ]
