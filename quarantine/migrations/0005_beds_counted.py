"""`facility.taken` follows the stays in the database itself; with its check constraint no bed is given twice, from
whatever interface (design §10.7)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION quarantine_count_beds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := CASE WHEN TG_OP <> 'INSERT' AND OLD.status IN ('expected', 'inside') THEN OLD.facility_id END;
    after bigint := CASE WHEN TG_OP <> 'DELETE' AND NEW.status IN ('expected', 'inside') THEN NEW.facility_id END;
BEGIN
    IF before IS NOT DISTINCT FROM after THEN
        RETURN NULL;
    END IF;
    -- The smaller id first, so that two moves the other way round never wait for each other.
    IF before IS NOT NULL AND (after IS NULL OR before < after) THEN
        UPDATE quarantine_facility SET taken = taken - 1 WHERE id = before;
    END IF;
    IF after IS NOT NULL THEN
        UPDATE quarantine_facility SET taken = taken + 1 WHERE id = after;
    END IF;
    IF before IS NOT NULL AND after IS NOT NULL AND before > after THEN
        UPDATE quarantine_facility SET taken = taken - 1 WHERE id = before;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_beds AFTER INSERT OR DELETE OR UPDATE OF status, facility_id ON quarantine_stay
    FOR EACH ROW EXECUTE FUNCTION quarantine_count_beds();
"""

BACK = """
DROP TRIGGER count_beds ON quarantine_stay;
DROP FUNCTION quarantine_count_beds();
"""


class Migration(migrations.Migration):
    dependencies = [("quarantine", "0004_alerts_and_stays")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
