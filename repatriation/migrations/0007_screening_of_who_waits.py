"""Families that registered before communes were asked are put before them too."""

from django.db import migrations

ASK = """
INSERT INTO repatriation_screening
    (registration_id, commune_id, status, created_at, due_at, question, answer, reason)
SELECT r.id, r.home_commune_id, 'pending', now(), now() + make_interval(hours => c.screening_hours::int), '', '', ''
FROM repatriation_registration AS r JOIN repatriation_campaign AS c ON c.id = r.campaign_id
WHERE r.status IN ('waiting', 'offered', 'confirmed')
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0006_screening")]
    operations = [migrations.RunSQL(ASK, migrations.RunSQL.noop)]
