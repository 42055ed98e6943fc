"""`slot.taken` follows the bookings in the database itself; with its check constraint no slot is ever
overbooked, from whatever interface (design §10.8)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION appointments_count_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status <> 'cancelled'
       AND (TG_OP = 'DELETE' OR NEW.status = 'cancelled' OR NEW.slot_id <> OLD.slot_id) THEN
        UPDATE appointments_slot SET taken = taken - 1 WHERE id = OLD.slot_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.status <> 'cancelled'
       AND (TG_OP = 'INSERT' OR OLD.status = 'cancelled' OR NEW.slot_id <> OLD.slot_id) THEN
        UPDATE appointments_slot SET taken = taken + 1 WHERE id = NEW.slot_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_taken AFTER INSERT OR DELETE OR UPDATE OF status, slot_id ON appointments_booking
    FOR EACH ROW EXECUTE FUNCTION appointments_count_taken();
"""

BACK = """
DROP TRIGGER count_taken ON appointments_booking;
DROP FUNCTION appointments_count_taken();
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
