"""What the database itself keeps true of families and seats (design §10.1 to §10.3).

* `member.live` follows the registration's status, so that a unique constraint can hold that a
  person stands in one live registration of a campaign.
* `trip.seats_taken` follows the offers; with its check constraint no trip is ever oversold, and an
  offer always seats the whole family.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION repatriation_is_live(status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT status IN ('waiting', 'offered', 'confirmed', 'departed', 'arrived')
$$;

CREATE FUNCTION repatriation_member_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT repatriation_is_live(status), campaign_id INTO NEW.live, NEW.campaign_id
        FROM repatriation_registration WHERE id = NEW.registration_id;
    RETURN NEW;
END $$;
CREATE TRIGGER member_live BEFORE INSERT OR UPDATE ON repatriation_member
    FOR EACH ROW EXECUTE FUNCTION repatriation_member_live();

CREATE FUNCTION repatriation_members_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF repatriation_is_live(NEW.status) <> repatriation_is_live(OLD.status) THEN
        UPDATE repatriation_member SET live = repatriation_is_live(NEW.status)
            WHERE registration_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER members_follow AFTER UPDATE OF status ON repatriation_registration
    FOR EACH ROW EXECUTE FUNCTION repatriation_members_follow();

CREATE FUNCTION repatriation_holds_seats(status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT status IN ('offered', 'confirmed', 'travelled')
$$;

CREATE FUNCTION repatriation_family_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE family integer;
BEGIN
    SELECT count(*) INTO family FROM repatriation_member WHERE registration_id = NEW.registration_id;
    IF NEW.people <> family THEN
        RAISE EXCEPTION 'an offer must seat the whole family: % of %', NEW.people, family
            USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_seats_family_whole';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER family_whole BEFORE INSERT OR UPDATE OF people ON repatriation_offer
    FOR EACH ROW EXECUTE FUNCTION repatriation_family_whole();

CREATE FUNCTION repatriation_count_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE change integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND repatriation_holds_seats(OLD.status) THEN change := change - OLD.people; END IF;
    IF TG_OP <> 'DELETE' AND repatriation_holds_seats(NEW.status) THEN change := change + NEW.people; END IF;
    IF change <> 0 THEN
        UPDATE repatriation_trip SET seats_taken = seats_taken + change
            WHERE id = COALESCE(NEW.trip_id, OLD.trip_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_seats AFTER INSERT OR DELETE OR UPDATE OF status, people ON repatriation_offer
    FOR EACH ROW EXECUTE FUNCTION repatriation_count_seats();
"""

BACK = """
DROP TRIGGER count_seats ON repatriation_offer;
DROP FUNCTION repatriation_count_seats();
DROP TRIGGER family_whole ON repatriation_offer;
DROP FUNCTION repatriation_family_whole();
DROP FUNCTION repatriation_holds_seats(text);
DROP TRIGGER members_follow ON repatriation_registration;
DROP FUNCTION repatriation_members_follow();
DROP TRIGGER member_live ON repatriation_member;
DROP FUNCTION repatriation_member_live();
DROP FUNCTION repatriation_is_live(text);
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
