"""Accounts say whether they are the demo's, which open nothing outside a demo."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_hotline_without_its_number")]

    operations = [
        migrations.AddField("user", "is_demo", models.BooleanField(default=False, editable=False)),
    ]
