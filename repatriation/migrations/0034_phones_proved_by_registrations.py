"""People whose family registered by a code have proved their phone; those whom officers entered have not."""

from django.db import migrations

FILL = """
UPDATE citizens_person AS person SET proved_phone = person.phone
FROM repatriation_member AS member JOIN repatriation_registration AS registration
    ON registration.id = member.registration_id
WHERE member.person_id = person.id AND registration.phone_confirmed_at IS NOT NULL
    AND registration.phone = person.phone AND person.phone <> ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0003_proved_phones"),
        ("repatriation", "0033_screening_family_then"),
    ]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
