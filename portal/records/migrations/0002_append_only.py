"""The logs are append-only in the database itself: no UPDATE, DELETE or TRUNCATE, from anybody."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log % is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON records_event
    FOR EACH ROW EXECUTE FUNCTION records_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON records_read
    FOR EACH ROW EXECUTE FUNCTION records_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON records_event
    FOR EACH STATEMENT EXECUTE FUNCTION records_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON records_read
    FOR EACH STATEMENT EXECUTE FUNCTION records_append_only();
"""

BACK = """
DROP TRIGGER no_truncate ON records_read;
DROP TRIGGER no_truncate ON records_event;
DROP TRIGGER append_only ON records_read;
DROP TRIGGER append_only ON records_event;
DROP FUNCTION records_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
