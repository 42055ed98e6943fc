"""The source of a rule set in English. It is frozen with the rest, but may be added where there is none."""

from django.db import migrations, models

FROZEN = """
CREATE OR REPLACE FUNCTION repatriation_rules_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        (NEW.rules, NEW.source, NEW.name, NEW.version)
            IS DISTINCT FROM (OLD.rules, OLD.source, OLD.name, OLD.version)
        OR (OLD.source_en <> '' AND NEW.source_en <> OLD.source_en)
    ) THEN
        RAISE EXCEPTION 'the rules of a % version may not change', OLD.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_set_frozen';
    END IF;
    RETURN NEW;
END $$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION repatriation_rules_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (NEW.rules, NEW.source, NEW.name, NEW.version)
        IS DISTINCT FROM (OLD.rules, OLD.source, OLD.name, OLD.version) THEN
        RAISE EXCEPTION 'the rules of a % version may not change', OLD.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_set_frozen';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0035_index_of_waiting_by_place")]
    operations = [
        migrations.AddField(
            model_name="ruleset",
            name="source_en",
            field=models.CharField(
                blank=True, default="", max_length=600, verbose_name="Căn cứ, bằng tiếng Anh"
            ),
        ),
        migrations.RunSQL(FROZEN, BEFORE),
    ]
