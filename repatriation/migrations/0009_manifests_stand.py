"""A closed list is never changed or taken away: the database refuses (design §5.5)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION repatriation_manifest_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a closed list is never changed: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'manifest_frozen';
END $$;
CREATE TRIGGER manifest_frozen BEFORE UPDATE OR DELETE ON repatriation_manifest
    FOR EACH ROW EXECUTE FUNCTION repatriation_manifest_frozen();
CREATE TRIGGER manifest_frozen BEFORE UPDATE OR DELETE ON repatriation_manifestpart
    FOR EACH ROW EXECUTE FUNCTION repatriation_manifest_frozen();
"""

BACK = """
DROP TRIGGER manifest_frozen ON repatriation_manifestpart;
DROP TRIGGER manifest_frozen ON repatriation_manifest;
DROP FUNCTION repatriation_manifest_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0008_manifests")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
