"""Each red check and positive result that nobody has marked as seen becomes an alert, so that none is lost when
the worklist shows alerts."""

from django.db import migrations

FORWARD = """
INSERT INTO quarantine_alert (person_id, place_id, told_place_id, signs, is_positive, result_id, status, raised_at,
    due_at, tell_at, escalations, note)
SELECT person.id, place.id, place.id, why.signs, why.result_id IS NOT NULL, why.result_id, 'open', why.raised_at,
    now() + interval '30 minutes', now() + interval '30 minutes', 0, ''
FROM (
    SELECT person_id, array_agg(DISTINCT sign) AS signs, max(result_id) AS result_id, min(raised_at) AS raised_at
    FROM (
        SELECT one.person_id, 'positive=' || one.kind AS sign, one.id AS result_id, one.created_at AS raised_at
        FROM quarantine_testresult one WHERE one.outcome = 'positive' AND one.seen_at IS NULL
        UNION ALL
        SELECT own.person_id, unnest(daily.red_signs), NULL, daily.created_at
        FROM quarantine_dailycheck daily JOIN quarantine_order own ON own.id = daily.order_id
        WHERE daily.is_red AND daily.seen_at IS NULL
    ) AS rows
    GROUP BY person_id
) AS why
JOIN citizens_person person ON person.id = why.person_id
LEFT JOIN places_place answers ON answers.id = person.responsible_place_id AND answers.kind <> 'checkpoint'
JOIN places_place place ON place.id = COALESCE(answers.id, person.home_commune_id)
"""


class Migration(migrations.Migration):
    dependencies = [("quarantine", "0005_beds_counted"), ("citizens", "0005_codes_of_a_browser")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
