"""People without a registration who are taken along hold seats by their boarding, which the trip's own count
and check hold within its seats (design §10.2)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION repatriation_boarding_seats(b repatriation_boarding) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN b.registration_id IS NULL AND b.undone_at IS NULL THEN 1 ELSE 0 END
$$;
CREATE FUNCTION repatriation_count_walk_ons() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE change integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' THEN change := change - repatriation_boarding_seats(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN change := change + repatriation_boarding_seats(NEW); END IF;
    IF change <> 0 THEN
        UPDATE repatriation_trip SET seats_taken = seats_taken + change
            WHERE id = COALESCE(NEW.trip_id, OLD.trip_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_walk_ons AFTER INSERT OR DELETE OR UPDATE OF registration_id, undone_at
    ON repatriation_boarding FOR EACH ROW EXECUTE FUNCTION repatriation_count_walk_ons();
"""

BACK = """
DROP TRIGGER count_walk_ons ON repatriation_boarding;
DROP FUNCTION repatriation_count_walk_ons();
DROP FUNCTION repatriation_boarding_seats(repatriation_boarding);
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0017_boarding")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
