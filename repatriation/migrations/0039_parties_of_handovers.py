"""Handovers get what earlier rows say of them: the party, who sent them, and until when they are expected at home."""

from django.db import migrations

FILL = """
UPDATE repatriation_handover AS handover
SET party = arrival.client_key,
    sent_by_id = CASE WHEN handover.previous_id IS NULL THEN arrival.entered_by_id END,
    home_by = CASE WHEN handover.status = 'accepted' AND arrival.decision = 'home'
        THEN handover.decided_at + interval '24 hours' END
FROM repatriation_arrival AS arrival
WHERE arrival.id = handover.arrival_id
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0038_handovers_between_communes")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
