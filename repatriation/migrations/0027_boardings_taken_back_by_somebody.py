"""When a trip was cancelled, its boardings were taken back without a name; the log has whose press it was."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def name_them(apps, schema_editor):
    events = apps.get_model("records", "Event").objects.filter(
        subject_type="repatriation.boarding", subject_id=OuterRef("pk"), verb="undo", user__isnull=False
    )
    rows = apps.get_model("repatriation", "Boarding").objects.filter(undone_at__isnull=False, undone_by=None)
    rows.update(undone_by=Subquery(events.order_by("pk").values("user")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_append_only"),
        ("repatriation", "0026_papers_that_nobody_said_were_compared"),
    ]

    operations = [migrations.RunPython(name_them, migrations.RunPython.noop)]
