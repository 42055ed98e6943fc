"""Until now "papers compared" was stored as true because a number exists; no officer said so."""

from django.db import migrations
from django.db.models import Q


def forget_what_nobody_said(apps, schema_editor):
    apps.get_model("repatriation", "Arrival").objects.filter(identity_checked=True).update(
        identity_checked=False
    )


def say_so_by_the_number(apps, schema_editor):
    people = apps.get_model("citizens", "Person").objects.exclude(
        Q(identity_number=None) | Q(identity_number="")
    )
    rows = apps.get_model("repatriation", "Arrival").objects.filter(person__in=people)
    rows.update(identity_checked=True)


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0025_confirmed_phones_say_how")]

    operations = [migrations.RunPython(forget_what_nobody_said, say_so_by_the_number)]
