"""The days' limits are locked by a kind of their own (`portal.locks`).

They shared the number 20211005 with the lists in work: while a worker had list 9829, nobody could count
seats for 29/11/2026, which is day 9829.
"""

from django.db import migrations

from portal.locks import Kind

FUNCTIONS = """
CREATE OR REPLACE FUNCTION repatriation_intake_day_shared(on_day date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock_shared({kind}, on_day - DATE '2000-01-01')
$$;

CREATE OR REPLACE FUNCTION repatriation_intake_day_alone(on_day date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock({kind}, on_day - DATE '2000-01-01')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0028_pairs_of_when_and_who")]
    operations = [
        migrations.RunSQL(FUNCTIONS.format(kind=int(Kind.INTAKE_DAY)), FUNCTIONS.format(kind=20211005)),
    ]
