from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0024_how_phones_were_checked")]

    operations = [
        migrations.AddConstraint(
            model_name="phonecorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "confirmed"), _negated=True),
                    models.Q(("checked", ""), _negated=True),
                    _connector="OR",
                ),
                name="phone_correction_confirmed_says_how",
            ),
        ),
    ]
