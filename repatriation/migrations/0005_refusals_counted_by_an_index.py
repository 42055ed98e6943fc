"""Before each submit the refused numbers of the last hour are counted: among them alone, not in the whole log."""

from django.db import migrations

FORWARD = """
CREATE INDEX event_number_refused ON records_event (at) WHERE verb = 'number_refused';
"""
BACK = "DROP INDEX event_number_refused;"


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0004_travel_days_doses_and_channel"), ("records", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
