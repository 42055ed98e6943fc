"""Arrivals with a positive test that were written as going home become "facility", as they should have been."""

from django.db import migrations

FORWARD = """
UPDATE repatriation_arrival SET decision = 'facility' WHERE rapid_test = 'positive' AND decision = 'home'
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0040_every_handover_has_a_party")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
