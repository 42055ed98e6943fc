"""Rows of lists say of somebody who is registered what a form says: a masked phone, and not the family's code."""

from typing import Any

from django.db import migrations

from citizens.phones import mask


def mask_registrations(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("repatriation", "ImportRow")
    registrations = apps.get_model("repatriation", "Registration")
    for row in rows.objects.filter(errors__contains=[{"code": "registered"}]).iterator():
        for fault in row.errors:
            if fault["code"] == "registered" and "phone" not in fault["params"]:
                family = registrations.objects.filter(code=fault["params"].get("code", "")).first()
                fault["params"] = {"phone": mask(family.phone) if family else "•••"}
        row.save(update_fields=["errors"])


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0031_attempts_at_lists")]

    operations = [migrations.RunPython(mask_registrations, migrations.RunPython.noop, elidable=True)]
