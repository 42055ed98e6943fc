"""Which of the stored families are minors alone, by their ages on the day of registering."""

from django.db import migrations

FILL = """
UPDATE repatriation_registration AS r SET needs_escort = true
WHERE r.registered_at IS NOT NULL AND r.status <> 'closed'
    AND EXISTS (SELECT FROM repatriation_member AS m WHERE m.registration_id = r.id)
    AND NOT EXISTS (
        SELECT FROM repatriation_member AS m JOIN citizens_person AS p ON p.id = m.person_id
        WHERE m.registration_id = r.id
            AND coalesce(p.birth_date, make_date(p.birth_year, 1, 1)) + INTERVAL '18 years'
                <= repatriation_day(r.registered_at)
    )
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0012_intake_kept_by_the_database")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
