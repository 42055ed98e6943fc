"""What the database itself keeps true of limits and vehicles.

* `intake.taken` follows the offers, the day of their trip and the home of their family. With its check
  constraint no commune gets more people on a day than it takes in.
* A seat is only for a family that the vehicle suits: minors alone need somebody with them, and a trip
  that goes to some communes takes nobody elsewhere.

Whoever counts takes the day's advisory lock, shared; whoever sets a limit takes it alone, counts, and
writes the row (`repatriation.actions.intake`). So a limit counts every seat, those too that are being given.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION repatriation_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
$$;

CREATE FUNCTION repatriation_intake_day_shared(on_day date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock_shared(20211005, on_day - DATE '2000-01-01')
$$;

CREATE FUNCTION repatriation_intake_day_alone(on_day date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(20211005, on_day - DATE '2000-01-01')
$$;

CREATE FUNCTION repatriation_count_intake() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE change integer := 0; on_day date; commune bigint;
BEGIN
    IF TG_OP <> 'INSERT' AND repatriation_holds_seats(OLD.status) THEN change := change - OLD.people; END IF;
    IF TG_OP <> 'DELETE' AND repatriation_holds_seats(NEW.status) THEN change := change + NEW.people; END IF;
    IF change <> 0 THEN
        SELECT repatriation_day(departs_at) INTO on_day
            FROM repatriation_trip WHERE id = COALESCE(NEW.trip_id, OLD.trip_id);
        SELECT home_commune_id INTO commune
            FROM repatriation_registration WHERE id = COALESCE(NEW.registration_id, OLD.registration_id);
        PERFORM repatriation_intake_day_shared(on_day);
        UPDATE repatriation_intake SET taken = taken + change WHERE commune_id = commune AND day = on_day;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER intake_follows_offers AFTER INSERT OR DELETE OR UPDATE OF status, people ON repatriation_offer
    FOR EACH ROW EXECUTE FUNCTION repatriation_count_intake();

CREATE FUNCTION repatriation_offer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an offer may not go to another trip or family'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_stays_with_trip_and_family';
END $$;
CREATE TRIGGER offer_stays BEFORE UPDATE OF trip_id, registration_id ON repatriation_offer FOR EACH ROW
    WHEN (NEW.trip_id <> OLD.trip_id OR NEW.registration_id <> OLD.registration_id)
    EXECUTE FUNCTION repatriation_offer_stays();

CREATE FUNCTION repatriation_offer_suits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE family record; escorted boolean;
BEGIN
    IF NOT repatriation_holds_seats(NEW.status) THEN RETURN NEW; END IF;
    SELECT needs_escort, home_commune_id INTO family
        FROM repatriation_registration WHERE id = NEW.registration_id;
    SELECT has_escort INTO escorted FROM repatriation_trip WHERE id = NEW.trip_id;
    IF family.needs_escort AND NOT escorted THEN
        RAISE EXCEPTION 'minors alone need a trip with an escort'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_minors_with_escort';
    END IF;
    IF NOT repatriation_goes_to(NEW.trip_id, family.home_commune_id) THEN
        RAISE EXCEPTION 'the trip does not go to the commune of the family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_trip_goes_there';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION repatriation_goes_to(trip bigint, commune bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM repatriation_trip_destinations WHERE trip_id = trip)
        OR EXISTS (SELECT FROM repatriation_trip_destinations WHERE trip_id = trip AND place_id = commune)
$$;
CREATE TRIGGER offer_suits BEFORE INSERT ON repatriation_offer
    FOR EACH ROW EXECUTE FUNCTION repatriation_offer_suits();

CREATE FUNCTION repatriation_trip_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before date := repatriation_day(OLD.departs_at); after date := repatriation_day(NEW.departs_at); line record;
BEGIN
    IF OLD.has_escort AND NOT NEW.has_escort AND EXISTS (
        SELECT FROM repatriation_offer AS o JOIN repatriation_registration AS r ON r.id = o.registration_id
        WHERE o.trip_id = NEW.id AND o.status IN ('offered', 'confirmed') AND r.needs_escort
    ) THEN
        RAISE EXCEPTION 'minors alone are seated on this trip'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_minors_with_escort';
    END IF;
    IF before = after THEN RETURN NULL; END IF;
    PERFORM repatriation_intake_day_shared(least(before, after));
    PERFORM repatriation_intake_day_shared(greatest(before, after));
    FOR line IN
        SELECT moved.day, family.commune, moved.sign * family.people AS change
        FROM (
            SELECT r.home_commune_id AS commune, sum(o.people) AS people
            FROM repatriation_offer AS o JOIN repatriation_registration AS r ON r.id = o.registration_id
            WHERE o.trip_id = NEW.id AND repatriation_holds_seats(o.status) GROUP BY r.home_commune_id
        ) AS family
        CROSS JOIN (VALUES (before, -1), (after, 1)) AS moved (day, sign)
        ORDER BY moved.day, family.commune
    LOOP
        UPDATE repatriation_intake SET taken = taken + line.change
            WHERE day = line.day AND commune_id = line.commune;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER trip_moves AFTER UPDATE OF departs_at, has_escort ON repatriation_trip
    FOR EACH ROW EXECUTE FUNCTION repatriation_trip_moves();

CREATE FUNCTION repatriation_home_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE seat record;
BEGIN
    FOR seat IN
        SELECT o.trip_id, o.people, o.status, repatriation_day(t.departs_at) AS day
        FROM repatriation_offer AS o JOIN repatriation_trip AS t ON t.id = o.trip_id
        WHERE o.registration_id = NEW.id AND repatriation_holds_seats(o.status) ORDER BY day
    LOOP
        IF seat.status <> 'travelled' AND NOT repatriation_goes_to(seat.trip_id, NEW.home_commune_id) THEN
            RAISE EXCEPTION 'the trip does not go to the commune of the family'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_trip_goes_there';
        END IF;
        PERFORM repatriation_intake_day_shared(seat.day);
        PERFORM FROM repatriation_intake
            WHERE day = seat.day AND commune_id IN (OLD.home_commune_id, NEW.home_commune_id)
            ORDER BY commune_id FOR UPDATE;
        UPDATE repatriation_intake SET taken = taken - seat.people
            WHERE day = seat.day AND commune_id = OLD.home_commune_id;
        UPDATE repatriation_intake SET taken = taken + seat.people
            WHERE day = seat.day AND commune_id = NEW.home_commune_id;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER home_moves AFTER UPDATE OF home_commune_id ON repatriation_registration FOR EACH ROW
    WHEN (NEW.home_commune_id IS DISTINCT FROM OLD.home_commune_id)
    EXECUTE FUNCTION repatriation_home_moves();
"""

BACK = """
DROP TRIGGER home_moves ON repatriation_registration;
DROP FUNCTION repatriation_home_moves();
DROP TRIGGER trip_moves ON repatriation_trip;
DROP FUNCTION repatriation_trip_moves();
DROP TRIGGER offer_suits ON repatriation_offer;
DROP FUNCTION repatriation_offer_suits();
DROP FUNCTION repatriation_goes_to(bigint, bigint);
DROP TRIGGER offer_stays ON repatriation_offer;
DROP FUNCTION repatriation_offer_stays();
DROP TRIGGER intake_follows_offers ON repatriation_offer;
DROP FUNCTION repatriation_count_intake();
DROP FUNCTION repatriation_intake_day_alone(date);
DROP FUNCTION repatriation_intake_day_shared(date);
DROP FUNCTION repatriation_day(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0011_trips_for_coordinators")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
